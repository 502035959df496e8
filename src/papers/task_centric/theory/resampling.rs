//! What accepted answers leave unsolved in a tabular class (T1). A reconstruction, ours: the full text of arXiv 2602.10014 was not
//! available.

use crate::error::{Error, Result};
use crate::papers::check;

/// The law of 1 − J after some proposals.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Unsolved {
    /// E[1 − J].
    pub mean: f64,
    /// Var[1 − J] ≥ 0.
    pub variance: f64,
}

/// T1: E[1 − J_T] = Σ_x p(x)(1 − ρ_0(x))(1 − p(x)ρ_0(x))^N with N = nT, and the variance of 1 − J_T.
///
/// A tabular fit to accepted answers puts all mass of a prompt with an acceptance on correct ones, and leaves the others as they are. So
/// 1 − J_T = Σ_x p(x)(1 − ρ_0(x))1{x was never accepted}, every proposal is accepted at x with probability p(x)ρ_0(x) until then, and
/// T rounds of n are one round of nT. Two prompts are both left with probability (1 − p(x)ρ_0(x) − p(z)ρ_0(z))^N.
///
/// * `weights` = p(x), `rates` = ρ_0(x) in [0, 1], of one length;
/// * `proposals` = N ≥ 0, all rounds together.
///
/// # Errors
/// [`crate::Error::Argument`] for lists of two lengths, or a number out of its range.
///
/// ```
/// use selfreward::papers::task_centric::theory::resampling::unsolved;
///
/// // One prompt with ρ_0 = ½: two proposals leave it unsolved with probability ¼, and then half of its mass is wrong.
/// let law = unsolved(&[1.0], &[0.5], 2.0)?;
/// assert!((law.mean - 0.125).abs() < 1e-16 && (law.variance - 0.25 * 0.25 * 0.75).abs() < 1e-16);
/// # Ok::<(), selfreward::Error>(())
/// ```
pub fn unsolved(weights: &[f64], rates: &[f64], proposals: f64) -> Result<Unsolved> {
    if weights.len() != rates.len() {
        return Err(Error::argument("rates", rates.len(), format!("one for each of {} weights", weights.len())));
    }
    let proposals = check::nonnegative("proposals", proposals)?;
    let mut open = Vec::new();
    for (&weight, &rate) in weights.iter().zip(rates) {
        let (weight, rate) = (check::unit("weight", weight)?, check::unit("rate", rate)?);
        open.push((weight * (1.0 - rate), weight * rate));
    }
    // The chance that N proposals miss something of probability q.
    let missed = |q: f64| if proposals == 0.0 { 1.0 } else { (proposals * (-q.min(1.0)).ln_1p()).exp() };
    let (mut mean, mut variance) = (0.0, 0.0);
    for (x, &(mass, accepted)) in open.iter().enumerate() {
        let left = missed(accepted);
        mean += mass * left;
        variance += mass * mass * left * (1.0 - left);
        for &(other, also) in &open[..x] {
            variance += 2.0 * mass * other * (missed(accepted + also) - left * missed(also));
        }
    }
    Ok(Unsolved { mean, variance: variance.max(0.0) })
}
