//! Runs the experiment `reward_filter` and draws its figures; see `src/experiment/reward_filter/`.

mod launch;

fn main() -> std::process::ExitCode {
    launch::main(env!("CARGO_BIN_NAME"))
}
