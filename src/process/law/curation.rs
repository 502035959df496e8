//! Curation: of k draws one is kept, with probability ∝ e^r (Bradley–Terry choice; Ferbach et al., arXiv 2407.09499).
//!
//! The kept law is ν(y)H(y), H(y) = E[k e^{r(y)} / (e^{r(y)} + Σ_{i<k} e^{r(y_i)})]. With few distinct rewards the mean
//! is taken over all counts of them; otherwise
//!
//! ```text
//! H(y) = k ∫ e^{r+τ} exp(−e^{r+τ}) Φ(e^τ)^{k−1} dτ,        Φ(s) = Σ_y ν(y) exp(−s e^{r(y)}),
//! ```
//!
//! by the trapezoidal rule. In the strip |Im τ| ≤ ω < π/2 the integrand's integral is at most 1/cos ω times the real
//! one, so that the rule with step h errs by at most 2/(cos ω (e^{2πω/h} − 1)) of H(y), whatever the law: 1e-18
//! at h = 0.2.

use super::cells::Cells;
use super::logs::{LogSum, log_power};
use super::{Distribution, Law};
use crate::logits::Row;
use crate::{Error, Result};

/// The most count vectors that are enumerated; more are dearer than the integral.
const MOST_VECTORS: f64 = 300.0;

/// The step of the trapezoidal rule.
const STEP: f64 = 0.2;

/// The most points of the trapezoidal rule.
const MOST_POINTS: f64 = 1e6;

/// The way in which H is computed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Method {
    /// Whichever is cheaper.
    #[default]
    Auto,
    /// All counts of the distinct rewards.
    Enumeration,
    /// The trapezoidal rule.
    Integral,
}

/// The distinct rewards upward, each with the log-mass of its responses.
struct Rewards {
    cells: Cells,
    rewards: Vec<f64>,
    masses: Vec<f64>,
    /// The place of each cell's reward; none where the response has probability 0.
    place: Vec<Option<usize>>,
}

/// The law of the one that is kept of `k` independent draws from `candidates`, with probability ∝ e^r, r in nats.
///
/// # Errors
/// [`Error::Argument`] for k = 0 and for a reward that is not finite at a response of positive probability;
/// [`Error::TooLarge`] where the rewards differ by more than about 2·10^5 nats.
///
/// ```
/// use selfreward::logits::LogitTable;
/// use selfreward::process::law::{Distribution, curation};
///
/// let mut table = LogitTable::default();
/// table.push_dense(&[0.5f64, 0.5].map(f64::ln));
/// let pi = Distribution::new(table.row(0));
/// let mut rewards = LogitTable::default();
/// rewards.push_dense(&[3f64.ln(), 0.0]);
/// let law = curation(pi, rewards.row(0), 2)?;
/// // Both draws agree half the time; where they differ, response 0 is chosen three times in four.
/// assert!((law.log_prob(0).exp() - (0.25 + 0.5 * 0.75)).abs() < 1e-14);
/// # Ok::<(), selfreward::Error>(())
/// ```
pub fn curation(candidates: Distribution<'_>, rewards: Row<'_>, k: u64) -> Result<Law> {
    curation_by(Method::Auto, candidates, rewards, k)
}

/// [`curation`] by the given method.
///
/// # Errors
/// Those of [`curation`]; [`Error::TooLarge`] for an enumeration of more than 10^7 counts or 1000 draws.
pub fn curation_by(method: Method, candidates: Distribution<'_>, rewards: Row<'_>, k: u64) -> Result<Law> {
    if k == 0 {
        return Err(Error::argument("best_of", k, "a whole number, at least 1"));
    }
    let rewards = Rewards::new(candidates, rewards)?;
    let vectors = binomial_coefficient((k - 1) as f64 + rewards.rewards.len() as f64 - 1.0, (k - 1) as f64);
    let gains = match method {
        Method::Auto if vectors <= MOST_VECTORS => rewards.by_enumeration(k),
        Method::Enumeration if vectors <= 1e7 && k <= 1000 => rewards.by_enumeration(k),
        Method::Enumeration => {
            let need = format!("{vectors:.1e} count vectors of {k} draws");
            return Err(Error::TooLarge {
                what: "the law of curation".into(),
                need,
                limit: "1e7 count vectors".into(),
            });
        }
        Method::Auto | Method::Integral => rewards.by_integral(k)?,
    };
    // Rounding aside the law sums to one; over many rounds it has to.
    let log_prob =
        |at: usize| rewards.place[at].map_or(f64::NEG_INFINITY, |j| rewards.cells.cells[at].log_prob + gains[j]);
    let log_probs: Vec<f64> = (0..rewards.place.len()).map(log_prob).collect();
    Ok(rewards.cells.normalised(&log_probs))
}

/// C(n, k), rounded; +∞ where it overflows.
fn binomial_coefficient(n: f64, k: f64) -> f64 {
    let k = k.min(n - k);
    let mut value = 1.0;
    let mut i = 1.0;
    while i <= k && value < 1e18 {
        value *= (n - k + i) / i;
        i += 1.0;
    }
    value
}

