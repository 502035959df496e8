//! Instances of convex fits.

use ndarray::{Array2, s};
use selfreward::convex::{Block, Choices, Concatenation, Fit};

/// The generator of the instances, as in tests/oracles/convex.py: a double in [-1, 1].
pub fn wave(seed: f64, i: usize, j: usize) -> f64 {
    (seed + 1.7 * i as f64 + 0.9 * j as f64 * (i + 1) as f64).sin()
}

/// A block with its arrays.
pub enum Owned {
    /// Prompts of `responses` rows each.
    Softmax {
        features: Array2<f64>,
        offset: Vec<f64>,
        weights: Vec<f64>,
        responses: usize,
    },
    Logistic {
        differences: Array2<f64>,
        wins: Vec<f64>,
        losses: Vec<f64>,
    },
}

impl Owned {
    pub fn block(&self) -> Block<'_> {
        match self {
            Self::Softmax { features, offset, weights, responses } => {
                let prompt = |x: usize| {
                    let rows = x * responses..(x + 1) * responses;
                    let features = features.slice(s![rows.clone(), ..]);
                    Choices { features, offset: &offset[rows.clone()], weights: &weights[rows] }
                };
                Block::Softmax((0..weights.len() / responses).map(prompt).collect())
            }
            Self::Logistic { differences, wins, losses } => {
                Block::Logistic { differences: differences.view(), wins, losses }
            }
        }
    }
}

/// Prompts with features that are waves of a hash, so that they are in general position at any size.
pub fn softmax(seed: f64, prompts: usize, responses: usize, d: usize, weight: impl Fn(usize) -> f64) -> Owned {
    let rows = prompts * responses;
    let features = Array2::from_shape_fn((rows, d), |(i, j)| {
        let hash = (seed + 12.9898 * i as f64 + 78.233 * j as f64).sin() * 43_758.545_3;
        2.0 * (hash - hash.floor()) - 1.0
    });
    let offset = (0..rows).map(|i| wave(seed, i, 2)).collect();
    Owned::Softmax { features, offset, weights: (0..rows).map(weight).collect(), responses }
}

/// A fit without ridge and ball.
pub fn plain(blocks: Vec<Block<'_>>, start: Concatenation) -> Fit<'_> {
    Fit { blocks, start, ridge: None, ball: None }
}
