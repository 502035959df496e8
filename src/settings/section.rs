//! A section of a configuration, read key by key; every value has its key's form already.

use serde::de::DeserializeOwned;
use toml::{Table, Value};

use crate::{Error, Result};

/// A section with its values.
///
/// ```
/// use selfreward::settings::Section;
///
/// let table = "samples = 64\ncandidates = { power = 2.0 }".parse().expect("TOML");
/// let process = Section::new("process", &table);
/// assert_eq!(process.whole("samples"), Some(64));
/// assert_eq!(process.inner("candidates", "power"), Some(2.0));
/// assert_eq!(process.number("beta"), None);
/// let error = process.wrong("samples", 0, "1 to 10^15");
/// assert_eq!(error.to_string(), "process.samples = 0: expected 1 to 10^15");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Section<'a> {
    name: &'static str,
    table: &'a Table,
}

impl<'a> Section<'a> {
    /// The section of a name.
    pub fn new(name: &'static str, table: &'a Table) -> Self {
        Self { name, table }
    }

    /// A value as it was given.
    pub fn value(&self, key: &str) -> Option<&'a Value> {
        self.table.get(key)
    }

    /// A value as a type of its own; `None` where it is not of that type, too.
    pub fn get<T: DeserializeOwned>(&self, key: &str) -> Option<T> {
        self.value(key)?.clone().try_into().ok()
    }

    /// A word.
    pub fn word(&self, key: &str) -> Option<&'a str> {
        self.value(key)?.as_str()
    }

    /// A number.
    pub fn number(&self, key: &str) -> Option<f64> {
        number(self.value(key)?)
    }

    /// A whole number ≥ 0.
    pub fn whole(&self, key: &str) -> Option<u64> {
        whole(self.value(key)?)
    }

    /// A switch; off without the key.
    pub fn switch(&self, key: &str) -> bool {
        self.value(key).and_then(Value::as_bool).unwrap_or(false)
    }

    /// A number within a key that holds a table, `candidates = { power = 2.0 }`.
    pub fn inner(&self, key: &str, name: &str) -> Option<f64> {
        number(self.value(key)?.as_table()?.get(name)?)
    }

    /// As [`Section::inner`], a whole number ≥ 0.
    pub fn inner_whole(&self, key: &str, name: &str) -> Option<u64> {
        whole(self.value(key)?.as_table()?.get(name)?)
    }

    /// A finite number ≥ 0; 0 without the key.
    ///
    /// # Errors
    /// [`Error::Argument`] for another one.
    pub fn not_negative(&self, key: &str) -> Result<f64> {
        match self.number(key) {
            Some(value) if value.is_finite() && value >= 0.0 => Ok(value),
            Some(value) => Err(self.wrong(key, value, "a finite number ≥ 0")),
            None => Ok(0.0),
        }
    }

    /// The error of a value of this section.
    pub fn wrong(&self, key: &str, value: impl ToString, expected: &str) -> Error {
        Error::argument(format!("{}.{key}", self.name), value, expected)
    }
}

/// A number, with or without a decimal point.
pub(crate) fn number(value: &Value) -> Option<f64> {
    value.as_float().or_else(|| value.as_integer().map(|whole| whole as f64))
}

fn whole(value: &Value) -> Option<u64> {
    value.as_integer().and_then(|whole| u64::try_from(whole).ok())
}
