//! Runs the experiment `phase_diagram` and draws its figures; see `src/experiment/phase_diagram`.

use std::process::ExitCode;

fn main() -> ExitCode {
    selfreward::cli::experiment::main(&selfreward::experiment::phase_diagram::EXPERIMENT)
}
