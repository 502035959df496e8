//! `selfreward reproduce`: all experiments, one after the other: stores, figures, and a table of what was found. An
//! experiment's binary does the same for its one experiment.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use clap::Args;

use super::order::{Existing, Order, compute};
use super::run::{ProfileArgs, Settings};
use super::{Failure, Outputs, plot, print, stop_flag};
use crate::experiment::refuse_other_data;
use crate::experiment::{self, Experiment, Finding, Results};
use crate::study::{Profile, Shard, Study};
use crate::words::counted;

/// Run all experiments, draw every figure, and print what was found, and whether it was expected
#[derive(Debug, Args)]
#[command(after_help = super::EXIT_CODES)]
pub struct ReproduceArgs {
    #[command(flatten)]
    profile: ProfileArgs,
    /// Go on where an interrupted run stopped; without it, a second run starts afresh and replaces its own files
    #[arg(long)]
    resume: bool,
    #[command(flatten)]
    settings: Settings,
    /// Where the figures go, and the stores into its folder runs [default: figures (figures/quick with --quick), and
    /// runs/reproduce-full or runs/reproduce-quick]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// Carries the command out on all experiments.
pub(super) fn run(args: &ReproduceArgs) -> Result<(), Failure> {
    reproduce(experiment::ALL, args)
}

/// What became of one experiment.
struct Outcome {
    name: &'static str,
    findings: Vec<Finding>,
    /// Why there is not all that there should be.
    failed: Option<String>,
}

/// Runs experiments, draws their figures, prints the findings.
pub(super) fn reproduce(experiments: &[&'static Experiment], args: &ReproduceArgs) -> Result<(), Failure> {
    args.settings.locks.apply();
    let profile = args.profile.profile();
    let folder = args.out.clone().unwrap_or_else(|| plot::default_folder(profile));
    let default = || PathBuf::from(format!("runs/reproduce-{profile}"));
    let runs = args.out.as_ref().map_or_else(default, |folder| folder.join("runs"));
    let existing = if args.resume { Existing::Resume } else { Existing::Replace };
    let orders = orders(experiments, profile, &args.settings, &runs, existing)?;
    Outputs::claim(&folder, &[], true).map_err(Failure::refused)?;
    let stop = stop_flag();
    let mut outcomes = Vec::new();
    for (experiment, order) in experiments.iter().zip(&orders) {
        outcomes.push(one(experiment, order, &folder, args, &stop)?);
    }
    print(table(&outcomes).trim_end())?;
    conclude(&outcomes)
}

/// The stores of experiments in a folder; refused, all of them, before the first one starts.
pub(super) fn orders(
    experiments: &[&'static Experiment],
    profile: Profile,
    settings: &Settings,
    runs: &Path,
    existing: Existing,
) -> Result<Vec<Order>, Failure> {
    let order = |experiment: &&Experiment| {
        let study = Study::new(experiment.definition()?, profile, settings.seed()?)?;
        refuse_other_data(&study)?;
        Order::new(study, Shard::WHOLE, runs, existing)
    };
    let orders = experiments.iter().map(order).collect::<crate::Result<Vec<Order>>>().map_err(Failure::refused)?;
    Outputs::claim(runs, &[], true).map_err(Failure::refused)?;
    orders.iter().try_for_each(Order::check).map_err(Failure::refused)?;
    Ok(orders)
}

fn one(
    experiment: &'static Experiment,
    order: &Order,
    folder: &Path,
    args: &ReproduceArgs,
    stop: &Arc<AtomicBool>,
) -> Result<Outcome, Failure> {
    let mut failed = match compute(std::slice::from_ref(order), &args.settings, stop) {
        Ok(()) => None,
        // A figure of what is there is better than none.
        Err(Failure::Failed(error)) => Some(format!("{error:#}")),
        Err(other) => return Err(other),
    };
    let results = Results::open(order.path()).map_err(Failure::failed)?;
    match plot::draw(&results, folder, args.settings.verbosity) {
        Ok(files) => args.settings.verbosity.detail(format!("wrote {}", files.join(", "))),
        // What was found is shown, whether or not it could be drawn.
        Err(Failure::Failed(error)) => failed = failed.or(Some(format!("{error:#}"))),
        Err(other) => return Err(other),
    }
    let findings = (experiment.findings)(&results).map_err(Failure::failed)?;
    Ok(Outcome { name: experiment.name, findings, failed })
}

/// The table of findings.
fn table(outcomes: &[Outcome]) -> String {
    let width = outcomes.iter().map(|outcome| outcome.name.len()).max().unwrap_or_default();
    let line = |name: &str, word: &str, text: &str| format!("{name:width$}  {word:10}  {text}\n");
    let mut text = line("experiment", "", "what was found");
    for outcome in outcomes {
        for finding in &outcome.findings {
            text.push_str(&line(
                outcome.name,
                if finding.expected { "expected" } else { "UNEXPECTED" },
                &finding.statement,
            ));
        }
        if let Some(reason) = &outcome.failed {
            text.push_str(&line(outcome.name, "FAILED", reason));
        }
    }
    text
}

fn conclude(outcomes: &[Outcome]) -> Result<(), Failure> {
    let failed: Vec<&str> =
        outcomes.iter().filter(|outcome| outcome.failed.is_some()).map(|outcome| outcome.name).collect();
    if !failed.is_empty() {
        return Err(Failure::Failed(anyhow::anyhow!("failed: {}", failed.join(", "))));
    }
    let surprises = outcomes.iter().flat_map(|outcome| &outcome.findings).filter(|finding| !finding.expected).count();
    if surprises > 0 {
        return Err(Failure::Contradicted(anyhow::anyhow!("not as expected: {}", counted(surprises, "finding"))));
    }
    Ok(())
}
