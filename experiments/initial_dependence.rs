//! Runs the experiment `initial_dependence` and draws its figure; see `src/experiment/initial_dependence.rs`.

use std::process::ExitCode;

fn main() -> ExitCode {
    selfreward::cli::experiment::main(&selfreward::experiment::initial_dependence::EXPERIMENT)
}
