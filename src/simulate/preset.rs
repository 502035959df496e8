//! Presets: a name in place of the keys of a loop.

use toml::{Table, Value};

use super::keys::exclusive;
use crate::Result;
use crate::process::presets::{PRESETS, Setting};
use crate::process::settings::beta;
use crate::settings::Section;

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
        let value = match setting {
            Setting::Toml(text) => {
                let parsed: Table = format!("value = {text}").parse().expect("presets are written as TOML");
                parsed["value"].clone()
            }
            Setting::GrownPower => {
                let power = Value::Float(1.0 + 1.0 / beta(&Section::new("process", process))?);
                Value::Table(Table::from_iter([("power".to_owned(), power)]))
            }
        };
        expanded.insert((*key).to_owned(), value);
    }
    let mut whole = table.clone();
    whole.insert("process".to_owned(), Value::Table(expanded));
    Ok(whole)
}
