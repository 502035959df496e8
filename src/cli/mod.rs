//! The `selfreward` command: thin shells around the library.

pub mod bound;
pub mod plan;

use std::process::ExitCode;

use selfreward::Error;

/// 0: done.
pub const DONE: u8 = 0;
/// 1: failed while running.
pub const FAILED: u8 = 1;
/// 2: refused, a usage error or a bad argument.
pub const REFUSED: u8 = 2;

/// Turns a command's outcome into an exit code, after printing its error.
pub fn exit(outcome: anyhow::Result<ExitCode>) -> ExitCode {
    outcome.unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        let refused = error.downcast_ref::<Error>().is_some_and(|error| matches!(error, Error::Argument { .. }));
        ExitCode::from(if refused { REFUSED } else { FAILED })
    })
}

/// Names an argument of the library as its flag: `theta_norm` becomes `--theta-norm`.
pub fn as_flag(error: Error) -> Error {
    match error {
        Error::Argument { name, value, expected } if !name.starts_with('-') && name.to_uppercase() != name => {
            Error::Argument { name: format!("--{}", name.replace('_', "-")), value, expected }
        }
        other => other,
    }
}

/// Writes lines to standard output; a reader that closed it early (`| head`) is no failure.
pub fn print(text: &str) -> anyhow::Result<()> {
    use std::io::Write;
    match writeln!(std::io::stdout(), "{text}") {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        outcome => Ok(outcome?),
    }
}
