//! `[instance]`: what is given.

use std::path::{Path, PathBuf};

use serde::de::{DeserializeOwned, Error as _};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use toml::{Table, Value};

use crate::Result;
use crate::settings::{Section, Written, known};
use crate::simulate::kinds::{Kind, Made, Nature, Shape, keys};

/// `[instance]`: a kind, and the values of its keys that are set. A kind's keys stand in its entry.
///
/// ```
/// use selfreward::simulate::config::{InstanceConfig, Kind};
///
/// let instance = InstanceConfig::new(Kind::TABULAR).with("prompts", 16)?.with("bump", 2)?;
/// assert_eq!((instance.get("prompts"), instance.get("bump")), (Some(16), Some(2.0)));
/// assert_eq!(instance.get::<u32>("responses"), None);
/// assert!(instance.with("prompts", 0).is_err());
/// # Ok::<(), selfreward::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct InstanceConfig {
    /// The kind.
    pub kind: Kind,
    values: Table,
}

impl InstanceConfig {
    /// A kind, with no key set.
    pub fn new(kind: Kind) -> Self {
        Self { kind, values: Table::new() }
    }

    /// An instance that is read from a file, with the file's θ_0.
    pub fn from_file(path: &Path) -> Self {
        let path = ("path".to_owned(), Value::from(path.to_string_lossy().into_owned()));
        Self { kind: Kind::NPZ, values: Table::from_iter([path, ("rescale".to_owned(), Value::from(false))]) }
    }

    /// The same with a key set.
    ///
    /// # Errors
    /// [`crate::Error::Argument`] for a key that no kind has, or a value that is not of its form.
    pub fn with(mut self, key: &str, value: impl Into<Value>) -> Result<Self> {
        let others = || keys().iter().filter(|declared| declared.name != "kind");
        let Some(declared) = others().find(|declared| declared.name == key) else {
            let names: Vec<&str> = others().map(|declared| declared.name).collect();
            return known(key, "instance.", &names).map(|()| self);
        };
        let value = declared.form.read(&format!("instance.{key}"), &value.into())?;
        self.values.insert(key.to_owned(), declared.form.settled(&value));
        Ok(self)
    }

    /// The value of a key; `None` where it is not set, or not of this type.
    pub fn get<T: DeserializeOwned>(&self, key: &str) -> Option<T> {
        self.section().get(key)
    }

    /// The files that it is read from.
    pub fn inputs(&self) -> Vec<PathBuf> {
        ["path", "features"].into_iter().filter_map(|key| self.get(key)).collect()
    }

    /// The section as a kind reads it.
    pub(crate) fn section(&self) -> Section<'_> {
        Section::new("instance", &self.values)
    }

    /// What the cost of a replicate depends on, for n samples a round.
    pub(crate) fn shape(&self, samples: u64) -> Shape {
        (self.kind.entry().shape)(&self.section(), samples as f64)
    }

    /// Where its instances come from, for n samples a round.
    ///
    /// # Errors
    /// [`crate::Error::Argument`] for a key that is absent or a value out of range; [`crate::Error::File`] for a file that cannot be read.
    pub(crate) fn make(&self, samples: u64) -> Result<Made> {
        let mut made = (self.kind.entry().make)(&self.section(), samples)?;
        if self.section().switch("rescale") && !self.kind.is(Nature::Unscaled) {
            made.remarks.insert(0, "the largest feature norm is 1 already: --rescale changes nothing".to_owned());
        }
        Ok(made)
    }

    pub(super) fn fill_defaults(&mut self) {
        self.kind.entry().fill(&mut self.values);
    }
}

impl Serialize for InstanceConfig {
    fn serialize<S: Serializer>(&self, to: S) -> std::result::Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(None)?;
        map.serialize_entry("kind", &self.kind)?;
        for key in keys() {
            if let Some(value) = self.values.get(key.name) {
                map.serialize_entry(key.name, &Written(key.form, value))?;
            }
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for InstanceConfig {
    fn deserialize<D: Deserializer<'de>>(from: D) -> std::result::Result<Self, D::Error> {
        let mut table = Table::deserialize(from)?;
        let kind = table.remove("kind").ok_or_else(|| D::Error::missing_field("kind"))?;
        let kind = kind.try_into().map_err(D::Error::custom)?;
        let set = |config: Self, (key, value): (String, Value)| config.with(&key, value).map_err(D::Error::custom);
        table.into_iter().try_fold(Self::new(kind), set)
    }
}
