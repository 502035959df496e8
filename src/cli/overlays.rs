//! What a command line lays over a configuration's file: the same for every command that reads one.

use std::path::Path;

use anyhow::Context;
use toml::{Table, Value};

use crate::Error;
use crate::simulate::config::{self, Given};
use crate::simulate::keys::exclusive;
use crate::study::revised::Setting;

/// A key with what it is given.
#[derive(Debug)]
pub struct Overlay {
    /// The flag that says so.
    pub flag: &'static str,
    /// The dotted key.
    pub key: String,
    /// One value, or several in turn.
    pub given: Given,
}

impl Overlay {
    /// A key with one value.
    pub fn one(flag: &'static str, key: &str, value: impl Into<Value>) -> Self {
        Self { flag, key: key.to_owned(), given: Given::One(value.into()) }
    }
}

/// What `--set` and `--seed` say, in order.
pub fn read(texts: &[String], seed: Option<&str>) -> anyhow::Result<Vec<Overlay>> {
    let set = settings(texts)?.into_iter().map(|(key, given)| Overlay { flag: "--set", key, given });
    let seed = seed.map(|seed| {
        let value = seed.parse().map_or_else(|_| Value::String(seed.to_owned()), Value::Integer);
        Overlay::one("--seed", "run.seed", value)
    });
    Ok(set.chain(seed).collect())
}

/// The keys that `--set` names, in order, with what they are given.
pub fn settings(texts: &[String]) -> anyhow::Result<Vec<Setting>> {
    let mut settings: Vec<Setting> = Vec::new();
    for text in texts {
        let (key, value) = config::parse_setting(text)?;
        let given = Given::read(&key, value).context("--set")?;
        // The last one of a key wins.
        settings.retain(|(other, _)| *other != key);
        settings.push((key, given));
    }
    refuse_exclusive(&settings)?;
    Ok(settings)
}

/// Lays single values over a table, in order; lists, which are the axes of a sweep, are left out.
///
/// # Errors
/// [`Error::Argument`] with a key that has no place in the table.
pub fn lay(table: &mut Table, overlays: &[Overlay]) -> crate::Result<()> {
    for overlay in overlays {
        if let Given::One(value) = &overlay.given {
            config::set(table, &overlay.key, value.clone())?;
        }
    }
    Ok(())
}

/// Refuses lists, where a command looks at one configuration.
pub fn refuse_lists(overlays: &[Overlay]) -> crate::Result<()> {
    let list = overlays.iter().find_map(|overlay| match &overlay.given {
        Given::Each(values) => Some((&overlay.key, values)),
        Given::One(_) => None,
    });
    list.map_or(Ok(()), |(key, values)| {
        let expected = "one value; `selfreward simulate` goes through a list";
        Err(Error::argument(key, Value::Array(values.clone()), expected))
    })
}

/// An error with the flag that its value was given by, or else with the file; once, where the error names the file itself.
pub fn located(error: Error, file: &Path, overlays: &[Overlay]) -> anyhow::Error {
    let flag = overlays.iter().rev().find(|overlay| is_about(&error, &overlay.key)).map(|overlay| overlay.flag);
    let origin = flag.map_or_else(|| file.display().to_string(), str::to_owned);
    if flag.is_none() && error.to_string().contains(&origin) {
        return error.into();
    }
    anyhow::Error::new(error).context(origin)
}

/// Refuses two keys of which a configuration has at most one, where both are set here: neither stands in the other's place.
fn refuse_exclusive(settings: &[Setting]) -> crate::Result<()> {
    for (section, names) in exclusive() {
        let set = |name: &&&str| settings.iter().any(|(key, _)| *key == format!("{section}.{name}"));
        let both: Vec<&str> = names.iter().filter(set).copied().collect();
        if both.len() > 1 {
            return Err(Error::argument("--set", both.join(" and "), format!("only one of them in [{section}]")));
        }
    }
    Ok(())
}

/// Whether the offending value is that of this key (or, for an unknown key, the key itself).
fn is_about(error: &Error, key: &str) -> bool {
    let Error::Argument { name, value, .. } = error else { return false };
    let text = if name == "key" { value } else { name };
    // The library knows no sections: its name of `process.samples` may be `samples`.
    let last = key.rsplit('.').next();
    let of_key = |word: &str| {
        word == key || Some(word) == last || word.strip_prefix(key).is_some_and(|rest| rest.starts_with('.'))
    };
    text.split(|c: char| !c.is_alphanumeric() && c != '_' && c != '.').any(of_key)
}
