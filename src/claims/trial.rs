//! One replicate, as a claim looks at it: the process's numbers and what was measured round by round.

use std::sync::Arc;

use crate::Result;
use crate::experiment::{CellRows, RunConstants};
use crate::instance::Instance;
use crate::metrics::Quantity;
use crate::metrics::named::{LOGIT_ROUNDING, Metric};
use crate::simulate::Simulation;
use crate::simulate::config::Config;

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
    /// A measured quantity after t rounds; never NaN.
    ///
    /// # Errors
    /// [`crate::Error::Absent`] where it is not there, with the reason: a comparison without it is unknown, and whoever collects sees to
    /// that. [`crate::Error::Argument`] for a quantity that takes a δ and has none.
    pub fn get(&self, of: impl Into<Metric>, t: usize) -> Result<f64> {
        self.trials.rows.value(self.replicate, of, t)
    }

    /// A quantity at one δ, such as `failure`.
    ///
    /// # Errors
    /// As [`Trial::get`].
    ///
    /// # Panics
    /// For a quantity that does not depend on δ.
    pub fn at(&self, quantity: &'static Quantity, delta: f64, t: usize) -> Result<f64> {
        self.get(quantity.at(delta), t)
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

    /// The replicate's instance, made again.
    ///
    /// # Errors
    /// As [`Simulation::instance`].
    pub fn instance(&self) -> Result<Arc<Instance>> {
        self.simulation().instance(self.trials.rows.numbers[self.replicate])
    }

    /// The size of the instance, prompts times responses, to find the smallest witness; unknown ones (files) come last.
    pub fn size(&self) -> usize {
        let instance = &self.config().instance;
        let [prompts, responses] = ["prompts", "responses"].map(|key| instance.get::<usize>(key));
        prompts.unwrap_or(1 << 20).saturating_mul(responses.unwrap_or(1))
    }

    /// d; `None` where the features are drawn and the configuration names none.
    pub fn dim(&self) -> Option<usize> {
        // A file's own number comes first: its key `dim` may leave coordinates out, and an offset may have become one more.
        let fixed = self.simulation().fixed().map(|instance| instance.features().dim());
        fixed.or_else(|| self.config().instance.get("dim"))
    }

    /// K, the largest number of responses of a prompt; `None` as for d.
    pub fn responses(&self) -> Option<usize> {
        let largest = |instance: &Instance| (0..instance.prompts()).map(|x| instance.features().responses(x)).max();
        self.simulation().fixed().and_then(largest).or_else(|| self.config().instance.get("responses"))
    }

    /// What the theorems on whole runs read off it, up to round T = `rounds`.
    ///
    /// # Errors
    /// As [`RunConstants::of`].
    pub fn constants(&self, rounds: usize) -> Result<RunConstants> {
        RunConstants::of(self.trials.rows, self.replicate, self.beta(), rounds)
    }

    /// By how much rounding may lift a quantity of round t, of about this `scale`, above a bound that it attains.
    ///
    /// A log-probability of the round carries an absolute error of `logit_rounding` (the size to which its logits are known)
    /// and of a few units in the last place of its own size; exponentials turn it into a relative error of a probability. A
    /// sum of non-negative terms keeps the relative error of its terms, plus 2^-53 for each addition. Both rounds of a step
    /// enter, weighed by up to 1 + β in the implicit reward β log(π_{t+1}/π_t).
    ///
    /// # Errors
    /// As [`Trial::get`] of `logit_rounding`.
    pub fn rounding(&self, t: usize, scale: f64) -> Result<f64> {
        let before = t.checked_sub(1).map_or(Ok(0.0), |before| self.logit_rounding(before))?;
        let logits = self.logit_rounding(t)? + before;
        Ok(8.0 * (1.0 + self.beta()) * logits * scale.abs() + self.sum_rounding(scale))
    }

    /// The same for a sum of numbers that are known themselves: a failure rate is a sum of prompts' masses, and what a logit is
    /// known to decides which of them it counts, not how well they add up.
    pub fn sum_rounding(&self, scale: f64) -> f64 {
        ADDITIONS * f64::EPSILON * scale.abs() + f64::MIN_POSITIVE
    }

    /// The error of the statistical error ε = √(E (Δ^{r̂} − Δ^{r_{t−1}})²) of round t ≥ 1, in nats: differences of the residual
    /// βθ_t − (1+β)θ_{t−1} are known to those of its logits, and a root mean square to the largest error of what is averaged.
    ///
    /// # Errors
    /// As [`Trial::get`] of `logit_rounding`.
    pub fn residual_rounding(&self, t: usize, scale: f64) -> Result<f64> {
        let residual = self.beta() * self.logit_rounding(t)? + (1.0 + self.beta()) * self.logit_rounding(t - 1)?;
        Ok(8.0 * residual + self.sum_rounding(scale))
    }

    fn logit_rounding(&self, t: usize) -> Result<f64> {
        self.get(&LOGIT_ROUNDING, t)
    }

    /// The absolute error of a difference of rewards r_t = log π_t, averaged under a policy under which E|r_t| is `scale`: units in
    /// the last place of the rewards, and what their logits are known to. Where a margin is smaller than that, nothing that is
    /// divided by it is known.
    ///
    /// # Errors
    /// As [`Trial::get`] of `logit_rounding`.
    pub fn reward_rounding(&self, t: usize, scale: f64) -> Result<f64> {
        Ok(16.0 * f64::EPSILON * (1.0 + scale) + 4.0 * self.logit_rounding(t)?)
    }
}
