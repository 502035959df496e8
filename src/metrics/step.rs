//! Quantities of one step from π_t to π_{t+1} (theory, section 2).

use super::policy::expectation;
use crate::logits::joint_levels;
use crate::policy::Policy;
use crate::process::SampleSummary;

/// Performance gap J_t(π°_t) − J_t(π_{t+1}) ≥ 0 in nats, J_t(π) = E_x E_{y~π} log π_t(y|x), π°_t the point mass on y*_t.
///
/// A sum of non-negative terms: E_x Σ_y π_{t+1}(y|x) [log π_t(y*_t|x) − log π_t(y|x)].
///
/// ```
/// use std::sync::Arc;
/// use selfreward::logits::LogitTable;
/// use selfreward::metrics::step::gap;
/// use selfreward::policy::Policy;
///
/// let of = |odds: f64| {
///     let mut table = LogitTable::default();
///     table.push_dense(&[odds.ln(), 0.0]);
///     Policy::from_logits(Arc::new(table))
/// };
/// // From (3/4, 1/4) to (4/5, 1/5): a fifth still pays log 3.
/// assert!((gap(&[1.0], &of(3.0), &of(4.0)) - 0.2 * 3f64.ln()).abs() < 1e-15);
/// ```
pub fn gap(weights: &[f64], before: &Policy, after: &Policy) -> f64 {
    expectation(weights, |x| {
        let (old, new) = (before.head(x), after.head(x));
        joint_levels(before.row(x), after.row(x))
            .map(|(old_logit, new_logit, count)| {
                let prob = new.prob(new_logit);
                if prob > 0.0 { count * prob * (old.logit - old_logit) } else { 0.0 }
            })
            .sum()
    })
}

/// Concentrability C_{π_{t+1}/π_t} = E_x Σ_y π_{t+1}(y|x)²/π_t(y|x) ≥ 1; may be +∞ where it leaves the range of a double.
///
/// ```
/// use std::sync::Arc;
/// use selfreward::logits::LogitTable;
/// use selfreward::metrics::step::concentrability;
/// use selfreward::policy::Policy;
///
/// let of = |odds: f64| {
///     let mut table = LogitTable::default();
///     table.push_dense(&[odds.ln(), 0.0]);
///     Policy::from_logits(Arc::new(table))
/// };
/// let expected = 0.8 * 0.8 / 0.75 + 0.2 * 0.2 / 0.25;
/// assert!((concentrability(&[1.0], &of(3.0), &of(4.0)) - expected).abs() < 1e-15);
/// ```
pub fn concentrability(weights: &[f64], before: &Policy, after: &Policy) -> f64 {
    expectation(weights, |x| {
        let (old, new) = (before.head(x), after.head(x));
        joint_levels(before.row(x), after.row(x))
            .map(|(old_logit, new_logit, count)| {
                let (old, new) = (old.log_prob(old_logit), new.log_prob(new_logit));
                // A response of probability 0 adds nothing, whatever it had before.
                if new == f64::NEG_INFINITY { 0.0 } else { count * (2.0 * new - old).exp() }
            })
            .sum()
    })
}

/// E_x KL(π_{t+1}‖π_t) = E_x Σ_y π_{t+1}(y|x) log(π_{t+1}(y|x)/π_t(y|x)) ≥ 0, nats; +∞ where π_{t+1} has mass that π_t lacks.
///
/// ```
/// use std::sync::Arc;
/// use selfreward::logits::LogitTable;
/// use selfreward::metrics::step::divergence;
/// use selfreward::policy::Policy;
///
/// let of = |odds: f64| {
///     let mut table = LogitTable::default();
///     table.push_dense(&[odds.ln(), 0.0]);
///     Policy::from_logits(Arc::new(table))
/// };
/// let expected = 0.8 * (0.8f64 / 0.75).ln() + 0.2 * (0.2f64 / 0.25).ln();
/// assert!((divergence(&[1.0], &of(3.0), &of(4.0)) - expected).abs() < 1e-15);
/// ```
pub fn divergence(weights: &[f64], before: &Policy, after: &Policy) -> f64 {
    let sum = expectation(weights, |x| {
        let (old, new) = (before.head(x), after.head(x));
        joint_levels(before.row(x), after.row(x))
            .map(|(old_logit, new_logit, count)| {
                let (old, new) = (old.log_prob(old_logit), new.log_prob(new_logit));
                if new == f64::NEG_INFINITY { 0.0 } else { count * new.exp() * (new - old) }
            })
            .sum()
    });
    // Rounding may leave a sum of both signs just below 0.
    sum.max(0.0)
}

/// Excess of one step, √(C_{π_{t+1}/π_t} / κ_t); the paper takes it to be of order one.
pub fn excess(concentrability: f64, kappa_before: f64) -> f64 {
    (concentrability / kappa_before).sqrt()
}

/// Population loss ε² = E_{x; y,y'~π_t} (Δ^{r̂} − Δ^{r_t})² = 2 uᵀ Cov_t u with u = βθ_{t+1} − (1+β)θ_t: twice the variance of
/// ⟨u, φ⟩ under π_t, averaged over x. +∞ where the step took all probability from one of several responses that had some.
pub fn population_loss(weights: &[f64], before: &Policy, after: &Policy, beta: f64) -> f64 {
    expectation(weights, |x| {
        let (old, new) = (before.head(x), after.head(x));
        // ⟨u, φ⟩ up to a constant per prompt, formed from gaps so that large common logits cancel first.
        let residual =
            |old_logit: f64, new_logit: f64| beta * (new_logit - new.logit) - (1.0 + beta) * (old_logit - old.logit);
        let terms = || {
            joint_levels(before.row(x), after.row(x))
                .map(|(old_logit, new_logit, count)| (count * old.prob(old_logit), residual(old_logit, new_logit)))
                .filter(|(mass, _)| *mass > 0.0)
        };
        if terms().any(|(_, value)| value.is_infinite()) {
            // A pair of a response with another that lives on is infinitely far off; one response alone has no pair.
            let several = joint_levels(before.row(x), after.row(x))
                .filter(|&(old_logit, _, _)| old.prob(old_logit) > 0.0)
                .map(|(_, _, count)| count)
                .sum::<f64>()
                > 1.0;
            return if several { f64::INFINITY } else { 0.0 };
        }
        let mean: f64 = terms().map(|(mass, value)| mass * value).sum();
        2.0 * terms().map(|(mass, value)| mass * (value - mean).powi(2)).sum::<f64>()
    })
}

/// Rank of the span of the sampled differences over the rank of all of them; `None` where there are no differences at all, and where only
/// those that move were drawn.
pub fn rank_fraction(sample: &SampleSummary) -> Option<f64> {
    let rank = sample.rank? as f64;
    (sample.full_rank > 0).then(|| rank / sample.full_rank as f64)
}

/// Sample diversity: the fraction of triples with y ≠ y'.
pub fn diversity(sample: &SampleSummary) -> f64 {
    sample.diverse as f64 / sample.triples as f64
}
