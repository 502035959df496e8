//! Small random instances made to be awkward: ragged prompts, features that repeat directions, parameters of any size, and one
//! of several *characters* that strain arithmetic or the theory's assumptions.

use ndarray::{Array1, Array2};
use rand::{Rng, RngExt};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};
use serde::{Deserialize, Serialize};

use super::{DenseFeatures, FeatureMap, Instance, Parameter};
use crate::floats::Norm;
use crate::seed::{Purpose, Seed};
use crate::{Error, Result};

/// What makes an instance awkward beyond its raggedness.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Character {
    /// Nothing.
    Plain,
    /// θ_0 is scaled until the logits of the widest prompt span [`SPAN`]: probabilities down to 1e-304.
    Sharp,
    /// The two best logits of some prompts differ by [`TIE`] times the best.
    NearTie,
    /// Prompt weights spread over [`DECADES`] decades.
    Weights,
    /// One of the others, by the seed.
    #[default]
    Mixed,
}

/// Span of the logits of the widest prompt of a sharp instance, nats.
pub const SPAN: f64 = 700.0;
/// Relative difference of the two best logits of a near tie.
pub const TIE: f64 = 1e-9;
/// Decades that the weights of a `Weights` instance with two prompts or more span.
pub const DECADES: f64 = 12.0;

/// Description of a random instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Random {
    /// M ≥ 1.
    pub prompts: usize,
    /// Largest number of responses, ≥ 2: K(x) is uniform on 1, …, this, except that one prompt at least has two.
    pub responses: u32,
    /// d ≥ 1.
    pub dim: usize,
    /// Its character.
    pub character: Character,
}

impl Random {
    /// Draws the instance; everything in it is a function of the seed.
    ///
    /// Half of the instances have Gaussian features, the other half multiples of unit vectors (one-hot-like: many directions
    /// repeat, some never occur); the largest norm is 1. ‖θ_0‖ is log-uniform on \[0.1, 10\] unless the character asks for more.
    ///
    /// # Errors
    /// [`Error::Argument`] if `prompts` or `dim` is 0 or `responses` is below 2.
    pub fn draw(&self, seed: &Seed) -> Result<Instance> {
        for (name, value, least) in
            [("prompts", self.prompts, 1), ("responses", self.responses as usize, 2), ("dim", self.dim, 1)]
        {
            if value < least {
                return Err(Error::argument(format!("instance.{name}"), value, format!("at least {least}")));
            }
        }
        let mut shape = seed.rng(Purpose::Shape, 0, 0);
        let character = match self.character {
            Character::Mixed => {
                [Character::Plain, Character::Sharp, Character::NearTie, Character::Weights][shape.random_range(0..4)]
            }
            given => given,
        };
        let responses = self.draw_responses(&mut shape);
        let weights = draw_weights(self.prompts, character, &mut shape);
        let one_hot_like = shape.random::<bool>();
        let norm = 10f64.powf(shape.random_range(-1.0..1.0));
        let mut features =
            self.draw_features(responses.iter().sum(), one_hot_like, &mut seed.rng(Purpose::Features, 0, 0));
        let mut theta = draw_direction(self.dim, norm, &mut seed.rng(Purpose::Parameter, 0, 0));
        if character == Character::NearTie {
            tie(&mut features, &responses, &theta, &mut shape);
        }
        let (features, _) = DenseFeatures::new(features, &responses)?.rescaled();
        if character == Character::Sharp {
            let span = widest_span(&features, &theta);
            theta *= if span > 0.0 { SPAN / span } else { 1.0 };
        }
        Instance::new(weights, FeatureMap::dense(features), Parameter::Dense(theta), None)
    }

    /// K(x).
    fn draw_responses(&self, rng: &mut ChaCha8Rng) -> Vec<usize> {
        let most = self.responses as usize;
        let mut responses: Vec<usize> = (0..self.prompts).map(|_| rng.random_range(1..=most)).collect();
        if responses.iter().all(|&count| count == 1) {
            responses[rng.random_range(0..self.prompts)] = rng.random_range(2..=most);
        }
        responses
    }

    fn draw_features(&self, rows: usize, one_hot_like: bool, rng: &mut ChaCha8Rng) -> Array2<f64> {
        let mut features = Array2::zeros((rows, self.dim));
        for mut row in features.rows_mut() {
            if one_hot_like {
                row[rng.random_range(0..self.dim)] = rng.random_range(0.1..=1.0);
            } else {
                row.iter_mut().for_each(|value| *value = normal(rng));
            }
        }
        features
    }
}

/// p(x): of one order of magnitude, or over many decades with both ends among them.
fn draw_weights(prompts: usize, character: Character, rng: &mut ChaCha8Rng) -> Vec<f64> {
    let masses: Vec<f64> = match character {
        Character::Weights => {
            let decades = |x: usize, drawn: f64| if x < 2 { x as f64 } else { drawn };
            (0..prompts).map(|x| 10f64.powf(-DECADES * decades(x, rng.random()))).collect()
        }
        _ => (0..prompts).map(|_| rng.random_range(0.1..=1.0)).collect(),
    };
    let total: f64 = masses.iter().sum();
    masses.into_iter().map(|mass| mass / total).collect()
}

/// A Gaussian direction of the given norm.
fn draw_direction(dim: usize, norm: f64, rng: &mut ChaCha8Rng) -> Array1<f64> {
    let direction: Array1<f64> = (0..dim).map(|_| normal(rng)).collect();
    let scale = norm / Norm::of(&direction);
    direction * scale
}

/// Moves the second-best response of the first prompt that has one, and of half of the others, along θ until its logit is the
/// best one's less [`TIE`] of its size.
fn tie(features: &mut Array2<f64>, responses: &[usize], theta: &Array1<f64>, rng: &mut impl Rng) {
    let (mut start, mut tied) = (0, false);
    for &count in responses {
        let rows = start..start + count;
        start = rows.end;
        let chosen = rng.random::<bool>() || !tied;
        if count < 2 || !chosen {
            continue;
        }
        let logit = |row: usize| features.row(row).dot(theta);
        let best = rows.clone().max_by(|&a, &b| logit(a).total_cmp(&logit(b))).expect("two rows at least");
        let others = rows.filter(|&row| row != best);
        let second = others.max_by(|&a, &b| logit(a).total_cmp(&logit(b))).expect("two rows at least");
        let rise = logit(best) - TIE * logit(best).abs() - logit(second);
        features.row_mut(second).scaled_add(rise / theta.dot(theta), theta);
        tied = true;
    }
}

/// The largest difference of logits within a prompt.
fn widest_span(features: &DenseFeatures, theta: &Array1<f64>) -> f64 {
    let table = features.logits(theta);
    let span = |row: crate::logits::Row<'_>| {
        let ends = row
            .levels()
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), (logit, _)| (logit.min(low), logit.max(high)));
        ends.1 - ends.0
    };
    table.rows().map(span).fold(0.0, f64::max)
}

fn normal(rng: &mut impl Rng) -> f64 {
    StandardNormal.sample(rng)
}
