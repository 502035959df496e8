//! Curation: one of K draws is kept in proportion to e^r (L8).

use rand::RngExt;

use super::super::theory::curation::least_mean;
use crate::Result;
use crate::claims::{Case, Claim, Comparison, Control, Statement};
use crate::logits::LogitTable;
use crate::papers::laws::{ROUNDING, at, case, count, probabilities, random_law, table};
use crate::process::law::curation;
use crate::seed::{Purpose, Seed};
use crate::study::Profile;

/// The claims of this file.
pub(super) const CLAIMS: &[Claim] = &[Claim::exact(
    "L8",
    "curation from K draws: E_{t+1} e^r ≥ E_t e^r + ((K−1)/K) Var_t(e^r)/e^{max r} in every round",
    "arXiv 2407.09499 (known at second hand), redone",
    &[],
    Statement::Constructed(gains),
    &[Control::constructed("L8.no-factor", "the same without (K−1)/K, K = 2, 3, 4", gains_without_factor)],
)];

fn gains(seed: &Seed, profile: Profile) -> Result<Vec<Case>> {
    rounds(seed, profile, 8, |draws| draws)
}

/// (K−1)/K tends to 1 as K grows without bound.
fn gains_without_factor(seed: &Seed, profile: Profile) -> Result<Vec<Case>> {
    rounds(seed, profile, 4, |_| f64::MAX)
}

/// Three rounds on random laws with random rewards, those of a law within 0.01 to 2 nats or so: where rewards are alike the inequality is
/// tight.
fn rounds(seed: &Seed, profile: Profile, most: u64, stated: impl Fn(f64) -> f64) -> Result<Vec<Case>> {
    const ROUNDS: usize = 3;
    let mut rng = seed.rng(Purpose::Laws, 0, 0);
    let mut one = || {
        let start = random_law(&mut rng, 6);
        let (spread, draws) = (rng.random_range(0.01f64.ln()..2f64.ln()).exp(), rng.random_range(2..=most));
        let rewards: Vec<f64> = start.iter().map(|_| spread * rng.random_range(-1.0..1.0)).collect();
        let mut row = LogitTable::default();
        row.push_dense(&rewards);
        let alive = rewards.iter().zip(&start).filter(|(_, mass)| **mass > 0.0);
        let top = alive.map(|(reward, _)| reward.exp()).fold(0.0, f64::max);
        let mean = |law: &[f64], power: i32| -> f64 {
            law.iter().zip(&rewards).map(|(mass, reward)| mass * reward.exp().powi(power)).sum()
        };
        let (mut law, mut comparisons) = (start, Vec::new());
        for _ in 0..ROUNDS {
            let logits = table(&law);
            let kept = probabilities(&curation(at(&logits), row.row(0), draws)?);
            let (before, after) = (mean(&law, 1), mean(&kept, 1));
            let deviations = law.iter().zip(&rewards).map(|(mass, reward)| mass * (reward.exp() - before).powi(2));
            let least = least_mean(before, deviations.sum(), top, stated(draws as f64))?;
            // Of the gain itself: beside E e^r a small one would be lost.
            let scale = ROUNDING * (least - before) + 4.0 * f64::EPSILON * after;
            comparisons.push(Comparison::at_least(after - before, least - before, scale));
            law = kept;
        }
        Ok(case(rewards.len(), comparisons))
    };
    (0..count(profile, 200)).map(|_| one()).collect()
}
