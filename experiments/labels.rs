//! Runs the experiment `labels` and draws its figures; see `src/experiment/labels.rs`.

use std::process::ExitCode;

fn main() -> ExitCode {
    selfreward::cli::experiment::main(&selfreward::experiment::labels::EXPERIMENT)
}
