//! From a round's data to a convex fit, and back to θ.

use ndarray::Array1;

use super::{Fitted, Minimum, Newton, SampleSummary};
use crate::convex::{Concatenation, Optimum, Outcome};
use crate::instance::{FeatureMap, Instance, Parameter};
use crate::logits::{Atom, LogitTable};
use crate::{Error, Result};

/// Coordinates of one-hot features in a ball, which ties all prompts together.
const MAX_TOGETHER: usize = 2000;

/// Which coordinates of θ a block has.
pub(super) enum Place {
    /// All of them.
    Whole,
    /// Those of these responses, by ascending index, at a prompt of one-hot features.
    Prompt(usize, Vec<u32>),
}

/// Refuses one-hot features in a ball where they have too many coordinates for one system.
pub(super) fn check_ball(radius: Option<f64>, instance: &Instance) -> Result<()> {
    match (instance.features(), radius) {
        (FeatureMap::OneHot(_), Some(radius)) if instance.features().dim() > MAX_TOGETHER => {
            let expected = format!("none: a convex fit in a ball takes up to {MAX_TOGETHER} one-hot coordinates");
            Err(Error::argument("process.radius", radius, expected))
        }
        _ => Ok(()),
    }
}

/// θ in the ball: itself, or its point on the sphere.
pub(super) fn in_ball(theta: Parameter, radius: Option<f64>) -> Parameter {
    let norm = theta.norm();
    match radius {
        Some(radius) if norm > radius => theta.scaled(radius / norm),
        _ => theta,
    }
}

/// θ with the blocks' coordinates put in their places; `back` turns a solved coordinate and the one that stood there into θ's.
pub(super) fn placed(
    from: &Parameter,
    places: &[Place],
    solved: &Concatenation,
    back: impl Fn(f64, f64) -> f64,
) -> Parameter {
    match from {
        Parameter::Dense(theta) => {
            Parameter::Dense(theta.iter().zip(&solved[0]).map(|(&before, &new)| back(new, before)).collect())
        }
        Parameter::Tabular(table) => {
            let mut result = LogitTable::default();
            let mut start = 0;
            let mut next = places.iter().zip(solved).peekable();
            for (x, row) in table.rows().enumerate() {
                match next.peek() {
                    Some((Place::Whole, whole)) => {
                        let logit = |y: u32| back(whole[start + y as usize], row.logit(y));
                        let count = row.responses() as u32;
                        result.push((0..count).map(|response| Atom { response, logit: logit(response) }), 0.0, 0);
                        start += row.responses();
                    }
                    Some((Place::Prompt(prompt, responses), values)) if *prompt == x => {
                        let mut atoms: Vec<Atom> = row.atoms.to_vec();
                        for (&response, &value) in responses.iter().zip(values.iter()) {
                            let logit = back(value, row.logit(response));
                            match atoms.binary_search_by_key(&response, |atom| atom.response) {
                                Ok(at) => atoms[at].logit = logit,
                                Err(at) => atoms.insert(at, Atom { response, logit }),
                            }
                        }
                        let rest = (row.responses() - atoms.len()) as u32;
                        result.push(atoms, row.rest_logit, rest);
                        next.next();
                    }
                    _ => result.push(row.atoms.iter().copied(), row.rest_logit, row.rest),
                }
            }
            Parameter::tabular(result)
        }
    }
}

/// An error of a convex fit, with the round, and the ball under its key.
pub(super) fn of_round(error: Error, round: usize) -> Error {
    let error = match error {
        Error::Argument { name, value, expected } if name == "ball radius" => {
            Error::Argument { name: "process.radius".to_owned(), value, expected }
        }
        Error::NotFound(what) => Error::NotFound(format!(
            "{what}; log-odds of some hundreds are too large for it: use fewer rounds, a ridge (process.ridge) or a ball \
             (process.radius)"
        )),
        other => other,
    };
    error.at(format!("round {round}"))
}

/// The outcome as θ.
pub(super) fn fitted(
    outcome: Outcome,
    sample: Option<SampleSummary>,
    theta: impl Fn(&Concatenation) -> Parameter,
    direction: impl Fn(&Concatenation) -> Parameter,
) -> Fitted {
    let minimum = |optimum: &Optimum, at_infinity: bool| {
        let newton =
            Newton { gradient_norm: optimum.gradient_norm, steps: optimum.steps as u64, condition: optimum.condition };
        Fitted::Minimum(Minimum {
            theta: theta(&optimum.theta),
            sample,
            newton: Some(newton),
            at_infinity,
            gains: None,
        })
    };
    match outcome {
        Outcome::Finite(optimum) => minimum(&optimum, false),
        Outcome::InBallAtInfinity(optimum) => minimum(&optimum, true),
        Outcome::AtInfinity { direction: along } => Fitted::AtInfinity { direction: direction(&along) },
    }
}

/// Coordinates of a parameter at a place.
pub(super) fn coordinates(theta: &Parameter, place: &Place) -> Array1<f64> {
    match (theta, place) {
        (Parameter::Tabular(table), Place::Prompt(prompt, responses)) => {
            let row = table.row(*prompt);
            responses.iter().map(|&y| row.logit(y)).collect()
        }
        _ => theta.to_vector(),
    }
}
