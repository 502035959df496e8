//! Which responses are correct, by a verdict from outside.

use crate::logits::Row;
use crate::policy::Policy;
use crate::{Error, Result};

/// The correct responses of each prompt, or nothing where they are not known.
///
/// ```
/// use selfreward::instance::Correct;
///
/// // Prompt 0 has the correct responses 1 and 2; of prompt 1 nothing is known.
/// let correct = Correct::new(vec![Some(vec![2, 1]), None], |_| 3)?;
/// assert_eq!(correct.holds(0, 2), Some(true));
/// assert_eq!(correct.holds(1, 0), None);
/// # Ok::<(), selfreward::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Correct {
    /// By ascending index; empty where no response is correct.
    responses: Vec<Option<Vec<u32>>>,
}

impl Correct {
    /// From the correct responses of each prompt, in any order; `count(x)` is K(x).
    ///
    /// # Errors
    /// [`Error::Argument`] for a response that the prompt does not have.
    pub fn new(mut responses: Vec<Option<Vec<u32>>>, count: impl Fn(usize) -> usize) -> Result<Self> {
        for (x, list) in responses.iter_mut().enumerate() {
            let Some(list) = list else { continue };
            list.sort_unstable();
            list.dedup();
            if let Some(&last) = list.last().filter(|last| **last as usize >= count(x)) {
                let expected = format!("an index below the prompt's {} responses", count(x));
                return Err(Error::argument(format!("answer of prompt {x}"), last, expected));
            }
        }
        Ok(Self { responses })
    }

    /// M.
    pub fn prompts(&self) -> usize {
        self.responses.len()
    }

    /// The correct responses of a prompt by ascending index; `None` where they are not known.
    pub fn at(&self, prompt: usize) -> Option<&[u32]> {
        self.responses[prompt].as_deref()
    }

    /// Whether a response is correct; `None` where that is not known.
    pub fn holds(&self, prompt: usize, response: u32) -> Option<bool> {
        self.at(prompt).map(|list| list.binary_search(&response).is_ok())
    }

    /// Whether every prompt's correct responses are known.
    pub fn known_everywhere(&self) -> bool {
        self.responses.iter().all(Option::is_some)
    }

    /// The one correct response of each prompt; `None` if some prompt has none or several.
    pub fn single(&self) -> Option<Vec<Option<u32>>> {
        let one = |list: &Option<Vec<u32>>| match list.as_deref() {
            None => Some(None),
            Some(&[one]) => Some(Some(one)),
            Some(_) => None,
        };
        self.responses.iter().map(one).collect()
    }

    /// ρ(x) = π(correct|x) and 1 − ρ(x), each as a sum of its own terms; `None` where correctness is not known.
    pub fn masses(&self, policy: &Policy, prompt: usize) -> Option<(f64, f64)> {
        let list = self.at(prompt)?;
        let (row, head): (Row<'_>, _) = (policy.row(prompt), policy.head(prompt));
        let (mut right, mut wrong, mut right_in_rest) = (0.0, 0.0, 0);
        for atom in row.atoms {
            let mass = if list.binary_search(&atom.response).is_ok() { &mut right } else { &mut wrong };
            *mass += head.prob(atom.logit);
        }
        let is_atom = |response: &u32| row.atoms.binary_search_by_key(response, |atom| atom.response).is_ok();
        right_in_rest += list.iter().filter(|response| !is_atom(response)).count();
        if row.rest > 0 {
            let each = head.prob(row.rest_logit);
            right += right_in_rest as f64 * each;
            wrong += (row.rest as usize - right_in_rest) as f64 * each;
        }
        Some((right.min(1.0), wrong.min(1.0)))
    }

    /// log ρ(x)/(1 − ρ(x)), nats, with its digits however sure the policy is: ±∞ where no response (no wrong one) has a logit above −∞;
    /// `None` where correctness is not known.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use selfreward::instance::Correct;
    /// use selfreward::logits::LogitTable;
    /// use selfreward::policy::Policy;
    ///
    /// let mut table = LogitTable::default();
    /// table.push_dense(&[0.0, 2000.0, 2000.0]);
    /// let policy = Policy::from_logits(Arc::new(table));
    /// let correct = Correct::new(vec![Some(vec![0])], |_| 3)?;
    /// assert_eq!(correct.log_odds(&policy, 0), Some(-2000.0 - 2f64.ln()));
    /// # Ok::<(), selfreward::Error>(())
    /// ```
    pub fn log_odds(&self, policy: &Policy, prompt: usize) -> Option<f64> {
        let list = self.at(prompt)?;
        let row = policy.row(prompt);
        let is_right = |response: u32| list.binary_search(&response).is_ok();
        let is_atom = |response: &u32| row.atoms.binary_search_by_key(response, |atom| atom.response).is_ok();
        let in_rest = list.iter().filter(|response| !is_atom(response)).count() as f64;
        let of = |right: bool| {
            let rest = if right { in_rest } else { f64::from(row.rest) - in_rest };
            let atoms = row.atoms.iter().filter(|atom| is_right(atom.response) == right).map(|atom| (atom.logit, 1.0));
            let all = || atoms.clone().chain((rest > 0.0).then_some((row.rest_logit, rest)));
            let top = all().map(|(logit, _)| logit).fold(f64::NEG_INFINITY, f64::max);
            if top == f64::NEG_INFINITY {
                return top;
            }
            top + all().map(|(logit, count)| count * (logit - top).exp()).sum::<f64>().ln()
        };
        Some(of(true) - of(false))
    }
}
