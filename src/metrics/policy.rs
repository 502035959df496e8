//! Quantities of one policy (theory, section 2).

use crate::instance::{Correct, FeatureMap, Instance, Parameter};
use crate::logits::LogitTable;
use crate::policy::{Head, Policy};

/// Σ_x p(x) f(x) over prompts with p(x) > 0.
pub(super) fn expectation(weights: &[f64], f: impl Fn(usize) -> f64) -> f64 {
    weights.iter().enumerate().filter(|(_, p)| **p > 0.0).map(|(x, p)| p * f(x)).sum()
}

/// P_x[event]; the weights sum to one up to rounding, which must not lead beyond one.
pub(super) fn probability(weights: &[f64], event: impl Fn(usize) -> bool) -> f64 {
    expectation(weights, |x| f64::from(u8::from(event(x)))).min(1.0)
}

fn heads<'a>(weights: &'a [f64], policy: &'a Policy) -> impl Iterator<Item = &'a Head> {
    (0..policy.prompts()).filter(|&x| weights[x] > 0.0).map(|x| policy.head(x))
}

/// Policy condition number κ(π) = E_x[1/max_y π(y|x)] ≥ 1 (Eq. 5).
///
/// ```
/// use std::sync::Arc;
/// use selfreward::logits::LogitTable;
/// use selfreward::metrics::policy::kappa;
/// use selfreward::policy::Policy;
///
/// let mut table = LogitTable::default();
/// table.push_dense(&[3f64.ln(), 0.0]);
/// table.push_dense(&[0.0, 0.0, 0.0]);
/// let policy = Policy::from_logits(Arc::new(table));
/// // 1/max π is 4/3 and 3.
/// assert!((kappa(&[0.5, 0.5], &policy) - (4.0 / 3.0 + 3.0) / 2.0).abs() < 1e-15);
/// ```
pub fn kappa(weights: &[f64], policy: &Policy) -> f64 {
    1.0 + kappa_minus_one(weights, policy)
}

/// κ(π) − 1 = E_x Σ_{y≠y*} π(y|x)/π(y*|x) ≥ 0, without the cancellation of forming κ first.
pub fn kappa_minus_one(weights: &[f64], policy: &Policy) -> f64 {
    expectation(weights, |x| policy.head(x).tail)
}

/// Failure rate F(δ) = P_x[π(y*(x)|x) ≤ 1 − δ], y* the policy's own mode (Theorems 4.1, 5.3, 6.2); 0 < δ < 1.
///
/// ```
/// use std::sync::Arc;
/// use selfreward::logits::LogitTable;
/// use selfreward::metrics::policy::failure;
/// use selfreward::policy::Policy;
///
/// let mut table = LogitTable::default();
/// table.push_dense(&[3f64.ln(), 0.0]);
/// table.push_dense(&[0.0, 0.0, 0.0]);
/// let policy = Policy::from_logits(Arc::new(table));
/// // max π is 3/4 and 1/3: the second prompt fails at δ = 1/2, both at δ = 1/5.
/// assert_eq!([0.5, 0.2].map(|delta| failure(&[0.9, 0.1], &policy, delta)), [0.1, 1.0]);
/// ```
pub fn failure(weights: &[f64], policy: &Policy, delta: f64) -> f64 {
    probability(weights, |x| policy.head(x).doubt() >= delta)
}

/// P_x[π(y°(x)|x) ≤ 1 − δ] with y° the mode of another policy: the comparator failure F°(δ) of Lemma C.1 if that is π_t and
/// `policy` is π_{t+1}; the base failure if it is π_0.
pub fn comparator_failure(weights: &[f64], comparator: &Policy, policy: &Policy, delta: f64) -> f64 {
    probability(weights, |x| {
        let (head, response) = (policy.head(x), comparator.head(x).modal);
        // Where the mode is the same, 1 − π keeps its digits; elsewhere π ≤ 1/2 and nothing cancels.
        let doubt = if head.modal == response { head.doubt() } else { 1.0 - policy.prob(x, response) };
        doubt >= delta
    })
}

