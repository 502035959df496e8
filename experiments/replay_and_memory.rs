//! Runs the experiment `replay_and_memory` and draws its figures; see `src/experiment/replay_and_memory/mod.rs`.

use std::process::ExitCode;

fn main() -> ExitCode {
    selfreward::cli::experiment::main(&selfreward::experiment::replay_and_memory::EXPERIMENT)
}
