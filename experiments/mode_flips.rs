//! Runs the experiment `mode_flips` and draws its figure; see `src/experiment/mode_flips.rs`.

use std::process::ExitCode;

fn main() -> ExitCode {
    selfreward::cli::experiment::main(&selfreward::experiment::mode_flips::EXPERIMENT)
}
