//! Runs the experiment `misspecified_floor` and draws its figure; see `src/experiment/misspecified_floor.rs`.

mod launch;

fn main() -> std::process::ExitCode {
    launch::main(env!("CARGO_BIN_NAME"))
}
