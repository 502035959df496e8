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

fn table(results: &Results, parts: &[&str], real: bool) -> Result<Table> {
    let mut lines = Vec::new();
    for part in parts {
        for cell in results.cells(part)? {
            for t in 0..=cell.rounds() {
                let mut line = Line::default()
                    .label("part", *part)
                    .label("c", threshold(&cell)?.to_string())
                    .label("samples", cell.label("process.samples"))
                    .label("replicates", cell.replicates.len().to_string())
                    .label("t", t.to_string());
                let mut of: Vec<Metric> = vec![FAILURE, (&DRIFT).into()];
                if t > 0 {
                    of.extend([Metric::from(&RANK_FRACTION), (&RANK_LOSSES).into(), (&EMPTY_FILTERS).into()]);
                }
                if real {
                    of.extend([Metric::from(&CORRECT_PROBABILITY), (&ACCURACY).into()]);
                }
                let all =
                    [FAILURE, (&DRIFT).into(), (&RANK_FRACTION).into(), (&RANK_LOSSES).into(), (&EMPTY_FILTERS).into()];
                let further = [Metric::from(&CORRECT_PROBABILITY), (&ACCURACY).into()];
                for metric in all.into_iter().chain(further.into_iter().filter(|_| real)) {
                    // Round 0 has no sample, and a round without prompts none either.
                    let interval = if of.contains(&metric) { cell.mean(metric, t).ok() } else { None };
                    let mean = interval.as_ref().map_or(f64::NAN, |interval| interval.mean);
                    line = line.measured(&metric.name(), mean, interval.and_then(|interval| interval.ends));
                }
                lines.push(line);
            }
        }
    }
    Ok(Table::of_lines(lines))
}

/// Of the two drawn instances.
pub(super) fn drawn(results: &Results) -> Result<Table> {
    table(results, &["wide", "narrow"], false)
}

/// Of the language model and the embeddings.
pub(super) fn real(results: &Results) -> Result<Table> {
    table(results, &["model", "embeddings"], true)
}
