//! Laws of selected candidates, as functions of one prompt's distribution.
//!
//! A loop need not train on plain draws: it may keep the likeliest of N, the answer that most of N voters gave, the
//! first one of which the policy is sure. The law of what is kept is a closed form of the distribution that the draws
//! come from. It is computed here as log-probabilities, so that what loses keeps its digits however unlikely it
//! becomes; responses that share a logit are handled as one, so that 10^6 of them cost what one costs.
//!
//! | function | what is kept |
//! | --- | --- |
//! | [`best_of`] | the highest ranked of N draws |
//! | [`adaptive`](adaptive()) | the highest ranked of N_μ draws, N_μ being a stopping rule |
//! | [`plurality`](plurality()) | the answer that N draws give most often |
//! | [`curation`](curation()) | one of k draws, with probability ∝ e^r |
//! | [`gate`](gate()) | the first draw of which the policy is sure enough, or the last |
//! | [`power`](power()), [`mixture`](mixture()) | a draw of the law ∝ π^s, of either of two laws |

pub mod adaptive;
mod cells;
mod counts;
pub mod curation;
pub mod gate;
pub mod gauss;
mod geometric;
mod levels;
mod logs;
pub mod plurality;
pub mod selection;
pub mod transform;

pub use adaptive::{Adaptive, adaptive};
pub use curation::curation;
pub use gate::{Gate, gate};
pub use plurality::{MOST_VOTES, plurality};
pub(super) use plurality::{check_votes, check_votes_on};
pub use selection::best_of;
pub use transform::{mixture, power};

use crate::logits::{Atom, LogitTable, Row};
use crate::policy::{Head, Policy};

/// One prompt's distribution: the softmax of a row of logits, with its head.
#[derive(Clone, Copy, Debug)]
pub struct Distribution<'a> {
    /// The logits.
    pub row: Row<'a>,
    /// The head of their softmax.
    pub head: Head,
}

impl<'a> Distribution<'a> {
    /// The softmax of a row, whose logits may be −∞ where the probability is 0, not all of them.
    pub fn new(row: Row<'a>) -> Self {
        Self { row, head: Head::of(row) }
    }

    /// π(·|x) of a policy.
    pub fn of(policy: &'a Policy, prompt: usize) -> Self {
        Self { row: policy.row(prompt), head: *policy.head(prompt) }
    }

    /// log π(y|x), in nats; −∞ for a response of probability 0.
    pub fn log_prob(&self, response: u32) -> f64 {
        self.head.log_prob(self.row.logit(response))
    }
}

/// A law over the responses to one prompt; its logits are log-probabilities, normalised up to rounding.
#[derive(Clone, Debug, PartialEq)]
pub struct Law {
    /// Responses with a probability of their own, by ascending index; their logits are log-probabilities in [−∞, 0].
    pub atoms: Vec<Atom>,
    /// The log-probability of every other response; means nothing if there is none.
    pub rest_logit: f64,
    /// How many other responses there are.
    pub rest: u32,
}

impl Law {
    /// The law as a row of logits.
    pub fn row(&self) -> Row<'_> {
        Row { atoms: &self.atoms, rest_logit: self.rest_logit, rest: self.rest }
    }

    /// The law as a distribution, from which a further law can be made.
    pub fn distribution(&self) -> Distribution<'_> {
        Distribution::new(self.row())
    }

    /// The log-probability of a response, in nats; −∞ for probability 0.
    pub fn log_prob(&self, response: u32) -> f64 {
        self.row().logit(response)
    }

    /// Appends the law to a table as its next prompt. A policy made of the table draws from the laws.
    pub fn push_to(&self, table: &mut LogitTable) {
        table.push(self.atoms.iter().copied(), self.rest_logit, self.rest);
    }
}
