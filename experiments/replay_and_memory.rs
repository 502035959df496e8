//! Runs the experiment `replay_and_memory` and draws its figures; see `src/experiment/replay_and_memory/mod.rs`.

mod launch;

fn main() -> std::process::ExitCode {
    launch::main(env!("CARGO_BIN_NAME"))
}
