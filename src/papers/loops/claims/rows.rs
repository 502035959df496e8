//! What a run's loop is, as claims ask for it, and the policy that a run starts from.

use toml::{Table, Value};

use crate::Result;
use crate::claims::Trial;
use crate::claims::premises::{self, Slot};
use crate::instance::{FeatureMap, Instance};
use crate::process::fit::Data;
use crate::process::{Labels, Reference};
use crate::settings::number;
use crate::simulate::{Config, Simulation};

/// How far an identity may be missed, relative to the size of its sides: rounding, as exact claims are weighed.
pub(super) const ROUNDING: f64 = 1e-9;
/// The same where a fit ends by Newton steps.
pub(super) const NEWTON: f64 = 1e-6;

/// Whether rewards are standardised, prompt by prompt.
fn is_standardised(trial: &Trial<'_>) -> bool {
    trial.config().process.others.get("standardise").and_then(Value::as_bool) == Some(true)
}

/// Weights of the reward: of log π_t, of log π_0, and of what comes from outside; `None` where it is none of these.
pub(super) fn weights(trial: &Trial<'_>) -> Option<(f64, f64, f64)> {
    written_weights(trial).filter(|_| !is_standardised(trial))
}

/// Whether the reward is what comes from outside, standardised.
pub(super) fn is_mirror(trial: &Trial<'_>) -> bool {
    is_standardised(trial) && written_weights(trial) == Some((0.0, 0.0, 1.0))
}

/// The weights before anything is standardised.
fn written_weights(trial: &Trial<'_>) -> Option<(f64, f64, f64)> {
    match trial.config().process.others.get("reward") {
        None => Some((1.0, 0.0, 0.0)),
        Some(Value::String(word)) => match word.as_str() {
            "self" => Some((1.0, 0.0, 0.0)),
            "base" => Some((0.0, 1.0, 0.0)),
            "external" => Some((0.0, 0.0, 1.0)),
            _ => None,
        },
        Some(Value::Table(table)) if !table.contains_key("vote_of") => {
            let weight = |name: &str| table.get(name).and_then(number).unwrap_or(0.0);
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

/// Whether the fit of a name minimises its expected loss, in a loop that differs from the paper's in these choices at most.
pub(super) fn is_population_of(trial: &Trial<'_>, update: &str, slots: &[Slot]) -> bool {
    premises::is_population_of(trial.simulation(), update) && premises::departs_at_most(trial.simulation(), slots)
}

/// Whether one number says all of the policy: one prompt with two responses, one of which is correct, and a logit for each.
pub(super) fn is_one_number(instance: &Instance) -> bool {
    is_table(instance) && instance.prompts() == 1 && is_of_two_answers(instance)
}

/// Whether every prompt has two responses, one of which is correct.
pub(super) fn is_of_two_answers(instance: &Instance) -> bool {
    let one_of_two = |x: usize| {
        let list = instance.correct().and_then(|correct| correct.at(x));
        instance.features().responses(x) == 2 && list.is_some_and(|list| list.len() == 1)
    };
    (0..instance.prompts()).all(one_of_two)
}

/// Whether it is known of every response whether it is correct.
pub(super) fn is_marked(instance: &Instance) -> bool {
    instance.correct().is_some_and(|correct| correct.known_everywhere())
}

/// Whether the loop is all that its preset makes it, but for these keys: none beside it won, and nothing was added to it.
pub(super) fn is_its_preset(trial: &Trial<'_>, but_for: &[&str]) -> Result<bool> {
    let (config, Some(name)) = (trial.config(), preset(trial)) else { return Ok(false) };
    let written = config.process.table();
    let mut own = Table::new();
    own.insert("preset".to_owned(), name.into());
    if trial.simulation().process.fit.is_population() {
        own.insert("population".to_owned(), true.into());
    }
    for key in ["beta", "beta_over_sqrt_n", "samples", "rounds", "sampling"].iter().chain(but_for) {
        if let Some(value) = written.get(*key) {
            own.insert((*key).to_owned(), value.clone());
        }
    }
    let instance = Table::from_iter([("kind".to_owned(), config.instance.kind.name().into())]);
    let sections = [("instance", instance), ("process", own)];
    let alone =
        Config::from_table(&sections.into_iter().map(|(name, of)| (name.to_owned(), Value::Table(of))).collect())?;
    Ok(format!("{:?}", Simulation::settle(&alone)?) == format!("{:?}", trial.simulation().process))
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
