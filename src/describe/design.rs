//! Dense features under p and π_0: one factorization, from which the spectrum, the leverage and the offset's share are read.
//!
//! The rows are √(p π_0)(φ(y) − E_{π_0} φ), prompt by prompt, factored in blocks and never held together; no Gram matrix is formed. With A
//! the matrix of these rows, AᵀA = E_x Cov φ = Σ, and G = E ΔφΔφᵀ = 2Σ.

use ndarray::{Array1, Array2, s};

use super::{Found, absent, finite};
use crate::instance::{DenseFeatures, FeatureMap, Instance, Parameter};
use crate::linalg::{RowFactor, thin_svd};
use crate::metrics::misspecification::OwnStep;
use crate::metrics::noise::Noise;
use crate::policy::Policy;

/// Directions whose singular values are below this share of the largest have lost more than half of their digits.
const WELL_CONDITIONED: f64 = 1e-7;

/// Multiplications that a leverage may cost: a minute or so.
const MOST_WORK: f64 = 2e10;

/// A share of fixed logits below this one is their rounding: logits that were exported in single precision are off by 10^-7 of themselves.
const ROUNDING: f64 = 1e-12;

/// The factorization.
#[derive(Debug)]
pub(super) struct Design {
    /// Singular values of A, descending.
    pub singular: Array1<f64>,
    /// Right singular vectors, one a row.
    vt: Array2<f64>,
    /// The rank of all differences.
    rank: usize,
    /// What the features follow of the fixed logits and of log π_0; `None` without fixed logits.
    pub followed: Option<Followed>,
}

/// Weighted least squares on the features, under p and π_0; all numbers are sums of squares.
#[derive(Debug)]
pub(super) struct Followed {
    /// E_x Var b that is linear in the features.
    offset: f64,
    /// E_x Var log π_0 that is.
    log_policy: f64,
    /// E_x Var b that is not; the same of log π_0.
    pub missed: f64,
    /// The step ψ of least norm that follows log π_0, where the features are well-conditioned.
    step: Found<Array1<f64>>,
}

impl Followed {
    /// R² of b.
    pub fn offset_share(&self) -> Found {
        ratio(self.offset, self.missed, "the fixed logits are the same for all responses of a prompt")
    }

    /// 1 − R² of b where that is more than rounding, in (0, 1]; not a number if it leaves the doubles.
    pub fn missed_share(&self) -> Option<f64> {
        let total = self.offset + self.missed;
        let all = total.is_finite() && self.missed <= ROUNDING * total;
        (!all).then(|| self.missed / total)
    }

    /// R² of log π_0.
    pub fn sharpened_share(&self) -> Found {
        ratio(self.log_policy, self.missed, "π_0 is uniform at every prompt")
    }

    /// θ_0 + ψ/β.
    pub fn update(&self, base: &Parameter, beta: f64) -> Found<Parameter> {
        let step = self.step.as_ref().map_err(Clone::clone)?;
        let Parameter::Dense(theta) = base else { unreachable!("dense features have a dense parameter") };
        Ok(Parameter::Dense(theta.iter().zip(step).map(|(theta, step)| theta + step / beta).collect()))
    }
}

fn ratio(part: f64, rest: f64, none: &str) -> Found {
    if part + rest > 0.0 { finite(part / (part + rest)) } else { absent(none) }
}

impl Design {
    /// Of an instance with dense features.
    pub fn of(instance: &Instance, policy: &Policy) -> Option<Self> {
        let FeatureMap::Dense(features) = instance.features() else { return None };
        let dim = features.dim();
        let targets = if instance.offset().is_some() { 2 } else { 0 };
        let mut factor = RowFactor::new(dim + targets);
        for (x, &weight) in instance.weights().iter().enumerate().filter(|(_, p)| **p > 0.0) {
            push(&mut factor, instance, features, policy, x, weight);
        }
        let r = factor.finish();
        let svd = thin_svd(r.slice(s![.., ..dim]));
        let rank = instance.rank();
        let (singular, vt) = (svd.singular, svd.vt);
        let mut design = Self { singular, vt, rank, followed: None };
        if targets > 0 {
            design.followed = Some(design.follow(&svd.u, &r, dim));
        }
        Some(design)
    }

    fn follow(&self, u: &Array2<f64>, r: &Array2<f64>, dim: usize) -> Followed {
        let square = |values: &[f64]| values.iter().rev().map(|value| value * value).sum::<f64>();
        let kept = self.rank.min(self.singular.len());
        // Coordinates along the left singular vectors; what lies below the features' rows of the factor is followed by nothing.
        let along = |target: usize| {
            let column = r.column(dim + target).to_owned();
            let below: Vec<f64> = column.iter().skip(dim).copied().collect();
            (u.t().dot(&column).to_vec(), below)
        };
        let ((of_offset, below), (of_policy, _)) = (along(0), along(1));
        let step = if self.is_well_conditioned() {
            let mut step = Array1::zeros(dim);
            for j in 0..kept {
                step.scaled_add(of_policy[j] / self.singular[j], &self.vt.row(j));
            }
            Ok(step)
        } else {
            absent(ILL)
        };
        Followed {
            offset: square(&of_offset[..kept]),
            log_policy: square(&of_policy[..kept]),
            missed: square(&of_offset[kept..]) + square(&below),
            step,
        }
    }

