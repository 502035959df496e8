//! The summary as a JSON document, as CSV, and as a table for people.

use serde_json::{Map, Number, Value, json};

use super::summary::{Cell, Column, Summary};
use super::{Simulation, Trajectories};
use crate::metrics::Reader;
use crate::stats::{MeanInterval, Method};
use crate::words;

/// Version of the JSON document.
pub const SCHEMA: u32 = 1;

/// A double as JSON: infinite ones as "inf" and "-inf", NaN as null.
pub fn number(value: f64) -> Value {
    match Number::from_f64(value) {
        Some(number) => Value::Number(number),
        None if value.is_nan() => Value::Null,
        None => Value::String(if value > 0.0 { "inf" } else { "-inf" }.to_owned()),
    }
}

fn quantity(cell: Option<&Cell>) -> Value {
    let Some(cell) = cell else { return Value::Null };
    let mut value = mean(&cell.interval);
    value["values"] = cell.values.iter().map(|&value| number(value)).collect();
    value
}

/// A mean with its interval as JSON.
pub(crate) fn mean(interval: &MeanInterval) -> Value {
    let (lo, hi) = interval.ends.map_or((Value::Null, Value::Null), |(lo, hi)| (number(lo), number(hi)));
    json!({ "mean": number(interval.mean), "lo": lo, "hi": hi, "interval": interval.method.name() })
}

/// Columns with their values (null for one that does not exist) under the names of their quantities; those that depend on δ or on the
/// level as an object with a value for each.
pub(crate) fn nested(columns: &[Column], values: impl Iterator<Item = Value>) -> Map<String, Value> {
    let mut entry = Map::new();
    for (column, value) in columns.iter().zip(values) {
        let name = column.quantity.name.to_owned();
        match (column.quantity.read, column.delta, column.level) {
            (Reader::PerDelta(_), Some((_, delta)), _) => {
                // Null where there is none at all; without a δ that only others look at.
                let by_delta = entry.entry(name).or_insert(Value::Null);
                if !value.is_null() {
                    by_delta[delta.to_string()] = value;
                }
            }
            (Reader::PerLevel(_), _, Some((_, level))) => {
                // A level may be without weight where another has some.
                let by_level = entry.entry(name).or_insert_with(|| Value::Object(Map::new()));
                if let Value::Object(by_level) = by_level {
                    by_level.insert(level.to_string(), value);
                }
            }
            _ => drop(entry.insert(name, value)),
        }
    }
    entry
}

/// The JSON document of a run.
pub fn document(simulation: &Simulation, summary: &Summary) -> Value {
    let rounds: Vec<Value> = summary
        .rows
        .iter()
        .enumerate()
        .map(|(t, row)| {
            let mut entry = Map::from_iter([("t".to_owned(), json!(t))]);
            entry.extend(nested(&summary.columns, row.iter().map(|cell| quantity(cell.as_ref()))));
            Value::Object(entry)
        })
        .collect();
    let derived: Map<String, Value> =
        simulation.derived.iter().map(|&(name, value)| (name.to_owned(), number(value))).collect();
    json!({
        "schema": SCHEMA,
        "version": env!("CARGO_PKG_VERSION"),
        "seed": simulation.config.run.seed,
        "config": simulation.config,
        "derived": derived,
        "rounds": rounds,
    })
}

/// The summary as CSV: one line a round, mean, lower and upper end of every column; empty where a value does not exist.
pub fn csv(summary: &Summary) -> String {
    let mut text = String::from("t");
    for column in &summary.columns {
        let name = column.name();
        text.push_str(&format!(",{name}_mean,{name}_lo,{name}_hi"));
    }
    text.push('\n');
    for (t, row) in summary.rows.iter().enumerate() {
        text.push_str(&t.to_string());
        for cell in row {
            let mean = cell.as_ref().map_or(String::new(), |cell| plain(cell.interval.mean));
            let ends = cell.as_ref().and_then(|cell| cell.interval.ends);
            let (lo, hi) = ends.map_or_else(Default::default, |(lo, hi)| (plain(lo), plain(hi)));
            text.push_str(&format!(",{mean},{lo},{hi}"));
        }
        text.push('\n');
    }
    text
}

/// A double for CSV: shortest digits that parse back, with an exponent where it is far from 1.
pub fn plain(value: f64) -> String {
    match number(value) {
        Value::Number(number) => number.to_string(),
        Value::String(word) => word,
        _ => String::new(),
    }
}

