//! What a run's loop is, as claims ask for it, and the policy that a run starts from.

use toml::Value;

use crate::claims::Trial;
use crate::instance::{FeatureMap, Instance};
use crate::process::fit::Data;
use crate::process::{Labels, Reference};

/// How far an identity may be missed, relative to the size of its sides: rounding, as exact claims are weighed.
pub(super) const ROUNDING: f64 = 1e-9;
/// The same where a fit ends by Newton steps.
pub(super) const NEWTON: f64 = 1e-6;

/// Weights of the reward: of log π_t, of log π_0, and of what comes from outside; `None` where it is none of these.
pub(super) fn weights(trial: &Trial<'_>) -> Option<(f64, f64, f64)> {
    match trial.config().process.others.get("reward") {
        None => Some((1.0, 0.0, 0.0)),
        Some(Value::String(word)) => match word.as_str() {
            "self" => Some((1.0, 0.0, 0.0)),
            "base" => Some((0.0, 1.0, 0.0)),
            "external" => Some((0.0, 0.0, 1.0)),
            _ => None,
        },
        Some(Value::Table(table)) if !table.contains_key("vote_of") => {
            let weight = |name: &str| table.get(name).and_then(Value::as_float).unwrap_or(0.0);
            Some((weight("self"), weight("base"), weight("external")))
        }
        Some(_) => None,
    }
}

/// N, where each pair is rewarded by a vote of its own.
pub(super) fn voters(trial: &Trial<'_>) -> Option<f64> {
    let votes = trial.config().process.others.get("reward")?.get("vote_of")?;
    votes.as_integer().map(|votes| votes as f64)
}

/// α, of π_t in the reference.
pub(super) fn alpha(trial: &Trial<'_>) -> f64 {
    match trial.simulation().process.reference {
        Reference::Current => 1.0,
        Reference::Base => 0.0,
        Reference::Mixed(alpha) => alpha,
    }
}

/// Temperature and flips of labelled pairs; `None` where pairs are not labelled so.
pub(super) fn smooth_labels(trial: &Trial<'_>) -> Option<(f64, f64)> {
    match trial.simulation().process.fit.data() {
        Data::Labels(Labels::Smooth { temperature, flip }) => Some((temperature, flip)),
        _ => None,
    }
}

/// The name of the loop, where the run has one.
pub(super) fn preset<'a>(trial: &'a Trial<'_>) -> Option<&'a str> {
    trial.config().process.others.get("preset").and_then(Value::as_str)
}

/// Whether the expected loss is minimised.
pub(super) fn is_population(trial: &Trial<'_>) -> bool {
    trial.simulation().process.fit.is_population()
}

/// Whether the features are one-hot.
pub(super) fn is_table(instance: &Instance) -> bool {
    matches!(instance.features(), FeatureMap::OneHot(_))
}

/// log π_0, prompt by prompt.
pub(super) fn base_logs(instance: &Instance) -> Vec<Vec<f64>> {
    let policy = instance.policy(instance.base());
    let responses = |x: usize| 0..policy.row(x).responses() as u32;
    (0..instance.prompts()).map(|x| responses(x).map(|y| policy.log_prob(x, y)).collect()).collect()
}

/// Which responses are correct, prompt by prompt; none where that is not known.
pub(super) fn marks(instance: &Instance) -> Vec<Vec<bool>> {
    let mark = |x: usize, y: usize| instance.correct().and_then(|correct| correct.holds(x, y as u32)) == Some(true);
    (0..instance.prompts()).map(|x| (0..instance.features().responses(x)).map(|y| mark(x, y)).collect()).collect()
}

/// The reward from outside: the instance's, or 1 for correct and 0 for wrong.
pub(super) fn rewards(instance: &Instance) -> Vec<Vec<f64>> {
    let Some(reward) = instance.reward() else {
        let ones = |row: Vec<bool>| row.into_iter().map(|mark| f64::from(u8::from(mark))).collect();
        return marks(instance).into_iter().map(ones).collect();
    };
    let row = |x: usize| (0..instance.features().responses(x)).map(|y| reward.row(x).logit(y as u32)).collect();
    (0..instance.prompts()).map(row).collect()
}

/// Σ p(x) f(x).
pub(super) fn mean(instance: &Instance, of: impl Fn(usize) -> f64) -> f64 {
    let weighed = instance.weights().iter().enumerate().filter(|(_, p)| **p > 0.0);
    weighed.map(|(x, p)| p * of(x)).sum()
}
