//! The configuration of `selfreward simulate`: a TOML file, with settings and flags laid over it.
//!
//! The meaning, range and default of every key stand in [`super::keys::KEYS`].

use std::path::PathBuf;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use toml::{Table, Value};

use super::keys::{EXCLUSIVE, KEYS, refuse_foreign, refuse_unknown};
use super::reading::explained;
use crate::instance::Spectrum;
use crate::instance::random::Character;
use crate::seed::Seed;
use crate::{Error, Result};

/// A whole configuration; [`Config::from_table`] fills in every default.
///
/// ```
/// use selfreward::simulate::Config;
///
/// let config: Config = "[instance]\nkind = 'gaussian'\n[process]\nsamples = 64".parse()?;
/// assert_eq!((config.process.samples, config.run.replicates), (64, 10));
/// assert!("[instance".parse::<Config>().unwrap_err().to_string().contains("expected TOML"));
/// # Ok::<(), selfreward::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the sections and keys are documented in `keys`")]
pub struct Config {
    pub instance: InstanceConfig,
    #[serde(default)]
    pub process: ProcessConfig,
    #[serde(default)]
    pub measure: MeasureConfig,
    #[serde(default)]
    pub run: RunConfig,
}

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

/// `[process]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the sections and keys are documented in `keys`")]
pub struct ProcessConfig {
    pub update: UpdateConfig,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub choice: Option<ChoiceConfig>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rays: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ridge: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub judge_noise: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub steps: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step_size: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub beta: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub beta_over_sqrt_n: Option<f64>,
    #[serde(deserialize_with = "whole_number")]
    pub samples: u64,
    pub rounds: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub radius: Option<f64>,
    pub sampling: SamplingConfig,
}

/// The update operators.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "each is described where it is implemented, in `process::update`")]
pub enum UpdateConfig {
    Population,
    #[default]
    Erm,
    FiniteClass,
    Gradient,
}

impl UpdateConfig {
    /// Its name in a configuration.
    pub fn name(self) -> &'static str {
        match self {
            Self::Population => "population",
            Self::Erm => "erm",
            Self::FiniteClass => "finite-class",
            Self::Gradient => "gradient",
        }
    }
}

/// Which of the empirical minimisers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "described at `process::Choice` and `process::ClassChoice`")]
pub enum ChoiceConfig {
    Nearest,
    MinNorm,
    Random,
    Worst,
}

impl ChoiceConfig {
    /// Its name in a configuration.
    pub fn name(self) -> &'static str {
        match self {
            Self::Nearest => "nearest",
            Self::MinNorm => "min-norm",
            Self::Random => "random",
            Self::Worst => "worst",
        }
    }
}

/// How triples are drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "described at `process::Sampling`")]
pub enum SamplingConfig {
    #[default]
    Auto,
    Draws,
    Counts,
}

impl Default for ProcessConfig {
    fn default() -> Self {
        Self {
            update: UpdateConfig::default(),
            choice: None,
            rays: None,
            ridge: None,
            judge_noise: None,
            steps: None,
            step_size: None,
            beta: None,
            beta_over_sqrt_n: None,
            samples: 1024,
            rounds: 8,
            radius: None,
            sampling: SamplingConfig::default(),
        }
    }
}

/// `[measure]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the sections and keys are documented in `keys`")]
pub struct MeasureConfig {
    pub delta: Vec<f64>,
    pub chain: bool,
}

impl Default for MeasureConfig {
    fn default() -> Self {
        Self { delta: vec![0.5, 0.1], chain: false }
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
    /// [`Error::Argument`] for a text that is no seed.
    pub fn resolve(&self) -> Result<Seed> {
        match self {
            Self::Number(number) => Ok(Seed::from_number(*number)),
            Self::Text(text) => text.parse(),
        }
    }
}

/// A whole number, also written as 1e12.
fn whole_number<'de, D: serde::Deserializer<'de>>(deserializer: D) -> std::result::Result<u64, D::Error> {
    let value = Value::deserialize(deserializer)?;
    match value {
        Value::Integer(n) if n >= 0 => Ok(n as u64),
        // Doubles hold every whole number up to 2^53.
        Value::Float(n) if n >= 0.0 && n.fract() == 0.0 && n <= 9e15 => Ok(n as u64),
        value => Err(serde::de::Error::custom(format!("{value}: expected a whole number from 1 to 10^15"))),
    }
}

/// Whether some key of the section belongs to this kind.
fn keys_know(section: &str, kind: &str) -> bool {
    KEYS.iter().any(|key| key.section == section && key.of.contains(&kind))
}

impl FromStr for Config {
    type Err = Error;

