//! Runs the experiment `labels` and draws its figures; see `src/experiment/labels.rs`.

mod launch;

fn main() -> std::process::ExitCode {
    launch::main(env!("CARGO_BIN_NAME"))
}
