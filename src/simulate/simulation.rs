//! From a configuration to a run that is ready to start, checked before work starts.

use std::sync::Arc;

use super::config::{Config, MeasureConfig, UpdateConfig};
use super::keys::MOST;
use super::kinds::{self, Kind, Made, Source};
use super::preset::{attributed, overridden, own_keys};
use super::settle::{finite_class, process};
use super::summary::Column;
use crate::instance::Instance;
use crate::instance::npz::InMemory;
use crate::metrics::chain;
use crate::process::Loop;
use crate::seed::Seed;
use crate::words::counted;
use crate::{Error, Result};

/// A run that is ready to start: nothing in it is left to be refused.
#[derive(Debug)]
pub struct Simulation {
    /// The configuration, with every default filled in.
    pub config: Config,
    /// How it is iterated.
    pub process: Loop,
    /// The list of δ.
    pub deltas: Vec<f64>,
    /// Numbers that follow from the configuration: β; for the hard instance Δ, K and the realised κ_0; for an autoregressive one
    /// K = V^L and κ_0; for a finite class log #Π (`log_class`) and, where it is a product, R of C10 over all rounds
    /// (`class_range`).
    pub derived: Vec<(&'static str, f64)>,
    /// What a person should know before the run, one sentence each.
    pub remarks: Vec<String>,
    seed: Seed,
    source: Box<dyn Source>,
}

/// Checks that what is to be measured exists on an instance, and can be measured at its size.
///
/// # Errors
/// As [`Simulation::check`].
pub(crate) fn check_measured(measure: &MeasureConfig, instance: &Instance) -> Result<()> {
    if measure.chain {
        chain::check(&instance.policy(instance.base()))?;
    }
    for (i, level) in measure.levels.iter().enumerate() {
        let expected = match (instance.correct(), instance.levels()) {
            (None, _) => "none: the instance has no correct responses",
            (_, None) => "none: the instance has no levels",
            (_, Some(levels)) if !levels.contains(level) => "a level of some prompt",
            _ => continue,
        };
        return Err(Error::argument(format!("measure.levels[{i}]"), level, expected));
    }
    Ok(())
}

/// What a person should know of a β that was given for nothing.
fn idle_beta(config: &Config) -> Option<String> {
    let process = &config.process;
    let beta = process.beta.filter(|_| process.update == UpdateConfig::LIKELIHOOD)?;
    let of_power = own_keys(&process.table()).is_some_and(|(_, keys)| keys.iter().any(|(key, _)| *key == "candidates"));
    (!of_power).then(|| {
        format!("process.beta = {beta} enters no fit, a likelihood has no beta; only measured quantities know it")
    })
}

/// What a person should know of a preset of which keys are not its own.
fn changed_preset(config: &Config) -> Option<String> {
    let table = config.process.table();
    let keys = overridden(&table);
    let preset = table.get("preset")?;
    let written = |key: &&str| match table.get(*key) {
        Some(value) => format!("process.{key} = {value}"),
        None => format!("process.{key} is absent"),
    };
    let all: Vec<String> = keys.iter().map(written).collect();
    (!keys.is_empty())
        .then(|| format!("preset = {preset} is not all of this loop: keys beside it win, {}", all.join(", ")))
}

/// What a person should know of a configuration, as far as keys say so.
pub(crate) fn remarks(config: &Config) -> Vec<String> {
    idle_beta(config).into_iter().chain(changed_preset(config)).collect()
}

impl Simulation {
    /// As [`Simulation::describe`]; also draws the instance of the first replicate to see that it and the process on it are
    /// sound.
    ///
    /// # Errors
    /// [`Error`] with the offending value and what was expected.
    pub fn new(config: Config) -> Result<Self> {
        Self::describe(config)?.ready()
    }

    /// As [`Simulation::new`], with the arrays that a file of kind `npz` would hold. The configuration is of that kind, and names no path.
    ///
    /// # Errors
    /// [`Error`] with the offending key or array, its value and what was expected.
    pub fn of_arrays(config: Config, arrays: InMemory) -> Result<Self> {
        if config.instance.kind != Kind::NPZ {
            let kind = config.instance.kind.name();
            return Err(Error::argument("instance.kind", kind, "npz, or none, beside arrays"));
        }
        let made = kinds::of_arrays(&config.instance.section(), arrays)?;
        Self::made(config, made)?.ready()
    }

    /// Draws the first instance, checks it, and says what a person should know.
    fn ready(self) -> Result<Self> {
        let mut simulation = self;
        let first = simulation.instance(simulation.config.run.first_replicate)?;
        simulation.check(&first)?;
        let absent = simulation.config.never_measured(&simulation.process, &first);
        simulation.remarks.extend(absent);
        simulation.remarks.extend(remarks(&simulation.config));
        Ok(simulation)
    }

