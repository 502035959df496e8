//! The expected loss: all pairs of positive probability, w = 2p(x)ν(y|x)ν(y'|x), summed over the batches of a round.

use std::borrow::Cow;
use std::sync::Arc;

use ndarray::Array1;

use super::super::batch::Batch;
use super::super::{PromptLaw, Selection, Step};
use super::aim::Aim;
use super::laplacian::population_rows;
use super::projection::Seen;
use super::quadratic::Choice;
use super::spectral::Spectral;
use crate::Result;
use crate::instance::{DenseFeatures, Parameter};
use crate::linalg::{GradedRow, Span, graded_least_squares};
use crate::logits::LogitTable;

/// The minimiser of the expected loss with ridge λ ≥ 0, in the ball.
///
/// In the paper's loop it is θ_{t+1} = (1+1/β)θ_t, that is π_{t+1} ∝ π_t^{1+1/β} (Eq. 12 with r = log π_t; facts F1, F3), wherever that
/// lies in the ball. In general it is θ_ref + (Pτ + ψ)/β with P the projection onto the span of all differences of positive probability
/// and ψ the weighted least squares of Δg on Δφ.
pub(super) fn minimise(
    step: &Step<'_>,
    batches: &[Batch],
    aim: &Aim<'_>,
    ridge: f64,
    choice: Choice,
) -> Result<Parameter> {
    if ridge == 0.0 {
        let growth = 1.0 + 1.0 / step.beta;
        // No law enters where the reward is linear and every pair has positive probability.
        if aim.is_own() && choice == Choice::Nearest && all_pairs(step) {
            if step.radius.is_none_or(|radius| growth * step.theta().norm() <= radius) {
                return Ok(aim.reference.scaled(growth));
            }
        } else if let Some(theta) = Seen::of_population(step, batches, aim).minimiser(step, aim, choice) {
            return Ok(theta);
        }
    }
    let spectral = Spectral::of_population(step, batches, aim);
    let solution = spectral.quadratic().minimise(step.beta, ridge, step.radius, choice);
    Ok(spectral.parameter(step, &solution))
}

/// Whether every pair of every prompt has positive probability, whatever the policy.
fn all_pairs(step: &Step<'_>) -> bool {
    step.process.prompts == PromptLaw::All && !matches!(step.process.candidates.selection, Selection::Adaptive(_))
}

/// Responses of positive probability at a prompt, by ascending index; empty where the prompt is not drawn.
pub(super) fn support(batches: &[Batch], prompt: usize) -> Vec<u32> {
    let mut support = Vec::new();
    for batch in batches.iter().filter(|batch| batch.share > 0.0 && batch.weights[prompt] > 0.0) {
        let row = batch.law.row(prompt);
        let live = (0..row.responses() as u32).filter(|&y| row.logit(y) > f64::NEG_INFINITY);
        support.extend(live);
    }
    if batches.len() > 1 {
        support.sort_unstable();
        support.dedup();
    }
    support
}

/// Whether all responses of all prompts with p(x) > 0 have positive probability.
fn full_support(step: &Step<'_>, batches: &[Batch]) -> bool {
    let dead = |batch: &Batch, x: usize| batch.law.row(x).levels().any(|(logit, _)| logit == f64::NEG_INFINITY);
    let covers = |batch: &Batch| {
        let weights = step.instance.weights().iter().enumerate().filter(|(_, p)| **p > 0.0);
        batch.share > 0.0 && weights.into_iter().all(|(x, _)| batch.weights[x] > 0.0 && !dead(batch, x))
    };
    batches.iter().any(covers)
}

/// The span of all differences of positive probability, unweighted.
pub(super) fn span(step: &Step<'_>, batches: &[Batch], features: &DenseFeatures) -> Span {
    let whole = step.instance.span_of(features);
    if full_support(step, batches) {
        return whole.clone();
    }
    let mut pairs = Vec::new();
    for x in 0..step.instance.prompts() {
        let support = support(batches, x);
        pairs.extend(support.iter().skip(1).map(|&y| (x, support[0] as usize, y as usize)));
    }
    Span::of_rows(pairs.len(), features.dim(), Some(whole), |i, row| {
        let (x, first, y) = pairs[i];
        features.difference(x, y, first, row);
    })
}

