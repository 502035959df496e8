//! Likelihood fits of the best of N draws in a linear class (S12): its law where there are directions enough, moved modes otherwise.

use super::super::theory::best_of_n::best_of_law;
use crate::Result;
use crate::claims::premises::{Slot, departs_at_most, has_offset, is_population_of};
use crate::claims::{Case, Claim, Comparison, Control, Source, Statement, Trial};
use crate::metrics::named::{BASE_PROBABILITY, DRIFT, ENTROPY, FIT_DIVERGENCE, LOGIT_ROUNDING, MARGIN, THETA_NORM};
use crate::papers::laws::{base_laws, entropy, mode};
use crate::process::Selection;

/// As many independent differences as there are responses, but one a prompt.
const ENOUGH: &[Source] = &[Source { experiment: "best_of_n", part: "full-class" }];
const TOO_FEW: &[Source] = &[Source { experiment: "best_of_n", part: "drift" }];
const RLHF: &[Source] = &[Source { experiment: "best_of_n", part: "drift-rlhf" }];

/// How far a damped Newton's fit may be from its optimum, relative to the size of what is compared.
const NEWTON: f64 = 1e-6;

/// The claims of this file.
pub(super) const CLAIMS: &[Claim] = &[
    Claim::exact(
        "S12",
        "d ≥ Σ_x(K(x)−1) independent differences: the population likelihood fit of the best-of-N law is that law",
        RESULT,
        ENOUGH,
        Statement::Replicates(equal),
        &[Control::replicates(
            "S12.modes",
            "a population round of sharpening-sft keeps every mode, whatever d is",
            TOO_FEW,
            kept,
        )],
    ),
    Claim::exact(
        "S12.rlhf",
        "a population round of sharpening-rlhf keeps every mode and has γ_1 = (1 + 1/β)γ_0, whatever d is",
        RESULT,
        RLHF,
        Statement::Replicates(kept_and_grown),
        &[Control::replicates("S12.reward-alone", "the same with γ_1 = γ_0/β", RLHF, kept_and_replaced)],
    ),
];

const RESULT: &str = "misspecified sharpening (ours)";

/// The first round is the best of N draws from π_0, fitted by likelihood in the population.
fn equal(trial: &Trial<'_>) -> Result<Option<Case>> {
    let Selection::BestOf(n) = trial.simulation().process.candidates.selection else { return Ok(None) };
    // In the first round π_t is π_0, whichever ranks the draws.
    let speaks = is_population_of(trial.simulation(), "likelihood")
        && departs_at_most(trial.simulation(), &[Slot::Selection, Slot::Ranking]);
    if !speaks || trial.rounds() == 0 {
        return Ok(None);
    }
    let instance = trial.instance()?;
    let base = base_laws(&instance);
    let kept = base.iter().map(|law| best_of_law(law, law, n as f64)).collect::<Result<Vec<_>>>()?;
    let mean = |of: &dyn Fn(usize) -> f64| -> f64 {
        instance.weights().iter().enumerate().map(|(x, weight)| weight * of(x)).sum()
    };
    let enough: usize = base.iter().map(|law| law.len() - 1).sum();
    let mut case = Case::default();
    case.place.size = trial.size();
    case.assumptions.push(("Σ_x(K(x)−1) independent differences", instance.rank() >= enough));
    for (of, expected) in [
        (&BASE_PROBABILITY, mean(&|x| kept[x][mode(&base[x])])),
        (&ENTROPY, mean(&|x| entropy(&kept[x]))),
        (&FIT_DIVERGENCE, 0.0),
    ] {
        case.comparisons.push(Comparison::identity(trial.get(of, 1)?, expected, NEWTON));
    }
    Ok(Some(case))
}

/// Whether it is one population round of sharpening-rlhf in a class that holds the reward, with a mode at each prompt: log π_0 and log π_t
/// are the same in the first round.
fn is_one_round(trial: &Trial<'_>) -> Result<bool> {
    let simulation = trial.simulation();
    let others = &trial.config().process.others;
    let speaks = is_population_of(simulation, "erm")
        && departs_at_most(simulation, &[Slot::Candidates, Slot::Reward, Slot::Reference])
        && matches!(others.get("reward").map(toml::Value::as_str), None | Some(Some("self" | "base")))
        && others.get("standardise").and_then(toml::Value::as_bool) != Some(true)
        && !has_offset(simulation)
        && trial.rounds() == 1;
    Ok(speaks && trial.get(&MARGIN, 0)? > 1e-9 * (1.0 + trial.get(&THETA_NORM, 0)?))
}

/// No prompt's mode is another than the base model's.
fn kept(trial: &Trial<'_>) -> Result<Option<Case>> {
    let mut case = Case::default();
    case.place.size = trial.size();
    for t in 1..=trial.rounds() {
        case.comparisons.push(Comparison::probability(trial.get(&DRIFT, t)?, 0.0, 0.0));
    }
    Ok(Some(case))
}

fn kept_and_grown(trial: &Trial<'_>) -> Result<Option<Case>> {
    with_margin(trial, |beta| 1.0 + 1.0 / beta)
}

fn kept_and_replaced(trial: &Trial<'_>) -> Result<Option<Case>> {
    with_margin(trial, |beta| 1.0 / beta)
}

fn with_margin(trial: &Trial<'_>, growth: impl Fn(f64) -> f64) -> Result<Option<Case>> {
    if !is_one_round(trial)? {
        return Ok(None);
    }
    let Some(mut case) = kept(trial)? else { return Ok(None) };
    let expected = growth(trial.beta()) * trial.get(&MARGIN, 0)?;
    // A margin is a difference of logits, and known as well as they are.
    let rounding = 1e-9 * expected + 8.0 * trial.get(&LOGIT_ROUNDING, 1)?;
    case.comparisons.push(Comparison::identity(trial.get(&MARGIN, 1)?, expected, rounding));
    Ok(Some(case))
}
