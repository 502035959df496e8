//! The sharpened law π*_β ∝ π_0^{1+1/β} (S10): what it is the optimum of, how sure it is, what exploring it costs.

use super::super::theory::best_of_n::divergence;
use super::super::theory::sharpened::{enough_sharpening, exploration, failure_by_divergence, objective, sharpened};
use crate::Result;
use crate::claims::{Case, Claim, Comparison, Control, Statement};
use crate::papers::laws::{ROUNDING, case, count};
use crate::seed::{Purpose, Seed};
use crate::study::Profile;
use ndarray::{Array1, Array2};
use rand::{Rng, RngExt};
use rand_distr::{Distribution, StandardNormal};

/// The claims of this file.
pub(super) const CLAIMS: &[Claim] = &[
    Claim::exact(
        "S10a",
        "J_β(π*_β) − J_β(π) = β E_x KL(π‖π*_β), J_β(π) = E_π log π_0 − β KL(π‖π_0)",
        "Theorem J.1, its proof",
        &[],
        Statement::Constructed(regret),
        &[Control::constructed("S10a.reversed", "the same with β E_x KL(π*_β‖π)", regret_reversed)],
    ),
    Claim::exact(
        "S10b",
        "max π_0 ≥ (1+g)π_0(y') off y*, g < 1, β⁻¹ ≥ 2g⁻¹log(2K/δ): π*_β(y*) ≥ 1 − δ/2 and P_x[π(y*) ≤ 1−δ] ≤ (12/δ)E_xKL(π‖π*_β)",
        "Theorem J.2, with KL",
        &[],
        Statement::Constructed(sure),
        &[Control::constructed("S10b.quarter", "a quarter of that β⁻¹ is enough", sure_at_a_quarter)],
    ),
    Claim::exact(
        "S10c",
        "Σ_{t≤T}(E^{(t)}⟨u_t,Δφ⟩)²/max(λ, Σ_{i<t}E^{(i)}⟨u_t,Δφ⟩²) ≤ min(4T, (8/log 5)d log(1+4T/d)), λ ≥ (βB+(1+β)‖θ_0‖)²",
        "Lemma J.5, constants ours",
        &[],
        Statement::Constructed(explored),
        &[Control::constructed("S10c.dimension", "the same sum is at most d", explored_within_dimension)],
    ),
];

fn normal(rng: &mut impl Rng) -> f64 {
    StandardNormal.sample(rng)
}

/// A law ∝ e^{scale·N(0,1)}.
fn drawn(rng: &mut impl Rng, responses: usize, scale: f64) -> Vec<f64> {
    let odds: Vec<f64> = (0..responses).map(|_| (scale * normal(rng)).exp()).collect();
    let total: f64 = odds.iter().sum();
    odds.into_iter().map(|odds| odds / total).collect()
}

fn regret(seed: &Seed, profile: Profile) -> Result<Vec<Case>> {
    regrets(seed, profile, |law, best| divergence(best, law))
}

fn regret_reversed(seed: &Seed, profile: Profile) -> Result<Vec<Case>> {
    regrets(seed, profile, divergence)
}

/// 1 to 3 prompts, each with laws of its own; `distance(π, π*_β)` as the statement has it.
fn regrets(seed: &Seed, profile: Profile, distance: impl Fn(&[f64], &[f64]) -> f64) -> Result<Vec<Case>> {
    let mut rng = seed.rng(Purpose::Laws, 0, 0);
    let mut one = || {
        let beta = rng.random_range(-3.0f64..2.0).exp();
        let (prompts, mut left, mut right, mut size) = (rng.random_range(1..=3), 0.0, 0.0, 0.0);
        for _ in 0..prompts {
            let responses = rng.random_range(2..=8);
            let (base, law) = (drawn(&mut rng, responses, 1.5), drawn(&mut rng, responses, 2.0));
            let best = sharpened(&base, beta)?;
            let (most, reached) = (objective(&base, &best, beta)?, objective(&base, &law, beta)?);
            left += (most - reached) / f64::from(prompts);
            right += beta * distance(&law, &best) / f64::from(prompts);
            size += most.abs() + reached.abs();
        }
        Ok(case(prompts as usize, vec![Comparison::identity(left, right, ROUNDING * (1.0 + size))]))
    };
    (0..count(profile, 100)).map(|_| one()).collect()
}

