//! The values that one number takes at the levels of a finite class.

use crate::{Error, Result};

/// b·g^s for s = 0, …, S, formed by repeated multiplication: bit for bit what population updates make of b.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Levels(Vec<f64>);

impl Levels {
    /// The values from `base` = b ≠ 0 with g = 1 + 1/β, up to level `top`.
    pub fn of(base: f64, beta: f64, top: usize) -> Self {
        let growth = 1.0 + 1.0 / beta;
        Self(std::iter::successors(Some(base), |value| Some(growth * value)).take(top + 1).collect())
    }

    /// Refuses levels that a double cannot tell apart or cannot hold.
    ///
    /// # Errors
    /// [`Error::Argument`] with β or T.
    pub fn check(&self, beta: f64) -> Result<()> {
        if !self.0.last().is_some_and(|last| last.is_finite()) {
            let expected = "at most as many as keep (1+1/beta)^rounds times the base logits within a double (1.8e308)";
            return Err(Error::argument("process.rounds", self.0.len() - 1, expected));
        }
        if self.0.windows(2).any(|pair| pair[0].abs() >= pair[1].abs()) {
            return Err(Error::argument("process.beta", beta, "a beta whose levels (1+1/beta)^s differ as doubles"));
        }
        Ok(())
    }

    /// b·g^s.
    pub fn at(&self, level: usize) -> f64 {
        self.0[level]
    }

    /// The level that has exactly this value.
    pub fn find(&self, value: f64) -> Option<usize> {
        let at = self.0.partition_point(|level| level.abs() < value.abs());
        (self.0.get(at) == Some(&value)).then_some(at)
    }
}
