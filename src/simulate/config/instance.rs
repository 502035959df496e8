//! `[instance]`: what is given.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use toml::Value;

use crate::instance::Spectrum;
use crate::instance::random::Character;

/// `[instance]`; which keys are set depends on the kind.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the sections and keys are documented in `keys`")]
pub struct InstanceConfig {
    pub kind: Kind,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<PathBuf>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rescale: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offset_as_feature: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prompts: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub responses: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dim: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spectrum: Option<Spectrum>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub margin: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_tries: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub theta_norm: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logit_scale: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub theta0: Option<Vec<f64>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offset: Option<OffsetConfig>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scale: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub groups: Option<Vec<GroupConfig>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bump: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confidence: Option<ConfidenceConfig>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weights: Option<WeightsConfig>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kappa0: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mass: Option<MassConfig>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vocab: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub length: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub top: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trap: Option<TrapConfig>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub character: Option<Character>,
}

impl InstanceConfig {
    /// An instance that is read from a file, with the file's θ_0.
    pub fn from_file(path: PathBuf) -> Self {
        Self { kind: Kind::Npz, path: Some(path), rescale: Some(false), ..Self::default() }
    }

    pub(super) fn fill_defaults(&mut self) {
        self.rescale.get_or_insert(false);
        // Spelled out or not, this default is no value of a cell.
        self.offset_as_feature.take_if(|asked| !*asked);
        match self.kind {
            Kind::Npz | Kind::Autoregressive | Kind::Answers => {}
            Kind::Sphere => {
                self.prompts.get_or_insert(1);
            }
            Kind::Gaussian => {
                self.spectrum.get_or_insert(Spectrum::Isotropic {});
                self.max_tries.get_or_insert(10_000);
                if self.logit_scale.is_none() && self.theta0.is_none() {
                    self.theta_norm.get_or_insert(4.0);
                }
            }
            Kind::Tabular => {
                self.weights.get_or_insert_default();
                if self.theta0.is_none() && self.confidence.is_none() {
                    self.bump.get_or_insert(1.0);
                }
            }
            Kind::Hard => {
                self.mass.get_or_insert_default();
            }
            Kind::Random => {
                self.character.get_or_insert_default();
            }
        }
    }
}

/// `{ along, noise }`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "described at `instance::gaussian::Offset`")]
pub struct OffsetConfig {
    pub along: f64,
    pub noise: f64,
}

/// `{ share, gap, right }`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "described at `instance::answers::Group`")]
pub struct GroupConfig {
    pub share: f64,
    pub gap: f64,
    pub right: bool,
}

/// `{ p, eta }` of Proposition 4.3.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrapConfig {
    /// p.
    pub p: f64,
    /// η.
    pub eta: f64,
}

/// The kinds of instance.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "each is described where it is implemented, in `instance`")]
pub enum Kind {
    #[default]
    Npz,
    Gaussian,
    Tabular,
    Hard,
    Autoregressive,
    Random,
    Answers,
    Sphere,
}

/// How the base policy's confidence varies from prompt to prompt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "described at `instance::continuum`")]
pub enum ConfidenceConfig {
    Uniform,
}

/// `"uniform"` or `{ zipf = s }`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", try_from = "Value")]
pub enum WeightsConfig {
    /// p(x) = 1/M.
    #[default]
    Uniform,
    /// p(x) ∝ (x+1)^−s.
    Zipf(f64),
}

impl TryFrom<Value> for WeightsConfig {
    type Error = String;

    fn try_from(value: Value) -> std::result::Result<Self, String> {
        match &value {
            Value::String(word) if word == "uniform" => Ok(Self::Uniform),
            Value::Table(table) if table.len() == 1 => table
                .get("zipf")
                .and_then(float)
                .map(Self::Zipf)
                .ok_or_else(|| format!("{value}: expected {{ zipf = s }}")),
            _ => Err(format!("{value}: expected \"uniform\" or {{ zipf = s }}")),
        }
    }
}

/// `"worst"` or Δ.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Value", into = "Value")]
pub enum MassConfig {
    /// The worst Δ for the n at hand.
    #[default]
    Worst,
    /// Δ.
    Number(f64),
}

impl TryFrom<Value> for MassConfig {
    type Error = String;

    fn try_from(value: Value) -> std::result::Result<Self, String> {
        match (&value, float(&value)) {
            (_, Some(mass)) => Ok(Self::Number(mass)),
            (Value::String(word), _) if word == "worst" => Ok(Self::Worst),
            _ => Err(format!("{value}: expected \"worst\" or a number in (0, 1)")),
        }
    }
}

impl From<MassConfig> for Value {
    fn from(mass: MassConfig) -> Self {
        match mass {
            MassConfig::Worst => Self::String("worst".to_owned()),
            MassConfig::Number(mass) => Self::Float(mass),
        }
    }
}

/// A number, with or without a decimal point.
fn float(value: &Value) -> Option<f64> {
    value.as_float().or_else(|| value.as_integer().map(|whole| whole as f64))
}
