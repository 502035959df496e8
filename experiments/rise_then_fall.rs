//! Runs the experiment `rise_then_fall` and draws its figures; see `src/experiment/rise_then_fall.rs`.

mod launch;

fn main() -> std::process::ExitCode {
    launch::main(env!("CARGO_BIN_NAME"))
}
