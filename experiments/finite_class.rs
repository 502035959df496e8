//! Runs the experiment `finite_class` and draws its figures; see `src/experiment/finite_class`.

use std::process::ExitCode;

fn main() -> ExitCode {
    selfreward::cli::experiment::main(&selfreward::experiment::finite_class::EXPERIMENT)
}