fn sure(seed: &Seed, profile: Profile) -> Result<Vec<Case>> {
    sharpenings(seed, profile, 1.0)
}

fn sure_at_a_quarter(seed: &Seed, profile: Profile) -> Result<Vec<Case>> {
    sharpenings(seed, profile, 0.25)
}

/// Laws with a gap, sharpened by a share of what is enough, and a policy that fails at some of the prompts by as little as it can.
fn sharpenings(seed: &Seed, profile: Profile, share: f64) -> Result<Vec<Case>> {
    let mut rng = seed.rng(Purpose::Laws, 0, 0);
    let mut one = || {
        let (gap, delta) = (rng.random_range(0.05..0.95), rng.random_range(0.02..0.9));
        let (prompts, responses) = (rng.random_range(1..=4), rng.random_range(2..=8usize));
        let inverse = share * enough_sharpening(gap, responses as f64, delta)?;
        let (mut comparisons, mut failing, mut distance) = (Vec::new(), 0.0, 0.0);
        for _ in 0..prompts {
            // The mode first; the others at most 1/(1+g) of it, some of them just so much.
            let fall = |rng: &mut dyn Rng| if rng.random_bool(0.5) { 1.0 } else { rng.random_range(0.05..1.0) };
            let mut odds = vec![1.0];
            odds.extend((1..responses).map(|_| fall(&mut rng) / (1.0 + gap)));
            let total: f64 = odds.iter().sum();
            let base: Vec<f64> = odds.into_iter().map(|odds| odds / total).collect();
            let best = sharpened(&base, 1.0 / inverse)?;
            comparisons.push(Comparison::at_least(best[0], 1.0 - 0.5 * delta, ROUNDING));
            // What is left of a policy that fails at 1 − δ is as π*_β has it: the nearest one.
            let fails = rng.random_bool(0.7);
            let kept = if fails { 1.0 - delta } else { best[0] };
            let rest: f64 = best[1..].iter().sum();
            let law: Vec<f64> =
                (0..responses).map(|y| if y == 0 { kept } else { (1.0 - kept) * best[y] / rest }).collect();
            failing += f64::from(u8::from(fails)) / f64::from(prompts);
            distance += divergence(&best, &law) / f64::from(prompts);
        }
        comparisons.push(Comparison::probability(failing, failure_by_divergence(distance, delta)?, ROUNDING));
        Ok(case(prompts as usize * responses, comparisons))
    };
    (0..count(profile, 100)).map(|_| one()).collect()
}

/// What a greedy sequence of policies is drawn from.
struct Exploration {
    /// Features of each prompt's responses, rows in the unit ball; prompts have equal weights.
    features: Vec<Array2<f64>>,
    base: Array1<f64>,
    radius: f64,
    beta: f64,
    rounds: usize,
    /// How many parameters compete in each round.
    candidates: usize,
}

/// π_θ at one prompt.
fn softmax(features: &Array2<f64>, theta: &Array1<f64>) -> Array1<f64> {
    let logits = features.dot(theta);
    let most = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let odds = logits.mapv(|logit| (logit - most).exp());
    let total = odds.sum();
    odds / total
}

impl Exploration {
    /// E Δφ and E ΔφΔφᵀ over y ~ π_θ, y' ~ π_0.
    fn moments(&self, theta: &Array1<f64>) -> (Array1<f64>, Array2<f64>) {
        let dim = theta.len();
        let (mut mean, mut square) = (Array1::zeros(dim), Array2::zeros((dim, dim)));
        for features in &self.features {
            let (own, base) = (softmax(features, theta), softmax(features, &self.base));
            for (y, row) in features.rows().into_iter().enumerate() {
                for (z, other) in features.rows().into_iter().enumerate() {
                    let (weight, delta) = (own[y] * base[z] / self.features.len() as f64, &row - &other);
                    mean.scaled_add(weight, &delta);
                    for (i, j) in (0..dim).flat_map(|i| (0..dim).map(move |j| (i, j))) {
                        square[(i, j)] += weight * delta[i] * delta[j];
                    }
                }
            }
        }
        (mean, square)
    }

