//! When a replicate is sure, and what it has drawn by then.

use super::super::{CellRows, Line, Results, Table};
use crate::Result;
use crate::metrics::named::{BASE_PROBABILITY, DRAWS, DRIFT, MIN_CONFIDENCE};
use crate::papers::huang2024::theory::printed::coverage_draws;
use crate::stats::interval::{mean_with_error, student_quantile};

/// A policy is sure from here on.
pub(super) const SURE: f64 = 0.9;

/// δ of the draws that one shot needs.
pub(super) const DELTA: f64 = 1.0 - SURE;

/// One replicate.
pub(super) struct Sure {
    /// The first round in which max π > .9.
    pub round: f64,
    /// Whether the mode is y* then.
    pub at_optimum: bool,
    /// Responses drawn by then.
    pub draws: f64,
    /// log(1/δ)/π_0(y*), what one shot needs.
    pub one_shot: f64,
}

/// The replicates of a cell that became sure.
pub(super) fn of_cell(cell: &CellRows) -> Result<Vec<Sure>> {
    let mut all = Vec::new();
    for replicate in 0..cell.replicates.len() {
        for t in 1..=cell.rounds() {
            if cell.value(replicate, &MIN_CONFIDENCE, t)? > SURE {
                all.push(Sure {
                    round: t as f64,
                    at_optimum: cell.value(replicate, &DRIFT, t)? == 0.0,
                    draws: cell.value(replicate, &DRAWS, t)?,
                    one_shot: coverage_draws(cell.value(replicate, &BASE_PROBABILITY, 0)?, DELTA)?,
                });
                break;
            }
        }
    }
    Ok(all)
}

/// Mean with its interval.
pub(super) fn mean(values: &[f64]) -> (f64, Option<(f64, f64)>) {
    if values.is_empty() {
        return (f64::NAN, None);
    }
    let (mean, error) = mean_with_error(values);
    let reach = error.map(|error| student_quantile(0.05, values.len() as f64 - 1.0) * error);
    (mean, reach.map(|reach| (mean - reach, mean + reach)))
}

/// One row for each cell and t: π_t(y*), and what becoming sure took.
pub(super) fn table(results: &Results) -> Result<Table> {
    let mut lines = Vec::new();
    for cell in results.cells("")? {
        let sure = of_cell(&cell)?;
        let of = |value: fn(&Sure) -> f64| sure.iter().map(value).collect::<Vec<f64>>();
        let (rounds, drawn, shot) = (of(|one| one.round), of(|one| one.draws), of(|one| one.one_shot));
        let found = sure.iter().filter(|one| one.at_optimum).count();
        for t in 0..=cell.rounds() {
            let (confidence, ends) = mean(&cell.values(&BASE_PROBABILITY, t)?);
            let line = Line::default()
                .label("dim", cell.label("instance.dim"))
                .label("responses", cell.label("instance.responses"))
                .label("replicates", cell.replicates.len().to_string())
                .label("t", t.to_string())
                .measured("base_probability", confidence, ends)
                .label("sure", sure.len().to_string())
                .label("at_optimum", found.to_string());
            let all = [("rounds", &rounds), ("draws", &drawn), ("one_shot", &shot)];
            lines.push(all.into_iter().fold(line, |line, (name, values)| {
                let (mean, ends) = mean(values);
                line.measured(name, mean, ends)
            }));
        }
    }
    Ok(Table::of_lines(lines))
}
