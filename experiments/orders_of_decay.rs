//! Runs the experiment `orders_of_decay` and draws its figures; see `src/experiment/orders_of_decay.rs`.

mod launch;

fn main() -> std::process::ExitCode {
    launch::main(env!("CARGO_BIN_NAME"))
}
