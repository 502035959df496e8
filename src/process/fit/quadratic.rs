//! The loss in the eigenbasis of Σ w Δφ Δφᵀ: a sum of independent one-dimensional problems, tied together by the ball alone.
//!
//! With curvatures g_j ≥ 0 (kept as logarithms: those of a sharp population reach exp(−10^5)), coordinates a_j of θ_ref, of the target
//! τ_j (a_j + e_j in the paper's loop, e_j the noise), and θ = Σ c_j v_j + ν·null, where null is the part of θ_ref that no pair sees,
//!
//! ```text
//! loss = Σ_j g_j ( β(c_j − a_j) − τ_j )²  [ + λ Σ_j (c_j − a_j)² + λ (1−ν)² ‖null‖² ]
//! ```
//!
//! whose minimiser without constraint is c°_j = a_j + τ_j/β where λ = 0.

use crate::floats::Norm;

/// Which of several minimisers in the ball.
///
/// ```
/// use selfreward::instance::tabular::{Tabular, Weights};
/// use selfreward::metrics::policy::margin;
/// use selfreward::process::{Choice, Square};
/// use selfreward::{Loop, Seed};
///
/// // One triple cannot see two prompts: one of them at least is not determined by the loss.
/// let seed = Seed::from_number(1);
/// let instance = Tabular { prompts: 2, responses: 2, bump: 1.0, weights: Weights::Uniform }.draw(&seed)?;
/// for (choice, least) in [(Choice::Nearest, 1.0), (Choice::MinNorm, 0.0)] {
///     let fit = Box::new(Square { choice, ..Square::default() });
///     let process = Loop { fit, samples: 1, rounds: 1, ..Loop::default() };
///     let last = process.on(&instance)?.start(seed).last().expect("round 0 at least")?;
///     // The nearest minimiser leaves it as it was, that of least norm forgets it.
///     assert_eq!(margin(instance.weights(), &last.policy), least);
/// }
/// # Ok::<(), selfreward::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Choice {
    /// Nearest to θ_ref.
    #[default]
    Nearest,
    /// Of least norm ‖θ‖₂.
    MinNorm,
}

/// The loss in its eigenbasis.
#[derive(Clone, Debug, Default)]
pub struct Quadratic {
    /// log g_j, −∞ where nothing is seen.
    pub log_curvature: Vec<f64>,
    /// a_j, coordinates of θ_ref.
    pub reference: Vec<f64>,
    /// τ_j, the least-squares solution of what β(θ − θ_ref) is to meet.
    pub target: Vec<f64>,
    /// ‖null‖₂, the norm of the part of θ_ref that no pair sees.
    pub null_norm: f64,
}

/// A point: coefficients in the eigenbasis, and how much of the null part is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Solution {
    /// c_j.
    pub coefficients: Vec<f64>,
    /// ν.
    pub null_scale: f64,
}

/// ν where the seen part, of norm `range`, fits into the ball: 1 for the nearest minimiser or what the room left allows
/// (fact F3), 0 for the one of least norm.
pub fn null_scale(choice: Choice, range: f64, null_norm: impl FnOnce() -> f64, radius: Option<f64>) -> f64 {
    match (choice, radius) {
        (Choice::MinNorm, _) => 0.0,
        (Choice::Nearest, None) => 1.0,
        (Choice::Nearest, Some(radius)) => {
            let room = ((radius - range) * (radius + range)).max(0.0).sqrt();
            let null = null_norm();
            if null <= room { 1.0 } else { room / null }
        }
    }
}

impl Quadratic {
    /// The minimiser of the loss with ridge λ ≥ 0 in the ball of radius B (`None`: no constraint).
    ///
    /// With a multiplier m ≥ 0 for the ball, c_j = (β²g_j c°_j + λa_j)/(β²g_j + λ + m) and ν = λ/(λ + m); m = 0 if that fits,
    /// and else the root of ‖θ(m)‖ = B (fact F3).
    pub fn minimise(&self, beta: f64, ridge: f64, radius: Option<f64>, choice: Choice) -> Solution {
        let free = Solution {
            coefficients: (0..self.reference.len()).map(|j| self.free_coefficient(j, beta, ridge)).collect(),
            null_scale: 1.0,
        };
        if ridge == 0.0 {
            let range = Norm::of(&free.coefficients);
            if radius.is_none_or(|radius| range <= radius) {
                let null_scale = null_scale(choice, range, || self.null_norm, radius);
                return Solution { null_scale, ..free };
            }
        } else if radius.is_none_or(|radius| self.norm(&free) <= radius) {
            return free;
        }
        let radius = radius.expect("without a ball every minimiser fits");
        self.on_sphere(beta, ridge, radius)
    }

    /// The minimiser of the j-th one-dimensional problem.
    fn free_coefficient(&self, j: usize, beta: f64, ridge: f64) -> f64 {
        let (a, target) = (self.reference[j], self.target[j]);
        let shrink = if ridge == 0.0 {
            1.0 / beta
        } else {
            let g = self.log_curvature[j].exp();
            beta * g / (beta * beta * g + ridge)
        };
        a + shrink * target
    }

