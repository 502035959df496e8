//! Runs the experiment `iterations_to_forget` and draws its figure; see `src/experiment/iterations_to_forget.rs`.

use std::process::ExitCode;

fn main() -> ExitCode {
    selfreward::cli::experiment::main(&selfreward::experiment::iterations_to_forget::EXPERIMENT)
}
