//! Rounds, one by one.

use std::sync::Arc;

use super::batch::{self, Batch};
use super::fit::{Data, Fitted, Gains, Minimum, Newton, SampleSummary};
use super::{Loop, Memory, Snapshot, Step};
use crate::instance::{Instance, Parameter};
use crate::policy::Policy;
use crate::seed::Seed;
use crate::{Error, Result};

/// One round: the policy it arrived at, and how.
///
/// ```
/// use selfreward::instance::tabular::{Tabular, Weights};
/// use selfreward::{Loop, Seed};
///
/// let seed = Seed::from_number(1);
/// let instance = Tabular { prompts: 1, responses: 2, bump: 1.0, weights: Weights::Uniform }.draw(&seed)?;
/// let process = Loop { samples: 100, rounds: 2, ..Loop::default() };
/// let rounds = process.on(&instance)?.start(seed).collect::<selfreward::Result<Vec<_>>>()?;
/// assert_eq!(rounds.iter().map(|round| round.t).collect::<Vec<_>>(), [0, 1, 2]);
/// assert!(rounds[0].step.is_none(), "nothing leads to the base policy");
/// // Two responses a triple: 400 in two rounds of 100.
/// let arrival = rounds[2].step.as_ref().expect("a step leads to round 2");
/// assert_eq!(arrival.so_far.draws, Some(400.0));
/// # Ok::<(), selfreward::Error>(())
/// ```
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
    /// θ_{t−1}.
    pub from: Parameter,
    /// What was sampled from it in pairs; `None` where the update needs none.
    pub sample: Option<SampleSummary>,
    /// How an iterative fit ended.
    pub newton: Option<Newton>,
    /// Whether the loss had no finite minimiser.
    pub at_infinity: bool,
    /// The gains of a square loss.
    pub gains: Option<Gains>,
    /// The law of the responses that a likelihood fits; `None` for other fits, and where it is of several laws or of a filtered one.
    pub fitted: Option<Arc<Policy>>,
    /// What the rounds up to this one add up to.
    pub so_far: SoFar,
}

/// Counts over all rounds up to one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SoFar {
    /// Responses drawn; `None` where the fit draws none.
    pub draws: Option<f64>,
    /// Rounds whose seen differences had a lower rank than all of them; `None` where no pairs are seen.
    pub rank_losses: Option<u64>,
    /// Rounds that changed nothing, since no prompt was left.
    pub empty_filters: u64,
}

impl SoFar {
    fn add_draws(&mut self, more: f64) {
        self.draws = self.draws.map(|draws| draws + more);
    }
}

/// Iterator over rounds 0, 1, …, T; ends early after an error. Made by [`super::Checked::start`].
#[derive(Debug)]
pub struct Rounds<'a> {
    process: &'a Loop,
    instance: &'a Instance,
    seed: Seed,
    base: Snapshot,
    /// What earlier rounds drew, where the loop remembers.
    past: Vec<Batch>,
    so_far: SoFar,
    next: Option<Next>,
}

#[derive(Debug)]
enum Next {
    Base,
    After(Box<Round>),
}

impl<'a> Rounds<'a> {
    pub(super) fn new(process: &'a Loop, instance: &'a Instance, initial: Parameter, seed: Seed) -> Self {
        let draws = (!process.fit.is_population()).then_some(0.0);
        let pairs = process.fit.data() != Data::Responses && draws.is_some();
        let so_far = SoFar { draws, rank_losses: pairs.then_some(0), empty_filters: 0 };
        let base = Snapshot::new(initial, instance);
        Self { process, instance, seed, base, past: Vec::new(), so_far, next: Some(Next::Base) }
    }

