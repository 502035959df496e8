//! What a sampled step of self-rewarding scatters by where the features cannot follow the self-reward.
//!
//! With ψ_t the population's step, ξ = Δs_t − ⟨ψ_t, Δφ⟩ is what no step follows, and Z = G^{+½}Δφ a difference of features in the metric of
//! the loss, G = E ΔφΔφᵀ. For the step ŵ of n sampled pairs √n G^{½}(ŵ − ψ_t) tends to a normal vector of covariance E ξ²ZZᵀ: its trace is
//! the limit of n e², its eigenvalues say how n e² scatters, and what depends on θ_{t+1} = θ_t + ŵ/β scatters with it (the delta method).
//! The largest ‖Z‖² and |ξ|‖Z‖ are what bounds at a finite n ask for.

use ndarray::Array1;

use super::misspecification::OwnStep;
use super::policy::expectation;
use crate::instance::{DenseFeatures, FeatureMap, Instance, Parameter};
use crate::linalg::{GradedRow, Whitening, thin_svd};
use crate::logits::LogitTable;
use crate::policy::Policy;

/// The scatter of a step from one policy, under pairs of its own responses.
pub struct Noise<'a> {
    instance: &'a Instance,
    policy: &'a Policy,
    /// L, the largest ‖Z‖² over pairs of positive probability; 0 where no features differ, +∞ where it leaves the doubles.
    pub leverage: f64,
    /// r, the rank of G.
    pub rank: usize,
    /// V, the largest |ξ|‖Z‖, nats.
    pub sup: f64,
    /// λ_j ≥ 0, the eigenvalues of E ξ²ZZᵀ, nats²; none where everything is followed.
    pub eigenvalues: Vec<f64>,
    white: Option<White>,
}

/// The whitening of dense features with an offset, and R with RᵀR = E ξ²ZZᵀ.
struct White {
    whitening: Whitening,
    root: ndarray::Array2<f64>,
}

impl std::fmt::Debug for Noise<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Noise")
            .field("rank", &self.rank)
            .field("eigenvalues", &self.eigenvalues)
            .finish_non_exhaustive()
    }
}

impl<'a> Noise<'a> {
    /// Of the population's step.
    pub fn new(own: &OwnStep<'a>) -> Self {
        match own.instance().features() {
            FeatureMap::Dense(features) => Self::dense(own, features),
            FeatureMap::OneHot(_) => Self::one_hot(own.instance(), own.policy()),
        }
    }

    fn dense(own: &OwnStep<'a>, features: &DenseFeatures) -> Self {
        let (instance, policy) = (own.instance(), own.policy());
        let span = instance.span_of(features);
        let (mut rows, mut missed) = (Vec::new(), Vec::new());
        for (x, &weight) in instance.weights().iter().enumerate().filter(|(_, p)| **p > 0.0) {
            let (row, head) = (policy.row(x), policy.head(x));
            let residual = own.residual().map(|table| table.row(x));
            let logs: Vec<f64> = (0..row.responses() as u32).map(|y| head.log_prob(row.logit(y))).collect();
            let live: Vec<usize> = (0..logs.len()).filter(|&y| logs[y] > f64::NEG_INFINITY).collect();
            for (place, &y) in live.iter().enumerate() {
                for &z in &live[place + 1..] {
                    let mut difference = Array1::zeros(features.dim());
                    features.difference(x, y, z, difference.as_slice_mut().expect("a fresh vector is contiguous"));
                    let log_size = 0.5 * ((2.0 * weight).ln() + logs[y] + logs[z]);
                    rows.push(GradedRow { log_size, direction: span.coordinates_of(&difference) });
                    missed.push(residual.map_or(0.0, |row| row.logit(y as u32) - row.logit(z as u32)));
                }
            }
        }
        let whitening = Whitening::of(rows, span.rank());
        let lengths = whitening.log_lengths();
        let leverage = (2.0 * lengths.iter().copied().fold(f64::NEG_INFINITY, f64::max)).exp();
        let sup =
            missed.iter().zip(&lengths).map(|(xi, log): (&f64, _)| (xi.abs().ln() + log).exp()).fold(0.0, f64::max);
        let rank = whitening.rank();
        if own.residual().is_none() || rank == 0 {
            return Self { instance, policy, leverage, rank, sup, eigenvalues: Vec::new(), white: None };
        }
        let root = whitening.weighed_factor(&missed);
        let eigenvalues = thin_svd(root.view()).singular.iter().map(|s| s * s).collect();
        Self { instance, policy, leverage, rank, sup, eigenvalues, white: Some(White { whitening, root }) }
    }

