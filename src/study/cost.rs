//! What a replicate costs, roughly: to start the longest first, to deal cells to shards evenly, to estimate the time left, and to
//! refuse what memory cannot hold.
//!
//! Nothing of it reaches a result. The constants of time were fitted by eye to a 2-core x86-64 machine; a factor of 3 either way
//! does no harm, since a run corrects the time left by what it has seen.

use std::path::Path;

use serde_json::Value;

use crate::instance::{FeatureMap, Instance, files};
use crate::metrics::also::{self, AlsoMetrics, Needs};
use crate::metrics::{Measurement, Wanted};
use crate::simulate::autoregressive;
use crate::simulate::config::{Config, InstanceConfig, Kind, MassConfig, SamplingConfig, UpdateConfig};
use crate::theory::single_step::{responses_for, worst_mass};

/// Seconds of one replicate: T rounds over M prompts with K responses each, in dimension d, with n triples a round.
pub fn seconds(config: &Config) -> f64 {
    let (instance, process) = (&config.instance, &config.process);
    let rounds = process.rounds as f64 + 1.0;
    let samples = process.samples as f64;
    let prompts = prompts(instance).unwrap_or(REAL_PROMPTS);
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
    let sampling = if process.update == UpdateConfig::POPULATION { 0.0 } else { 3e-8 * pairs };
    let chain = if config.measure.chain { rounds * 1e-8 * prompts * responses * responses } else { 0.0 };
    let own_step = if measures_own_step(config) {
        let (rows, dim) = (prompts * responses, instance.dim.map_or(REAL_DIM, |d| d as f64));
        // Of pairs there are (K − 1)/2 for each response.
        let pairs = if whitens(config) { 0.5 * responses } else { 0.0 };
        rounds * rows * dim * (1e-9 * responses + 1e-8 * (1.0 + pairs) * rows.min(dim))
    } else {
        0.0
    };
    chain
        + own_step
        + match instance.kind {
            Kind::Tabular | Kind::Hard | Kind::Answers => {
                let cells = prompts * responses.min(1.0 + samples / prompts);
                5e-6 + rounds * (2e-6 + 1e-7 * prompts + 2e-8 * cells + sampling)
            }
            Kind::Autoregressive => {
                // Sequences with a logit of their own: those of the base policy, and what was seen.
                let atoms = autoregressive(instance).map_or(1.0, |shape| shape.law.atoms() as f64);
                let cells = prompts * (atoms + samples / prompts);
                5e-6 + 2e-8 * cells + rounds * (2e-6 + 1e-7 * prompts + 6e-8 * cells + sampling)
            }
            Kind::Gaussian | Kind::Npz | Kind::Random | Kind::Sphere => {
                let dim = instance.dim.map_or(REAL_DIM, |d| d as f64);
                let table = prompts * responses * dim;
                let rows = pairs.min(prompts * (responses - 1.0));
                let span = match process.update {
                    UpdateConfig::POPULATION => 0.0,
                    // Besides the span, every ray is drawn anew in each round.
                    UpdateConfig::FINITE_CLASS => {
                        1e-10 * rows * dim * rows.min(dim) + 1e-8 * dim * process.rays.unwrap_or(1) as f64
                    }
                    _ => 1e-10 * rows * dim * rows.min(dim),
                };
                5e-6 + 2e-8 * table + rounds * (2e-9 * table + sampling + span)
            }
        }
}

/// M, where the configuration says it.
fn prompts(instance: &InstanceConfig) -> Option<f64> {
    let groups = || instance.groups.as_ref().map(|groups| groups.len() as f64);
    instance.prompts.map(|m| m as f64).or_else(groups)
}

/// Whether the least squares of an offset, or plain sums, are computed in each round, to be measured.
fn measures_own_step(config: &Config) -> bool {
    let has_offset = config.instance.offset.is_some() || config.instance.kind == Kind::Npz;
    (has_offset && measures(config, Needs::OwnSquareLoss)) || measures(config, Needs::PlainSums) || whitens(config)
}

/// Whether all pairs are whitened in each round, to be measured: dense features alone are.
fn whitens(config: &Config) -> bool {
    let dense = matches!(config.instance.kind, Kind::Gaussian | Kind::Random | Kind::Sphere | Kind::Npz);
    dense && measures(config, Needs::OwnPairs)
}

