//! Runs the experiment `orders_of_decay` and draws its figures; see `src/experiment/orders_of_decay.rs`.

use std::process::ExitCode;

fn main() -> ExitCode {
    selfreward::cli::experiment::main(&selfreward::experiment::orders_of_decay::EXPERIMENT)
}
