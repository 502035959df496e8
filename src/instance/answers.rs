//! Groups of prompts whose favoured response is right or wrong: the least instance on which accuracy can rise and fall.

use super::{Correct, FeatureMap, Instance, Parameter};
use crate::logits::{Atom, LogitTable};
use crate::{Error, Result};

/// Prompts that are alike; the instance has one prompt of their whole mass.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Group {
    /// p(x) > 0.
    pub share: f64,
    /// Logit of the favoured response over that of the others ≥ 0, nats.
    pub gap: f64,
    /// Whether the favoured response is the correct one.
    pub right: bool,
}

/// Description of a tabular instance with a prompt for each group, in their order.
///
/// At every prompt response 0 is the favoured one. The one correct response is 0 where the group is right, else 1. The reward is 1 for
/// the correct response and 0 for the others, and the level of a prompt is its group's number, from 0. Nothing is drawn.
///
/// ```
/// use selfreward::instance::answers::{Answers, Group};
///
/// let groups = vec![Group { share: 0.8, gap: 2.0, right: true }, Group { share: 0.2, gap: 0.1, right: false }];
/// let instance = Answers { groups, responses: 2 }.instance()?;
/// let policy = instance.policy(instance.base());
/// // P[correct] = σ(2) in the first group and σ(−0.1) in the second.
/// assert!((policy.prob(0, 0) - 1.0 / (1.0 + (-2f64).exp())).abs() < 1e-15);
/// assert!((policy.prob(1, 1) - 1.0 / (1.0 + 0.1f64.exp())).abs() < 1e-15);
/// # Ok::<(), selfreward::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Answers {
    /// One prompt for each; the shares sum to 1 to within 1e-6.
    pub groups: Vec<Group>,
    /// K, the same for every prompt; at least 2 where a group is wrong.
    pub responses: u32,
}

impl Answers {
    /// The instance.
    ///
    /// # Errors
    /// [`Error::Argument`] for values out of range.
    pub fn instance(&self) -> Result<Instance> {
        self.check()?;
        let mut table = LogitTable::default();
        for group in &self.groups {
            table.push([Atom { response: 0, logit: group.gap }], 0.0, self.responses - 1);
        }
        let mut reward = LogitTable::default();
        let correct: Vec<u32> = self.groups.iter().map(|group| u32::from(!group.right)).collect();
        correct.iter().for_each(|&one| reward.push([Atom { response: one, logit: 1.0 }], 0.0, self.responses - 1));
        let lists = correct.into_iter().map(|one| Some(vec![one])).collect();
        let features = FeatureMap::one_hot(vec![self.responses; self.groups.len()]);
        let weights = self.groups.iter().map(|group| group.share).collect();
        Instance::new(weights, features, Parameter::tabular(table), None)?
            .with_correct(Correct::new(lists, |_| self.responses as usize)?)?
            .with_reward(reward)?
            .with_levels((0..self.groups.len() as i64).collect())
    }

    fn check(&self) -> Result<()> {
        if self.groups.is_empty() {
            return Err(Error::argument("instance.groups", "[]", "at least one group"));
        }
        for (i, group) in self.groups.iter().enumerate() {
            let wrong = |key: &str, value: f64, expected: &str| {
                Err(Error::argument(format!("instance.groups[{i}].{key}"), value, expected))
            };
            if !(group.share.is_finite() && group.share > 0.0) {
                return wrong("share", group.share, "a finite number > 0");
            }
            if !(group.gap.is_finite() && group.gap >= 0.0) {
                return wrong("gap", group.gap, "a finite number ≥ 0");
            }
        }
        let sum: f64 = self.groups.iter().map(|group| group.share).sum();
        if (sum - 1.0).abs() > super::ENTRY_TOLERANCE {
            return Err(Error::argument("sum of the shares of instance.groups", sum, "1, to within 1e-6"));
        }
        let least = if self.groups.iter().all(|group| group.right) { 1 } else { 2 };
        if self.responses < least {
            let expected = format!("at least {least}, so that each prompt has its correct response");
            return Err(Error::argument("instance.responses", self.responses, expected));
        }
        Ok(())
    }
}