/// E_x[1 − Σ_y π(y|x)²] in [0, 1): the probability that two answers differ, the heterozygosity of the Wright–Fisher model.
///
/// ```
/// use std::sync::Arc;
/// use selfreward::logits::LogitTable;
/// use selfreward::metrics::policy::disagreement;
/// use selfreward::policy::Policy;
///
/// let mut table = LogitTable::default();
/// table.push_dense(&[3f64.ln(), 0.0]);
/// let policy = Policy::from_logits(Arc::new(table));
/// assert!((disagreement(&[1.0], &policy) - 2.0 * 0.75 * 0.25).abs() < 1e-15);
/// ```
pub fn disagreement(weights: &[f64], policy: &Policy) -> f64 {
    expectation(weights, |x| {
        let (row, head) = (policy.row(x), policy.head(x));
        // Each answer beside all others: with p the mode's probability its own term is p(1 − p), which keeps its digits.
        let of = |response: Option<u32>, logit: f64| {
            let p = head.prob(logit);
            p * if response == Some(head.modal) { head.doubt() } else { 1.0 - p }
        };
        let atoms: f64 = row.atoms.iter().map(|atom| of(Some(atom.response), atom.logit)).sum();
        let modal_in_rest = row.atoms.binary_search_by_key(&head.modal, |atom| atom.response).is_err();
        let others = f64::from(row.rest - u32::from(modal_in_rest));
        let mode = if modal_in_rest { of(Some(head.modal), head.logit) } else { 0.0 };
        let rest = if others > 0.0 { others * of(None, row.rest_logit) } else { 0.0 };
        atoms + mode + rest
    })
}

/// Drift P_x[y*(x) ≠ y*_0(x)]: how much of the base model's choice was left behind.
///
/// ```
/// use std::sync::Arc;
/// use selfreward::logits::LogitTable;
/// use selfreward::metrics::policy::drift;
/// use selfreward::policy::Policy;
///
/// let of = |second: f64| {
///     let mut table = LogitTable::default();
///     table.push_dense(&[1.0, 0.0]);
///     table.push_dense(&[0.0, second]);
///     Policy::from_logits(Arc::new(table))
/// };
/// assert_eq!(drift(&[0.7, 0.3], &of(1.0), &of(-1.0)), 0.3);
/// ```
pub fn drift(weights: &[f64], base: &Policy, policy: &Policy) -> f64 {
    probability(weights, |x| policy.head(x).modal != base.head(x).modal)
}

/// E_x π(y°(x)|x) with y° the mode of another policy: the base probability if that is π_0.
pub fn comparator_probability(weights: &[f64], comparator: &Policy, policy: &Policy) -> f64 {
    expectation(weights, |x| policy.prob(x, comparator.head(x).modal)).min(1.0)
}

/// P_x[`decoded`(x) = y°(x)]: how often decoding found the mode y° of a policy (Proposition 4.3: not always the one decoded).
pub fn decoding_success(weights: &[f64], decoded: &[u32], policy: &Policy) -> f64 {
    probability(weights, |x| decoded[x] == policy.head(x).modal)
}

/// Margin min_x [log π(y*|x) − max_{y≠y*} log π(y|x)] ≥ 0 in nats (Definition 5.2 at one t); +∞ if every prompt has one response.
pub fn margin(weights: &[f64], policy: &Policy) -> f64 {
    heads(weights, policy).map(|head| head.margin).fold(f64::INFINITY, f64::min)
}

/// Least confidence min_x max_y π(y|x) ∈ (0, 1] (Definition 5.2 at one t).
pub fn min_confidence(weights: &[f64], policy: &Policy) -> f64 {
    1.0 / (1.0 + heads(weights, policy).map(|head| head.tail).fold(0.0, f64::max))
}

