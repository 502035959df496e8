//! Laws over the responses to one prompt, by the logarithms of their probabilities: what is improbable keeps its digits.

use crate::papers::check;
use crate::{Error, Result};

/// log Σ e^a, −∞ of nothing.
///
/// ```
/// use selfreward::papers::loops::theory::laws::log_sum;
///
/// assert!((log_sum([-1000.0, -1000.0]) - (2f64.ln() - 1000.0)).abs() < 1e-12);
/// ```
pub fn log_sum(logs: impl IntoIterator<Item = f64> + Clone) -> f64 {
    let top = logs.clone().into_iter().fold(f64::NEG_INFINITY, f64::max);
    if top == f64::NEG_INFINITY {
        return top;
    }
    top + logs.into_iter().map(|log| (log - top).exp()).sum::<f64>().ln()
}

/// log(1 − e^a) for a ≤ 0.
pub fn log_complement(log: f64) -> f64 {
    if log > -0.5 { (-log.exp_m1()).ln() } else { (-log.exp()).ln_1p() }
}

/// Log-probabilities of the law ∝ e^a. The likeliest response keeps the digits of what it lacks to 1.
pub fn normalised(logs: &[f64]) -> Vec<f64> {
    let Some(top) = (0..logs.len()).max_by(|&y, &z| logs[y].total_cmp(&logs[z])) else { return Vec::new() };
    let relative = |y: usize| if logs[y] == logs[top] { 0.0 } else { logs[y] - logs[top] };
    let others: f64 = (0..logs.len()).filter(|&y| y != top).map(|y| relative(y).exp()).sum();
    (0..logs.len()).map(|y| relative(y) - others.ln_1p()).collect()
}

/// The law ∝ Π_i e^{w_i a_i}; a weight of 0 leaves its list out, whatever it holds.
pub fn tilted(terms: &[(f64, &[f64])]) -> Vec<f64> {
    let count = terms.first().map_or(0, |(_, list)| list.len());
    let sum = |y: usize| terms.iter().filter(|(weight, _)| *weight != 0.0).map(|(weight, list)| weight * list[y]).sum();
    normalised(&(0..count).map(sum).collect::<Vec<f64>>())
}

/// Log-probabilities of two responses by the log-odds of the first.
pub fn of_log_odds(log_odds: f64) -> [f64; 2] {
    [-softplus(-log_odds), -softplus(log_odds)]
}

/// log(1 + e^x).
pub fn softplus(x: f64) -> f64 {
    x.max(0.0) + (-x.abs()).exp().ln_1p()
}

/// Log-odds of the marked responses against the others.
pub fn log_odds(logs: &[f64], marked: &[bool]) -> f64 {
    let of =
        |right: bool| log_sum(logs.iter().zip(marked).filter(move |(_, mark)| **mark == right).map(|(log, _)| *log));
    let (right, wrong) = (of(true), of(false));
    if right == wrong { 0.0 } else { right - wrong }
}

/// Checks log-odds that a formula starts from.
///
/// # Errors
/// [`Error::Argument`] unless they are finite.
pub(super) fn check_log_odds(value: f64) -> Result<f64> {
    check::finite("log-odds", value)
}

/// Checks a number of draws of which all outcomes are summed.
///
/// # Errors
/// [`Error::Argument`] unless it is a whole number from 1 to `most`.
pub(super) fn check_draws(draws: f64, most: f64) -> Result<u32> {
    let draws = check::count("best-of", draws)?;
    if draws > most {
        return Err(Error::argument("best-of", draws, format!("at most {most}: outcomes are summed one by one")));
    }
    Ok(draws as u32)
}

/// log of the binomial coefficients C(n, 0), …, C(n, n).
pub fn log_binomials(n: u32) -> Vec<f64> {
    let mut logs = vec![0.0];
    for k in 1..=n {
        logs.push(logs[k as usize - 1] + (f64::from(n - k + 1) / f64::from(k)).ln());
    }
    logs
}
