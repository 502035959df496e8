//! One step: Lemma C.1 to Eq. 43 (C1–C9).

use crate::Result;
use crate::claims::claim::{Claim, Control, Level, Source, Statement};
use crate::claims::evidence::{Case, Comparison};
use crate::claims::trial::Trial;
use crate::claims::weigh::Rule;
use crate::study::definition::Verdict;
use crate::theory;

/// Rows with the quantities of the proof chain.
const AUDIT: &[Source] = &[Source { experiment: "proof_audit", part: "" }];

/// The claims of this file.
pub const CLAIMS: &[Claim] = &[Claim {
    id: "C1",
    says: "E_x[1 − π_{t+1}(y*_t|x)] ≤ (J_t(π°_t) − J_t(π_{t+1}))/γ_t",
    level: Level::Exact,
    result: "Lemma C.1",
    expected: Verdict::Holds,
    sources: AUDIT,
    statement: Statement::Replicates(suboptimality),
    rule: Rule::Always,
    note: "",
    controls: &[Control {
        id: "C1.no-margin",
        says: "the same without 1/γ_t",
        sources: AUDIT,
        statement: Statement::Replicates(suboptimality_without_margin),
        rule: Rule::Always,
    }],
}];

fn suboptimality(trial: &Trial<'_>) -> Result<Option<Case>> {
    regret(trial, |gap, gamma| theory::one_step::suboptimality(gap, gamma))
}

fn suboptimality_without_margin(trial: &Trial<'_>) -> Result<Option<Case>> {
    regret(trial, |gap, _| theory::one_step::suboptimality(gap, 1.0))
}

/// The left side of Lemma C.1 against a bound of gap and margin.
fn regret(trial: &Trial<'_>, bound: impl Fn(f64, f64) -> Result<theory::Bound>) -> Result<Option<Case>> {
    let mut case = Case::default();
    for t in 0..trial.rounds() {
        let gamma = trial.get("margin", t);
        if !(gamma > 0.0 && gamma.is_finite()) {
            continue;
        }
        let bound = bound(trial.get("chain_gap", t + 1), gamma)?;
        let measured = trial.get("comparator_regret", t + 1);
        case.comparisons.push(Comparison::new(
            measured,
            bound.value(),
            trial.rounding(t + 1, bound.value()),
            !bound.vacuous(),
        ));
    }
    Ok(Some(case))
}
