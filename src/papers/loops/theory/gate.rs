//! The gate on confidence: answers are drawn until one is accepted, R times at most (L15).

use crate::Result;
use crate::papers::check::{at_least_one, unit};

/// What a gate does to one prompt's law.
#[derive(Clone, Debug, PartialEq)]
pub struct Gated {
    /// Probability of each response to be kept.
    pub law: Vec<f64>,
    /// Mean number of draws, 1 to R.
    pub mean_tries: f64,
}

/// The law of a gate that accepts the marked responses of a law π and keeps the last of R ≥ 1 draws if none was accepted: with A the
/// accepted mass π(y)(1−(1−A)^R)/A on what is accepted, π(y)(1−A)^{R−1} elsewhere; mean tries (1−(1−A)^R)/A. At A = 0: π and R tries.
///
/// # Errors
/// [`crate::Error::Argument`] for no tries.
///
/// # Panics
/// If there are not as many marks as responses.
///
/// ```
/// use selfreward::papers::loops::theory::gate::gated;
///
/// let gated = gated(&[0.8, 0.2], &[true, false], 2)?;
/// assert!((gated.law[0] - 0.96).abs() < 1e-15 && (gated.mean_tries - 1.2).abs() < 1e-15);
/// # Ok::<(), selfreward::Error>(())
/// ```
pub fn gated(law: &[f64], accepted: &[bool], tries: u32) -> Result<Gated> {
    at_least_one("tries", f64::from(tries))?;
    assert_eq!(law.len(), accepted.len(), "a mark for each response");
    // Σ_{k<R} (1−A)^k, which is R at A = 0: no division, and every term keeps its digits.
    let refused: f64 = law.iter().zip(accepted).filter(|(_, accepts)| !**accepts).map(|(mass, _)| mass).sum();
    let mean_tries: f64 = (0..tries).map(|k| refused.powi(k as i32)).sum();
    let last = refused.powi(tries as i32 - 1);
    let kept = |(mass, accepts): (&f64, &bool)| mass * if *accepts { mean_tries } else { last };
    Ok(Gated { law: law.iter().zip(accepted).map(kept).collect(), mean_tries })
}

/// The factor that the odds of a correct answer cannot leave: between 1 and π(accepted|correct)/π(accepted|wrong), whatever R. Both
/// rates in [0, 1]; +∞ where nothing wrong is accepted, 1 where nothing is accepted.
///
/// # Errors
/// [`crate::Error::Argument`] for rates that are no probabilities.
///
/// ```
/// use selfreward::papers::loops::theory::gate::odds_factors;
///
/// assert_eq!(odds_factors(0.5, 0.25)?, (1.0, 2.0));
/// assert_eq!(odds_factors(0.25, 0.5)?, (0.5, 1.0));
/// assert_eq!(odds_factors(0.25, -0.0)?, (1.0, f64::INFINITY));
/// # Ok::<(), selfreward::Error>(())
/// ```
pub fn odds_factors(true_positive: f64, false_positive: f64) -> Result<(f64, f64)> {
    unit("true-positive", true_positive)?;
    unit("false-positive", false_positive)?;
    if true_positive == 0.0 && false_positive == 0.0 {
        return Ok((1.0, 1.0));
    }
    // A rate that is an empty sum is −0.
    let factor = if false_positive == 0.0 { f64::INFINITY } else { true_positive / false_positive };
    Ok((factor.min(1.0), factor.max(1.0)))
}
