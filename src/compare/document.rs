//! A comparison as JSON and as CSV.

use serde_json::{Map, Value, json};

use super::comparison::{Comparison, JOINT, Row, Verdict};
use crate::experiment::{Line, Table};
use crate::simulate::output::number;

/// Version of the JSON document.
const SCHEMA: u32 = 1;

fn ends(ends: Option<(f64, f64)>) -> [Value; 2] {
    ends.map_or([Value::Null, Value::Null], |(low, high)| [number(low), number(high)])
}

fn optional(value: Option<f64>) -> Value {
    value.map_or(Value::Null, number)
}

fn reason(verdict: &Verdict) -> &str {
    if let Verdict::Unknown(reason) = verdict { reason } else { "" }
}

/// The whole comparison; `sources` says what A and B are.
pub fn document(comparison: &Comparison, sources: [Value; 2], unmatched: &[Vec<String>; 2]) -> Value {
    let gathered = &comparison.gathered;
    let changes: Map<String, Value> =
        gathered.changes.0.iter().map(|(key, [a, b])| (key.clone(), json!({ "a": a, "b": b }))).collect();
    let pairs: Vec<Value> = (0..gathered.labels.len())
        .map(|pair| {
            let labels = gathered.keys.iter().cloned().zip(gathered.labels[pair].iter().map(|label| json!(label)));
            let pairing = &gathered.pairings[pair];
            json!({
                "labels": labels.collect::<Map<String, Value>>(),
                "rounds": { "a": gathered.last[pair][0], "b": gathered.last[pair][1] },
                "pairing": pairing.how.name(),
                "reason": pairing.reason,
                "rows": comparison.rows.iter().filter(|row| row.pair == pair).map(row).collect::<Vec<_>>(),
            })
        })
        .collect();
    let [a, b] = sources;
    json!({
        "schema": SCHEMA,
        "version": env!("CARGO_PKG_VERSION"),
        "a": { "name": gathered.names[0], "source": a },
        "b": { "name": gathered.names[1], "source": b },
        "changes": changes,
        "notes": gathered.notes,
        "only": { "a": gathered.only[0], "b": gathered.only[1] },
        "unmatched": { "a": unmatched[0], "b": unmatched[1] },
        "differs": comparison.differs(),
        "joint_level": JOINT,
        "intervals": comparison.intervals,
        "miss": comparison.miss(),
        "pairs": pairs,
    })
}

fn row(row: &Row) -> Value {
    let ([lo, hi], [joint_lo, joint_hi]) = (ends(row.interval), ends(row.joint));
    json!({
        "quantity": row.quantity,
        "t": row.t,
        "replicates": { "a": row.replicates[0], "b": row.replicates[1] },
        "a": optional(row.means.map(|means| means[0])),
        "b": optional(row.means.map(|means| means[1])),
        "difference": optional(row.difference),
        "lo": lo,
        "hi": hi,
        "joint_lo": joint_lo,
        "joint_hi": joint_hi,
        "interval": row.method,
        "verdict": row.verdict.name(),
        "reason": reason(&row.verdict),
    })
}

/// The rows, one line each: what tells the pair from others, then the columns of the JSON.
pub fn csv(comparison: &Comparison) -> String {
    let gathered = &comparison.gathered;
    let number = |line: Line, name: &str, value: Option<f64>| line.number(name, value.unwrap_or(f64::NAN));
    let line = |row: &Row| {
        let labels = gathered.keys.iter().zip(&gathered.labels[row.pair]);
        let line = labels.fold(Line::default(), |line, (key, label)| line.label(key, label));
        let mut line = line
            .label("quantity", &row.quantity)
            .label("t", row.t.to_string())
            .label("replicates_a", row.replicates[0].to_string())
            .label("replicates_b", row.replicates[1].to_string());
        for (name, value) in [
            ("a_mean", row.means.map(|means| means[0])),
            ("b_mean", row.means.map(|means| means[1])),
            ("difference_mean", row.difference),
            ("difference_lo", row.interval.map(|ends| ends.0)),
            ("difference_hi", row.interval.map(|ends| ends.1)),
            ("joint_lo", row.joint.map(|ends| ends.0)),
            ("joint_hi", row.joint.map(|ends| ends.1)),
        ] {
            line = number(line, name, value);
        }
        line.label("interval", row.method).label("verdict", row.verdict.name()).label("reason", reason(&row.verdict))
    };
    Table::of_lines(comparison.rows.iter().map(line).collect()).to_csv()
}
