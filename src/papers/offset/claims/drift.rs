//! The drift lemma (D1): a mode that moves to a response of some probability has cost some of the loss.

use std::sync::Arc;

use rand::{Rng, RngExt};
use rand_distr::{Distribution, StandardNormal};

use super::super::theory::drift::drift;
use super::AUDIT;
use crate::Result;
use crate::claims::cases::step_by_step;
use crate::claims::{Case, Claim, Comparison, Control, Statement, Trial};
use crate::logits::LogitTable;
use crate::metrics::flips::flip_loss;
use crate::metrics::named::{
    DRIFT, DRIFT_MASS, FLIP_LOSS, LOGIT_ROUNDING, MARGIN, MIN_CONFIDENCE, POPULATION_LOSS, STEP_DRIFT,
};
use crate::policy::Policy;
use crate::seed::{Purpose, Seed};
use crate::study::Profile;

const SAYS: &str = "E_x[1{y*_{t+1} ≠ y*_t} 2π_t(y*_t)π_t(y*_{t+1})(1+β)²(log π_t(y*_t) − log π_t(y*_{t+1}))²] ≤ ε², the population loss";

/// The claims of this file.
pub(super) const CLAIMS: &[Claim] = &[
    Claim::exact(
        "D1",
        SAYS,
        RESULT,
        AUDIT,
        Statement::Replicates(rounds),
        &[Control::replicates("D1.half", "the same with ε²/2", AUDIT, rounds_at_half)],
    ),
    Claim {
        note: "on random pairs of laws, ties among them",
        ..Claim::exact(
            "D1.laws",
            SAYS,
            RESULT,
            &[],
            Statement::Constructed(pairs_of_laws),
            &[Control::constructed("D1.laws-half", "the same with ε²/2", pairs_of_laws_at_half)],
        )
    },
    Claim::exact(
        "D1.share",
        "P_x[the mode moves to a response with π_t ≥ ω] ≤ ε²/(2(1+β)²γ_t²μ_tω), and D_{t+1} ≤ D_t + P_x[the mode moves]",
        RESULT,
        AUDIT,
        Statement::Replicates(share),
        &[Control::replicates("D1.no-mass", "the same without 1/ω", AUDIT, share_without_mass)],
    ),
];

const RESULT: &str = "drift lemma (ours)";

fn rounds(trial: &Trial<'_>) -> Result<Option<Case>> {
    steps(trial, 1.0)
}

fn rounds_at_half(trial: &Trial<'_>) -> Result<Option<Case>> {
    steps(trial, 0.5)
}

/// What the moved modes of a step cost, against a share of its population loss.
fn steps(trial: &Trial<'_>, share: f64) -> Result<Option<Case>> {
    step_by_step(
        trial,
        "",
        |_| Ok(true),
        |t| {
            let (cost, loss) = (trial.get(&FLIP_LOSS, t + 1)?, trial.get(&POPULATION_LOSS, t + 1)?);
            let tolerance = trial.rounding(t + 1, cost)? + 2.0 * loss_rounding(trial, t, cost.max(loss.min(f64::MAX)))?;
            Ok(vec![Comparison::unlimited(cost, share * loss, tolerance)])
        },
    )
}

/// What a loss of this size is known to: its root is a root mean square of residuals.
fn loss_rounding(trial: &Trial<'_>, t: usize, loss: f64) -> Result<f64> {
    let error = trial.residual_rounding(t + 1, loss.sqrt())?;
    Ok(2.0 * loss.sqrt() * error + error * error)
}

fn share(trial: &Trial<'_>) -> Result<Option<Case>> {
    moved(trial, |omega| omega)
}

fn share_without_mass(trial: &Trial<'_>) -> Result<Option<Case>> {
    moved(trial, |_| 1.0)
}

/// The share of prompts whose mode moved, at ω the least probability that their new modes had.
fn moved(trial: &Trial<'_>, mass: impl Fn(f64) -> f64) -> Result<Option<Case>> {
    step_by_step(
        trial,
        "γ_t > 0",
        |t| Ok(trial.get(&MARGIN, t)? > 0.0),
        |t| {
            let moved = trial.get(&STEP_DRIFT, t + 1)?;
            let before = trial.get(&DRIFT, t)?;
            let rounding = trial.sum_rounding(1.0);
            let mut comparisons = vec![Comparison::probability(trial.get(&DRIFT, t + 1)?, before + moved, rounding)];
            // A mode that nothing moved, or that had no probability in a double, costs nothing.
            if moved == 0.0 || trial.get(&DRIFT_MASS, t + 1)? == 0.0 {
                return Ok(comparisons);
            }
            let (margin, loss) = (trial.get(&MARGIN, t)?, trial.get(&POPULATION_LOSS, t + 1)?);
            if loss.is_finite() {
                let omega = mass(trial.get(&DRIFT_MASS, t + 1)?);
                let confidence = trial.get(&MIN_CONFIDENCE, t)?;
                let bound = drift(loss.sqrt(), trial.beta(), margin, confidence, omega)?.value();
                let relative = loss_rounding(trial, t, loss)? / loss + 4.0 * trial.get(&LOGIT_ROUNDING, t)? / margin;
                let tolerance = trial.rounding(t + 1, moved)? + relative * bound.min(f64::MAX);
                comparisons.push(Comparison::probability(moved, bound, tolerance));
            }
            Ok(comparisons)
        },
    )
}

