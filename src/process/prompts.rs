//! Whose prompts a round draws.

use std::fmt;
use std::sync::Arc;

use crate::policy::Policy;
use crate::settings::{Form, Key, Section};

/// The law of a round's prompts.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum PromptLaw {
    /// p.
    #[default]
    All,
    /// p restricted to the prompts with max_y π_t(y|x) ≤ c, divided by their mass; n stays the same. A round without such a prompt
    /// changes nothing, and is counted.
    ConfidenceAtMost(f64),
}

/// The key of this choice.
pub(super) const KEYS: &[Key] = &[Key::of_process(
    "prompts",
    Form::WordOrTables(&["all"], &[&[("confidence_at_most", Form::Real, None)]]),
    "\"all\", or { confidence_at_most = c }: only prompts with max_y π_t(y|x) ≤ c",
    "\"all\"",
)];

impl fmt::Display for PromptLaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => write!(f, "\"all\""),
            Self::ConfidenceAtMost(most) => write!(f, "{{ confidence_at_most = {most} }}"),
        }
    }
}

impl PromptLaw {
    /// As it is written.
    pub(super) fn read(process: &Section<'_>) -> Self {
        process.inner("prompts", "confidence_at_most").map_or(Self::All, Self::ConfidenceAtMost)
    }

    /// p_t for the policy of the round; `None` where no prompt is left.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use selfreward::logits::LogitTable;
    /// use selfreward::policy::Policy;
    /// use selfreward::process::PromptLaw;
    ///
    /// let mut table = LogitTable::default();
    /// table.push_dense(&[5.0, 0.0]);
    /// table.push_dense(&[0.1, 0.0]);
    /// let policy = Policy::from_logits(Arc::new(table));
    /// let weights = PromptLaw::ConfidenceAtMost(0.9).weights(&Arc::new(vec![0.5, 0.5]), &policy);
    /// // The first prompt is sure: only the second is left.
    /// assert_eq!(*weights.expect("one is left"), vec![0.0, 1.0]);
    /// ```
    pub fn weights(&self, weights: &Arc<Vec<f64>>, policy: &Policy) -> Option<Arc<Vec<f64>>> {
        match *self {
            Self::All => Some(Arc::clone(weights)),
            Self::ConfidenceAtMost(most) => {
                let open = |x: usize| policy.head(x).doubt() >= 1.0 - most - 1e-12;
                let kept: Vec<f64> = weights.iter().enumerate().map(|(x, &p)| if open(x) { p } else { 0.0 }).collect();
                let mass: f64 = kept.iter().sum();
                (mass > 0.0).then(|| Arc::new(kept.into_iter().map(|p| p / mass).collect()))
            }
        }
    }
}
