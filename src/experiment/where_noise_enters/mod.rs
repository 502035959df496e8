//! Where statistics enter a round (claims M5, M6): nowhere in a regression without noise on features that follow the reward, through a
//! noisy judge, through labels, and through what fixed logits keep the features from following.

mod figure;
mod findings;

use super::misspecified::excess;
use super::{CellRows, Drawing, Experiment, Line, Results, Table};
use crate::metrics::Quantity;
use crate::metrics::labels::LabelNoise;
use crate::metrics::misspecification::OwnStep;
use crate::metrics::named::{
    APPROXIMATION_ERROR, DIFFERENCE_RANK, ESTIMATION_ERROR, NOISE_SQUARE, NOISE_TRACE, POPULATION_LOSS,
};
use crate::stats::{MeanInterval, Range, mean_interval};
use crate::{Error, Result};

/// One round from n = 2^8 to 2^20 on Gaussian features with fixed logits.
pub const EXPERIMENT: Experiment = Experiment {
    name: "where_noise_enters",
    about: "Where 1/√n enters: a noisy judge, labels, or logits that the features cannot follow; never a clean regression",
    definition: include_str!("../../../experiments/definitions/where_noise_enters.toml"),
    findings: findings::findings,
    drawings: &[Drawing { name: "where_noise_enters", table, figure: figure::figure }],
};

/// ρ: the bound on the step may fail in this share of the runs.
const RHO: f64 = 0.1;
/// An error below this is rounding: sums of squares of doubles near 1.
const ZERO: f64 = 1e-9;

/// What a sample's error comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Source {
    /// Differences of the policy's own log-probabilities, which the features follow.
    Regression,
    /// The same with a judge's noise.
    Judge,
    /// Bradley–Terry labels of them.
    Labels,
    /// Differences that the features do not follow.
    Offset,
    /// Regression, judge, labels and offset with prompts of which the policy is not sure.
    SelectiveRegression,
    SelectiveJudge,
    SelectiveLabels,
    SelectiveOffset,
}

impl Source {
    const ALL: [Self; 8] = [
        Self::Regression,
        Self::Judge,
        Self::Labels,
        Self::Offset,
        Self::SelectiveRegression,
        Self::SelectiveJudge,
        Self::SelectiveLabels,
        Self::SelectiveOffset,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Regression => "regression",
            Self::Judge => "judge",
            Self::Labels => "labels",
            Self::Offset => "offset",
            Self::SelectiveRegression => "regression, selective",
            Self::SelectiveJudge => "judge, selective",
            Self::SelectiveLabels => "labels, selective",
            Self::SelectiveOffset => "offset, selective",
        }
    }

    /// Whether rows say how far the step lies from the population's: for a square loss of the paper's loop.
    fn has_step(self) -> bool {
        matches!(self, Self::Regression | Self::Judge | Self::Offset)
    }

    /// Its cells, in the order of the grid.
    fn cells(self, results: &Results) -> Result<Vec<CellRows>> {
        let clean = |cell: &CellRows| cell.number("instance.offset.noise").is_ok_and(|noise| noise == 0.0);
        let mut cells = results.cells(match self {
            Self::Regression | Self::Offset => "offset",
            Self::Judge => "judge",
            Self::Labels => "labels",
            Self::SelectiveRegression | Self::SelectiveOffset => "selective",
            Self::SelectiveJudge => "selective-judge",
            Self::SelectiveLabels => "selective-labels",
        })?;
        match self {
            Self::Regression | Self::SelectiveRegression => cells.retain(clean),
            Self::Offset | Self::SelectiveOffset => cells.retain(|cell| !clean(cell)),
            Self::Judge | Self::Labels | Self::SelectiveJudge | Self::SelectiveLabels => {}
        }
        Ok(cells)
    }
}

/// ε of each replicate after the round, nats.
fn epsilons(cell: &CellRows) -> Result<Vec<f64>> {
    Ok(cell.values(&POPULATION_LOSS, 1)?.into_iter().map(f64::sqrt).collect())
}

/// The limit of n e² over replicates, and half its limiting variance: D and Σλ_j² of an offset, rσ² and rσ⁴ of a judge whose noise σ
/// falls on every difference, tr(GI⁺) of labels; with selective prompts G is of all of them, and what weighs the noise of those that were
/// drawn. `None` without noise, and where selective prompts meet an offset.
fn limits(source: Source, cell: &CellRows) -> Result<Option<Vec<(f64, f64)>>> {
    let count = cell.replicates.len();
    Ok(match source {
        Source::Regression | Source::SelectiveRegression | Source::SelectiveOffset => None,
        Source::Labels | Source::SelectiveJudge | Source::SelectiveLabels => Some(seen_limits(source, cell)?),
        Source::Judge => {
            let (rank, sigma) = (cell.number("instance.dim")?, cell.number("process.judge_noise")?);
            Some(vec![(rank * sigma.powi(2), rank * sigma.powi(4)); count])
        }
        Source::Offset => {
            let (trace, square) = (cell.values(&NOISE_TRACE, 1)?, cell.values(&NOISE_SQUARE, 1)?);
            Some(trace.into_iter().zip(square).collect())
        }
    })
}

