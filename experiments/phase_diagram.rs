//! Runs the experiment `phase_diagram` and draws its figures; see `src/experiment/phase_diagram`.

mod launch;

fn main() -> std::process::ExitCode {
    launch::main(env!("CARGO_BIN_NAME"))
}
