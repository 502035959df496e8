//! Sums, differences and complements of probabilities that are kept as logarithms.

use std::f64::consts::LN_2;

/// log(1 − e^x) for x ≤ 0 without cancellation: −∞ at 0, 0 at −∞.
pub(super) fn log_complement(x: f64) -> f64 {
    if x > -LN_2 { (-x.exp_m1()).ln() } else { (-x.exp()).ln_1p() }
}

/// log(1 − x), given x, its logarithm, and log(1 − x) as it comes from a sum: whichever is known to more digits.
pub(super) fn log_remaining(log_x: f64, x: f64, summed: f64) -> f64 {
    if log_x < -LN_2 { (-x).ln_1p() } else { summed }
}

/// log(1 − (1−x)^n), the probability of a hit in n trials, given log x and log(1 − x).
pub(super) fn log_hit(n: f64, log_x: f64, log_miss: f64) -> f64 {
    // Where x may be out of a double's range, two hits are out of reach.
    if log_x < -300.0 { n.ln() + log_x } else { log_complement(log_power(n, log_miss)) }
}

/// n·x, the logarithm of a power; 0 at n = 0 even where x = −∞ (0⁰ = 1).
pub(super) fn log_power(n: f64, x: f64) -> f64 {
    if n == 0.0 || x == 0.0 { 0.0 } else { n * x }
}

/// A running log Σ c·e^x. All but the largest term are summed relative to it, so that a share near 1 keeps its distance
/// from 1.
#[derive(Clone, Copy, Debug)]
pub(super) struct LogSum {
    largest: f64,
    others: f64,
}

impl Default for LogSum {
    fn default() -> Self {
        Self { largest: f64::NEG_INFINITY, others: 0.0 }
    }
}

impl LogSum {
    /// Adds `count` terms e^x.
    pub(super) fn add(&mut self, x: f64, count: f64) {
        if x == f64::NEG_INFINITY || count == 0.0 {
            return;
        }
        if x > self.largest {
            self.others = (self.others + 1.0) * (self.largest - x).exp() + (count - 1.0);
            self.largest = x;
        } else {
            self.others += count * (x - self.largest).exp();
        }
    }

    /// The logarithm of the sum; −∞ if there is nothing in it.
    pub(super) fn value(self) -> f64 {
        self.largest + self.others.ln_1p()
    }

    /// log(e^x / sum) of a term of the sum. Close to the largest term it is exact where [`value`](Self::value) is
    /// rounded.
    pub(super) fn share(self, x: f64) -> f64 {
        if x == f64::NEG_INFINITY { x } else { (x - self.largest) - self.others.ln_1p() }
    }

    /// The sum of all terms.
    pub(super) fn of(terms: impl IntoIterator<Item = (f64, f64)>) -> Self {
        let mut sum = Self::default();
        terms.into_iter().for_each(|(x, count)| sum.add(x, count));
        sum
    }
}
