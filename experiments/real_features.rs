//! Runs the experiment `real_features` and draws its figure; see `src/experiment/real_features.rs`.

mod launch;

fn main() -> std::process::ExitCode {
    launch::main(env!("CARGO_BIN_NAME"))
}
