//! Runs the experiment `real_spectrum` and draws its figure; see `src/experiment/real_spectrum.rs`.

mod launch;

fn main() -> std::process::ExitCode {
    launch::main(env!("CARGO_BIN_NAME"))
}
