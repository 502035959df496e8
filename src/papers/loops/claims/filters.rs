//! A verifier with errors (L10).

use super::super::theory::laws::{log_odds, normalised};
use super::super::theory::recursions::verified;
use super::OURS;
use super::presets::entropy;
use super::rows::{ROUNDING, base_logs, is_marked, is_population_of, is_table, marks, mean};
use crate::Result;
use crate::claims::cases::step_by_step;
use crate::claims::premises::Slot;
use crate::claims::{Case, Claim, Comparison, Control, Source, Statement, Trial};
use crate::metrics::named::{CORRECT_PROBABILITY, DISAGREEMENT, ENTROPY, LOG_ODDS};
use crate::process::Accept;

const VERIFIER: &[Source] = &[
    Source { experiment: "orders_of_decay", part: "verifier" },
    Source { experiment: "orders_of_decay", part: "verifier-tables" },
];

/// The claims of this file.
pub(super) const CLAIMS: &[Claim] = &[Claim::exact(
    "L10",
    "verifier-filter adds log(a/f) to the log-odds of the correct set in every round (+∞ at f = 0); laws inside the correct and the wrong set never change",
    OURS,
    VERIFIER,
    Statement::Replicates(filtered),
    &[Control::replicates("L10.half", "P[correct] rises if and only if f < ½", VERIFIER, half)],
)];

/// (a, f) of a population round on a table of which it is known what is correct.
fn verifier(trial: &Trial<'_>) -> Result<Option<(f64, f64)>> {
    let Accept::Verifier { true_positive, false_positive } = trial.simulation().process.accept else {
        return Ok(None);
    };
    let instance = trial.instance()?;
    let speaks = is_population_of(trial, "likelihood", &[Slot::Accept]) && is_table(&instance) && is_marked(&instance);
    Ok(Some((true_positive, false_positive)).filter(|_| speaks))
}

fn filtered(trial: &Trial<'_>) -> Result<Option<Case>> {
    let Some((a, f)) = verifier(trial)? else { return Ok(None) };
    let instance = trial.instance()?;
    let (base, marks) = (base_logs(&instance), marks(&instance));
    let mut case = Case::default();
    case.place.size = trial.size();
    for t in 0..=trial.rounds() {
        let found = trial.get(&LOG_ODDS, t)?;
        let stated = mean(&instance, |x| verified(log_odds(&base[x], &marks[x]), a, f, t as u32));
        case.comparisons.push(match stated.is_finite() {
            true => Comparison::identity(found, stated, ROUNDING * (1.0 + stated.abs())),
            false => Comparison::identity(f64::from(u8::from(found == stated)), 1.0, 0.0),
        });
        // π_0 with the odds of the correct set shifted, and nothing else.
        let shift = verified(0.0, a, f, t as u32);
        let moved = |x: usize| {
            let one = |(log, mark): (&f64, &bool)| match (shift.is_finite(), mark) {
                (false, false) => f64::NEG_INFINITY,
                (false, true) => *log,
                (true, _) => log + if *mark { shift } else { 0.0 },
            };
            normalised(&base[x].iter().zip(&marks[x]).map(one).collect::<Vec<_>>())
        };
        let laws: Vec<Vec<f64>> = (0..instance.prompts()).map(moved).collect();
        let agreeing = |law: &[f64]| law.iter().map(|log| (2.0 * log).exp()).sum::<f64>();
        for (of, stated) in [
            (&ENTROPY, mean(&instance, |x| entropy(&laws[x]))),
            (&DISAGREEMENT, 1.0 - mean(&instance, |x| agreeing(&laws[x]))),
        ] {
            case.comparisons.push(Comparison::identity(trial.get(of, t)?, stated, ROUNDING * (1.0 + stated)));
        }
    }
    Ok(Some(case))
}

fn half(trial: &Trial<'_>) -> Result<Option<Case>> {
    let Some((_, f)) = verifier(trial)? else { return Ok(None) };
    step_by_step(
        trial,
        "",
        |_| Ok(true),
        |t| {
            let [before, after] = [trial.get(&CORRECT_PROBABILITY, t)?, trial.get(&CORRECT_PROBABILITY, t + 1)?];
            Ok(vec![match f < 0.5 {
                true => Comparison::at_least(after, before, ROUNDING),
                false => Comparison::unlimited(after, before, ROUNDING),
            }])
        },
    )
}