    fn norm(&self, solution: &Solution) -> f64 {
        let mut norm = Norm::default();
        solution.coefficients.iter().for_each(|&c| norm.add(c, 1.0));
        norm.add(solution.null_scale * self.null_norm, 1.0);
        norm.value()
    }

    /// The point of the path m ↦ θ(m) with ‖θ(m)‖ = B.
    ///
    /// With h_j = β²g_j, c_j = (h_j c°_j + λa_j)/(h_j + λ + m). Only ratios to m enter, so the path is walked in log m.
    fn on_sphere(&self, beta: f64, ridge: f64, radius: f64) -> Solution {
        let log_h: Vec<f64> = self.log_curvature.iter().map(|log_g| log_g + 2.0 * beta.ln()).collect();
        let free: Vec<f64> = (0..self.reference.len()).map(|j| self.free_coefficient(j, beta, 0.0)).collect();
        let at = |log_m: f64| {
            let coefficient = |j: usize| {
                // Everything in units of m.
                let h = if log_h[j] == f64::NEG_INFINITY { 0.0 } else { (log_h[j] - log_m).exp() };
                let lambda = if ridge == 0.0 { 0.0 } else { (ridge.ln() - log_m).exp() };
                match h + lambda {
                    infinite if infinite.is_infinite() => {
                        // m is nothing beside h or λ: what is left is their ratio.
                        let share = if ridge == 0.0 { 1.0 } else { 1.0 / (1.0 + ridge * (-log_h[j]).exp()) };
                        share * free[j] + (1.0 - share) * self.reference[j]
                    }
                    total => (h * free[j] + lambda * self.reference[j]) / (total + 1.0),
                }
            };
            let null_scale = if ridge == 0.0 { 0.0 } else { 1.0 / (1.0 + (log_m - ridge.ln()).exp()) };
            Solution { coefficients: (0..free.len()).map(coefficient).collect(), null_scale }
        };
        // At the lower end m is below a share of 1e-20 of every h and of λ; at the upper end it exceeds all of them by more than the
        // ratio of the pull to the radius. The norm falls with m: bisect to the last bit.
        let finite = || log_h.iter().copied().filter(|log_h| log_h.is_finite());
        let log_ridge = if ridge > 0.0 { ridge.ln() } else { f64::NEG_INFINITY };
        let steepest = finite().fold(log_ridge, f64::max);
        let pull = [Norm::of(&free), Norm::of(&self.reference), self.null_norm].into_iter().fold(radius, f64::max);
        let flattest = if ridge > 0.0 { log_ridge } else { finite().fold(f64::INFINITY, f64::min) };
        let (mut low, mut high) = (flattest.min(steepest) - 46.0, steepest + (pull / radius).ln() + 3.0);
        loop {
            let middle = low.midpoint(high);
            if middle <= low || middle >= high {
                return at(high);
            }
            if self.norm(&at(middle)) > radius { low = middle } else { high = middle }
        }
    }

    /// `steps` steps of gradient descent from θ_ref, of length `step_size` over the largest curvature, projected onto the ball.
    pub fn descend(&self, beta: f64, steps: u64, step_size: f64, radius: Option<f64>) -> Solution {
        let largest = self.log_curvature.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let target: Vec<f64> = (0..self.reference.len()).map(|j| self.free_coefficient(j, beta, 0.0)).collect();
        // Along direction j a step takes the share x_j of the way to the target.
        let share: Vec<f64> = self
            .log_curvature
            .iter()
            .map(|log_g| if largest > f64::NEG_INFINITY { step_size * (log_g - largest).exp() } else { 0.0 })
            .collect();
        let Some(radius) = radius else {
            let walked = |j: usize| self.reference[j] + progress(share[j], steps) * (target[j] - self.reference[j]);
            return Solution { coefficients: (0..target.len()).map(walked).collect(), null_scale: 1.0 };
        };
        let mut point = Solution { coefficients: self.reference.clone(), null_scale: 1.0 };
        for _ in 0..steps {
            let before = point.clone();
            for ((c, target), share) in point.coefficients.iter_mut().zip(&target).zip(&share) {
                *c += share * (target - *c);
            }
            let norm = self.norm(&point);
            if norm > radius {
                point.coefficients.iter_mut().for_each(|c| *c *= radius / norm);
                point.null_scale *= radius / norm;
            }
            if point == before {
                break;
            }
        }
        point
    }
}

/// 1 − (1−x)^k, without cancellation for small x.
fn progress(x: f64, steps: u64) -> f64 {
    if x < 1.0 {
        -((steps as f64) * (-x).ln_1p()).exp_m1()
    } else {
        // |1−x| < 1 and the sign alternates.
        let size = (steps as f64 * (x - 1.0).ln()).exp();
        let power = if steps == 0 { 1.0 } else { size };
        1.0 - if steps.is_multiple_of(2) { power } else { -power }
    }
}
