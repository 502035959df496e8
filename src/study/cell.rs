//! Cells: what one is known by, and the seed that follows from it.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::seed::Seed;
use crate::simulate::Config;
use crate::simulate::config::set;
use crate::{Error, Result};

/// 64 bits of the hash of a cell's values, written as 16 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CellId(pub u64);

impl fmt::Display for CellId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl FromStr for CellId {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let digits = text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let number = u64::from_str_radix(text, 16).ok().filter(|_| digits);
        number.map(Self).ok_or_else(|| Error::argument("cell", text, "16 hexadecimal digits"))
    }
}

/// One cell of a study.
#[derive(Clone, Debug)]
pub struct Cell {
    /// Its place in this study's grid: an order to show cells in, nothing more.
    pub ordinal: usize,
    /// What it is known by.
    pub id: CellId,
    /// The name of its part.
    pub part: String,
    /// Its configuration: with this seed and these replicates `simulate` gives its rows.
    pub config: Config,
}

impl Cell {
    /// The value of a dotted key; `None` where the configuration has no such key.
    pub fn value(&self, key: &str) -> Option<Value> {
        // One section, not all of them: whoever reads results asks for many keys of many cells.
        let (section, rest) = key.split_once('.').map_or((key, None), |(section, rest)| (section, Some(rest)));
        let section = match section {
            "instance" => serde_json::to_value(&self.config.instance),
            "process" => serde_json::to_value(&self.config.process),
            "measure" => serde_json::to_value(&self.config.measure),
            "run" => serde_json::to_value(&self.config.run),
            _ => return None,
        };
        let section = section.expect("a section is a table of plain values");
        rest.map_or_else(|| Some(section.clone()), |rest| value_of(&section, rest))
    }
}

/// The value of a dotted key of a configuration.
pub(super) fn value_of(config: &Value, key: &str) -> Option<Value> {
    key.split('.').try_fold(config, |place, name| place.get(name)).cloned()
}

/// A cell's values in canonical form: its part, then `key = JSON` for every dotted key of the configuration, sorted by key.
///
/// Left out are `[run]` and all values that are defaults (but for the kind of instance and of update, which decide what the
/// defaults are). So how a number was written (`4096` or `4.096e3`), which defaults were spelled out, the order of keys, and
/// keys that a later version adds, do not enter.
pub fn canonical(part: &str, config: &Config) -> String {
    let (own, defaults) = (json(config), json(&defaults(config)));
    let mut leaves = BTreeMap::new();
    for section in ["instance", "process", "measure"] {
        collect(section, &own[section], &mut leaves);
    }
    let mut text = format!("part = {part}\n");
    for (key, value) in leaves {
        if KINDS.contains(&key.as_str()) || value_of(&defaults, &key).as_ref() != Some(value) {
            text.push_str(&format!("{key} = {value}\n"));
        }
    }
    text
}

/// The keys that decide what the defaults of the others are.
const KINDS: [&str; 2] = ["instance.kind", "process.update"];

/// The configuration with the same kinds in which all else is default.
fn defaults(config: &Config) -> Config {
    let mut table = toml::Table::new();
    for key in KINDS {
        if let Some(Value::String(word)) = value_of(&json(config), key) {
            set(&mut table, key, word.into()).expect("a key of a section");
        }
    }
    Config::from_table(&table).expect("kinds that were read from a configuration")
}

/// A configuration as JSON.
pub(super) fn json(config: &Config) -> Value {
    serde_json::to_value(config).expect("a configuration is a table of plain values")
}

fn collect<'a>(key: &str, value: &'a Value, leaves: &mut BTreeMap<String, &'a Value>) {
    match value {
        Value::Object(entries) => {
            entries.iter().for_each(|(name, value)| collect(&format!("{key}.{name}"), value, leaves))
        }
        _ => drop(leaves.insert(key.to_owned(), value)),
    }
}

/// The id that belongs to canonical values.
pub fn id(canonical: &str) -> CellId {
    let hash = Sha256::digest(canonical.as_bytes());
    CellId(hash.iter().take(8).fold(0, |number, &byte| number << 8 | u64::from(byte)))
}

/// The seed of a cell: it follows from the root seed, the experiment's name and the cell's canonical values.
pub fn seed(root: &Seed, experiment: &str, canonical: &str) -> Seed {
    root.named("experiment", experiment).named("cell", canonical)
}
