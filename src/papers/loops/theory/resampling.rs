//! Training on one's own unfiltered answers: Wright–Fisher (L13).

use crate::error::{Error, Result};
use crate::papers::check;

/// L13: f = 1 − E[1{n_x > 0}/n_x], n_x ~ Bin(n, p): a round of `unfiltered` on one-hot features leaves this share of E[1 − Σ_y π_t(y|x)²] at a
/// prompt of weight p. The fit is the sample's law, whose probability that two answers differ is 1 − 1/n_x of that before; a prompt that was
/// not drawn keeps π_t.
///
/// * `n` ≥ 1, responses of a round;
/// * `weight` = p(x) in (0, 1]. At p = 1, f = 1 − 1/n.
///
/// # Errors
/// [`Error::Argument`] for a number out of its range.
///
/// ```
/// use selfreward::papers::loops::theory::resampling::kept_disagreement;
///
/// assert_eq!(kept_disagreement(10.0, 1.0)?, 0.9);
/// // Two responses, p = ½: one of them is here in half of the rounds, both in a quarter.
/// assert!((kept_disagreement(2.0, 0.5)? - (1.0 - 0.5 - 0.125)).abs() < 1e-15);
/// # Ok::<(), selfreward::Error>(())
/// ```
pub fn kept_disagreement(n: f64, weight: f64) -> Result<f64> {
    let (n, weight) = (check::count("n", n)?, check::positive_unit("weight", weight)?);
    if n > 1e7 {
        return Err(Error::argument("n", n, "a number up to 10^7: the binomial law is added up"));
    }
    if weight == 1.0 {
        return Ok(1.0 - 1.0 / n);
    }
    // Bin(k) from k − 1 by its ratio, in logarithms: a term may lie below the least double and its neighbours not.
    let mut log_term = n * (-weight).ln_1p();
    let odds = weight.ln() - (-weight).ln_1p();
    let mut sum = 0.0;
    for k in 1..=n as u64 {
        let k = k as f64;
        log_term += ((n - k + 1.0) / k).ln() + odds;
        sum += log_term.exp() / k;
    }
    Ok(1.0 - sum)
}
