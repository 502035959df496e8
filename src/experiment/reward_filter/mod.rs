//! Training on accepted answers: what T rounds leave unsolved (claim T1), what a finite class is guaranteed (T2, T3), and what never falls
//! (T4). A reconstruction, ours: the full text of arXiv 2602.10014 was not available.

mod figures;
mod findings;
pub mod law;
mod tables;

use super::{Drawing, Experiment};

/// Rounds of `task-centric` on tables, on three prompts, and on the language model's right answers.
pub const EXPERIMENT: Experiment = Experiment {
    name: "reward_filter",
    about: "Training on accepted answers: T rounds against one of nT, guarantees against what happens, and what never falls",
    definition: include_str!("../../../experiments/definitions/reward_filter.toml"),
    findings: findings::findings,
    drawings: &[
        Drawing { name: "reward_filter", table: tables::rounds, figure: figures::rounds },
        Drawing { name: "reward_filter_guarantees", table: tables::guarantees, figure: figures::guarantees },
    ],
};

/// ρ: a guarantee may fail in this share of the runs.
const RHO: f64 = 0.1;
