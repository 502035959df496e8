//! A batch of data: whose prompts and responses, how many, and how to draw them again.
//!
//! A batch is a law and a number, not a list: its counts are drawn whenever they are looked at, from streams of its own, and are the
//! same each time. So a loop that remembers all rounds keeps their laws, and no counts.

use std::sync::Arc;

use super::accept;
use super::candidates::Counting;
use super::fit::{Data, Labels};
use super::pairs::Sample;
use super::responses::Responses;
use super::{Memory, Sampling, Step};
use crate::Result;
use crate::logits::LogitTable;
use crate::policy::Policy;
use crate::seed::Seed;

/// Data of one round from one source.
#[derive(Clone, Debug)]
pub struct Batch {
    /// p_t.
    pub weights: Arc<Vec<f64>>,
    /// ν_t.
    pub law: Arc<Policy>,
    /// a(x,y), the probability that a drawn response is kept; `None` for 1.
    pub accept: Option<Arc<LogitTable>>,
    /// What labels the pairs, where the fit looks at labels.
    pub labels: Option<Labelling>,
    /// Its part of a round's data, in the population.
    pub share: f64,
    /// Number of prompts (with a pair of responses, or one) that are drawn.
    pub samples: u64,
    /// How they are drawn.
    pub sampling: Sampling,
    /// The round in which it was drawn.
    pub round: usize,
    pub(super) seed: Seed,
    pub(super) count: Counting,
}

/// What a label is drawn by: the reward of the round in which the pair was drawn, and the law of labels.
#[derive(Clone, Debug)]
pub struct Labelling {
    /// r(x,y).
    pub reward: Arc<LogitTable>,
    /// Where each pair has a vote of its own: the law of the winner.
    pub vote: Option<Arc<Policy>>,
    /// From a difference of rewards to a probability.
    pub labels: Labels,
}

impl Labelling {
    /// P(y ≻ y') at a prompt.
    pub fn prefers(&self, prompt: usize, y: u32, other: u32) -> f64 {
        match &self.vote {
            None => {
                let row = self.reward.row(prompt);
                self.labels.prefers(row.logit(y) - row.logit(other))
            }
            // The vote has one winner, or none of the two.
            Some(law) => {
                let (won, lost) = (law.prob(prompt, y), law.prob(prompt, other));
                let neither = (1.0 - won - lost).max(0.0);
                won * self.labels.prefers(1.0) + lost * self.labels.prefers(-1.0) + neither * self.labels.prefers(0.0)
            }
        }
    }
}

impl Batch {
    /// The pairs that were drawn.
    pub fn pairs(&self) -> Sample<'_> {
        Sample::draw(&self.weights, &self.law, self.samples, self.sampling, &self.seed, self.round)
    }

    /// The responses that were drawn and kept.
    pub fn responses(&self) -> Responses<'_> {
        Responses::draw(self)
    }

    /// The seed of the batch's streams.
    pub fn seed(&self) -> &Seed {
        &self.seed
    }

    /// a(x,y).
    pub fn acceptance(&self, prompt: usize, response: u32) -> f64 {
        accept::acceptance(self.accept.as_ref(), prompt, response)
    }
}

/// What the round draws: its own batch, and the replayed one where there is one.
pub(super) fn fresh(step: &Step<'_>) -> Result<Vec<Batch>> {
    let process = step.process;
    let Some(weights) = process.prompts.weights(step.instance.weights(), step.policy()) else { return Ok(Vec::new()) };
    let drawn = process.candidates.drawn(step, &weights)?;
    let drawn = process.accept.of_law(step, drawn, &weights)?;
    let labels = match process.fit.data() {
        Data::Labels(labels) => {
            let reward = step.reward()?;
            Some(Labelling { reward: reward.table(step.instance), vote: reward.vote, labels })
        }
        Data::Pairs | Data::Responses => None,
    };
    let own = Batch {
        weights,
        law: drawn.law,
        accept: process.accept.table(step.instance)?,
        labels,
        share: 1.0,
        samples: step.samples,
        sampling: step.sampling,
        round: step.round,
        seed: *step.seed,
        count: drawn.count,
    };
    match process.memory {
        Memory::None | Memory::All => Ok(vec![own]),
        Memory::Replay(share) => {
            let replayed = (share * step.samples as f64).round() as u64;
            let replay = Batch {
                weights: Arc::new(step.instance.weights().to_vec()),
                law: Arc::new(uniform(step.policy())),
                accept: None,
                share,
                samples: replayed,
                seed: step.seed.named("batch", "replay"),
                count: Counting::Each(0),
                ..own.clone()
            };
            Ok(vec![Batch { share: 1.0 - share, samples: step.samples - replayed, ..own }, replay])
        }
    }
}

/// The first batch of a likelihood that remembers all rounds: π_0 is the fit of its own responses.
pub(super) fn of_base(step: &Step<'_>) -> Batch {
    Batch {
        weights: Arc::new(step.instance.weights().to_vec()),
        law: Arc::clone(&step.base.policy),
        accept: None,
        labels: None,
        share: 1.0,
        samples: step.samples,
        sampling: step.sampling,
        round: 0,
        seed: step.seed.named("batch", "base"),
        count: Counting::Each(1),
    }
}

/// The uniform law over each prompt's responses.
fn uniform(policy: &Policy) -> Policy {
    let mut table = LogitTable::default();
    policy.logits().rows().for_each(|row| table.push([], 0.0, row.responses() as u32));
    Policy::from_logits(Arc::new(table))
}
