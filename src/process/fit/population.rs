//! The population update: the exact minimiser of the expected loss (facts F1, F3).

use super::quadratic::Choice;
use super::spectral::Spectral;
use super::{Step, Update, UpdateOperator};
use crate::Result;

/// θ_{t+1} = (1+1/β)θ_t, that is π_{t+1} ∝ π_t^{1+1/β} (Eq. 12 with r = log π_t), wherever that lies in the ball.
/// Otherwise the minimiser of the expected loss in the ball, nearest to θ_t where it is not unique.
#[derive(Clone, Copy, Debug, Default)]
pub struct Population;

impl UpdateOperator for Population {
    fn update(&self, step: &Step<'_>) -> Result<Update> {
        let growth = 1.0 + 1.0 / step.beta;
        let theta = match step.radius {
            Some(radius) if growth * step.theta.norm() > radius => {
                let spectral = Spectral::of_population(step);
                let solution = spectral.quadratic().minimise(step.beta, 0.0, step.radius, Choice::Nearest);
                spectral.parameter(step, &solution)
            }
            _ => step.theta.scaled(growth),
        };
        Ok(Update { theta, sample: None })
    }

    fn samples(&self) -> bool {
        false
    }
}
