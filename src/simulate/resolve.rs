//! From a configuration to the things it describes, checked before work starts.

use std::path::PathBuf;
use std::sync::Arc;

use super::config::{
    ChoiceConfig, Config, InstanceConfig, Kind, MassConfig, SamplingConfig, UpdateConfig, WeightsConfig,
};
use super::summary::Column;
use crate::instance::autoregressive::{Autoregressive, Law, TopToken};
use crate::instance::continuum::Continuum;
use crate::instance::gaussian::{BaseParameter, Gaussian};
use crate::instance::greedy_trap::GreedyTrap;
use crate::instance::lower_bound::Hard;
use crate::instance::npz::NpzFile;
use crate::instance::random::Random;
use crate::instance::tabular::{Tabular, Weights};
use crate::instance::{FeatureMap, Instance, Parameter, Tokens};
use crate::logits::LogitTable;
use crate::metrics::chain;
use crate::policy::Policy;
use crate::process::update::finite_class;
use crate::process::{
    Choice, ClassChoice, Erm, FiniteClass, Gradient, Population, Sampling, SelfRewarding, UpdateOperator,
};
use crate::seed::Seed;
use crate::theory::single_step::{realised_kappa0, responses_for, worst_mass};
use crate::{Error, Result, memory};

/// A run that is ready to start: nothing in it is left to be refused.
#[derive(Debug)]
pub struct Simulation {
    /// The configuration, with every default filled in.
    pub config: Config,
    /// How it is iterated.
    pub process: SelfRewarding,
    /// The list of δ.
    pub deltas: Vec<f64>,
    /// Numbers that follow from the configuration: β; for the hard instance Δ, K and the realised κ_0; for an autoregressive one
    /// K = V^L and κ_0; for a finite class log #Π (`log_class`) and, where it is a product, R of C10 over all rounds
    /// (`class_range`).
    pub derived: Vec<(&'static str, f64)>,
    /// What a person should know before the run, one sentence each.
    pub remarks: Vec<String>,
    seed: Seed,
    source: Source,
}

/// Where instances come from.
#[derive(Debug)]
enum Source {
    /// The same for every replicate.
    Fixed(Arc<Instance>),
    /// A file whose θ_0 is drawn.
    DrawnBase {
        path: PathBuf,
        rescale: bool,
        base: BaseParameter,
    },
    Gaussian(Gaussian),
    Tabular {
        shape: Tabular,
        theta0: Option<Vec<f64>>,
    },
    Continuum(Continuum),
    Hard(Hard),
    Autoregressive(Autoregressive),
    Random(Random),
}

impl Source {
    fn draw(&self, seed: &Seed) -> Result<Arc<Instance>> {
        match self {
            Self::Fixed(instance) => Ok(Arc::clone(instance)),
            Self::DrawnBase { path, rescale, base } => {
                NpzFile::read(path, *rescale)?.instance(Some(base), seed).map(Arc::new)
            }
            Self::Gaussian(gaussian) => gaussian.draw(seed).map(Arc::new),
            Self::Tabular { shape, theta0: None } => shape.draw(seed).map(Arc::new),
            Self::Tabular { shape, theta0: Some(theta) } => given_table(shape, theta).map(Arc::new),
            Self::Continuum(continuum) => continuum.draw(seed).map(Arc::new),
            Self::Hard(hard) => hard.draw(seed).map(Arc::new),
            Self::Autoregressive(sequences) => sequences.draw(seed).map(Arc::new),
            Self::Random(random) => random.draw(seed).map(Arc::new),
        }
    }

