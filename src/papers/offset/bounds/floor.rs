//! The bound on the failure rate after a round of the misspecified class (M7).

use super::super::theory::floor::{Round, misspecified_failure};
use crate::Result;
use crate::papers::{Bound, BoundEntry, Numbers};

pub(super) const FAILURE: BoundEntry = BoundEntry {
    name: "misspecified-failure",
    about: "failure rate after one round where the class misses part of the reward, with its floor (M7, ours)",
    usage: "kappa, concentrability, approximation, estimation, beta, gamma, mu (delta)",
    evaluate,
};

fn evaluate(numbers: &Numbers) -> Result<Bound> {
    let round = Round {
        kappa: numbers.need("kappa")?,
        concentrability: numbers.need("concentrability")?,
        approximation: numbers.need("approximation")?,
        estimation: numbers.need("estimation")?,
        beta: numbers.need("beta")?,
        gamma: numbers.need("gamma")?,
    };
    misspecified_failure(&round, numbers.or("delta", 0.5)?, numbers.need("mu")?)
}
