//! The law of sampled counts: cell by cell binomial up to n = 10^15, the same for draws and counts, rare responses unseen as often
//! as they should be.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::common::*;
use selfreward::logits::{Atom, LogitTable};
use selfreward::policy::Policy;
use selfreward::process::Sampling;
use selfreward::process::multinomial::binomial;
use selfreward::process::pairs::Sample;
use selfreward::seed::{Purpose, Seed};
use statrs::distribution::{Binomial, DiscreteCDF};

/// Counts by (x, smaller response, larger response).
fn counts(
    weights: &[f64],
    policy: &Policy,
    n: u64,
    sampling: Sampling,
    seed: &Seed,
) -> BTreeMap<(usize, u32, u32), u64> {
    let mut counts = BTreeMap::new();
    Sample::draw(weights, policy, n, sampling, seed, 3).for_each(|seen| {
        for pair in seen.pairs {
            *counts.entry((seen.prompt, pair.a.min(pair.b), pair.a.max(pair.b))).or_insert(0) += pair.count;
        }
    });
    counts
}

/// Atoms (response, logit), the rest's logit, how many the rest are.
type LumpedRow<'a> = (&'a [(u32, f64)], f64, u32);

fn table(rows: &[LumpedRow<'_>]) -> Policy {
    let mut table = LogitTable::default();
    for (atoms, rest_logit, rest) in rows {
        table.push(atoms.iter().map(|&(response, logit)| Atom { response, logit }), *rest_logit, *rest);
    }
    Policy::from_logits(Arc::new(table))
}

/// Oracle: each count is Bin(n, 2p(x)π(y)π(y')). Its mean over R runs by a z test; its spread by the exact variance of the
/// sample variance of a binomial; both at 6.5 deviations (8e-11 two-sided where normal), about 700 tests: 6e-8 of the budget.
/// Means below 30 are compared through the sum of all runs, which is Bin(nR, ·) ≈ Poisson: exact two-sided Poisson tails.
fn check_cells(weights: &[f64], policy: &Policy, n: u64, sampling: Sampling, runs: usize) {
    let probs = probabilities(policy);
    let mut seen: BTreeMap<(usize, u32, u32), Vec<u64>> = BTreeMap::new();
    for (x, p) in probs.iter().enumerate() {
        for y in 0..p.len() as u32 {
            for z in y + 1..p.len() as u32 {
                seen.insert((x, y, z), vec![0; runs]);
            }
        }
    }
    for run in 0..runs {
        let seed = Seed::from_number(31).child("cells", run as u64).child("n", n);
        for (key, count) in counts(weights, policy, n, sampling, &seed) {
            seen.get_mut(&key).unwrap()[run] = count;
        }
    }
    for ((x, y, z), values) in seen {
        let p = 2.0 * weights[x] * probs[x][y as usize] * probs[x][z as usize];
        let (mean, variance) = (n as f64 * p, n as f64 * p * (1.0 - p));
        let total: u64 = values.iter().sum();
        let label = format!("n = {n}, {sampling:?}, pair ({x}, {y}, {z}), mean {mean:.3e}");
        let expected_total = mean * runs as f64;
        if expected_total < 1e4 {
            let law = statrs::distribution::Poisson::new(expected_total.max(1e-300)).unwrap();
            let low = law.cdf(total);
            let high = if total == 0 { 1.0 } else { law.sf(total - 1) };
            assert!(low.min(high) > 4e-11, "{label}: total {total}, expected {expected_total}");
            continue;
        }
        let z_mean = (total as f64 - expected_total) / (variance * runs as f64).sqrt();
        assert!(z_mean.abs() < 6.5, "{label}: z of the mean {z_mean}");
        if mean > 30.0 {
            let squares: f64 = values.iter().map(|&v| (v as f64 - mean).powi(2)).sum::<f64>() / variance;
            // Var[(X−np)²/σ²] = 2 + (1 − 6p(1−p))/(np(1−p)) for a binomial.
            let deviation = (runs as f64 * (2.0 + (1.0 - 6.0 * p * (1.0 - p)) / variance)).sqrt();
            let z_spread = (squares - runs as f64) / deviation;
            assert!(z_spread.abs() < 7.0, "{label}: z of the spread {z_spread}");
        }
    }
}

#[test]
fn every_cell_is_binomial_up_to_1e15() {
    let policy = table(&[
        (&[(0, 0.0), (1, -3.0), (2, -9.0), (3, -20.0)], 0.0, 0),
        (&[(2, 1.0)], 0.0, 4),
        (&[(0, 0.0), (3, -14.0)], -7.0, 3),
        (&[(0, 0.0)], 0.0, 0),
    ]);
    let weights = [0.5, 0.3, 0.1, 0.1];
    for n in [10, 1_000, 100_000, 10_000_000, 1_000_000_000_000, 1_000_000_000_000_000] {
        for sampling in [Sampling::Auto, Sampling::Counts] {
            check_cells(&weights, &policy, n, sampling, 2000);
        }
        if n <= 1_000 {
            check_cells(&weights, &policy, n, Sampling::Draws, 20_000);
        }
    }
}

/// Prompts of weight 1e-14 beside one that has nearly everything.
#[test]
fn rare_prompts_come_as_often_as_they_should() {
    let policy = table(&[(&[(0, 0.0), (1, 0.0)], 0.0, 0), (&[(0, 0.0), (1, 0.0)], 0.0, 0)]);
    check_cells(&[1.0 - 1e-14, 1e-14], &policy, 1_000_000_000_000_000, Sampling::Auto, 2000);
}

/// The bare binomial, at the (n, p) where a library's count was seen to be biased. Oracle: mean and variance of the binomial,
/// z tests at 6.5 deviations each.
#[test]
fn binomial_is_unbiased_where_p_is_tiny() {
    for (trials, p) in [
        (1_000_000_000_000_000u64, 1.05e-15),
        (1_000_000_000_000_000, 1.6e-16),
        (10_000_000_000_000, 3e-13),
        (1_000_000_000_000_000, 1e-12),
        (1_000_000_000_000_000, 0.999_999_999_999),
        (1_000_000, 1e-5),
        (100, 0.3),
    ] {
        let mut rng = Seed::from_number(5).rng(Purpose::Responses, 0, 0);
        let runs = 400_000;
        let failure = if p > 0.5 { 1e-12 } else { 1.0 - p };
        let (mut sum, mut squares) = (0.0, 0.0);
        let mean = trials as f64 * p;
        for _ in 0..runs {
            let away = binomial(trials, p, failure, &mut rng) as f64 - mean;
            sum += away;
            squares += away * away;
        }
        let variance = trials as f64 * p * failure;
        let z = sum / (variance * f64::from(runs)).sqrt();
        assert!(z.abs() < 6.5, "n = {trials}, p = {p}: z of the mean {z}");
        let spread = (f64::from(runs) * (2.0 + (1.0 - 6.0 * p * failure) / variance)).sqrt();
        let z = (squares / variance - f64::from(runs)) / spread;
        assert!(z.abs() < 6.5, "n = {trials}, p = {p}: z of the variance {z}");
    }
}

/// Oracle: P[unseen] = (1 − 2q(1−q))^n, an exact binomial test over runs.
#[test]
fn a_response_of_probability_1e_9_is_seen_as_often_as_it_should_be() {
    let gap = (1e9f64 - 1.0).ln();
    let policies =
        [table(&[(&[(0, gap), (1, 0.0)], 0.0, 0)]), table(&[(&[(0, gap + 2f64.ln()), (1, 2f64.ln())], 2f64.ln(), 0)])];
    for policy in &policies {
        let q = 1e-9f64;
        let runs = 200_000u64;
        let seen = |n: u64, run: u64| {
            !counts(&[1.0], policy, n, Sampling::Auto, &Seed::from_number(9).child("rare", run)).is_empty()
        };
        let hits = (0..runs).filter(|&run| seen(1_000_000, run)).count() as u64;
        let p = -(1e6 * (-2.0 * q * (1.0 - q)).ln_1p()).exp_m1();
        let law = Binomial::new(p, runs).unwrap();
        let (low, high) = (law.cdf(hits), if hits == 0 { 1.0 } else { law.sf(hits - 1) });
        assert!(low.min(high) > 1e-9, "{hits} of {runs}, expected {}", p * runs as f64);
        assert!(
            (0..100).all(|run| seen(1_000_000_000_000, run)),
            "2000 expected sightings, unseen with probability e^-2000"
        );
    }
}

/// Walking through a sample twice gives the same pairs; asking for another round or seed gives others.
#[test]
fn a_sample_can_be_walked_through_again() {
    let policy = table(&[(&[(0, 0.0), (1, -1.0)], -2.0, 50)]);
    let seed = Seed::from_number(1);
    let sample = Sample::draw(&[1.0], &policy, 40, Sampling::Auto, &seed, 0);
    assert_eq!(pairs_of(&sample), pairs_of(&sample));
    let other = Sample::draw(&[1.0], &policy, 40, Sampling::Auto, &seed, 1);
    assert_ne!(pairs_of(&sample), pairs_of(&other));
}
