//! Inexact training: gradient descent on the sampled loss.

use super::spectral::Spectral;
use super::{Step, Update, UpdateOperator};
use crate::Result;

/// `steps` steps of gradient descent on the sampled loss, from θ_t, each of length `step_size` over the loss's largest
/// curvature, projected onto the ball after each step. Tends to the minimiser nearest to θ_t as the steps grow.
#[derive(Clone, Copy, Debug)]
pub struct Gradient {
    /// Number of steps ≥ 0.
    pub steps: u64,
    /// In (0, 2); 1 is the length at which the steepest direction is minimised in one step.
    pub step_size: f64,
    /// σ ≥ 0: independent Gaussian noise of this standard deviation on each sampled reward difference.
    pub judge_noise: f64,
}

impl UpdateOperator for Gradient {
    fn update(&self, step: &Step<'_>) -> Result<Update> {
        let spectral = Spectral::of_sample(step, &step.sample(), self.judge_noise, true);
        let solution = spectral.quadratic().descend(step.beta, self.steps, self.step_size, step.radius);
        Ok(Update { theta: spectral.parameter(step, &solution), sample: Some(spectral.summary()) })
    }

    fn is_spectral(&self) -> bool {
        true
    }

    fn walked_steps(&self) -> u64 {
        self.steps
    }
}
