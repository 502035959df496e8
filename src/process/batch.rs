//! A batch of data: whose prompts and responses, how many, and how to draw them again.
//!
//! A batch is a law and a number, not a list: its counts are drawn whenever they are looked at, from streams of its own, and are the
//! same each time. So a loop that remembers all rounds keeps their laws, and no counts.

use std::sync::Arc;

use rand_chacha::ChaCha8Rng;

use super::accept;
use super::candidates::Counting;
use super::fit::{Data, Labels};
use super::pairs::{Sample, prompt_counts};
use super::responses::{Responses, draws_of};
use super::{Loop, Memory, PromptLaw, Sampling, Snapshot, Step};
use crate::Result;
use crate::instance::Instance;
use crate::logits::LogitTable;
use crate::policy::Policy;
use crate::seed::{Purpose, Seed};

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
    /// How often each prompt is drawn, where that was found ahead.
    pub(super) counts: Option<Arc<Vec<u64>>>,
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
        let row = self.reward.row(prompt);
        self.win(row.logit(y), row.logit(other))
    }

    /// P(y ≻ y') where the rewards are these; where each pair has a vote, they are the probabilities to win it, and the vote has one
    /// winner, or none of the two.
    pub(super) fn win(&self, own: f64, other: f64) -> f64 {
        let labels = self.labels;
        if self.vote.is_none() {
            return labels.prefers(own - other);
        }
        if own == other {
            // A response against itself, too: there the two do not exclude each other.
            return 0.5;
        }
        let neither = (1.0 - own - other).max(0.0);
        own * labels.prefers(1.0) + other * labels.prefers(-1.0) + neither * labels.prefers(0.0)
    }
}

impl Batch {
    /// The pairs that were drawn.
    pub fn pairs(&self) -> Sample<'_> {
        let (law, seed) = (&*self.law, &self.seed);
        match &self.counts {
            Some(counts) => Sample::of_counts(counts, law, self.sampling, seed, self.round),
            None => Sample::draw(&self.weights, law, self.samples, self.sampling, seed, self.round),
        }
    }

    /// The responses that were drawn and kept.
    pub fn responses(&self) -> Responses<'_> {
        Responses::draw(self)
    }

    /// Responses drawn for the pairs of candidates, with so many votes for each pair.
    ///
    /// # Errors
    /// None where the batch's laws are those that were sampled.
    pub(super) fn pair_draws(&self, votes: u64) -> Result<u128> {
        let of_votes = u128::from(votes) * u128::from(self.samples);
        let candidates = match &self.count {
            Counting::Each(each) => return Ok(of_votes + 2 * u128::from(*each) * u128::from(self.samples)),
            count => count,
        };
        let (mut total, mut failed) = (of_votes, Ok(()));
        // One stream a prompt; a prompt's responses come one after another.
        let mut stream: Option<(usize, ChaCha8Rng)> = None;
        self.pairs().for_each_response(|prompt, response, count| {
            if stream.as_ref().is_none_or(|(of, _)| *of != prompt) {
                stream = Some((prompt, self.seed.rng(Purpose::Draws, self.round, prompt)));
            }
            let Some((_, rng)) = &mut stream else { return };
            match draws_of(candidates, prompt, response, count, rng) {
                Ok(draws) => total += draws,
                Err(error) => failed = Err(error),
            }
        });
        failed.map(|()| total)
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
    let Some(weights) = process.prompts.weights(step.instance, step.policy(), step.round) else {
        return Ok(Vec::new());
    };
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
        counts: None,
    };
    match process.memory {
        Memory::None | Memory::All | Memory::Kept => Ok(vec![own]),
        Memory::Replay(share) => {
            let replayed = (share * step.samples as f64).round() as u64;
            let replay = Batch {
                weights: step.instance.shared_weights(),
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
pub(super) fn of_base(process: &Loop, instance: &Instance, base: &Snapshot, seed: &Seed) -> Batch {
    Batch {
        weights: instance.shared_weights(),
        law: Arc::clone(&base.policy),
        accept: None,
        labels: None,
        share: 1.0,
        samples: process.samples,
        sampling: process.sampling,
        round: 0,
        seed: seed.named("batch", "base"),
        count: Counting::Each(1),
        counts: None,
    }
}

/// How often each prompt will be drawn in a round, where no policy has a say in it: pairs of all
/// prompts, and nothing remembered.
pub(super) fn counts_ahead(process: &Loop, instance: &Instance, seed: &Seed, round: usize) -> Option<Arc<Vec<u64>>> {
    let pairs = !process.fit.is_population() && process.fit.data() != Data::Responses;
    let free = process.prompts == PromptLaw::All && process.memory == Memory::None;
    (pairs && free && round < process.rounds).then(|| {
        let mut rng = seed.rng(Purpose::Prompts, round, 0);
        Arc::new(prompt_counts(instance.weights(), process.samples, process.sampling, &mut rng))
    })
}

/// The uniform law over each prompt's responses.
fn uniform(policy: &Policy) -> Policy {
    let mut table = LogitTable::default();
    policy.logits().rows().for_each(|row| table.push([], 0.0, row.responses() as u32));
    Policy::from_logits(Arc::new(table))
}
