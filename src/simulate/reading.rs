//! What the TOML reader says of a wrong value, as an error that names the key, its value and what was expected.

use toml::{Table, Value};

use crate::Error;

/// The error of reading a configuration from a table.
pub(super) fn explained(table: &Table, error: &toml::de::Error) -> Error {
    let text = error.to_string();
    let (what, place) = text.trim_end().split_once("\nin `").unwrap_or((text.trim_end(), ""));
    let place = place.trim_end_matches('`');
    if let Some(key) = what.strip_prefix("missing field `") {
        let key = key.trim_end_matches('`');
        return match place {
            "" => Error::argument(format!("[{key}]"), "absent", "this section"),
            place => Error::argument(format!("{place}.{key}"), "absent", "this key"),
        };
    }
    let (found, expected) =
        what.split_once(", expected ").or_else(|| what.split_once(": expected ")).unwrap_or(("", what));
    let value = value_at(table, place).map_or_else(|| found.to_owned(), Value::to_string);
    Error::argument(place, value, plain(expected))
}

/// The value at a dotted place.
fn value_at<'a>(table: &'a Table, place: &str) -> Option<&'a Value> {
    let (section, keys) = place.split_once('.')?;
    keys.split('.').try_fold(table.get(section)?, |value, key| value.get(key))
}

/// What the reader expects, without the names of Rust's types.
fn plain(expected: &str) -> String {
    match expected {
        "usize" | "u64" => "a whole number ≥ 0".to_owned(),
        "u32" => format!("a whole number from 0 to {}", u32::MAX),
        "f64" => "a number".to_owned(),
        "a boolean" => "true or false".to_owned(),
        "a sequence" => "a list".to_owned(),
        "path string" => "a path in quotes".to_owned(),
        "string or table" => "a word in quotes".to_owned(),
        _ if expected.starts_with("struct ") || expected.contains("tagged enum") => "a table { … }".to_owned(),
        _ => expected.replace('`', ""),
    }
}
