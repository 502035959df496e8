//! `selfreward run`: computes the stores of experiments.

use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;

use super::counts::{MOST, whole};
use super::locks::Locks;
use super::order::{Existing, Order, compute};
use super::verify::conclude;
use super::{Failure, Jobs, Outputs, Verbosity, print, stop_flag};
use crate::claims::own::{of_definition, weigh_own};
use crate::claims::{Ledger, expectation};
use crate::experiment::Results;
use crate::nearest::one_of;
use crate::simulate::config::SeedConfig;
use crate::study::store::parse_seed;
use crate::study::{Definition, Profile, Shard, Study};
use crate::words::counted;
use crate::{Error, experiment, files};

/// Compute experiments: all cells and replicates of a definition, into one store each
///
/// Every cell of every definition is checked before a store is made or replaced. Where a definition of your own names claims, their verdicts on
/// its rows are printed at the end, and the exit code says how they came out.
#[derive(Debug, Args)]
#[command(after_help = super::EXIT_CODES)]
pub struct RunArgs {
    /// Experiments (see `selfreward list`), or paths of definition files (TOML)
    #[arg(value_name = "NAME")]
    names: Vec<PathBuf>,
    #[command(flatten)]
    profile: ProfileArgs,
    /// Go on with a store that exists: compute only what is missing. Rows are known by the values of their cells: the definition
    /// may have changed since
    #[arg(long, conflicts_with = "force")]
    resume: bool,
    /// Replace a store that exists
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    settings: Settings,
    /// The folder of the stores
    #[arg(long, value_name = "DIR", default_value = "runs")]
    out: PathBuf,
    /// Compute the i-th of N disjoint parts of the cells, into a store of its own
    #[arg(long, value_name = "i/N")]
    shard: Option<String>,
    /// Check everything, say what would be computed, and stop
    #[arg(long)]
    dry_run: bool,
}

/// The profile, on every command that has one.
#[derive(Clone, Copy, Debug, Args)]
pub struct ProfileArgs {
    /// Fewer replicates and fewer grid values of the same experiment
    #[arg(long, conflicts_with = "full")]
    quick: bool,
    /// The experiment itself [default]
    #[arg(long)]
    full: bool,
}

impl ProfileArgs {
    /// The profile that is asked for; `--full` says the default aloud.
    pub fn profile(self) -> Profile {
        if self.quick { Profile::Quick } else { Profile::Full }
    }
}

/// What every command that computes has.
#[derive(Debug, Args)]
pub struct Settings {
    /// The root seed: a whole number, or 0x and 64 hexadecimal digits
    #[arg(long, value_name = "S", default_value = "1")]
    pub seed: String,
    /// Threads; the rows do not depend on it [default: one for each core]
    #[arg(long, value_name = "N", value_parser = whole::<1, MOST, usize>)]
    pub jobs: Option<usize>,
    #[command(flatten)]
    pub locks: Locks,
    #[command(flatten)]
    pub verbosity: Verbosity,
}

impl Settings {
    /// The root seed.
    ///
    /// # Errors
    /// [`Error::Argument`] if it is none.
    pub fn seed(&self) -> crate::Result<SeedConfig> {
        parse_seed(&self.seed)
    }
}

/// Carries the command out.
pub(super) fn run(args: &RunArgs) -> Result<(), Failure> {
    args.settings.locks.apply();
    if args.names.is_empty() {
        let names: Vec<&str> = experiment::ALL.iter().map(|experiment| experiment.name).collect();
        return Err(Failure::Nothing(anyhow::anyhow!("name one or more of {}, or definition files", names.join(", "))));
    }
    let orders = prepare(args).map_err(Failure::Refused)?;
    if orders.is_empty() {
        let shard = args.shard.as_deref().unwrap_or_default();
        let names: Vec<String> = args.names.iter().map(|name| name.display().to_string()).collect();
        return Err(Failure::Nothing(anyhow::anyhow!("shard {shard} holds no cell of {}", names.join(", "))));
    }
    if args.dry_run {
        let lines: Vec<String> = orders.iter().map(Order::describe).collect();
        return print(&lines.join("\n"));
    }
    compute(&orders, &args.settings, &stop_flag())?;
    verdicts(&orders, args)
}

