//! The time of standardised rewards, and the threshold of a frozen reference (Q4a, Q4b).

use crate::Result;
use crate::papers::loops::theory::normalised::grpo_time;
use crate::papers::{Bound, BoundEntry, Numbers};

pub(super) const TIME: BoundEntry = BoundEntry {
    name: "grpo-time",
    about: "rounds until standardised rewards of correct answers make a policy always right, and whether a frozen reference holds it (Q4)",
    usage: "start, beta",
    evaluate,
};

fn evaluate(numbers: &Numbers) -> Result<Bound> {
    grpo_time(numbers.need("start")?, numbers.need("beta")?)
}
