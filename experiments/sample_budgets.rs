//! Runs the experiment `sample_budgets` and draws its figure; see `src/experiment/sample_budgets/mod.rs`.

use std::process::ExitCode;

fn main() -> ExitCode {
    selfreward::cli::experiment::main(&selfreward::experiment::sample_budgets::EXPERIMENT)
}
