//! `[process]`: how it is iterated.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use toml::Table;

use super::Kind;
use crate::process::fit::{self, Entry};
use crate::settings::Section;
use crate::simulate::kinds::Nature;

/// `[process]`.
///
/// The keys of the paper's loop are fields; those of other loops (the slots, labels) are a table, as they are written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the sections and keys are documented in `keys`")]
pub struct ProcessConfig {
    pub update: UpdateConfig,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub choice: Option<String>,
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
    pub samples: u64,
    pub rounds: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub radius: Option<f64>,
    pub sampling: SamplingConfig,
    #[serde(flatten)]
    pub others: Table,
}

/// An update by its name, one of [`fit::FITS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(into = "String")]
pub struct UpdateConfig(&'static str);

impl UpdateConfig {
    /// The population update.
    pub const POPULATION: Self = Self("population");
    /// The empirical minimiser.
    pub const ERM: Self = Self("erm");
    /// ERM over a finite class.
    pub const FINITE_CLASS: Self = Self("finite-class");
    /// Gradient descent.
    pub const GRADIENT: Self = Self("gradient");
    /// Maximum likelihood.
    pub const LIKELIHOOD: Self = Self("likelihood");

    /// Its name in a configuration.
    pub fn name(self) -> &'static str {
        self.0
    }
}

impl Default for UpdateConfig {
    fn default() -> Self {
        Self::ERM
    }
}

impl<'de> Deserialize<'de> for UpdateConfig {
    fn deserialize<D: Deserializer<'de>>(from: D) -> std::result::Result<Self, D::Error> {
        let name = String::deserialize(from)?;
        let unknown = || D::Error::custom(format!("{name}: expected one of the updates"));
        Entry::named(&name).map(|entry| Self(entry.name)).ok_or_else(unknown)
    }
}

impl From<UpdateConfig> for String {
    fn from(update: UpdateConfig) -> Self {
        update.0.to_owned()
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
    Explore,
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
            others: Table::new(),
        }
    }
}

impl ProcessConfig {
    /// Whether the expected loss is minimised, and nothing is drawn.
    pub fn is_population(&self) -> bool {
        fit::is_population(&self.table())
    }

    /// Whether the loop is the paper's own: all slots at their defaults.
    pub fn is_plain(&self) -> bool {
        self.others.is_empty()
    }

    /// The section as a table.
    pub fn table(&self) -> Table {
        Table::try_from(self).expect("a section is a table of plain values")
    }

    pub(super) fn fill_defaults(&mut self, kind: Kind) {
        if self.beta.is_none() {
            self.beta_over_sqrt_n.get_or_insert(1.0);
        }
        if self.update == UpdateConfig::FINITE_CLASS && kind.is(Nature::Rays) {
            self.rays.get_or_insert(1000);
        }
        if let Some(entry) = Entry::named(self.update.name()) {
            let mut table = self.table();
            entry.fill(&mut table);
            *self = table.try_into().expect("defaults have the forms of their keys");
        }
    }

    /// Calls with the section as its choices read it.
    pub(crate) fn with_section<T>(&self, read: impl FnOnce(&Section<'_>) -> T) -> T {
        let table = self.table();
        read(&Section::new("process", &table))
    }
}
