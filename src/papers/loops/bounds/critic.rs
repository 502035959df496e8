//! The multipliers of one set of pairs in all rounds (Q1).

use crate::Result;
use crate::papers::loops::theory::critic::{self, Round};
use crate::papers::{Bound, BoundEntry, Numbers};

pub(super) const EXCITATION: BoundEntry = BoundEntry {
    name: "excitation",
    about: "multipliers of a loop that uses one set of pairs in all rounds, its order of growth, and the round in which it leaves a ball (Q1)",
    usage: "eigenvalues, beta, alpha (1), eta (1), lambda (0), components and radius (both or neither)",
    evaluate,
};

fn evaluate(numbers: &Numbers) -> Result<Bound> {
    let curvatures = numbers.list("eigenvalues")?;
    let beta = numbers.need("beta")?;
    let round = Round {
        alpha: numbers.or("alpha", 1.0)?,
        eta: numbers.or("eta", 1.0)?,
        beta,
        ridge: numbers.or("lambda", 0.0)?,
    };
    let (components, radius) = (numbers.optional_list("components")?, numbers.optional("radius")?);
    // What is wrong with a number comes before what is missing.
    let bound = critic::excitation(&round, &curvatures, components.as_deref(), radius)?;
    match (&components, radius) {
        (Some(_), None) => Err(numbers.missing("radius")),
        (None, Some(_)) => Err(numbers.missing("components")),
        _ => Ok(bound),
    }
}
