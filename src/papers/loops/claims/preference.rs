//! Preferences in a circle: where the uniform point is stable, and where the map contracts (Q5).

use ndarray::{Array1, Array2};
use rand::{Rng, RngExt};

use crate::Result;
use crate::claims::{Case, Claim, Comparison, Control, Statement};
use crate::linalg::thin_svd;
use crate::papers::loops::theory::preference::{circle_growth, circle_threshold, contraction};
use crate::seed::{Purpose, Seed};
use crate::study::Profile;

/// The claims of this file.
pub(super) const CLAIMS: &[Claim] = &[Claim {
    note: "weighed on its map: no key of the process is an external preference matrix",
    ..Claim::exact(
        "Q5",
        "π_{t+1} ∝ π_t^α π_0^{1−α} exp(Pμ_t/β), μ_t = λπ_t + (1−λ)π_0, on rock–paper–scissors ½ ± a from the uniform π_0: a perturbation grows by √(α² + a²λ²/(3β²)) a round, unstable above 1; for any P and π_0 the map moves centred logits apart by at most α + (λ/(2β))‖P−½11ᵀ‖₂",
        "arXiv 2602.12180 (second hand), redone",
        &[],
        Statement::Constructed(root),
        &[Control::constructed("Q5.linear", "unstable if and only if α + aλ/(β√3) > 1", linear)],
    )
}];

/// a of the grid, and what the uniform point is perturbed by.
const GAP: f64 = 0.3;
const PERTURBATION: f64 = 1e-6;
/// Rounds that a perturbation is followed for; it stays below 10⁻⁵, so that quadratic terms are below this share of it.
const ROUNDS: i32 = 40;
const NEAR: f64 = 1e-5;

/// One of the loops: what stays the same in all rounds.
struct Map {
    alpha: f64,
    lambda: f64,
    beta: f64,
    wins: Array2<f64>,
    base: Array1<f64>,
}

fn centred(logits: Array1<f64>) -> Array1<f64> {
    let mean = logits.sum() / logits.len() as f64;
    logits - mean
}

fn softmax(logits: &Array1<f64>) -> Array1<f64> {
    let top = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let odds = logits.mapv(|logit| (logit - top).exp());
    let total = odds.sum();
    odds / total
}

fn norm(vector: &Array1<f64>) -> f64 {
    vector.dot(vector).sqrt()
}

impl Map {
    /// From centred logits to centred logits.
    fn round(&self, logits: &Array1<f64>) -> Array1<f64> {
        let mixed = softmax(logits) * self.lambda + softmax(&self.base) * (1.0 - self.lambda);
        centred(logits * self.alpha + &self.base * (1.0 - self.alpha) + self.wins.dot(&mixed) / self.beta)
    }
}

/// Rock–paper–scissors: each wins against the next with probability ½ + a.
fn circle() -> Array2<f64> {
    Array2::from_shape_fn((3, 3), |(i, j)| match (3 + j - i) % 3 {
        1 => 0.5 + GAP,
        2 => 0.5 - GAP,
        _ => 0.5,
    })
}

/// Every α, λ, and β at 3 % on either side of the threshold: the growth of a perturbation in any direction.
fn perturbed(seed: &Seed, compare: impl Fn(&Map, f64) -> Result<Vec<Comparison>>) -> Result<Vec<Case>> {
    let mut rng = seed.rng(Purpose::Laws, 0, 0);
    let mut cases = Vec::new();
    for alpha in [0.3, 0.6, 0.9] {
        for lambda in [0.3, 0.7, 1.0] {
            for factor in [0.97, 1.03] {
                let beta = factor * circle_threshold(alpha, lambda, GAP)?;
                let map = Map { alpha, lambda, beta, wins: circle(), base: Array1::zeros(3) };
                let draw = Array1::from_shape_fn(3, |_| rng.random_range(-1.0..1.0));
                let start = centred(draw);
                let mut logits = &start * (PERTURBATION / norm(&start).max(1e-3));
                let first = norm(&logits);
                for _ in 0..ROUNDS {
                    logits = map.round(&logits);
                }
                let growth = (norm(&logits) / first).powf(1.0 / f64::from(ROUNDS));
                cases.push(Case { comparisons: compare(&map, growth)?, ..Case::default() });
            }
        }
    }
    Ok(cases)
}

fn root(seed: &Seed, profile: Profile) -> Result<Vec<Case>> {
    let mut cases = perturbed(seed, |map, growth| {
        let stated = circle_growth(map.alpha, map.lambda, map.beta, GAP)?;
        let unstable = |growth: f64| f64::from(u8::from(growth > 1.0));
        Ok(vec![
            Comparison::identity(growth, stated, NEAR * stated),
            Comparison::identity(unstable(growth), unstable(stated), 0.0),
        ])
    })?;
    let mut rng = seed.rng(Purpose::Laws, 0, 1);
    for _ in 0..if profile == Profile::Quick { 100 } else { 2000 } {
        cases.push(apart(&mut rng)?);
    }
    Ok(cases)
}

fn linear(seed: &Seed, _profile: Profile) -> Result<Vec<Case>> {
    perturbed(seed, |map, growth| {
        let sum = map.alpha + GAP * map.lambda / (map.beta * 3f64.sqrt());
        let unstable = |growth: f64| f64::from(u8::from(growth > 1.0));
        Ok(vec![Comparison::identity(unstable(growth), unstable(sum), 0.0)])
    })
}

/// Any win rates and base policy: two policies, from close to far apart, after one round.
fn apart(rng: &mut impl Rng) -> Result<Case> {
    let count = rng.random_range(2..=8);
    let mut wins = Array2::from_elem((count, count), 0.5);
    for i in 0..count {
        for j in 0..i {
            let win = rng.random_range(0.0..1.0);
            (wins[[i, j]], wins[[j, i]]) = (win, 1.0 - win);
        }
    }
    let mut draw = |size: f64| centred(Array1::from_shape_fn(count, |_| size * rng.random_range(-1.0..1.0)));
    let (base, one, step) = (draw(2.0), draw(3.0), draw(1.0));
    let size = 10f64.powf(rng.random_range(-4.0..0.5));
    let other = &one + &(step * size);
    let (alpha, lambda, beta) = (rng.random_range(0.0..1.0), rng.random_range(0.0..1.0), rng.random_range(0.1..3.0));
    let map = Map { alpha, lambda, beta, wins, base };
    let stretch = thin_svd((&map.wins - 0.5).view()).singular.iter().copied().fold(0.0, f64::max);
    let (before, after) = (norm(&(&one - &other)), norm(&(map.round(&one) - map.round(&other))));
    let bound = contraction(alpha, lambda, beta, stretch)? * before;
    Ok(Case { comparisons: vec![Comparison::unlimited(after, bound, 1e-12)], ..Case::default() })
}
