//! Presets: a name in place of the keys of a loop.

use toml::{Table, Value};

use super::keys::EXCLUSIVE;
use crate::process::presets::{PRESETS, Setting};
use crate::{Error, Result};

/// The names of all presets.
pub(super) const PRESET_NAMES: &[&str] = &{
    let mut names = [""; PRESETS.len()];
    let mut i = 0;
    while i < PRESETS.len() {
        names[i] = PRESETS[i].name;
        i += 1;
    }
    names
};

/// The table with the keys of its preset written out, but for those that are given, or that exclude one that is given.
///
/// # Errors
/// [`Error::Argument`] for a β that no number follows from.
pub(super) fn expanded(table: &Table) -> Result<Table> {
    let Some(process) = table.get("process").and_then(Value::as_table) else { return Ok(table.clone()) };
    let name = process.get("preset").and_then(Value::as_str);
    let Some(preset) = PRESETS.iter().find(|preset| Some(preset.name) == name) else { return Ok(table.clone()) };
    let mut expanded = process.clone();
    for (key, setting) in preset.keys {
        let excluded = EXCLUSIVE.iter().any(|(section, names)| {
            *section == "process" && names.contains(key) && names.iter().any(|name| process.contains_key(*name))
        });
        if process.contains_key(*key) || excluded {
            continue;
        }
        let value = match setting {
            Setting::Toml(text) => {
                let parsed: Table = format!("value = {text}").parse().expect("presets are written as TOML");
                parsed["value"].clone()
            }
            Setting::GrownPower => {
                let power = Value::Float(1.0 + 1.0 / beta(process)?);
                Value::Table(Table::from_iter([("power".to_owned(), power)]))
            }
        };
        expanded.insert((*key).to_owned(), value);
    }
    let mut whole = table.clone();
    whole.insert("process".to_owned(), Value::Table(expanded));
    Ok(whole)
}

/// The β that the keys stand for.
fn beta(process: &Table) -> Result<f64> {
    let number =
        |key: &str| process.get(key).and_then(|value| value.as_float().or(value.as_integer().map(|n| n as f64)));
    let samples = number("samples").unwrap_or(1024.0);
    let beta = number("beta").unwrap_or_else(|| number("beta_over_sqrt_n").unwrap_or(1.0) / samples.sqrt());
    let good = beta.is_finite() && beta > 0.0;
    if good { Ok(beta) } else { Err(Error::argument("process.beta", beta, "a finite number > 0")) }
}
