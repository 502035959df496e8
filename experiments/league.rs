//! Runs the experiment `league` and draws its figure; see `src/experiment/league.rs`.

use std::process::ExitCode;

fn main() -> ExitCode {
    selfreward::cli::experiment::main(&selfreward::experiment::league::EXPERIMENT)
}
