//! The `selfreward` command: thin. It reads arguments, checks outputs, shows progress, and hands over to the library.

mod completions;
pub mod experiment;
mod export;
mod list;
mod man;
mod merge;
mod outputs;
mod plot;
mod progress;
mod run;
mod show;
mod simulate;
mod slurm;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

pub use outputs::Outputs;
pub use progress::{Progress, Verbosity, stop_flag, with_jobs};

const EXIT_CODES: &str = "\
Exit codes:
    0  all verdicts as expected; where no verdict is weighed, all done
    1  failed while running (a replicate that fails is recorded, the others go on)
    2  refused before work began (command line, configuration, input file, output folder, store)
    3  a verdict contradicts the expected one: a claim is violated
    4  no verdict contradicts the expected one, but some are inconclusive
    5  nothing selected
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
    Run(run::RunArgs),
    Plot(plot::PlotArgs),
    List(list::ListArgs),
    Show(show::ShowArgs),
    Export(export::ExportArgs),
    Merge(merge::MergeArgs),
    Slurm(slurm::SlurmArgs),
    Completions(completions::CompletionsArgs),
    Man(man::ManArgs),
}

/// Why a command did not end well; decides the exit code.
#[derive(Debug)]
pub enum Failure {
    /// Refused before work began: exit code 2.
    Refused(anyhow::Error),
    /// Failed while running: exit code 1.
    Failed(anyhow::Error),
    /// Nothing was selected: exit code 5.
    Nothing(anyhow::Error),
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
            Self::Nothing(error) => {
                eprintln!("nothing selected: {error:#}");
                ExitCode::from(5)
            }
            Self::Interrupted => {
                eprintln!("interrupted");
                ExitCode::from(130)
            }
        }
    }
}

/// Writes a document to stdout.
fn print(text: impl AsRef<[u8]>) -> Result<(), Failure> {
    use std::io::Write;
    match std::io::stdout().write_all(text.as_ref()) {
        // A reader that has seen enough is no failure.
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(Failure::failed(error)),
        _ => Ok(()),
    }
}

/// Runs the command on the process's arguments.
pub fn main() -> ExitCode {
    let result = match Cli::parse().command {
        Command::Simulate(args) => simulate::run(&args),
        Command::Run(args) => run::run(&args),
        Command::Plot(args) => plot::run(&args),
        Command::List(args) => list::run(&args),
        Command::Show(args) => show::run(&args),
        Command::Export(args) => export::run(&args),
        Command::Merge(args) => merge::run(&args),
        Command::Slurm(args) => slurm::run(&args),
        Command::Completions(args) => completions::run(&args),
        Command::Man(args) => man::run(&args),
    };
    result.map_or_else(|failure| failure.report(), |()| ExitCode::SUCCESS)
}
