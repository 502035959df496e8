//! `[process]` resolved: the loop with its numbers.

use super::config::{ChoiceConfig, Config, Kind, ProcessConfig, RewardConfig, SamplingConfig, UpdateConfig, Word};
use crate::process::{
    Candidates, Choice, ClassChoice, FiniteClass, Fit, Gradient, Likelihood, Logistic, Loop, Ranking, Sampling,
    Selection, Square, WinRate,
};
use crate::{Error, Result};

/// The loop that `[process]` describes.
///
/// # Errors
/// [`Error::Argument`] with the offending value and what was expected.
pub(super) fn process(config: &Config) -> Result<Loop> {
    let given = &config.process;
    let n = given.samples as f64;
    let fit = fit(config)?;
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
    let standardise = given.standardise.unwrap_or(false);
    let reward = given.reward.unwrap_or(RewardConfig::Word(Word::Own));
    if standardise && matches!(reward, RewardConfig::Vote { .. }) {
        let expected = "false with a vote, whose reward is 1 for one response";
        return Err(Error::argument("process.standardise", true, expected));
    }
    let process = Loop {
        prompts: given.prompts.map_or_else(Default::default, Into::into),
        candidates: candidates(given)?,
        signal: reward.signal(standardise),
        accept: given.accept.map_or_else(Default::default, Into::into),
        reference: given.reference.map_or_else(Default::default, Into::into),
        fit,
        memory: given.memory.map_or_else(Default::default, Into::into),
        beta,
        samples: given.samples,
        rounds: given.rounds,
        radius: given.radius,
        sampling,
    };
    refuse_idle(given)?;
    process.check()?;
    Ok(process)
}

fn candidates(given: &ProcessConfig) -> Result<Candidates> {
    let by_reward = given.choose == Some(Word::Reward);
    let selection = match (given.best_of, given.adaptive) {
        (_, Some(mu)) if by_reward => {
            let expected = "best_of beside choose = \"reward\": the stopping rule keeps the likeliest";
            return Err(Error::argument("process.adaptive", mu, expected));
        }
        (_, Some(mu)) => Selection::Adaptive(mu),
        (Some(draws), None) if by_reward => Selection::Curated(draws),
        (None, None) if by_reward => {
            return Err(Error::argument("process.best_of", "absent", "this key beside choose = \"reward\""));
        }
        (None | Some(1), None) => Selection::None,
        (Some(draws), None) => Selection::BestOf(draws),
    };
    let ranked_by = match given.ranked_by {
        Some(Word::Base) => Ranking::Base,
        _ => Ranking::Current,
    };
    if ranked_by == Ranking::Base && !matches!(selection, Selection::BestOf(_) | Selection::Adaptive(_)) {
        let expected = "best_of (above 1) or adaptive beside it: nothing is ranked";
        return Err(Error::argument("process.ranked_by", "\"base\"", expected));
    }
    Ok(Candidates { law: given.candidates.map_or_else(Default::default, Into::into), selection, ranked_by })
}

/// Refuses keys that would change nothing: a reward that a likelihood does not look at.
fn refuse_idle(given: &ProcessConfig) -> Result<()> {
    if given.update != UpdateConfig::Likelihood || given.choose == Some(Word::Reward) {
        return Ok(());
    }
    if given.reward.is_some_and(|reward| reward != RewardConfig::Word(Word::Own)) {
        let expected = "none with the update \"likelihood\", which looks at a reward with choose = \"reward\" alone";
        return Err(Error::argument("process.reward", "given", expected));
    }
    if given.standardise == Some(true) {
        let expected = "false with the update \"likelihood\" but with choose = \"reward\"";
        return Err(Error::argument("process.standardise", true, expected));
    }
    Ok(())
}

fn fit(config: &Config) -> Result<Box<dyn Fit>> {
    let given = &config.process;
    let not_negative = |name: &str, value: Option<f64>| match value {
        Some(value) if value.is_finite() && value >= 0.0 => Ok(value),
        Some(value) => Err(Error::argument(format!("process.{name}"), value, "a finite number ≥ 0")),
        None => Ok(0.0),
    };
    let judge_noise = not_negative("judge_noise", given.judge_noise)?;
    let ridge = not_negative("ridge", given.ridge)?;
    let population = given.is_population();
    if population && judge_noise > 0.0 {
        let expected = "0 with population = true: the expected loss has no sampled judge";
        return Err(Error::argument("process.judge_noise", judge_noise, expected));
    }
    let choice = || match given.choice {
        None | Some(ChoiceConfig::Nearest) => Ok(Choice::Nearest),
        Some(ChoiceConfig::MinNorm) => Ok(Choice::MinNorm),
        Some(other) => {
            let expected = format!("\"nearest\" or \"min-norm\" for the update \"{}\"", given.update.name());
            Err(no_choice(other, &expected))
        }
    };
    let labels = given.labels.map_or_else(Default::default, Into::into);
    Ok(match given.update {
        UpdateConfig::Population => Box::new(Square::population()),
        UpdateConfig::Erm => Box::new(Square { choice: choice()?, ridge, judge_noise, population }),
        UpdateConfig::FiniteClass => Box::new(finite_class(config)?),
        UpdateConfig::Gradient => {
            let step_size = given.step_size.unwrap_or(1.0);
            if !(step_size > 0.0 && step_size < 2.0) {
                return Err(Error::argument("process.step_size", step_size, "a number strictly between 0 and 2"));
            }
            Box::new(Gradient { steps: given.steps.unwrap_or(100), step_size, judge_noise, population })
        }
        UpdateConfig::Logistic => Box::new(Logistic { labels, ridge, population }),
        UpdateConfig::WinRate => Box::new(WinRate { labels, choice: choice()?, ridge, population }),
        UpdateConfig::Likelihood => Box::new(Likelihood { ridge, population }),
    })
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
