//! What a class of features can follow of the self-reward, and what it cannot: the population step of self-rewarding, and the distance
//! of a round's own step from it.
//!
//! With v = β(θ_{t+1} − θ_t) the population loss of self-rewarding is E(⟨v, Δφ⟩ − Δs_t)², s_t = log π_t, over x ~ p and y, y' ~ π_t. Its
//! minimiser of least norm is ψ_t = Pθ_t + a_t, P the projection onto the span of all feature differences and a_t the least squares of
//! the offset's differences Δb. Then
//!
//! ```text
//! loss = ε_app² + ‖v − ψ_t‖²_G        ε_app² = E(Δb − ⟨a_t, Δφ⟩)²        ‖u‖²_G = E⟨u, Δφ⟩²
//! ```
//!
//! and all are sums of squares: nothing is subtracted. One-hot features follow everything: ε_app = 0.

use ndarray::Array1;

use super::noise::{sharpened, stepped};
use super::policy::expectation;
use super::step::population_loss;
use crate::instance::{DenseFeatures, FeatureMap, Instance, Parameter};
use crate::linalg::{GradedRow, graded_least_squares};
use crate::logits::{LogitTable, joint_levels};
use crate::policy::Policy;
use crate::process::fit::laplacian::population_rows;

/// The population step of self-rewarding from one policy.
#[derive(Clone, Debug)]
pub struct OwnStep<'a> {
    instance: &'a Instance,
    policy: &'a Policy,
    /// ψ_t and a_t for dense features.
    dense: Option<Dense>,
}

#[derive(Clone, Debug)]
struct Dense {
    /// ψ_t.
    step: Array1<f64>,
    /// Δb − ⟨a_t, Δφ⟩ as a table; `None` without an offset.
    residual: Option<LogitTable>,
}

impl<'a> OwnStep<'a> {
    /// From θ_t and its policy π_t.
    pub fn new(instance: &'a Instance, theta: &Parameter, policy: &'a Policy) -> Self {
        let dense = match (instance.features(), theta) {
            (FeatureMap::Dense(features), Parameter::Dense(theta)) => {
                let mut step = instance.span_of(features).project(theta);
                let residual = instance.offset().map(|offset| {
                    let along = of_offset(instance, features, policy, offset);
                    step += &along;
                    offset.zip_with(&features.logits(&along), |b, fitted| b - fitted)
                });
                Some(Dense { step, residual })
            }
            _ => None,
        };
        Self { instance, policy, dense }
    }

    /// ε_app ≥ 0, nats: the root of the least population loss that a parameter can have.
    pub fn approximation_error(&self) -> f64 {
        self.squared_approximation_error().sqrt()
    }

    fn squared_approximation_error(&self) -> f64 {
        let residual = self.dense.as_ref().and_then(|dense| dense.residual.as_ref());
        residual.map_or(0.0, |table| self.pair_variance(table))
    }

    /// R² = ‖ψ_t‖²_G / E(Δs_t)² in [0, 1]: the part of the sharpening that the class can follow. `None` where π_t is uniform at every
    /// prompt, and there is nothing to follow.
    pub fn sharpened_share(&self) -> Option<f64> {
        let Some(Dense { step, .. }) = &self.dense else {
            let total = expectation(self.instance.weights(), |x| variance(self.policy, x, self.policy.logits()));
            return (total > 0.0).then_some(1.0);
        };
        let explained = self.pair_variance(&self.logits(step));
        let total = explained + self.squared_approximation_error();
        (total > 0.0).then(|| explained / total)
    }

    /// e = ‖β(θ_{t+1} − θ_t) − ψ_t‖_G ≥ 0, nats: how far a round's step is from the population's.
    pub fn estimation_error(&self, from: &Parameter, to: (&Parameter, &Policy), beta: f64) -> f64 {
        match (&self.dense, from, to.0) {
            (Some(Dense { step, .. }), Parameter::Dense(from), Parameter::Dense(to)) => {
                let error: Array1<f64> =
                    to.iter().zip(from).zip(step).map(|((to, from), step)| beta * (to - from) - step).collect();
                self.pair_variance(&self.logits(&error)).sqrt()
            }
            // Everything is followed: the whole loss is one of estimation.
            _ => population_loss(self.instance.weights(), self.policy, to.1, beta).sqrt(),
        }
    }

