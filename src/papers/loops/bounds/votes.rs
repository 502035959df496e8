//! The map of a vote (L5, L6).

use super::super::theory::votes::vote;
use crate::Result;
use crate::papers::{Bound, BoundEntry, Numbers};

pub(super) const VOTE: BoundEntry = BoundEntry {
    name: "vote",
    about: "P[response] after T rounds of training on the winner of N votes, p' = v_N(p), and with beta of a vote as the reward (L5, L6)",
    usage: "start, best-of (rounds, beta)",
    evaluate,
};

fn evaluate(numbers: &Numbers) -> Result<Bound> {
    vote(numbers.need("start")?, numbers.need("best-of")?, numbers.rounds_or(1)?, numbers.optional("beta")?)
}
