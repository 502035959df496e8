//! The bounds by name: what each needs, and how it is evaluated. A reconstruction, ours: the full text of arXiv 2602.10014 was not
//! available.

use super::theory::acceptance::acceptance;
use super::theory::curriculum::{Levels, curriculum};
use super::theory::feedback::feedback_map;
use crate::Result;
use crate::papers::{Bound, BoundEntry, Numbers};

/// Every bound, in the order of the theory.
pub(super) const BOUNDS: &[BoundEntry] = &[
    BoundEntry {
        name: "acceptance",
        about: "E_x[ρ_t(1−ρ_{t+1})] after one round of a finite class on accepted answers (T2, ours: the text of 2602.10014 was not available)",
        usage: "log-class-size or class-size, n (rho)",
        evaluate: of_acceptance,
    },
    BoundEntry {
        name: "feedback-map",
        about: "least P[correct] after rounds in which all prompts accept alike (T3, ours: the text of 2602.10014 was not available)",
        usage: "acceptance, start (rounds)",
        evaluate: of_feedback,
    },
    BoundEntry {
        name: "curriculum",
        about: "P[top level solved] by a curriculum, a mixture and the top alone (T6, ours: the text of 2602.10014 was not available)",
        usage: "difficulties, transfer, n",
        evaluate: of_curriculum,
    },
];

fn of_acceptance(numbers: &Numbers) -> Result<Bound> {
    acceptance(numbers.log_class_size(1.0)?, numbers.need("n")?, numbers.or("rho", 0.05)?)
}

fn of_feedback(numbers: &Numbers) -> Result<Bound> {
    feedback_map(numbers.need("acceptance")?, numbers.need("start")?, numbers.rounds_or(1)?)
}

fn of_curriculum(numbers: &Numbers) -> Result<Bound> {
    let levels = Levels { difficulties: numbers.list("difficulties")?, transfer: numbers.need("transfer")? };
    curriculum(&levels, numbers.need("n")?)
}
