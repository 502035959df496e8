//! The law of the likeliest of N draws (S1, S2).

use super::super::theory::best_of_n::best_of_n;
use crate::Result;
use crate::papers::{Bound, BoundEntry, Numbers};

pub(super) const BEST_OF_N: BoundEntry = BoundEntry {
    name: "best-of-n",
    about: "mass of the mode in the law of the likeliest of N draws, with that law and its distance from one draw (S1, S2)",
    usage: "probabilities, best-of",
    evaluate,
};

fn evaluate(numbers: &Numbers) -> Result<Bound> {
    best_of_n(&numbers.list("probabilities")?, numbers.need("best-of")?)
}
