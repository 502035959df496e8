//! Runs the experiment `language_model` and draws its figures; see `src/experiment/language_model/`.

mod launch;

fn main() -> std::process::ExitCode {
    launch::main(env!("CARGO_BIN_NAME"))
}
