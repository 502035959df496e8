//! What a round may look at: the policies so far, the loop's numbers, and the data that its laws give.

use std::borrow::Cow;
use std::sync::Arc;

use super::batch::{self, Batch};
use super::explore::choice;
use super::signal::Reward;
use super::{Loop, Memory, Sampling};
use crate::Result;
use crate::instance::{Instance, Parameter};
use crate::policy::Policy;
use crate::seed::Seed;

/// A parameter with its policy: θ_t never parts from π_t.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// θ_t.
    pub theta: Parameter,
    /// π_t.
    pub policy: Arc<Policy>,
}

impl Snapshot {
    /// Of a parameter.
    pub fn new(theta: Parameter, instance: &Instance) -> Self {
        let policy = Arc::new(instance.policy(&theta));
        Self { theta, policy }
    }
}

/// All that a signal or a fit may look at in the round from t to t + 1.
///
/// ```
/// use selfreward::instance::tabular::{Tabular, Weights};
/// use selfreward::process::{Fit, Fitted, Minimum, Step};
/// use selfreward::{Loop, Seed};
///
/// /// Looks at the round's pairs, and stays where it is.
/// #[derive(Debug)]
/// struct Onlooker;
///
/// impl Fit for Onlooker {
///     fn fit(&self, step: &Step<'_>) -> selfreward::Result<Fitted> {
///         let mut triples = 0;
///         for batch in step.batches() {
///             batch.pairs().for_each(|prompt| triples += prompt.triples);
///         }
///         assert_eq!(triples, step.samples, "every triple is of some prompt");
///         Ok(Minimum::new(step.theta().clone(), None).into())
///     }
/// }
///
/// let seed = Seed::from_number(1);
/// let instance = Tabular { prompts: 5, responses: 2, bump: 1.0, weights: Weights::Uniform }.draw(&seed)?;
/// let process = Loop { fit: Box::new(Onlooker), samples: 1_000_000_000_000, rounds: 2, ..Loop::default() };
/// let last = process.on(&instance)?.start(seed).last().expect("round 0 at least")?;
/// assert_eq!((last.t, last.policy.head(0).margin), (2, 1.0));
/// # Ok::<(), selfreward::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Step<'a> {
    /// The loop.
    pub process: &'a Loop,
    /// The instance.
    pub instance: &'a Instance,
    /// θ_0 and π_0.
    pub base: &'a Snapshot,
    /// θ_t and π_t.
    pub current: &'a Snapshot,
    /// t, from 0.
    pub round: usize,
    /// β > 0.
    pub beta: f64,
    /// B, or `None` for no constraint.
    pub radius: Option<f64>,
    /// n, the number of triples.
    pub samples: u64,
    /// How triples are drawn: as the loop says, or what [`Sampling::Auto`] chooses on this instance.
    pub sampling: Sampling,
    /// The run's seed.
    pub seed: &'a Seed,
    /// What is remembered, oldest first, then what is fresh.
    batches: Vec<Batch>,
    /// How many of them are remembered.
    remembered: usize,
}

impl<'a> Step<'a> {
    /// The step of a loop from the current policy; `past` is what earlier rounds drew, where the loop remembers.
    ///
    /// # Errors
    /// Those of the signal, and [`crate::Error::TooLarge`] where a law of selected candidates cannot be computed at its size.
    pub fn new(
        process: &'a Loop,
        instance: &'a Instance,
        (base, current): (&'a Snapshot, &'a Snapshot),
        round: usize,
        seed: &'a Seed,
        past: &[Batch],
    ) -> Result<Self> {
        let mut step = Self {
            process,
            instance,
            base,
            current,
            round,
            beta: process.beta,
            radius: process.radius,
            samples: process.samples,
            sampling: choice::sampling(process, instance, &base.theta),
            seed,
            batches: past.to_vec(),
            remembered: past.len(),
        };
        if process.memory != Memory::Kept || past.is_empty() {
            let fresh = batch::fresh(&step)?;
            step.batches.extend(fresh);
        }
        Ok(step)
    }

    /// How often each prompt is drawn, where that was found ahead.
    pub(super) fn lend_counts(&mut self, counts: Arc<Vec<u64>>) {
        if let [fresh] = &mut self.batches[self.remembered..] {
            fresh.counts = Some(counts);
        }
    }

    /// θ_t.
    pub fn theta(&self) -> &'a Parameter {
        &self.current.theta
    }

    /// π_t.
    pub fn policy(&self) -> &'a Policy {
        &self.current.policy
    }

    /// θ_ref, whose policy is ∝ π_t^α π_0^{1−α}.
    pub fn reference(&self) -> Cow<'a, Parameter> {
        self.process.reference.parameter(self.base, self.current)
    }

    /// The round's reward.
    ///
    /// # Errors
    /// As [`super::Signal::reward`].
    pub fn reward(&self) -> Result<Reward<'a>> {
        self.process.signal.reward(self)
    }

    /// Everything that the round's fit looks at: what is remembered, and what is fresh.
    pub fn batches(&self) -> &[Batch] {
        &self.batches
    }

    /// What this round draws; empty where no prompt is left, and where the first round's data is kept.
    pub fn fresh(&self) -> &[Batch] {
        &self.batches[self.remembered..]
    }

    /// Whether no prompt is left to draw, so that the round changes nothing.
    pub(super) fn is_idle(&self) -> bool {
        self.fresh().is_empty() && (self.process.memory != Memory::Kept || self.batches.is_empty())
    }
}
