//! Runs the experiment `league` and draws its figure; see `src/experiment/league.rs`.

mod launch;

fn main() -> std::process::ExitCode {
    launch::main(env!("CARGO_BIN_NAME"))
}
