//! What a replicate costs, roughly: to start the longest first, to deal cells to shards evenly, and to estimate the time left.
//!
//! Nothing of it reaches a result. The constants were fitted by eye to a 2-core x86-64 machine; a factor of 3 either way does
//! no harm, since a run corrects the time left by what it has seen.

use crate::simulate::config::{Config, InstanceConfig, Kind, MassConfig, UpdateConfig};
use crate::simulate::resolve::autoregressive;
use crate::theory::single_step::worst_mass;

/// Seconds of one replicate: T rounds over M prompts with K responses each, in dimension d, with n triples a round.
pub fn seconds(config: &Config) -> f64 {
    let (instance, process) = (&config.instance, &config.process);
    let rounds = process.rounds as f64 + 1.0;
    let samples = process.samples as f64;
    let prompts = instance.prompts.map_or(REAL_PROMPTS, |m| m as f64);
    // The hard instance keeps few logits of a prompt, whatever its number of labels.
    let responses = instance.responses.map_or(if instance.kind == Kind::Npz { REAL_RESPONSES } else { 4.0 }, f64::from);
    // Triples at the sentinel of the hard instance cost nothing.
    let drawn = samples * informative(instance, samples);
    let many = matches!(instance.kind, Kind::Hard | Kind::Autoregressive);
    let pairs = if many { drawn } else { drawn.min(prompts * responses * responses / 2.0) };
    let sampling = if process.update == UpdateConfig::Population { 0.0 } else { 3e-8 * pairs };
    match instance.kind {
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
        Kind::Gaussian | Kind::Npz => {
            let dim = instance.dim.map_or(REAL_DIM, |d| d as f64);
            let table = prompts * responses * dim;
            let rows = pairs.min(prompts * (responses - 1.0));
            let span =
                if process.update == UpdateConfig::Population { 0.0 } else { 1e-10 * rows * dim * rows.min(dim) };
            5e-6 + 2e-8 * table + rounds * (2e-9 * table + sampling + span)
        }
    }
}

/// The share of triples that fall on prompts with something to learn: Δ of the hard instance.
fn informative(instance: &InstanceConfig, samples: f64) -> f64 {
    match (instance.kind, instance.mass, instance.prompts, instance.kappa0) {
        (Kind::Hard, Some(MassConfig::Number(mass)), ..) => mass,
        (Kind::Hard, _, Some(prompts), Some(kappa0)) => worst_mass(samples, prompts as f64, kappa0).unwrap_or(1.0),
        _ => 1.0,
    }
}

/// The shape assumed of a file's features.
const REAL_PROMPTS: f64 = 256.0;
const REAL_RESPONSES: f64 = 16.0;
const REAL_DIM: f64 = 384.0;
