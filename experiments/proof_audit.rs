//! Runs the experiment `proof_audit` and draws its figures; see `src/experiment/proof_audit/`.

mod launch;

fn main() -> std::process::ExitCode {
    launch::main(env!("CARGO_BIN_NAME"))
}
