//! Replayed and accumulated data at two answers (L11, L12): p is the probability of one of them, ℓ its log-odds.

use super::normalised::bisected;
use crate::error::Result;
use crate::papers::bound::Bound;
use crate::papers::check;

/// T(p) = σ((1+1/β)ℓ) and 1 − T(p), of p = σ(ℓ).
fn sharpened(log_odds: f64, beta: f64) -> (f64, f64) {
    let grown = (1.0 + 1.0 / beta) * log_odds;
    (1.0 / (1.0 + (-grown).exp()), 1.0 / (1.0 + grown.exp()))
}

/// L11: p' = (1−λ)σ((1+1/β)ℓ) + λ/2, a round of `replay` in the population.
///
/// # Errors
/// [`crate::Error::Argument`] for a number out of its range.
pub fn replayed(p: f64, lambda: f64, beta: f64) -> Result<f64> {
    let (p, lambda, beta) = (check::unit("p", p)?, check::unit("lambda", lambda)?, check::positive("beta", beta)?);
    Ok((1.0 - lambda) * sharpened(p.ln() - (-p).ln_1p(), beta).0 + 0.5 * lambda)
}

/// L11: the attractor in [½, 1] of a share λ of uniform data; 1 minus it is the other one. It is ½ alone from λ_c = 1/(1+β) on.
///
/// Above ½ the map less the identity is concave in p where the sharpened law is, so that one point at most is fixed there; by bisection.
///
/// # Errors
/// [`crate::Error::Argument`] for a number out of its range.
///
/// ```
/// use selfreward::papers::loops::theory::memory::{attractor, replayed};
///
/// assert_eq!(attractor(0.7, 0.5)?, 0.5);
/// let p = attractor(0.2, 1.0)?;
/// assert!(p > 0.5 && (replayed(p, 0.2, 1.0)? - p).abs() < 1e-12);
/// # Ok::<(), selfreward::Error>(())
/// ```
pub fn attractor(lambda: f64, beta: f64) -> Result<f64> {
    let (lambda, beta) = (check::unit("lambda", lambda)?, check::positive("beta", beta)?);
    if lambda >= 1.0 / (1.0 + beta) {
        return Ok(0.5);
    }
    // In ℓ: p − p' is below 0 on (0, ℓ*), and above it beyond. 1 − p keeps its digits, p does not.
    let rest = |l: f64| (1.0 - lambda) * sharpened(l, beta).1 + 0.5 * lambda - 1.0 / (1.0 + l.exp());
    let log_odds = bisected(1e-12, 800.0, rest);
    Ok(1.0 / (1.0 + (-log_odds).exp()))
}

/// L11 (`replay-threshold`): λ_c = 1/(1+β), the share of uniform data from which on replay has the one attractor ½ at two answers.
///
/// * `beta` = β > 0;
/// * `lambda` = λ from 0 to 1: with it there are the `slope` (1−λ)(1+1/β) of the map at ½ and its `attractors`.
///
/// # Errors
/// [`crate::Error::Argument`] for a number out of its range.
///
/// ```
/// use selfreward::papers::loops::theory::memory::replay_threshold;
///
/// let bound = replay_threshold(0.5, Some(0.7))?;
/// assert!((bound.value() - 2.0 / 3.0).abs() < 1e-15);
/// assert!((bound.intermediate("slope").expect("λ is given") - 0.9).abs() < 1e-15);
/// # Ok::<(), selfreward::Error>(())
/// ```
pub fn replay_threshold(beta: f64, lambda: Option<f64>) -> Result<Bound> {
    let beta = check::positive("beta", beta)?;
    let mut bound = Bound::new("replay-threshold", 1.0 / (1.0 + beta), false);
    if let Some(lambda) = lambda {
        let upper = attractor(lambda, beta)?;
        let attractors = if upper > 0.5 { vec![1.0 - upper, upper] } else { vec![0.5] };
        bound = bound.with("slope", (1.0 - lambda) * (1.0 + 1.0 / beta)).with_list("attractors", attractors).checked(
            "lambda is not the threshold itself, at which the approach to 1/2 is slower than geometric",
            lambda != 1.0 / (1.0 + beta),
        );
    }
    Ok(bound
        .assuming("the population's rounds, two answers: the likelihood's fit of sharpened responses and uniform ones")
        .assuming(
            "responses are sharpened by the power 1 + 1/beta; with the best of N in its place there is no threshold",
        ))
}