    /// The instance.
    pub fn instance(&self) -> &'a Instance {
        self.instance
    }

    /// π_t.
    pub fn policy(&self) -> &'a Policy {
        self.policy
    }

    /// Δb − ⟨a_t, Δφ⟩ = Δ log π_t − ⟨ψ_t, Δφ⟩ as a table, nats; `None` where everything is followed.
    pub fn residual(&self) -> Option<&LogitTable> {
        self.dense.as_ref()?.residual.as_ref()
    }

    /// ‖ψ_t‖_G ≥ 0, nats: the length of the population's step in the metric of the loss.
    pub fn length(&self) -> f64 {
        let table = self.dense.as_ref().map(|dense| self.logits(&dense.step));
        self.pair_variance(table.as_ref().unwrap_or(self.policy.logits())).sqrt()
    }

    /// The policy of the population update θ_t + ψ_t/β.
    pub fn update(&self, from: &Parameter, beta: f64) -> Policy {
        match (&self.dense, from) {
            (Some(Dense { step, .. }), Parameter::Dense(from)) => self.instance.policy(&stepped(from, step, beta)),
            _ => sharpened(self.policy, beta),
        }
    }

    /// P_x[mode of π_{t+1} ≠ mode of the population update θ_t + ψ_t/β].
    pub fn flips(&self, from: &Parameter, after: &Policy, beta: f64) -> f64 {
        let weights = self.instance.weights();
        match (&self.dense, from) {
            (Some(Dense { residual: Some(_), .. }), Parameter::Dense(_)) => {
                super::policy::drift(weights, &self.update(from, beta), after)
            }
            // The population update is π_t^{1+1/β}, which keeps every mode.
            _ => super::policy::drift(weights, self.policy, after),
        }
    }

    fn logits(&self, theta: &Array1<f64>) -> LogitTable {
        Parameter::Dense(theta.clone()).logits(self.instance.features()).as_ref().clone()
    }

    /// E(Δf)² over x ~ p and y, y' ~ π_t: twice the variance.
    fn pair_variance(&self, table: &LogitTable) -> f64 {
        2.0 * expectation(self.instance.weights(), |x| variance(self.policy, x, table))
    }
}

/// Var_{y~π(·|x)} f(y).
fn variance(policy: &Policy, x: usize, table: &LogitTable) -> f64 {
    let head = policy.head(x);
    let terms = || {
        let levels = joint_levels(policy.row(x), table.row(x));
        levels.map(|(logit, value, count)| (count * head.prob(logit), value)).filter(|(mass, _)| *mass > 0.0)
    };
    // Around the mode's own value, so that what all share cancels first.
    let centre = table.row(x).logit(head.modal);
    let mean: f64 = terms().map(|(mass, value)| mass * (value - centre)).sum();
    terms().map(|(mass, value)| mass * (value - centre - mean).powi(2)).sum()
}

/// a_t, the weighted least squares of Δb on Δφ of least norm.
fn of_offset(instance: &Instance, features: &DenseFeatures, policy: &Policy, offset: &LogitTable) -> Array1<f64> {
    let span = instance.span_of(features);
    let (mut rows, mut targets) = (Vec::new(), Vec::new());
    for (x, &weight) in instance.weights().iter().enumerate() {
        if weight == 0.0 || policy.row(x).responses() < 2 {
            continue;
        }
        let b = offset.row(x);
        for row in population_rows(policy.row(x), policy.head(x), weight) {
            // Coefficients sum to zero: differences to one response take its common part away.
            let first = b.logit(0);
            targets.push(row.direction.iter().zip(0..).map(|(c, y)| c * (b.logit(y) - first)).sum());
            let mut direction = Array1::zeros(features.dim());
            for (y, &coefficient) in row.direction.iter().enumerate().filter(|(_, c)| **c != 0.0) {
                features.add_to(x, y, coefficient, &mut direction);
            }
            rows.push(GradedRow { log_size: row.log_size, direction: span.coordinates_of(&direction) });
        }
    }
    span.embed(&graded_least_squares(rows, &targets, span.rank()))
}
