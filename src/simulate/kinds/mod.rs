//! Kinds of instance: what a configuration can ask for, each in one file.
//!
//! A kind's file holds its [`Entry`]: its name, its keys with their defaults, how its instances are made from `[instance]`, and what they
//! weigh before they are made. Unknown and foreign keys, the help, lists of keys that exclude each other, numbers that follow, and
//! estimates of cost are taken from the entries. The instances themselves stand in [`crate::instance`], which knows no configuration.

mod answers;
mod autoregressive;
mod entry;
mod gaussian;
mod hard;
mod kind;
mod lately;
mod npz;
mod random;
mod shape;
mod shared;
mod source;
mod sphere;
mod tabular;
mod three_answers;

pub use entry::{Alike, Entry, Nature};
pub use kind::Kind;
pub(crate) use npz::of_arrays;
pub use shape::{Held, Shape};
pub use source::{Made, Source};

use std::sync::LazyLock;

use crate::settings::{Form, Key};

/// All kinds, in the order in which a key names those that have it. A kind of one's own is a file with its entry, and a line here.
pub const KINDS: &[Entry] = &[
    gaussian::ENTRY,
    npz::ENTRY,
    tabular::ENTRY,
    hard::ENTRY,
    autoregressive::ENTRY,
    random::ENTRY,
    answers::ENTRY,
    sphere::ENTRY,
    three_answers::ENTRY,
];

/// Keys that stand before all others, in the help and in a configuration that is written; the others follow kind by kind.
const FIRST: &[&str] = &[
    "path",
    "features",
    "rescale",
    "prompts",
    "responses",
    "dim",
    "spectrum",
    "margin",
    "max_tries",
    "theta_norm",
    "logit_scale",
    "theta0",
    "offset",
    "scale",
    "groups",
];

/// The names of all kinds, the default first.
fn names() -> Vec<&'static str> {
    let mut names: Vec<&'static str> = KINDS.iter().map(|entry| entry.name).collect();
    names.sort_by_key(|name| *name != Kind::default().name());
    names
}

/// All keys of `[instance]`, each once, with the kinds that have it, in the order in which they are shown and written.
pub(super) fn keys() -> &'static [Key] {
    static KEYS: LazyLock<Vec<Key>> = LazyLock::new(|| {
        let mut keys: Vec<Key> = shared::OF_ALL.to_vec();
        for key in KINDS.iter().flat_map(|entry| entry.keys) {
            if keys.iter().all(|known| known.name != key.name) {
                let has = |entry: &&Entry| entry.keys.iter().any(|own| own.name == key.name);
                let of: Vec<&'static str> = KINDS.iter().filter(has).map(|entry| entry.name).collect();
                // One list for each key, made once a process.
                keys.push(Key { of: Vec::leak(of), ..*key });
            }
        }
        keys.sort_by_key(|key| FIRST.iter().position(|name| *name == key.name).unwrap_or(FIRST.len()));
        let (words, meaning) = (Vec::leak(names()), String::leak(names().join(" | ")));
        keys.insert(0, Key::of_instance("kind", Form::Word(words), meaning, "required"));
        keys
    });
    &KEYS
}

/// Lists of keys of `[instance]` of which a configuration has at most one: those of all kinds, joined where they share a key.
pub(super) fn exclusive() -> Vec<Vec<&'static str>> {
    let mut lists: Vec<Vec<&'static str>> = Vec::new();
    for names in KINDS.iter().flat_map(|entry| entry.exclusive) {
        match lists.iter_mut().find(|list| names.iter().any(|name| list.contains(name))) {
            Some(list) => {
                let new: Vec<&'static str> = names.iter().copied().filter(|name| !list.contains(name)).collect();
                list.extend(new);
            }
            None => lists.push(names.to_vec()),
        }
    }
    lists
}
