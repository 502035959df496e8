//! Exact inference on a probability from a count.
//!
//! The tails are regularised incomplete beta functions, P[Bin(n,p) ≥ k] = I_p(k, n−k+1), by their continued fraction. Its
//! prefactor is the binomial mass in Loader's form, so that nothing cancels however large n is.

use std::f64::consts::PI;

use crate::{Error, Result};

/// The most trials taken: the continued fraction needs about √n terms.
const MAX_TRIALS: u64 = 1_000_000_000_000;

/// The Clopper–Pearson interval of a probability after `successes` in `trials` independent trials.
///
/// The ends solve P[Bin(n,p) ≥ k] = α/2 and P[Bin(n,p) ≤ k] = α/2 with α = 1 − `level`; the lower one is 0 at k = 0, the upper
/// one 1 at k = n. It covers the true probability with probability ≥ `level`, whatever that is.
///
/// # Errors
/// `trials` outside 1 to 10^12, `successes` > `trials`, `level` outside (0, 1).
///
/// ```
/// use selfreward::stats::clopper_pearson;
///
/// // No success in ten trials: the upper end u solves (1 − u)^10 = α/2.
/// let (lower, upper) = clopper_pearson(0, 10, 0.95)?;
/// assert_eq!(lower, 0.0);
/// assert!((upper - (1.0 - 0.025f64.powf(0.1))).abs() < 1e-12);
/// # Ok::<(), selfreward::Error>(())
/// ```
pub fn clopper_pearson(successes: u64, trials: u64, level: f64) -> Result<(f64, f64)> {
    check_counts(successes, trials)?;
    check_level(level)?;
    let tail = (1.0 - level) / 2.0;
    let (k, n) = (successes as f64, trials as f64);
    let lower = match successes {
        0 => 0.0,
        all if all == trials => (tail.ln() / n).exp(),
        _ => bisect(|p| at_least(k, n, p, 1.0 - p) < tail).0,
    };
    let upper = match successes {
        0 => -(tail.ln() / n).exp_m1(),
        all if all == trials => 1.0,
        _ => bisect(|p| at_least(n - k, n, 1.0 - p, p) > tail).1,
    };
    Ok((lower, upper))
}

/// P[Bin(n,p) ≥ k]: the p-value of "success has probability ≤ p" after k = `successes` in n = `trials` trials.
///
/// # Errors
/// `trials` outside 1 to 10^12, `successes` > `trials`, `p` outside \[0, 1\].
///
/// ```
/// use selfreward::stats::{lower_tail, upper_tail};
///
/// // Three heads in three throws of a fair coin; at most two in three.
/// assert!((upper_tail(3, 3, 0.5)? - 1.0 / 8.0).abs() < 1e-15);
/// assert!((lower_tail(2, 3, 0.5)? - 7.0 / 8.0).abs() < 1e-15);
/// # Ok::<(), selfreward::Error>(())
/// ```
pub fn upper_tail(successes: u64, trials: u64, p: f64) -> Result<f64> {
    check_counts(successes, trials)?;
    check_probability(p)?;
    Ok(at_least(successes as f64, trials as f64, p, 1.0 - p))
}

/// P[Bin(n,p) ≤ k]: the p-value of "success has probability ≥ p" after k = `successes` in n = `trials` trials.
///
/// # Errors
/// Those of [`upper_tail`].
pub fn lower_tail(successes: u64, trials: u64, p: f64) -> Result<f64> {
    check_counts(successes, trials)?;
    check_probability(p)?;
    Ok(at_least((trials - successes) as f64, trials as f64, 1.0 - p, p))
}

/// How far a share of N = `trials` ≥ 1 trials lies from the success probability `p` of each: ±√(2N·KL(share‖p)), with the
/// sign of share − p. It is near the number of standard errors where N p(1−p) is large.
///
/// A deviation of at least z > 0, or of at most −z, has probability ≤ e^{−z²/2} (Chernoff), whatever N and p are, for
/// independent trials and for negatively associated ones (boxes left empty by balls, say): this is what the exact tails
/// cannot promise. `share` in \[0, 1\] need not be a whole number of trials; infinite where p excludes it.
///
/// # Errors
/// `trials` < 1 or not finite, `share` or `p` outside \[0, 1\].
///
/// ```
/// use selfreward::stats::deviation;
///
/// // KL(1‖1/2) = log 2: all of 8 trials succeed, √(16 log 2) from one half.
/// assert!((deviation(1.0, 8.0, 0.5)? - (16.0 * 2f64.ln()).sqrt()).abs() < 1e-12);
/// # Ok::<(), selfreward::Error>(())
/// ```
pub fn deviation(share: f64, trials: f64, p: f64) -> Result<f64> {
    check_probability(p)?;
    if !(0.0..=1.0).contains(&share) {
        return Err(Error::argument("share", share, "a share in [0, 1]"));
    }
    if !(trials.is_finite() && trials >= 1.0) {
        return Err(Error::argument("trials", trials, "a finite number, at least 1"));
    }
    let term = |found: f64, expected: f64| if found > 0.0 { found * (found / expected).ln() } else { 0.0 };
    let entropy = term(share, p) + term(1.0 - share, 1.0 - p);
    Ok((2.0 * trials * entropy.max(0.0)).sqrt().copysign(share - p))
}