    /// log #Π, and R where it does not depend on what is drawn; the hard instance's sentinel has one response, hence one policy.
    fn class_numbers(&self, class: &FiniteClass, beta: f64) -> Vec<(&'static str, f64)> {
        let top = class.levels;
        let (prompts, responses, bump) = match self {
            Self::Fixed(_) | Self::DrawnBase { .. } | Self::Gaussian(_) | Self::Random(_) => {
                return vec![("log_class", class.log_size_of_rays(top))];
            }
            Self::Tabular { shape, theta0: None } => (shape.prompts, shape.responses, shape.bump.abs()),
            Self::Tabular { shape, theta0: Some(theta) } => {
                (shape.prompts, shape.responses, theta.iter().fold(0.0, |most, logit| f64::max(most, logit.abs())))
            }
            Self::Hard(hard) => (hard.prompts, hard.responses, std::f64::consts::LN_2),
            // Several levels of logits: the process's check refuses it.
            Self::Autoregressive(_) | Self::Continuum(_) => return Vec::new(),
        };
        let log_class = FiniteClass::log_size_of_product(prompts, responses, top);
        let largest = if responses > 1 { bump } else { 0.0 };
        vec![("log_class", log_class), ("class_range", finite_class::range(largest, beta, top))]
    }
}

/// A tabular instance with θ_0 given logit by logit.
fn given_table(shape: &Tabular, theta: &[f64]) -> Result<Instance> {
    let (prompts, responses) = (shape.prompts, shape.responses as usize);
    if theta.len() != prompts * responses {
        let expected = format!("{} numbers, one for each response", prompts * responses);
        return Err(Error::argument("length of instance.theta0", theta.len(), expected));
    }
    let mut table = LogitTable::default();
    theta.chunks(responses).for_each(|logits| table.push_dense(logits));
    let features = FeatureMap::one_hot(vec![shape.responses; prompts]);
    Instance::new(shape.weights.of(prompts)?, features, Parameter::tabular(table), None)
}

impl Simulation {
    /// As [`Simulation::describe`]; also draws the instance of the first replicate to see that it and the process on it are
    /// sound.
    ///
    /// # Errors
    /// [`Error`] with the offending value and what was expected.
    pub fn new(config: Config) -> Result<Self> {
        let simulation = Self::describe(config)?;
        let first = simulation.instance(simulation.config.run.first_replicate)?;
        simulation.check(&first)?;
        Ok(simulation)
    }

    /// Checks that the process is well-posed on an instance, and can be carried out and measured at its size.
    ///
    /// # Errors
    /// As [`SelfRewarding::check`] and [`chain::check`] say.
    pub fn check(&self, instance: &Instance) -> Result<()> {
        self.process.check(instance)?;
        if self.config.measure.chain {
            chain::check(&Policy::new(instance.base(), instance.features()))?;
        }
        Ok(())
    }

    /// The columns of its table.
    pub fn columns(&self) -> Vec<Column> {
        Column::all(&self.deltas, self.config.measure.chain)
    }

