//! What a sample of labels, or a judge with noise, costs in n ε² (L2, L17), and what it leaves as it is (L3).

use statrs::distribution::{Binomial, Discrete};

use super::super::super::theory::labels::{fair_judge_odds, judge_trace, label_floor};
use super::super::FAR;
use super::super::rows::is_one_number;
use super::leverage::mean_leverage;
use crate::claims::cases::{cell_by_cell, of_cell};
use crate::claims::premises::{Slot, departs_at_most, departures, has_offset, is_sampled};
use crate::claims::{Case, Comparison, Trial};
use crate::experiment::CellRows;
use crate::metrics::named::{
    AT_INFINITY, DIFFERENCE_RANK, DIVERSITY, LABEL_SQUARE, LABEL_TRACE, LOG_ODDS, POPULATION_LOSS, RANK_FRACTION,
};
use crate::process::Labels;
use crate::process::fit::Data;
use crate::simulate::Simulation;
use crate::{Error, Result};

/// n from which on the law of labels, which is a limit, is judged.
const LEAST: f64 = 4096.0;
/// Replicates from which on a cell is judged.
const ENOUGH: usize = 200;
/// Runs from which on a mean of log-odds is judged.
const FEW: usize = 30;
/// Standard errors that the terms beyond the limit, which are of the order of a leverage over n, may make where a mean is judged.
const LATE: f64 = 3.0;
/// Samples for each direction from which on the law of a judge is judged.
const EACH: f64 = 50.0;

/// The limit of n ε² in one replicate, and half its variance.
#[derive(Clone, Copy)]
struct Limit {
    trace: f64,
    square: f64,
}

/// n ε² over its limit, summed over replicates, the variance of this sum by the law, and what a finite n may add to it.
#[derive(Clone, Copy, Debug, Default)]
struct Scaled {
    count: usize,
    sum: f64,
    variance: f64,
    late: f64,
}

impl Scaled {
    /// `leverage` is that of a pair, in the mean of its square over its mean, times what a pair costs.
    fn of(losses: &[f64], limits: &[Limit], samples: f64, leverage: f64) -> Self {
        Self {
            count: losses.len(),
            late: losses.len() as f64 * leverage / samples,
            sum: losses.iter().zip(limits).map(|(loss, limit)| samples * loss / limit.trace).sum(),
            variance: limits.iter().map(|limit| 2.0 * limit.square / limit.trace.powi(2)).sum(),
        }
    }

    /// Independent replicates of another cell beside these.
    fn and(self, other: Self) -> Self {
        Self {
            count: self.count + other.count,
            sum: self.sum + other.sum,
            variance: self.variance + other.variance,
            late: self.late + other.late,
        }
    }

    /// The mean against 1, to [`FAR`] standard errors by the law; of few replicates, and where n is small beside leverages, it is shown, and
    /// not judged.
    fn comparison(self) -> Comparison {
        let count = self.count as f64;
        let error = self.variance.sqrt() / count;
        let judged = self.count >= ENOUGH && self.late / count <= LATE * error;
        let error = if judged { error } else { f64::INFINITY };
        Comparison::identity(self.sum / count, 1.0, FAR * error)
    }
}

/// Each cell's mean against 1, and the mean of all replicates of all cells: they are independent, and their variances add up.
fn ones(cells: &[CellRows], of: impl Fn(&CellRows) -> Result<Option<Scaled>>) -> Result<Vec<Case>> {
    let (mut all, mut judged) = (Scaled::default(), 0);
    let mut cases = cell_by_cell(cells, |cell| {
        let mut case = of_cell(cell);
        match of(cell)? {
            None => case.assumptions.push(("some samples have a finite minimiser, and see all directions", false)),
            Some(scaled) => {
                case.comparisons.push(scaled.comparison());
                (all, judged) = (all.and(scaled), judged + 1);
            }
        }
        Ok(case)
    })?;
    if let (Some(last), true) = (cells.last(), judged > 1) {
        cases.push(Case { replicates: all.count, comparisons: vec![all.comparison()], ..of_cell(last) });
    }
    Ok(cases)
}

