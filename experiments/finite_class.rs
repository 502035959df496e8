//! Runs the experiment `finite_class` and draws its figures; see `src/experiment/finite_class`.

mod launch;

fn main() -> std::process::ExitCode {
    launch::main(env!("CARGO_BIN_NAME"))
}
