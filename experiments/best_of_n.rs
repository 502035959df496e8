//! Runs the experiment `best_of_n` and draws its figures; see `src/experiment/best_of_n.rs`.

mod launch;

fn main() -> std::process::ExitCode {
    launch::main(env!("CARGO_BIN_NAME"))
}
