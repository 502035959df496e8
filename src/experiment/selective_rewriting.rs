//! Prompts of which the policy is sure already, left out of a round (L14): no verdict, since the sign depends on the instance.

mod figure;
mod findings;
mod tables;

use super::{Drawing, Experiment};

/// A filter at c = 1 to 0.6 on two instances with opposite signs, on a language model's answers and on embeddings.
pub const EXPERIMENT: Experiment = Experiment {
    name: "selective_rewriting",
    about: "Rounds on prompts that are not yet sure: rank of what is seen, drift and failure by the filter, on five instances",
    definition: include_str!("../../experiments/definitions/selective_rewriting.toml"),
    findings: findings::findings,
    drawings: &[
        Drawing { name: "selective_rewriting", table: tables::drawn, figure: figure::drawn },
        Drawing { name: "selective_rewriting_real", table: tables::real, figure: figure::real },
    ],
};
