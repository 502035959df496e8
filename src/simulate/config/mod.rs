//! The configuration of `selfreward simulate`: a TOML file, with settings and flags laid over it.
//!
//! The meaning, range and default of every key stand in [`super::keys::KEYS`].

mod instance;
mod process;
mod run;
mod setting;

pub use instance::{ConfidenceConfig, InstanceConfig, Kind, MassConfig, TrapConfig, WeightsConfig};
pub use process::{ChoiceConfig, ProcessConfig, SamplingConfig, UpdateConfig};
pub use run::{MeasureConfig, RunConfig, SeedConfig};
pub use setting::{parse_setting, set};

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use toml::{Table, Value};

use super::keys::{EXCLUSIVE, KEYS, refuse_foreign, refuse_unknown};
use super::reading::explained;
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
        config.instance.fill_defaults();
        config.process.fill_defaults(config.instance.kind);
        Ok(config)
    }

    /// The configuration as a file that gives the same run.
    pub fn to_toml(&self) -> String {
        toml::to_string(self).expect("a configuration is a table of plain values")
    }
}

/// Whether some key of the section belongs to this kind.
fn keys_know(section: &str, kind: &str) -> bool {
    KEYS.iter().any(|key| key.section == section && key.of.contains(&kind))
}
