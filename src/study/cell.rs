//! Cells: what one is known by, and the seed that follows from it.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::seed::Seed;
use crate::simulate::Config;
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
        value_of(&serde_json::to_value(&self.config).ok()?, key)
    }
}

/// The value of a dotted key of a configuration.
pub(super) fn value_of(config: &Value, key: &str) -> Option<Value> {
    key.split('.').try_fold(config, |place, name| place.get(name)).cloned()
}

/// A cell's values in canonical form: its part, then `key = JSON` for every dotted key of the configuration but those of
/// `[run]`, with defaults filled in, sorted by key. How a number was written (`4096` or `4.096e3`), which keys were spelled
/// out, and in which order, do not enter.
pub fn canonical(part: &str, config: &Value) -> String {
    let mut leaves = BTreeMap::new();
    if let Value::Object(sections) = config {
        sections.iter().filter(|(name, _)| *name != "run").for_each(|(name, value)| collect(name, value, &mut leaves));
    }
    let mut text = format!("part = {part}\n");
    leaves.iter().for_each(|(key, value)| text.push_str(&format!("{key} = {value}\n")));
    text
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
