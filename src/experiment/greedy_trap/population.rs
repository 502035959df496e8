//! Population rounds: π_t ∝ π_0^s with s = (1+1/β)^t, so the rounds in which greedy decoding recovers and in which y* passes
//! 1/2 are known beforehand.

use super::{EXPERIMENT, optimum};
use crate::Result;
use crate::experiment::{CellRows, Finding, Line, Results, Table};
use crate::metrics::named::{BASE_PROBABILITY, GREEDY_BASE};
use crate::plot::{Axis, Figure, Guide, Panel, Series, Style};
use crate::theory::greedy::{majority_scale, overtaking_scale};
use crate::theory::rates::{population_kappa, population_scale};

/// What the theory says of a base policy.
pub(super) struct Scales {
    /// g(y) of all sequences, that of y* (0) first.
    gaps: Vec<f64>,
    /// The s beyond which greedy decoding finds y*.
    pub(super) recovery: f64,
    /// The s beyond which y* has probability above 1/2.
    pub(super) majority: f64,
    beta: f64,
}

impl Scales {
    pub(super) fn of(cell: &CellRows) -> Result<Self> {
        let simulation = cell.simulation()?;
        let instance = simulation.instance(0)?;
        let policy = instance.policy(instance.base());
        let (row, head) = (policy.row(0), policy.head(0));
        let others: Vec<f64> = row.atoms.iter().filter(|atom| atom.response != head.modal).map(|a| a.logit).collect();
        let floor = std::iter::repeat_n(row.rest_logit, row.rest as usize);
        let gaps: Vec<f64> = others.into_iter().chain(floor).map(|logit| head.logit - logit).collect();
        let p = 1.0 / (1.0 + head.tail);
        let subtree = instance.tokens().map_or(1, |tokens| tokens.continuations(1));
        let mut recovery = 0.0f64;
        for branch in row.atoms.chunk_by(|a, b| a.response / subtree == b.response / subtree) {
            if branch[0].response / subtree != head.modal / subtree {
                let mass: f64 = branch.iter().map(|atom| p * (atom.logit - head.logit).exp()).sum();
                recovery = recovery.max(overtaking_scale(p, mass, branch.len() as f64)?);
            }
        }
        let majority = majority_scale(&gaps)?;
        let gaps = std::iter::once(0.0).chain(gaps).collect();
        Ok(Self { gaps, recovery, majority, beta: simulation.process.beta })
    }

    /// s_t.
    fn scale(&self, t: usize) -> Result<f64> {
        population_scale(self.beta, t as u32)
    }

    /// π_t(y*) = 1/κ(π_t).
    fn probability(&self, t: usize) -> Result<f64> {
        Ok(1.0 / population_kappa([(1.0, &self.gaps[..])], self.scale(t)?)?)
    }

    /// The first round whose scale is beyond `scale`, up to `rounds`.
    pub(super) fn first_beyond(&self, scale: f64, rounds: usize) -> Result<Option<usize>> {
        for t in 0..=rounds {
            if self.scale(t)? > scale {
                return Ok(Some(t));
            }
        }
        Ok(None)
    }
}

/// Whether greedy decoding finds y* after t rounds, in every replicate.
fn found(cell: &CellRows, t: usize) -> Result<bool> {
    Ok(cell.values(&GREEDY_BASE, t)?.into_iter().all(|found| found == 1.0))
}

/// The first round in which a condition holds.
fn first(cell: &CellRows, holds: impl Fn(usize) -> Result<bool>) -> Result<Option<usize>> {
    for t in 0..=cell.rounds() {
        if holds(t)? {
            return Ok(Some(t));
        }
    }
    Ok(None)
}

/// The rounds in which greedy decoding recovers and in which y* passes 1/2.
fn measured_rounds(cell: &CellRows) -> Result<(Option<usize>, Option<usize>)> {
    let above = |t: usize| Ok(cell.values(&BASE_PROBABILITY, t)?.into_iter().all(|probability| probability > 0.5));
    Ok((first(cell, |t| found(cell, t))?, first(cell, above)?))
}

