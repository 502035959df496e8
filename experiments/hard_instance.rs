//! Runs the experiment `hard_instance` and draws its figure; see `src/experiment/hard_instance.rs`.

use std::process::ExitCode;

fn main() -> ExitCode {
    selfreward::cli::experiment::main(&selfreward::experiment::hard_instance::EXPERIMENT)
}
