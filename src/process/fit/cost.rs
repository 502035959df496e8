//! What a fit costs, so that what cannot be done at the asked size is refused before work starts.

use super::super::explore::choice;
use super::super::{Loop, Memory, Sampling};
use crate::instance::{FeatureMap, Instance, Storage};

/// What the cost of a round depends on.
#[derive(Clone, Copy, Debug)]
pub struct Shape<'a> {
    /// The loop.
    pub process: &'a Loop,
    /// The instance.
    pub instance: &'a Instance,
    /// Whether the ball may bind within T rounds.
    pub ball_may_bind: bool,
}

/// An estimate of a part of a round.
#[derive(Clone, Debug, PartialEq)]
pub struct Cost {
    /// The part.
    pub what: String,
    /// Bytes held at once.
    pub bytes: f64,
    /// Elementary operations, of about a nanosecond.
    pub operations: f64,
    /// How the operations are counted, for a person.
    pub counted: &'static str,
    /// The most that is taken on.
    pub limit: f64,
    /// What to ask for in its place.
    pub advice: &'static str,
}

/// Floating-point operations of one round's matrix work.
const MAX_OPERATIONS: f64 = 1e14;

/// The same for win rates, which are computed by one thread: some minutes.
const MAX_WIN_RATES: f64 = 2e11;

impl Cost {
    /// Of finding the span of what was seen.
    pub fn of_span(shape: &Shape<'_>) -> Self {
        let (what, bytes) = match shape.instance.features() {
            // A label and two atoms for each response that is found, at most half of the largest prompt's.
            FeatureMap::OneHot(responses)
                if choice::sampling(shape.process, shape.instance, shape.instance.base()) == Sampling::Explore =>
            {
                let found =
                    responses.iter().zip(seen_responses(shape)).map(|(&all, seen)| seen.min(f64::from(all) / 2.0));
                ("the components that move", 40.0 * found.fold(0.0, f64::max))
            }
            // Two numbers for each response of the largest prompt: the places of those that were seen.
            FeatureMap::OneHot(responses) => {
                ("the graph of seen pairs", 8.0 * f64::from(responses.iter().copied().max().unwrap_or(0)))
            }
            // A basis, a Gram matrix and factors of d×d, and the rows of the seen differences.
            FeatureMap::Dense(dense) => {
                let (mut rows, dim) = (dense.rows() as f64, dense.dim() as f64);
                if let Storage::Mapped(_) = dense.storage() {
                    rows = rows.min(seen_in_all(shape.process));
                }
                ("the update on dense features", 8.0 * (4.0 * dim * dim + 3.0 * rows * dim))
            }
        };
        Self {
            what: what.to_owned(),
            bytes,
            operations: 0.0,
            counted: "",
            limit: MAX_OPERATIONS,
            advice: "fewer responses a prompt",
        }
    }

    /// Of the loss in its eigenbasis: on one-hot features one eigenproblem for each prompt's seen responses.
    pub fn of_spectrum(shape: &Shape<'_>) -> Self {
        if matches!(shape.instance.features(), FeatureMap::Dense(_)) {
            return Self::of_span(shape);
        }
        let (mut operations, mut bytes) = (0.0, 0.0);
        for seen in seen_responses(shape) {
            operations += 20.0 * seen.powi(3);
            bytes += 8.0 * seen * seen;
        }
        Self {
            what: "ball, ridge, noise or gradient steps on one-hot features".to_owned(),
            // The largest block once more as pairs and weights.
            bytes: 3.0 * bytes,
            operations,
            counted: "20 K³ a prompt",
            limit: MAX_OPERATIONS,
            advice: "fewer responses a prompt, or the plain update without a ball",
        }
    }

    /// Of the win rates of all responses, each against each.
    pub fn of_win_rates(shape: &Shape<'_>) -> Self {
        let responses = |x: usize| shape.instance.features().responses(x) as f64;
        Self {
            what: "win rates of all responses".to_owned(),
            bytes: 0.0,
            // A Bradley–Terry probability takes about ten nanoseconds.
            operations: (0..shape.instance.prompts()).map(|x| 10.0 * responses(x).powi(2)).sum(),
            counted: "10 K² a prompt",
            limit: MAX_WIN_RATES,
            advice: "fewer responses a prompt, or samples in place of the population",
        }
    }

    /// Of a convex fit: Newton steps on all pairs (or all responses) that may be seen.
    pub fn of_newton(shape: &Shape<'_>, pairs: bool) -> Self {
        let (mut rows, mut cubes, mut most) = (0.0f64, 0.0, 0.0f64);
        for seen in seen_responses(shape) {
            let here = if pairs { seen * seen / 2.0 } else { seen };
            rows += here;
            cubes += here * seen * seen;
            most = most.max(here * seen);
        }
        let (bytes, operations) = match shape.instance.features() {
            FeatureMap::Dense(dense) => {
                let d = dense.dim() as f64;
                if let Storage::Mapped(_) = dense.storage() {
                    rows = rows.min(seen_in_all(shape.process));
                }
                (8.0 * (3.0 * rows * d + 4.0 * d * d), 2.0 * rows * d * d)
            }
            FeatureMap::OneHot(_) => (24.0 * most + 32.0 * rows, 2.0 * cubes),
        };
        Self {
            what: "a convex fit".to_owned(),
            bytes,
            operations: NEWTON_STEPS * operations,
            counted: "30 Newton steps",
            limit: MAX_OPERATIONS,
            advice: "fewer prompts, responses or dimensions",
        }
    }
}

/// How many responses all prompts together see, at most: two of each triple, of the rounds that are remembered.
fn seen_in_all(process: &Loop) -> f64 {
    let rounds = if process.memory == Memory::None { 1.0 } else { process.rounds as f64 + 1.0 };
    if process.fit.is_population() { f64::INFINITY } else { 2.0 * rounds * process.samples as f64 }
}

/// Newton steps of a fit, as a rule.
const NEWTON_STEPS: f64 = 30.0;

/// How many responses each prompt sees, at most.
fn seen_responses<'a>(shape: &Shape<'a>) -> impl Iterator<Item = f64> + 'a {
    let (process, instance) = (shape.process, shape.instance);
    let population = process.fit.is_population();
    instance.weights().iter().enumerate().map(move |(x, p)| {
        let all = instance.features().responses(x) as f64;
        if population {
            return all;
        }
        // A prompt sees at most two responses a triple; its number of triples stays within a few deviations of its mean.
        let mean = process.samples as f64 * p;
        all.min(2.0 * (mean + 6.0 * mean.sqrt() + 6.0))
    })
}