/// The columns that the table on a terminal shows, in their order; those that depend on δ or on the level once for each.
const TABLE: &[(&str, &str)] = &[
    ("kappa", "kappa"),
    ("failure", "failure"),
    ("base_failure", "base failure"),
    ("drift", "drift"),
    ("accuracy", "accuracy"),
    ("accuracy_level", "accuracy"),
    ("correct_probability", "P[correct]"),
    ("correct_probability_level", "P[correct]"),
    ("approximation_error", "eps_app"),
    ("estimation_error", "est. error"),
    ("sharpened_share", "R^2"),
    ("rank_losses", "rank losses"),
    ("empty_filters", "empty filters"),
    ("at_infinity", "at infinity"),
    ("greedy_modal", "greedy=mode"),
    ("greedy_base", "greedy=base"),
    ("margin", "margin"),
    ("rank_fraction", "rank seen"),
    ("diversity", "diversity"),
];

/// The table for people: each mean with its 95% interval; `-` where a quantity does not exist. Folded where it is wider than
/// `width`. Quantities that were asked for by name come last, where they are not among those that are always shown.
pub fn table(summary: &Summary, asked: &[&str], replicates: usize, width: Option<usize>) -> String {
    let rounds = (0..summary.rows.len()).map(|t| vec![t.to_string()]);
    let mut lines: Vec<Vec<String>> = std::iter::once(vec!["t".to_owned()]).chain(rounds).collect();
    let mut shown = Vec::new();
    for (index, title) in shown_columns(&summary.columns, asked) {
        let cells = || summary.rows.iter().map(|row| row[index].as_ref());
        if cells().any(|cell| cell.is_some()) {
            let readable = |cell: &Cell| readable(&cell.interval, replicates);
            let texts = cells().map(|cell| cell.map_or_else(|| "-".to_owned(), readable));
            lines.iter_mut().zip(std::iter::once(title).chain(texts)).for_each(|(line, text)| line.push(text));
            shown.extend(cells().flatten().map(|cell| cell.interval.method));
        }
    }
    format!("{}({})\n", words::table(&lines, width), legend(&shown, replicates))
}

/// The columns that a table for people shows, by their places, with their titles: the main quantities in their order, then those that
/// were asked for by name.
pub(crate) fn shown_columns(columns: &[Column], asked: &[&str]) -> Vec<(usize, String)> {
    let others = asked.iter().filter(|name| TABLE.iter().all(|(shown, _)| shown != *name)).map(|name| (*name, *name));
    let mut shown = Vec::new();
    for (name, title) in TABLE.iter().copied().chain(others) {
        for (index, column) in columns.iter().enumerate().filter(|(_, column)| column.quantity.name == name) {
            let title = match (column.delta, column.level) {
                (Some((_, delta)), _) => format!("{title}({delta})"),
                (_, Some((_, level))) => format!("{title}, level {level}"),
                (None, None) => title.to_owned(),
            };
            shown.push((index, title));
        }
    }
    shown
}

/// What the cells of the table are.
pub(crate) fn legend(shown: &[Method], replicates: usize) -> String {
    if replicates == 1 {
        return "1 replicate: a single value, no interval".to_owned();
    }
    let mut text = format!("{}: mean [95% interval]", words::counted(replicates, "replicate"));
    if shown.contains(&Method::Exact) {
        text.push_str("; a mean alone is exact");
    }
    let missing = [Method::TooFew, Method::Agree, Method::Infinite];
    let reasons: Vec<&str> =
        missing.iter().filter(|method| shown.contains(method)).map(|method| method.name()).collect();
    if !reasons.is_empty() {
        text.push_str(&format!("; [?] no interval: {}", reasons.join(", ")));
    }
    text
}

/// A mean with its interval for people.
pub(crate) fn readable(interval: &MeanInterval, replicates: usize) -> String {
    let mean = significant(interval.mean, 4);
    match interval.ends {
        _ if replicates == 1 || interval.method == Method::Exact => mean,
        Some((lo, hi)) => format!("{mean} [{}, {}]", significant(lo, 3), significant(hi, 3)),
        None => format!("{mean} [?]"),
    }
}

/// A number to so many significant digits, in decimals where that is short.
pub fn significant(value: f64, digits: usize) -> String {
    if value == 0.0 || !value.is_finite() {
        return if value == 0.0 { "0".to_owned() } else { format!("{value}") };
    }
    let scientific = format!("{value:.*e}", digits - 1);
    let exponent: i32 = scientific.rsplit('e').next().and_then(|e| e.parse().ok()).unwrap_or(0);
    if (-4..6).contains(&exponent) {
        format!("{value:.*}", (digits as i32 - 1 - exponent).max(0) as usize)
    } else {
        scientific
    }
}

/// θ_t of every replicate and round as one array (R, T+1, d).
pub fn thetas(trajectories: &Trajectories) -> ndarray::Array3<f64> {
    let rounds = trajectories.first().map_or(0, |replicate| replicate.thetas.len());
    let dim = trajectories.first().and_then(|replicate| replicate.thetas.first()).map_or(0, Vec::len);
    ndarray::Array3::from_shape_fn((trajectories.len(), rounds, dim), |(r, t, j)| trajectories[r].thetas[t][j])
}