/// Whether a quantity of this need is asked for.
fn measures(config: &Config, needs: Needs) -> bool {
    config.wanted().also.iter().any(|name| also::named(name).is_some_and(|also| also.needs == needs))
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

/// Bytes of one replicate while it is computed: the instance while it is drawn, then the instance with an update, and all rounds.
pub fn bytes(config: &Config) -> u64 {
    let instance = &config.instance;
    let prompts = prompts(instance).unwrap_or(1.0);
    let of_cell = match instance.kind {
        Kind::Gaussian | Kind::Random | Kind::Sphere => {
            let rows = prompts * f64::from(instance.responses.unwrap_or(1));
            let dim = instance.dim.unwrap_or(1) as f64;
            let offset = if instance.offset.is_some() { OFFSET_BYTES * rows } else { 0.0 };
            // Features twice while they are scaled; later, beside an update, what is measured.
            let pairs = 0.5 * rows * (f64::from(instance.responses.unwrap_or(1)) - 1.0);
            let used =
                of_dense_update(rows, dim) + offset + of_own_step(config, rows, dim) + of_pairs(config, pairs, dim);
            f64::max(16.0 * rows * dim, 8.0 * rows * dim + used)
        }
        Kind::Npz => {
            // At least four bytes for each number, which is held as stored and in doubles.
            let stored = instance.path.as_deref().and_then(|path: &Path| files::unpacked(path)).unwrap_or(0) as f64;
            let numbers = stored / 4.0;
            f64::max(3.0 * stored, 2.0 * stored + of_dense_update(numbers, 1.0) + of_own_step(config, numbers, 1.0))
        }
        Kind::Tabular | Kind::Hard | Kind::Answers => {
            let responses = f64::from(instance.responses.unwrap_or(2));
            200.0 * prompts + of_table_update(config, prompts, responses)
        }
        Kind::Autoregressive => {
            let atoms = autoregressive(instance).map_or(1.0, |shape| shape.law.atoms() as f64);
            ATOM_BYTES * prompts * (atoms + 1.0) + of_table_update(config, prompts, f64::INFINITY)
        }
    };
    let mass = informative(instance, config.process.samples as f64);
    let responses = match instance.kind {
        Kind::Hard => labels(instance, mass),
        Kind::Autoregressive => f64::from(instance.vocab.unwrap_or(2)).powf(f64::from(instance.length.unwrap_or(1))),
        // The file tells; what a round holds of its pairs is asked of the instance itself.
        Kind::Npz => 0.0,
        _ => instance.responses.map_or(f64::INFINITY, f64::from),
    };
    (of_cell + of_sample(config, mass, prompts, responses) + of_rounds(config)) as u64
}

/// Bytes of one replicate on an instance that is held once for all.
pub fn bytes_on(config: &Config, instance: &Instance) -> u64 {
    let update = match instance.features() {
        FeatureMap::Dense(dense) => {
            let (rows, dim) = (dense.matrix().nrows() as f64, dense.dim() as f64);
            let offset = if instance.offset().is_some() { OFFSET_BYTES * rows } else { 0.0 };
            let of_prompt = |ends: &[usize]| 0.5 * (ends[1] - ends[0]) as f64 * (ends[1] - ends[0] - 1) as f64;
            let pairs = dense.starts().windows(2).map(of_prompt).sum();
            of_dense_update(rows, dim) + offset + of_own_step(config, rows, dim) + of_pairs(config, pairs, dim)
        }
        FeatureMap::OneHot(responses) => {
            let most = responses.iter().copied().max().unwrap_or(1);
            of_table_update(config, instance.prompts() as f64, f64::from(most))
        }
    };
    let most = (0..instance.prompts()).map(|x| instance.features().responses(x)).max().unwrap_or(1) as f64;
    let mass = informative(&config.instance, config.process.samples as f64);
    (update + of_sample(config, mass, instance.prompts() as f64, most) + of_rounds(config)) as u64
}

fn of_rounds(config: &Config) -> f64 {
    (config.process.rounds as f64 + 1.0) * (measurement(config) + 16.0 * columns(config))
}

/// Bytes that stay of all replicates of a single run: measurements, the table, and, where one is made, the document as values and
/// as text.
pub fn kept(config: &Config, document: bool) -> u64 {
    let rounds = (config.process.rounds as f64 + 1.0) * config.run.replicates as f64;
    let number = 8.0 + if document { (size_of::<Value>() + NUMBER_TEXT) as f64 } else { 0.0 };
    let entry = if document { ENTRY_BYTES } else { 0.0 };
    let entries = (config.process.rounds as f64 + 1.0) * (CELL_BYTES + entry) * columns(config);
    (rounds * (measurement(config) + number * columns(config)) + entries) as u64
}

/// A measured round, with its lists.
fn measurement(config: &Config) -> f64 {
    let wanted = config.wanted();
    let also = if wanted.asks() { size_of::<AlsoMetrics>() + 2 * (16 + 16 * wanted.levels.len()) } else { 0 };
    (size_of::<Measurement>() + also + 3 * (16 + 8 * wanted.deltas.len())) as f64
}

fn columns(config: &Config) -> f64 {
    let Wanted { deltas, levels, .. } = &config.wanted();
    (config.wanted().quantities().count() + 3 * deltas.len() + 2 * levels.len()) as f64
}

/// The factor's rows twice, and their columns, while an offset's least squares are computed.
fn of_own_step(config: &Config, rows: f64, dim: f64) -> f64 {
    // Plain sums hold their rows and an SVD of them before and after the round.
    let each = if measures(config, Needs::PlainSums) { 96.0 } else { 32.0 };
    if measures_own_step(config) { each * rows * dim } else { 0.0 }
}

/// The differences of all pairs, their shares of the whitened space twice, and those weighed.
fn of_pairs(config: &Config, pairs: f64, dim: f64) -> f64 {
    if whitens(config) { pairs * (100.0 + 40.0 * dim) } else { 0.0 }
}

/// A basis, a Gram matrix and factors of d×d, and the rows of the seen differences.
fn of_dense_update(rows: f64, dim: f64) -> f64 {
    8.0 * (4.0 * dim * dim + 3.0 * rows * dim)
}

/// The prompts that were drawn and the pairs at one prompt: counts of them, or each draw. A share `mass` of the triples is kept.
fn of_sample(config: &Config, mass: f64, prompts: f64, responses: f64) -> f64 {
    let n = config.process.samples as f64 * mass;
    match (config.process.update, config.process.sampling) {
        (UpdateConfig::POPULATION, _) => 0.0,
        (_, SamplingConfig::Draws) => 16.0 * (n + n / prompts),
        _ => 16.0 * (n.min(2.0 * prompts) + (n / prompts).min(responses * responses)),
    }
}

/// The responses that were seen, and with ridge, noise, steps or a ball a block for each prompt.
fn of_table_update(config: &Config, prompts: f64, responses: f64) -> f64 {
    let process = &config.process;
    let mean = process.samples as f64 / prompts;
    // A prompt sees at most two responses a triple; its number of triples stays within a few deviations of its mean.
    let sampled =
        if process.update == UpdateConfig::POPULATION { responses } else { 2.0 * (mean + 6.0 * mean.sqrt() + 6.0) };
    let seen = sampled.min(responses);
    let blocks = process.update == UpdateConfig::GRADIENT
        || process.radius.is_some()
        || process.ridge.unwrap_or(0.0) + process.judge_noise.unwrap_or(0.0) > 0.0;
    let of_blocks = if blocks && seen.is_finite() { 24.0 * prompts * seen * seen } else { 0.0 };
    let atoms = if process.update == UpdateConfig::POPULATION { 0.0 } else { ATOM_BYTES * prompts * seen };
    atoms + of_blocks
}

/// Bytes for a response's fixed logit: the table, and the sum of both in the policies of two rounds.
const OFFSET_BYTES: f64 = 48.0;
/// Bytes for a response with a logit of its own: base parameter, the parameters of two rounds, and what an update holds.
const ATOM_BYTES: f64 = 100.0;
/// A quantity of one round in the table: its interval, before its values, and its words for people.
const CELL_BYTES: f64 = 200.0;
/// A quantity of one round in a document: its name, mean and interval, before its values.
const ENTRY_BYTES: f64 = 1400.0;
/// A number in a document as text, indented, in a text that doubles as it grows.
const NUMBER_TEXT: usize = 80;

/// The shape assumed of a file's features.
const REAL_PROMPTS: f64 = 256.0;
const REAL_RESPONSES: f64 = 16.0;
const REAL_DIM: f64 = 384.0;
