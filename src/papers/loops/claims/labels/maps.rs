//! Population rounds on labels: a power of the policy, no optimum, a bounded step, a win rate (L1, L3, L4).

use super::super::super::theory::labels::{
    flip_step, flipped_label, flipped_odds, hard_label, hard_win_rate_odds, temperature_factor, win_rate_logits,
};
use super::super::rows::{alpha, is_one_number, is_population_of, is_table, smooth_labels};
use crate::Result;
use crate::claims::premises::{Slot, has_offset};
use crate::claims::{Case, Comparison, Trial};
use crate::instance::Instance;
use crate::metrics::named::{AT_INFINITY, DISAGREEMENT, KAPPA_MINUS_ONE, LOG_ODDS, MARGIN};
use crate::policy::Policy;
use crate::process::fit::Data;
use crate::process::{CandidateLaw, Labels};

/// What a Newton fit may leave of its optimum.
const NEWTON: f64 = 1e-6;
/// Rounding of what has a closed form.
const ROUNDING: f64 = 1e-9;

/// A ridge that moves nothing that a Newton fit knows: it is there to have one in place of a closed form.
const FAINT: f64 = 1e-14;

/// Temperature and flips of smooth labels that a logistic fit meets in expectation, in a loop that differs from the paper's in the law of
/// single candidates at most.
fn smooth(trial: &Trial<'_>) -> Option<(f64, f64)> {
    let faint = trial.config().process.ridge.unwrap_or(0.0) <= FAINT;
    let slots: &[Slot] = if faint { &[Slot::Candidates, Slot::Ridge] } else { &[Slot::Candidates] };
    smooth_labels(trial).filter(|_| is_population_of(trial, "logistic", slots))
}

/// Whether the fit of a name meets hard labels in expectation, in a loop that differs from the paper's in these choices at most.
fn is_hard(trial: &Trial<'_>, update: &str, slots: &[Slot]) -> bool {
    let hard = trial.simulation().process.fit.data() == Data::Labels(Labels::Hard);
    hard && is_population_of(trial, update, slots)
}

/// The logits of π_0 at each prompt.
fn base(instance: &Instance) -> Vec<Vec<f64>> {
    let policy: Policy = instance.policy(instance.base());
    let row = |x: usize| (0..policy.row(x).responses() as u32).map(|y| policy.row(x).logit(y)).collect();
    (0..policy.prompts()).map(row).collect()
}

/// π ∝ e^logits at one prompt.
fn law(logits: &[f64]) -> Vec<f64> {
    let top = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let total: f64 = logits.iter().map(|logit| (logit - top).exp()).sum();
    logits.iter().map(|logit| (logit - top).exp() / total).collect()
}

/// 1 − Σπ². Of a mass above ½ what is left is the sum of the others: in a difference from 1 the digits of a sure policy would go.
fn differing(masses: &[f64]) -> f64 {
    let others = |y: usize| masses.iter().enumerate().filter(|(z, _)| *z != y).map(|(_, mass)| mass).sum::<f64>();
    let left = |(y, mass): (usize, &f64)| mass * if *mass > 0.5 { others(y) } else { 1.0 - mass };
    masses.iter().enumerate().map(left).sum()
}

/// Margin, κ − 1 and E[1 − Σπ²] after round t against plain sums over a policy's logits.
fn compare(trial: &Trial<'_>, t: usize, weights: &[f64], rows: &[Vec<f64>], relative: f64) -> Result<Vec<Comparison>> {
    let (mut margin, mut doubt, mut differ, mut widest) = (f64::INFINITY, 0.0, 0.0, 0.0f64);
    for (weight, logits) in weights.iter().zip(rows).filter(|(weight, logits)| **weight > 0.0 && logits.len() > 1) {
        let mut sorted = logits.clone();
        sorted.sort_by(|a, b| b.total_cmp(a));
        margin = margin.min(sorted[0] - sorted[1]);
        widest = widest.max(sorted[0] - sorted[sorted.len() - 1]);
        doubt += weight * sorted[1..].iter().map(|logit| (logit - sorted[0]).exp()).sum::<f64>();
        let masses = law(logits);
        differ += weight * differing(&masses);
    }
    // A gap that is known to a share of itself gives e^−gap to that share times the gap.
    let close = |found: f64, expected: f64, share: f64| {
        Comparison::identity(found, expected, share * expected.abs() + f64::MIN_POSITIVE)
    };
    Ok(vec![
        close(trial.get(&MARGIN, t)?, margin, relative),
        close(trial.get(&KAPPA_MINUS_ONE, t)?, doubt, relative * (1.0 + widest)),
        close(trial.get(&DISAGREEMENT, t)?, differ, relative * (1.0 + widest)),
    ])
}

