//! Runs the experiment `self_excitation` and draws its figures; see `src/experiment/self_excitation/mod.rs`.

use std::process::ExitCode;

fn main() -> ExitCode {
    selfreward::cli::experiment::main(&selfreward::experiment::self_excitation::EXPERIMENT)
}