impl Rewards {
    fn new(candidates: Distribution<'_>, rewards: Row<'_>) -> Result<Self> {
        let cells = Cells::new(candidates, rewards);
        let mut order: Vec<usize> = (0..cells.cells.len()).collect();
        order.retain(|&at| cells.cells[at].log_prob > f64::NEG_INFINITY);
        if let Some(bad) = order.iter().map(|&at| cells.cells[at].other).find(|reward| !reward.is_finite()) {
            return Err(Error::argument("reward", bad, "a finite number wherever a response has positive probability"));
        }
        order.sort_by(|&a, &b| cells.cells[a].other.total_cmp(&cells.cells[b].other));
        let mut place = vec![None; cells.cells.len()];
        let (mut distinct, mut sums): (Vec<f64>, Vec<LogSum>) = (Vec::new(), Vec::new());
        for at in order {
            let cell = cells.cells[at];
            if distinct.last() != Some(&cell.other) {
                distinct.push(cell.other);
                sums.push(LogSum::default());
            }
            place[at] = Some(distinct.len() - 1);
            sums[distinct.len() - 1].add(cell.log_prob, cell.count);
        }
        let masses = sums.into_iter().map(LogSum::value).collect();
        Ok(Self { cells, rewards: distinct, masses, place })
    }

    /// log H for every reward, by the highest reward among the k − 1 others: given that none is higher they are draws
    /// from a law cut there, and nothing is of a size that a double cannot hold.
    fn by_enumeration(&self, k: u64) -> Vec<f64> {
        let others = k - 1;
        let mut sums = vec![LogSum::default(); self.rewards.len()];
        let mut upto = LogSum::default();
        for top in 0..self.rewards.len() {
            upto.add(self.masses[top], 1.0);
            let below: Vec<f64> = self.masses[..=top].iter().map(|mass| (mass - upto.value()).exp()).collect();
            let weights: Vec<f64> = self.rewards[..=top].iter().map(|r| (r - self.rewards[top]).exp()).collect();
            let own: Vec<f64> = self.rewards.iter().map(|r| (r - self.rewards[top]).exp()).collect();
            let mut walk = Walk { masses: &below, weights: &weights, own: &own, sums: vec![0.0; own.len()] };
            let least = u64::from(others > 0);
            if others == 0 && top > 0 {
                break;
            }
            walk.descend(top, others, least, 1.0, 0.0);
            for (j, &sum) in walk.sums.iter().enumerate() {
                let factor = f64::min(self.rewards[j] - self.rewards[top], 0.0);
                let given = log_power(others as f64, upto.value().min(0.0));
                sums[j].add((k as f64).ln() + given + factor + sum.ln(), 1.0);
            }
        }
        sums.into_iter().map(LogSum::value).collect()
    }

    /// log H for every reward, by the integral.
    fn by_integral(&self, k: u64) -> Result<Vec<f64>> {
        let (lowest, highest) = (self.rewards[0], self.rewards[self.rewards.len() - 1]);
        // Below, e^{r+τ} is 1e-18 of H at least; above, the integrand is below e^{−750}.
        let start = -highest - (k as f64).ln() - 42.0;
        let points = ((750f64.ln() - lowest - start) / STEP).ceil();
        if points.is_nan() || points > MOST_POINTS {
            return Err(Error::TooLarge {
                what: "the law of curation".into(),
                need: format!("{points:.1e} points of the integral, for rewards from {lowest} to {highest}"),
                limit: format!("{MOST_POINTS:.0e} points"),
            });
        }
        let mut sums = vec![LogSum::default(); self.rewards.len()];
        for point in 0..=points as u64 {
            let tau = start + STEP * point as f64;
            let decay = log_power((k - 1) as f64, self.log_transform(tau));
            for (sum, reward) in sums.iter_mut().zip(&self.rewards) {
                sum.add(reward + tau - (reward + tau).exp() + decay, 1.0);
            }
        }
        let factor = (k as f64).ln() + STEP.ln();
        Ok(sums.into_iter().map(|sum| factor + sum.value()).collect())
    }

    /// log Φ(e^τ).
    fn log_transform(&self, tau: f64) -> f64 {
        let terms = || self.masses.iter().zip(&self.rewards).map(|(mass, reward)| (*mass, (reward + tau).exp()));
        // Where Φ is near 1 its distance from 1 is what counts.
        let distance: f64 = terms().map(|(mass, exponent)| -mass.exp() * (-exponent).exp_m1()).sum();
        if distance < 0.5 {
            (-distance).ln_1p()
        } else {
            LogSum::of(terms().map(|(mass, exponent)| (mass - exponent, 1.0))).value()
        }
    }
}

/// A walk through all counts of the rewards up to one.
struct Walk<'a> {
    masses: &'a [f64],
    /// e^{r − top} of the rewards that are counted.
    weights: &'a [f64],
    /// The same of the rewards whose H is summed, lower or higher than the top.
    own: &'a [f64],
    /// Sums of probability/(own + S), or of probability/(1 + S/own) where own > 1.
    sums: Vec<f64>,
}

impl Walk<'_> {
    /// Distributes `left` draws over the rewards up to `at`, at least `least` of them to `at` itself.
    fn descend(&mut self, at: usize, left: u64, least: u64, probability: f64, weight: f64) {
        if at == 0 {
            if left >= least {
                self.visit(probability * self.masses[0].powf(left as f64), weight + left as f64 * self.weights[0]);
            }
            return;
        }
        // C(left, count) m^count, one count after the other.
        let mut factor = 1.0;
        for count in 0..=left {
            if count >= least {
                let weight = weight + count as f64 * self.weights[at];
                self.descend(at - 1, left - count, 0, probability * factor, weight);
            }
            factor *= (left - count) as f64 / (count + 1) as f64 * self.masses[at];
        }
    }

    fn visit(&mut self, probability: f64, weight: f64) {
        for (sum, &own) in self.sums.iter_mut().zip(self.own) {
            *sum += if own <= 1.0 { probability / (own + weight) } else { probability / (1.0 + weight / own) };
        }
    }
}
