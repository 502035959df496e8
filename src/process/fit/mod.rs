//! Update operators: from θ_t to θ_{t+1}.
//!
//! All of them minimise, exactly or roughly, the square loss of a set of weighted pairs (x, {y,y'}), w ≥ 0:
//!
//! ```text
//! loss(θ) = Σ w ( ⟨βθ − (1+β)θ_t, Δφ⟩ − ξ )²        w = N(x,{y,y'})/n      for a sample (ERM, Eq. 108)
//!                                                   w = 2 p(x) π_t(y|x) π_t(y'|x)  for the population
//! ```
//!
//! with ξ the noise of the self-judge (0 for the theory's process). Where the answer is known in closed form (facts F1, F2,
//! F5) it is used; everything else goes through the spectrum of Σ w Δφ Δφᵀ ([`spectral`], [`quadratic`]).

mod erm;
pub mod finite_class;
mod gradient;
pub mod laplacian;
mod population;
mod projection;
pub mod quadratic;
pub mod spectral;

use std::fmt::Debug;

pub use erm::Erm;
pub use finite_class::{ClassChoice, FiniteClass};
pub use gradient::Gradient;
pub use population::Population;
pub use quadratic::Choice;

use super::SelfRewarding;
use super::multinomial::Sampling;
use super::pairs::Sample;
use crate::Result;
use crate::instance::{Instance, Parameter};
use crate::policy::Policy;
use crate::seed::Seed;

/// All that an update may look at.
#[derive(Clone, Copy, Debug)]
pub struct Step<'a> {
    /// The instance.
    pub instance: &'a Instance,
    /// θ_t.
    pub theta: &'a Parameter,
    /// π_t, the policy of θ_t.
    pub policy: &'a Policy,
    /// t, from 0.
    pub round: usize,
    /// β > 0.
    pub beta: f64,
    /// B, or `None` for no constraint.
    pub radius: Option<f64>,
    /// n, the number of triples.
    pub samples: u64,
    /// How triples are drawn.
    pub sampling: Sampling,
    /// The run's seed.
    pub seed: &'a Seed,
}

impl<'a> Step<'a> {
    /// The round's sample of n triples.
    pub fn sample(&self) -> Sample<'a> {
        Sample::draw(self.instance.weights(), self.policy, self.samples, self.sampling, self.seed, self.round)
    }
}

/// What an update saw of the instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SampleSummary {
    /// n.
    pub triples: u64,
    /// Triples with y ≠ y'.
    pub diverse: u64,
    /// Rank of S, the span of the sampled feature differences.
    pub rank: usize,
    /// Rank of all feature differences.
    pub full_rank: usize,
}

/// The result of an update.
#[derive(Clone, Debug)]
pub struct Update {
    /// θ_{t+1}.
    pub theta: Parameter,
    /// What was sampled; `None` for an update that needs no sample.
    pub sample: Option<SampleSummary>,
}

/// A rule that makes θ_{t+1} from θ_t.
pub trait UpdateOperator: Debug + Send + Sync {
    /// Carries out one round.
    ///
    /// # Errors
    /// Whatever keeps the update from being computed; the run then stops.
    fn update(&self, step: &Step<'_>) -> Result<Update>;

    /// Checks what the update asks of the process and the instance beyond their own ranges.
    ///
    /// # Errors
    /// [`crate::Error`] with the offending value and what was expected.
    fn check(&self, _process: &SelfRewarding, _instance: &Instance) -> Result<()> {
        Ok(())
    }

    /// Whether the update goes through the spectrum of the loss even where no ball binds. The caller then checks the size.
    fn is_spectral(&self) -> bool {
        false
    }

    /// Steps that a ball makes the update walk one by one, each over all directions of the span.
    fn walked_steps(&self) -> u64 {
        0
    }

    /// Whether the update draws a sample.
    fn samples(&self) -> bool {
        true
    }
}
