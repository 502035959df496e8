//! `[instance]` resolved: where instances come from.

use std::path::PathBuf;
use std::sync::Arc;

use super::config::{GroupConfig, InstanceConfig, Kind, MassConfig, WeightsConfig};
use crate::instance::answers::{Answers, Group};
use crate::instance::autoregressive::{Autoregressive, Law, TopToken};
use crate::instance::continuum::Continuum;
use crate::instance::gaussian::{BaseParameter, Gaussian, Offset};
use crate::instance::greedy_trap::GreedyTrap;
use crate::instance::lower_bound::Hard;
use crate::instance::npz::{Class, NpzFile};
use crate::instance::random::Random;
use crate::instance::sphere::Sphere;
use crate::instance::tabular::{Tabular, Weights};
use crate::instance::{FeatureMap, Instance, Parameter, Tokens};
use crate::logits::LogitTable;
use crate::process::FiniteClass;
use crate::process::fit::finite_class;
use crate::seed::Seed;
use crate::theory::single_step::{realised_kappa0, responses_for, worst_mass};
use crate::words::counted;
use crate::{Error, Result, memory};

/// Where instances come from.
#[derive(Debug)]
pub(super) enum Source {
    /// The same for every replicate.
    Fixed(Arc<Instance>),
    /// A file whose θ_0 is drawn.
    DrawnBase {
        path: PathBuf,
        rescale: bool,
        class: Class,
        base: BaseParameter,
    },
    Gaussian {
        shape: Gaussian,
        offset: Option<Offset>,
    },
    Tabular {
        shape: Tabular,
        theta0: Option<Vec<f64>>,
    },
    Continuum(Continuum),
    Hard(Hard),
    Autoregressive(Autoregressive),
    Random(Random),
    Sphere(Sphere),
}

impl Source {
    /// The instance of a replicate's seed.
    pub(super) fn draw(&self, seed: &Seed) -> Result<Arc<Instance>> {
        match self {
            Self::Fixed(instance) => Ok(Arc::clone(instance)),
            Self::DrawnBase { path, rescale, class, base } => {
                let instance = NpzFile::read(path, *rescale)?.taken_as(*class).instance(Some(base), seed);
                instance.map(Arc::new).map_err(|error| error.at(path.display().to_string()))
            }
            Self::Gaussian { shape, offset } => {
                let instance = shape.draw(seed)?;
                match offset {
                    Some(offset) => offset.add_to(instance, seed).map(Arc::new),
                    None => Ok(Arc::new(instance)),
                }
            }
            Self::Tabular { shape, theta0: None } => shape.draw(seed).map(Arc::new),
            Self::Tabular { shape, theta0: Some(theta) } => given_table(shape, theta).map(Arc::new),
            Self::Continuum(continuum) => continuum.draw(seed).map(Arc::new),
            Self::Hard(hard) => hard.draw(seed).map(Arc::new),
            Self::Autoregressive(sequences) => sequences.draw(seed).map(Arc::new),
            Self::Random(random) => random.draw(seed).map(Arc::new),
            Self::Sphere(sphere) => sphere.draw(seed).map(Arc::new),
        }
    }

