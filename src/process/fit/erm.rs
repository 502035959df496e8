//! The empirical minimiser (ERM): Eqs. 106–108, facts F2, F3, F5.

use super::projection::Seen;
use super::quadratic::{Choice, null_scale};
use super::spectral::Spectral;
use super::{Step, Update, UpdateOperator};
use crate::Result;

/// An empirical minimiser for n sampled triples.
///
/// Without ridge and noise, and where the ball leaves room, it is the projection of fact F2,
///
/// ```text
/// θ_{t+1} = (1+1/β) P_S θ_t + ν (θ_t − P_S θ_t)
/// ```
///
/// with S the span of the sampled differences and ν = 1 for the minimiser nearest to θ_t (less if the ball has no room for
/// it), ν = 0 for the one of least norm.
#[derive(Clone, Copy, Debug, Default)]
pub struct Erm {
    /// Which of the minimisers.
    pub choice: Choice,
    /// λ ≥ 0: λ‖θ − θ_t‖² is added to the loss.
    pub ridge: f64,
    /// σ ≥ 0: independent Gaussian noise of this standard deviation on each sampled reward difference.
    pub judge_noise: f64,
}

impl UpdateOperator for Erm {
    fn update(&self, step: &Step<'_>) -> Result<Update> {
        let sample = step.sample();
        if !self.is_spectral() {
            let seen = Seen::of(step, &sample);
            let growth = 1.0 + 1.0 / step.beta;
            let range = growth * seen.projection.norm();
            if step.radius.is_none_or(|radius| range <= radius) {
                let null = || step.theta.zip_with(&seen.projection, |t, p| t - p).norm();
                let nu = null_scale(self.choice, range, null, step.radius);
                let theta = step.theta.zip_with(&seen.projection, |t, p| growth * p + nu * (t - p));
                return Ok(Update { theta, sample: Some(seen.summary) });
            }
        }
        let spectral = Spectral::of_sample(step, &sample, self.judge_noise, false);
        let solution = spectral.quadratic().minimise(step.beta, self.ridge, step.radius, self.choice);
        Ok(Update { theta: spectral.parameter(step, &solution), sample: Some(spectral.summary()) })
    }

    fn is_spectral(&self) -> bool {
        self.ridge > 0.0 || self.judge_noise > 0.0
    }
}
