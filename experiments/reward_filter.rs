//! Runs the experiment `reward_filter` and draws its figures; see `src/experiment/reward_filter/`.

use std::process::ExitCode;

fn main() -> ExitCode {
    selfreward::cli::experiment::main(&selfreward::experiment::reward_filter::EXPERIMENT)
}
