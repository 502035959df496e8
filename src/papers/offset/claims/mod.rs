//! Every statement of the chapter that has a row in the ledger.

mod drift;
mod excess;
mod floor;
mod population;
mod three_answers;

use crate::Result;
use crate::claims::{Case, Claim, Control, Rule, Source, Statement, Trial};

/// The claims, file by file.
pub(super) const CLAIMS: &[&[Claim]] =
    &[drift::CLAIMS, population::CLAIMS, three_answers::CLAIMS, excess::CLAIMS, floor::CLAIMS];

/// Awkward instances with and without an offset: population steps, ERM in several forms, three answers.
const AUDIT: &[Source] = &[Source { experiment: "misspecified_audit", part: "" }];

/// A false variant that is refuted on the audit's rows.
const fn control(id: &'static str, says: &'static str, judge: fn(&Trial<'_>) -> Result<Option<Case>>) -> Control {
    Control { id, says, sources: AUDIT, statement: Statement::Replicates(judge), rule: Rule::Always }
}

/// Whether each round is the population step of self-rewarding, without a ball or a ridge: what M1, M3 and M4 speak of.
fn is_population(trial: &Trial<'_>) -> bool {
    let process = &trial.config().process;
    process.is_population() && process.is_plain() && trial.radius().is_none() && process.ridge.unwrap_or(0.0) == 0.0
}