    /// λ.
    fn lambda(&self) -> f64 {
        let norm = self.base.dot(&self.base).sqrt();
        (self.beta * self.radius + (1.0 + self.beta) * norm).powi(2)
    }

    /// The sum along a sequence that takes the largest term of each round.
    fn sum(&self, mut propose: impl FnMut() -> Array1<f64>) -> f64 {
        let dim = self.base.len();
        let (mut seen, mut sum) = (Array2::<f64>::zeros((dim, dim)), 0.0);
        for _ in 0..self.rounds {
            let mut best: Option<(f64, Array2<f64>)> = None;
            for _ in 0..self.candidates {
                let theta = propose();
                let (mean, square) = self.moments(&theta);
                let u = &theta * self.beta - &self.base * (1.0 + self.beta);
                let term = u.dot(&mean).powi(2) / self.lambda().max(u.dot(&seen.dot(&u)));
                if best.as_ref().is_none_or(|(most, _)| term > *most) {
                    best = Some((term, square));
                }
            }
            if let Some((term, square)) = best {
                sum += term;
                seen += &square;
            }
        }
        sum
    }
}

/// A point of the ball, most of them near its surface.
fn in_ball(rng: &mut impl Rng, dim: usize, radius: f64) -> Array1<f64> {
    let direction = Array1::from_shape_fn(dim, |_| normal(rng));
    let norm = direction.dot(&direction).sqrt();
    direction * (radius * rng.random_range(0.0f64..1.0).powf(0.2) / norm)
}

/// One prompt, φ = ±1, θ_0 = 0, B = 20, β = 1, all of π_B.
fn line() -> (Exploration, usize) {
    let features = vec![Array2::from_shape_vec((2, 1), vec![1.0, -1.0]).expect("two rows of one number")];
    (Exploration { features, base: Array1::zeros(1), radius: 20.0, beta: 1.0, rounds: 60, candidates: 1 }, 1)
}

fn explored(seed: &Seed, profile: Profile) -> Result<Vec<Case>> {
    explorations(seed, profile, exploration)
}

fn explored_within_dimension(seed: &Seed, profile: Profile) -> Result<Vec<Case>> {
    explorations(seed, profile, |_, dim| Ok(dim))
}

fn explorations(seed: &Seed, profile: Profile, bound: impl Fn(f64, f64) -> Result<f64>) -> Result<Vec<Case>> {
    let mut rng = seed.rng(Purpose::Laws, 0, 0);
    let judged = |exploration: &Exploration, dim: usize, sum: f64| {
        let most = bound(exploration.rounds as f64, dim as f64)?;
        Ok(case(dim * exploration.rounds, vec![Comparison::unlimited(sum, most, ROUNDING * most)]))
    };
    let (first, dim) = line();
    let mut cases = vec![judged(&first, dim, first.sum(|| Array1::from_elem(1, first.radius)))?];
    for _ in 0..count(profile, 4) {
        let (dim, responses) = (rng.random_range(1..=4), rng.random_range(2..=4));
        let features = (0..rng.random_range(1..=2)).map(|_| {
            let mut rows = Array2::zeros((responses, dim));
            rows.rows_mut().into_iter().for_each(|mut row| row.assign(&in_ball(&mut rng, dim, 1.0)));
            rows
        });
        let features = features.collect();
        let radius = rng.random_range(1.0..20.0);
        let share = if rng.random_bool(0.5) { 0.0 } else { rng.random_range(0.0..1.0) };
        let base = in_ball(&mut rng, dim, share * radius);
        let beta = rng.random_range(-2.0f64..1.0).exp();
        let exploration =
            Exploration { features, base, radius, beta, rounds: rng.random_range(5..=60), candidates: 10 };
        let sum = exploration.sum(|| in_ball(&mut rng, dim, radius));
        cases.push(judged(&exploration, dim, sum)?);
    }
    Ok(cases)
}
