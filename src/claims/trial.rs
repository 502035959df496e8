//! One replicate, as a claim looks at it: the process's numbers and what was measured round by round.

use crate::Result;
use crate::experiment::CellRows;
use crate::simulate::Simulation;
use crate::simulate::config::{Config, Kind};

/// Additions that a measured sum or a bound goes through, at most, on the instances of exact claims.
const ADDITIONS: f64 = 4096.0;

/// The replicates of one cell with what they share.
#[derive(Debug)]
pub struct Trials<'a> {
    /// The cell's rows.
    pub rows: &'a CellRows,
    /// Its simulation: the process and the numbers that follow from its configuration.
    pub simulation: Simulation,
}

impl<'a> Trials<'a> {
    /// Of a cell.
    ///
    /// # Errors
    /// As [`CellRows::simulation`].
    pub fn of(rows: &'a CellRows) -> Result<Self> {
        Ok(Self { rows, simulation: rows.simulation()? })
    }

    /// Each replicate.
    pub fn each(&self) -> impl Iterator<Item = Trial<'_>> {
        (0..self.rows.replicates.len()).map(|replicate| Trial { trials: self, replicate })
    }
}

/// One replicate.
#[derive(Clone, Copy, Debug)]
pub struct Trial<'a> {
    trials: &'a Trials<'a>,
    /// Its place among those that were done.
    pub replicate: usize,
}

impl Trial<'_> {
    /// A measured quantity after t rounds; NaN where it does not exist, so that no comparison with it holds.
    pub fn get(&self, name: &str, t: usize) -> f64 {
        self.find(name, t).unwrap_or(f64::NAN)
    }

    /// The same; `None` where it does not exist.
    pub fn find(&self, name: &str, t: usize) -> Option<f64> {
        let rows = self.trials.rows;
        let column = rows.quantities.iter().position(|quantity| quantity == name)?;
        *rows.replicates[self.replicate].get(t)?.get(column)?
    }

    /// A quantity at one δ, such as `failure`.
    pub fn at(&self, name: &str, delta: f64, t: usize) -> f64 {
        self.get(&format!("{name}_{delta}"), t)
    }

    /// T.
    pub fn rounds(&self) -> usize {
        self.trials.rows.rounds()
    }

    /// β.
    pub fn beta(&self) -> f64 {
        self.trials.simulation.process.beta
    }

    /// n.
    pub fn samples(&self) -> f64 {
        self.trials.simulation.process.samples as f64
    }

    /// B; `None` for no ball.
    pub fn radius(&self) -> Option<f64> {
        self.trials.simulation.process.radius
    }

    /// The list of δ.
    pub fn deltas(&self) -> &[f64] {
        &self.trials.simulation.deltas
    }

    /// The configuration.
    pub fn config(&self) -> &Config {
        &self.trials.simulation.config
    }

    /// The simulation.
    pub fn simulation(&self) -> &Simulation {
        &self.trials.simulation
    }

    /// The size of the instance, prompts times responses, to find the smallest witness; unknown ones (files) come last.
    pub fn size(&self) -> usize {
        let instance = &self.config().instance;
        instance.prompts.unwrap_or(1 << 20).saturating_mul(instance.responses.unwrap_or(1) as usize)
    }

    /// Whether features are one-hot.
    pub fn tabular(&self) -> bool {
        matches!(self.config().instance.kind, Kind::Tabular | Kind::Hard | Kind::Autoregressive)
    }

    /// The least margin over t = `rounds`; the proofs use 0, …, T − 1.
    pub fn least_margin(&self, rounds: std::ops::Range<usize>) -> f64 {
        rounds.map(|t| self.get("margin", t)).fold(f64::INFINITY, f64::min)
    }

    /// The least confidence over t = `rounds`; the proofs use 1, …, T.
    pub fn least_confidence(&self, rounds: std::ops::RangeInclusive<usize>) -> f64 {
        rounds.map(|t| self.get("min_confidence", t)).fold(1.0, f64::min)
    }

    /// By how much rounding may lift a quantity of round t, of about this `scale`, above a bound that it attains.
    ///
    /// A log-probability of the round carries an absolute error of `logit_rounding` (the size to which its logits are known)
    /// and of a few units in the last place of its own size; exponentials turn it into a relative error of a probability. A
    /// sum of non-negative terms keeps the relative error of its terms, plus 2^-53 for each addition. Both rounds of a step
    /// enter, and their difference is weighed by up to 1 + 1/β in the implicit reward.
    pub fn rounding(&self, t: usize, scale: f64) -> f64 {
        let known = |t: usize| self.find("logit_rounding", t).unwrap_or(0.0);
        let logits = known(t) + t.checked_sub(1).map_or(0.0, known);
        let relative = 8.0 * (1.0 + self.beta()) * logits + ADDITIONS * f64::EPSILON;
        relative * scale.abs() + f64::MIN_POSITIVE
    }

    /// The absolute error of a difference of rewards r_t = log π_t, averaged under a policy under which E|r_t| is `scale`: units in
    /// the last place of the rewards, and what their logits are known to. Where a margin is smaller than that, nothing that is
    /// divided by it is known.
    pub fn reward_rounding(&self, t: usize, scale: f64) -> f64 {
        16.0 * f64::EPSILON * (1.0 + scale) + 4.0 * self.find("logit_rounding", t).unwrap_or(0.0)
    }

    /// r̄ over the steps up to round T.
    pub fn excess(&self, rounds: usize) -> f64 {
        (1..=rounds).map(|t| self.get("excess", t)).fold(0.0, f64::max)
    }
}
