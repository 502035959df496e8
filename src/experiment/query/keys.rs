//! The keys by which cells are told apart, and the names that a person may give them.

use std::collections::BTreeMap;

use serde_json::Value;

use super::source::Facts;
use crate::nearest::{nearest, one_of};
use crate::simulate::output;
use crate::{Error, Result};

/// The round.
pub(super) const ROUND: &str = "t";
/// The last round of a cell, where a round is compared.
pub(super) const LAST: &str = "last";
/// What a cell has beside its configuration.
pub(super) const BESIDE: [&str; 3] = ["source", "part", "cell"];
/// The sections whose keys are a cell's own.
const SECTIONS: [&str; 3] = ["instance", "process", "measure"];

/// Every key that some cell has, and whether cells differ in it.
#[derive(Clone, Debug)]
pub(super) struct Keys {
    varies: BTreeMap<String, bool>,
}

impl Keys {
    /// The keys of these cells: those of values, and those of tables that hold values.
    pub(super) fn of(cells: &[Facts]) -> Self {
        let mut first: BTreeMap<String, (usize, &Value, bool)> = BTreeMap::new();
        for cell in cells {
            let mut note = |key: String, value| {
                let (count, known, varies) = first.entry(key).or_insert((0, value, false));
                *count += 1;
                *varies |= *known != value;
            };
            for section in SECTIONS {
                if let Some(entries) = cell.config.get(section).and_then(Value::as_object) {
                    entries.iter().for_each(|(name, value)| walk(&format!("{section}.{name}"), value, &mut note));
                }
            }
        }
        // A key that some cells lack tells them from the others.
        let varies = |(count, _, varies): (usize, &Value, bool)| varies || count < cells.len();
        Self { varies: first.into_iter().map(|(key, seen)| (key, varies(seen))).collect() }
    }

    /// Those in which cells differ, without the tables that hold them.
    pub(super) fn varying(&self) -> Vec<&str> {
        let varying = self.varies.iter().filter(|(_, varies)| **varies).map(|(key, _)| key.as_str());
        let varying: Vec<&str> = varying.collect();
        let holds_another = |key: &&str| varying.iter().any(|other| is_within(other, key));
        varying.iter().copied().filter(|key| !holds_another(key)).collect()
    }

    /// The key that a person names, by all of it or by its end where that says which.
    ///
    /// # Errors
    /// [`Error::Argument`] under this flag for a name that no key has, or that several have.
    pub(super) fn resolve(&self, flag: &str, name: &str) -> Result<String> {
        if name == ROUND || BESIDE.contains(&name) || self.varies.contains_key(name) {
            return Ok(name.to_owned());
        }
        let ends = |key: &&str| key.ends_with(name) && key[..key.len() - name.len()].ends_with('.');
        let all: Vec<&str> = self.varies.keys().map(String::as_str).filter(ends).collect();
        let varying: Vec<&str> = all.iter().copied().filter(|key| self.varies[*key]).collect();
        match (varying.as_slice(), all.as_slice()) {
            ([one], _) | ([], [one]) => Ok((*one).to_owned()),
            ([], []) => {
                let known: Vec<&str> = [ROUND].into_iter().chain(BESIDE).chain(self.varying()).collect();
                let all: Vec<&str> = known.iter().copied().chain(self.varies.keys().map(String::as_str)).collect();
                // By their ends, since that is what is mistyped.
                let end = Self::short(name);
                let nearest = nearest(end, all.iter().map(|key| Self::short(key)));
                let nearest = all.iter().find(|key| Some(Self::short(key)) == nearest).copied().unwrap_or_default();
                let names = known.join(", ");
                Err(Error::argument(
                    flag,
                    name,
                    format!("t, part, source, or a key of the configuration: {names} vary; the nearest is {nearest}"),
                ))
            }
            ([], several) | (several, _) => Err(Error::argument(flag, name, one_of(name, several))),
        }
    }

    /// How a key is written beside its value: its end.
    pub(super) fn short(key: &str) -> &str {
        key.rsplit('.').next().unwrap_or(key)
    }
}

/// Whether one key is that of a value within the table of the other.
fn is_within(key: &str, table: &str) -> bool {
    key.strip_prefix(table).is_some_and(|rest| rest.starts_with('.'))
}

fn walk<'a>(key: &str, value: &'a Value, note: &mut impl FnMut(String, &'a Value)) {
    if value.is_null() {
        return;
    }
    note(key.to_owned(), value);
    if let Value::Object(entries) = value {
        entries.iter().for_each(|(name, value)| walk(&format!("{key}.{name}"), value, note));
    }
}

/// A value as a person writes it: 3, not 3.0; a word without quotes; tables and lists as JSON.
pub(super) fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => match number.as_f64().filter(|_| number.as_u64().is_none()) {
            None => number.to_string(),
            Some(real) if real == 0.0 || (1e-6..1e15).contains(&real.abs()) => real.to_string(),
            Some(real) => output::plain(real),
        },
        other => other.to_string(),
    }
}
