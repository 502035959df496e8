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

/// Reads `key=value`; the value is TOML, a bare word, which stands for a string, or a list of these (a shell that takes the quotes of
/// `["a", "b"]` leaves `[a, b]`).
///
/// # Errors
/// [`Error::Argument`] if there is no `=` or the value is none of them.
///
/// ```
/// use selfreward::simulate::config::parse_setting;
///
/// let (key, list) = parse_setting("process.preset=[self-rewarding, sharpening-sft]")?;
/// assert_eq!((key.as_str(), list), ("process.preset", parse_setting("k=['self-rewarding', 'sharpening-sft']")?.1));
/// assert!(parse_setting("process.preset=[self-rewarding").is_err());
/// # Ok::<(), selfreward::Error>(())
/// ```
pub fn parse_setting(text: &str) -> Result<(String, Value)> {
    let wrong = || {
        let expected = "key=value with a TOML value or a bare word, for example process.samples=512; lists and tables in single \
            quotes for the shell, 'process.preset=[\"a\", \"b\"]'";
        Error::argument("--set", text, expected)
    };
    let (key, value) = text.split_once('=').ok_or_else(wrong)?;
    Ok((key.trim().to_owned(), read(value, LISTS).ok_or_else(wrong)?))
}

/// Lists within each other, at most: those of a key whose values are lists.
const LISTS: usize = 2;

fn read(text: &str, lists: usize) -> Option<Value> {
    let parsed = format!("value = {text}").parse::<Table>().ok().filter(|table| table.len() == 1);
    if let Some(value) = parsed.and_then(|mut table| table.remove("value")) {
        return Some(value);
    }
    let bare = |c: char| c.is_alphanumeric() || "_-./".contains(c);
    if !text.is_empty() && text.chars().all(bare) {
        return Some(Value::String(text.to_owned()));
    }
    let inner = text.trim().strip_prefix('[')?.strip_suffix(']').filter(|_| lists > 0)?;
    let items = items(inner)?;
    items.into_iter().map(|item| read(item.trim(), lists - 1)).collect::<Option<_>>().map(Value::Array)
}

/// The texts between the commas of a list; those within quotes and brackets part nothing. `None` where brackets or quotes do not match.
fn items(text: &str) -> Option<Vec<&str>> {
    let (mut items, mut start, mut open, mut quote) = (Vec::new(), 0, Vec::new(), None);
    for (place, c) in text.char_indices() {
        match (quote, c) {
            (Some(mark), _) => quote = (c != mark).then_some(mark),
            (None, '"' | '\'') => quote = Some(c),
            (None, '[') => open.push(']'),
            (None, '{') => open.push('}'),
            (None, ']' | '}') => drop(open.pop().filter(|&mark| mark == c)?),
            (None, ',') if open.is_empty() => {
                items.push(&text[start..place]);
                start = place + 1;
            }
            _ => {}
        }
    }
    if !text[start..].trim().is_empty() {
        items.push(&text[start..]);
    }
    (open.is_empty() && quote.is_none() && !items.is_empty()).then_some(items)
}
