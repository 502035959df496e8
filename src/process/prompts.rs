//! Whose prompts a round draws.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use crate::instance::Instance;
use crate::policy::Policy;
use crate::settings::{Form, Key, Section};
use crate::{Error, Result};

/// The law of a round's prompts.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum PromptLaw {
    /// p.
    #[default]
    All,
    /// p restricted to the prompts with max_y π_t(y|x) ≤ c, divided by their mass; n stays the same. A round without such a prompt
    /// changes nothing, and is counted.
    ConfidenceAtMost(f64),
    /// p restricted to the prompts of this level.
    Level(i64),
    /// p restricted to the prompts of one level: the levels in ascending order, each for so many rounds, the last for all that are
    /// left.
    RoundsPerLevel(u64),
}

/// The key of this choice.
pub(super) const KEYS: &[Key] = &[Key::of_process(
    "prompts",
    Form::WordOrTables(
        &["all"],
        &[
            &[("confidence_at_most", Form::Real, None)],
            &[("level", Form::Whole(0, 1 << 53), None)],
            &[("rounds_per_level", Form::Whole(1, u32::MAX as u64), None)],
        ],
    ),
    "\"all\", { confidence_at_most = c } (only prompts with max_y π_t(y|x) ≤ c), { level = l } (only prompts of the instance's level l), or { rounds_per_level = R } (the levels in ascending order, R rounds each, the last to the end)",
    "\"all\"",
)];

impl fmt::Display for PromptLaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => write!(f, "\"all\""),
            Self::ConfidenceAtMost(most) => write!(f, "{{ confidence_at_most = {most} }}"),
            Self::Level(level) => write!(f, "{{ level = {level} }}"),
            Self::RoundsPerLevel(rounds) => write!(f, "{{ rounds_per_level = {rounds} }}"),
        }
    }
}

impl PromptLaw {
    /// As it is written.
    pub(super) fn read(process: &Section<'_>) -> Self {
        let whole = |name: &str| process.inner_whole("prompts", name);
        match (process.inner("prompts", "confidence_at_most"), whole("level"), whole("rounds_per_level")) {
            (Some(most), _, _) => Self::ConfidenceAtMost(most),
            (_, Some(level), _) => Self::Level(level as i64),
            (_, _, Some(rounds)) => Self::RoundsPerLevel(rounds),
            _ => Self::All,
        }
    }

    /// Checks what is wrong on any instance.
    ///
    /// # Errors
    /// [`Error::Argument`] for a number out of range.
    pub(super) fn check(&self) -> Result<()> {
        match *self {
            Self::ConfidenceAtMost(most) if !(most > 0.0 && most <= 1.0) => {
                Err(Error::argument("process.prompts.confidence_at_most", most, "a number in (0, 1]"))
            }
            Self::RoundsPerLevel(0) => Err(Error::argument("process.prompts.rounds_per_level", 0, "at least 1")),
            _ => Ok(()),
        }
    }

    /// Checks what it asks of the instance: levels, and the one that it names among them.
    ///
    /// # Errors
    /// [`Error::Argument`] with what the instance lacks.
    pub(super) fn check_on(&self, instance: &Instance) -> Result<()> {
        let expected = match (self, instance.levels()) {
            (Self::All | Self::ConfidenceAtMost(_), _) | (Self::RoundsPerLevel(_), Some(_)) => return Ok(()),
            (Self::Level(level), Some(levels)) if levels.contains(level) => return Ok(()),
            (Self::Level(_), Some(_)) => "a level of some prompt",
            (_, None) => "\"all\": the instance has no levels",
        };
        Err(Error::argument("process.prompts", self, expected))
    }

    /// p_t for the policy of round t, from 0; `None` where no prompt is left.
    ///
    /// ```
    /// use selfreward::instance::{FeatureMap, Instance, Parameter};
    /// use selfreward::logits::LogitTable;
    /// use selfreward::process::PromptLaw;
    ///
    /// let mut table = LogitTable::default();
    /// table.push_dense(&[5.0, 0.0]);
    /// table.push_dense(&[0.1, 0.0]);
    /// let features = FeatureMap::one_hot(vec![2, 2]);
    /// let instance = Instance::new(vec![0.5, 0.5], features, Parameter::tabular(table), None)?.with_levels(vec![3, 7])?;
    /// let policy = instance.policy(instance.base());
    /// let of = |law: PromptLaw, round| law.weights(&instance, &policy, round).expect("one is left").to_vec();
    /// // The first prompt is sure: only the second is left.
    /// assert_eq!(of(PromptLaw::ConfidenceAtMost(0.9), 0), [0.0, 1.0]);
    /// // A level of its own, and the levels in ascending order.
    /// assert_eq!(of(PromptLaw::Level(7), 0), [0.0, 1.0]);
    /// assert_eq!(of(PromptLaw::RoundsPerLevel(2), 1), [1.0, 0.0]);
    /// assert_eq!(of(PromptLaw::RoundsPerLevel(2), 2), [0.0, 1.0]);
    /// # Ok::<(), selfreward::Error>(())
    /// ```
    pub fn weights(&self, instance: &Instance, policy: &Policy, round: usize) -> Option<Arc<Vec<f64>>> {
        let levels = instance.levels().unwrap_or_default();
        let at = |level: i64| restricted(instance.weights(), |x| levels.get(x) == Some(&level));
        match *self {
            Self::All => Some(instance.shared_weights()),
            Self::ConfidenceAtMost(most) => {
                restricted(instance.weights(), |x| policy.head(x).doubt() >= 1.0 - most - 1e-12)
            }
            Self::Level(level) => at(level),
            Self::RoundsPerLevel(rounds) => {
                let ascending: BTreeSet<i64> = levels.iter().copied().collect();
                let place = (round as u64 / rounds.max(1)).min(ascending.len().saturating_sub(1) as u64);
                ascending.into_iter().nth(place as usize).and_then(at)
            }
        }
    }
}

/// p on the prompts that `of` holds, divided by their mass; `None` where they have none.
fn restricted(weights: &[f64], of: impl Fn(usize) -> bool) -> Option<Arc<Vec<f64>>> {
    let kept: Vec<f64> = weights.iter().enumerate().map(|(x, &p)| if of(x) { p } else { 0.0 }).collect();
    let mass: f64 = kept.iter().sum();
    (mass > 0.0).then(|| Arc::new(kept.into_iter().map(|p| p / mass).collect()))
}
