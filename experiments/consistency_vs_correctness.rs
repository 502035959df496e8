//! Runs the experiment `consistency_vs_correctness` and draws its figures; see `src/experiment/consistency_vs_correctness`.

use std::process::ExitCode;

fn main() -> ExitCode {
    selfreward::cli::experiment::main(&selfreward::experiment::consistency_vs_correctness::EXPERIMENT)
}