fn pairs_of_laws(seed: &Seed, profile: Profile) -> Result<Vec<Case>> {
    laws(seed, profile, 1.0)
}

fn pairs_of_laws_at_half(seed: &Seed, profile: Profile) -> Result<Vec<Case>> {
    laws(seed, profile, 0.5)
}

/// Random π_t and π_{t+1} over 1 to 3 prompts of 2 to 6 responses each; the loss is the plain double sum over pairs.
fn laws(seed: &Seed, profile: Profile, share: f64) -> Result<Vec<Case>> {
    let mut rng = seed.rng(Purpose::Laws, 0, 0);
    let count = if profile == Profile::Quick { 300 } else { 3000 };
    Ok((0..count).map(|_| Pair::draw(&mut rng).case(share)).collect())
}

/// The logits of π_t and π_{t+1} at each prompt.
struct Pair {
    weights: Vec<f64>,
    before: Vec<Vec<f64>>,
    after: Vec<Vec<f64>>,
    beta: f64,
}

impl Pair {
    fn draw(rng: &mut impl Rng) -> Self {
        let beta = rng.random_range(-3.0f64..2.0).exp();
        let scale = rng.random_range(-2.0f64..2.0).exp();
        // Whole numbers make ties.
        let whole = rng.random_bool(0.3);
        let normals = |rng: &mut dyn Rng, count: usize| -> Vec<f64> {
            let value = |rng: &mut dyn Rng| -> f64 { StandardNormal.sample(rng) };
            (0..count).map(|_| scale * value(rng)).map(|x| if whole { x.round() } else { x }).collect()
        };
        let prompts = rng.random_range(1..=3);
        let (mut before, mut after) = (Vec::new(), Vec::new());
        for _ in 0..prompts {
            let count = rng.random_range(2..=6);
            let old = normals(rng, count);
            let new = match rng.random_range(0..3) {
                0 => normals(rng, count),
                way => sharpened(&old, beta, way == 1, rng),
            };
            before.push(old);
            after.push(new);
        }
        let masses: Vec<f64> = (0..prompts).map(|_| rng.random_range(0.01..1.0)).collect();
        let total: f64 = masses.iter().sum();
        Self { weights: masses.into_iter().map(|mass| mass / total).collect(), before, after, beta }
    }

    fn case(&self, share: f64) -> Case {
        let [before, after] = [&self.before, &self.after].map(|logits| policy(logits));
        let measured = flip_loss(&self.weights, &before, &after, self.beta);
        let (mut loss, mut scale) = (0.0, 0.0);
        for (x, weight) in self.weights.iter().enumerate() {
            let responses = 0..self.before[x].len() as u32;
            let implicit = |y: u32| self.beta * (after.log_prob(x, y) - before.log_prob(x, y));
            for y in responses.clone() {
                for z in responses.clone() {
                    let pair = weight * before.prob(x, y) * before.prob(x, z);
                    let gap = before.log_prob(x, y) - before.log_prob(x, z);
                    let residual = implicit(y) - implicit(z) - gap;
                    let size = (1.0 + self.beta) * (before.log_prob(x, y).abs() + before.log_prob(x, z).abs())
                        + self.beta * (after.log_prob(x, y).abs() + after.log_prob(x, z).abs());
                    loss += pair * residual * residual;
                    scale += pair * residual.abs() * size;
                }
            }
        }
        // Residuals are differences of numbers of this size, and squared.
        let tolerance = 64.0 * f64::EPSILON * (scale + loss + measured);
        Case { comparisons: vec![Comparison::unlimited(measured, share * loss, tolerance)], ..Case::default() }
    }
}

/// The population update of one prompt with one challenger drawn level with the old mode, or just above it.
fn sharpened(old: &[f64], beta: f64, level: bool, rng: &mut impl Rng) -> Vec<f64> {
    let mut new: Vec<f64> = old.iter().map(|logit| (1.0 + 1.0 / beta) * logit).collect();
    let mode = (0..old.len()).max_by(|&a, &b| old[a].total_cmp(&old[b])).unwrap_or(0);
    let challenger = (mode + rng.random_range(1..old.len())) % old.len();
    let above = if level { 0.0 } else { rng.random_range(-12.0f64..0.0).exp() };
    // Either of the two moves: the pair's difference is all that the loss sees of it where there are no others.
    if rng.random_bool(0.5) {
        new[challenger] = new[mode] + above
    } else {
        new[mode] = new[challenger] - above
    }
    new
}

fn policy(logits: &[Vec<f64>]) -> Policy {
    let mut table = LogitTable::default();
    logits.iter().for_each(|row| table.push_dense(row));
    Policy::from_logits(Arc::new(table))
}