    /// Reads a configuration written as TOML; see [`Config::from_table`].
    fn from_str(text: &str) -> Result<Self> {
        let table: Table = text
            .parse()
            .map_err(|error: toml::de::Error| Error::argument("configuration", error.to_string().trim_end(), "TOML"))?;
        Self::from_table(&table)
    }
}

impl Config {
    /// Checks the keys, reads the values, fills in the defaults.
    ///
    /// # Errors
    /// [`Error::Argument`] with the offending key or value.
    pub fn from_table(table: &Table) -> Result<Self> {
        refuse_unknown(table)?;
        let word = |section: &str, key: &str| table.get(section)?.get(key)?.as_str().map(str::to_owned);
        // A kind that does not exist is refused below, with the list of those that do.
        let known = |section: &str, kind: &String| keys_know(section, kind);
        if let Some(kind) = word("instance", "kind").filter(|kind| known("instance", kind)) {
            refuse_foreign(table, "instance", &kind)?;
        }
        let update = word("process", "update").unwrap_or_else(|| "erm".to_owned());
        if known("process", &update) || update == "population" {
            refuse_foreign(table, "process", &update)?;
        }
        for (section, names) in EXCLUSIVE {
            let set: Vec<&str> = names
                .iter()
                .copied()
                .filter(|name| table.get(*section).is_some_and(|s| s.get(name).is_some()))
                .collect();
            if set.len() > 1 {
                return Err(Error::argument(format!("[{section}]"), set.join(" and "), "only one of them"));
            }
        }
        let mut config = Self::deserialize(Value::Table(table.clone())).map_err(|error| explained(table, &error))?;
        config.fill_defaults();
        Ok(config)
    }

    fn fill_defaults(&mut self) {
        let instance = &mut self.instance;
        instance.rescale.get_or_insert(false);
        match instance.kind {
            Kind::Npz | Kind::Autoregressive => {}
            Kind::Gaussian => {
                instance.spectrum.get_or_insert(Spectrum::Isotropic {});
                instance.max_tries.get_or_insert(10_000);
                if instance.logit_scale.is_none() && instance.theta0.is_none() {
                    instance.theta_norm.get_or_insert(4.0);
                }
            }
            Kind::Tabular => {
                instance.weights.get_or_insert_default();
                if instance.theta0.is_none() && instance.confidence.is_none() {
                    instance.bump.get_or_insert(1.0);
                }
            }
            Kind::Hard => {
                instance.mass.get_or_insert_default();
            }
            Kind::Random => {
                instance.character.get_or_insert_default();
            }
        }
        let process = &mut self.process;
        if process.beta.is_none() {
            process.beta_over_sqrt_n.get_or_insert(1.0);
        }
        match process.update {
            UpdateConfig::Population => {}
            UpdateConfig::Erm => {
                process.choice.get_or_insert(ChoiceConfig::Nearest);
                process.ridge.get_or_insert(0.0);
                process.judge_noise.get_or_insert(0.0);
            }
            UpdateConfig::FiniteClass => {
                process.choice.get_or_insert(ChoiceConfig::Nearest);
                if matches!(instance.kind, Kind::Gaussian | Kind::Npz) {
                    process.rays.get_or_insert(1000);
                }
            }
            UpdateConfig::Gradient => {
                process.judge_noise.get_or_insert(0.0);
                process.steps.get_or_insert(100);
                process.step_size.get_or_insert(1.0);
            }
        }
    }

    /// The configuration as a file that gives the same run.
    pub fn to_toml(&self) -> String {
        toml::to_string(self).expect("a configuration is a table of plain values")
    }
}

/// Lays a value over a dotted key (`process.samples`), dropping keys that exclude it.
///
/// # Errors
/// [`Error::Argument`] if the key is not of the form `section.key`.
pub fn set(table: &mut Table, key: &str, value: Value) -> Result<()> {
    let parts: Vec<&str> = key.split('.').collect();
    let [section, rest @ ..] = parts.as_slice() else { unreachable!("split gives at least one part") };
    if rest.is_empty() || parts.iter().any(|part| part.is_empty()) {
        return Err(Error::argument("--set", key, "a dotted key such as process.samples"));
    }
    let not_table = || Error::argument("--set", key, "a key of a section");
    let mut place = table.entry((*section).to_owned()).or_insert_with(|| Value::Table(Table::new()));
    for (_, names) in EXCLUSIVE.iter().filter(|(exclusive_section, _)| exclusive_section == section) {
        if names.contains(&rest[0]) {
            let entries = place.as_table_mut().ok_or_else(not_table)?;
            names.iter().filter(|name| **name != rest[0]).for_each(|name| drop(entries.remove(*name)));
        }
    }
    for part in rest {
        place = place
            .as_table_mut()
            .ok_or_else(not_table)?
            .entry((*part).to_owned())
            .or_insert_with(|| Value::Table(Table::new()));
    }
    *place = value;
    Ok(())
}

/// Reads `key=value`; the value is TOML, or a bare word, which stands for a string.
///
/// # Errors
/// [`Error::Argument`] if there is no `=` or the value is neither.
pub fn parse_setting(text: &str) -> Result<(String, Value)> {
    let wrong = || Error::argument("--set", text, "key=value with a TOML value, for example process.samples=512");
    let (key, value) = text.split_once('=').ok_or_else(wrong)?;
    let parsed = format!("value = {value}").parse::<Table>().ok().and_then(|mut table| table.remove("value"));
    let bare = |c: char| c.is_alphanumeric() || "_-./".contains(c);
    let value = match parsed {
        Some(value) => value,
        None if !value.is_empty() && value.chars().all(bare) => Value::String(value.to_owned()),
        None => return Err(wrong()),
    };
    Ok((key.trim().to_owned(), value))
}
