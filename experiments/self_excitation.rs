//! Runs the experiment `self_excitation` and draws its figures; see `src/experiment/self_excitation/mod.rs`.

mod launch;

fn main() -> std::process::ExitCode {
    launch::main(env!("CARGO_BIN_NAME"))
}
