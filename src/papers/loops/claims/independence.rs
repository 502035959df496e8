//! What the square loss does not depend on (U2): whose prompts and whose candidates.

use super::OURS;
use super::rows::{NEWTON, smooth_labels};
use crate::Result;
use crate::claims::cases::of_cell;
use crate::claims::{Case, Claim, Comparison, Control, Rule, Source, Statement, Trial};
use crate::experiment::CellRows;
use crate::metrics::named::{
    FISHER_MAX, FISHER_MIN, MARGIN, MIN_CONFIDENCE, NATURAL_DISTANCE, NATURAL_STEP, THETA_NORM,
};

/// A linear class whose target it holds, under several laws of prompts and candidates; sampled, too.
const LINEAR: &[Source] = &[
    Source { experiment: "loop_plane", part: "drawn-linear" },
    Source { experiment: "loop_plane", part: "drawn-sampled" },
];
/// The same with fixed logits that it does not hold.
const OFFSET: &[Source] = &[Source { experiment: "loop_plane", part: "drawn-offset" }];
/// One table under several laws.
const TABLE: &[Source] = &[
    Source { experiment: "loop_plane", part: "drawn-table" },
    Source { experiment: "loop_plane", part: "drawn-table-sampled" },
];
const WIN_RATE: &[Source] = &[Source { experiment: "loop_plane", part: "drawn-win-rate" }];
const FLIPS: &[Source] = &[Source { experiment: "loop_plane", part: "drawn-flips" }];

/// The claims of this file.
pub(super) const CLAIMS: &[Claim] = &[
    Claim {
        note: "100000 sampled pairs leave no direction out; prompts of which π_t is sure may be left out, too, where the others differ in every direction (random laws of full support: U2.laws); beside the update from pairs of π_t at p on the same instance; of labels the law is known at second hand, and redone",
        ..Claim::exact(
            "U2",
            "a linear class that holds the target: the update of the square loss, and the population's on Bradley–Terry labels, do not depend on the laws of prompts and candidates; nor does the sampled square loss's once the span is complete",
            "ours (labels: known at second hand, redone)",
            LINEAR,
            Statement::Replicates(as_from_the_policy),
            &[Control {
                id: "U2.offset",
                says: "the same with fixed logits outside the class",
                sources: OFFSET,
                statement: Statement::Replicates(as_from_the_policy),
                rule: Rule::Always,
            }],
        )
    },
    Claim::exact(
        "U2.table",
        "the same on a table of five responses: margin and least confidence after each round, over laws of prompts and candidates",
        OURS,
        TABLE,
        Statement::Cells(alike),
        &[
            cells("U2.win-rate", "the same for the square loss on hard labels, K = 5", WIN_RATE),
            cells("U2.flips", "the same for labels that are flipped, K = 5", FLIPS),
        ],
    ),
];

const fn cells(id: &'static str, says: &'static str, sources: &'static [Source]) -> Control {
    Control { id, says, sources, statement: Statement::Cells(alike), rule: Rule::Always }
}

/// The distance of the step from the one that pairs of π_t give, which is −F⁺∇H by plain sums.
fn as_from_the_policy(trial: &Trial<'_>) -> Result<Option<Case>> {
    let mut case = Case::default();
    case.place.size = trial.size();
    let newton = smooth_labels(trial).is_some();
    for t in 0..trial.rounds() {
        // What −F⁺∇H is known to, by the condition of F.
        let condition = trial.get(&FISHER_MAX, t)? / trial.get(&FISHER_MIN, t)?;
        let relative = if newton { NEWTON } else { 1e-9 } + 64.0 * f64::EPSILON * condition;
        let size = trial.get(&NATURAL_STEP, t)? + trial.beta() * trial.get(&THETA_NORM, t + 1)?;
        let distance = trial.get(&NATURAL_DISTANCE, t + 1)?;
        case.comparisons.push(Comparison::identity(distance, 0.0, relative * size));
    }
    Ok(Some(case))
}

/// Cells that differ in the laws of prompts and candidates alone, each against the first of its kind.
fn alike(cells: &[CellRows]) -> Result<Vec<Case>> {
    let kind = |cell: &CellRows| {
        ["process.update", "process.beta", "process.labels", "process.reference"].map(|key| cell.label(key))
    };
    let mut cases = Vec::new();
    for (place, cell) in cells.iter().enumerate() {
        let Some(first) = cells[..place].iter().find(|other| kind(other) == kind(cell)) else { continue };
        let mut case = of_cell(cell);
        let relative = if cell.label("process.update") == "logistic" { NEWTON } else { 1e-9 };
        for replicate in 0..cell.replicates.len() {
            for t in 1..=cell.rounds() {
                if t > first.rounds() {
                    break;
                }
                for of in [&MARGIN, &MIN_CONFIDENCE] {
                    let [here, there] = [cell.value(replicate, of, t)?, first.value(0, of, t)?];
                    case.comparisons.push(Comparison::identity(here, there, relative * (1.0 + there)));
                }
            }
        }
        cases.push(case);
    }
    Ok(cases)
}
