//! `selfreward run`: computes the stores of experiments.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use anyhow::Context;
use clap::Args;

use super::progress::duration;
use super::{Failure, Outputs, Progress, Verbosity, print, stop_flag, with_jobs};
use crate::nearest::nearest;
use crate::simulate::config::SeedConfig;
use crate::study::plan::Unit;
use crate::study::provenance::Identity;
use crate::study::runner::{Tally, run_units};
use crate::study::store::{file_name, parse_seed};
use crate::study::{Definition, Profile, Shard, Store, Study};
use crate::{Error, experiment};

/// Compute experiments: all cells and replicates of a definition, into one store each
#[derive(Debug, Args)]
#[command(after_help = super::EXIT_CODES)]
pub struct RunArgs {
    /// Experiments (see `selfreward list`), or paths of definition files (TOML)
    #[arg(value_name = "NAME")]
    names: Vec<String>,
    #[command(flatten)]
    profile: ProfileArgs,
    /// Go on with a store that exists: compute only what is missing
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
    /// Say what would be computed, and stop
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
    #[arg(long, value_name = "N")]
    pub jobs: Option<NonZeroUsize>,
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

/// What to do with a store that exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Existing {
    /// Refuse.
    Keep,
    /// Go on with it.
    Resume,
    /// Replace it.
    Replace,
}

/// A store that is to be computed.
#[derive(Debug)]
pub struct Order {
    study: Study,
    shard: Shard,
    identity: Identity,
    path: PathBuf,
    existing: Existing,
    /// The parts that are computed; all of them if there are none here.
    parts: Vec<&'static str>,
}

/// Carries the command out.
pub(super) fn run(args: &RunArgs) -> Result<(), Failure> {
    if args.names.is_empty() {
        let names: Vec<&str> = experiment::ALL.iter().map(|experiment| experiment.name).collect();
        return Err(Failure::Nothing(anyhow::anyhow!("name one or more of {}, or definition files", names.join(", "))));
    }
    let orders = prepare(args).map_err(Failure::Refused)?;
    if orders.is_empty() {
        let shard = args.shard.as_deref().unwrap_or_default();
        return Err(Failure::Nothing(anyhow::anyhow!("shard {shard} holds no cell of {}", args.names.join(", "))));
    }
    if args.dry_run {
        let lines: Vec<String> = orders.iter().map(Order::describe).collect();
        return print(&lines.join("\n"));
    }
    compute(&orders, &args.settings, &stop_flag()?)
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
        let study = Study::new(definition(name)?, profile, seed.clone()).with_context(|| name.clone())?;
        if study.shard(shard).is_empty() {
            let text = format!("{name}: shard {shard} holds none of its {} cells", study.cells());
            args.settings.verbosity.say(text);
            continue;
        }
        let order = Order::new(study, shard, &args.out, existing)?;
        if orders.iter().any(|other| other.path == order.path) {
            return Err(Error::argument("NAME", name, "no experiment twice").into());
        }
        orders.push(order);
    }
    if !args.dry_run && !orders.is_empty() {
        Outputs::claim(&args.out, &[], true)?;
    }
    orders.iter().try_for_each(Order::check)?;
    Ok(orders)
}

/// The definition of an experiment's name, or of a file.
pub(super) fn definition(name: &str) -> anyhow::Result<Definition> {
    if let Some(experiment) = experiment::find(name) {
        return Ok(experiment.definition()?);
    }
    if !name.ends_with(".toml") && !Path::new(name).is_file() {
        let names: Vec<&str> = experiment::ALL.iter().map(|experiment| experiment.name).collect();
        let nearest = nearest(name, names.iter().copied()).expect("there are experiments");
        let expected =
            format!("one of {}, or the path of a definition file (TOML); the nearest is {nearest}", names.join(", "));
        return Err(Error::argument("experiment", name, expected).into());
    }
    let text = std::fs::read_to_string(name)
        .map_err(|error| Error::file(name, format!("cannot be read: {error}; expected a definition (TOML)")))?;
    Definition::parse(&text).with_context(|| name.to_owned())
}

/// Computes stores, one after another.
///
/// # Errors
/// [`Failure::Refused`] if a store cannot be opened, [`Failure::Failed`] if replicates failed or rows could not be kept,
/// [`Failure::Interrupted`] if the flag was raised.
pub fn compute(orders: &[Order], settings: &Settings, stop: &Arc<AtomicBool>) -> Result<(), Failure> {
    let mut failures = Vec::new();
    for order in orders {
        match order.compute(settings, stop) {
            Err(Failure::Failed(error)) if orders.len() > 1 => {
                eprintln!("error: {error:#}");
                failures.push(order.study.definition.name.as_str());
            }
            other => other?,
        }
    }
    if failures.is_empty() { Ok(()) } else { Err(Failure::Failed(anyhow::anyhow!("failed: {}", failures.join(", ")))) }
}

