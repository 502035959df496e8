//! The `main` of an experiment's binary: `selfreward reproduce` for one experiment.

use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches, Parser};

use super::reproduce::{ReproduceArgs, reproduce};
use crate::experiment::Experiment;

#[derive(Debug, Parser)]
struct ExperimentArgs {
    #[command(flatten)]
    reproduce: ReproduceArgs,
}

/// Reads the process's arguments and carries the experiment out.
pub fn main(experiment: &'static Experiment) -> ExitCode {
    let command = ExperimentArgs::command()
        .name(experiment.name)
        .about(experiment.about)
        .version(env!("CARGO_PKG_VERSION"))
        .after_help(super::EXIT_CODES);
    super::start();
    let args = match super::arguments(command, std::env::args_os()) {
        Ok(matches) => ExperimentArgs::from_arg_matches(&matches).unwrap_or_else(|error| error.exit()),
        Err(code) => return ExitCode::from(code),
    };
    reproduce(&[experiment], &args.reproduce)
        .map_or_else(|failure| ExitCode::from(failure.report()), |()| ExitCode::SUCCESS)
}
