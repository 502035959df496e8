//! Runs the experiment `initial_dependence` and draws its figure; see `src/experiment/initial_dependence.rs`.

mod launch;

fn main() -> std::process::ExitCode {
    launch::main(env!("CARGO_BIN_NAME"))
}
