//! Runs the experiment `rise_then_fall` and draws its figures; see `src/experiment/rise_then_fall.rs`.

use std::process::ExitCode;

fn main() -> ExitCode {
    selfreward::cli::experiment::main(&selfreward::experiment::rise_then_fall::EXPERIMENT)
}
