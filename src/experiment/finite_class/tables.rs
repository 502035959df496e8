//! The tables beside the figures.

use super::case::{Case, RHO};
use crate::Result;
use crate::experiment::{Results, Table};
use crate::metrics::named::{DRIFT, FAILURE};
use crate::simulate::output::plain;
use crate::stats::clopper_pearson;

/// One row for each cell: what one round does.
pub(super) fn one_round(results: &Results) -> Result<Table> {
    rows(&Case::all(results)?, |_| 1..=1)
}

/// One row for each t, M = 256: what four rounds do.
pub(super) fn rounds(results: &Results) -> Result<Table> {
    let mut cases = Case::all(results)?;
    cases.retain(|case| case.prompts == 256.0);
    rows(&cases, |case| 1..=case.rows.rounds())
}

fn rows(cases: &[Case], rounds: impl Fn(&Case) -> std::ops::RangeInclusive<usize>) -> Result<Table> {
    let mut header = Vec::new();
    let mut table = Vec::new();
    for case in cases {
        for t in rounds(case) {
            let row = row(case, t)?;
            if header.is_empty() {
                header = row.iter().map(|(name, _)| name.clone()).collect();
            }
            table.push(row.into_iter().map(|(_, text)| text).collect());
        }
    }
    Ok(Table::new(header, table))
}

/// Names and texts of one row.
fn row(case: &Case, t: usize) -> Result<Vec<(String, String)>> {
    let losses = case.losses(t)?;
    let epsilon = case.epsilon(t)?;
    let bound = case.epsilon_bound(t, RHO)?;
    let largest = losses.iter().fold(0.0f64, |most, &loss| most.max(loss)).sqrt();
    let law = match case.loss_each()? {
        Some(loss) if t == 1 => plain((case.weight * case.unresolved()? * loss).sqrt()),
        _ => String::new(),
    };
    let (log_class, replicates) = (case.log_class(t), losses.len() as u64);
    let recovered = case.recovered()?;
    let share = (recovered as f64 / replicates as f64, Some(clopper_pearson(recovered, replicates, 0.95)?));
    let (failure, drift) = (case.rows.mean(FAILURE.at(0.5), t)?, case.rows.mean(&DRIFT, t)?);
    let largest_of = |bounds: Vec<f64>| bounds.into_iter().fold(0.0, f64::max);
    let rounded = |value: f64| format!("{value:.6e}");
    let mut row: Vec<(String, String)> = Vec::new();
    let mut add = |name: &str, text: String| row.push((name.to_owned(), text));
    add("mass", case.mass.clone());
    add("choice", case.choice.clone());
    add("prompts", case.rows.label("instance.prompts"));
    add("samples", case.rows.label("process.samples"));
    add("labels", case.labels.to_string());
    add("replicates", replicates.to_string());
    add("t", t.to_string());
    add("log_class", rounded(log_class));
    add("ratio", rounded(case.samples / log_class));
    add("epsilon_bound", rounded(bound));
    add("epsilon_law", law);
    add("epsilon_largest", rounded(largest));
    add("looseness", rounded(bound / epsilon.mean));
    add("failure_bound", rounded(largest_of(case.failure_bounds(t)?)));
    add("failure_bound_printed", rounded(largest_of(case.printed_failure_bounds(t)?)));
    for (name, (mean, ends)) in [
        ("epsilon", (epsilon.mean, epsilon.ends)),
        ("recovered", share),
        ("failure", (failure.mean, failure.ends)),
        ("drift", (drift.mean, drift.ends)),
    ] {
        for (end, value) in [("mean", Some(mean)), ("lo", ends.map(|ends| ends.0)), ("hi", ends.map(|ends| ends.1))] {
            add(&format!("{name}_{end}"), value.map_or_else(String::new, rounded));
        }
    }
    Ok(row)
}
