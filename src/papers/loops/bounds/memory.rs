//! The threshold of replay (L11).

use crate::Result;
use crate::papers::loops::theory::memory::replay_threshold;
use crate::papers::{Bound, BoundEntry, Numbers};

pub(super) const REPLAY: BoundEntry = BoundEntry {
    name: "replay-threshold",
    about: "share of uniform answers from which on replay at two answers has the one attractor 1/2, and the attractors at a given share (L11)",
    usage: "beta, lambda (none)",
    evaluate,
};

fn evaluate(numbers: &Numbers) -> Result<Bound> {
    replay_threshold(numbers.need("beta")?, numbers.optional("lambda")?)
}