/// L12: p_0, …, p_T of `accumulate` in the population, as log-odds: 1 − p' = (1 − p) + ((1 − T(p)) − (1 − p))/(t+2).
///
/// # Errors
/// [`crate::Error::Argument`] for a number out of its range.
pub fn accumulated(start: f64, beta: f64, rounds: usize) -> Result<Vec<f64>> {
    let (start, beta) = (check::open_unit("start", start)?, check::positive("beta", beta)?);
    let mut log_odds = start.ln() - (-start).ln_1p();
    let mut all = vec![log_odds];
    for t in 0..rounds {
        log_odds = accumulated_once(log_odds, beta, t);
        all.push(log_odds);
    }
    Ok(all)
}

/// p_{t+1} from p_t, both as log-odds.
fn accumulated_once(log_odds: f64, beta: f64, t: usize) -> f64 {
    let (up, down) = sharpened(log_odds, beta);
    let (p, rest) = (1.0 / (1.0 + (-log_odds).exp()), 1.0 / (1.0 + log_odds.exp()));
    let old = (t + 1) as f64;
    // Sums of positive terms: either side keeps its digits.
    (old * p + up).ln() - (old * rest + down).ln()
}

/// 1 − T(p) at 1 − p = `rest`, p above ½.
///
/// # Errors
/// [`crate::Error::Argument`] for a number out of its range.
pub fn sharpened_rest(rest: f64, beta: f64) -> Result<f64> {
    let rest = check::open_unit("rest", rest)?;
    Ok(sharpened((-rest).ln_1p() - rest.ln(), check::positive("beta", beta)?).1)
}

/// L12: the limit of (t+1)(1 − p_t) from p_0 > ½, (1 − p_0) + Σ_s (1 − T(p_s)), and how far it may be missed.
///
/// A million rounds are added up; what is left is at most the tail of twice the sum so far, and half of that is added.
///
/// # Errors
/// [`crate::Error::Argument`] for a number out of its range, and for a β so large that a million rounds come nowhere near the limit.
///
/// ```
/// use selfreward::papers::loops::theory::memory::accumulation_limit;
///
/// assert!((accumulation_limit(0.6, 1.0)?.0 - 1.937).abs() < 1e-3);
/// # Ok::<(), selfreward::Error>(())
/// ```
pub fn accumulation_limit(start: f64, beta: f64) -> Result<(f64, f64)> {
    const ROUNDS: usize = 1_000_000;
    let (start, beta) = (check::open_unit("start", start)?, check::positive("beta", beta)?);
    if start <= 0.5 {
        return Err(crate::Error::argument("start", start, "a number above 1/2: below it p tends to 0, at it p stays"));
    }
    let mut last = start.ln() - (-start).ln_1p();
    (0..ROUNDS).for_each(|t| last = accumulated_once(last, beta, t));
    let sum = (ROUNDS + 1) as f64 / (1.0 + last.exp());
    let left = accumulation_tail(2.0 * sum, beta, ROUNDS as f64);
    if left > sum {
        return Err(crate::Error::argument("beta", beta, "a number at which a million rounds come near the limit"));
    }
    Ok((sum + 0.5 * left, 0.5 * left))
}

/// At least what (s+1)(1 − p_s) still gains after t rounds, where it tends to c: it rises, so that the odds (1 − p_s)/p_s are at most
/// c'/(s+1) with c' = c/(1 − c/(t+1)), and 1 − T(p_s) ≤ (c'/(s+1))^{1+1/β}, whose sum from t on is at most its integral
/// βc'^{1+1/β}t^{−1/β}. ∞ where c ≥ t + 1.
pub fn accumulation_tail(limit: f64, beta: f64, t: f64) -> f64 {
    let odds = limit / (1.0 - limit / (t + 1.0));
    if limit >= t + 1.0 { f64::INFINITY } else { beta * odds.powf(1.0 + 1.0 / beta) * t.powf(-1.0 / beta) }
}

/// L11 with the likeliest of N draws in place of the power: the fixed point of p ↦ (1−λ)(1−(1−p)^N) + λ/2 above ½, p the probability of the
/// mode. At ½ the map is above the diagonal for every λ < 1, N ≥ 2; at 1 below it for λ > 0.
///
/// # Errors
/// [`crate::Error::Argument`] for a number out of its range.
///
/// ```
/// use selfreward::papers::loops::theory::memory::best_of_attractor;
///
/// // N = 2, λ = ½: p = ½(2p − p²) + ¼, that is p² = ½.
/// assert!((best_of_attractor(0.5, 2.0)? - 0.5f64.sqrt()).abs() < 1e-14);
/// # Ok::<(), selfreward::Error>(())
/// ```
pub fn best_of_attractor(lambda: f64, draws: f64) -> Result<f64> {
    let (lambda, draws) = (check::unit("lambda", lambda)?, check::count("best-of", draws)?);
    // Concave in p, so that it crosses the diagonal once above ½.
    Ok(bisected(0.5, 1.0, |p| p - (1.0 - lambda) * (1.0 - (1.0 - p).powf(draws)) - 0.5 * lambda))
}
