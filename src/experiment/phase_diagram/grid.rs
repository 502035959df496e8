//! A part's cells as a grid, and the explicit bound of each replicate.

use super::super::{CellRows, Results};
use super::DELTA;
use crate::Result;
use crate::theory::iterative::{RoundConstants, round_by_round};
use crate::theory::linear_softmax::own_round_epsilon;

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
            let starts = cells.iter().map(|cell| cell.values("kappa", 0)).collect::<Result<Vec<_>>>()?.concat();
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

/// The explicit bound of Theorem 6.2 on F_T(δ), round by round, for each replicate with the constants of its own run: γ_t, r̄_t,
/// ‖θ_t‖ and μ as measured, d the rank of all feature differences, ρ/T in each round. Infinite where a margin is 0 or a
/// concentrability leaves the doubles.
pub(super) fn explicit(cell: &CellRows, rounds: usize) -> Result<Vec<f64>> {
    let (samples, beta) = (cell.number("process.samples")?, cell.simulation()?.derived("beta"));
    let differences = cell.number("instance.prompts")? * (cell.number("instance.responses")? - 1.0);
    let rank = cell.number("instance.dim").map_or(differences, |dim| dim.min(differences));
    let each_round =
        |name: &str, first: usize| (first..first + rounds).map(|t| cell.values(name, t)).collect::<Result<Vec<_>>>();
    let (margins, norms) = (each_round("margin", 0)?, each_round("theta_norm", 0)?);
    let (excesses, confidences) = (each_round("excess", 1)?, each_round("min_confidence", 1)?);
    let kappa0 = cell.values("kappa", 0)?;
    let of_replicate = |r: usize| -> Result<f64> {
        let mut constants = Vec::new();
        for t in 0..rounds {
            let (gamma, excess) = (margins[t][r], excesses[t][r]);
            if gamma == 0.0 || !excess.is_finite() {
                return Ok(f64::INFINITY);
            }
            let epsilon = own_round_epsilon(rank, norms[t][r], samples, beta, RHO / rounds as f64)?.value();
            constants.push(RoundConstants { gamma, epsilon, excess });
        }
        let mu = confidences.iter().map(|values| values[r]).fold(1.0, f64::min);
        Ok(round_by_round(kappa0[r], mu, beta, DELTA, &constants)?.value())
    };
    (0..cell.replicates.len()).map(of_replicate).collect()
}

/// The median, the upper one of two; at least one value.
pub(super) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
