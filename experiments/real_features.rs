//! Runs the experiment `real_features` and draws its figure; see `src/experiment/real_features.rs`.

use std::process::ExitCode;

fn main() -> ExitCode {
    selfreward::cli::experiment::main(&selfreward::experiment::real_features::EXPERIMENT)
}
