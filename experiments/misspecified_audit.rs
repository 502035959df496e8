//! Runs the experiment `misspecified_audit` and draws its figures; see `src/experiment/misspecified_audit`.

mod launch;

fn main() -> std::process::ExitCode {
    launch::main(env!("CARGO_BIN_NAME"))
}
