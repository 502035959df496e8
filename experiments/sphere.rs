//! Runs the experiment `sphere` and draws its figure; see `src/experiment/sphere.rs`.

mod launch;

fn main() -> std::process::ExitCode {
    launch::main(env!("CARGO_BIN_NAME"))
}
