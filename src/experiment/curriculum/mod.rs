//! Levels one after another, all at once, or the hardest alone: the chain over solved levels (claim T6), and the language model's questions
//! by level. A reconstruction, ours: the full text of arXiv 2602.10014 was not available.

mod figures;
mod findings;
mod tables;

use super::{CellRows, Drawing, Experiment};
use crate::Result;
use crate::metrics::named::{CORRECT_PROBABILITY, CORRECT_PROBABILITY_LEVEL};
use crate::papers::task_centric::theory::curriculum::Schedule;

/// The chain where n and the transfer vary, and the language model at equal numbers of proposals.
pub const EXPERIMENT: Experiment = Experiment {
    name: "curriculum",
    about: "Levels in order, all at once, or the hardest alone: an exact chain, and a language model's questions by level",
    definition: include_str!("../../../experiments/definitions/curriculum.toml"),
    findings: findings::findings,
    drawings: &[
        Drawing { name: "curriculum", table: tables::chain, figure: figures::chain },
        Drawing { name: "curriculum_model", table: tables::model, figure: figures::model },
    ],
};

/// The hardest level of the language model's questions.
const TOP: i64 = 5;

/// The schedule of a cell's prompts.
fn schedule(cell: &CellRows) -> Schedule {
    let prompts = cell.label("process.prompts");
    match () {
        () if prompts.contains("rounds_per_level") => Schedule::Curriculum,
        () if prompts.contains("level") => Schedule::HardOnly,
        () => Schedule::Mixture,
    }
}

/// Its name in tables.
fn name(schedule: Schedule) -> &'static str {
    match schedule {
        Schedule::Curriculum => "curriculum",
        Schedule::Mixture => "mixture",
        Schedule::HardOnly => "hard-only",
    }
}

/// J after t rounds of each replicate, of one level or of all prompts.
fn right(cell: &CellRows, level: Option<i64>, t: usize) -> Result<Vec<f64>> {
    match level {
        Some(level) => cell.values(CORRECT_PROBABILITY_LEVEL.at_level(level), t),
        None => cell.values(&CORRECT_PROBABILITY, t),
    }
}
