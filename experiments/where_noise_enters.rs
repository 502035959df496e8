//! Runs the experiment `where_noise_enters` and draws its figure; see `src/experiment/where_noise_enters/mod.rs`.

mod launch;

fn main() -> std::process::ExitCode {
    launch::main(env!("CARGO_BIN_NAME"))
}
