//! When accuracy rises first and falls then (L7).

use super::super::theory::mixture::{Mixture, rise_then_fall};
use crate::Result;
use crate::papers::{Bound, BoundEntry, Numbers};

pub(super) const RISE_THEN_FALL: BoundEntry = BoundEntry {
    name: "rise-then-fall",
    about: "P[correct] by round where some favourites are right and others wrong: its end, and its top (L7, ours)",
    usage: "right, right-gap, wrong-gap, beta (rounds)",
    evaluate,
};

fn evaluate(numbers: &Numbers) -> Result<Bound> {
    let mixture = Mixture::new(numbers.need("right")?, numbers.need("right-gap")?, numbers.need("wrong-gap")?)?;
    rise_then_fall(&mixture, numbers.need("beta")?, numbers.rounds_or(1)?)
}
