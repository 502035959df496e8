//! Rank of what was seen, drift, failure and empty filters by c, n and t.

use super::super::{CellRows, Line, Results, Table};
use crate::Result;
use crate::metrics::named::{
    self, ACCURACY, CORRECT_PROBABILITY, DRIFT, EMPTY_FILTERS, Metric, RANK_FRACTION, RANK_LOSSES,
};

/// Own mode below 1/2.
pub(super) const FAILURE: Metric = named::FAILURE.at(0.5);

/// c of a cell.
pub(super) fn threshold(cell: &CellRows) -> Result<f64> {
    cell.number("process.prompts.confidence_at_most")
}

/// The quantities of the tables; real ones have right answers, too.
fn quantities(real: bool) -> Vec<Metric> {
    let mut all: Vec<Metric> =
        vec![FAILURE, (&DRIFT).into(), (&RANK_FRACTION).into(), (&RANK_LOSSES).into(), (&EMPTY_FILTERS).into()];
    if real {
        all.extend([Metric::from(&CORRECT_PROBABILITY), (&ACCURACY).into()]);
    }
    all
}

fn table(results: &Results, parts: &[&str], real: bool) -> Result<Table> {
    let mut lines = Vec::new();
    for part in parts {
        for cell in results.cells(part)? {
            for t in 0..=cell.rounds() {
                let line = Line::default()
                    .label("part", *part)
                    .label("c", threshold(&cell)?.to_string())
                    .label("samples", cell.label("process.samples"))
                    .label("replicates", cell.replicates.len().to_string())
                    .label("t", t.to_string());
                lines.push(quantities(real).into_iter().fold(line, |line, metric| with(line, &cell, metric, t)));
            }
        }
    }
    Ok(Table::of_lines(lines))
}

/// A quantity's mean over the replicates that have it: round 0 has no sample, and a round without prompts none either.
fn with(line: Line, cell: &CellRows, metric: Metric, t: usize) -> Line {
    let values: Vec<f64> = (0..cell.replicates.len()).filter_map(|one| cell.value(one, metric, t).ok()).collect();
    let interval = if values.len() == cell.replicates.len() { cell.mean(metric, t).ok() } else { None };
    let mean = if values.is_empty() { f64::NAN } else { values.iter().sum::<f64>() / values.len() as f64 };
    line.measured(&metric.name(), mean, interval.and_then(|interval| interval.ends))
}

/// Of the drawn instances.
pub(super) fn drawn(results: &Results) -> Result<Table> {
    table(results, &["wide", "narrow", "slow"], false)
}

/// Of the language model and the embeddings.
pub(super) fn real(results: &Results) -> Result<Table> {
    table(results, &["model", "embeddings"], true)
}
