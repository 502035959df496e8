//! Runs the experiment `curriculum` and draws its figures; see `src/experiment/curriculum/`.

use std::process::ExitCode;

fn main() -> ExitCode {
    selfreward::cli::experiment::main(&selfreward::experiment::curriculum::EXPERIMENT)
}
