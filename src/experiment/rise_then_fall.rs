//! Accuracy that rises first and falls then (claim L7): all that it takes are prompts of two kinds, and a loop that makes all of them sure.

mod figures;
mod findings;
mod gaps;
mod tables;

pub use tables::of_groups;

use super::{Drawing, Experiment};

/// Two kinds of prompts in seven mixtures, self-rewarding and votes; and the gaps of a language model.
pub const EXPERIMENT: Experiment = Experiment {
    name: "rise_then_fall",
    about: "Right answers that become more and then fewer: a mixture of prompts is enough, and gaps of favourites foretell it",
    definition: include_str!("../../experiments/definitions/rise_then_fall.toml"),
    findings: findings::findings,
    drawings: &[
        Drawing { name: "rise_then_fall", table: tables::mixtures, figure: figures::mixtures },
        Drawing { name: "rise_then_fall_model", table: tables::model, figure: figures::model },
    ],
};