/// Weighs what definitions of one's own say of claims on the stores that were made of them. An experiment that is compiled in is
/// weighed by `verify`, with all others that its claims look at.
fn verdicts(orders: &[Order], args: &RunArgs) -> Result<(), Failure> {
    let (mut entries, verbosity) = (Vec::new(), args.settings.verbosity);
    for order in orders.iter().filter(|order| order.is_weighed()) {
        let mut results = Results::open(order.path()).map_err(Failure::failed)?;
        let asked = of_definition(&results);
        let constructed: Vec<&str> =
            asked.iter().filter(|asked| !asked.looks_at_rows()).map(|asked| asked.claim.id).collect();
        if !constructed.is_empty() {
            verbosity.say(format!("not weighed, since no rows enter: {}", constructed.join(", ")));
        }
        let jobs = Jobs::new(args.settings.jobs, asked.len().max(1), verbosity);
        entries.extend(jobs.run(|| weigh_own(&mut results, &asked))?.map_err(Failure::failed)?);
    }
    if entries.is_empty() {
        return Ok(());
    }
    let seed = serde_json::json!(args.settings.seed().map_err(Failure::refused)?);
    let ledger = Ledger { profile: args.profile.profile(), seed, entries };
    print(ledger.to_table().trim_end())?;
    conclude(&ledger)
}

/// The stores to compute, without those of which the shard holds no cell.
fn prepare(args: &RunArgs) -> anyhow::Result<Vec<Order>> {
    let (seed, profile) = (args.settings.seed()?, args.profile.profile());
    let shard = args.shard.as_deref().map_or(Ok(Shard::WHOLE), str::parse)?;
    let existing = match (args.resume, args.force) {
        (true, _) => Existing::Resume,
        (_, true) => Existing::Replace,
        _ => Existing::Keep,
    };
    let mut orders: Vec<Order> = Vec::new();
    for name in &args.names {
        let shown = name.display();
        let study = Study::new(definition(name)?, profile, seed.clone())
            .and_then(|study| study.check().map(|()| study))
            .with_context(|| shown.to_string())?;
        if study.shard(shard).is_empty() {
            let text = format!("{shown}: shard {shard} holds none of its {}", counted(study.cells(), "cell"));
            args.settings.verbosity.say(text);
            continue;
        }
        let order = Order::new(study, shard, &args.out, existing)?;
        super::outputs::spare(order.path(), &[name])?;
        if orders.iter().any(|other| other.path() == order.path()) {
            return Err(Error::argument("NAME", shown, "no experiment twice").into());
        }
        orders.push(order);
    }
    if !args.dry_run && !orders.is_empty() {
        Outputs::claim(&args.out, &[], true)?;
    }
    // What is only said minds no store that exists, unless it is to be gone on with.
    let check = if args.dry_run && !args.resume { Order::check_memory } else { Order::check };
    orders.iter().try_for_each(check)?;
    Ok(orders)
}

/// The definition of an experiment's name, or of a file.
pub(super) fn definition(name: &Path) -> anyhow::Result<Definition> {
    if let Some(experiment) = name.to_str().and_then(experiment::find) {
        return Ok(experiment.definition()?);
    }
    let shown = name.display().to_string();
    let named = name.extension().is_none_or(|ending| ending != "toml") && !shown.contains('/');
    if named && !name.exists() {
        let names: Vec<&str> = experiment::ALL.iter().map(|experiment| experiment.name).collect();
        let expected = format!("the path of a definition file (TOML), or {}", one_of(&shown, &names));
        return Err(Error::argument("experiment", shown, expected).into());
    }
    let text = files::text(name, "a definition (TOML)")?;
    let checked = |definition: Definition| expectation::check(&definition).map(|()| definition);
    Definition::parse(&text).and_then(checked).with_context(|| shown)
}
