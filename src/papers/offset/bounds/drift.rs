//! The bound of the drift lemma (D1).

use super::super::theory::drift::drift;
use crate::Result;
use crate::papers::{Bound, BoundEntry, Numbers};

pub(super) const DRIFT: BoundEntry = BoundEntry {
    name: "drift",
    about: "share of prompts whose mode moves in one round to a response that had mass (D1, ours)",
    usage: "epsilon, beta, gamma, mu, omega",
    evaluate,
};

fn evaluate(numbers: &Numbers) -> Result<Bound> {
    drift(
        numbers.need("epsilon")?,
        numbers.need("beta")?,
        numbers.need("gamma")?,
        numbers.need("mu")?,
        numbers.need("omega")?,
    )
}
