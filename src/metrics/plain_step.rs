//! The population step of self-rewarding once more, by plain sums and an SVD: the check of [`super::misspecification`].
//!
//! With s = log π_θ, the gradient of the conditional entropy is ∇E_xH(π_θ) = −E_xCov(φ, s), here a double sum over pairs of responses.
//! The rows A = √(p(x)π(y|x))·(φ(x,y) − E_π φ) have AᵀA = F = E_xCov_π φ, so their singular value decomposition gives F⁺, and the
//! least squares of any f on the features as A⁺ of √(pπ)(f − E_π f). Nothing here goes through
//! [`graded_least_squares`](crate::linalg::graded_least_squares): rows are weighed plainly, and a policy whose rows differ by many orders
//! of magnitude has a condition ([`PlainStep::extremes`]) that says how little this path knows there.

use ndarray::{Array1, Array2};

use super::policy::entropy;
use crate::floats::Norm;
use crate::instance::{DenseFeatures, FeatureMap, Instance, Parameter};
use crate::linalg::{ThinSvd, row_space, thin_svd};
use crate::logits::LogitTable;
use crate::policy::Policy;

/// Singular values of unweighted differences count above this times the largest.
const RANK: f64 = 1e-10;

/// The largest change of a log-odds by one difference step of [`PlainStep::descent`], nats.
const STEP: f64 = 1e-3;

/// Plain sums at θ and its policy π; for dense features.
#[derive(Debug)]
pub struct PlainStep<'a> {
    instance: &'a Instance,
    features: &'a DenseFeatures,
    theta: &'a Array1<f64>,
    policy: &'a Policy,
    /// Orthonormal rows whose span is that of all differences, unweighted; rank×d.
    basis: Array2<f64>,
    /// Of the rows A.
    svd: ThinSvd,
}

impl<'a> PlainStep<'a> {
    /// At θ with its policy; `None` for one-hot features, and where no prompt has two responses that differ.
    pub fn new(instance: &'a Instance, theta: &'a Parameter, policy: &'a Policy) -> Option<Self> {
        let (FeatureMap::Dense(features), Parameter::Dense(theta)) = (instance.features(), theta) else { return None };
        let differences = rows(instance, features, |x, y| features.row(x, y).to_owned() - features.row(x, 0));
        let basis = row_space(differences.view(), RANK).reversed_axes();
        if basis.nrows() == 0 {
            return None;
        }
        let weighed = rows(instance, features, |x, y| {
            let mut mean = Array1::zeros(features.dim());
            for (z, mass) in masses(policy, x) {
                features.add_to(x, z, mass, &mut mean);
            }
            (features.row(x, y).to_owned() - mean) * root(instance, policy, x, y)
        });
        Some(Self { instance, features, theta, policy, basis, svd: thin_svd(weighed.view()) })
    }

    /// The largest and the least eigenvalue of F on the span of all differences; the least is 0 where rounding took it away.
    pub fn extremes(&self) -> (f64, f64) {
        let singular = &self.svd.singular;
        let least = singular.get(self.basis.nrows() - 1).copied().unwrap_or(0.0);
        (singular[0] * singular[0], least * least)
    }

    /// ∇E_xH(π_θ) = −½ E_x Σ_{y,z} π(y)π(z)(φ(y) − φ(z))(s(y) − s(z)), nats.
    pub fn gradient(&self) -> Array1<f64> {
        let mut gradient = Array1::zeros(self.features.dim());
        self.pairs(|x, y, z, mass| {
            let odds = self.policy.log_prob(x, y as u32) - self.policy.log_prob(x, z as u32);
            self.features.add_to(x, y, -0.5 * mass * odds, &mut gradient);
            self.features.add_to(x, z, 0.5 * mass * odds, &mut gradient);
        });
        gradient
    }

    /// −F⁺∇E_xH(π_θ): what natural-gradient descent on the entropy adds to θ, at a step of 1.
    pub fn natural(&self) -> Array1<f64> {
        let (vt, singular) = (&self.svd.vt, &self.svd.singular);
        let along = vt.dot(&self.gradient());
        let mut step = Array1::zeros(self.features.dim());
        for (j, &value) in singular.iter().enumerate().take(self.basis.nrows()).filter(|(_, value)| **value > 0.0) {
            step.scaled_add(-along[j] / (value * value), &vt.row(j));
        }
        step
    }

    /// ½ E_x Σ_{y,z} π(y)π(z)(s(y) − s(z))² = E_xVar_π log π, nats².
    pub fn reward_variance(&self) -> f64 {
        let mut sum = 0.0;
        self.pairs(|x, y, z, mass| {
            sum += 0.5 * mass * (self.policy.log_prob(x, y as u32) - self.policy.log_prob(x, z as u32)).powi(2);
        });
        sum
    }

