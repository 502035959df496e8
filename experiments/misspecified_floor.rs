//! Runs the experiment `misspecified_floor` and draws its figure; see `src/experiment/misspecified_floor.rs`.

use std::process::ExitCode;

fn main() -> ExitCode {
    selfreward::cli::experiment::main(&selfreward::experiment::misspecified_floor::EXPERIMENT)
}
