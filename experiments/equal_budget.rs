//! Runs the experiment `equal_budget` and draws its figures; see `src/experiment/equal_budget`.

use std::process::ExitCode;

fn main() -> ExitCode {
    selfreward::cli::experiment::main(&selfreward::experiment::equal_budget::EXPERIMENT)
}
