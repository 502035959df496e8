//! The `selfreward` command: thin. It reads arguments, checks outputs, shows progress, and hands over to the library.

pub mod bound;
mod cite;
mod compare;
mod completions;
mod controls;
pub mod counts;
mod describe;
pub mod experiment;
mod export;
mod falsify;
mod from;
mod jobs;
mod json;
mod list;
mod locks;
mod loops;
mod man;
mod merge;
pub mod order;
mod outputs;
mod overlays;
mod plan;
mod plot;
mod progress;
mod report;
mod reproduce;
mod run;
mod say;
mod scratch;
mod show;
mod signals;
pub mod simulate;
mod slurm;
mod source;
mod usage;
mod verify;

use std::ffi::OsString;
use std::io::Write;
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

pub use jobs::Jobs;
pub use json::Json;
pub use outputs::Outputs;
pub use progress::{Progress, Verbosity};
pub use signals::stop_flag;

use say::say;

use crate::Error;

const EXIT_CODES: &str = "\
Exit codes:
    0  all verdicts as expected; where no verdict is weighed, all done
    1  failed while running (a replicate that fails is recorded, the others go on)
    2  refused before work began (command line, configuration, input file, output folder, store)
    3  a verdict or finding contradicts the expected one; a control is not caught, or could not be tried
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
    Describe(describe::DescribeArgs),
    Bound(Box<bound::BoundArgs>),
    Plan(plan::PlanArgs),
    Run(run::RunArgs),
    Reproduce(reproduce::ReproduceArgs),
    Report(report::ReportArgs),
    Plot(plot::PlotArgs),
    Compare(compare::CompareArgs),
    Verify(verify::VerifyArgs),
    Falsify(falsify::FalsifyArgs),
    List(list::ListArgs),
    Loops(loops::LoopsArgs),
    Cite(cite::CiteArgs),
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
    /// Something came out otherwise than expected: exit code 3.
    Contradicted(anyhow::Error),
    /// Nothing came out otherwise, but not all could be settled: exit code 4.
    Unsettled(anyhow::Error),
    /// Nothing was selected: exit code 5.
    Nothing(anyhow::Error),
    /// Stopped by the user: exit code 130.
    Interrupted,
}

/// The exit code of what went well.
const SUCCESS: u8 = 0;

impl Failure {
    /// For errors before work began.
    pub fn refused(error: impl Into<anyhow::Error>) -> Self {
        Self::Refused(error.into())
    }

    /// For errors while running.
    pub fn failed(error: impl Into<anyhow::Error>) -> Self {
        let error = error.into();
        match error.downcast_ref() {
            Some(Error::Interrupted) => Self::Interrupted,
            _ => Self::Failed(error),
        }
    }

    /// Prints the reason to stderr, in one line, and gives the exit code.
    pub fn report(&self) -> u8 {
        match self {
            Self::Refused(error) => {
                say(format!("error: {error:#}"));
                2
            }
            Self::Failed(error) => {
                say(format!("error: {error:#}"));
                1
            }
            Self::Contradicted(error) => {
                say(format!("unexpected: {error:#}"));
                3
            }
            Self::Unsettled(error) => {
                say(format!("unsettled: {error:#}"));
                4
            }
            Self::Nothing(error) => {
                say(format!("nothing selected: {error:#}"));
                5
            }
            Self::Interrupted => {
                say("interrupted");
                130
            }
        }
    }
}

/// Names an argument of the library as its flag: `theta_norm` becomes `--theta-norm`. Names in capitals are positional.
fn as_flag(error: Error) -> Error {
    match error {
        Error::Argument { name, value, expected } if !name.starts_with('-') && name.to_uppercase() != name => {
            Error::Argument { name: format!("--{}", name.replace('_', "-")), value, expected }
        }
        other => other,
    }
}

/// Writes a text and a line's end to stdout; a reader that has seen enough (`| head`) is no failure.
fn print(text: &str) -> Result<(), Failure> {
    let mut stdout = std::io::stdout();
    printed(writeln!(stdout, "{text}").and_then(|()| stdout.flush()))
}

/// What became of stdout.
fn printed(result: std::io::Result<()>) -> Result<(), Failure> {
    match result {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Failure::failed(Error::file("stdout", format!("cannot be written: {error}"))))
        }
        _ => Ok(()),
    }
}

/// The columns of the terminal that stdout is; `None` if it is none, and lines may be as long as they are.
fn terminal_width() -> Option<usize> {
    let width = terminal_size::terminal_size_of(std::io::stdout())?.0.0;
    (width > 0).then_some(width.into())
}

/// Reads arguments, the first of which is the command's name, or says what is wrong with them, or what was asked about them.
fn arguments(command: clap::Command, given: impl IntoIterator<Item = OsString>) -> Result<clap::ArgMatches, u8> {
    command.try_get_matches_from(given).map_err(|error| {
        if let Some(refusal) = usage::refusal(&error) {
            return Failure::Refused(anyhow::anyhow!(refusal)).report();
        }
        let written = error.print().and_then(|()| std::io::stdout().flush());
        if error.use_stderr() {
            return 2;
        }
        printed(written).map_or_else(|failure| failure.report(), |()| SUCCESS)
    })
}

/// Makes ready what every command needs.
fn start() {
    // An error is its sentence. What would be recorded beside it takes memory where there may be none.
    // SAFETY: no other thread runs yet.
    unsafe { std::env::set_var("RUST_LIB_BACKTRACE", "0") };
    signals::install();
    jobs::start_pool();
}

/// Runs the command on the process's arguments.
pub fn main() -> ExitCode {
    let given: Vec<OsString> = std::env::args_os().collect();
    ExitCode::from(experiment::called(&given).unwrap_or_else(|| code_on(given)))
}

/// Runs the command on arguments, the first of which is its name, and gives the exit code; takes charge of the process's signals, and is
/// to be called once.
pub fn code_on(given: impl IntoIterator<Item = OsString>) -> u8 {
    start();
    let command = match arguments(Cli::command(), given) {
        Ok(matches) => Cli::from_arg_matches(&matches).unwrap_or_else(|error| error.exit()).command,
        Err(code) => return code,
    };
    let result = match command {
        Command::Simulate(args) => simulate::run(&args),
        Command::Describe(args) => describe::run(&args),
        Command::Bound(args) => bound::run(&args),
        Command::Plan(args) => plan::run(&args),
        Command::Run(args) => run::run(&args),
        Command::Reproduce(args) => reproduce::run(&args),
        Command::Report(args) => report::run(&args),
        Command::Plot(args) => plot::run(&args),
        Command::Compare(args) => compare::run(&args),
        Command::Verify(args) => verify::run(&args),
        Command::Falsify(args) => falsify::run(&args),
        Command::List(args) => list::run(&args),
        Command::Loops(args) => loops::run(&args),
        Command::Cite(args) => cite::run(&args),
        Command::Show(args) => show::run(&args),
        Command::Export(args) => export::run(&args),
        Command::Merge(args) => merge::run(&args),
        Command::Slurm(args) => slurm::run(&args),
        Command::Completions(args) => completions::run(&args),
        Command::Man(args) => man::run(&args),
    };
    result.map_or_else(|failure| failure.report(), |()| SUCCESS)
}
