//! The softmax policy of given logits; [`Instance::policy`](crate::instance::Instance::policy) makes those of a parameter θ
//! (Definition 6.1).
//!
//! Everything is kept relative to the prompt's own largest logit: with gaps g(y) = max logit − logit of y ≥ 0 and the
//! *tail* s = Σ_{y≠y*} exp(−g(y)),
//!
//! ```text
//! log π(y|x) = −g(y) − log(1 + s)        π(y*|x) = 1/(1 + s)        1 − π(y*|x) = s/(1 + s)
//! ```
//!
//! No probability is clamped. Logits of 1e-300 and of 1e+200 give finite gaps and probabilities of exactly 0 and 1 where
//! that is what a double can say; 1 − π(y*) keeps its digits down to 1e-308.

use std::ops::Range;
use std::sync::Arc;

use crate::logits::{LogitTable, Row};
use crate::threads::for_each_block;

/// The head of a prompt's distribution: all that the theory asks of a policy at one prompt.
///
/// ```
/// use selfreward::logits::LogitTable;
/// use selfreward::policy::Head;
///
/// let mut table = LogitTable::default();
/// table.push_dense(&[0.0, 2.0, 1.0]);
/// let head = Head::of(table.row(0));
/// assert_eq!((head.modal, head.margin), (1, 1.0));
/// // 1 − π(y*) without the subtraction, here and where the policy is all but sure.
/// let tail = (-2f64).exp() + (-1f64).exp();
/// assert!((head.doubt() - tail / (1.0 + tail)).abs() < 1e-15);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Head {
    /// y*, the modal response (least index on a tie).
    pub modal: u32,
    /// Its logit.
    pub logit: f64,
    /// s = Σ_{y≠y*} exp(logit(y) − logit(y*)) ≥ 0.
    pub tail: f64,
    /// log π(y*|x) − max_{y≠y*} log π(y|x) ≥ 0; +∞ for a prompt with one response.
    pub margin: f64,
}

impl Head {
    /// The head of the softmax of a row; logits may be −∞, not all of them.
    pub fn of(row: Row<'_>) -> Self {
        let (mut modal, mut logit) = (0, f64::NEG_INFINITY);
        for atom in row.atoms {
            if atom.logit > logit {
                (modal, logit) = (atom.response, atom.logit);
            }
        }
        if row.rest > 0 {
            let first = row.rest_response(0);
            if row.rest_logit > logit || (row.rest_logit == logit && first < modal) {
                (modal, logit) = (first, row.rest_logit);
            }
        }
        // The modal response is left out by its identity, so that ties with it stay in the tail.
        let modal_in_rest = row.atoms.binary_search_by_key(&modal, |atom| atom.response).is_err();
        let (mut tail, mut second) = (0.0, f64::NEG_INFINITY);
        let others = row.atoms.iter().filter(|atom| atom.response != modal).map(|atom| (atom.logit, 1.0));
        let rest = f64::from(row.rest - u32::from(modal_in_rest));
        for (other, count) in others.chain((rest > 0.0).then_some((row.rest_logit, rest))) {
            tail += count * (other - logit).exp();
            second = f64::max(second, other);
        }
        Self { modal, logit, tail, margin: logit - second }
    }

    /// log(1/π(y*|x)) = log(1 + s) ≥ 0, in nats.
    #[inline]
    pub fn surprise(&self) -> f64 {
        self.tail.ln_1p()
    }

    /// log π(y|x) of a response with this logit.
    #[inline]
    pub fn log_prob(&self, logit: f64) -> f64 {
        (logit - self.logit) - self.surprise()
    }

    /// π(y|x) of a response with this logit.
    #[inline]
    pub fn prob(&self, logit: f64) -> f64 {
        (logit - self.logit).exp() / (1.0 + self.tail)
    }

    /// 1 − π(y*|x), without cancellation.
    #[inline]
    pub fn doubt(&self) -> f64 {
        self.tail / (1.0 + self.tail)
    }
}

/// A policy: the logits of every response, and the head of every prompt's distribution.
///
/// ```
/// use std::sync::Arc;
/// use selfreward::logits::LogitTable;
/// use selfreward::policy::Policy;
///
/// let mut table = LogitTable::default();
/// table.push_dense(&[1e200, 0.0]);
/// table.push_dense(&[0.0, 0.0]);
/// let policy = Policy::from_logits(Arc::new(table));
/// assert_eq!((policy.prob(0, 0), policy.log_prob(0, 1)), (1.0, -1e200));
/// assert_eq!(policy.prob(1, 1), 0.5);
/// ```
#[derive(Clone, Debug)]
pub struct Policy {
    logits: Arc<LogitTable>,
    heads: Vec<Head>,
}

impl Policy {
    /// The policy with the given logits.
    pub fn from_logits(logits: Arc<LogitTable>) -> Self {
        let mut heads = Vec::with_capacity(logits.prompts());
        let block = |prompts: Range<usize>| -> Vec<Head> { prompts.map(|x| Head::of(logits.row(x))).collect() };
        for_each_block(logits.prompts(), block, |block| heads.extend(block));
        Self { logits, heads }
    }

    /// M.
    pub fn prompts(&self) -> usize {
        self.heads.len()
    }

    /// The logits.
    pub fn logits(&self) -> &LogitTable {
        &self.logits
    }

    /// The logits of one prompt.
    #[inline]
    pub fn row(&self, prompt: usize) -> Row<'_> {
        self.logits.row(prompt)
    }

    /// The head of one prompt's distribution.
    #[inline]
    pub fn head(&self, prompt: usize) -> &Head {
        &self.heads[prompt]
    }

    /// log π(y|x), in nats; −∞ only where the gap itself overflows.
    pub fn log_prob(&self, prompt: usize, response: u32) -> f64 {
        self.heads[prompt].log_prob(self.row(prompt).logit(response))
    }

    /// π(y|x).
    pub fn prob(&self, prompt: usize, response: u32) -> f64 {
        self.heads[prompt].prob(self.row(prompt).logit(response))
    }
}
