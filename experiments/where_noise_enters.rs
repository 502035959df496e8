//! Runs the experiment `where_noise_enters` and draws its figure; see `src/experiment/where_noise_enters/mod.rs`.

use std::process::ExitCode;

fn main() -> ExitCode {
    selfreward::cli::experiment::main(&selfreward::experiment::where_noise_enters::EXPERIMENT)
}
