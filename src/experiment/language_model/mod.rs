//! Self-rewarding on the answers of a real language model, linearised in one map after its last norm: what it gains and loses round by
//! round, beside the same policy in a class that holds all its logits (companion section 7).

mod capacity;
mod findings;
mod knobs;
mod rounds;
mod rules;
mod samples;

// For the tests: what is computed in the full profile alone.
#[doc(hidden)]
pub use findings::{kept, kept_by_flips};

use super::{CellRows, Drawing, Experiment};
use crate::Result;
use crate::metrics::named::{self, ACCURACY, CORRECT_PROBABILITY, DRIFT, Metric};

/// Expectation and n from 64 to 2^20, β = 1, 4 and 1/√n, 8 to 256 coordinates, ridge, ball, base and selective prompts, on
/// `data/smollm_answers.npz`.
pub const EXPERIMENT: Experiment = Experiment {
    name: "language_model",
    about: "A real language model answers 160 questions and rewards itself: how sure, how right, and what makes it safe",
    definition: include_str!("../../../experiments/definitions/language_model.toml"),
    findings: findings::findings,
    drawings: &[
        Drawing { name: "language_model", table: rounds::table, figure: rounds::figure },
        Drawing { name: "language_model_capacity", table: capacity::table, figure: capacity::figure },
        Drawing { name: "language_model_samples", table: samples::table, figure: samples::figure },
        Drawing { name: "language_model_knobs", table: knobs::table, figure: knobs::figure },
    ],
};

/// Own mode below 1/2.
const FAILURE: Metric = named::FAILURE.at(0.5);

/// Questions in `data/smollm_answers.npz`; coordinates of its features.
const QUESTIONS: usize = 160;
const DIRECTIONS: usize = 256;

/// Half a prompt of them.
const HALF_A_PROMPT: f64 = 0.5 / QUESTIONS as f64;

/// What every table of this experiment has.
fn measured() -> [Metric; 4] {
    [FAILURE, (&DRIFT).into(), (&CORRECT_PROBABILITY).into(), (&ACCURACY).into()]
}

/// The class of a cell: `linearised` where the model's own logits are fixed beside the features, `realizable` where they are a feature.
fn class(cell: &CellRows) -> &'static str {
    if cell.label("instance.offset_as_feature") == "true" { "realizable" } else { "linearised" }
}

/// A quantity's mean over replicates after t rounds.
fn mean(cell: &CellRows, of: impl Into<Metric>, t: usize) -> Result<f64> {
    cell.mean(of, t).map(|mean| mean.mean)
}

/// Its mean after the last round.
fn last(cell: &CellRows, of: impl Into<Metric>) -> Result<f64> {
    mean(cell, of, cell.rounds())
}

/// A table's line goes on with what every table has, after t rounds.
fn with_measured(mut line: super::Line, cell: &CellRows, t: usize) -> Result<super::Line> {
    for metric in measured() {
        let interval = cell.mean(metric, t)?;
        line = line.measured(&metric.name(), interval.mean, interval.ends);
    }
    Ok(line)
}