    /// The rate at which E_xH(π_{θ+hψ}) falls at h = 0, ψ the natural step, nats: differences of four entropies, of fourth order.
    pub fn descent(&self) -> f64 {
        let step = self.natural();
        let mut widest = 0.0f64;
        self.pairs(|x, y, z, _| {
            widest = widest.max((self.features.row(x, y).dot(&step) - self.features.row(x, z).dot(&step)).abs());
        });
        if widest == 0.0 {
            return 0.0;
        }
        let unit = STEP / widest;
        let at = |steps: f64| {
            let theta = self.theta + &(&step * (steps * unit));
            entropy(self.instance.weights(), &self.instance.policy(&Parameter::Dense(theta)))
        };
        (8.0 * (at(-1.0) - at(1.0)) - (at(-2.0) - at(2.0))) / (12.0 * unit)
    }

    /// a: the least squares of the offset's differences on those of the features, of least norm; `None` without an offset.
    pub fn of_offset(&self) -> Option<Array1<f64>> {
        let offset: &LogitTable = self.instance.offset()?;
        let mut right = Vec::new();
        each(self.instance, self.features, |x, y| {
            let row = offset.row(x);
            let first = row.logit(0);
            let mean: f64 = masses(self.policy, x).map(|(z, mass)| mass * (row.logit(z as u32) - first)).sum();
            right.push(root(self.instance, self.policy, x, y) * (row.logit(y as u32) - first - mean));
        });
        let along = self.svd.u.t().dot(&Array1::from(right));
        let mut solution = Array1::zeros(self.features.dim());
        let singular = self.svd.singular.iter().enumerate().take(self.basis.nrows());
        for (j, &value) in singular.filter(|(_, value)| **value > 0.0) {
            solution.scaled_add(along[j] / value, &self.svd.vt.row(j));
        }
        Some(solution)
    }

    /// ⟨u, Pv⟩ for a fixed unit vector u, P the projection onto the span of all differences: a coordinate to follow over rounds.
    pub fn probe(&self, vector: &Array1<f64>) -> f64 {
        let direction: Array1<f64> = (0..vector.len()).map(|j| 1.0 + 0.5 * (1.0 + j as f64).sin()).collect();
        let length = Norm::of(&direction);
        self.basis.dot(&direction).dot(&self.basis.dot(vector)) / length
    }

    /// [`PlainStep::probe`] of θ.
    pub fn parameter_probe(&self) -> f64 {
        self.probe(self.theta)
    }

    /// Pv: what lies across the span of all differences changes no policy.
    pub fn projected(&self, vector: &Array1<f64>) -> Array1<f64> {
        self.basis.t().dot(&self.basis.dot(vector))
    }

    /// ‖(I − P)(θ − θ_0)‖.
    pub fn null_distance(&self) -> Option<f64> {
        let Parameter::Dense(base) = self.instance.base() else { return None };
        let moved = self.theta - base;
        Some(Norm::of(&(&moved - self.projected(&moved))))
    }

    /// ‖(I − P)θ‖.
    pub fn across(&self) -> f64 {
        Norm::of(&(self.theta - &self.projected(self.theta)))
    }

    /// Calls with (x, y, z, p(x)π(y)π(z)) for all ordered pairs of positive probability.
    fn pairs(&self, mut f: impl FnMut(usize, usize, usize, f64)) {
        for (x, &weight) in self.instance.weights().iter().enumerate().filter(|(_, weight)| **weight > 0.0) {
            for (y, first) in masses(self.policy, x) {
                for (z, second) in masses(self.policy, x) {
                    f(x, y, z, weight * first * second);
                }
            }
        }
    }
}

/// ‖v‖ of a vector.
pub(super) fn length(vector: &Array1<f64>) -> f64 {
    Norm::of(vector)
}

/// (y, π(y|x)) of positive probability.
fn masses(policy: &Policy, x: usize) -> impl Iterator<Item = (usize, f64)> {
    let all = (0..policy.row(x).responses()).map(move |y| (y, policy.prob(x, y as u32)));
    all.filter(|(_, mass)| *mass > 0.0)
}

fn root(instance: &Instance, policy: &Policy, x: usize, y: usize) -> f64 {
    (instance.weights()[x] * policy.prob(x, y as u32)).sqrt()
}

/// Every response of every prompt of positive weight.
fn each(instance: &Instance, features: &DenseFeatures, mut f: impl FnMut(usize, usize)) {
    for x in (0..instance.prompts()).filter(|&x| instance.weights()[x] > 0.0) {
        for y in 0..features.responses(x) {
            f(x, y);
        }
    }
}

/// One row for each of them.
fn rows(instance: &Instance, features: &DenseFeatures, f: impl Fn(usize, usize) -> Array1<f64>) -> Array2<f64> {
    let mut numbers = Vec::new();
    each(instance, features, |x, y| numbers.extend(f(x, y)));
    Array2::from_shape_vec((numbers.len() / features.dim(), features.dim()), numbers).expect("whole rows")
}
