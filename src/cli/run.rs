//! `selfreward run`: computes the stores of experiments.

use std::collections::BTreeSet;
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
use crate::study::definition::Part;
use crate::study::revised::Setting;
use crate::study::store::parse_seed;
use crate::study::{Definition, Profile, Shard, Study};
use crate::words::counted;
use crate::{Error, experiment, files};

/// Compute experiments: all cells and replicates of a definition, into one store each
///
/// Every cell of every definition is checked before a store is made or replaced. Where a definition of your own names claims, their verdicts on
/// its rows are printed at the end, and the exit code says how they came out.
#[derive(Debug, Args)]
#[command(after_help = super::EXIT_CODES, after_long_help = format!("{SETTINGS}\n{}", super::EXIT_CODES))]
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
    /// Set a dotted key in every part to a TOML value, for example process.samples=512; wins over the definition. A list is the list of
    /// the grid for this key, in both profiles: put it in single quotes, 'process.samples=[64, 1024]'
    #[arg(long = "set", value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// The number of replicates of each cell, in the profile that is run
    #[arg(long, value_name = "R", value_parser = whole::<1, MOST, usize>)]
    replicates: Option<usize>,
}

/// What is changed of a built-in experiment is one of one's own, under this name behind its own.
const OWN: &str = "_own";

/// What `--set` and `--replicates` do, for the help.
const SETTINGS: &str = "\
Settings:
  --set and --replicates compute the definition as it would be with these values written into it; --dry-run shows what changes, and the \
store holds that definition.
  More replicates or values leave rows as they are, so that --resume extends a store. Rows for which there is no place any more are kept \
beside it, as STORE.before-1.
  A built-in experiment that is changed becomes a definition of your own, called NAME_own. Its store is none of the experiment's, and its \
rows are others, since the name enters the seeds.
";

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
    let (orders, changes) = prepare(args).map_err(Failure::Refused)?;
    if orders.is_empty() {
        let shard = args.shard.as_deref().unwrap_or_default();
        let names: Vec<String> = args.names.iter().map(|name| name.display().to_string()).collect();
        return Err(Failure::Nothing(anyhow::anyhow!("shard {shard} holds no cell of {}", names.join(", "))));
    }
    if args.dry_run {
        let lines =
            orders.iter().zip(&changes).flat_map(|(order, changes)| [&[order.describe()], &changes[..]].concat());
        return print(&lines.collect::<Vec<String>>().join("\n"));
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

/// The stores to compute, without those of which the shard holds no cell; and for each what settings have changed of it, in lines.
fn prepare(args: &RunArgs) -> anyhow::Result<(Vec<Order>, Vec<Vec<String>>)> {
    let settings = settings(args)?;
    let (seed, profile) = (args.settings.seed()?, args.profile.profile());
    let shard = args.shard.as_deref().map_or(Ok(Shard::WHOLE), str::parse)?;
    let existing = match (args.resume, args.force) {
        (true, _) => Existing::Resume,
        (_, true) => Existing::Replace,
        _ => Existing::Keep,
    };
    let (mut orders, mut changes): (Vec<Order>, Vec<Vec<String>>) = (Vec::new(), Vec::new());
    for name in &args.names {
        let shown = name.display();
        let written = definition(name)?;
        let given = changed(&written, &settings, args.replicates, profile, &seed).with_context(|| shown.to_string())?;
        let asked = !settings.is_empty() || args.replicates.is_some();
        let lines = if asked { parts(&written, &given, &settings, profile) } else { Vec::new() };
        if given.name != written.name {
            let text = format!("{shown}: changed, and so a definition of your own, called {}", given.name);
            args.settings.verbosity.say(text);
        }
        let study = Study::new(given, profile, seed.clone())
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
        changes.push(lines);
    }
    if !args.dry_run && !orders.is_empty() {
        Outputs::claim(&args.out, &[], true)?;
    }
    // What is only said minds no store that exists, unless it is to be gone on with.
    let check = if args.dry_run && !args.resume { Order::check_memory } else { Order::check };
    orders.iter().try_for_each(check)?;
    Ok((orders, changes))
}

/// What `--set` says; `[run]` is not a definition's.
fn settings(args: &RunArgs) -> anyhow::Result<Vec<Setting>> {
    let settings = super::overlays::settings(&args.set)?;
    if let Some((key, _)) = settings.iter().find(|(key, _)| key.starts_with("run.")) {
        let expected = "a key of instance, process or measure; --replicates and --seed set what stands in [run]";
        return Err(Error::argument("--set", key, expected).into());
    }
    Ok(settings)
}

/// A definition with what the command line says. What was a built-in experiment, and is none any more, has another name.
fn changed(
    written: &Definition,
    settings: &[Setting],
    replicates: Option<usize>,
    profile: Profile,
    seed: &SeedConfig,
) -> crate::Result<Definition> {
    if settings.is_empty() && replicates.is_none() {
        return Ok(written.clone());
    }
    let given = written.with(settings, profile, replicates)?;
    if experiment::find(&written.name).is_none() {
        return Ok(given);
    }
    let is_built_in = |definition: &Definition| {
        let study = Study::new(definition.clone(), profile, seed.clone())?;
        Ok::<bool, Error>(experiment::recognise(&study).built_in().is_some())
    };
    match (is_built_in(written)?, is_built_in(&given)?) {
        (true, true) => Ok(written.clone()),
        (true, false) => given.named(&format!("{}{OWN}", written.name)),
        (false, _) => Ok(given),
    }
}

/// What each part is now, a line each: its cells, replicates and grid, with what they were.
fn parts(written: &Definition, given: &Definition, settings: &[Setting], profile: Profile) -> Vec<String> {
    let line = |(part, before): (&Part, &Part)| {
        let [now, then] = [part, before].map(|part| (part.grid(profile).len(), part.replicates(profile)));
        let counts = |(cells, replicates): (usize, usize)| {
            format!("{} of {}", counted(cells, "cell"), counted(replicates, "replicate"))
        };
        let was = |was: String| format!(" (was {was})");
        let mut text = format!("  {}: {}", part.name, counts(now));
        text.push_str(&if now == then { String::new() } else { was(counts(then)) });
        let all = part.grid(profile).axes().chain(before.grid(profile).axes());
        let keys = all.map(|axis| axis.key.as_str()).chain(settings.iter().map(|(key, _)| key.as_str()));
        for key in keys.collect::<BTreeSet<&str>>() {
            let [now, then] = [part, before].map(|part| values(part, key, profile));
            text.push_str(&format!("; {key} = {now}"));
            text.push_str(&if now == then { String::new() } else { was(then) });
        }
        text
    };
    given.parts.iter().zip(&written.parts).map(line).collect()
}

/// The values of a key in a part: those of its grid, or the one of its base.
fn values(part: &Part, key: &str, profile: Profile) -> String {
    if let Some(axis) = part.grid(profile).axes().find(|axis| axis.key == key) {
        return axis.values.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    }
    let (section, names) = key.split_once('.').unwrap_or((key, ""));
    let base = part.base.get(section);
    let value = base.and_then(|section| names.split('.').try_fold(section, |place, name| place.get(name)));
    value.map_or_else(|| "its default".to_owned(), ToString::to_string)
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
