//! Runs the experiment `greedy_trap` and draws its figures; see `src/experiment/greedy_trap.rs`.

mod launch;

fn main() -> std::process::ExitCode {
    launch::main(env!("CARGO_BIN_NAME"))
}
