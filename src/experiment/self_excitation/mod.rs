//! What a loop does to itself: a crash that is known before it happens, gains that die, a sawtooth; standardised rewards and finite time
//! (Q1–Q4).

pub mod directions;
mod figures;
mod findings;
mod tables;

use super::{Drawing, Experiment};

/// One set of pairs in all rounds, pairs drawn anew from π_0 and from π_t, and standardised rewards of correct answers.
pub const EXPERIMENT: Experiment = Experiment {
    name: "self_excitation",
    about: "Growth that the first pairs predict, gains and span that are lost, the sawtooth of a frozen reference; finite time of standardised rewards",
    definition: include_str!("../../../experiments/definitions/self_excitation.toml"),
    findings: findings::findings,
    drawings: &[
        Drawing { name: "self_excitation", table: tables::norms, figure: figures::norms },
        Drawing { name: "self_excitation_grpo", table: tables::standardised, figure: figures::standardised },
    ],
};

/// B: a run has crashed once ‖θ_t‖ is above it.
pub const RADIUS: f64 = 1e4;
