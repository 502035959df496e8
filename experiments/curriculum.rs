//! Runs the experiment `curriculum` and draws its figures; see `src/experiment/curriculum/`.

mod launch;

fn main() -> std::process::ExitCode {
    launch::main(env!("CARGO_BIN_NAME"))
}