    /// log #Π, and R where it does not depend on what is drawn; the hard instance's sentinel has one response, hence one policy.
    pub(super) fn class_numbers(&self, class: &FiniteClass, beta: f64) -> Vec<(&'static str, f64)> {
        let top = class.levels;
        let (prompts, responses, bump) = match self {
            // One-hot features that are described in full: its class is a product, and the check refuses unlike groups.
            Self::Fixed(instance) if matches!(instance.features(), FeatureMap::OneHot(_)) => {
                return vec![
                    ("log_class", class.log_size(instance, top)),
                    ("class_range", class.range(instance, beta, top)),
                ];
            }
            Self::Fixed(_) | Self::DrawnBase { .. } | Self::Gaussian { .. } | Self::Random(_) | Self::Sphere(_) => {
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

/// Where the instances of `[instance]` come from; n is that of `[process]`. Numbers that follow go to `derived`, sentences for people
/// to `remarks`.
///
/// # Errors
/// [`Error::Argument`] for a key that is absent or a value out of range; [`Error::File`] for a file that cannot be read.
pub(super) fn source(
    given: &InstanceConfig,
    samples: u64,
    derived: &mut Vec<(&'static str, f64)>,
    remarks: &mut Vec<String>,
) -> Result<Source> {
    if given.rescale == Some(true) && given.kind != Kind::Npz {
        remarks.push("the largest feature norm is 1 already: --rescale changes nothing".to_owned());
    }
    match given.kind {
        Kind::Npz => npz(given, remarks),
        Kind::Gaussian => gaussian(given),
        Kind::Tabular => tabular(given),
        Kind::Hard => hard(given, samples, derived, remarks),
        Kind::Autoregressive => {
            let shape = autoregressive(given)?;
            shape.check_memory()?;
            let responses = f64::from(shape.law.tokens().sequences());
            derived.extend([("responses", responses), ("kappa0", 1.0 / shape.law.optimum_probability())]);
            Ok(Source::Autoregressive(shape))
        }
        Kind::Random => random(given),
        Kind::Answers => answers(given),
        Kind::Sphere => sphere(given),
    }
}

/// θ_0, where the configuration says something of it.
fn base(given: &InstanceConfig) -> Option<BaseParameter> {
    match (given.theta_norm, given.logit_scale, &given.theta0) {
        (Some(norm), ..) => Some(BaseParameter::Norm(norm)),
        (_, Some(scale), _) => Some(BaseParameter::LogitScale(scale)),
        (.., Some(theta)) => Some(BaseParameter::Given(theta.clone())),
        _ => None,
    }
}

fn npz(given: &InstanceConfig, remarks: &mut Vec<String>) -> Result<Source> {
    let rescale = given.rescale.unwrap_or(false);
    let path = required(&given.path, "path")?;
    let class = Class { dim: given.dim, offset_as_feature: given.offset_as_feature.unwrap_or(false) };
    let file = NpzFile::read(&path, rescale)?.taken_as(class);
    let base = base(given);
    if let Some(norm) = file.rescaled_by {
        let theta = match base {
            Some(BaseParameter::Norm(_) | BaseParameter::LogitScale(_)) => "theta_0 is drawn for the divided features",
            _ => "theta_0 was multiplied by it: the policy stays",
        };
        remarks.push(format!("all features were divided by the largest norm, {norm}; {theta}"));
    }
    match base {
        Some(base @ (BaseParameter::Norm(_) | BaseParameter::LogitScale(_))) => {
            Ok(Source::DrawnBase { path, rescale, class, base })
        }
        base => {
            // Nothing is drawn: the seed does not enter.
            let instance = file.instance(base.as_ref(), &Seed::from_number(0));
            instance
                .map(|instance| Source::Fixed(Arc::new(instance)))
                .map_err(|error| error.at(path.display().to_string()))
        }
    }
}

fn gaussian(given: &InstanceConfig) -> Result<Source> {
    let prompts = at_least_one("prompts", required(&given.prompts, "prompts")?)?;
    let responses = at_least_one("responses", required(&given.responses, "responses")? as usize)?;
    let dim = at_least_one("dim", required(&given.dim, "dim")?)?;
    // Features twice while they are scaled.
    let bytes = [prompts, responses, dim, 16].iter().fold(1u64, |product, &n| product.saturating_mul(n as u64));
    memory::require("the Gaussian instance", bytes)?;
    let offset = given.offset.map(|offset| Offset { along: offset.along, noise: offset.noise });
    let shape = Gaussian {
        prompts,
        responses,
        dim,
        spectrum: required(&given.spectrum, "spectrum")?,
        base: base(given).unwrap_or(BaseParameter::Norm(4.0)),
        margin: given.margin,
        max_tries: given.max_tries.unwrap_or(10_000),
    };
    Ok(Source::Gaussian { shape, offset })
}

fn answers(given: &InstanceConfig) -> Result<Source> {
    let group = |group: &GroupConfig| Group { share: group.share, gap: group.gap, right: group.right };
    let groups = required(&given.groups, "groups")?.iter().map(group).collect();
    let responses = required(&given.responses, "responses")?;
    Ok(Source::Fixed(Arc::new(Answers { groups, responses }.instance()?)))
}

fn sphere(given: &InstanceConfig) -> Result<Source> {
    let prompts = at_least_one("prompts", given.prompts.unwrap_or(1))?;
    let responses = at_least_one("responses", required(&given.responses, "responses")? as usize)?;
    let dim = at_least_one("dim", required(&given.dim, "dim")?)?;
    let bytes = [prompts, responses, dim].iter().fold(8u64, |product, &n| product.saturating_mul(n as u64));
    memory::require("the sphere instance", bytes)?;
    Ok(Source::Sphere(Sphere { prompts, dim, responses, scale: required(&given.scale, "scale")? }))
}

fn tabular(given: &InstanceConfig) -> Result<Source> {
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

fn hard(
    given: &InstanceConfig,
    samples: u64,
    derived: &mut Vec<(&'static str, f64)>,
    remarks: &mut Vec<String>,
) -> Result<Source> {
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
        Error::argument("instance.kappa0", kappa0, format!("one that needs at most 2^32 labels, not {responses}"))
    })?;
    derived.extend([("mass", mass), ("responses", f64::from(responses)), ("kappa0", realised)]);
    remarks.push(format!(
        "hard instance: mass {mass}, {} a prompt, realised kappa0 {realised}",
        counted(responses, "label")
    ));
    memory::require("the hard instance", 200u64.saturating_mul(prompts as u64))?;
    Ok(Source::Hard(Hard { prompts, responses, mass }))
}

fn random(given: &InstanceConfig) -> Result<Source> {
    let prompts = required(&given.prompts, "prompts")?;
    let responses = required(&given.responses, "responses")?;
    let dim = required(&given.dim, "dim")?;
    let numbers = [prompts as u64, u64::from(responses), dim as u64];
    // Features twice while they are scaled.
    memory::require("the random instance", numbers.iter().fold(16u64, |bytes, &n| bytes.saturating_mul(n)))?;
    Ok(Source::Random(Random { prompts, responses, dim, character: given.character.unwrap_or_default() }))
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

fn required<T: Clone>(value: &Option<T>, key: &str) -> Result<T> {
    value
        .clone()
        .ok_or_else(|| Error::argument(format!("instance.{key}"), "absent", "this key, for this kind of instance"))
}

fn at_least_one(name: &str, value: usize) -> Result<usize> {
    if value > 0 { Ok(value) } else { Err(Error::argument(format!("instance.{name}"), value, "at least 1")) }
}
