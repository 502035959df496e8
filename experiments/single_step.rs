//! Runs the experiment `single_step` and draws its figures; see `src/experiment/single_step.rs`.

use std::process::ExitCode;

fn main() -> ExitCode {
    selfreward::cli::experiment::main(&selfreward::experiment::single_step::EXPERIMENT)
}
