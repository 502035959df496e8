//! Runs the experiment `mode_flips` and draws its figure; see `src/experiment/mode_flips.rs`.

mod launch;

fn main() -> std::process::ExitCode {
    launch::main(env!("CARGO_BIN_NAME"))
}
