//! Runs the experiment `population_drift` and draws its figure; see `src/experiment/population_drift.rs`.

mod launch;

fn main() -> std::process::ExitCode {
    launch::main(env!("CARGO_BIN_NAME"))
}
