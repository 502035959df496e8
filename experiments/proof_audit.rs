//! Runs the experiment `proof_audit` and draws its figures; see `src/experiment/proof_audit/`.

use std::process::ExitCode;

fn main() -> ExitCode {
    selfreward::cli::experiment::main(&selfreward::experiment::proof_audit::EXPERIMENT)
}
