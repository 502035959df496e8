//! The hard instance of Theorem 4.1 (claim C13).

use rand::RngExt;

use super::{FeatureMap, Instance, Parameter};
use crate::logits::{Atom, LogitTable};
use crate::seed::{Purpose, Seed};
use crate::{Error, Result};

/// The hard instance: one sentinel prompt with a single response and mass 1 − Δ, and M informative prompts that share the
/// mass Δ, each with K labels, of which a hidden one has probability 2/(K+1) (logit log 2) and the others 1/(K+1).
#[derive(Clone, Debug, PartialEq)]
pub struct Hard {
    /// M ≥ 1, the sentinel not counted.
    pub prompts: usize,
    /// K ≥ 2.
    pub responses: u32,
    /// Δ in (0, 1].
    pub mass: f64,
    /// Whether the hidden label is known to a verifier, as the one correct response of its prompt (that of the sentinel is correct, too).
    /// It changes neither π_0 nor what is drawn.
    pub verifier: bool,
}

impl Hard {
    /// Draws the instance, that is, the hidden labels. Prompt 0 is the sentinel.
    ///
    /// # Errors
    /// [`Error::Argument`] for values out of range.
    pub fn draw(&self, seed: &Seed) -> Result<Instance> {
        if !(self.mass > 0.0 && self.mass <= 1.0) {
            return Err(Error::argument("instance.mass", self.mass, "a number in (0, 1], or \"worst\""));
        }
        let mut rng = seed.rng(Purpose::Labels, 0, 0);
        let mut correct = vec![Some(0)];
        let mut table = LogitTable::default();
        table.push_dense(&[0.0]);
        for _ in 0..self.prompts {
            let hidden = rng.random_range(0..self.responses);
            correct.push(Some(hidden));
            table.push([Atom { response: hidden, logit: std::f64::consts::LN_2 }], 0.0, self.responses - 1);
        }
        let mut weights = vec![self.mass / self.prompts as f64; self.prompts + 1];
        weights[0] = 1.0 - self.mass;
        let mut responses = vec![self.responses; self.prompts + 1];
        responses[0] = 1;
        Instance::new(
            weights,
            FeatureMap::one_hot(responses),
            Parameter::tabular(table),
            self.verifier.then_some(correct),
        )
    }
}
