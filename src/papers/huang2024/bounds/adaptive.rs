//! The draws and the output of the adaptive rule (S5).

use super::super::theory::adaptive::adaptive_draws;
use crate::Result;
use crate::papers::{Bound, BoundEntry, Numbers};

pub(super) const ADAPTIVE: BoundEntry = BoundEntry {
    name: "adaptive-draws",
    about: "mean number of draws of the adaptive rule, with its output law, its misses, and Lemma I.1's bounds on both (S5)",
    usage: "probabilities, mu",
    evaluate,
};

fn evaluate(numbers: &Numbers) -> Result<Bound> {
    adaptive_draws(&numbers.list("probabilities")?, numbers.need("mu")?)
}
