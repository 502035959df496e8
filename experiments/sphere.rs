//! Runs the experiment `sphere` and draws its figure; see `src/experiment/sphere.rs`.

use std::process::ExitCode;

fn main() -> ExitCode {
    selfreward::cli::experiment::main(&selfreward::experiment::sphere::EXPERIMENT)
}