    /// G is a weighted Laplacian at each prompt, 2p(diag π − ππᵀ), and ‖Z‖² of a pair the resistance between its ends,
    /// (1/π(y) + 1/π(y'))/(2p).
    fn one_hot(instance: &'a Instance, policy: &'a Policy) -> Self {
        let (mut leverage, mut rank) = (0.0f64, 0);
        for (x, &weight) in instance.weights().iter().enumerate().filter(|(_, p)| **p > 0.0) {
            let head = policy.head(x);
            let mut count = 0.0;
            let mut least = [f64::INFINITY; 2];
            for (logit, times) in policy.row(x).levels() {
                let log = head.log_prob(logit);
                if log > f64::NEG_INFINITY {
                    count += times;
                    let copies = if times > 1.0 { 2 } else { 1 };
                    for _ in 0..copies {
                        let [first, second] = least;
                        least = if log < first { [log, first] } else { [first, second.min(log)] };
                    }
                }
            }
            if count > 1.0 {
                rank += count as usize - 1;
                leverage = leverage.max(((-least[0]).exp() + (-least[1]).exp()) / (2.0 * weight));
            }
        }
        Self { instance, policy, leverage, rank, sup: 0.0, eigenvalues: Vec::new(), white: None }
    }

    /// D = E ξ²‖Z‖² ≥ 0, nats²: the limit of n e².
    pub fn trace(&self) -> f64 {
        self.eigenvalues.iter().sum()
    }

    /// λ, the largest eigenvalue of E ξ²ZZᵀ, nats².
    pub fn spread(&self) -> f64 {
        self.eigenvalues.iter().copied().fold(0.0, f64::max)
    }

    /// Σ λ_j², nats⁴: half the limit of the variance of n e².
    pub fn square(&self) -> f64 {
        self.eigenvalues.iter().map(|value| value * value).sum()
    }

    /// √(vᵀ G⁺ΣG⁺ v), Σ = E ξ²ΔφΔφᵀ: by how much ⟨v, ŵ⟩ scatters, times √n.
    fn deviation(&self, vector: &Array1<f64>) -> f64 {
        let (Some(white), FeatureMap::Dense(features)) = (&self.white, self.instance.features()) else { return 0.0 };
        let z = white.whitening.apply(&self.instance.span_of(features).coordinates_of(vector));
        let scattered = white.root.dot(&z);
        scattered.dot(&scattered).sqrt()
    }

    /// Σ_x p(x) Φ(−√n g/τ), n = `samples`: the expected share of prompts whose mode differs from that of the population's `update`, to
    /// leading order. g is the gap of the update's best two responses, times β, and τ the deviation of √n⟨ŵ, Δφ⟩ on these two.
    pub fn flips(&self, update: &Policy, beta: f64, samples: f64) -> f64 {
        let FeatureMap::Dense(features) = self.instance.features() else { return 0.0 };
        expectation(self.instance.weights(), |x| {
            let head = update.head(x);
            let Some(second) = runner_up(update, x) else { return 0.0 };
            let tau = self.deviation(&(&features.row(x, head.modal as usize) - &features.row(x, second as usize)));
            let gap = samples.sqrt() * beta * head.margin;
            // Without scatter nothing moves, a tie neither.
            if tau == 0.0 { 0.0 } else { 0.5 * statrs::function::erf::erfc(gap / tau / std::f64::consts::SQRT_2) }
        })
    }

