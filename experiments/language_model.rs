//! Runs the experiment `language_model` and draws its figures; see `src/experiment/language_model/`.

use std::process::ExitCode;

fn main() -> ExitCode {
    selfreward::cli::experiment::main(&selfreward::experiment::language_model::EXPERIMENT)
}
