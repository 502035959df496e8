//! Runs the experiment `consistency_vs_correctness` and draws its figures; see `src/experiment/consistency_vs_correctness`.

mod launch;

fn main() -> std::process::ExitCode {
    launch::main(env!("CARGO_BIN_NAME"))
}
