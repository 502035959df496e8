//! Training on one's own unfiltered answers (L13).

mod prompt;

use super::super::theory::resampling::Resampled;
use super::FAR;
use super::rows::is_table;
use crate::Result;
use crate::claims::cases::{cell_by_cell, of_cell};
use crate::claims::premises::{departs_at_most, is_sampled};
use crate::claims::{Case, Claim, Comparison, Control, Level, Source, Statement};
use crate::experiment::CellRows;
use crate::experiment::replay_and_memory::resampled::Laws;
use crate::metrics::named::{BASE_PROBABILITY, DISAGREEMENT};

const ROWS: &[Source] = &[Source { experiment: "replay_and_memory", part: "unfiltered" }];

/// The claims of this file.
pub(super) const CLAIMS: &[Claim] = &[MEAN, prompt::CLAIM];

const MEAN: Claim = Claim {
    level: Level::Explicit,
    note: "in the mean over prompts, and of π_t the base mode is weighed; each replicate is held to its own expectation. The standard error is that of the replicates' distances from it, and at least that of the law with independent counts; of the base mode it is the law's, which is exact",
    ..Claim::exact(
        "L13",
        "unfiltered answers on one-hot features: E π_t = π_0, and E[1−Σ_yπ_t²] = f^t(1−Σ_yπ_0²) at each prompt, f = 1 − E[1{n_x>0}/n_x], n_x ~ Bin(n,p(x)), in the mean over prompts and to 6 standard errors",
        "Wright–Fisher (recalled), checked",
        ROWS,
        Statement::Cells(wright_fisher),
        &[
            Control::cells("L13.half", "(1+f)/2 in place of f", ROWS, half),
            Control::cells("L13.jensen", "f = 1 − P[n_x>0]/(n·p(x)), as if E[1/n_x] were 1/E[n_x]", ROWS, jensen),
            Control::cells(
                "L13.conditional",
                "f = 1 − P[n_x>0]²/(n·p(x)), as if a prompt that is drawn were always drawn as often as in the mean",
                ROWS,
                conditional,
            ),
            Control::cells("L13.next", "f^{t+1} in place of f^t", ROWS, next),
        ],
    )
};

/// A mean is judged where its standard error is at most this share of it.
const KNOWN: f64 = 0.2;

fn wright_fisher(cells: &[CellRows]) -> Result<Vec<Case>> {
    laws(cells, |sampled, t| sampled.kept().powi(t as i32))
}

fn half(cells: &[CellRows]) -> Result<Vec<Case>> {
    laws(cells, |sampled, t| (0.5 * (1.0 + sampled.kept())).powi(t as i32))
}

fn jensen(cells: &[CellRows]) -> Result<Vec<Case>> {
    laws(cells, |sampled, t| (1.0 - drawn(sampled) / (sampled.n * sampled.weight)).powi(t as i32))
}

fn conditional(cells: &[CellRows]) -> Result<Vec<Case>> {
    laws(cells, |sampled, t| (1.0 - drawn(sampled).powi(2) / (sampled.n * sampled.weight)).powi(t as i32))
}

fn next(cells: &[CellRows]) -> Result<Vec<Case>> {
    laws(cells, |sampled, t| sampled.kept().powi(t as i32 + 1))
}

/// P[n_x > 0].
fn drawn(sampled: &Resampled) -> f64 {
    1.0 - (1.0 - sampled.weight).powf(sampled.n)
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// The standard error of the mean of what is measured less what is expected of each replicate; 0 for a single one.
fn scatter(measured: &[f64], expected: &[f64]) -> f64 {
    let distances: Vec<f64> = measured.iter().zip(expected).map(|(measured, expected)| measured - expected).collect();
    standard_error(&distances)
}

/// The standard error of a mean; 0 of a single number.
fn standard_error(values: &[f64]) -> f64 {
    let (count, middle) = (values.len() as f64, mean(values));
    let squares: f64 = values.iter().map(|value| (value - middle).powi(2)).sum();
    if count > 1.0 { (squares / (count - 1.0) / count).sqrt() } else { 0.0 }
}

/// What is not known to a part of its size is shown, and not judged: it may be the mean of few rare ones.
fn judged(found: f64, stated: f64, room: f64, error: f64) -> Comparison {
    let tolerance = if error <= KNOWN * room { FAR * error } else { f64::INFINITY };
    Comparison::identity(found, stated, tolerance)
}

/// The cells of unfiltered answers on one-hot features that a statement speaks of.
fn unfiltered(cells: &[CellRows], speaks: impl Fn(&CellRows) -> Result<bool>) -> Result<Vec<CellRows>> {
    let mut chosen = Vec::new();
    for cell in cells {
        let simulation = cell.simulation()?;
        if !is_sampled(&simulation, "likelihood") || !departs_at_most(&simulation, &[]) {
            continue;
        }
        if is_table(&*simulation.instance(cell.numbers[0])?) && speaks(cell)? {
            chosen.push(cell.clone());
        }
    }
    Ok(chosen)
}

/// Round by round in each cell, `left` being the share of the disagreement that is stated to be left at a prompt after t rounds.
fn laws(cells: &[CellRows], left: fn(&Resampled, usize) -> f64) -> Result<Vec<Case>> {
    cell_by_cell(&unfiltered(cells, |_| Ok(true))?, |cell| {
        let (laws, mut case) = (Laws::of(cell)?, of_cell(cell));
        let stays = laws.mode();
        for t in 1..=cell.rounds() {
            let (measured, stated) = (cell.values(&DISAGREEMENT, t)?, laws.disagreement(t, left));
            let error = scatter(&measured, &stated).max(laws.disagreement_error(t));
            let expected = laws.mean_disagreement(t);
            case.comparisons.push(judged(mean(&measured), mean(&stated), expected, error));
            let (measured, stated) = (mean(&cell.values(&BASE_PROBABILITY, t)?), mean(&stays));
            case.comparisons.push(judged(measured, stated, stated.min(1.0 - stated), laws.mode_error(t)));
        }
        Ok(case)
    })
}