/// Entropy E_x H(π(·|x)) ≥ 0, in nats.
///
/// ```
/// use std::sync::Arc;
/// use selfreward::logits::LogitTable;
/// use selfreward::metrics::policy::entropy;
/// use selfreward::policy::Policy;
///
/// let mut table = LogitTable::default();
/// table.push_dense(&[3f64.ln(), 0.0]);
/// table.push_dense(&[0.0, 0.0, 0.0]);
/// let policy = Policy::from_logits(Arc::new(table));
/// let first = -(0.75 * 0.75f64.ln() + 0.25 * 0.25f64.ln());
/// assert!((entropy(&[0.5, 0.5], &policy) - (first + 3f64.ln()) / 2.0).abs() < 1e-15);
/// ```
pub fn entropy(weights: &[f64], policy: &Policy) -> f64 {
    expectation(weights, |x| {
        // H = log(1+s) + Σ π(y) g(y), with g the gap to the largest logit.
        let head = policy.head(x);
        let spread: f64 = policy
            .row(x)
            .levels()
            .map(|(logit, count)| {
                let prob = head.prob(logit);
                if prob > 0.0 { count * prob * (head.logit - logit) } else { 0.0 }
            })
            .sum();
        head.surprise() + spread
    })
}

/// E_x KL(π°‖π) = E_x log(1/max_y π(y|x)) ≥ 0 in nats, π° the point mass on the mode; at most log κ.
pub fn kl(weights: &[f64], policy: &Policy) -> f64 {
    expectation(weights, |x| policy.head(x).surprise())
}

/// Accuracy P_x[y*(x) is correct] over the prompts whose correct responses are known; `None` if these have no weight.
///
/// ```
/// use std::sync::Arc;
/// use selfreward::instance::Correct;
/// use selfreward::logits::LogitTable;
/// use selfreward::metrics::policy::accuracy;
/// use selfreward::policy::Policy;
///
/// let mut table = LogitTable::default();
/// (0..3).for_each(|_| table.push_dense(&[0.0, 1.0]));
/// let policy = Policy::from_logits(Arc::new(table));
/// // Right, wrong, not known.
/// let correct = Correct::new(vec![Some(vec![1]), Some(vec![0]), None], |_| 2)?;
/// assert_eq!(accuracy(&[0.25, 0.25, 0.5], &policy, &correct), Some(0.5));
/// # Ok::<(), selfreward::Error>(())
/// ```
pub fn accuracy(weights: &[f64], policy: &Policy, correct: &Correct) -> Option<f64> {
    let right = probability(weights, |x| correct.holds(x, policy.head(x).modal) == Some(true));
    if correct.known_everywhere() {
        return Some(right);
    }
    let known = probability(weights, |x| correct.at(x).is_some());
    (known > 0.0).then(|| (right / known).min(1.0))
}

/// The size to which a logit difference is known in doubles: 2^-52 ‖θ‖ max‖Δφ‖ for dense features, 2^-52 times the largest finite
/// |logit| for one-hot ones, whose prompts do not mix; with fixed logits b, 2^-52 max|b| more. Where seen directions have outgrown unseen ones so far that this is no
/// longer small, the logits of unseen pairs are rounding.
pub fn logit_rounding(instance: &Instance, theta: &Parameter) -> f64 {
    rounding(instance, theta, theta.norm())
}

/// As [`logit_rounding`], where ‖θ‖ is known.
pub(super) fn rounding(instance: &Instance, theta: &Parameter, norm: f64) -> f64 {
    let of_theta = match (instance.features(), theta) {
        (FeatureMap::Dense(_), _) => norm * instance.features().largest_difference(),
        (FeatureMap::OneHot(_), Parameter::Tabular(table)) => largest(table),
        _ => unreachable!("an instance has parameters and features of one kind"),
    };
    f64::EPSILON * (of_theta + instance.offset().map_or(0.0, |offset| largest(offset)))
}

/// The largest finite |logit|.
fn largest(table: &LogitTable) -> f64 {
    let mut largest = 0.0;
    for x in 0..table.prompts() {
        table.row(x).for_each_level(|logit, _| {
            let size = logit.abs();
            if size.is_finite() {
                largest = f64::max(largest, size);
            }
        });
    }
    largest
}
