//! Runs the experiment `greedy_trap` and draws its figures; see `src/experiment/greedy_trap.rs`.

use std::process::ExitCode;

fn main() -> ExitCode {
    selfreward::cli::experiment::main(&selfreward::experiment::greedy_trap::EXPERIMENT)
}