/// The temperature of labels without flips, in a class that holds the self-reward.
fn unflipped(trial: &Trial<'_>) -> Option<f64> {
    match smooth(trial) {
        Some((temperature, 0.0)) if !has_offset(trial.simulation()) => Some(temperature),
        _ => None,
    }
}

pub(super) fn temperature(trial: &Trial<'_>) -> Result<Option<Case>> {
    let Some(temperature) = unflipped(trial) else { return Ok(None) };
    powers(trial, temperature_factor(trial.beta(), temperature)?).map(Some)
}

pub(super) fn without_temperature(trial: &Trial<'_>) -> Result<Option<Case>> {
    if unflipped(trial).is_none_or(|temperature| temperature == 1.0) {
        return Ok(None);
    }
    powers(trial, temperature_factor(trial.beta(), 1.0)?).map(Some)
}

/// π_t ∝ π_0^s with s = factor^t.
fn powers(trial: &Trial<'_>, factor: f64) -> Result<Case> {
    let instance = trial.instance()?;
    let start = base(&instance);
    let relative = if trial.config().process.ridge.unwrap_or(0.0) > 0.0 { NEWTON } else { ROUNDING };
    let mut case = Case::default();
    case.place.size = trial.size();
    for t in 0..=trial.rounds() {
        let scale = factor.powi(t as i32);
        let rows: Vec<Vec<f64>> = start.iter().map(|row| row.iter().map(|logit| scale * logit).collect()).collect();
        case.comparisons.extend(compare(trial, t, instance.weights(), &rows, relative)?);
    }
    Ok(case)
}

pub(super) fn hard(trial: &Trial<'_>) -> Result<Option<Case>> {
    infinite(trial, |row| row.iter().all(|logit| *logit == row[0]), true)
}

pub(super) fn hard_with_a_tie(trial: &Trial<'_>) -> Result<Option<Case>> {
    let tie = |row: &[f64]| (1..row.len()).any(|y| row[..y].contains(&row[y]));
    infinite(trial, tie, false)
}

/// Whether the optimum is at infinity, which is said of all prompts' ties or of any.
fn infinite(trial: &Trial<'_>, ties: impl Fn(&[f64]) -> bool, all: bool) -> Result<Option<Case>> {
    if !is_hard(trial, "logistic", &[Slot::Candidates, Slot::Ball]) || has_offset(trial.simulation()) {
        return Ok(None);
    }
    let instance = trial.instance()?;
    let drawn = base(&instance).into_iter().zip(instance.weights()).filter(|(_, weight)| **weight > 0.0);
    let rows: Vec<Vec<f64>> = drawn.map(|(row, _)| row).collect();
    let finite = if all { rows.iter().all(|row| ties(row)) } else { rows.iter().any(|row| ties(row)) };
    let expected = if finite { 0.0 } else { 1.0 };
    let mut case = Case::default();
    case.place.size = trial.size();
    case.comparisons.push(Comparison::identity(trial.get(&AT_INFINITY, 1)?, expected, 0.0));
    Ok(Some(case))
}

/// ℓ_{t+1} of every round against a map of ℓ_t.
fn odds(trial: &Trial<'_>, share: f64, next: impl Fn(f64) -> Result<f64>) -> Result<Case> {
    let mut case = Case::default();
    case.place.size = trial.size();
    for t in 0..trial.rounds() {
        let (before, after) = (trial.get(&LOG_ODDS, t)?, trial.get(&LOG_ODDS, t + 1)?);
        let expected = next(before)?;
        let tolerance = share * (expected - before).abs() + ROUNDING * expected.abs().max(1.0);
        case.comparisons.push(Comparison::identity(after, expected, tolerance));
    }
    Ok(case)
}

/// Temperature and flips of a loop whose labels are flipped less often than not, at two answers.
fn flipped(trial: &Trial<'_>) -> Result<Option<(f64, f64)>> {
    let Some((temperature, flip)) = smooth(trial) else { return Ok(None) };
    let speaks = flip > 0.0 && flip < 0.5 && is_one_number(&*trial.instance()?);
    Ok(speaks.then_some((temperature, flip)))
}

