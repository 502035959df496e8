//! How the policy is iterated: T rounds of self-rewarding with n triples each (Eqs. 1–4, 106–108).
//!
//! The self-reward is r_t(x,y) = log π_t(y|x) (Eq. 1). In the linear softmax class its difference over a pair is ⟨θ_t, Δφ⟩,
//! the log-partition terms cancelling, and likewise that of the implicit reward r̂ = β log(π/π_t) is β⟨θ − θ_t, Δφ⟩; so the
//! regression of one on the other is least squares in θ.

mod feasibility;
pub mod graph;
pub mod law;
pub mod multinomial;
pub mod pairs;
pub mod trajectory;
pub mod update;

pub use multinomial::Sampling;
pub use trajectory::{Arrival, Round, Rounds};
pub use update::{Choice, ClassChoice, Erm, FiniteClass, Gradient, Population, SampleSummary, UpdateOperator};

use crate::instance::{Instance, Parameter};
use crate::seed::Seed;
use crate::{Error, Result};

/// The largest number of triples per round: counts stay exact as doubles.
pub const MAX_SAMPLES: u64 = 1_000_000_000_000_000;

/// The largest number of rounds.
pub const MAX_ROUNDS: usize = 1_000_000;

/// Description of a self-rewarding process.
#[derive(Debug)]
pub struct SelfRewarding {
    /// The update rule.
    pub operator: Box<dyn UpdateOperator>,
    /// β > 0, the KL regularisation.
    pub beta: f64,
    /// n, triples per round, 1 to 10^15.
    pub samples: u64,
    /// T, the number of rounds.
    pub rounds: usize,
    /// B > 0, the radius of the ball ‖θ‖₂ ≤ B; `None` for no constraint.
    pub radius: Option<f64>,
    /// How triples are drawn.
    pub sampling: Sampling,
}

impl SelfRewarding {
    /// Checks that the process is well-posed and can be carried out on this instance at its size.
    ///
    /// # Errors
    /// [`Error::Argument`] for a value out of range, [`Error::TooLarge`] with the estimate and the limit.
    pub fn check(&self, instance: &Instance) -> Result<()> {
        self.check_numbers()?;
        if let Some(radius) = self.radius {
            let norm = instance.base().norm();
            // θ_0 drawn with the norm B has it up to rounding.
            if norm > radius * (1.0 + 1e-12) {
                return Err(Error::argument("process.radius", radius, format!("at least ‖θ_0‖ = {norm}")));
            }
        }
        self.operator.check(self, instance)?;
        feasibility::check(self, instance)
    }

    /// Checks the numbers that are wrong on any instance.
    ///
    /// # Errors
    /// [`Error::Argument`] for a number out of range.
    pub fn check_numbers(&self) -> Result<()> {
        let positive = |name: &str, value: f64| {
            let good = value.is_finite() && value > 0.0;
            if good { Ok(()) } else { Err(Error::argument(name, value, "a finite number > 0")) }
        };
        positive("process.beta", self.beta)?;
        if self.samples == 0 || self.samples > MAX_SAMPLES {
            return Err(Error::argument("process.samples", self.samples, "1 to 10^15"));
        }
        if self.rounds > MAX_ROUNDS {
            return Err(Error::argument("process.rounds", self.rounds, format!("at most {MAX_ROUNDS}")));
        }
        self.radius.map_or(Ok(()), |radius| positive("process.radius", radius))
    }

    /// Starts from a parameter (θ_0 of the instance in the theory); yields rounds 0 to T.
    pub fn start<'a>(&'a self, instance: &'a Instance, initial: Parameter, seed: Seed) -> Rounds<'a> {
        Rounds::new(self, instance, initial, seed)
    }
}
