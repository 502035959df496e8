//! Curation: of K draws one is kept with probability ∝ e^r (L8).

use crate::Result;
use crate::papers::check::{at_least_one, nonnegative, positive};

/// Least E e^r after one round of curation: E e^r + ((K−1)/K)·Var(e^r)/e^{max r}, with mean and variance of e^r before the round and
/// `most` = e^{max r}. K ≥ 1 draws; all in units of e^r.
///
/// By exchangeability the kept draw is i with probability w_i/Σw, w = e^r, so that E_{t+1} w = E[Σw²/Σw] over K draws. Since Σw² − (Σw)²/K
/// = Σ(w − w̄)², this is E w̄ + E[Σ(w − w̄)²/Σw], and Σw ≤ K e^{max r}, E Σ(w − w̄)² = (K−1)Var w.
///
/// # Errors
/// [`crate::Error::Argument`] for numbers out of range.
///
/// ```
/// use selfreward::papers::loops::theory::curation::least_mean;
///
/// // w is 1 or 3, each half of the time; of two draws one is kept: E w' = (1 + 2·10/4 + 3)/4 = 2.25.
/// assert!(least_mean(2.0, 1.0, 3.0, 2.0)? <= 2.25);
/// assert_eq!(least_mean(2.0, 1.0, 3.0, 1.0)?, 2.0);
/// # Ok::<(), selfreward::Error>(())
/// ```
pub fn least_mean(mean: f64, variance: f64, most: f64, draws: f64) -> Result<f64> {
    nonnegative("mean", mean)?;
    nonnegative("variance", variance)?;
    positive("most", most)?;
    at_least_one("best-of", draws)?;
    Ok(mean + (draws - 1.0) / draws * variance / most)
}
