//! Runs the experiment `misspecified_audit` and draws its figures; see `src/experiment/misspecified_audit`.

use std::process::ExitCode;

fn main() -> ExitCode {
    selfreward::cli::experiment::main(&selfreward::experiment::misspecified_audit::EXPERIMENT)
}
