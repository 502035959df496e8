//! Plain gradient descent on the entropy of two answers (L18): ℓ' = ℓ + 2ηp(1−p)ℓ.

use crate::error::{Error, Result};
use crate::papers::check;

/// L18: ∫ (2 + 2cosh u)/u du from ℓ_0 to ℓ_t, which is 2ηt for the flow dℓ/dt = 2ηp(1−p)ℓ, and 2ηt(1 + o(1)) for the steps.
///
/// 1/(p(1−p)) = 2 + 2cosh ℓ. The integrand's series is added up: 4 log(ℓ_t/ℓ_0) + 2Σ_k (ℓ_t^{2k} − ℓ_0^{2k})/(2k(2k)!), all terms of one sign.
///
/// `start` = ℓ_0 and `end` = ℓ_t, above 0 and at most 700.
///
/// # Errors
/// [`Error::Argument`] for a number out of its range.
///
/// ```
/// use selfreward::papers::loops::theory::entropy::flow_time;
///
/// // Near 0 the integrand is 4/u.
/// assert!((flow_time(1e-6, 2e-6)? - 4.0 * 2f64.ln()).abs() < 1e-11);
/// # Ok::<(), selfreward::Error>(())
/// ```
pub fn flow_time(start: f64, end: f64) -> Result<f64> {
    let (start, end) = (check::positive("start", start)?, check::positive("end", end)?);
    if start.max(end) > 700.0 {
        return Err(Error::argument("log-odds", start.max(end), "a number up to 700"));
    }
    let (mut from, mut to, mut sum) = (1.0, 1.0, 0.0);
    for k in 1.. {
        let k = f64::from(k);
        let factorial = (2.0 * k - 1.0) * (2.0 * k);
        (from, to) = (from * start * start / factorial, to * end * end / factorial);
        let term = (to - from) / (2.0 * k);
        sum += term;
        if 2.0 * k > start.max(end) && from.max(to) < 1e-17 * (1.0 + sum.abs()) {
            break;
        }
    }
    Ok(4.0 * (end / start).ln() + 2.0 * sum)
}
