//! Tabular instances whose prompts differ in how sure the base policy is of its own choice.

use rand::RngExt;

use super::tabular::Weights;
use super::{FeatureMap, Instance, Parameter};
use crate::Result;
use crate::logits::{Atom, LogitTable};
use crate::seed::{Purpose, Seed};

/// Description of a tabular instance whose confidences max_y π_0(y|x) are independent and uniform on (1/K, 1) from prompt to
/// prompt: one favoured response per prompt, drawn uniformly, the others equally likely.
#[derive(Clone, Debug, PartialEq)]
pub struct Continuum {
    /// M ≥ 1.
    pub prompts: usize,
    /// K ≥ 1, the same for every prompt.
    pub responses: u32,
    /// p.
    pub weights: Weights,
}

impl Continuum {
    /// Draws the instance; everything in it is a function of the seed.
    ///
    /// # Errors
    /// [`crate::Error::Argument`] for values out of range.
    pub fn draw(&self, seed: &Seed) -> Result<Instance> {
        let mut labels = seed.rng(Purpose::Labels, 0, 0);
        let mut confidences = seed.rng(Purpose::Parameter, 0, 0);
        let mut table = LogitTable::default();
        for _ in 0..self.prompts {
            let response = labels.random_range(0..self.responses);
            // u = 0 would make the prompt certain.
            let logit = favoured_logit(self.responses, 1.0 - confidences.random::<f64>());
            table.push([Atom { response, logit }], 0.0, self.responses - 1);
        }
        let features = FeatureMap::one_hot(vec![self.responses; self.prompts]);
        Instance::new(self.weights.of(self.prompts)?, features, Parameter::tabular(table), None)
    }
}

/// The logit over K − 1 responses of logit 0 that gives the probability 1 − (1 − 1/K)u, u in (0, 1]: odds of
/// (1 + (K−1)(1−u))/u against each of them.
fn favoured_logit(responses: u32, u: f64) -> f64 {
    ((1.0 + f64::from(responses - 1) * (1.0 - u)) / u).ln()
}
