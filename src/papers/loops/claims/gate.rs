//! A gate on confidence (L15).

use rand::RngExt;

use super::super::theory::gate::{gated, odds_factors};
use crate::Result;
use crate::claims::{Case, Claim, Comparison, Control, Statement};
use crate::papers::laws::{ROUNDING, at, case, count, probabilities, random_law, same, table};
use crate::process::law::{Gate, gate};
use crate::seed::{Purpose, Seed};
use crate::study::Profile;

/// The claims of this file.
pub(super) const CLAIMS: &[Claim] = &[
    Claim::exact(
        "L15",
        "the gate π ≥ c, R tries at most: with A its accepted mass π(y)(1−(1−A)^R)/A is kept on accepted y, π(y)(1−A)^{R−1} elsewhere, after (1−(1−A)^R)/A tries in the mean; at A = 0 it is π after R tries",
        super::OURS,
        &[],
        Statement::Constructed(laws),
        &[Control::constructed("L15.conditional", "what is kept has the law of π given acceptance", conditional)],
    ),
    Claim::exact(
        "L15.odds",
        "the odds of a correct answer change by a factor between 1 and π(accepted|correct)/π(accepted|wrong)",
        super::OURS,
        &[],
        Statement::Constructed(odds),
        &[Control::constructed("L15.full", "by the factor π(accepted|correct)/π(accepted|wrong)", full_odds)],
    ),
];

/// A law, its gate, what is accepted, and R.
struct Drawn {
    law: Vec<f64>,
    gate: Gate,
    accepted: Vec<bool>,
    tries: u32,
}

/// Random laws with thresholds between their probabilities, below them all and above them all.
fn drawn<R: rand::Rng>(rng: &mut R) -> Result<Drawn> {
    let law = random_law(rng, 8);
    let tries = rng.random_range(1..=8);
    let mut levels: Vec<f64> = law.clone();
    levels.sort_by(f64::total_cmp);
    let place = rng.random_range(0..=levels.len());
    let (below, above) = (if place == 0 { 0.0 } else { levels[place - 1] }, levels.get(place).copied().unwrap_or(1.0));
    let confidence = 0.5 * (below + above);
    let row = table(&law);
    let gate = gate(at(&row), at(&row), confidence, u64::from(tries))?;
    // Between two equal levels the threshold is a level, which is accepted.
    let accepted = law.iter().map(|&mass| mass >= confidence * (1.0 - 1e-12)).collect();
    Ok(Drawn { law, gate, accepted, tries })
}

/// Sequences that are walked through at most.
const MOST_SEQUENCES: f64 = 3000.0;

/// What is kept, and the mean number of tries, by walking through all sequences of draws.
fn walked(drawn: &Drawn) -> (Vec<f64>, f64) {
    let (law, tries) = (&drawn.law, drawn.tries as usize);
    let (mut kept, mut mean) = (vec![0.0; law.len()], 0.0);
    for number in 0..law.len().pow(drawn.tries) {
        let (mut left, mut weight, mut found) = (number, 1.0, None);
        let mut last = 0;
        for k in 1..=tries {
            last = left % law.len();
            left /= law.len();
            weight *= law[last];
            if found.is_none() && drawn.accepted[last] {
                found = Some((last, k));
            }
        }
        let (y, k) = found.unwrap_or((last, tries));
        kept[y] += weight;
        mean += weight * k as f64;
    }
    (kept, mean)
}

fn laws(seed: &Seed, profile: Profile) -> Result<Vec<Case>> {
    let mut rng = seed.rng(Purpose::Laws, 0, 0);
    let mut one = || {
        let drawn = drawn(&mut rng)?;
        let stated = gated(&drawn.law, &drawn.accepted, drawn.tries)?;
        let mut comparisons: Vec<Comparison> = same(&probabilities(&drawn.gate.law), &stated.law).collect();
        let tries = |found: f64| Comparison::identity(found, stated.mean_tries, ROUNDING * stated.mean_tries);
        comparisons.push(tries(drawn.gate.mean_tries));
        if (drawn.law.len() as f64).powf(f64::from(drawn.tries)) <= MOST_SEQUENCES {
            let (kept, mean) = walked(&drawn);
            comparisons.extend(same(&kept, &stated.law));
            comparisons.push(tries(mean));
        }
        Ok(case(drawn.law.len(), comparisons))
    };
    (0..count(profile, 200)).map(|_| one()).collect()
}

fn conditional(seed: &Seed, profile: Profile) -> Result<Vec<Case>> {
    let mut rng = seed.rng(Purpose::Laws, 0, 0);
    let mut one = || {
        let drawn = drawn(&mut rng)?;
        let pass = |(mass, accepts): (&f64, &bool)| if *accepts { *mass } else { 0.0 };
        let masses: Vec<f64> = drawn.law.iter().zip(&drawn.accepted).map(pass).collect();
        let total: f64 = masses.iter().sum();
        let stated: Vec<f64> = masses.iter().map(|mass| mass / total).collect();
        let comparisons =
            if total > 0.0 { same(&probabilities(&drawn.gate.law), &stated).collect() } else { Vec::new() };
        Ok(case(drawn.law.len(), comparisons))
    };
    (0..count(profile, 200)).map(|_| one()).collect()
}

fn odds(seed: &Seed, profile: Profile) -> Result<Vec<Case>> {
    factors(seed, profile, |low, high| (low, high))
}

fn full_odds(seed: &Seed, profile: Profile) -> Result<Vec<Case>> {
    factors(seed, profile, |low, high| if high > 1.0 { (high, high) } else { (low, low) })
}

/// Odds of a random correct set before and after a gate, against a lower and an upper factor.
fn factors(seed: &Seed, profile: Profile, stated: impl Fn(f64, f64) -> (f64, f64)) -> Result<Vec<Case>> {
    let mut rng = seed.rng(Purpose::Laws, 0, 0);
    let mut one = || {
        let drawn = drawn(&mut rng)?;
        let correct: Vec<bool> = drawn.law.iter().map(|_| rng.random_bool(0.5)).collect();
        let sum = |law: &[f64], right: bool, accepted: bool| -> f64 {
            let of = |y: &usize| correct[*y] == right && (!accepted || drawn.accepted[*y]);
            (0..law.len()).filter(of).map(|y| law[y]).sum()
        };
        let (right, wrong) = (sum(&drawn.law, true, false), sum(&drawn.law, false, false));
        if right == 0.0 || wrong == 0.0 {
            return Ok(case(drawn.law.len(), Vec::new()));
        }
        let rate = |of: bool, all: f64| (sum(&drawn.law, of, true) / all).min(1.0);
        let (low, high) = odds_factors(rate(true, right), rate(false, wrong))?;
        let (low, high) = stated(low, high);
        let kept = probabilities(&drawn.gate.law);
        let before = right / wrong;
        let after = sum(&kept, true, false) / sum(&kept, false, false);
        let mut comparisons = vec![Comparison::at_least(after, before * low, ROUNDING * before * low)];
        if high.is_finite() {
            comparisons.push(Comparison::unlimited(after, before * high, ROUNDING * before * high));
        }
        Ok(case(drawn.law.len(), comparisons))
    };
    (0..count(profile, 200)).map(|_| one()).collect()
}
