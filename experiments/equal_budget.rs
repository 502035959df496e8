//! Runs the experiment `equal_budget` and draws its figures; see `src/experiment/equal_budget`.

mod launch;

fn main() -> std::process::ExitCode {
    launch::main(env!("CARGO_BIN_NAME"))
}
