//! Runs the experiment `iterations_to_forget` and draws its figure; see `src/experiment/iterations_to_forget.rs`.

mod launch;

fn main() -> std::process::ExitCode {
    launch::main(env!("CARGO_BIN_NAME"))
}