/// The parts of all batches.
pub(super) fn total_share(batches: &[Batch]) -> f64 {
    batches.iter().map(|batch| batch.share).sum()
}

/// The factor rows of one batch at one prompt, in coordinates of the prompt's responses; none where there is no pair.
fn of_prompt(batch: &Batch, total: f64, prompt: usize) -> Vec<GradedRow> {
    let weight = batch.share / total * batch.weights[prompt];
    if weight > 0.0 && batch.law.row(prompt).responses() > 1 {
        population_rows(batch.law.row(prompt), batch.law.head(prompt), weight)
    } else {
        Vec::new()
    }
}

/// The factor's rows in coordinates of the span.
pub(super) fn rows(batches: &[Batch], features: &DenseFeatures, span: &Span) -> Vec<GradedRow> {
    let (mut rows, total) = (Vec::new(), total_share(batches));
    for batch in batches {
        for x in 0..batch.weights.len() {
            rows.extend(of_prompt(batch, total, x).into_iter().map(|row| embedded(&row, features, span, x)));
        }
    }
    rows
}

fn embedded(row: &GradedRow, features: &DenseFeatures, span: &Span, prompt: usize) -> GradedRow {
    let mut direction = Array1::zeros(features.dim());
    for (y, &coefficient) in row.direction.iter().enumerate() {
        features.add_to(prompt, y, coefficient, &mut direction);
    }
    GradedRow { log_size: row.log_size, direction: span.coordinates_of(&direction) }
}

/// The factor's rows at one prompt in coordinates of its support.
pub(super) fn prompt_rows(batches: &[Batch], prompt: usize, support: &[u32]) -> Vec<GradedRow> {
    let within = |row: GradedRow| {
        let direction = support.iter().map(|&y| row.direction[y as usize]).collect();
        GradedRow { direction, ..row }
    };
    let total = total_share(batches);
    batches.iter().flat_map(|batch| of_prompt(batch, total, prompt)).map(within).collect()
}

/// ψ in coordinates of the span: the weighted least squares of Δg on Δφ, g being that of each batch.
pub(super) fn least_squares<'t>(
    batches: &'t [Batch],
    features: &DenseFeatures,
    span: &Span,
    remainder: impl Fn(usize) -> &'t LogitTable,
) -> Array1<f64> {
    let (mut rows, mut targets) = (Vec::new(), Vec::new());
    for (number, batch) in batches.iter().enumerate() {
        for x in 0..batch.weights.len() {
            let g = remainder(number).row(x);
            for row in of_prompt(batch, total_share(batches), x) {
                targets.push(along(&row, |y| g.logit(y)));
                rows.push(embedded(&row, features, span, x));
            }
        }
    }
    graded_least_squares(rows, &targets, span.rank())
}

/// Σ_y c_y g(y) with coefficients that sum to zero, as differences from the eliminated response, whose coefficient is 1.
fn along(row: &GradedRow, g: impl Fn(u32) -> f64) -> f64 {
    let own = row.direction.iter().position(|&c| c == 1.0).unwrap_or(0);
    let first = g(own as u32);
    row.direction.iter().enumerate().filter(|(_, c)| **c != 0.0).map(|(y, c)| c * (g(y as u32) - first)).sum()
}

/// ψ of one prompt of one-hot features over its support, where each batch has a reward of its own; it sums to zero.
pub(super) fn prompt_least_squares(
    batches: &[Batch],
    prompt: usize,
    support: &[u32],
    remainder: impl Fn(usize) -> Arc<LogitTable>,
) -> Array1<f64> {
    let (mut rows, mut targets) = (Vec::new(), Vec::new());
    for (number, batch) in batches.iter().enumerate() {
        let table = remainder(number);
        for row in of_prompt(batch, total_share(batches), prompt) {
            targets.push(along(&row, |y| table.row(prompt).logit(y)));
            let direction = support.iter().map(|&y| row.direction[y as usize]).collect();
            rows.push(GradedRow { direction, ..row });
        }
    }
    graded_least_squares(rows, &targets, support.len())
}

/// An aim with the reference of the round, and a reward that is a table alone.
pub(super) fn at_table<'a>(step: &Step<'a>, table: Arc<LogitTable>) -> Aim<'a> {
    Aim::new(step.reference(), Cow::Owned(step.theta().zeros()), Some(table), step.instance)
}