    /// Checks that the process is well-posed on an instance, and can be carried out and measured at its size.
    ///
    /// # Errors
    /// As [`Loop::on`] and [`chain::check`] say.
    pub fn check(&self, instance: &Instance) -> Result<()> {
        self.process.on(instance).map_err(|error| attributed(error, &self.config.process.table()))?;
        check_measured(&self.config.measure, instance)
    }

    /// The keys that its preset sets, with their values as a configuration writes them.
    pub fn preset_keys(&self) -> Vec<String> {
        let Some((preset, keys)) = own_keys(&self.config.process.table()) else { return Vec::new() };
        keys.iter().map(|(key, value)| format!("process.{key} = {value} (preset = \"{preset}\")")).collect()
    }

    /// The columns of its table.
    pub fn columns(&self) -> Vec<Column> {
        Column::all(&self.config.wanted())
    }

    /// Checks a configuration and reads its files; draws nothing.
    ///
    /// # Errors
    /// [`Error`] with the offending value and what was expected.
    pub fn describe(config: Config) -> Result<Self> {
        let process = Self::settle(&config)?;
        let made = config.instance.make(process.samples)?;
        Self::made(config, made)
    }

    /// The run on what `[instance]` was made into.
    fn made(config: Config, Made { source, derived: own, remarks }: Made) -> Result<Self> {
        let seed = config.run.seed.resolve()?;
        let process = Self::settle(&config)?;
        let deltas = config.measure.delta.clone();
        let mut derived = vec![("beta", process.beta)];
        derived.extend(own);
        if config.process.update == UpdateConfig::FINITE_CLASS {
            derived.extend(source.class_numbers(&finite_class(&config)?, process.beta));
        }
        Ok(Self { config, process, deltas, derived, remarks, seed, source })
    }

    /// A configuration on an instance that is at hand, whatever its `[instance]` names.
    ///
    /// # Errors
    /// As [`Simulation::settle`].
    pub fn given(config: Config, instance: Instance) -> Result<Self> {
        let process = Self::settle(&config)?;
        let (seed, deltas, derived) =
            (config.run.seed.resolve()?, config.measure.delta.clone(), vec![("beta", process.beta)]);
        let source = Box::new(Arc::new(instance));
        Ok(Self { config, process, deltas, derived, remarks: Vec::new(), seed, source })
    }

    /// Checks `[process]`, `[measure]` and `[run]`: all that can be said without the instance.
    ///
    /// # Errors
    /// [`Error::Argument`] with the offending value and what was expected.
    pub fn settle(config: &Config) -> Result<Loop> {
        let (first, replicates) = (config.run.first_replicate as u64, config.run.replicates as u64);
        if !(1..=MOST).contains(&replicates) {
            return Err(Error::argument("run.replicates", replicates, format!("1 to {MOST}")));
        }
        if first > MOST - (replicates - 1) {
            let expected = format!("a number from which {} end at {MOST} or before", counted(replicates, "replicate"));
            return Err(Error::argument("run.first_replicate", first, expected));
        }
        let deltas = &config.measure.delta;
        if deltas.is_empty() {
            return Err(Error::argument("measure.delta", "[]", "at least one number strictly between 0 and 1"));
        }
        if let Some(delta) = deltas.iter().find(|delta| !(**delta > 0.0 && **delta < 1.0)) {
            return Err(Error::argument("measure.delta", delta, "numbers strictly between 0 and 1"));
        }
        if let Some((i, delta)) = deltas.iter().enumerate().find(|(i, delta)| deltas[..*i].contains(delta)) {
            return Err(Error::argument(format!("measure.delta[{i}]"), delta, "no number twice"));
        }
        let levels = &config.measure.levels;
        if let Some((i, level)) = levels.iter().enumerate().find(|(i, level)| levels[..*i].contains(level)) {
            return Err(Error::argument(format!("measure.levels[{i}]"), level, "no number twice"));
        }
        process(config).map_err(|error| attributed(error, &config.process.table()))
    }

    /// The instance of a replicate.
    ///
    /// # Errors
    /// As its generator says.
    pub fn instance(&self, replicate: usize) -> Result<Arc<Instance>> {
        let replicate = if self.config.run.same_instance { 0 } else { replicate };
        self.source.draw(&self.replicate_seed(replicate))
    }

    /// The instance where it is the same for every replicate and at hand.
    pub fn fixed(&self) -> Option<&Instance> {
        self.source.fixed()
    }

    /// Whether the file of a simulation whose instance is not at hand has fixed logits.
    pub(crate) fn has_unsaid_offset(&self) -> bool {
        self.source.has_unsaid_offset()
    }

    /// A number that follows from the configuration; NaN if this one has none of the name.
    pub fn derived(&self, name: &str) -> f64 {
        self.derived.iter().find(|entry| entry.0 == name).map_or(f64::NAN, |entry| entry.1)
    }

    /// The seed of a replicate; the number of replicates does not enter.
    pub fn replicate_seed(&self, replicate: usize) -> Seed {
        self.seed.child("replicate", replicate as u64)
    }
}
