//! Laws of single draws: at another temperature, and from either of two laws.

use super::cells::Cells;
use super::logs::LogSum;
use super::{Distribution, Law};
use crate::{Error, Result};

/// The law ∝ π^s: s > 1 is a lower temperature, s = 0 uniform on the responses of positive probability.
///
/// # Errors
/// [`Error::Argument`] for an exponent that is negative or not finite.
///
/// ```
/// use selfreward::logits::LogitTable;
/// use selfreward::process::law::{Distribution, power};
///
/// let mut table = LogitTable::default();
/// table.push_dense(&[0.8f64, 0.2].map(f64::ln));
/// let pi = Distribution::new(table.row(0));
/// let law = power(pi, 2.0)?;
/// assert!((law.log_prob(0).exp() - 0.64 / 0.68).abs() < 1e-15);
/// # Ok::<(), selfreward::Error>(())
/// ```
pub fn power(candidates: Distribution<'_>, exponent: f64) -> Result<Law> {
    if !(exponent.is_finite() && exponent >= 0.0) {
        return Err(Error::argument("power", exponent, "a finite number ≥ 0"));
    }
    let cells = Cells::of(candidates);
    let scaled = |cell: f64| if cell == f64::NEG_INFINITY { cell } else { exponent * (cell - candidates.head.logit) };
    let sum = LogSum::of(cells.cells.iter().map(|cell| (scaled(cell.other), cell.count)));
    Ok(cells.law(cells.cells.iter().map(|cell| sum.share(scaled(cell.other)))))
}

/// The law of a draw that comes from `first` with probability `share`, else from `second`.
///
/// # Errors
/// [`Error::Argument`] for a share outside \[0, 1\].
///
/// ```
/// use selfreward::logits::LogitTable;
/// use selfreward::process::law::{Distribution, mixture};
///
/// let mut table = LogitTable::default();
/// table.push_dense(&[0.8f64, 0.2].map(f64::ln));
/// table.push_dense(&[0.4f64, 0.6].map(f64::ln));
/// let [first, second] = [0, 1].map(|x| Distribution::new(table.row(x)));
/// let law = mixture(first, second, 0.25)?;
/// assert!((law.log_prob(0).exp() - (0.25 * 0.8 + 0.75 * 0.4)).abs() < 1e-15);
/// # Ok::<(), selfreward::Error>(())
/// ```
pub fn mixture(first: Distribution<'_>, second: Distribution<'_>, share: f64) -> Result<Law> {
    if !(0.0..=1.0).contains(&share) {
        return Err(Error::argument("share", share, "a probability in [0, 1]"));
    }
    let cells = Cells::new(first, second.row);
    let (log_share, log_other) = (share.ln(), (-share).ln_1p());
    let sum = |log_prob: f64, other: f64| {
        let other = second.head.log_prob(other);
        LogSum::of([(log_share + log_prob, 1.0), (log_other + other, 1.0)]).value()
    };
    Ok(cells.law(cells.cells.iter().map(|cell| sum(cell.log_prob, cell.other))))
}
