//! A part's cells as a grid, and the explicit bound of each replicate.

use super::super::{CellRows, Results, RunConstants};
use super::DELTA;
use crate::Result;
use crate::metrics::named::KAPPA;

/// ρ: each replicate's bound may fail with this probability.
pub(super) const RHO: f64 = 0.05;

/// The cells of one κ_0, n increasing.
pub(super) struct Row {
    /// κ_0, the mean over all replicates of the row.
    pub kappa0: f64,
    pub cells: Vec<CellRows>,
}

/// The cells of a part, κ_0 increasing.
pub(super) struct Grid {
    pub rows: Vec<Row>,
}

impl Grid {
    /// Groups the cells of a part by all of the instance's keys.
    pub(super) fn of(results: &Results, part: &str) -> Result<Self> {
        let mut groups: Vec<(String, Vec<CellRows>)> = Vec::new();
        for cell in results.cells(part)? {
            let label = ["instance.bump", "instance.responses"].map(|key| cell.label(key)).join(" ");
            match groups.iter_mut().find(|group| group.0 == label) {
                Some(group) => group.1.push(cell),
                None => groups.push((label, vec![cell])),
            }
        }
        let row = |(_, cells): (String, Vec<CellRows>)| -> Result<Row> {
            let starts = cells.iter().map(|cell| cell.values(&KAPPA, 0)).collect::<Result<Vec<_>>>()?.concat();
            Ok(Row { kappa0: starts.iter().sum::<f64>() / starts.len() as f64, cells })
        };
        let mut rows = groups.into_iter().map(row).collect::<Result<Vec<Row>>>()?;
        rows.sort_by(|a, b| a.kappa0.total_cmp(&b.kappa0));
        Ok(Self { rows })
    }

    pub(super) fn cells(&self) -> impl Iterator<Item = &CellRows> {
        self.rows.iter().flat_map(|row| &row.cells)
    }
}

/// The explicit bound of Theorem 6.2 on F_T(δ), round by round, for each replicate with the constants of its own run; d is the rank
/// of all feature differences.
pub(super) fn explicit(cell: &CellRows, rounds: usize) -> Result<Vec<f64>> {
    let samples = cell.number("process.samples")?;
    let differences = cell.number("instance.prompts")? * (cell.number("instance.responses")? - 1.0);
    let rank = cell.number("instance.dim").map_or(differences, |dim| dim.min(differences));
    let bound = |run: &RunConstants| run.round_by_round(&run.linear_epsilons(rank, samples, RHO)?, DELTA);
    RunConstants::all(cell, rounds)?.iter().map(bound).collect()
}

/// The median, the upper one of two; at least one value.
pub(super) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
