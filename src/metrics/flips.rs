//! Modes that a step moved: from ŷ_t to ŷ_{t+1}.

use super::policy::expectation;
use crate::policy::Policy;

/// The prompts of positive weight whose mode a step moved.
fn flipped<'a>(weights: &'a [f64], before: &'a Policy, after: &'a Policy) -> impl Iterator<Item = usize> + 'a {
    (0..weights.len()).filter(|&x| weights[x] > 0.0 && before.head(x).modal != after.head(x).modal)
}

/// The least π_t(ŷ_{t+1}|x) over the prompts whose mode moved; `None` if none did.
pub fn drift_mass(weights: &[f64], before: &Policy, after: &Policy) -> Option<f64> {
    flipped(weights, before, after).map(|x| before.prob(x, after.head(x).modal)).reduce(f64::min)
}

/// E_x[1{ŷ_{t+1} ≠ ŷ_t} · 2π_t(ŷ_t)π_t(ŷ_{t+1}) (1+β)² (log π_t(ŷ_t) − log π_t(ŷ_{t+1}))²], at most the population loss ε²: a mode that
/// moves to a response of some probability has cost some of the loss.
///
/// ```
/// use std::sync::Arc;
/// use selfreward::logits::LogitTable;
/// use selfreward::metrics::flips::flip_loss;
/// use selfreward::policy::Policy;
///
/// let of = |logits: &[f64]| {
///     let mut table = LogitTable::default();
///     table.push_dense(logits);
///     Policy::from_logits(Arc::new(table))
/// };
/// // π_t = (3/4, 1/4), and the mode moves: 2·(3/4)·(1/4)·(2 log 3)².
/// let loss = flip_loss(&[1.0], &of(&[3f64.ln(), 0.0]), &of(&[0.0, 1.0]), 1.0);
/// assert!((loss - 0.375 * (2.0 * 3f64.ln()).powi(2)).abs() < 1e-14);
/// ```
pub fn flip_loss(weights: &[f64], before: &Policy, after: &Policy, beta: f64) -> f64 {
    expectation(weights, |x| {
        let (head, moved) = (before.head(x), after.head(x).modal);
        let logit = before.row(x).logit(moved);
        let pair = 2.0 * head.prob(head.logit) * head.prob(logit);
        // A pair of probability 0 is none, however large its gap.
        if moved == head.modal || pair == 0.0 { 0.0 } else { pair * ((1.0 + beta) * (head.logit - logit)).powi(2) }
    })
}
