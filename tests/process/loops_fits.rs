//! Plain fits: each loss written out over a list of data, minimised by Newton's method in the span that its data see.

use crate::common::*;
use crate::loops_common::*;
use ndarray::{Array1, Array2};
use selfreward::instance::{Instance, Parameter};

/// A pair of responses at a prompt with a weight, and what it is to meet or how often y won.
#[derive(Clone, Copy, Debug)]
pub struct Pair {
    pub x: usize,
    pub y: usize,
    pub z: usize,
    pub weight: f64,
    /// The target of a square loss, or the share of wins.
    pub value: f64,
}

/// What a fit counts from.
pub struct Around<'a> {
    pub instance: &'a Instance,
    pub beta: f64,
    pub ridge: f64,
    pub reference: Array1<f64>,
    /// θ_t.
    pub start: Array1<f64>,
}

/// Value, gradient, Hessian.
pub type Derivatives = (f64, Array1<f64>, Array2<f64>);

fn outer(matrix: &mut Array2<f64>, v: &Array1<f64>, weight: f64) {
    for ((i, j), entry) in matrix.indexed_iter_mut() {
        *entry += weight * v[i] * v[j];
    }
}

impl Around<'_> {
    pub fn directions(&self, pairs: &[Pair]) -> Vec<Array1<f64>> {
        pairs.iter().map(|pair| difference(self.instance, pair.x, pair.y, pair.z)).collect()
    }

    /// λ‖θ − θ_ref‖² with its derivatives.
    fn ridge(&self, at: &Array1<f64>) -> (f64, Array1<f64>, Array2<f64>) {
        let away = at - &self.reference;
        let hessian = Array2::eye(at.len()) * (2.0 * self.ridge);
        (self.ridge * away.dot(&away), &away * (2.0 * self.ridge), hessian)
    }

    /// Σ w (β⟨θ − θ_ref, Δφ⟩ − value)² + λ‖θ − θ_ref‖², nearest to θ_ref.
    pub fn square(&self, pairs: &[Pair]) -> Array1<f64> {
        newton(&self.square_loss(pairs), &self.reference, &self.directions(pairs))
    }

    /// The loss itself.
    pub fn square_loss(&self, pairs: &[Pair]) -> impl Fn(&Array1<f64>) -> Derivatives {
        let deltas = self.directions(pairs);
        move |at: &Array1<f64>| {
            let (mut value, mut gradient, mut hessian) = self.ridge(at);
            for (pair, delta) in pairs.iter().zip(&deltas) {
                let rest = self.beta * (at - &self.reference).dot(delta) - pair.value;
                value += pair.weight * rest * rest;
                gradient.scaled_add(2.0 * pair.weight * self.beta * rest, delta);
                outer(&mut hessian, delta, 2.0 * pair.weight * self.beta * self.beta);
            }
            (value, gradient, hessian)
        }
    }

    /// Σ w (value softplus(−z) + (1 − value) softplus(z)) + λ‖θ − θ_ref‖², z = β⟨θ − θ_ref, Δφ⟩.
    pub fn logistic(&self, pairs: &[Pair]) -> Array1<f64> {
        newton(&self.logistic_loss(pairs), &self.reference, &self.directions(pairs))
    }

    /// The loss itself.
    pub fn logistic_loss(&self, pairs: &[Pair]) -> impl Fn(&Array1<f64>) -> Derivatives {
        let deltas = self.directions(pairs);
        move |at: &Array1<f64>| {
            let (mut value, mut gradient, mut hessian) = self.ridge(at);
            for (pair, delta) in pairs.iter().zip(&deltas) {
                let z = self.beta * (at - &self.reference).dot(delta);
                let ((f, slope, curvature), (g, _, _)) = (softplus(z), softplus(-z));
                value += pair.weight * (pair.value * g + (1.0 - pair.value) * f);
                gradient.scaled_add(pair.weight * self.beta * (slope - pair.value), delta);
                outer(&mut hessian, delta, pair.weight * self.beta * self.beta * curvature);
            }
            (value, gradient, hessian)
        }
    }

    /// −Σ c(x,y) log π_θ(y|x) + λ‖θ − θ_ref‖²; with a ridge over all of θ, else from θ_t in the span of the seen prompts.
    pub fn likelihood(&self, masses: &[(usize, usize, f64)]) -> Array1<f64> {
        let (instance, loss, dim) = (self.instance, self.likelihood_loss(masses), self.start.len());
        let unit = |i: usize| Array1::from_shape_fn(dim, |j| f64::from(i == j));
        if self.ridge > 0.0 {
            return newton(&loss, &self.start, &(0..dim).map(unit).collect::<Vec<_>>());
        }
        let seen = masses
            .iter()
            .flat_map(|&(x, _, _)| (1..instance.features().responses(x)).map(move |y| difference(instance, x, y, 0)));
        newton(&loss, &self.start, &seen.collect::<Vec<_>>())
    }

    /// The loss itself.
    pub fn likelihood_loss(&self, masses: &[(usize, usize, f64)]) -> impl Fn(&Array1<f64>) -> Derivatives {
        let (instance, dim) = (self.instance, self.start.len());
        move |at: &Array1<f64>| {
            let (mut value, mut gradient, mut hessian) = self.ridge(at);
            let logs = log_probs(&instance.policy(&Parameter::Dense(at.clone())));
            for &(x, y, mass) in masses {
                let features: Vec<Array1<f64>> = (0..logs[x].len()).map(|y| feature(instance, x, y)).collect();
                let zip = || logs[x].iter().zip(&features);
                let mean = zip().fold(Array1::zeros(dim), |sum: Array1<f64>, (log, f)| sum + f * log.exp());
                value -= mass * logs[x][y];
                gradient.scaled_add(mass, &(&mean - &features[y]));
                zip().for_each(|(log, f)| outer(&mut hessian, &(f - &mean), mass * log.exp()));
            }
            (value, gradient, hessian)
        }
    }
}
