//! Settings laid over a configuration: `--set process.samples=512`.

use toml::{Table, Value};

use crate::simulate::keys::exclusive;
use crate::{Error, Result};

/// Lays a value over a dotted key (`process.samples`), dropping keys that exclude it.
///
/// # Errors
/// [`Error::Argument`] if the key is not of the form `section.key`.
pub fn set(table: &mut Table, key: &str, value: Value) -> Result<()> {
    let parts: Vec<&str> = key.split('.').collect();
    let [section, rest @ ..] = parts.as_slice() else { unreachable!("split gives at least one part") };
    // The longest keys are those of a table within a section: instance.spectrum.rate.
    if !(1..=2).contains(&rest.len()) || parts.iter().any(|part| part.is_empty()) {
        return Err(Error::argument("--set", key, "a dotted key such as process.samples"));
    }
    let not_table = || Error::argument("--set", key, "a key of a section");
    let mut place = table.entry((*section).to_owned()).or_insert_with(|| Value::Table(Table::new()));
    for (_, names) in exclusive().iter().filter(|(exclusive_section, _)| exclusive_section == section) {
        if names.contains(&rest[0]) {
            let entries = place.as_table_mut().ok_or_else(not_table)?;
            names.iter().filter(|name| **name != rest[0]).for_each(|name| drop(entries.remove(*name)));
        }
    }
    for part in rest {
        place = place
            .as_table_mut()
            .ok_or_else(not_table)?
            .entry((*part).to_owned())
            .or_insert_with(|| Value::Table(Table::new()));
    }
    *place = value;
    Ok(())
}

/// Reads `key=value`; the value is TOML, or a bare word, which stands for a string.
///
/// # Errors
/// [`Error::Argument`] if there is no `=` or the value is neither.
pub fn parse_setting(text: &str) -> Result<(String, Value)> {
    let wrong = || Error::argument("--set", text, "key=value with a TOML value, for example process.samples=512");
    let (key, value) = text.split_once('=').ok_or_else(wrong)?;
    let parsed = format!("value = {value}").parse::<Table>().ok().filter(|table| table.len() == 1);
    let parsed = parsed.and_then(|mut table| table.remove("value"));
    let bare = |c: char| c.is_alphanumeric() || "_-./".contains(c);
    let value = match parsed {
        Some(value) => value,
        None if !value.is_empty() && value.chars().all(bare) => Value::String(value.to_owned()),
        None => return Err(wrong()),
    };
    Ok((key.trim().to_owned(), value))
}
