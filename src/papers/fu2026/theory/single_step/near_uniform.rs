//! The near-uniform base policies of Remark 4.2.

use crate::error::{Error, Result};
use crate::papers::check;

/// The condition number κ₀ = 1 + (K−1)e^{−b} of a base policy uniform over K = `responses` ≥ 2 responses of every prompt but
/// for a logit bump b = `bump` ≥ 0 on one of them (Remark 4.2: near K for small b).
///
/// ```
/// use selfreward::theory::single_step::near_uniform_kappa0;
///
/// assert_eq!(near_uniform_kappa0(100.0, 0.0)?, 100.0);
/// # Ok::<(), selfreward::Error>(())
/// ```
pub fn near_uniform_kappa0(responses: f64, bump: f64) -> Result<f64> {
    let others = check::count("responses", responses)? - 1.0;
    if others < 1.0 {
        return Err(Error::argument("responses", responses, "a whole number, at least 2"));
    }
    Ok(1.0 + others * (-check::nonnegative("bump", bump)?).exp())
}
