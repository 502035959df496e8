//! What a replicate costs, roughly: to start the longest first, to deal cells to shards evenly, and to estimate the time left.
//!
//! Nothing of it reaches a result. The constants were fitted by eye to a 2-core x86-64 machine; a factor of 3 either way does
//! no harm, since a run corrects the time left by what it has seen.

use crate::simulate::autoregressive;
use crate::simulate::config::{Config, InstanceConfig, Kind, MassConfig, UpdateConfig};
use crate::theory::single_step::{responses_for, worst_mass};

/// Seconds of one replicate: T rounds over M prompts with K responses each, in dimension d, with n triples a round.
pub fn seconds(config: &Config) -> f64 {
    let (instance, process) = (&config.instance, &config.process);
    let rounds = process.rounds as f64 + 1.0;
    let samples = process.samples as f64;
    let prompts = instance.prompts.map_or(REAL_PROMPTS, |m| m as f64);
    // The hard instance keeps few logits of a prompt, whatever its number of labels.
    let responses = instance.responses.map_or(if instance.kind == Kind::Npz { REAL_RESPONSES } else { 4.0 }, f64::from);
    // Triples at the sentinel of the hard instance cost nothing, and pairs are drawn as counts once there are fewer of them.
    let mass = informative(instance, samples);
    let drawn = samples * mass;
    let distinct = match instance.kind {
        Kind::Hard => labels(instance, mass).powi(2) / 2.0,
        Kind::Autoregressive => f64::INFINITY,
        _ => responses * responses / 2.0,
    };
    let pairs = drawn.min(prompts * distinct);
    let sampling = if process.update == UpdateConfig::Population { 0.0 } else { 3e-8 * pairs };
    let chain = if config.measure.chain { rounds * 1e-8 * prompts * responses * responses } else { 0.0 };
    chain
        + match instance.kind {
            Kind::Tabular | Kind::Hard => {
                let cells = prompts * responses.min(1.0 + samples / prompts);
                5e-6 + rounds * (2e-6 + 1e-7 * prompts + 2e-8 * cells + sampling)
            }
            Kind::Autoregressive => {
                // Sequences with a logit of their own: those of the base policy, and what was seen.
                let atoms = autoregressive(instance).map_or(1.0, |shape| shape.law.atoms() as f64);
                let cells = prompts * (atoms + samples / prompts);
                5e-6 + 2e-8 * cells + rounds * (2e-6 + 1e-7 * prompts + 6e-8 * cells + sampling)
            }
            Kind::Gaussian | Kind::Npz | Kind::Random => {
                let dim = instance.dim.map_or(REAL_DIM, |d| d as f64);
                let table = prompts * responses * dim;
                let rows = pairs.min(prompts * (responses - 1.0));
                let span = match process.update {
                    UpdateConfig::Population => 0.0,
                    // Besides the span, every ray is drawn anew in each round.
                    UpdateConfig::FiniteClass => {
                        1e-10 * rows * dim * rows.min(dim) + 1e-8 * dim * process.rays.unwrap_or(1) as f64
                    }
                    _ => 1e-10 * rows * dim * rows.min(dim),
                };
                5e-6 + 2e-8 * table + rounds * (2e-9 * table + sampling + span)
            }
        }
}

/// Δ of the hard instance: the share of triples that fall on prompts with something to learn. 1 for others.
fn informative(instance: &InstanceConfig, samples: f64) -> f64 {
    match (instance.kind, instance.mass, instance.prompts, instance.kappa0) {
        (Kind::Hard, Some(MassConfig::Number(mass)), ..) => mass,
        (Kind::Hard, _, Some(prompts), Some(kappa0)) => worst_mass(samples, prompts as f64, kappa0).unwrap_or(1.0),
        _ => 1.0,
    }
}

/// K of the hard instance.
fn labels(instance: &InstanceConfig, mass: f64) -> f64 {
    instance.kappa0.and_then(|kappa0| responses_for(kappa0, mass).ok()).map_or(f64::INFINITY, |labels| labels as f64)
}

/// The shape assumed of a file's features.
const REAL_PROMPTS: f64 = 256.0;
const REAL_RESPONSES: f64 = 16.0;
const REAL_DIM: f64 = 384.0;