pub(super) fn table(results: &Results) -> Result<Table> {
    let mut lines = Vec::new();
    for cell in results.cells("population")? {
        let scales = Scales::of(&cell)?;
        let (recovered, passed) = measured_rounds(&cell)?;
        // A scale measured by rounds lies between those of the round before and of the round itself.
        let between = |round: Option<usize>| -> Result<(f64, Option<(f64, f64)>)> {
            let Some(t) = round.filter(|&t| t > 0) else { return Ok((f64::NAN, None)) };
            let (before, after) = (scales.scale(t - 1)?, scales.scale(t)?);
            Ok(((before * after).sqrt(), Some((before, after))))
        };
        let (recovered, passed) = (between(recovered)?, between(passed)?);
        for t in 0..=cell.rounds() {
            let probability = cell.mean(&BASE_PROBABILITY, t)?;
            let line = Line::default()
                .label("p", cell.label("instance.trap.p"))
                .label("eta", cell.label("instance.trap.eta"))
                .label("beta", cell.label("process.beta"))
                .label("replicates", cell.replicates.len().to_string())
                .label("t", t.to_string())
                .number("scale", scales.scale(t)?)
                .measured("base_probability", probability.mean, probability.ends)
                .number("base_probability_law", scales.probability(t)?)
                .label("greedy_finds", if found(&cell, t)? { "yes" } else { "no" })
                .measured("recovery_scale", recovered.0, recovered.1)
                .number("recovery_scale_law", scales.recovery)
                .measured("majority_scale", passed.0, passed.1)
                .number("majority_scale_law", scales.majority);
            lines.push(line);
        }
    }
    Ok(Table::of_lines(lines))
}

/// What the closed form and the rounds may differ by: rounding, and the 2^-60 of the floor.
const ROUNDING: f64 = 1e-9;

/// π_t(y*) follows its closed form and both events come in the rounds that the theory says: exact.
pub(super) fn finding(results: &Results) -> Result<Finding> {
    let (mut farthest, mut agree, mut rounds) = (0.0f64, true, Vec::new());
    for cell in results.cells("population")? {
        let scales = Scales::of(&cell)?;
        let expected = (
            scales.first_beyond(scales.recovery, cell.rounds())?,
            scales.first_beyond(scales.majority, cell.rounds())?,
        );
        agree &= measured_rounds(&cell)? == expected && expected.1.is_some();
        for t in 0..=cell.rounds() {
            farthest = farthest.max((cell.mean(&BASE_PROBABILITY, t)?.mean - scales.probability(t)?).abs());
        }
        let text = |round: Option<usize>| round.map_or("never".to_owned(), |t| t.to_string());
        let (recovered, passed) = measured_rounds(&cell)?;
        rounds.push(format!("{} and {} for p = {}", text(recovered), text(passed), optimum(&cell)?));
    }
    let statement = format!(
        "population rounds: greedy decoding recovers, and π(y*) passes 1/2, in rounds {}; {} the closed form says, and π_t(y*) is \
         within {farthest:.0e} of it",
        rounds.join(", "),
        if agree { "as" } else { "not as" }
    );
    Ok(Finding::new(agree && farthest <= ROUNDING, statement))
}

pub(super) fn figure(table: &Table) -> Result<Figure> {
    let beta = table.distinct("beta")?.join(", ");
    let eta = table.distinct("eta")?.join(", ");
    let [vocab, length] = EXPERIMENT.settings("population", ["instance.vocab", "instance.length"])?;
    let mut rounds = Panel::new(
        "probability of the optimal sequence",
        Axis::linear("round t"),
        Axis::linear("πₜ(y*)").range(0.0, 1.03),
    )
    .guide(Guide::horizontal(0.5, "1/2"));
    for (color, p) in table.distinct("p")?.iter().enumerate() {
        let rows = table.filter(&[("p", p)])?;
        let points = rows.points("t", "base_probability_mean")?;
        rounds = rounds.series(Series::new(format!("p = {p}"), Style::LineMarkers, color, points));
    }
    let recovered = table.filter(&[("greedy_finds", "yes")])?.points("t", "base_probability_mean")?;
    rounds = rounds.series(Series::new("greedy decoding finds y*", Style::Markers, 6, recovered));
    let starts = table.filter(&[("t", "0")])?;
    let scales = Panel::new("how much sharper π₀ must become", Axis::linear("p = π₀(y*)"), Axis::log("s, πₜ ∝ π₀^s"))
        .series(
            Series::new("greedy decoding recovers", Style::Markers, 6, starts.measured("p", "recovery_scale")?).bars(),
        )
        .series(Series::new("closed form", Style::Line, 6, starts.points("p", "recovery_scale_law")?))
        .series(Series::new("π(y*) passes 1/2", Style::Markers, 14, starts.measured("p", "majority_scale")?).bars())
        .series(Series::new("closed form", Style::Dashed, 14, starts.points("p", "majority_scale_law")?))
        .note("bars: from the last round before to the first round after; closed forms at these p, joined by lines");
    Ok(Figure::new("The greedy trap in population rounds: when greedy decoding finds the optimal sequence")
        .subtitle(format!(
            "Population rounds, {vocab}^{length} sequences, trap token of probability p + {eta}, β = {beta}; no sampling: every replicate gives the \
             same numbers"
        ))
        .columns(2)
        .panel(rounds)
        .panel(scales))
}
