//! The `main` of an experiment's binary: computes its store and draws its figures, through the functions of `selfreward run`
//! and `selfreward plot`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches, Parser};

use super::run::{Existing, Order, ProfileArgs, Settings, compute};
use super::{Failure, Outputs, plot, stop_flag};
use crate::experiment::{Experiment, Results};
use crate::study::{Shard, Study};

#[derive(Debug, Parser)]
struct ExperimentArgs {
    #[command(flatten)]
    profile: ProfileArgs,
    /// Go on where an interrupted run stopped; without it, a second run starts afresh and replaces its own files
    #[arg(long)]
    resume: bool,
    #[command(flatten)]
    settings: Settings,
    /// Where the figures go, and the store into its folder runs [default: figures (figures/quick with --quick), and
    /// runs/reproduce-full or runs/reproduce-quick]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// Reads the process's arguments and carries the experiment out.
pub fn main(experiment: &Experiment) -> ExitCode {
    let command = ExperimentArgs::command()
        .name(experiment.name)
        .about(experiment.about)
        .version(env!("CARGO_PKG_VERSION"))
        .after_help(super::EXIT_CODES);
    let args = match ExperimentArgs::from_arg_matches(&command.get_matches()) {
        Ok(args) => args,
        Err(error) => error.exit(),
    };
    run(experiment, &args).map_or_else(|failure| failure.report(), |()| ExitCode::SUCCESS)
}

fn run(experiment: &Experiment, args: &ExperimentArgs) -> Result<(), Failure> {
    let profile = args.profile.profile();
    let folder = args.out.clone().unwrap_or_else(|| plot::default_folder(profile));
    let default = || PathBuf::from(format!("runs/reproduce-{profile}"));
    let runs = args.out.as_ref().map_or_else(default, |folder| folder.join("runs"));
    let existing = if args.resume { Existing::Resume } else { Existing::Replace };
    let order = || {
        let study = Study::new(experiment.definition()?, profile, args.settings.seed()?)?;
        [&folder, &runs].into_iter().try_for_each(|folder| Outputs::claim(folder, &[], true).map(drop))?;
        Order::new(study, Shard::WHOLE, &runs, existing)
    };
    let orders = [order().map_err(Failure::refused)?];
    let computed = compute(&orders, &args.settings, &stop_flag()?);
    if matches!(computed, Err(Failure::Refused(_) | Failure::Interrupted)) {
        return computed;
    }
    let results = Results::open(orders[0].path()).map_err(Failure::failed)?;
    let files = plot::draw(&results, &folder, args.settings.verbosity)?;
    args.settings.verbosity.say(format!("wrote {}", files.join(", ")));
    computed
}
