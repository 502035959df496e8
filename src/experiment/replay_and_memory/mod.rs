//! What memory does to a loop that sharpens (L11, L12), and what resampling does to one that does not (L13).

mod figures;
mod findings;
pub mod resampled;
mod tables;

use super::{Drawing, Experiment};

/// Replay of uniform answers on either side of its threshold, accumulated answers, and unfiltered ones.
pub const EXPERIMENT: Experiment = Experiment {
    name: "replay_and_memory",
    about: "A share of uniform answers and its pitchfork, answers that accumulate, and the loss of variety by resampling alone",
    definition: include_str!("../../../experiments/definitions/replay_and_memory.toml"),
    findings: findings::findings,
    drawings: &[Drawing { name: "replay_and_memory", table: tables::table, figure: figures::figure }],
};