    /// Whether every direction of the differences keeps half of its digits.
    fn is_well_conditioned(&self) -> bool {
        self.rank == 0
            || (self.rank <= self.singular.len() && self.singular[self.rank - 1] > WELL_CONDITIONED * self.singular[0])
    }

    /// G^{+½} as a matrix d×r: its product with Δφ is white.
    fn whitening(&self) -> Array2<f64> {
        let mut whitening = self.vt.slice(s![..self.rank, ..]).to_owned();
        for (mut row, singular) in whitening.rows_mut().into_iter().zip(&self.singular) {
            row /= std::f64::consts::SQRT_2 * singular;
        }
        whitening.reversed_axes().as_standard_layout().into_owned()
    }
}

const ILL: &str = "some directions are so rarely seen under π_0 that doubles do not tell them from rounding";

/// The rows of a prompt.
fn push(factor: &mut RowFactor, instance: &Instance, features: &DenseFeatures, policy: &Policy, x: usize, weight: f64) {
    let (row, head) = (policy.row(x), policy.head(x));
    let count = row.responses();
    if count < 2 {
        return;
    }
    let dim = features.dim();
    let offset = instance.offset().map(|offset| offset.row(x));
    let probs: Vec<f64> = (0..count as u32).map(|y| head.prob(row.logit(y))).collect();
    // Around the mode, so that what all share cancels first.
    let around = |y: usize, out: &mut [f64]| {
        features.difference(x, y, head.modal as usize, &mut out[..dim]);
        if let Some(offset) = offset {
            out[dim] = offset.logit(y as u32) - offset.logit(head.modal);
            out[dim + 1] = row.logit(y as u32) - head.logit;
        }
    };
    let columns = dim + if offset.is_some() { 2 } else { 0 };
    let (mut mean, mut one) = (vec![0.0; columns], vec![0.0; columns]);
    for (y, prob) in probs.iter().enumerate() {
        around(y, &mut one);
        mean.iter_mut().zip(&one).for_each(|(mean, value)| *mean += prob * value);
    }
    for (y, prob) in probs.iter().enumerate().filter(|(_, prob)| **prob > 0.0) {
        let size = (weight * prob).sqrt();
        factor.push(|out| {
            around(y, out);
            out.iter_mut().zip(&mean).for_each(|(value, mean)| *value = size * (*value - mean));
        });
    }
}

/// The largest leverage of a pair.
pub(super) fn leverage(instance: &Instance, policy: &Policy, design: Option<&Design>) -> Found {
    let none = || absent("no two responses to a prompt differ in their features");
    let exact = || finite(Noise::new(&OwnStep::new(instance, instance.base(), policy)).leverage);
    let (Some(design), FeatureMap::Dense(features)) = (design, instance.features()) else {
        return if instance.rank() == 0 { none() } else { exact() };
    };
    if design.rank == 0 {
        return none();
    }
    let counts = || features.starts().windows(2).map(|ends| (ends[1] - ends[0]) as f64);
    let pairs = counts().map(|count| 0.5 * count * (count - 1.0)).sum::<f64>();
    let work = pairs * design.rank as f64;
    if !design.is_well_conditioned() {
        // Whitened differences of graded sizes keep their digits, and cost more.
        return if work * design.rank as f64 <= MOST_WORK { exact() } else { absent(ILL) };
    }
    if work > MOST_WORK {
        return absent(format!(
            "there are {pairs:.0} pairs of responses in {} directions: too many to go through",
            design.rank
        ));
    }
    let whitening = design.whitening();
    let mut largest = 0.0f64;
    for (x, _) in instance.weights().iter().enumerate().filter(|(_, p)| **p > 0.0) {
        largest = largest.max(largest_distance(features, policy, x, &whitening));
    }
    finite(largest)
}

/// The largest squared distance of two whitened rows of a prompt.
fn largest_distance(features: &DenseFeatures, policy: &Policy, x: usize, whitening: &Array2<f64>) -> f64 {
    let mut rows = features.prompt(x).into_owned();
    rows -= &features.row(x, policy.head(x).modal as usize);
    let white = rows.dot(whitening);
    let mut largest = 0.0f64;
    for y in 0..white.nrows() {
        for z in 0..y {
            let squares = white.row(y).iter().zip(white.row(z)).map(|(a, b)| (a - b) * (a - b)).sum::<f64>();
            largest = largest.max(squares);
        }
    }
    largest
}
