//! Runs the experiment `selective_rewriting` and draws its figures; see `src/experiment/selective_rewriting.rs`.

mod launch;

fn main() -> std::process::ExitCode {
    launch::main(env!("CARGO_BIN_NAME"))
}