/// The cells that a law speaks of.
fn chosen(cells: &[CellRows], speaks: impl Fn(&Simulation) -> bool) -> Result<Vec<CellRows>> {
    let mut chosen = Vec::new();
    for cell in cells {
        if speaks(&cell.simulation()?) && cell.rounds() > 0 {
            chosen.push(cell.clone());
        }
    }
    Ok(chosen)
}

/// Whether n plain labels at τ = 1 of log π_t are met, n large enough, in a class that holds it. A ball is there for samples whose labels
/// have no finite minimiser; it holds the others.
fn is_of_labels(simulation: &Simulation) -> bool {
    simulation.process.fit.data() == Data::Labels(Labels::default())
        && is_sampled(simulation, "logistic")
        && departs_at_most(simulation, &[Slot::Ball])
        && !has_offset(simulation)
        && simulation.process.samples as f64 >= LEAST
}

pub(super) fn labels(cells: &[CellRows]) -> Result<Vec<Case>> {
    of_labels(cells, |cell, replicate| {
        Ok(Limit { trace: cell.value(replicate, &LABEL_TRACE, 1)?, square: cell.value(replicate, &LABEL_SQUARE, 1)? })
    })
}

pub(super) fn labels_at_the_floor(cells: &[CellRows]) -> Result<Vec<Case>> {
    of_labels(cells, |cell, replicate| {
        let trace = label_floor(cell.value(replicate, &DIFFERENCE_RANK, 1)?)?;
        // All eigenvalues are 4 there.
        Ok(Limit { trace, square: 4.0 * trace })
    })
}

/// n ε² over replicates whose labels have a finite minimiser.
fn of_labels(cells: &[CellRows], limit: impl Fn(&CellRows, usize) -> Result<Limit>) -> Result<Vec<Case>> {
    ones(&chosen(cells, is_of_labels)?, |cell| {
        let (mut losses, mut limits) = (Vec::new(), Vec::new());
        for replicate in 0..cell.replicates.len() {
            if cell.value(replicate, &AT_INFINITY, 1)? == 0.0 {
                losses.push(cell.value(replicate, &POPULATION_LOSS, 1)?);
                limits.push(limit(cell, replicate)?);
            }
        }
        if losses.is_empty() {
            return Ok(None);
        }
        let samples = cell.number("process.samples")?;
        let cost = limits.iter().map(|limit| limit.trace).sum::<f64>() / limits.len() as f64;
        Ok(Some(Scaled::of(&losses, &limits, samples, leverage(cell, losses.len(), |rank| cost / rank)?)))
    })
}

/// The leverage of pairs in the first replicate's instance times what a pair costs there, given the rank; 0 of replicates that are too few to
/// be judged in any case.
fn leverage(cell: &CellRows, replicates: usize, cost: impl Fn(f64) -> f64) -> Result<f64> {
    if replicates < ENOUGH {
        return Ok(0.0);
    }
    let instance = cell.simulation()?.instance(cell.numbers[0])?;
    Ok(mean_leverage(&instance)? * cost(instance.rank() as f64))
}

pub(super) fn floor(trial: &Trial<'_>) -> Result<Option<Case>> {
    at_least(trial, 4.0)
}

pub(super) fn higher_floor(trial: &Trial<'_>) -> Result<Option<Case>> {
    at_least(trial, 5.0)
}

/// tr(GI⁺) against so many for each direction.
fn at_least(trial: &Trial<'_>, each: f64) -> Result<Option<Case>> {
    let (trace, rank) = (trial.get(&LABEL_TRACE, 1)?, trial.get(&DIFFERENCE_RANK, 1)?);
    let bound = label_floor(rank)? * each / 4.0;
    let mut case = Case::default();
    case.place.size = trial.size();
    case.comparisons.push(Comparison::at_least(trace, bound, 1e-9 * bound));
    Ok(Some(case))
}

pub(super) fn judge(cells: &[CellRows]) -> Result<Vec<Case>> {
    of_judge(cells, 1.0)
}

pub(super) fn judge_of_one_response(cells: &[CellRows]) -> Result<Vec<Case>> {
    of_judge(cells, 0.5)
}

