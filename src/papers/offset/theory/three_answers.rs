//! The population loop on one prompt of three answers with the features 0, ½, 1 (M4).

use crate::error::{Error, Result};
use crate::papers::check;

/// φ of the three answers.
pub const FEATURES: [f64; 3] = [0.0, 0.5, 1.0];

/// ψ = Cov_π(φ, log π)/Var_π φ, the weighted slope of log π on φ: the population step of self-rewarding, times β.
///
/// # Errors
/// [`Error::Argument`] unless `law` holds three probabilities above 0 that sum to 1, to within 1e-6.
///
/// ```
/// use selfreward::papers::offset::theory::three_answers::slope;
///
/// // Log-probabilities on a line: its slope.
/// let total = 1.0 + 2.0 + 4.0;
/// assert!((slope([1.0, 2.0, 4.0].map(|x| x / total))? - 2.0 * 2f64.ln()).abs() < 1e-14);
/// # Ok::<(), selfreward::Error>(())
/// ```
pub fn slope(law: [f64; 3]) -> Result<f64> {
    let total: f64 = law.iter().sum();
    if !law.iter().all(|mass| *mass > 0.0) || (total - 1.0).abs() > 1e-6 {
        return Err(Error::argument("law", format!("{law:?}"), "three probabilities above 0 that sum to 1"));
    }
    let mean = |f: &dyn Fn(usize) -> f64| (0..3).map(|y| law[y] * f(y)).sum::<f64>() / total;
    let (feature, reward) = (mean(&|y| FEATURES[y]), mean(&|y| law[y].ln()));
    let covariance = mean(&|y| (FEATURES[y] - feature) * (law[y].ln() - reward));
    Ok(covariance / mean(&|y| (FEATURES[y] - feature).powi(2)))
}

/// The law after one population round at β: ∝ π exp(ψφ/β).
///
/// # Errors
/// As [`slope`]; [`Error::Argument`] unless β is a finite number above 0.
pub fn next(law: [f64; 3], beta: f64) -> Result<[f64; 3]> {
    let growth = slope(law)? / check::positive("beta", beta)?;
    let logits: [f64; 3] = std::array::from_fn(|y| law[y].ln() + growth * FEATURES[y]);
    let largest = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let odds = logits.map(|logit| (logit - largest).exp());
    let total: f64 = odds.iter().sum();
    Ok(odds.map(|odds| odds / total))
}

/// −Σ π log π, nats.
pub fn entropy(law: [f64; 3]) -> f64 {
    law.iter().filter(|mass| **mass > 0.0).map(|mass| -mass * mass.ln()).sum()
}

/// E_{y~after} log `before`(y) − E_{y~before} log `before`(y): how much better the new law does by the old one's judgement, nats.
pub fn gain(before: [f64; 3], after: [f64; 3]) -> f64 {
    (0..3).map(|y| (after[y] - before[y]) * before[y].ln()).sum()
}

/// C = Σ after²/before ≥ 1.
pub fn concentrability(before: [f64; 3], after: [f64; 3]) -> f64 {
    (0..3).map(|y| after[y] * after[y] / before[y]).sum()
}

/// What a round at β multiplies a small distance from the symmetric law ((1−p)/2, p, (1−p)/2) by: 1 − (p log(2p/(1−p)) − 1)/β.
///
/// The symmetric law is a stationary point of the entropy, whatever p = `middle` in (0, 1) is. The loop comes to rest there where this lies
/// between −1 and 1; below −1 the step is too long for the curvature, and above 1 the point is a maximum of the entropy.
///
/// # Errors
/// [`Error::Argument`] for numbers out of range.
///
/// ```
/// use selfreward::papers::offset::theory::three_answers::approach;
///
/// // p = ½ has log-odds log 2: the entropy is largest there, and the loop leaves.
/// assert!((approach(0.5, 1.0)? - (2.0 - 0.5 * 2f64.ln())).abs() < 1e-15);
/// # Ok::<(), selfreward::Error>(())
/// ```
pub fn approach(middle: f64, beta: f64) -> Result<f64> {
    let p = check::open_unit("middle", middle)?;
    let curvature = p * (2.0 * p / (1.0 - p)).ln() - 1.0;
    Ok(1.0 - curvature / check::positive("beta", beta)?)
}
