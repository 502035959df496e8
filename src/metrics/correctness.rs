//! Quantities of the correct responses: ρ(x) = π(correct|x), over the prompts whose correct responses are known.

use super::policy::expectation;
use crate::instance::Correct;
use crate::logits::{LogitTable, joint_levels};
use crate::policy::Policy;

/// The mean of f over the known prompts that `of` holds, weighed by p(x); `None` if these have no weight.
fn mean(
    weights: &[f64],
    correct: &Correct,
    of: impl Fn(usize) -> bool,
    f: impl Fn(usize) -> Option<f64>,
) -> Option<f64> {
    let known = |x: usize| correct.at(x).is_some() && of(x);
    let sum = expectation(weights, |x| if known(x) { f(x).unwrap_or(0.0) } else { 0.0 });
    if (0..weights.len()).all(known) {
        return Some(sum);
    }
    let weight = expectation(weights, |x| f64::from(u8::from(known(x))));
    (weight > 0.0).then(|| sum / weight)
}

/// J = E_x ρ(x).
///
/// ```
/// use std::sync::Arc;
/// use selfreward::instance::Correct;
/// use selfreward::logits::LogitTable;
/// use selfreward::metrics::correctness::correct_probability;
/// use selfreward::policy::Policy;
///
/// let mut table = LogitTable::default();
/// table.push_dense(&[3f64.ln(), 0.0]);
/// table.push_dense(&[0.0, 0.0]);
/// let policy = Policy::from_logits(Arc::new(table));
/// let correct = Correct::new(vec![Some(vec![0]), Some(vec![0, 1])], |_| 2)?;
/// // ρ is 3/4 and 1.
/// assert!((correct_probability(&[0.5, 0.5], &policy, &correct).expect("known") - 0.875).abs() < 1e-15);
/// # Ok::<(), selfreward::Error>(())
/// ```
pub fn correct_probability(weights: &[f64], policy: &Policy, correct: &Correct) -> Option<f64> {
    correct_probability_of(weights, policy, correct, |_| true)
}

/// As [`correct_probability`], over the prompts that `of` holds.
pub fn correct_probability_of(
    weights: &[f64],
    policy: &Policy,
    correct: &Correct,
    of: impl Fn(usize) -> bool,
) -> Option<f64> {
    let right = |x: usize| correct.masses(policy, x).map(|(right, _)| right);
    mean(weights, correct, of, right).map(|mean| mean.min(1.0))
}

/// P_x[y*(x) is correct] over the prompts that `of` holds.
pub fn accuracy_of(weights: &[f64], policy: &Policy, correct: &Correct, of: impl Fn(usize) -> bool) -> Option<f64> {
    let right = |x: usize| correct.holds(x, policy.head(x).modal).map(|holds| f64::from(u8::from(holds)));
    mean(weights, correct, of, right).map(|mean| mean.min(1.0))
}

/// E_x E_{y~π} r(x,y) over the prompts that `of` holds, in the reward's unit; `None` if these have no weight.
///
/// ```
/// use std::sync::Arc;
/// use selfreward::logits::LogitTable;
/// use selfreward::metrics::correctness::expected_reward_of;
/// use selfreward::policy::Policy;
///
/// let (mut table, mut reward) = (LogitTable::default(), LogitTable::default());
/// table.push_dense(&[3f64.ln(), 0.0]);
/// reward.push_dense(&[1.0, -1.0]);
/// let policy = Policy::from_logits(Arc::new(table));
/// let expected = expected_reward_of(&[1.0], &policy, &reward, |_| true).expect("a prompt of weight 1");
/// assert!((expected - 0.5).abs() < 1e-15);
/// ```
pub fn expected_reward_of(
    weights: &[f64],
    policy: &Policy,
    reward: &LogitTable,
    of: impl Fn(usize) -> bool,
) -> Option<f64> {
    let mean = |x: usize| {
        let head = policy.head(x);
        joint_levels(policy.row(x), reward.row(x)).map(|(logit, r, count)| count * head.prob(logit) * r).sum::<f64>()
    };
    let weight = expectation(weights, |x| f64::from(u8::from(of(x))));
    (weight > 0.0).then(|| expectation(weights, |x| if of(x) { mean(x) } else { 0.0 }) / weight)
}

/// E_x[1/ρ(x)] ≥ 1, the condition number of accepting what is correct; +∞ if a prompt has ρ(x) = 0.
pub fn acceptance_condition(weights: &[f64], policy: &Policy, correct: &Correct) -> Option<f64> {
    // 1/ρ = 1 + (1−ρ)/ρ, both sums with their own digits.
    let excess =
        |x: usize| correct.masses(policy, x).map(|(right, wrong)| if wrong > 0.0 { wrong / right } else { 0.0 });
    mean(weights, correct, |_| true, excess).map(|mean| 1.0 + mean)
}

/// E_x arccos √ρ(x) in [0, π/2], radians; with digits also where ρ is near 1.
pub fn circle_angle(weights: &[f64], policy: &Policy, correct: &Correct) -> Option<f64> {
    let angle = |x: usize| correct.masses(policy, x).map(|(right, wrong)| wrong.sqrt().atan2(right.sqrt()));
    mean(weights, correct, |_| true, angle)
}

/// E_x log ρ(x)/(1 − ρ(x)), nats: the log-odds of a correct answer, with digits however sure the policy is; `None` too where it is +∞ at
/// some prompt and −∞ at another.
pub fn log_odds(weights: &[f64], policy: &Policy, correct: &Correct) -> Option<f64> {
    mean(weights, correct, |_| true, |x| correct.log_odds(policy, x)).filter(|mean| !mean.is_nan())
}
