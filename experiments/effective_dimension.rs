//! Runs the experiment `effective_dimension` and draws its figures; see `src/experiment/effective_dimension.rs`.

use std::process::ExitCode;

fn main() -> ExitCode {
    selfreward::cli::experiment::main(&selfreward::experiment::effective_dimension::EXPERIMENT)
}
