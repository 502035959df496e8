//! What a replicate costs, roughly: to start the longest first, to deal cells to shards evenly, to estimate the time left, and to
//! refuse what memory cannot hold.
//!
//! Nothing of it reaches a result. The constants of time were fitted by eye to a 2-core x86-64 machine; a factor of 3 either way
//! does no harm, since a run corrects the time left by what it has seen.

use std::path::PathBuf;

use serde_json::Value;

use crate::Result;
use crate::instance::{FeatureMap, Instance, Storage};
use crate::metrics::also::{self, AlsoMetrics, Needs};
use crate::metrics::{Measurement, Wanted};
use crate::process::explore::choice::{self, Prompt};
use crate::simulate::Simulation;
use crate::simulate::config::{Config, SamplingConfig, UpdateConfig};
use crate::simulate::kinds::{Held, Kind, Shape};
use crate::words::counted;

/// Seconds of one replicate: T rounds over M prompts with K responses each, in dimension d, with n triples a round.
pub fn seconds(config: &Config) -> f64 {
    let process = &config.process;
    let rounds = process.rounds as f64 + 1.0;
    let samples = process.samples as f64;
    let shape = config.instance.shape(process.samples);
    let Shape { prompts, responses, logits, mass, .. } = shape;
    // Triples that fall where there is nothing to learn cost nothing, and pairs are drawn as counts once there are fewer of them.
    let drawn = samples * mass;
    let distinct =
        if matches!(shape.held, Held::Sequences { .. }) { f64::INFINITY } else { responses * responses / 2.0 };
    // By exploration a number for each response that is found, or for each triple that finds one.
    let explored = explores(config, &shape, prompts, responses);
    let pairs = drawn.min(prompts * if explored { 4.0 * responses } else { distinct });
    let sampling = if process.update == UpdateConfig::POPULATION { 0.0 } else { 3e-8 * pairs };
    let chain = if config.measure.chain { rounds * 1e-8 * prompts * logits * logits } else { 0.0 };
    let own_step = if measures_own_step(config, &shape) {
        let (rows, dim) = (prompts * logits, dim_of(&shape));
        // Of pairs there are (K − 1)/2 for each response.
        let pairs = if whitens(config, &shape) { 0.5 * logits } else { 0.0 };
        rounds * rows * dim * (1e-9 * logits + 1e-8 * (1.0 + pairs) * rows.min(dim))
    } else {
        0.0
    };
    chain
        + own_step
        + match shape.held {
            Held::OneHot { .. } | Held::Table => {
                let cells = prompts * logits.min(1.0 + samples / prompts);
                5e-6 + rounds * (2e-6 + 1e-7 * prompts + 2e-8 * cells + sampling)
            }
            Held::Sequences { atoms } => {
                // Sequences with a logit of their own: those of the base policy, and what was seen.
                let cells = prompts * (atoms + samples / prompts);
                5e-6 + 2e-8 * cells + rounds * (2e-6 + 1e-7 * prompts + 6e-8 * cells + sampling)
            }
            Held::Dense { .. } | Held::File { .. } => {
                let dim = dim_of(&shape);
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

/// d of dense features.
fn dim_of(shape: &Shape) -> f64 {
    if let Held::Dense { dim, .. } | Held::File { dim, .. } = shape.held { dim } else { 1.0 }
}

/// Whether the least squares of an offset, or plain sums, are computed in each round, to be measured.
fn measures_own_step(config: &Config, shape: &Shape) -> bool {
    (shape.may_have_offset() && measures(config, Needs::OwnSquareLoss))
        || measures(config, Needs::PlainSums)
        || whitens(config, shape)
}

/// Whether all pairs are whitened in each round, to be measured: dense features alone are.
fn whitens(config: &Config, shape: &Shape) -> bool {
    let pairs = [Needs::OwnPairs, Needs::OwnDifferences, Needs::OwnLabels];
    matches!(shape.held, Held::Dense { .. } | Held::File { .. })
        && pairs.into_iter().any(|needs| measures(config, needs))
}

/// Whether a quantity of this need is asked for.
fn measures(config: &Config, needs: Needs) -> bool {
    config.wanted().also.iter().any(|name| also::named(name).is_some_and(|also| also.needs == needs))
}

/// Bytes of one replicate while it is computed: the instance while it is drawn, then the instance with an update, and all rounds.
pub fn bytes(config: &Config) -> u64 {
    let shape = config.instance.shape(config.process.samples);
    let Shape { prompts, responses, .. } = shape;
    let of_instance = match &shape.held {
        &Held::Dense { dim, offset } => {
            let rows = prompts * responses;
            let offset = if offset { OFFSET_BYTES * rows } else { 0.0 };
            // Features twice while they are scaled; later, beside an update, what is measured.
            let pairs = 0.5 * rows * (responses - 1.0);
            let used = of_dense_update(rows, dim)
                + offset
                + of_own_step(config, &shape, rows, dim)
                + of_pairs(config, &shape, pairs, dim);
            f64::max(16.0 * rows * dim, 8.0 * rows * dim + used)
        }
        &Held::File { dim, bytes, left: true } => {
            // The other arrays are held as stored and in doubles, a response has its logit in the policies of two rounds, and a row of
            // features is read where it is asked for.
            let rows = prompts * responses;
            let tables = 3.0 * bytes + (ATOM_BYTES + OFFSET_BYTES) * rows;
            tables + of_dense_update(seen_rows(config, rows), dim) + of_own_step(config, &shape, rows, dim)
        }
        &Held::File { bytes: stored, .. } => {
            // At least four bytes for each number, which is held as stored and in doubles.
            let numbers = stored / 4.0;
            let used = of_dense_update(numbers, 1.0) + of_own_step(config, &shape, numbers, 1.0);
            f64::max(3.0 * stored, 2.0 * stored + used)
        }
        &Held::OneHot { own } => 200.0 * prompts + of_table_update(config, prompts, own),
        Held::Table => {
            let table = ATOM_BYTES * prompts * responses;
            // As stored and as read, then the table that is held, and one that a round makes.
            24.0 * prompts * responses + 2.0 * table + of_table_update(config, prompts, responses)
        }
        Held::Sequences { atoms } => {
            ATOM_BYTES * prompts * (atoms + 1.0) + of_table_update(config, prompts, f64::INFINITY)
        }
    };
    // What a round holds of the pairs of a file is asked of the instance itself.
    let (prompts, responses) = if let Held::File { .. } = shape.held { (1.0, 0.0) } else { (prompts, responses) };
    (of_instance + of_sample(config, &shape, prompts, responses) + of_rounds(config)) as u64
}

/// Bytes of one replicate on an instance that is held once for all.
pub fn bytes_on(config: &Config, instance: &Instance) -> u64 {
    let shape = config.instance.shape(config.process.samples);
    let update = match instance.features() {
        FeatureMap::Dense(dense) => {
            let (rows, dim) = (dense.rows() as f64, dense.dim() as f64);
            let offset = if instance.offset().is_some() { OFFSET_BYTES * rows } else { 0.0 };
            let of_prompt = |ends: &[usize]| 0.5 * (ends[1] - ends[0]) as f64 * (ends[1] - ends[0] - 1) as f64;
            let pairs = dense.starts().windows(2).map(of_prompt).sum();
            let seen = if let Storage::Mapped(_) = dense.storage() { seen_rows(config, rows) } else { rows };
            of_dense_update(seen, dim)
                + offset
                + of_own_step(config, &shape, rows, dim)
                + of_pairs(config, &shape, pairs, dim)
        }
        FeatureMap::OneHot(responses) => {
            let most = responses.iter().copied().max().unwrap_or(1);
            of_table_update(config, instance.prompts() as f64, f64::from(most))
        }
    };
    let most = (0..instance.prompts()).map(|x| instance.features().responses(x)).max().unwrap_or(1) as f64;
    (update + of_sample(config, &shape, instance.prompts() as f64, most) + of_rounds(config)) as u64
}

/// The memory that a single run needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunMemory {
    /// The run, for people.
    pub what: String,
    /// Bytes that stay of all replicates.
    pub kept: u64,
    /// Bytes of a replicate while it runs.
    pub each: u64,
}

/// Bytes of a single run, where the document is made or not, and θ_t kept or not.
///
/// # Errors
/// As [`Simulation::instance`], where θ_t is kept.
pub fn of_run(simulation: &Simulation, document: bool, keep_theta: bool) -> Result<RunMemory> {
    let config = &simulation.config;
    let replicates = config.run.replicates;
    let mut kept = kept(config, document);
    if keep_theta {
        let dim = simulation.instance(config.run.first_replicate)?.features().dim();
        let numbers = [replicates, simulation.process.rounds + 1, dim];
        // Kept, and twice more: as the array that is written and as its bytes.
        let thetas = numbers.iter().fold(24u64, |product, &n| product.saturating_mul(n as u64));
        kept = kept.saturating_add(thetas);
    }
    let each = match simulation.fixed() {
        // The file is read already, once for all.
        Some(instance) => bytes_on(config, instance),
        // Arrays at hand, of which a configuration tells no shape.
        None if config.instance.kind == Kind::NPZ && config.instance.get::<PathBuf>("path").is_none() => {
            bytes_on(config, &*simulation.instance(config.run.first_replicate)?)
        }
        None => bytes(config),
    };
    let thetas = if keep_theta { " with --save-theta" } else { "" };
    let rounds = counted(simulation.process.rounds, "round");
    let what = format!("a run of {} over {rounds}{thetas}", counted(replicates, "replicate"));
    Ok(RunMemory { what, kept, each })
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
fn of_own_step(config: &Config, shape: &Shape, rows: f64, dim: f64) -> f64 {
    // Plain sums hold their rows and an SVD of them before and after the round.
    let each = if measures(config, Needs::PlainSums) { 96.0 } else { 32.0 };
    if measures_own_step(config, shape) { each * rows * dim } else { 0.0 }
}

/// The differences of all pairs, their shares of the whitened space twice, and those weighed.
fn of_pairs(config: &Config, shape: &Shape, pairs: f64, dim: f64) -> f64 {
    if whitens(config, shape) { pairs * (100.0 + 40.0 * dim) } else { 0.0 }
}

/// A basis, a Gram matrix and factors of d×d, and the rows of the seen differences.
fn of_dense_update(rows: f64, dim: f64) -> f64 {
    8.0 * (4.0 * dim * dim + 3.0 * rows * dim)
}

/// Whether rounds are explored: asked for, or chosen by `auto`, where it pays whatever the policy is. In other cases all pairs are
/// counted, which are more.
fn explores(config: &Config, shape: &Shape, prompts: f64, responses: f64) -> bool {
    let process = &config.process;
    let marked = match shape.held {
        Held::OneHot { .. } => Some(1.0),
        Held::Sequences { atoms } => Some(atoms),
        _ => None,
    };
    let triples = process.samples as f64 * shape.mass / prompts;
    let pays = || marked.is_some_and(|marked| choice::pays([Prompt { triples, responses, marked, mass: 1.0 }]));
    let noise = process.ridge.unwrap_or(0.0) + process.judge_noise.unwrap_or(0.0);
    match process.sampling {
        SamplingConfig::Explore => true,
        SamplingConfig::Draws | SamplingConfig::Counts => false,
        SamplingConfig::Auto => {
            let plain = process.is_plain() && process.radius.is_none() && noise == 0.0;
            plain && process.update == UpdateConfig::ERM && pays()
        }
    }
}

/// The differences that an update may hold at once, of features that are left in their file: two responses of each triple, of the
/// rounds that are remembered.
fn seen_rows(config: &Config, rows: f64) -> f64 {
    let process = config.process.table();
    let population = process.get("population").and_then(toml::Value::as_bool) == Some(true);
    if config.process.update == UpdateConfig::POPULATION || population {
        return rows;
    }
    let remembers = process.get("memory").is_some_and(|memory| memory.as_str() != Some("none"));
    let rounds = if remembers { config.process.rounds as f64 + 1.0 } else { 1.0 };
    rows.min(2.0 * rounds * config.process.samples as f64)
}

/// The prompts that were drawn and the pairs at one prompt: counts of them, or each draw. A share `mass` of the triples is kept.
fn of_sample(config: &Config, shape: &Shape, prompts: f64, responses: f64) -> f64 {
    let n = config.process.samples as f64 * shape.mass;
    match (config.process.update, config.process.sampling) {
        (UpdateConfig::POPULATION, _) => 0.0,
        (_, SamplingConfig::Draws) => 16.0 * (n + n / prompts),
        // The labels of what is found, at most of half the responses.
        _ if explores(config, shape, prompts, responses) => {
            16.0 * (n.min(2.0 * prompts) + (2.0 * n / prompts).min(responses / 2.0))
        }
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