fn check_counts(successes: u64, trials: u64) -> Result<()> {
    if !(1..=MAX_TRIALS).contains(&trials) {
        return Err(Error::argument("trials", trials, "a whole number from 1 to 10^12"));
    }
    if successes > trials {
        return Err(Error::argument("successes", successes, format!("at most trials = {trials}")));
    }
    Ok(())
}

fn check_probability(p: f64) -> Result<()> {
    if (0.0..=1.0).contains(&p) { Ok(()) } else { Err(Error::argument("p", p, "a probability in [0, 1]")) }
}

/// Refuses a confidence level outside (0, 1).
pub(super) fn check_level(level: f64) -> Result<()> {
    let inside = level > 0.0 && level < 1.0;
    if inside { Ok(()) } else { Err(Error::argument("level", level, "a confidence level in (0, 1)")) }
}

/// The two neighbouring doubles in [0, 1] between which `below` (true at 0, false at 1, monotone) changes.
fn bisect(below: impl Fn(f64) -> bool) -> (f64, f64) {
    let (mut low, mut high) = (0.0, 1.0);
    loop {
        let middle = f64::midpoint(low, high);
        if middle <= low || middle >= high {
            return (low, high);
        }
        if below(middle) {
            low = middle;
        } else {
            high = middle;
        }
    }
}

/// P[Bin(n,p) ≥ k] with q = 1 − p, from the side on which the continued fraction converges fast and nothing cancels.
fn at_least(k: f64, n: f64, p: f64, q: f64) -> f64 {
    if k == 0.0 {
        1.0
    } else if p == 0.0 || q == 0.0 {
        p
    } else if p * (n + 3.0) < k + 1.0 {
        small_tail(k, n, p, q)
    } else {
        1.0 - small_tail(n - k + 1.0, n, q, p)
    }
}

/// P[Bin(n,p) ≥ k] = I_p(k, n−k+1) = q P[Bin = k] × continued fraction (DLMF 8.17.22), for p below about the mode (k+1)/(n+3).
fn small_tail(k: f64, n: f64, p: f64, q: f64) -> f64 {
    (mass(k, n, p, q) * q * beta_fraction(k, n - k + 1.0, p)).min(1.0)
}

/// 1/(1+ d_1/(1+ d_2/(1+ …))) of the incomplete beta function I_x(a, b), by the modified Lentz method.
fn beta_fraction(a: f64, b: f64, x: f64) -> f64 {
    let kept = |value: f64| if value.abs() < f64::MIN_POSITIVE { f64::MIN_POSITIVE } else { value };
    let mut above = 1.0;
    let mut below = 1.0 / kept(1.0 - (a + b) * x / (a + 1.0));
    let mut value = below;
    // Terms fall geometrically after about √max(a, b) of them; the limit only stops a last bit from toggling for ever.
    let limit = 1000 + 20 * a.max(b).sqrt() as u64;
    for m in (1..limit).map(|m| m as f64) {
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        let mut step = 1.0;
        for term in [even, odd] {
            below = 1.0 / kept(1.0 + term * below);
            above = kept(1.0 + term / above);
            step = above * below;
            value *= step;
        }
        if (step - 1.0).abs() <= f64::EPSILON {
            break;
        }
    }
    value
}

/// P[Bin(n,p) = k] by Loader's saddle-point form (2000), accurate to about 1e-14 of its value.
fn mass(k: f64, n: f64, p: f64, q: f64) -> f64 {
    if k == 0.0 {
        return (n * logarithm(q, p)).exp();
    }
    if k == n {
        return (n * logarithm(p, q)).exp();
    }
    let exponent =
        stirling_error(n) - stirling_error(k) - stirling_error(n - k) - deviance(k, n * p) - deviance(n - k, n * q);
    exponent.exp() * (n / (2.0 * PI * k * (n - k))).sqrt()
}

/// log p, from whichever of p and 1 − p is known to more digits.
fn logarithm(p: f64, complement: f64) -> f64 {
    if p < 0.5 { p.ln() } else { (-complement).ln_1p() }
}

/// log n! − log(√(2πn) (n/e)^n).
fn stirling_error(n: f64) -> f64 {
    if n < 16.0 {
        let factorial: f64 = (1..=n as u64).map(|i| i as f64).product();
        return factorial.ln() - 0.5 * (2.0 * PI * n).ln() - n * n.ln() + n;
    }
    let square = 1.0 / (n * n);
    (1.0 / 12.0 - square * (1.0 / 360.0 - square * (1.0 / 1260.0 - square / 1680.0))) / n
}

/// x log(x/m) + m − x, by a series where x and m are close and the terms would cancel.
fn deviance(x: f64, m: f64) -> f64 {
    if (x - m).abs() >= 0.1 * (x + m) {
        return x * (x / m).ln() + m - x;
    }
    let ratio = (x - m) / (x + m);
    let mut sum = (x - m) * ratio;
    let mut power = 2.0 * x * ratio;
    for odd in (3..).step_by(2).map(f64::from) {
        power *= ratio * ratio;
        let next = sum + power / odd;
        if next == sum {
            break;
        }
        sum = next;
    }
    sum
}
