//! Presets: a name in place of the keys of a loop.

use toml::{Table, Value};

use super::keys::exclusive;
use crate::process::presets::{PRESETS, Setting};
use crate::process::settings::{self, beta};
use crate::settings::Section;
use crate::{Error, Result};

/// The table with the keys of its preset written out, but for those that are given, or that exclude one that is given.
///
/// # Errors
/// [`crate::Error::Argument`] for a β that no number follows from.
pub(super) fn expanded(table: &Table) -> Result<Table> {
    let Some(process) = table.get("process").and_then(Value::as_table) else { return Ok(table.clone()) };
    let name = process.get("preset").and_then(Value::as_str);
    let Some(preset) = PRESETS.iter().find(|preset| Some(preset.name) == name) else { return Ok(table.clone()) };
    let mut expanded = process.clone();
    for (key, setting) in preset.keys {
        let excluded = exclusive().iter().any(|(section, names)| {
            *section == "process" && names.contains(key) && names.iter().any(|name| process.contains_key(*name))
        });
        if process.contains_key(*key) || excluded {
            continue;
        }
        expanded.insert((*key).to_owned(), value_of(*setting, process)?);
    }
    let mut whole = table.clone();
    whole.insert("process".to_owned(), Value::Table(expanded));
    Ok(whole)
}

/// A preset's value of a key beside the other keys of its section.
fn value_of(setting: Setting, process: &Table) -> Result<Value> {
    match setting {
        Setting::Toml(text) => {
            let parsed: Table = format!("value = {text}").parse().expect("presets are written as TOML");
            Ok(parsed["value"].clone())
        }
        Setting::GrownPower => {
            let power = Value::Float(1.0 + 1.0 / beta(&Section::new("process", process))?);
            Ok(Value::Table(Table::from_iter([("power".to_owned(), power)])))
        }
    }
}

/// The preset of the section `[process]`, with the keys that have its values.
pub(super) fn own_keys(table: &Table) -> Option<(&'static str, Vec<(&'static str, Value)>)> {
    let name = table.get("preset").and_then(Value::as_str)?;
    let preset = PRESETS.iter().find(|preset| preset.name == name)?;
    let own = |(key, setting): &(&'static str, Setting)| {
        let value = table.get(*key)?;
        // As it is read: with what the key's form fills in.
        let form = settings::keys().into_iter().find(|known| known.name == *key)?.form;
        let own = form.read(key, &value_of(*setting, table).ok()?).ok()?;
        (own == *value).then(|| (*key, value.clone()))
    };
    Some((preset.name, preset.keys.iter().filter_map(own).collect()))
}

/// Keys that say how far a loop goes, and not which one it is.
const NUMBERS: [&str; 5] = ["beta", "beta_over_sqrt_n", "samples", "rounds", "radius"];

/// The keys of a loop that do not have the preset's value, or where it leaves them alone the paper's: those beside it won.
pub(super) fn overridden(process: &Table) -> Vec<&'static str> {
    let preset = process.get("preset").and_then(Value::as_str);
    let Some(preset) = PRESETS.iter().find(|known| Some(known.name) == preset) else { return Vec::new() };
    let own = own_keys(process).map_or_else(Vec::new, |(_, keys)| keys);
    let others = preset.keys.iter().map(|(key, _)| *key).filter(|key| own.iter().all(|(name, _)| name != key));
    let mut others: Vec<&'static str> = others.collect();
    for (key, _) in PRESETS.iter().flat_map(|preset| preset.keys) {
        let of_loop = !NUMBERS.contains(key);
        if of_loop && !others.contains(key) && own.iter().all(|(name, _)| name != key) && departs(key, process) {
            others.push(key);
        }
    }
    others
}

/// Whether a key is there with another value than its default.
fn departs(key: &str, process: &Table) -> bool {
    let Some(value) = process.get(key) else { return false };
    let known = settings::keys().into_iter().find(|known| known.name == key);
    let default = known.and_then(|known| {
        let parsed: Table = format!("value = {}", known.default).parse().ok()?;
        known.form.read(key, &parsed["value"]).ok()
    });
    default.as_ref() != Some(value)
}

/// An error of a key that a preset has set, with the preset's name.
pub(super) fn attributed(error: Error, process: &Table) -> Error {
    match error {
        Error::At { place, error } => attributed(*error, process).at(place),
        Error::Argument { name, value, expected } => {
            let key = name.strip_prefix("process.").map_or("", |rest| rest.split('.').next().unwrap_or(rest));
            let of_preset = own_keys(process).filter(|(_, keys)| keys.iter().any(|(own, _)| *own == key));
            let expected = match of_preset {
                Some((preset, _)) => format!("{expected} (preset = \"{preset}\" sets this key)"),
                None => expected,
            };
            Error::Argument { name, value, expected }
        }
        other => other,
    }
}