impl Order {
    /// The store of a study's shard in a folder.
    ///
    /// # Errors
    /// [`Error::File`] if a file that instances are read from cannot be read.
    pub fn new(study: Study, shard: Shard, folder: &Path, existing: Existing) -> crate::Result<Self> {
        let identity = Identity::new(&study, shard)?;
        let path = folder.join(file_name(&study.definition.name, study.profile, shard));
        Ok(Self { study, shard, identity, path, existing, parts: Vec::new() })
    }

    /// The same, with the cells of these parts alone; `run --resume` computes the rest.
    pub fn of_parts(self, parts: Vec<&'static str>) -> Self {
        Self { parts, ..self }
    }

    /// The store's file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Refuses if the store cannot be made or gone on with.
    ///
    /// # Errors
    /// [`Error::File`] with what is in the way.
    pub fn check(&self) -> crate::Result<()> {
        match self.existing {
            Existing::Replace => Ok(()),
            _ if !self.path.exists() => Ok(()),
            Existing::Resume => Store::open(&self.path)?.match_identity(&self.identity),
            Existing::Keep => {
                Err(Error::file(&self.path, "exists already; --resume goes on with it, --force replaces it"))
            }
        }
    }

    /// What would be computed, for people.
    fn describe(&self) -> String {
        let units: Vec<Unit> = self.study.units(self.shard).collect();
        let seconds: f64 = units.iter().map(|unit| unit.seconds).sum();
        format!(
            "{} ({}): {} cells, {} replicates, about {} on one core -> {}",
            self.study.definition.name,
            self.study.profile,
            self.study.shard(self.shard).len(),
            units.len(),
            duration(seconds),
            self.path.display()
        )
    }

    fn open(&self) -> crate::Result<(Store, bool)> {
        if self.existing == Existing::Resume && self.path.exists() {
            return Ok((Store::resume(&self.path, &self.identity)?, true));
        }
        let replace = self.existing == Existing::Replace;
        Ok((Store::create(&self.path, &self.study, self.shard, &self.identity, replace)?, false))
    }

    fn compute(&self, settings: &Settings, stop: &Arc<AtomicBool>) -> Result<(), Failure> {
        let verbosity = settings.verbosity;
        let (mut store, resumed) = self.open().map_err(Failure::refused)?;
        let settled = store.settled().map_err(Failure::refused)?;
        let wanted =
            |unit: &Unit| self.parts.is_empty() || self.parts.contains(&self.study.part(unit.ordinal as usize));
        let missing = |unit: &Unit| wanted(unit) && !settled.contains(&(unit.ordinal, unit.replicate));
        let units: Vec<Unit> = self.study.units(self.shard).filter(missing).collect();
        if resumed {
            verbosity.say(format!(
                "{}: {} replicates are there, {} to go",
                self.path.display(),
                settled.len(),
                units.len()
            ));
        }
        let progress = Progress::of_work(units.iter().map(|unit| unit.seconds).sum(), verbosity, Arc::clone(stop));
        let tally = with_jobs(settings.jobs.map(NonZeroUsize::get), || {
            let session = store.begin_session(rayon::current_num_threads(), resumed)?;
            let tally = run_units(&self.study, &mut store, &units, &progress);
            // The record of the end is worth less than the error that ended it.
            let recorded = store.end_session(session, &outcome(&tally));
            tally.and_then(|tally| recorded.map(|()| tally))
        })?;
        progress.finish();
        self.conclude(tally.map_err(Failure::failed)?, &store, verbosity)
    }

    fn conclude(&self, tally: Tally, store: &Store, verbosity: Verbosity) -> Result<(), Failure> {
        let counts = store.counts().map_err(Failure::failed)?;
        let name = &self.study.definition.name;
        verbosity.say(format!(
            "{name} ({}): {} of {} replicates done, {} failed -> {}",
            self.study.profile,
            counts.done,
            counts.asked,
            counts.failed,
            self.path.display()
        ));
        if tally.interrupted {
            return Err(Failure::Interrupted);
        }
        if counts.failed > 0 {
            let first = store.first_failure().map_err(Failure::failed)?.unwrap_or_default();
            let message = format!("{name}: {} of {} replicates failed, first {first}", counts.failed, counts.asked);
            return Err(Failure::Failed(anyhow::anyhow!(message)));
        }
        Ok(())
    }
}

/// How a session ended, for the record.
fn outcome(tally: &crate::Result<Tally>) -> String {
    match tally {
        Ok(tally) if tally.interrupted => "interrupted".to_owned(),
        Ok(tally) if tally.failed > 0 => "failures".to_owned(),
        Ok(_) => "done".to_owned(),
        Err(error) => error.to_string(),
    }
}
