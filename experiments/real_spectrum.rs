//! Runs the experiment `real_spectrum` and draws its figure; see `src/experiment/real_spectrum.rs`.

use std::process::ExitCode;

fn main() -> ExitCode {
    selfreward::cli::experiment::main(&selfreward::experiment::real_spectrum::EXPERIMENT)
}
