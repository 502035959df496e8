//! The confidence gate: candidates are drawn until the policy is sure of one, or the tries are used up.

use rand::Rng;

use super::cells::Cells;
use super::geometric::truncated_sum;
use super::logs::{LogSum, log_hit, log_power, log_remaining};
use super::{Distribution, Law};
use crate::{Error, Result};

/// A response is accepted from this much below the threshold on, relative to it.
const EDGE: f64 = 1e-12;

/// The law of the gate's candidates and of its tries.
#[derive(Clone, Debug)]
pub struct Gate {
    /// The law of what is kept.
    pub law: Law,
    /// log A, the mass of the accepted responses; −∞ if there is none.
    pub log_accepted: f64,
    /// E of the number of draws, 1 to `tries`.
    pub mean_tries: f64,
    /// R, the most tries.
    pub tries: u64,
    /// log(1 − A).
    log_refused: f64,
    cells: Cells,
    accepted: Vec<bool>,
}

impl Gate {
    /// Whether a response is accepted.
    pub fn accepts(&self, response: u32) -> bool {
        self.accepted[self.cells.find(response)]
    }

    /// Draws how many tries `count` candidates took together, given that each of them is this response. An accepted
    /// response took k tries with probability ∝ (1−A)^{k−1}, k ≤ R; one that is not accepted took all of them.
    pub fn draws(&self, response: u32, count: u64, rng: &mut impl Rng) -> u128 {
        if self.accepts(response) {
            u128::from(count) + truncated_sum(count, self.log_refused, self.tries, rng)
        } else {
            u128::from(count) * u128::from(self.tries)
        }
    }
}

/// The gate that draws from `candidates` until π(y) ≥ `confidence` under `judge`, at most `tries` times; the last draw
/// is kept if none was accepted.
///
/// With A the accepted mass and R the tries, an accepted response is kept with probability ν(y)(1−(1−A)^R)/A, another
/// one with ν(y)(1−A)^{R−1}. The threshold is compared with a tolerance of 1e-12 of it.
///
/// # Errors
/// [`Error::Argument`] for a confidence outside \[0, 1\] and for no tries.
///
/// ```
/// use selfreward::logits::LogitTable;
/// use selfreward::process::law::{Distribution, gate};
///
/// let mut table = LogitTable::default();
/// table.push_dense(&[0.8f64, 0.2].map(f64::ln));
/// let pi = Distribution::new(table.row(0));
/// let gate = gate(pi, pi, 0.5, 2)?;
/// // The sure response is kept unless both tries miss it; a second try is made where the first one missed.
/// assert!((gate.law.log_prob(0).exp() - 0.96).abs() < 1e-15);
/// assert!((gate.mean_tries - 1.2).abs() < 1e-15);
/// # Ok::<(), selfreward::Error>(())
/// ```
pub fn gate(candidates: Distribution<'_>, judge: Distribution<'_>, confidence: f64, tries: u64) -> Result<Gate> {
    if !(0.0..=1.0).contains(&confidence) {
        return Err(Error::argument("confidence_gate", confidence, "a probability in [0, 1]"));
    }
    if tries == 0 {
        return Err(Error::argument("tries", tries, "a whole number, at least 1"));
    }
    let cells = Cells::new(candidates, judge.row);
    let threshold = confidence.ln() + (-EDGE).ln_1p();
    let accepted: Vec<bool> = cells.cells.iter().map(|cell| judge.head.log_prob(cell.other) >= threshold).collect();
    let side =
        |accepts: bool| cells.cells.iter().zip(&accepted).filter(move |cell| *cell.1 == accepts).map(|cell| cell.0);
    let mass = |accepts: bool| LogSum::of(side(accepts).map(|cell| (cell.log_prob, cell.count))).value();
    let log_accepted = mass(true);
    let accepted_mass = side(true).map(|cell| cell.count * cell.prob).sum();
    let log_refused = log_remaining(log_accepted, accepted_mass, mass(false));
    let rounds = tries as f64;
    let (gain, mean_tries) = if log_accepted == f64::NEG_INFINITY {
        (0.0, rounds)
    } else {
        let gain = log_hit(rounds, log_accepted, log_refused) - log_accepted;
        (gain, gain.exp())
    };
    let loss = log_power(rounds - 1.0, log_refused);
    let log_probs = cells.cells.iter().zip(&accepted);
    let law = cells.law(log_probs.map(|(cell, &accepted)| cell.log_prob + if accepted { gain } else { loss }));
    Ok(Gate { law, log_accepted, mean_tries, tries, log_refused, cells, accepted })
}
