//! The chance that a prompt's modal response is never drawn against another one, and the base policies of Remark 4.2.

use crate::error::{Error, Result};
use crate::theory::check;

/// The probability (1 − 2q(1−q)m)^N that N = `pairs` ≥ 1 pairs never show the modal response of one prompt against another
/// response, m = `mass` in (0, 1] the prompt's probability, q = `probability` in (0, 1) that of its modal response.
///
/// An empirical minimiser nearest to the base parameter then leaves the logit of the modal response where it is, and
/// stretches every component of seen pairs about its mean, which cannot lower the sum of exponentials in it: the
/// probability of the modal response does not rise. So with q ≤ 1 − δ this is a floor under the base failure rate of one
/// round, averaged over prompts. With m = 1/M, q = 1/κ₀ and N = κ₀ it tends to e^{−2/M}, which is Remark 4.2's constant
/// failure. Where one pair resolves a prompt and no others can, it is the failure rate itself.
pub fn unseen_optimum(pairs: f64, mass: f64, probability: f64) -> Result<f64> {
    let pairs = check::count("pairs", pairs)?;
    let mass = check::positive_unit("mass", mass)?;
    let q = check::open_unit("probability", probability)?;
    Ok((pairs * (-2.0 * q * (1.0 - q) * mass).ln_1p()).exp())
}

/// The condition number κ₀ = 1 + (K−1)e^{−b} of a base policy uniform over K = `responses` ≥ 2 responses of every prompt but
/// for a logit bump b = `bump` ≥ 0 on one of them (Remark 4.2: near K for small b).
pub fn near_uniform_kappa0(responses: f64, bump: f64) -> Result<f64> {
    let others = check::count("responses", responses)? - 1.0;
    if others < 1.0 {
        return Err(Error::argument("responses", responses, "a whole number, at least 2"));
    }
    Ok(1.0 + others * (-check::nonnegative("bump", bump)?).exp())
}
