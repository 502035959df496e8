//! Runs the experiment `loop_plane` and draws its figures; see `src/experiment/loop_plane.rs`.

use std::process::ExitCode;

fn main() -> ExitCode {
    selfreward::cli::experiment::main(&selfreward::experiment::loop_plane::EXPERIMENT)
}
