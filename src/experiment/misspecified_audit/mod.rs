//! The misspecified class and the drift lemma on awkward random instances (claims D1, M1–M4): both sides of what is said of every round.

mod figure;
mod sides;

use super::{Drawing, Experiment, Finding, Results};
use crate::Result;
use sides::{Statement, Step, steps};

/// Population steps and ERM in two forms, with and without an offset, and three answers.
pub const EXPERIMENT: Experiment = Experiment {
    name: "misspecified_audit",
    about: "Both sides of what is said of a round with fixed logits: its loss, its step, and the modes that it moves",
    definition: include_str!("../../../experiments/definitions/misspecified_audit.toml"),
    findings,
    drawings: &[Drawing { name: "misspecified_audit", table: figure::table, figure: figure::figure }],
};

/// The parts, and what their updates are called in figures.
const UPDATES: [(&str, &str); 7] = [
    ("population", "population update"),
    ("erm", "ERM, nearest"),
    ("erm-min-norm", "ERM, least norm"),
    ("three-answers", "three answers, (0.30, 0.69, 0.01)"),
    ("sure-answers", "three answers, (0.0001, 0.9995, 0.0004)"),
    ("dirichlet", "three answers, drawn; population"),
    ("dirichlet-erm", "three answers, drawn; ERM"),
];

/// What a left side may exceed, or an identity miss, relative to the sides: rounding in the condition that is asked for.
const ROUNDING: f64 = 1e-6;

fn findings(results: &Results) -> Result<Vec<Finding>> {
    let steps = steps(results)?;
    Ok(Statement::ALL.iter().map(|statement| finding(statement, &steps)).collect())
}

/// Whether a statement fails nowhere, and says something: an inequality comes within 1% of equality in some step.
fn finding(statement: &Statement, steps: &[Step]) -> Finding {
    let excess = |step: &Step| {
        let (left, right) = (statement.sides)(step)?;
        Some(if statement.identity {
            let apart = (left - right).abs();
            // A slack that is not known excuses nothing.
            let excused = apart <= (statement.slack)(step);
            if excused { 0.0 } else { apart / left.max(right).max(f64::MIN_POSITIVE) }
        } else {
            left / right.max(f64::MIN_POSITIVE) - 1.0
        })
    };
    let excesses: Vec<f64> = steps.iter().filter_map(excess).collect();
    let failing = excesses.iter().filter(|excess| **excess > ROUNDING).count();
    let tightest = excesses.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let expected = failing == 0 && !excesses.is_empty() && (statement.identity || tightest > -0.01);
    let what = if statement.identity { "largest relative distance of the sides" } else { "largest left/right − 1" };
    let says = format!(
        "{}: {} fails in {failing} of {} steps; {what} {tightest:.1e}",
        statement.name,
        statement.formula,
        excesses.len()
    );
    Finding::new(expected, says)
}
