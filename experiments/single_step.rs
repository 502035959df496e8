//! Runs the experiment `single_step` and draws its figures; see `src/experiment/single_step.rs`.

mod launch;

fn main() -> std::process::ExitCode {
    launch::main(env!("CARGO_BIN_NAME"))
}
