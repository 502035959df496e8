//! Runs the experiment `rate_vs_n` and draws its figure; see `src/experiment/rate_vs_n.rs`.

use std::process::ExitCode;

fn main() -> ExitCode {
    selfreward::cli::experiment::main(&selfreward::experiment::rate_vs_n::EXPERIMENT)
}