    /// The limit of √n times the standard deviation of f at θ_t + ŵ/β, where f has this gradient at the population's update.
    fn of_function(&self, gradient: impl Fn(&DenseFeatures) -> Array1<f64>, beta: f64) -> f64 {
        match self.instance.features() {
            FeatureMap::Dense(features) if self.white.is_some() => self.deviation(&gradient(features)) / beta,
            _ => 0.0,
        }
    }

    /// Of κ, where no modes tie: its gradient is E_x (E_π φ − φ(y*))/π(y*).
    pub fn kappa_deviation(&self, update: &Policy, beta: f64) -> f64 {
        self.of_function(|features| self.to_modes(features, update, |x| 1.0 + update.head(x).tail), beta)
    }

    /// Of E_x KL(π°‖π), where no modes tie: its gradient is E_x (E_π φ − φ(y*)).
    pub fn kl_deviation(&self, update: &Policy, beta: f64) -> f64 {
        self.of_function(|features| self.to_modes(features, update, |_| 1.0), beta)
    }

    /// Of the gap in performance: its gradient is −E_x Cov_π(log π_t, φ).
    pub fn gap_deviation(&self, update: &Policy, beta: f64) -> f64 {
        let gradient = |features: &DenseFeatures| {
            self.sum(features, |x| {
                let (row, head) = (self.policy.row(x), self.policy.head(x));
                let loss = |y: u32| head.logit - row.logit(y);
                let masses = masses(update, x);
                let mean: f64 = masses.iter().map(|&(y, mass)| mass * loss(y)).sum();
                masses.into_iter().map(|(y, mass)| (y, mass * (loss(y) - mean))).collect()
            })
        };
        self.of_function(gradient, beta)
    }

    fn to_modes(&self, features: &DenseFeatures, update: &Policy, factor: impl Fn(usize) -> f64) -> Array1<f64> {
        self.sum(features, |x| {
            let (mode, factor) = (update.head(x).modal, factor(x));
            let mut all: Vec<(u32, f64)> = masses(update, x).into_iter().map(|(y, mass)| (y, factor * mass)).collect();
            all.push((mode, -factor));
            all
        })
    }

    /// E_x Σ_y c(y) φ(x,y) for coefficients that sum to 0 at each prompt: differences to the first response take what all share away.
    fn sum(&self, features: &DenseFeatures, coefficients: impl Fn(usize) -> Vec<(u32, f64)>) -> Array1<f64> {
        let mut total = Array1::zeros(features.dim());
        for (x, &weight) in self.instance.weights().iter().enumerate().filter(|(_, p)| **p > 0.0) {
            for (y, c) in coefficients(x) {
                total.scaled_add(weight * c, &(&features.row(x, y as usize) - &features.row(x, 0)));
            }
        }
        total
    }
}

/// Responses of positive probability with it.
fn masses(policy: &Policy, x: usize) -> Vec<(u32, f64)> {
    let (row, head) = (policy.row(x), policy.head(x));
    let all = (0..row.responses() as u32).map(|y| (y, head.prob(row.logit(y))));
    all.filter(|(_, mass)| *mass > 0.0).collect()
}

/// The second-best response; `None` at a prompt of one.
fn runner_up(policy: &Policy, x: usize) -> Option<u32> {
    let (row, mode) = (policy.row(x), policy.head(x).modal);
    let others = (0..row.responses() as u32).filter(|&y| y != mode);
    others.reduce(|best, y| if row.logit(y) > row.logit(best) { y } else { best })
}

/// The policy after the population's update of one-hot features, π_t^{1+1/β}.
pub(super) fn sharpened(policy: &Policy, beta: f64) -> Policy {
    let table: LogitTable = policy.logits().map(|logit| logit * (1.0 + 1.0 / beta));
    Policy::from_logits(std::sync::Arc::new(table))
}

/// θ_t + ψ_t/β.
pub(super) fn stepped(from: &Array1<f64>, step: &Array1<f64>, beta: f64) -> Parameter {
    Parameter::Dense(from.iter().zip(step).map(|(theta, step)| theta + step / beta).collect())
}