pub(super) fn flips(trial: &Trial<'_>) -> Result<Option<Case>> {
    let (Some((temperature, flip)), beta) = (flipped(trial)?, trial.beta()) else { return Ok(None) };
    let mut case = odds(trial, NEWTON, |odds| flipped_odds(odds, beta, temperature, flip))?;
    let largest = flip_step(beta, flip)?;
    for t in 0..trial.rounds() {
        let step = (trial.get(&LOG_ODDS, t + 1)? - trial.get(&LOG_ODDS, t)?).abs();
        case.comparisons.push(Comparison::unlimited(step, largest, NEWTON * largest));
    }
    Ok(Some(case))
}

pub(super) fn flips_unseen(trial: &Trial<'_>) -> Result<Option<Case>> {
    let (Some((temperature, _)), beta) = (flipped(trial)?, trial.beta()) else { return Ok(None) };
    odds(trial, NEWTON, |odds| flipped_odds(odds, beta, temperature, 0.0)).map(Some)
}

/// Whether it is a loop of hard win rates at two answers.
fn is_hard_win_rate(trial: &Trial<'_>) -> Result<bool> {
    Ok(is_hard(trial, "win-rate", &[Slot::Candidates]) && is_one_number(&*trial.instance()?))
}

pub(super) fn hard_win_rate(trial: &Trial<'_>) -> Result<Option<Case>> {
    if !is_hard_win_rate(trial)? {
        return Ok(None);
    }
    odds(trial, ROUNDING, |odds| hard_win_rate_odds(odds, trial.beta())).map(Some)
}

pub(super) fn whole_win_rate(trial: &Trial<'_>) -> Result<Option<Case>> {
    if !is_hard_win_rate(trial)? {
        return Ok(None);
    }
    odds(trial, ROUNDING, |odds| hard_win_rate_odds(odds, 0.5 * trial.beta())).map(Some)
}

/// Whether it is a loop of win rates on a table, with candidates and reference π_t or π_0 each.
fn is_win_rate(trial: &Trial<'_>) -> Result<bool> {
    let simulation = trial.simulation();
    let speaks = is_population_of(trial, "win-rate", &[Slot::Candidates, Slot::Reference])
        && matches!(simulation.process.candidates.law, CandidateLaw::Current | CandidateLaw::Base)
        && [0.0, 1.0].contains(&alpha(trial));
    Ok(speaks && is_table(&*trial.instance()?))
}

pub(super) fn win_rates(trial: &Trial<'_>) -> Result<Option<Case>> {
    let (labels, beta) = (smooth_labels(trial), trial.beta());
    if !is_win_rate(trial)? {
        return Ok(None);
    }
    // Written out: the fit has its own law of labels.
    let prefers = |difference: f64| match labels {
        Some((temperature, flip)) => flipped_label(difference, temperature, flip),
        None => hard_label(difference),
    };
    iterated(trial, |reference, law, now| win_rate_logits(reference, law, beta, |y, z| prefers(now[y] - now[z])))
        .map(Some)
}

pub(super) fn rewards(trial: &Trial<'_>) -> Result<Option<Case>> {
    if !is_win_rate(trial)? {
        return Ok(None);
    }
    let beta = trial.beta();
    iterated(trial, |reference, _, now| Ok(reference.iter().zip(now).map(|(r, logit)| r + logit / beta).collect()))
        .map(Some)
}

/// Every round against a map of (logits of the reference, the pairs' law, logits of π_t), iterated from π_0.
fn iterated(trial: &Trial<'_>, next: impl Fn(&[f64], &[f64], &[f64]) -> Result<Vec<f64>>) -> Result<Case> {
    let (frozen, off_policy) = (alpha(trial) == 0.0, trial.simulation().process.candidates.law == CandidateLaw::Base);
    let instance = trial.instance()?;
    let start = base(&instance);
    let (mut rows, mut case) = (start.clone(), Case::default());
    case.place.size = trial.size();
    for t in 1..=trial.rounds() {
        let of_prompt = |(start, now): (&Vec<f64>, &Vec<f64>)| {
            next(if frozen { start } else { now }, &law(if off_policy { start } else { now }), now)
        };
        rows = start.iter().zip(&rows).map(of_prompt).collect::<Result<_>>()?;
        case.comparisons.extend(compare(trial, t, instance.weights(), &rows, ROUNDING)?);
    }
    Ok(case)
}
