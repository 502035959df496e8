//! The floor under every algorithm with a fixed number of base responses (S6).

use super::super::theory::floor::bayes_floor;
use super::super::theory::hidden::Hidden;
use crate::Result;
use crate::papers::{Bound, BoundEntry, Numbers};

pub(super) const FLOOR: BoundEntry = BoundEntry {
    name: "bayes-floor",
    about: "least expected base failure of any algorithm with N base responses at each prompt draw on the hard instance (S6, ours)",
    usage: "prompts, responses, mass, n, best-of",
    evaluate,
};

fn evaluate(numbers: &Numbers) -> Result<Bound> {
    let instance = Hidden::new(numbers.need("prompts")?, numbers.need("responses")?, numbers.need("mass")?)?;
    bayes_floor(&instance, numbers.need("n")?, numbers.need("best-of")?)
}
