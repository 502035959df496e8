//! One cell with what the theory says of it.

use crate::Result;
use crate::experiment::{CellRows, Results, RunConstants};
use crate::metrics::named::POPULATION_LOSS;
use crate::process::FiniteClass;
use crate::process::fit::finite_class::range;
use crate::simulate::Simulation;
use crate::stats::{MeanInterval, Range, mean_interval};
use crate::theory::one_step::{Class, epsilon};
use crate::theory::single_step::HardInstance;

/// ρ, the probability with which C10 and C18 may fail.
pub(super) const RHO: f64 = 0.05;

/// δ of the failure rate.
const DELTA: f64 = 0.5;

/// From this number of labels on, no unresolved prompt has run out of labels that were never drawn.
///
/// With the worst mass an unresolved prompt sees about nΔ/M ≈ (K−1)/8 pairs, and (K−1)/2 are needed to touch all other labels:
/// a Poisson variable of mean 8 that reaches 31, probability 1e-9 at one prompt, and less for larger K. What they would change in a mean
/// is far below its standard error.
pub(super) const MANY_LABELS: u64 = 63;

/// A cell, described.
pub(super) struct Case {
    /// Its rows.
    pub rows: CellRows,
    /// `nearest`, `random` or `worst`.
    pub choice: String,
    /// `worst` or a number, as configured.
    pub mass: String,
    /// M.
    pub prompts: f64,
    /// n.
    pub samples: f64,
    /// K.
    pub labels: u64,
    /// Δ.
    pub weight: f64,
    /// β.
    pub beta: f64,
    /// The instance, as the theory knows it.
    pub law: HardInstance,
}

impl Case {
    /// All cells of all parts.
    pub fn all(results: &Results) -> Result<Vec<Self>> {
        results.cells("")?.into_iter().map(Self::of).collect()
    }

    fn of(rows: CellRows) -> Result<Self> {
        let simulation: Simulation = rows.simulation()?;
        let (prompts, weight) = (rows.number("instance.prompts")?, simulation.derived("mass"));
        let labels = simulation.derived("responses") as u64;
        Ok(Self {
            choice: rows.label("process.choice"),
            mass: rows.label("instance.mass"),
            samples: rows.number("process.samples")?,
            beta: simulation.process.beta,
            law: HardInstance::new(prompts, weight, labels)?,
            prompts,
            labels,
            weight,
            rows,
        })
    }

    /// Whether Δ is the worst one for n.
    pub fn is_hardest(&self) -> bool {
        self.mass == "worst"
    }

    /// log #Π_t of the members of level ≤ t, among which round t chooses.
    pub fn log_class(&self, t: usize) -> f64 {
        FiniteClass::log_size_of_product(self.prompts as usize, self.labels as u32, t)
    }

    /// The class of round t with its range R.
    pub fn class(&self, t: usize) -> Class {
        Class::Finite { log_size: self.log_class(t), range: range(std::f64::consts::LN_2, self.beta, t) }
    }

    /// ε_n of C10 for the step to t, at confidence 1 − `rho` given π_{t−1}.
    pub fn epsilon_bound(&self, t: usize, rho: f64) -> Result<f64> {
        epsilon(&self.class(t), self.samples, self.beta, rho).map(|bound| bound.value())
    }

    /// ε² of the step to t, for each replicate; what is far below the cost of one unresolved prompt is rounding, hence 0.
    pub fn losses(&self, t: usize) -> Result<Vec<f64>> {
        let rounding = 1e-12 * self.weight / self.prompts * self.law.kept_loss();
        let values = self.rows.values(&POPULATION_LOSS, t)?;
        Ok(values.into_iter().map(|loss| if loss < rounding { 0.0 } else { loss }).collect())
    }

    /// Root of the mean of ε² over replicates, with the roots of the ends of its interval.
    pub fn epsilon(&self, t: usize) -> Result<MeanInterval> {
        let square = mean_interval(&self.losses(t)?, Range::NON_NEGATIVE);
        let ends = square.ends.map(|(lo, hi)| (lo.sqrt(), hi.sqrt()));
        Ok(MeanInterval { mean: square.mean.sqrt(), ends, ..square })
    }

    /// Probability that an informative prompt is unresolved after one round, whatever the choice.
    pub fn unresolved(&self) -> Result<f64> {
        Ok(self.law.expected_failure(self.samples, 1)?.value() / self.weight)
    }

    /// Mean of ε² after one round in units of Δ times the share of unresolved prompts, where it has a closed form.
    pub fn loss_each(&self) -> Result<Option<f64>> {
        Ok(match self.choice.as_str() {
            "nearest" => Some(self.law.kept_loss()),
            "worst" if self.is_hardest() && self.labels >= MANY_LABELS => Some(self.law.misled_loss(self.beta)?),
            _ => None,
        })
    }

    /// Share of unresolved prompts that still fail after one round: kept as they are; at level 0 or 1 with equal chances; sure of another
    /// label.
    pub fn failing_share(&self) -> f64 {
        match self.choice.as_str() {
            "nearest" => 1.0,
            "random" => 0.5,
            _ => 0.0,
        }
    }

    /// The number of replicates in which the first round recovered the population update exactly.
    pub fn recovered(&self) -> Result<u64> {
        Ok(self.losses(1)?.iter().filter(|&&loss| loss == 0.0).count() as u64)
    }

    /// C18 round by round on F_t(1/2) at ρ, with γ, μ, κ_0 and r̄ of each replicate's own run.
    pub fn failure_bounds(&self, t: usize) -> Result<Vec<f64>> {
        self.bounds(&RunConstants::all(&self.rows, t)?)
    }

    /// The same with r̄ = 1, as the paper has it.
    pub fn printed_failure_bounds(&self, t: usize) -> Result<Vec<f64>> {
        self.bounds(&RunConstants::all(&self.rows, t)?.iter().map(RunConstants::as_printed).collect::<Vec<_>>())
    }

    fn bounds(&self, runs: &[RunConstants]) -> Result<Vec<f64>> {
        let rounds = runs[0].rounds();
        let each = RHO / rounds as f64;
        let epsilons = (1..=rounds).map(|t| self.epsilon_bound(t, each)).collect::<Result<Vec<_>>>()?;
        runs.iter().map(|run| run.round_by_round(&epsilons, DELTA)).collect()
    }
}
