//! Runs the experiment `hard_instance` and draws its figure; see `src/experiment/hard_instance.rs`.

mod launch;

fn main() -> std::process::ExitCode {
    launch::main(env!("CARGO_BIN_NAME"))
}
