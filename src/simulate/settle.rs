//! `[process]` resolved: the update operator with its numbers.

use super::config::{ChoiceConfig, Config, Kind, SamplingConfig, UpdateConfig};
use crate::process::{
    Choice, ClassChoice, Erm, FiniteClass, Gradient, Population, Sampling, SelfRewarding, UpdateOperator,
};
use crate::{Error, Result};

/// The process that `[process]` describes.
///
/// # Errors
/// [`Error::Argument`] with the offending value and what was expected.
pub(super) fn process(config: &Config) -> Result<SelfRewarding> {
    let given = &config.process;
    let n = given.samples as f64;
    let not_negative = |name: &str, value: Option<f64>| match value {
        Some(value) if value.is_finite() && value >= 0.0 => Ok(value),
        Some(value) => Err(Error::argument(format!("process.{name}"), value, "a finite number ≥ 0")),
        None => Ok(0.0),
    };
    let judge_noise = not_negative("judge_noise", given.judge_noise)?;
    let operator: Box<dyn UpdateOperator> = match given.update {
        UpdateConfig::Population => Box::new(Population),
        UpdateConfig::Erm => Box::new(Erm {
            choice: match given.choice {
                None | Some(ChoiceConfig::Nearest) => Choice::Nearest,
                Some(ChoiceConfig::MinNorm) => Choice::MinNorm,
                Some(other) => return Err(no_choice(other, "\"nearest\" or \"min-norm\" for the update \"erm\"")),
            },
            ridge: not_negative("ridge", given.ridge)?,
            judge_noise,
        }),
        UpdateConfig::FiniteClass => Box::new(finite_class(config)?),
        UpdateConfig::Gradient => {
            let step_size = given.step_size.unwrap_or(1.0);
            if !(step_size > 0.0 && step_size < 2.0) {
                return Err(Error::argument("process.step_size", step_size, "a number strictly between 0 and 2"));
            }
            Box::new(Gradient { steps: given.steps.unwrap_or(100), step_size, judge_noise })
        }
    };
    if given.samples == 0 {
        return Err(Error::argument("process.samples", 0, "1 to 10^15"));
    }
    let beta = match (given.beta, given.beta_over_sqrt_n) {
        (Some(beta), _) => beta,
        (None, c) => {
            let c = c.unwrap_or(1.0);
            if !(c.is_finite() && c > 0.0) {
                return Err(Error::argument("process.beta_over_sqrt_n", c, "a finite number > 0"));
            }
            c / n.sqrt()
        }
    };
    let sampling = match given.sampling {
        SamplingConfig::Auto => Sampling::Auto,
        SamplingConfig::Draws => Sampling::Draws,
        SamplingConfig::Counts => Sampling::Counts,
    };
    Ok(SelfRewarding { operator, beta, samples: given.samples, rounds: given.rounds, radius: given.radius, sampling })
}

/// The finite class, up to the instance.
///
/// # Errors
/// As [`process`].
pub(super) fn finite_class(config: &Config) -> Result<FiniteClass> {
    let given = &config.process;
    let choice = match given.choice {
        None | Some(ChoiceConfig::Nearest) => ClassChoice::Nearest,
        Some(ChoiceConfig::Random) => ClassChoice::Random,
        Some(ChoiceConfig::Worst) => ClassChoice::Worst,
        Some(other @ ChoiceConfig::MinNorm) => {
            let expected = "\"nearest\", \"random\" or \"worst\" for the update \"finite-class\"";
            return Err(no_choice(other, expected));
        }
    };
    if let Some(radius) = given.radius {
        return Err(Error::argument("process.radius", radius, "no ball for the update \"finite-class\""));
    }
    if let (Kind::Tabular | Kind::Hard, Some(rays)) = (config.instance.kind, given.rays) {
        let expected =
            "no rays on one-hot features: the class of a tabular or hard instance is a product over its prompts";
        return Err(Error::argument("process.rays", rays, expected));
    }
    Ok(FiniteClass { choice, levels: given.rounds, rays: given.rays.unwrap_or(1000) })
}

fn no_choice(choice: ChoiceConfig, expected: &str) -> Error {
    Error::argument("process.choice", format!("\"{}\"", choice.name()), expected)
}
