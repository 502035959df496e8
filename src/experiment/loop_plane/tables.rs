//! One line for each point of the plane; one for each sampled cell and round.

use super::{PLANE, multiplier, point, ratios};
use crate::Result;
use crate::experiment::{Line, Results, Table};
use crate::metrics::named::{LOG_ODDS, RANK_LOSSES};
use crate::papers::loops::theory::unified::Affine;
use crate::stats::mean_with_error;

/// The ratio of increments beside m by (part, α, η, β, start).
pub(super) fn plane(results: &Results) -> Result<Table> {
    let mut lines = Vec::new();
    for part in PLANE {
        for cell in results.cells(part)? {
            let ((alpha, eta, beta), ratios) = (point(&cell)?, ratios(&cell)?);
            let ratio = if ratios.is_empty() { f64::NAN } else { mean_with_error(&ratios).0 };
            let away = ratios.iter().map(|ratio| (ratio - multiplier(&cell).unwrap_or(f64::NAN)).abs());
            let start = if part.starts_with("linear") { f64::NAN } else { cell.mean(&LOG_ODDS, 0)?.mean };
            lines.push(
                Line::default()
                    .label("part", part)
                    .number("alpha", alpha)
                    .number("eta", eta)
                    .number("beta", beta)
                    .number("start", start)
                    .label("replicates", cell.replicates.len().to_string())
                    .number("ratio", ratio)
                    .number("multiplier", multiplier(&cell)?)
                    .number("farthest", away.fold(f64::NAN, f64::max)),
            );
        }
    }
    Ok(Table::of_lines(lines))
}

/// Log-odds by (α, η, β, n, t), the population's beside them, and the share of replicates that had lost the pair by then.
pub(super) fn rounds(results: &Results) -> Result<Table> {
    let mut lines = Vec::new();
    for cell in results.cells("sampled")? {
        let (alpha, eta, beta) = point(&cell)?;
        let start = cell.mean(&LOG_ODDS, 0)?.mean;
        let map = Affine::of(alpha, eta, beta, start, cell.number("process.reward.external")?)?;
        for t in 0..=cell.rounds() {
            let odds = cell.mean(&LOG_ODDS, t)?;
            let lost = match t {
                0 => 0.0,
                _ => {
                    mean_with_error(&cell.values(&RANK_LOSSES, t)?.into_iter().map(|n| n.min(1.0)).collect::<Vec<_>>())
                        .0
                }
            };
            lines.push(
                Line::default()
                    .number("alpha", alpha)
                    .number("eta", eta)
                    .number("beta", beta)
                    .label("samples", cell.label("process.samples"))
                    .label("replicates", cell.replicates.len().to_string())
                    .label("t", t.to_string())
                    .measured("log_odds", odds.mean, odds.ends)
                    .number("population", map.after(t as u32))
                    .number("lost", lost),
            );
        }
    }
    Ok(Table::of_lines(lines))
}
