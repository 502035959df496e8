//! `[measure]` and `[run]`: what is looked at, how often, from which seed.

use serde::{Deserialize, Serialize};
use toml::Value;

use crate::Result;
use crate::seed::Seed;

/// `[measure]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the sections and keys are documented in `keys`")]
pub struct MeasureConfig {
    pub delta: Vec<f64>,
    pub chain: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub also: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub levels: Vec<i64>,
}

impl Default for MeasureConfig {
    fn default() -> Self {
        Self { delta: vec![0.5, 0.1], chain: false, also: None, levels: Vec::new() }
    }
}

/// `[run]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the sections and keys are documented in `keys`")]
pub struct RunConfig {
    pub replicates: usize,
    #[serde(skip_serializing_if = "is_zero")]
    pub first_replicate: usize,
    pub seed: SeedConfig,
    pub same_instance: bool,
}

impl Default for RunConfig {
    fn default() -> Self {
        Self { replicates: 10, first_replicate: 0, seed: SeedConfig::Number(1), same_instance: false }
    }
}

fn is_zero(number: &usize) -> bool {
    *number == 0
}

/// A seed as a person writes it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged, try_from = "Value")]
pub enum SeedConfig {
    /// A whole number.
    Number(u64),
    /// `0x` and 64 hexadecimal digits.
    Text(String),
}

impl TryFrom<Value> for SeedConfig {
    type Error = String;

    fn try_from(value: Value) -> std::result::Result<Self, String> {
        match value {
            Value::Integer(number) if number >= 0 => Ok(Self::Number(number as u64)),
            Value::String(text) => Ok(Self::Text(text)),
            other => Err(format!("{other}: expected a whole number ≥ 0, or \"0x\" and 64 hexadecimal digits")),
        }
    }
}

impl SeedConfig {
    /// The seed it stands for.
    ///
    /// # Errors
    /// [`crate::Error::Argument`] for a text that is no seed.
    pub fn resolve(&self) -> Result<Seed> {
        match self {
            Self::Number(number) => Ok(Seed::from_number(*number)),
            Self::Text(text) => text.parse(),
        }
    }
}
