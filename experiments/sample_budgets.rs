//! Runs the experiment `sample_budgets` and draws its figure; see `src/experiment/sample_budgets/mod.rs`.

mod launch;

fn main() -> std::process::ExitCode {
    launch::main(env!("CARGO_BIN_NAME"))
}
