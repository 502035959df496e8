//! Inexact training: gradient descent on the square loss.

use super::aim::Aim;
use super::entry::{self, Entry};
use super::spectral::Spectral;
use super::square::spectrum;
use super::{Cost, Fit, Fitted, Minimum, Shape};
use crate::instance::Instance;
use crate::process::{Loop, Reference, Step};
use crate::settings::{Form, Key};
use crate::{Error, Result};

/// `steps` steps of gradient descent on the square loss, from θ_t, each of length `step_size` over the loss's largest
/// curvature, projected onto the ball after each step. Tends to the minimiser nearest to θ_t as the steps grow.
///
/// ```
/// use selfreward::instance::tabular::{Tabular, Weights};
/// use selfreward::process::Gradient;
/// use selfreward::{Loop, Seed};
///
/// let seed = Seed::from_number(1);
/// let instance = Tabular { prompts: 1, responses: 2, bump: 1.0, weights: Weights::Uniform }.draw(&seed)?;
/// for (steps, step_size, margin) in [(0, 1.0, 1.0), (1, 1.0, 2.0), (2, 0.5, 1.75)] {
///     let fit = Box::new(Gradient { steps, step_size, judge_noise: 0.0, population: true });
///     let process = Loop { fit, rounds: 1, ..Loop::default() };
///     let last = process.on(&instance)?.start(seed).last().expect("round 0 at least")?;
///     // One direction: a step of size s leaves 1 − s of the distance from ℓ = 1 to the minimiser 2.
///     assert!((last.policy.head(0).margin - margin).abs() < 1e-12);
/// }
/// # Ok::<(), selfreward::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Gradient {
    /// Number of steps ≥ 0.
    pub steps: u64,
    /// In (0, 2); 1 is the length at which the steepest direction is minimised in one step.
    pub step_size: f64,
    /// σ ≥ 0: independent Gaussian noise of this standard deviation on each sampled reward difference.
    pub judge_noise: f64,
    /// Whether the expected loss is descended.
    pub population: bool,
}

/// Operations of one round's gradient steps in a ball (about 1 ns each).
const MAX_WALK: f64 = 1e11;

/// The fit's entry.
pub(super) const ENTRY: Entry = Entry {
    name: "gradient",
    about: "gradient descent on the square loss",
    keys: &[
        entry::POPULATION,
        entry::JUDGE_NOISE,
        Key::of_process(
            "steps",
            Form::Whole(0, 1_000_000_000_000_000),
            "steps of gradient descent, up to 10^15",
            "100",
        ),
        Key::of_process("step_size", Form::Real, "in (0, 2), over the loss's largest curvature", "1.0"),
    ],
    defaults: &[("judge_noise", "0.0"), ("steps", "100"), ("step_size", "1.0")],
    make: |process| {
        let judge_noise = entry::judge_noise(process)?;
        let step_size = process.number("step_size").unwrap_or(1.0);
        if !(step_size > 0.0 && step_size < 2.0) {
            return Err(process.wrong("step_size", step_size, "a number strictly between 0 and 2"));
        }
        let (steps, population) = (process.whole("steps").unwrap_or(100), process.switch("population"));
        Ok(Box::new(Gradient { steps, step_size, judge_noise, population }))
    },
};

impl Fit for Gradient {
    fn fit(&self, step: &Step<'_>) -> Result<Fitted> {
        let (batches, reward) = (step.batches(), step.reward()?);
        let aim = Aim::of(step, &reward);
        let spectral = if self.population {
            Spectral::of_population(step, batches, &aim)
        } else {
            spectrum(step, batches, aim, reward.vote.as_deref(), self.judge_noise, true)
        };
        let solution = spectral.quadratic().descend(step.beta, self.steps, self.step_size, step.radius);
        let sample = (!self.population).then(|| spectral.summary());
        Ok(Minimum::new(spectral.parameter(step, &solution), sample).into())
    }

    fn is_population(&self) -> bool {
        self.population
    }

    fn check(&self, process: &Loop, _instance: &Instance) -> Result<()> {
        if process.reference != Reference::Current {
            let expected = "\"current\" for the update \"gradient\", whose steps start at θ_t";
            return Err(Error::argument("process.reference", process.reference, expected));
        }
        if self.population && self.judge_noise > 0.0 {
            let expected = "0: the expected loss has no sampled judge";
            return Err(Error::argument("process.judge_noise", self.judge_noise, expected));
        }
        Ok(())
    }

    fn cost(&self, shape: &Shape<'_>) -> Vec<Cost> {
        let mut costs = vec![Cost::of_spectrum(shape)];
        if shape.ball_may_bind {
            // In a ball the steps go one by one, each over all directions of the span.
            costs.push(Cost {
                what: format!("{} gradient steps in a ball", self.steps),
                bytes: 0.0,
                operations: self.steps as f64 * shape.instance.rank() as f64,
                counted: "steps times rank",
                limit: MAX_WALK,
                advice: "fewer steps, or no radius",
            });
        }
        costs
    }
}
