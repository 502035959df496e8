//! The loss in the eigenbasis of Σ w Δφ Δφᵀ: a sum of independent one-dimensional problems, tied together by the ball alone.
//!
//! With curvatures g_j > 0, coordinates a_j of θ_t, noise e_j, and θ = Σ c_j v_j + ν·null, where null is the part of θ_t that no
//! pair sees,
//!
//! ```text
//! loss = Σ_j g_j ( β(c_j − a_j) − a_j − e_j )²  [ + λ Σ_j (c_j − a_j)² + λ (1−ν)² ‖null‖² ]
//! ```
//!
//! whose minimiser without constraint is c°_j = a_j + (a_j + e_j)/β where λ = 0.

use crate::floats::Norm;

/// Which of several minimisers in the ball.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Choice {
    /// Nearest to θ_t.
    #[default]
    Nearest,
    /// Of least norm ‖θ‖₂.
    MinNorm,
}

/// The loss in its eigenbasis.
#[derive(Clone, Debug, Default)]
pub struct Quadratic {
    /// g_j ≥ 0.
    pub curvature: Vec<f64>,
    /// a_j, coordinates of θ_t.
    pub theta: Vec<f64>,
    /// e_j, the noise's least-squares solution.
    pub noise: Vec<f64>,
    /// ‖null‖₂, the norm of the part of θ_t that no pair sees.
    pub null_norm: f64,
}

/// A point: coefficients in the eigenbasis, and how much of the null part is kept.
#[derive(Clone, Debug)]
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
            coefficients: (0..self.theta.len()).map(|j| self.free_coefficient(j, beta, ridge)).collect(),
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
        let (g, a, e) = (self.curvature[j], self.theta[j], self.noise[j]);
        let shrink = if ridge == 0.0 { 1.0 / beta } else { beta * g / (beta * beta * g + ridge) };
        a + shrink * (a + e)
    }

    fn norm(&self, solution: &Solution) -> f64 {
        let mut norm = Norm::default();
        solution.coefficients.iter().for_each(|&c| norm.add(c, 1.0));
        norm.add(solution.null_scale * self.null_norm, 1.0);
        norm.value()
    }

    /// The point of the path m ↦ θ(m) with ‖θ(m)‖ = B.
    fn on_sphere(&self, beta: f64, ridge: f64, radius: f64) -> Solution {
        let (curvature, pull): (Vec<f64>, Vec<f64>) = (0..self.theta.len())
            .map(|j| {
                let h = beta * beta * self.curvature[j];
                let free = self.theta[j] + (self.theta[j] + self.noise[j]) / beta;
                (h + ridge, h * free + ridge * self.theta[j])
            })
            .unzip();
        let at = |m: f64| Solution {
            coefficients: curvature.iter().zip(&pull).map(|(h, pull)| pull / (h + m)).collect(),
            null_scale: if ridge == 0.0 { 0.0 } else { ridge / (ridge + m) },
        };
        // ‖θ(m)‖ ≤ ‖pull‖/m, so the root lies below ‖pull‖/B. The norm falls with m: bisect to the last bit.
        let mut total = Norm::default();
        pull.iter().for_each(|&pull| total.add(pull, 1.0));
        total.add(ridge * self.null_norm, 1.0);
        let (mut low, mut high) = (0.0, total.value() / radius);
        loop {
            // Halving the exponent first finds roots of any magnitude in a few dozen steps.
            let middle: f64 = if low == 0.0 && high > 1e-300 { high * 1e-3 } else { 0.5 * (low + high) };
            if middle <= low || middle >= high {
                return at(high);
            }
            if self.norm(&at(middle)) > radius { low = middle } else { high = middle }
        }
    }

    /// `steps` steps of gradient descent from θ_t, of length `step_size` over the largest curvature, projected onto the ball.
    pub fn descend(&self, beta: f64, steps: u64, step_size: f64, radius: Option<f64>) -> Solution {
        let largest = self.curvature.iter().copied().fold(0.0, f64::max);
        let target: Vec<f64> = (0..self.theta.len()).map(|j| self.free_coefficient(j, beta, 0.0)).collect();
        // Along direction j a step takes the share x_j of the way to the target.
        let share: Vec<f64> =
            self.curvature.iter().map(|g| if largest > 0.0 { step_size * g / largest } else { 0.0 }).collect();
        let Some(radius) = radius else {
            let walked = |j: usize| self.theta[j] + progress(share[j], steps) * (target[j] - self.theta[j]);
            return Solution { coefficients: (0..target.len()).map(walked).collect(), null_scale: 1.0 };
        };
        let mut point = Solution { coefficients: self.theta.clone(), null_scale: 1.0 };
        for _ in 0..steps {
            for ((c, target), share) in point.coefficients.iter_mut().zip(&target).zip(&share) {
                *c += share * (target - *c);
            }
            let norm = self.norm(&point);
            if norm > radius {
                point.coefficients.iter_mut().for_each(|c| *c *= radius / norm);
                point.null_scale *= radius / norm;
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