    fn advance(&mut self, round: Round) -> Result<Round> {
        let process = self.process;
        let current = Snapshot { theta: round.theta, policy: round.policy };
        if process.memory == Memory::All && round.t == 0 && process.fit.data() == Data::Responses {
            // A likelihood's first batch is there before its first fit.
            let base = batch::of_base(process, self.instance, &self.base, &self.seed);
            self.so_far.add_draws(draws(process, &base)?);
            self.past.push(base);
        }
        let step = Step::new(process, self.instance, (&self.base, &current), round.t, &self.seed, &self.past)?;
        let idle = step.is_idle();
        let minimum = if idle {
            self.so_far.empty_filters += 1;
            Minimum::new(current.theta.clone(), None)
        } else {
            if self.so_far.draws.is_some() {
                self.so_far.add_draws(step.fresh().iter().map(|batch| draws(process, batch)).sum::<Result<f64>>()?);
                if process.fit.data() == Data::Pairs {
                    // Remembered pairs meet votes of this round.
                    let remembered: f64 = self.past.iter().map(|batch| batch.samples as f64).sum();
                    self.so_far.add_draws(process.signal.votes() as f64 * remembered);
                }
            }
            match process.fit.fit(&step)? {
                Fitted::Minimum(minimum) => minimum,
                Fitted::AtInfinity { .. } => return Err(at_infinity(round.t + 1, process.fit.is_population())),
            }
        };
        if process.memory.remembers() {
            let fresh = step.fresh().to_vec();
            self.past.extend(fresh);
        }
        // Of a fit that does not say what it saw, ranks are not known.
        self.so_far.rank_losses = self.so_far.rank_losses.and_then(|losses| match &minimum.sample {
            Some(sample) => Some(losses + u64::from(!sample.complete)),
            None => idle.then_some(losses),
        });
        let Minimum { theta, sample, newton, at_infinity, gains } = minimum;
        let fitted = match step.batches() {
            [batch] if process.fit.data() == Data::Responses && batch.accept.is_none() => Some(Arc::clone(&batch.law)),
            _ => None,
        };
        let arrival = Arrival {
            previous: current.policy,
            from: current.theta,
            sample,
            newton,
            at_infinity,
            gains,
            fitted,
            so_far: self.so_far,
        };
        self.arrive(round.t + 1, theta, Some(arrival))
    }

    fn arrive(&self, t: usize, theta: Parameter, step: Option<Arrival>) -> Result<Round> {
        let policy = Arc::new(self.instance.policy(&theta));
        self.arrived(t, theta, policy, step)
    }

    fn arrived(&self, t: usize, theta: Parameter, policy: Arc<Policy>, step: Option<Arrival>) -> Result<Round> {
        // A likelihood on one-hot features may give a response the probability 0, that is the logit −∞; all else is finite.
        let dead = self.process.fit.data() == Data::Responses;
        let sound = if dead { theta.is_below_infinity() } else { theta.is_finite() && policy.logits().is_finite() };
        if !sound {
            let what =
                "the parameter left the range of a double (1.8e308); use fewer rounds or a larger beta".to_owned();
            return Err(Error::Overflow { round: t, what });
        }
        Ok(Round { t, theta, policy, step })
    }

    /// The policy from which it starts.
    pub fn base(&self) -> &Arc<Policy> {
        &self.base.policy
    }
}

/// Responses drawn for a batch, those that a selection threw away and those of votes among them.
fn draws(process: &Loop, batch: &Batch) -> Result<f64> {
    match process.fit.data() {
        Data::Responses => batch.responses().draws().map(|draws| draws as f64),
        Data::Pairs | Data::Labels(_) => batch.pair_draws(process.signal.votes()).map(|draws| draws as f64),
    }
}

fn at_infinity(round: usize, population: bool) -> Error {
    let (why, more) = if population {
        ("separable labels, or responses whose weight is below the range of a double", "")
    } else {
        ("separable labels, or responses that no sample holds", ", or more samples")
    };
    let what = format!(
        "the loss has no finite minimiser (it falls for ever along a direction: {why}); give a process.radius or a process.ridge{more}"
    );
    Error::NoOptimum { round, what }
}

impl Iterator for Rounds<'_> {
    type Item = Result<Round>;

    fn next(&mut self) -> Option<Self::Item> {
        let result = match self.next.take()? {
            Next::Base => self.arrived(0, self.base.theta.clone(), Arc::clone(&self.base.policy), None),
            Next::After(round) => self.advance(*round),
        };
        if let Ok(round) = &result {
            self.next = (round.t < self.process.rounds).then(|| Next::After(Box::new(round.clone())));
        }
        Some(result)
    }
}
