//! Rounds, one by one.

use std::sync::Arc;

use super::SelfRewarding;
use super::update::{SampleSummary, Step};
use crate::instance::{Instance, Parameter};
use crate::policy::Policy;
use crate::seed::Seed;
use crate::{Error, Result};

/// One round: the policy it arrived at, and how.
#[derive(Clone, Debug)]
pub struct Round {
    /// t: 0 is the base policy.
    pub t: usize,
    /// θ_t.
    pub theta: Parameter,
    /// π_t.
    pub policy: Arc<Policy>,
    /// The step from t − 1 to t; `None` at t = 0.
    pub step: Option<Arrival>,
}

/// How a round was arrived at.
#[derive(Clone, Debug)]
pub struct Arrival {
    /// π_{t−1}.
    pub previous: Arc<Policy>,
    /// What was sampled from it; `None` where the update needs no sample.
    pub sample: Option<SampleSummary>,
}

/// Iterator over rounds 0, 1, …, T; ends early after an error. Made by [`SelfRewarding::start`].
#[derive(Debug)]
pub struct Rounds<'a> {
    process: &'a SelfRewarding,
    instance: &'a Instance,
    seed: Seed,
    next: Option<Next>,
}

#[derive(Debug)]
enum Next {
    Base(Parameter),
    After(Round),
}

impl<'a> Rounds<'a> {
    pub(super) fn new(process: &'a SelfRewarding, instance: &'a Instance, initial: Parameter, seed: Seed) -> Self {
        Self { process, instance, seed, next: Some(Next::Base(initial)) }
    }

    fn advance(&self, round: Round) -> Result<Round> {
        let process = self.process;
        let step = Step {
            instance: self.instance,
            theta: &round.theta,
            policy: &round.policy,
            round: round.t,
            beta: process.beta,
            radius: process.radius,
            samples: process.samples,
            sampling: process.sampling,
            seed: &self.seed,
        };
        let update = process.operator.update(&step)?;
        self.arrive(round.t + 1, update.theta, Some(Arrival { previous: round.policy, sample: update.sample }))
    }

    fn arrive(&self, t: usize, theta: Parameter, step: Option<Arrival>) -> Result<Round> {
        let policy = self.instance.policy(&theta);
        if !theta.is_finite() || !policy.logits().is_finite() {
            let what =
                "the parameter left the range of a double (1.8e308); use fewer rounds or a larger beta".to_owned();
            return Err(Error::Overflow { round: t, what });
        }
        Ok(Round { t, theta, policy: Arc::new(policy), step })
    }
}

impl Iterator for Rounds<'_> {
    type Item = Result<Round>;

    fn next(&mut self) -> Option<Self::Item> {
        let result = match self.next.take()? {
            Next::Base(theta) => self.arrive(0, theta, None),
            Next::After(round) => self.advance(round),
        };
        if let Ok(round) = &result {
            self.next = (round.t < self.process.rounds).then(|| Next::After(round.clone()));
        }
        Some(result)
    }
}