/// The same of labels, and of selective prompts, from the instance of each replicate.
fn seen_limits(source: Source, cell: &CellRows) -> Result<Vec<(f64, f64)>> {
    let simulation = cell.simulation()?;
    let variance = if source == Source::SelectiveJudge { cell.number("process.judge_noise")?.powi(2) } else { 1.0 };
    let temperature = (source != Source::SelectiveJudge).then_some(1.0);
    let of = |&replicate: &usize| {
        let instance = simulation.instance(replicate)?;
        let policy = instance.policy(instance.base());
        let noise = match source {
            Source::Labels => LabelNoise::new(&instance, &policy, 1.0),
            _ => simulation
                .process
                .prompts
                .weights(&instance, &policy, 0)
                .and_then(|seen| LabelNoise::of_seen(&instance, &policy, &seen, temperature)),
        };
        let noise = noise.ok_or_else(|| Error::argument("instance.kind", "one-hot features", "dense features"))?;
        Ok((variance * noise.trace(), variance * variance * noise.square()))
    };
    cell.numbers.iter().map(of).collect()
}

/// ε_app of each replicate's instance: the floor that all prompts leave.
fn floors(cell: &CellRows) -> Result<Vec<f64>> {
    let simulation = cell.simulation()?;
    let of = |&replicate: &usize| {
        let instance = simulation.instance(replicate)?;
        let policy = instance.policy(instance.base());
        Ok(OwnStep::new(&instance, instance.base(), &policy).approximation_error())
    };
    cell.numbers.iter().map(of).collect()
}

/// M5's bound on e of each replicate.
fn bounds(cell: &CellRows) -> Result<Vec<f64>> {
    let samples = cell.number("process.samples")?;
    let of = |replicate: usize| {
        let rows = |quantity: &'static Quantity, t: usize| cell.value(replicate, quantity, t);
        excess(&rows, 1, samples, RHO)
    };
    (0..cell.replicates.len()).map(of).collect()
}

fn interval(values: &[f64]) -> MeanInterval {
    mean_interval(values, Range::NON_NEGATIVE)
}

/// ε by (source, noise, n), the floor ε_app, e, √(D/n), what both make of ε, and M5's bound (the largest over runs).
fn table(results: &Results) -> Result<Table> {
    let mut lines = Vec::new();
    for source in Source::ALL {
        for cell in source.cells(results)? {
            let samples = cell.number("process.samples")?;
            let epsilon = interval(&epsilons(&cell)?);
            let knows = source.has_step();
            let mean_of = |quantity: &'static Quantity| cell.values(quantity, 1).map(|values| interval(&values));
            let floor = match source {
                Source::SelectiveOffset => interval(&floors(&cell)?).mean,
                _ if knows => mean_of(&APPROXIMATION_ERROR)?.mean,
                _ => f64::NAN,
            };
            let estimation = if knows { Some(mean_of(&ESTIMATION_ERROR)?) } else { None };
            let limit = limits(source, &cell)?.map(|limits| {
                let mean = limits.iter().map(|(trace, _)| trace).sum::<f64>() / limits.len() as f64;
                (mean / samples).sqrt()
            });
            let bound = match source {
                Source::Offset => bounds(&cell)?.into_iter().fold(0.0, f64::max),
                _ => f64::NAN,
            };
            let rank = if source == Source::Offset { mean_of(&DIFFERENCE_RANK)?.mean } else { f64::NAN };
            lines.push(
                Line::default()
                    .label("source", source.name())
                    .label("noise", cell.label("instance.offset.noise"))
                    .label("prompts", cell.label("instance.prompts"))
                    .label("samples", cell.label("process.samples"))
                    .label("replicates", cell.replicates.len().to_string())
                    .measured("epsilon", epsilon.mean, epsilon.ends)
                    .measured(
                        "estimation",
                        estimation.as_ref().map_or(f64::NAN, |interval| interval.mean),
                        estimation.as_ref().and_then(|interval| interval.ends),
                    )
                    .number("floor", floor)
                    .number("limit", limit.unwrap_or(f64::NAN))
                    // Labels of rewards that the features follow have no floor.
                    .number("predicted", limit.map_or(f64::NAN, |limit| limit.hypot(if knows { floor } else { 0.0 })))
                    .number("bound", bound)
                    .number("rank", rank),
            );
        }
    }
    Ok(Table::of_lines(lines))
}
