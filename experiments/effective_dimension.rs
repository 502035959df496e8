//! Runs the experiment `effective_dimension` and draws its figures; see `src/experiment/effective_dimension.rs`.

mod launch;

fn main() -> std::process::ExitCode {
    launch::main(env!("CARGO_BIN_NAME"))
}
