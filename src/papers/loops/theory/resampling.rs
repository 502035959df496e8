//! Training on one's own unfiltered answers: Wright–Fisher (L13).

use crate::error::{Error, Result};
use crate::papers::check;

/// A prompt at which a round of `unfiltered` on one-hot features has n_x ~ Bin(n, p) answers: its fit is the law of that sample, and a prompt
/// that was not drawn keeps π_t.
///
/// Two draws from the fit are one answer of the sample with probability 1/n_x, else two, which are draws from π_t. So what is expected of a
/// few draws goes back through their ancestors, and depends on n_x by E[1{n_x > 0}n_x^{−k}] alone.
///
/// ```
/// use selfreward::papers::loops::theory::resampling::Resampled;
///
/// // One prompt, two answers a round, (½, ½): they differ with probability ½, and 1 − Σ_y π_1² is then ½, else 0.
/// let prompt = Resampled::new(2.0, 1.0)?;
/// let (mean, variance) = prompt.disagreement(&[0.5, 0.5], 1);
/// assert_eq!((mean, variance), (0.25, 0.0625));
/// # Ok::<(), selfreward::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Resampled {
    /// n, the answers of a round at all prompts.
    pub n: f64,
    /// p(x).
    pub weight: f64,
    /// E[1{n_x > 0}n_x^{−k}], k = 1, 2, 3.
    inverse: [f64; 3],
}

impl Resampled {
    /// * `n` ≥ 1, responses of a round;
    /// * `weight` = p(x) in (0, 1].
    ///
    /// # Errors
    /// [`Error::Argument`] for a number out of its range.
    pub fn new(n: f64, weight: f64) -> Result<Self> {
        let (n, weight) = (check::count("n", n)?, check::positive_unit("weight", weight)?);
        if n > 1e7 {
            return Err(Error::argument("n", n, "a number up to 10^7: the binomial law is added up"));
        }
        if weight == 1.0 {
            return Ok(Self { n, weight, inverse: [1.0 / n, n.powi(-2), n.powi(-3)] });
        }
        // Bin(k) from k − 1 by its ratio, in logarithms: a term may lie below the least double and its neighbours not.
        let mut log_term = n * (-weight).ln_1p();
        let odds = weight.ln() - (-weight).ln_1p();
        let mut inverse = [0.0; 3];
        for k in 1..=n as u64 {
            let k = k as f64;
            log_term += ((n - k + 1.0) / k).ln() + odds;
            let mut term = log_term.exp();
            for sum in &mut inverse {
                term /= k;
                *sum += term;
            }
        }
        Ok(Self { n, weight, inverse })
    }

    /// f = 1 − E[1{n_x > 0}/n_x], the share of E[1 − Σ_y π_t²] that a round leaves.
    pub fn kept(&self) -> f64 {
        1.0 - self.inverse[0]
    }

    /// Mean and variance of 1 − Σ_y π_t² after t rounds from `law` = π_0(·|x).
    ///
    /// The square of 1 − Σ_y π² is the chance that of four draws a, b, c, d the first two differ, and the last two. Answers of the sample that
    /// they come from: four; three, where one of a, b is one of c, d; two, where both are. (Where a is b, or c is d, nothing is left.)
    pub fn disagreement(&self, law: &[f64], t: usize) -> (f64, f64) {
        let [e1, e2, e3] = self.inverse;
        let start = 1.0 - law.iter().map(|p| p * p).sum::<f64>();
        // a ≠ b; a ≠ b and a ≠ d; a ≠ b and c ≠ d.
        let (mut two, mut three) = (start, law.iter().map(|p| p * (1.0 - p).powi(2)).sum::<f64>());
        let mut four = start * start;
        for _ in 0..t {
            four = (1.0 - 6.0 * e1 + 11.0 * e2 - 6.0 * e3) * four
                + 4.0 * (e1 - 3.0 * e2 + 2.0 * e3) * three
                + 2.0 * (e2 - e3) * two;
            three = (1.0 - 3.0 * e1 + 2.0 * e2) * three + (e1 - e2) * two;
            two *= self.kept();
        }
        (two, (four - two * two).max(0.0))
    }

    /// Variance of π_t(y|x) after t rounds, of a response of probability π_0: π_0(1 − π_0)(1 − f^t), since E π_t = π_0 and each response's
    /// E π_t(1 − π_t) falls by f a round.
    pub fn variance(&self, probability: f64, t: usize) -> f64 {
        probability * (1.0 - probability) * (1.0 - self.kept().powi(t as i32))
    }
}

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
    Resampled::new(n, weight).map(|prompt| prompt.kept())
}
