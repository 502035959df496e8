//! What the figure is drawn from.

use super::super::{CellRows, Line, Results, Table};
use super::resampled::Laws;
use crate::Result;
use crate::metrics::named::{DISAGREEMENT, LOG_ODDS};
use crate::papers::loops::theory::memory::{accumulation_limit, attractor};
use crate::process::Memory;
use crate::stats::interval::{mean_with_error, student_quantile};

/// σ(ℓ).
pub(super) fn logistic(log_odds: f64) -> f64 {
    1.0 / (1.0 + (-log_odds).exp())
}

/// λ of a cell that replays.
pub(super) fn replayed(cell: &CellRows) -> Result<f64> {
    Ok(match cell.simulation()?.process.memory {
        Memory::Replay(share) => share,
        _ => f64::NAN,
    })
}

/// Mean with its interval; none where there is one value.
fn mean(values: &[f64]) -> (f64, Option<(f64, f64)>) {
    let (mean, error) = mean_with_error(values);
    let reach = error.map(|error| student_quantile(0.05, values.len() as f64 - 1.0) * error);
    (mean, reach.map(|reach| (mean - reach, mean + reach)))
}

/// Rounds that are shown of a long run: all of the first ten, then some in each factor of ten.
fn shown(t: usize, last: usize) -> bool {
    let step = 10f64.powi(((t.max(1) as f64).log10().floor() as i32 - 1).max(0));
    t <= 10 || t == last || t.is_multiple_of(2 * step as usize)
}

fn line(cell: &CellRows, replicate: &str, t: usize) -> Result<Line> {
    let beta = cell.number("process.beta").unwrap_or(f64::NAN);
    Ok(Line::default()
        .label("part", cell.label("part"))
        .number("beta", beta)
        .number("lambda", replayed(cell)?)
        .label("samples", cell.label("process.samples"))
        .label("replicate", replicate)
        .label("t", t.to_string()))
}

/// p of the start, what was measured, and what is stated.
fn finished(line: Line, start: f64, measured: (f64, Option<(f64, f64)>), stated: f64) -> Line {
    line.number("start", start).measured("value", measured.0, measured.1).number("stated", stated)
}

/// One row for each end of replay, for each round that is shown of what accumulates, and for each round of unfiltered answers.
pub(super) fn table(results: &Results) -> Result<Table> {
    let mut lines = Vec::new();
    for part in ["replay", "pitchfork", "pitchfork-sampled"] {
        for cell in results.cells(part)? {
            let (last, lambda) = (cell.rounds(), replayed(&cell)?);
            let upper = attractor(lambda, cell.number("process.beta")?)?;
            for (replicate, number) in cell.numbers.iter().enumerate() {
                let start = logistic(cell.value(replicate, &LOG_ODDS, 0)?);
                let end = logistic(cell.value(replicate, &LOG_ODDS, last)?);
                let stated = if start > 0.5 { upper } else { 1.0 - upper };
                lines.push(finished(line(&cell, &number.to_string(), last)?, start, (end, None), stated));
            }
        }
    }
    for part in ["accumulate", "accumulate-sampled"] {
        for cell in results.cells(part)? {
            let start = logistic(cell.value(0, &LOG_ODDS, 0)?);
            let (limit, _) = accumulation_limit(start, cell.number("process.beta")?)?;
            for t in (0..=cell.rounds()).filter(|&t| shown(t, cell.rounds())) {
                let scaled = |l: f64| (t + 1) as f64 * logistic(-l);
                let values: Vec<f64> = cell.values(&LOG_ODDS, t)?.into_iter().map(scaled).collect();
                lines.push(finished(line(&cell, "", t)?, start, mean(&values), limit));
            }
        }
    }
    for cell in results.cells("unfiltered")? {
        let laws = Laws::of(&cell)?;
        for t in 0..=cell.rounds() {
            let measured = mean(&cell.values(&DISAGREEMENT, t)?);
            let stated = laws.mean_disagreement(t);
            lines.push(finished(line(&cell, "", t)?, f64::NAN, measured, stated));
        }
    }
    Ok(Table::of_lines(lines))
}
