//! Runs the experiment `population_drift` and draws its figure; see `src/experiment/population_drift.rs`.

use std::process::ExitCode;

fn main() -> ExitCode {
    selfreward::cli::experiment::main(&selfreward::experiment::population_drift::EXPERIMENT)
}
