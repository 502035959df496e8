//! What is declared of a kind of instance.

use toml::{Table, Value};

use super::{KINDS, Made, Shape, shared};
use crate::Result;
use crate::settings::{Key, Section};

/// A kind by its name.
#[derive(Clone, Copy)]
pub struct Entry {
    /// Its name, the value of `instance.kind`.
    pub name: &'static str,
    /// What it is, in a few words.
    pub about: &'static str,
    /// The keys that it has, beside those of every kind.
    pub keys: &'static [Key],
    /// Defaults that are written out, as TOML; none where a key is set that excludes its own.
    pub defaults: &'static [(&'static str, &'static str)],
    /// Lists of its keys of which a configuration has at most one.
    pub exclusive: &'static [&'static [&'static str]],
    /// What else is true of its instances.
    pub nature: &'static [Nature],
    /// How alike the instances of two replicates are.
    pub alike: fn(&Section<'_>) -> Alike,
    /// What the cost of a replicate depends on, where n is the second argument; nothing is drawn, and a missing key is no error.
    pub shape: fn(&Section<'_>, f64) -> Shape,
    /// Makes the source of its instances from `[instance]`, where n is the second argument.
    pub make: fn(&Section<'_>, u64) -> Result<Made>,
}

/// What may be true of a kind, beyond its keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nature {
    /// Its features come from outside, and may be longer than 1.
    Unscaled,
    /// It is not of the paper's class: other quantities than the paper's are measured unasked.
    New,
    /// Correct responses may be known.
    Correct,
    /// A finite class on it is a product over its prompts, and has no rays.
    Product,
    /// A finite class on it has a default number of rays.
    Rays,
    /// One instance does not tell whether a process is sound on another.
    Ragged,
}

/// How alike the instances of two replicates are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alike {
    /// One instance.
    Same,
    /// One instance but for the names of responses, on which only the breaking of ties depends.
    Renamed,
    /// Drawn anew.
    Drawn,
}

impl Entry {
    /// The kind of a name.
    pub fn named(name: &str) -> Option<&'static Self> {
        KINDS.iter().find(|entry| entry.name == name)
    }

    /// Fills in the defaults.
    pub(crate) fn fill(&self, instance: &mut Table) {
        for (key, text) in shared::DEFAULTS.iter().chain(self.defaults) {
            let has = |name: &str| instance.contains_key(name);
            let excluded = self.exclusive.iter().any(|names| names.contains(key) && names.iter().any(|name| has(name)));
            if !has(key) && !excluded {
                let parsed: Table = format!("value = {text}").parse().expect("defaults are written as TOML");
                let value: Value = parsed["value"].clone();
                instance.insert((*key).to_owned(), value);
            }
        }
    }
}
