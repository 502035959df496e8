//! The spectrum of the covariance Σ = E_x Cov_{π_0} φ / max‖φ‖², its effective dimension, and the regime that it is in.

use super::design::Design;
use super::output::short;
use super::{Found, absent, finite};
use crate::experiment::real_spectrum::{Fit, fits, resolved};
use crate::instance::{FeatureMap, Instance};
use crate::policy::Policy;
use crate::theory::effective_dimension::Spectrum;
use crate::words::counted;

/// Eigenvalues of one-hot features that are written down, at most.
const MOST_EIGENVALUES: usize = 1 << 22;

/// Products of pairs of levels that finding them may cost.
const MOST_WORK: f64 = 2e8;

/// Leading eigenvalues that a regime is fitted to, at most.
const MOST_FITTED: usize = 2048;

/// The spectrum.
pub(super) fn of(instance: &Instance, policy: &Policy, design: Option<&Design>) -> Found<Spectrum> {
    let values = match (instance.features(), design) {
        (FeatureMap::Dense(features), Some(design)) => {
            let norm = features.largest_norm().1;
            if norm == 0.0 {
                return absent("all features are 0");
            }
            design.singular.iter().map(|singular| (singular / norm).powi(2)).collect()
        }
        _ => one_hot(instance, policy)?,
    };
    Spectrum::new(values).map_err(|error| super::Absent(error.to_string()))
}

/// Probabilities of one prompt with their multiplicities, descending and each once.
fn levels(policy: &Policy, x: usize) -> Vec<(f64, f64)> {
    let head = policy.head(x);
    let mut levels: Vec<(f64, f64)> = policy
        .row(x)
        .levels()
        .map(|(logit, count)| (head.prob(logit), count))
        .filter(|(prob, _)| *prob > 0.0)
        .collect();
    levels.sort_by(|a, b| b.0.total_cmp(&a.0));
    levels.dedup_by(|next, kept| {
        let same = next.0 == kept.0;
        if same {
            kept.1 += next.1;
        }
        same
    });
    levels
}

/// The eigenvalues of all p(x)(diag π − ππᵀ), those that are 0 for every policy left out.
///
/// Of m responses of one probability π, m − 1 eigenvalues are pπ; between two neighbouring probabilities lies one root of
/// Σ m π²/(π − λ) = 1, times p.
fn one_hot(instance: &Instance, policy: &Policy) -> Found<Vec<f64>> {
    let count = instance.rank();
    let work = instance.weights().iter().zip(policy.logits().rows());
    let work: f64 = work.filter(|(p, _)| **p > 0.0).map(|(_, row)| (row.atoms.len() as f64 + 1.0).powi(2)).sum();
    if count > MOST_EIGENVALUES || work > MOST_WORK {
        return absent(format!("there are {count} eigenvalues, too many to write down"));
    }
    if count == 0 {
        return absent("every prompt has one response");
    }
    let mut values = Vec::with_capacity(count);
    for (x, &weight) in instance.weights().iter().enumerate().filter(|(_, p)| **p > 0.0) {
        let levels = levels(policy, x);
        for (i, &(prob, count)) in levels.iter().enumerate() {
            values.extend(std::iter::repeat_n(weight * prob, count as usize - 1));
            if let Some(&(next, _)) = levels.get(i + 1) {
                values.push(weight * root(&levels, next, prob));
            }
        }
    }
    values.sort_by(|a, b| b.total_cmp(a));
    // Responses of probability 0 in doubles have none of their own.
    values.resize(count, 0.0);
    Ok(values)
}

/// The root of Σ m π²/(π − λ) = 1 between two neighbouring probabilities, by bisection: the sum increases from −∞ to ∞.
fn root(levels: &[(f64, f64)], low: f64, high: f64) -> f64 {
    let (mut low, mut high) = (low, high);
    loop {
        let middle = low + 0.5 * (high - low);
        if middle <= low || middle >= high {
            return middle;
        }
        let sum: f64 = levels.iter().map(|(prob, count)| count * prob * (prob / (prob - middle))).sum();
        if sum < 1.0 { low = middle } else { high = middle }
    }
}

/// d_λ of one-hot features: with a = pπ + λ, Σ_y pπ/a − p Σ_y π²/a² / Σ_y π/a at each prompt (Sherman and Morrison).
pub(super) fn one_hot_dimension(weights: &[f64], policy: &Policy, lambda: f64) -> f64 {
    let of = |x: usize, p: f64| {
        let head = policy.head(x);
        let (mut whole, mut squares, mut shares) = (0.0, 0.0, 0.0);
        for (logit, count) in policy.row(x).levels() {
            let prob = head.prob(logit);
            let a = p * prob + lambda;
            whole += count * (p * prob / a);
            squares += count * p * (prob / a).powi(2);
            shares += count * prob / a;
        }
        if policy.row(x).responses() < 2 { 0.0 } else { f64::max(whole - squares / shares, 0.0) }
    };
    weights.iter().enumerate().filter(|(_, p)| **p > 0.0).map(|(x, &p)| of(x, p)).sum()
}

/// The regime that fits the leading eigenvalues best.
pub(super) fn best_regime(spectrum: &Spectrum) -> Found<Fit> {
    let points = resolved(spectrum).min(MOST_FITTED);
    let best = fits(spectrum, points).ok().and_then(|fits| fits.into_iter().next());
    best.map_or_else(|| absent(format!("rounding leaves {}, and a fit takes 8", counted(points, "eigenvalue"))), Ok)
}

/// The regime with its parameter, however small.
pub(super) fn told(fit: &Fit) -> String {
    let (letter, value) = fit.parameter();
    format!("{}, {letter} = {}", fit.name(), short(value, 3))
}

/// Its bound on d_λ.
pub(super) fn regime_bound(fit: &Fit, spectrum: &Spectrum, lambda: f64) -> Found {
    match fit.bound(spectrum, lambda) {
        Ok(Some(bound)) => finite(bound),
        Ok(None) => absent("the exponent is at most 1, and the lemma says nothing"),
        Err(error) => absent(error.to_string()),
    }
}
