//! Tabular instances: one-hot features, d = ΣK(x), one favoured response per prompt.

use rand::RngExt;

use super::{FeatureMap, Instance, Parameter, uniform_weights};
use crate::logits::{Atom, LogitTable};
use crate::seed::{Purpose, Seed};
use crate::{Error, Result};

/// Prompt weights of a synthetic instance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Weights {
    /// p(x) = 1/M.
    Uniform,
    /// p(x) ∝ (x+1)^(−s).
    Zipf(f64),
}

impl Weights {
    /// p(x) for x = 0, …, M−1.
    ///
    /// # Errors
    /// [`Error::Argument`] if the exponent is not a finite number ≥ 0.
    pub fn of(&self, prompts: usize) -> Result<Vec<f64>> {
        match *self {
            Self::Uniform => Ok(uniform_weights(prompts)),
            Self::Zipf(s) if s.is_finite() && s >= 0.0 => {
                let masses: Vec<f64> = (1..=prompts).map(|rank| (rank as f64).powf(-s)).collect();
                let total: f64 = masses.iter().rev().sum();
                Ok(masses.into_iter().map(|mass| mass / total).collect())
            }
            Self::Zipf(s) => Err(Error::argument("instance.weights.zipf", s, "a finite number ≥ 0")),
        }
    }
}

/// Description of a tabular instance: logit `bump` on one favoured response per prompt, drawn uniformly, 0 on the others.
#[derive(Clone, Debug, PartialEq)]
pub struct Tabular {
    /// M ≥ 1.
    pub prompts: usize,
    /// K ≥ 1, the same for every prompt.
    pub responses: u32,
    /// Logit of the favoured response, in nats.
    pub bump: f64,
    /// p.
    pub weights: Weights,
}

impl Tabular {
    /// Draws the instance; everything in it is a function of the seed.
    ///
    /// # Errors
    /// [`Error::Argument`] for values out of range.
    pub fn draw(&self, seed: &Seed) -> Result<Instance> {
        if !self.bump.is_finite() {
            return Err(Error::argument("instance.bump", self.bump, "a finite number"));
        }
        let mut rng = seed.rng(Purpose::Labels, 0, 0);
        let mut table = LogitTable::default();
        for _ in 0..self.prompts {
            let favoured = rng.random_range(0..self.responses);
            table.push([Atom { response: favoured, logit: self.bump }], 0.0, self.responses - 1);
        }
        let features = FeatureMap::one_hot(vec![self.responses; self.prompts]);
        Instance::new(self.weights.of(self.prompts)?, features, Parameter::tabular(table), None)
    }
}
