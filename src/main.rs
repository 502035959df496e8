//! The `selfreward` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    selfreward::cli::main()
}
