//! Runs the experiment `selective_rewriting` and draws its figures; see `src/experiment/selective_rewriting.rs`.

use std::process::ExitCode;

fn main() -> ExitCode {
    selfreward::cli::experiment::main(&selfreward::experiment::selective_rewriting::EXPERIMENT)
}
