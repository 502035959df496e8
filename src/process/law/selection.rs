//! Best-of-N: the law of the highest ranked of N draws (Huang et al., arXiv 2412.01951, Section 3).

use super::levels::Levels;
use super::{Distribution, Law};
use crate::{Error, Result};

/// The law of the best of `n` independent draws from `candidates`, ranked by the likelihood under `ranking`; a tie
/// among the best is broken in favour of the one drawn first, so that it is uniform over what was drawn.
///
/// With Q_j the mass of the j-th level of the ranking and all below it, level j gets Q_j^n − Q_{j−1}^n, shared within
/// it in proportion to the candidates' probabilities. A level holds the responses whose log-probabilities under the
/// ranking differ by less than 1e-12·max(1, |log π|), chained upward.
///
/// # Errors
/// [`Error::Argument`] for n = 0.
///
/// ```
/// use selfreward::logits::LogitTable;
/// use selfreward::process::law::{Distribution, best_of};
///
/// let pi: [f64; 4] = [0.2, 0.2, 0.3, 0.3];
/// let mut table = LogitTable::default();
/// table.push_dense(&pi.map(f64::ln));
/// let pi = Distribution::new(table.row(0));
/// let law = best_of(pi, pi, 3)?;
/// // All three draws are of the lower level with probability .4³ = .064: .032 for each of its responses.
/// assert!((law.log_prob(0).exp() - 0.032).abs() < 1e-15);
/// assert!((law.log_prob(2).exp() - 0.468).abs() < 1e-15);
/// # Ok::<(), selfreward::Error>(())
/// ```
pub fn best_of(candidates: Distribution<'_>, ranking: Distribution<'_>, n: u64) -> Result<Law> {
    if n == 0 {
        return Err(Error::argument("best_of", n, "a whole number, at least 1"));
    }
    let levels = Levels::new(candidates, ranking);
    let masses: Vec<f64> = levels.levels.iter().map(|level| level.best_of(n as f64)).collect();
    let log_probs = levels.level_of.iter().zip(&levels.share).map(|(&level, share)| masses[level] + share);
    Ok(levels.cells.law(log_probs))
}
