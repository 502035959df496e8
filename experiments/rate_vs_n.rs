//! Runs the experiment `rate_vs_n` and draws its figure; see `src/experiment/rate_vs_n.rs`.

mod launch;

fn main() -> std::process::ExitCode {
    launch::main(env!("CARGO_BIN_NAME"))
}
