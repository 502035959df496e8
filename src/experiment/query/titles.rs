//! What is written over a figure of a query, and what its files are called.

use super::Query;
use super::axes::{Axes, Shown};
use super::bounds::AskedBound;
use super::condition::{Comparison, Operator};
use super::keys::{BESIDE, Keys, ROUND};
use super::points::Point;
use super::quantities::Column;
use super::source::{Mean, Source};
use crate::experiment::lacking::is_lacking;

/// The figure's title: quantities against a key.
pub(super) fn title(axes: &Axes, columns: &[Column], sources: &[Source]) -> String {
    let names = columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>().join(", ");
    let along = if axes.x == ROUND { "round t" } else { &axes.x };
    match sources {
        [one] => format!("{}: {names} against {along}", one.label),
        _ => format!("{names} against {along}"),
    }
}

/// Rounds, conditions, replicates.
pub(super) fn subtitle(query: &Query, axes: &Axes, points: &[Point], shown: &[Shown], with_rounds: bool) -> String {
    let mut parts = Vec::new();
    if !with_rounds {
        let mut rounds: Vec<usize> = shown.iter().flat_map(|cell| cell.rounds.clone()).collect();
        rounds.sort_unstable();
        rounds.dedup();
        parts.push(match rounds.as_slice() {
            [one] => format!("after the last round of each cell, t = {one}"),
            several => {
                format!("after the last round of each cell, t = {} to {}", several[0], several[several.len() - 1])
            }
        });
    }
    parts.extend(axes.comparisons.iter().map(|comparison| {
        let key = Keys::short(&comparison.key);
        let operator =
            comparison.operator.name().replace("==", "=").replace("!=", "≠").replace("<=", "≤").replace(">=", "≥");
        format!("{key} {operator} {}", comparison.value)
    }));
    let mut counts: Vec<usize> = points.iter().filter_map(|point| point.replicates.parse().ok()).collect();
    counts.sort_unstable();
    counts.dedup();
    let intervals = intervals(points);
    parts.push(match counts.as_slice() {
        [1] => "a single replicate".to_owned(),
        [one] => format!("means over {one} replicates{intervals}"),
        [first, .., last] => format!("means over {first} to {last} replicates{intervals}"),
        [] => format!("means{intervals}"),
    });
    if let [first, others @ ..] = query.bounds.as_slice() {
        let alike = others.iter().all(|bound| bound.noun() == first.noun());
        let named = |bound: &AskedBound| match alike {
            true => bound.written(),
            false => format!("{} {}", bound.noun(), bound.written()),
        };
        let names = query.bounds.iter().map(named).collect::<Vec<_>>().join(", ");
        let nouns = match (alike, others.is_empty()) {
            (true, true) => format!("{} ", first.noun()),
            (true, false) => format!("{}s ", first.noun()),
            (false, _) => String::new(),
        };
        parts.push(format!("{nouns}{names}: worst constants of the replicates"));
    }
    sentence(&parts.join("; "))
}

/// Of which quantities every point has the interval that replicates can give.
fn intervals(points: &[Point]) -> String {
    let (mut with, mut without): (Vec<&str>, Vec<&str>) = (Vec::new(), Vec::new());
    for point in points {
        let Some(Mean { mean, ends }) = point.mean else { continue };
        let lacks = is_lacking(&point.replicates, mean, ends.map(|(lo, _)| lo));
        let of = if lacks { &mut without } else { &mut with };
        if (lacks || ends.is_some()) && !of.contains(&point.column.as_str()) {
            of.push(&point.column);
        }
    }
    with.retain(|column| !without.contains(column));
    match (with.is_empty(), without.is_empty()) {
        (true, _) => String::new(),
        (false, true) => ", with 95% intervals".to_owned(),
        (false, false) => format!(", with 95% intervals of {}", with.join(", ")),
    }
}

/// The text with a capital letter, if it begins with a word: a key's t is another than T.
fn sentence(text: &str) -> String {
    match ["after", "means", "a single"].iter().any(|word| text.starts_with(word)) {
        true => text[..1].to_uppercase() + &text[1..],
        false => text.to_owned(),
    }
}

/// The name of the files: source, quantities, axes, conditions, bounds.
pub(super) fn name(axes: &Axes, query: &Query, columns: &[Column], sources: &[Source]) -> String {
    const LONGEST: usize = 120;
    let mut parts: Vec<&str> = sources.iter().map(|source| source.label.as_str()).collect();
    let asked: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
    parts.extend(if query.y.is_empty() { vec!["rounds"] } else { asked });
    parts.extend(["by", Keys::short(&axes.x)]);
    parts.extend(axes.by.iter().filter(|key| *key != BESIDE[0]).map(|key| Keys::short(key)));
    parts.extend(axes.facet.iter().map(|key| Keys::short(key)));
    let conditions: Vec<String> = axes.comparisons.iter().map(in_a_name).collect();
    parts.extend(conditions.iter().map(String::as_str));
    parts.extend(query.bounds.iter().map(|bound| bound.name()));
    let plain = |c: char| if c.is_ascii_alphanumeric() || "_-.".contains(c) { c } else { '_' };
    parts.join("-").chars().map(plain).take(LONGEST).collect()
}

/// A comparison as the name of a file has it: `t4`, `samples-from-64`.
fn in_a_name(comparison: &Comparison) -> String {
    let (key, value) = (Keys::short(&comparison.key), &comparison.value);
    match comparison.operator {
        Operator::Equal if key == ROUND => format!("{key}{value}"),
        Operator::Equal => format!("{key}-{value}"),
        Operator::NotEqual => format!("{key}-not-{value}"),
        Operator::Below => format!("{key}-below-{value}"),
        Operator::AtMost => format!("{key}-to-{value}"),
        Operator::Above => format!("{key}-above-{value}"),
        Operator::AtLeast => format!("{key}-from-{value}"),
    }
}

/// The query in a line, without what only changes how it looks.
pub(super) fn asked(query: &Query, axes: &Axes, columns: &[Column], sources: &[Source]) -> String {
    let mut parts = vec![format!("--x {}", axes.x)];
    let mut add = |flag: &str, values: Vec<String>| {
        if !values.is_empty() {
            parts.push(format!("{flag} {}", values.join(",")));
        }
    };
    add("--y", columns.iter().map(|column| column.name.clone()).collect());
    add("--by", axes.by.clone());
    add("--facet", axes.facet.clone());
    add(
        "--where",
        vec![axes.comparisons.iter().map(ToString::to_string).collect::<Vec<_>>().join(" and ")]
            .into_iter()
            .filter(|text| !text.is_empty())
            .collect(),
    );
    add("--bound", query.bounds.iter().map(AskedBound::written).collect());
    add("of", sources.iter().map(|source| source.label.clone()).collect());
    parts.join(" ")
}
