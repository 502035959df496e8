//! The `main` of an experiment's binary: `selfreward reproduce` for one experiment.
//!
//! The binaries of this project call the program beside them (`experiments/launch/`), with an argument before all others that says
//! which experiment they are, and what they were built from.

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches, Parser};

use super::Failure;
use super::reproduce::{ReproduceArgs, reproduce};
use crate::experiment::{self, Experiment};

#[derive(Debug, Parser)]
struct ExperimentArgs {
    #[command(flatten)]
    reproduce: ReproduceArgs,
}

/// What a binary gives before its own arguments: `--experiment=NAME@REVISION`.
const CALLED: &str = "--experiment=";

/// Reads the process's arguments and carries the experiment out.
pub fn main(experiment: &'static Experiment) -> ExitCode {
    ExitCode::from(carried_out(experiment, std::env::args_os()))
}

/// The exit code of an experiment on arguments, the first of which is its name.
fn carried_out(experiment: &'static Experiment, given: impl IntoIterator<Item = OsString>) -> u8 {
    let command = ExperimentArgs::command()
        .name(experiment.name)
        .about(experiment.about)
        .version(env!("CARGO_PKG_VERSION"))
        .after_help(super::EXIT_CODES);
    super::start();
    let args = match super::arguments(command, given) {
        Ok(matches) => ExperimentArgs::from_arg_matches(&matches).unwrap_or_else(|error| error.exit()),
        Err(code) => return code,
    };
    reproduce(&[experiment], &args.reproduce).map_or_else(|failure| failure.report(), |()| super::SUCCESS)
}

/// The exit code if an experiment's binary called the program, and its experiment was carried out.
pub(super) fn called(given: &[OsString]) -> Option<u8> {
    let caller = given.get(1)?.to_str()?.strip_prefix(CALLED)?;
    let (name, revision) = caller.split_once('@').unwrap_or((caller, ""));
    let refused = |reason: String| Some(Failure::refused(anyhow::anyhow!(reason)).report());
    let own = env!("SELFREWARD_REVISION");
    if revision != own {
        return refused(format!(
            "{name} was built from revision {revision:?}, selfreward beside it from {own:?}; build both with \
             `cargo build --release`"
        ));
    }
    let Some(experiment) = experiment::find(name) else {
        return refused(format!("{CALLED}{name}: no experiment; `selfreward list` names all"));
    };
    let own_arguments = given.iter().skip(2).cloned();
    Some(carried_out(experiment, std::iter::once(name.into()).chain(own_arguments)))
}