/// n ε² against a share of 2s² rank G; the loop's own key is the deviation σ = s√2 of a difference.
fn of_judge(cells: &[CellRows], share: f64) -> Result<Vec<Case>> {
    let noisy = |simulation: &Simulation| {
        departures(simulation) == [Slot::JudgeNoise] && is_sampled(simulation, "erm") && !has_offset(simulation)
    };
    ones(&chosen(cells, noisy)?, |cell| {
        let (samples, sigma) = (cell.number("process.samples")?, cell.number("process.judge_noise")?);
        let deviation = sigma / 2f64.sqrt();
        let ranks = cell.values(&DIFFERENCE_RANK, 1)?;
        // A law of many samples for each direction, and of a sample that sees them all.
        let complete = cell.values(&RANK_FRACTION, 1)?.iter().all(|share| *share == 1.0);
        if ranks.iter().any(|&rank| rank < 1.0 || samples < EACH * rank) || !complete {
            return Ok(None);
        }
        let limit = |rank: &f64| -> Result<Limit> {
            let trace = share * judge_trace(deviation, *rank)?;
            Ok(Limit { trace, square: trace * trace / rank })
        };
        let limits = ranks.iter().map(limit).collect::<Result<Vec<Limit>>>()?;
        let losses = cell.values(&POPULATION_LOSS, 1)?;
        Ok(Some(Scaled::of(&losses, &limits, samples, leverage(cell, losses.len(), |_| 1.0)?)))
    })
}

pub(super) fn fair_judge(cells: &[CellRows]) -> Result<Vec<Case>> {
    judged_odds(cells, |_| 1.0)
}

pub(super) fn shrunk(cells: &[CellRows]) -> Result<Vec<Case>> {
    judged_odds(cells, |sigma| 1.0 / (1.0 + sigma * sigma))
}

/// The mean of ℓ_1 over runs that saw a pair of both responses against ℓ_0 plus a share of ℓ_0/β.
fn judged_odds(cells: &[CellRows], share: fn(f64) -> f64) -> Result<Vec<Case>> {
    let mut judged =
        chosen(cells, |simulation| departures(simulation) == [Slot::JudgeNoise] && is_sampled(simulation, "erm"))?;
    let mut two_answers = Vec::new();
    for cell in judged.drain(..) {
        let simulation = cell.simulation()?;
        let fixed = cell.cell.config.run.same_instance || simulation.fixed().is_some() || cell.numbers.len() == 1;
        if fixed && is_one_number(&*simulation.instance(cell.numbers[0])?) {
            two_answers.push(cell);
        }
    }
    cell_by_cell(&two_answers, |cell| {
        let (samples, sigma) = (cell.number("process.samples")?, cell.number("process.judge_noise")?);
        let (beta, mut odds, mut start) = (cell.simulation()?.process.beta, Vec::new(), f64::NAN);
        for replicate in 0..cell.replicates.len() {
            start = cell.value(replicate, &LOG_ODDS, 0)?;
            if cell.value(replicate, &DIVERSITY, 1)? > 0.0 {
                odds.push(cell.value(replicate, &LOG_ODDS, 1)?);
            }
        }
        let confidence = 1.0 / (1.0 + (-start).exp());
        let variance = sigma.powi(2) / beta.powi(2) * mean_inverse(samples, 2.0 * confidence * (1.0 - confidence))?;
        let count = odds.len() as f64;
        if odds.is_empty() {
            return Ok(Case {
                assumptions: vec![("some sample has a pair of both responses", false)],
                ..of_cell(cell)
            });
        }
        let expected = start + share(sigma) * (fair_judge_odds(start, beta)? - start);
        let mut case = of_cell(cell);
        // Of few runs the mean is no normal variate yet: how many pairs each saw is drawn, too.
        let tolerance = if odds.len() < FEW { f64::INFINITY } else { FAR * (variance / count).sqrt() };
        case.comparisons.push(Comparison::identity(odds.iter().sum::<f64>() / count, expected, tolerance));
        Ok(case)
    })
}

/// E[1/N | N > 0] of N ~ Bin(n, q).
fn mean_inverse(samples: f64, share: f64) -> Result<f64> {
    let law = Binomial::new(share, samples as u64).map_err(|_| Error::argument("share", share, "a probability"))?;
    let (mut sum, mut mass) = (0.0, 0.0);
    for k in 1..=samples as u64 {
        let p = law.pmf(k);
        (sum, mass) = (sum + p / k as f64, mass + p);
    }
    Ok(sum / mass)
}
