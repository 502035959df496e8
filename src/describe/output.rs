//! The description as a table for people, and as JSON.

use serde_json::{Map, Value as Json, json};

use super::{Entry, Group, Options, Value};
use crate::simulate::output::significant;

/// The version of the JSON form.
pub const SCHEMA: u32 = 1;

/// Groups with their entries, aligned; `-` stands for what does not exist, with the reason behind the meaning.
pub fn table(groups: &[Group]) -> String {
    let entries = || groups.iter().flat_map(|group| &group.entries);
    let length = |text: &str| text.chars().count();
    let name = entries().map(|entry| length(&entry.name)).max().unwrap_or(0);
    let width = entries().map(|entry| length(&shown(entry))).filter(|width| *width <= WIDEST).max().unwrap_or(0);
    let mut lines = Vec::new();
    for group in groups {
        if !lines.is_empty() {
            lines.push(String::new());
        }
        lines.push(group.title.to_owned());
        for entry in &group.entries {
            let reason = entry.value.as_ref().err().map_or_else(String::new, |absent| format!(" [none: {}]", absent.0));
            let (label, value) = (&entry.name, shown(entry));
            lines.push(format!("  {label:<name$}  {value:>width$}  {}{reason}", entry.meaning));
        }
    }
    lines.join("\n")
}

/// A longer word does not widen the column of all.
const WIDEST: usize = 24;

/// A value for people.
fn shown(entry: &Entry) -> String {
    match &entry.value {
        Err(_) => "-".to_owned(),
        Ok(Value::Word(word)) => word.clone(),
        Ok(Value::Number(value)) if value.fract() == 0.0 && value.abs() < 1e15 => value.to_string(),
        Ok(Value::Number(value)) => short(*value, 6),
    }
}

/// A number to so many significant digits, without zeros at its end.
pub(super) fn short(value: f64, digits: usize) -> String {
    let text = significant(value, digits);
    let (digits, power) = text.split_once('e').map_or((text.as_str(), None), |(digits, power)| (digits, Some(power)));
    let digits = if digits.contains('.') { digits.trim_end_matches('0').trim_end_matches('.') } else { digits };
    power.map_or_else(|| digits.to_owned(), |power| format!("{digits}e{power}"))
}

/// `{"schema", "source", "replicate", "options", "quantities": {name: {"value", "group", "meaning", "reason"?}}}`; a value that does not
/// exist is null, with the reason. `replicate` is null for a file.
pub fn json(source: &str, replicate: Option<usize>, options: &Options, groups: &[Group]) -> Json {
    let mut quantities = Map::new();
    for group in groups {
        for entry in &group.entries {
            let mut form = Map::new();
            let (value, reason) = match &entry.value {
                Ok(Value::Number(value)) => (json!(value), None),
                Ok(Value::Word(word)) => (json!(word), None),
                Err(absent) => (Json::Null, Some(&absent.0)),
            };
            form.insert("value".to_owned(), value);
            form.insert("group".to_owned(), group.title.into());
            form.insert("meaning".to_owned(), entry.meaning.clone().into());
            if let Some(reason) = reason {
                form.insert("reason".to_owned(), reason.clone().into());
            }
            quantities.insert(entry.name.clone(), form.into());
        }
    }
    json!({
        "schema": SCHEMA,
        "source": source,
        "replicate": replicate,
        "options": {
            "samples": options.samples,
            "beta": options.beta,
            "lambda": options.lambda(),
            "delta": options.deltas,
        },
        "quantities": quantities,
    })
}
