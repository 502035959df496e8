//! The `selfreward` command: thin. It reads arguments, checks outputs, shows progress, and hands over to the library.

mod outputs;
mod progress;
mod simulate;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

pub use outputs::Outputs;
pub use progress::{Progress, Verbosity, stop_flag, with_jobs};

const EXIT_CODES: &str = "\
Exit codes:
    0  done
    1  failed while running
    2  refused before work began (command line, configuration, input file, output folder)
  130  interrupted";

/// Checks the theory of self-rewarding language models by experiment, in the linear softmax class.
#[derive(Debug, Parser)]
#[command(name = "selfreward", version, after_help = EXIT_CODES, max_term_width = 110)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Simulate(simulate::SimulateArgs),
}

/// Why a command did not end well; decides the exit code.
#[derive(Debug)]
pub enum Failure {
    /// Refused before work began: exit code 2.
    Refused(anyhow::Error),
    /// Failed while running: exit code 1.
    Failed(anyhow::Error),
    /// Stopped by the user: exit code 130.
    Interrupted,
}

impl Failure {
    /// For errors before work began.
    pub fn refused(error: impl Into<anyhow::Error>) -> Self {
        Self::Refused(error.into())
    }

    /// For errors while running.
    pub fn failed(error: impl Into<anyhow::Error>) -> Self {
        let error = error.into();
        match error.downcast_ref() {
            Some(crate::Error::Interrupted) => Self::Interrupted,
            _ => Self::Failed(error),
        }
    }

    /// Prints the reason to stderr, in one line, and gives the exit code.
    pub fn report(&self) -> ExitCode {
        match self {
            Self::Refused(error) => {
                eprintln!("error: {error:#}");
                ExitCode::from(2)
            }
            Self::Failed(error) => {
                eprintln!("error: {error:#}");
                ExitCode::from(1)
            }
            Self::Interrupted => {
                eprintln!("interrupted");
                ExitCode::from(130)
            }
        }
    }
}

/// Runs the command on the process's arguments.
pub fn main() -> ExitCode {
    let result = match Cli::parse().command {
        Command::Simulate(args) => simulate::run(&args),
    };
    result.map_or_else(|failure| failure.report(), |()| ExitCode::SUCCESS)
}
