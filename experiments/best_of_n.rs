//! Runs the experiment `best_of_n` and draws its figures; see `src/experiment/best_of_n.rs`.

use std::process::ExitCode;

fn main() -> ExitCode {
    selfreward::cli::experiment::main(&selfreward::experiment::best_of_n::EXPERIMENT)
}
