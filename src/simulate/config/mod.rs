//! The configuration of `selfreward simulate`: a TOML file, with settings and flags laid over it.
//!
//! The meaning, range and default of every key stand in [`super::keys::keys`].

mod also;
mod given;
mod instance;
mod process;
mod run;
mod setting;

pub use super::kinds::Kind;
pub use given::Given;
pub use instance::InstanceConfig;
pub use process::{ProcessConfig, SamplingConfig, UpdateConfig};
pub use run::{MeasureConfig, RunConfig, SeedConfig};
pub use setting::{parse_setting, set};

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use toml::{Table, Value};

use super::keys::{self, exclusive, refuse_foreign};
use super::preset;
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
        Self::from_table(&parse_toml(text)?)
    }
}

impl Config {
    /// Checks the keys, reads the values, fills in the defaults.
    ///
    /// # Errors
    /// [`Error::Argument`] with the offending key or value.
    pub fn from_table(table: &Table) -> Result<Self> {
        let table = &keys::read(&preset::expanded(&keys::read(table)?)?)?;
        let given = |section: &str, key: &str| table.get(section).is_some_and(|entries| entries.get(key).is_some());
        if !table.contains_key("instance") {
            return Err(Error::argument("[instance]", "absent", "this section"));
        }
        if !given("instance", "kind") {
            return Err(Error::argument("instance.kind", "absent", "this key"));
        }
        let word = |section: &str, key: &str| table.get(section)?.get(key)?.as_str().map(str::to_owned);
        refuse_foreign(table, "instance", &word("instance", "kind").unwrap_or_default())?;
        let update = word("process", "update").unwrap_or_else(|| "erm".to_owned());
        refuse_foreign(table, "process", &update).map_err(|error| match table.get("process") {
            Some(Value::Table(process)) => preset::attributed(error, process),
            _ => error,
        })?;
        for (section, names) in exclusive() {
            let set: Vec<&str> = names.iter().copied().filter(|name| given(section, name)).collect();
            if set.len() > 1 {
                return Err(Error::argument(format!("[{section}]"), set.join(" and "), "only one of them"));
            }
        }
        let mut config = Self::deserialize(Value::Table(table.clone()))
            .map_err(|error| Error::argument("configuration", error.message(), "keys of the listed forms"))?;
        config.instance.fill_defaults();
        config.process.fill_defaults(config.instance.kind);
        Ok(config)
    }

    /// The configuration as a file that gives the same run.
    pub fn to_toml(&self) -> String {
        toml::to_string(self).expect("a configuration is a table of plain values")
    }
}

/// A text as a table of TOML.
///
/// # Errors
/// [`Error::Syntax`] with the place at which it is none.
pub fn parse_toml(text: &str) -> Result<Table> {
    text.parse().map_err(|error: toml::de::Error| {
        let span = error.span().unwrap_or(0..0);
        // The whole line, which holds the key.
        let before = text.get(..span.start).map_or(0, |before| before.rfind('\n').map_or(0, |end| end + 1));
        let line = text.get(before..).and_then(|rest| rest.lines().next()).unwrap_or_default().trim();
        let found = if line.is_empty() { String::new() } else { format!("{line:?}: ") };
        let expected = "TOML, whose whole numbers lie between −2^63 and 2^63 − 1";
        Error::syntax(text, span.start, format!("{found}{}", error.message()), expected)
    })
}
