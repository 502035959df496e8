//! Runs the experiment `loop_plane` and draws its figures; see `src/experiment/loop_plane.rs`.

mod launch;

fn main() -> std::process::ExitCode {
    launch::main(env!("CARGO_BIN_NAME"))
}