    /// Checks a configuration and reads its files; draws nothing.
    ///
    /// # Errors
    /// [`Error`] with the offending value and what was expected.
    pub fn describe(config: Config) -> Result<Self> {
        let seed = config.run.seed.resolve()?;
        let process = Self::settle(&config)?;
        let deltas = config.measure.delta.clone();
        let mut derived = vec![("beta", process.beta)];
        let mut remarks = Vec::new();
        let source = source(&config.instance, process.samples, &mut derived, &mut remarks)?;
        if config.process.update == UpdateConfig::FiniteClass {
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
        let source = Source::Fixed(Arc::new(instance));
        Ok(Self { config, process, deltas, derived, remarks: Vec::new(), seed, source })
    }

    /// Checks `[process]`, `[measure]` and `[run]`: all that can be said without the instance.
    ///
    /// # Errors
    /// [`Error::Argument`] with the offending value and what was expected.
    pub fn settle(config: &Config) -> Result<SelfRewarding> {
        if config.run.replicates == 0 {
            return Err(Error::argument("run.replicates", 0, "at least 1"));
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
        process(config)
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
        match &self.source {
            Source::Fixed(instance) => Some(instance),
            _ => None,
        }
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

fn required<T: Clone>(value: &Option<T>, key: &str) -> Result<T> {
    value
        .clone()
        .ok_or_else(|| Error::argument(format!("instance.{key}"), "absent", "this key, for this kind of instance"))
}

fn at_least_one(name: &str, value: usize) -> Result<usize> {
    if value > 0 { Ok(value) } else { Err(Error::argument(format!("instance.{name}"), value, "at least 1")) }
}

fn process(config: &Config) -> Result<SelfRewarding> {
    let given = &config.process;
    let n = given.samples as f64;
    let not_negative = |name: &str, value: Option<f64>| match value {
        Some(value) if value.is_finite() && value >= 0.0 => Ok(value),
        Some(value) => Err(Error::argument(format!("process.{name}"), value, "a finite number ≥ 0")),
        None => Ok(0.0),
    };
    let judge_noise = not_negative("judge_noise", given.judge_noise)?;
    let operator: Box<dyn UpdateOperator> = match given.update {
        UpdateConfig::Population => Box::new(Population),
        UpdateConfig::Erm => Box::new(Erm {
            choice: match given.choice {
                None | Some(ChoiceConfig::Nearest) => Choice::Nearest,
                Some(ChoiceConfig::MinNorm) => Choice::MinNorm,
                Some(other) => return Err(no_choice(other, "\"nearest\" or \"min-norm\" for the update \"erm\"")),
            },
            ridge: not_negative("ridge", given.ridge)?,
            judge_noise,
        }),
        UpdateConfig::FiniteClass => Box::new(finite_class(config)?),
        UpdateConfig::Gradient => {
            let step_size = given.step_size.unwrap_or(1.0);
            if !(step_size > 0.0 && step_size < 2.0) {
                return Err(Error::argument("process.step_size", step_size, "a number strictly between 0 and 2"));
            }
            Box::new(Gradient { steps: given.steps.unwrap_or(100), step_size, judge_noise })
        }
    };
    if given.samples == 0 {
        return Err(Error::argument("process.samples", 0, "1 to 10^15"));
    }
    let beta = match (given.beta, given.beta_over_sqrt_n) {
        (Some(beta), _) => beta,
        (None, c) => {
            let c = c.unwrap_or(1.0);
            if !(c.is_finite() && c > 0.0) {
                return Err(Error::argument("process.beta_over_sqrt_n", c, "a finite number > 0"));
            }
            c / n.sqrt()
        }
    };
    let sampling = match given.sampling {
        SamplingConfig::Auto => Sampling::Auto,
        SamplingConfig::Draws => Sampling::Draws,
        SamplingConfig::Counts => Sampling::Counts,
    };
    Ok(SelfRewarding { operator, beta, samples: given.samples, rounds: given.rounds, radius: given.radius, sampling })
}

/// The finite class, up to the instance.
fn finite_class(config: &Config) -> Result<FiniteClass> {
    let given = &config.process;
    let choice = match given.choice {
        None | Some(ChoiceConfig::Nearest) => ClassChoice::Nearest,
        Some(ChoiceConfig::Random) => ClassChoice::Random,
        Some(ChoiceConfig::Worst) => ClassChoice::Worst,
        Some(other @ ChoiceConfig::MinNorm) => {
            let expected = "\"nearest\", \"random\" or \"worst\" for the update \"finite-class\"";
            return Err(no_choice(other, expected));
        }
    };
    if let Some(radius) = given.radius {
        return Err(Error::argument("process.radius", radius, "no ball for the update \"finite-class\""));
    }
    if let (Kind::Tabular | Kind::Hard, Some(rays)) = (config.instance.kind, given.rays) {
        let expected =
            "no rays on one-hot features: the class of a tabular or hard instance is a product over its prompts";
        return Err(Error::argument("process.rays", rays, expected));
    }
    Ok(FiniteClass { choice, levels: given.rounds, rays: given.rays.unwrap_or(1000) })
}

fn no_choice(choice: ChoiceConfig, expected: &str) -> Error {
    Error::argument("process.choice", format!("\"{}\"", choice.name()), expected)
}

fn source(
    given: &InstanceConfig,
    samples: u64,
    derived: &mut Vec<(&'static str, f64)>,
    remarks: &mut Vec<String>,
) -> Result<Source> {
    let base = match (given.theta_norm, given.logit_scale, &given.theta0) {
        (Some(norm), ..) => Some(BaseParameter::Norm(norm)),
        (_, Some(scale), _) => Some(BaseParameter::LogitScale(scale)),
        (.., Some(theta)) => Some(BaseParameter::Given(theta.clone())),
        _ => None,
    };
    let rescale = given.rescale.unwrap_or(false);
    if rescale && given.kind != Kind::Npz {
        remarks.push("the largest feature norm is 1 already: --rescale changes nothing".to_owned());
    }
    match given.kind {
        Kind::Npz => {
            let path = required(&given.path, "path")?;
            let file = NpzFile::read(&path, rescale)?;
            if let Some(norm) = file.rescaled_by {
                remarks.push(format!("all features were divided by the largest norm, {norm}"));
            }
            match base {
                Some(base @ (BaseParameter::Norm(_) | BaseParameter::LogitScale(_))) => {
                    Ok(Source::DrawnBase { path, rescale, base })
                }
                base => {
                    // Nothing is drawn: the seed does not enter.
                    file.instance(base.as_ref(), &Seed::from_number(0))
                        .map(|instance| Source::Fixed(Arc::new(instance)))
                }
            }
        }
        Kind::Gaussian => {
            let prompts = at_least_one("prompts", required(&given.prompts, "prompts")?)?;
            let responses = at_least_one("responses", required(&given.responses, "responses")? as usize)?;
            let dim = at_least_one("dim", required(&given.dim, "dim")?)?;
            // Features twice while they are scaled.
            let bytes = [prompts, responses, dim, 16].iter().fold(1u64, |product, &n| product.saturating_mul(n as u64));
            memory::require("the Gaussian instance", bytes)?;
            Ok(Source::Gaussian(Gaussian {
                prompts,
                responses,
                dim,
                spectrum: required(&given.spectrum, "spectrum")?,
                base: base.unwrap_or(BaseParameter::Norm(4.0)),
                margin: given.margin,
                max_tries: given.max_tries.unwrap_or(10_000),
            }))
        }
        Kind::Tabular => {
            let prompts = at_least_one("prompts", required(&given.prompts, "prompts")?)?;
            let responses = required(&given.responses, "responses")?;
            at_least_one("responses", responses as usize)?;
            memory::require("the tabular instance", 200u64.saturating_mul(prompts as u64))?;
            let weights = match given.weights.unwrap_or_default() {
                WeightsConfig::Uniform => Weights::Uniform,
                WeightsConfig::Zipf(s) => Weights::Zipf(s),
            };
            if given.confidence.is_some() {
                return Ok(Source::Continuum(Continuum { prompts, responses, weights }));
            }
            let shape = Tabular { prompts, responses, bump: given.bump.unwrap_or(0.0), weights };
            Ok(Source::Tabular { shape, theta0: given.theta0.clone() })
        }
        Kind::Hard => {
            let prompts = at_least_one("prompts", required(&given.prompts, "prompts")?)?;
            let kappa0 = required(&given.kappa0, "kappa0")?;
            let mass = match given.mass.unwrap_or_default() {
                MassConfig::Worst => worst_mass(samples as f64, prompts as f64, kappa0),
                MassConfig::Number(mass) => Ok(mass),
            }
            .map_err(in_instance)?;
            let responses = responses_for(kappa0, mass).map_err(in_instance)?;
            let realised = realised_kappa0(mass, responses).map_err(in_instance)?;
            let responses = u32::try_from(responses).map_err(|_| {
                Error::argument(
                    "instance.kappa0",
                    kappa0,
                    format!("one that needs at most 2^32 labels, not {responses}"),
                )
            })?;
            derived.extend([("mass", mass), ("responses", f64::from(responses)), ("kappa0", realised)]);
            remarks
                .push(format!("hard instance: mass {mass}, {responses} labels a prompt, realised kappa0 {realised}"));
            memory::require("the hard instance", 200u64.saturating_mul(prompts as u64))?;
            Ok(Source::Hard(Hard { prompts, responses, mass }))
        }
        Kind::Autoregressive => {
            let shape = autoregressive(given)?;
            shape.check_memory()?;
            let responses = f64::from(shape.law.tokens().sequences());
            derived.extend([("responses", responses), ("kappa0", 1.0 / shape.law.optimum_probability())]);
            Ok(Source::Autoregressive(shape))
        }
        Kind::Random => {
            let prompts = required(&given.prompts, "prompts")?;
            let responses = required(&given.responses, "responses")?;
            let dim = required(&given.dim, "dim")?;
            let numbers = [prompts as u64, u64::from(responses), dim as u64];
            // Features twice while they are scaled.
            memory::require("the random instance", numbers.iter().fold(16u64, |bytes, &n| bytes.saturating_mul(n)))?;
            Ok(Source::Random(Random { prompts, responses, dim, character: given.character.unwrap_or_default() }))
        }
    }
}

/// The autoregressive instance that a configuration describes.
///
/// # Errors
/// [`Error::Argument`] for a key that is absent or a value out of range.
pub(crate) fn autoregressive(given: &InstanceConfig) -> Result<Autoregressive> {
    let prompts = at_least_one("prompts", required(&given.prompts, "prompts")?)?;
    let tokens = Tokens::new(required(&given.vocab, "vocab")?, required(&given.length, "length")?)?;
    let law = match (given.top, given.trap) {
        (Some(top), _) => Law::TopToken(TopToken::new(tokens, top)?),
        (None, Some(trap)) => Law::GreedyTrap(GreedyTrap::new(tokens, trap.p, trap.eta)?),
        (None, None) => {
            return Err(Error::argument("instance.top", "absent", "this key, or trap = { p, eta }"));
        }
    };
    Ok(Autoregressive { prompts, law })
}

/// Errors of the theory name its arguments; here they are keys of `[instance]`.
fn in_instance(error: Error) -> Error {
    match error {
        Error::Argument { name, value, expected } => {
            Error::Argument { name: format!("instance.{name}"), value, expected }
        }
        other => other,
    }
}
