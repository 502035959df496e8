//! The curves of the loops that are drawn, and slopes in the end.

use super::{ORDERED, flip, of_cell, settled, slope, start};
use crate::Result;
use crate::experiment::{CellRows, Line, Results, Table};
use crate::metrics::named::{CIRCLE_ANGLE, LOG_ODDS};
use crate::papers::loops::theory::laws::softplus;
use crate::papers::loops::theory::orders::Order;
use crate::process::PRESETS;

/// The name of a cell's loop.
pub(super) fn name(cell: &CellRows) -> &'static str {
    let name = cell.label("process.preset");
    PRESETS.iter().find(|preset| preset.name == name).map_or("", |preset| preset.name)
}

/// Whether a cell is drawn: from ℓ_0 = 1 at β = 1, and at β = 8 what tends to a limit inside.
fn drawn(cell: &CellRows) -> Result<bool> {
    let (beta, start) = (cell.number("process.beta")?, start(cell)?);
    let inside = ["spin", "live-reward-frozen-reference", "replay"].contains(&name(cell));
    Ok(match cell.cell.part.as_str() {
        "circle" => true,
        "flips" => flip(cell) == 0.1 && beta == 1.0 && start == 1.0,
        _ => start == if inside { -1.0 } else { 1.0 } && beta == if inside { 8.0 } else { 1.0 },
    })
}

/// log 1/(1−p), p and arccos √ρ by (loop, β, t).
pub(super) fn curves(results: &Results) -> Result<Table> {
    let mut lines = Vec::new();
    for part in ORDERED {
        for cell in results.cells(part)? {
            if !drawn(&cell)? {
                continue;
            }
            for t in 0..=cell.rounds() {
                let odds = cell.value(0, &LOG_ODDS, t)?;
                let angle = if part == "circle" { cell.value(0, &CIRCLE_ANGLE, t)? } else { f64::NAN };
                lines.push(
                    Line::default()
                        .label("part", part)
                        .label("loop", name(&cell))
                        .label("beta", cell.label("process.beta"))
                        .number("flip", flip(&cell))
                        .label("t", t.to_string())
                        .number("log_odds", odds)
                        .number("surprise", softplus(odds))
                        .number("probability", (-softplus(-odds)).exp())
                        .number("rest", (-softplus(odds)).exp())
                        .number("angle", angle),
                );
            }
        }
    }
    Ok(Table::of_lines(lines))
}

/// Measured and stated slopes by (loop, β, ℓ_0, e), where the start is left behind.
pub(super) fn slopes(results: &Results) -> Result<Table> {
    let mut lines = Vec::new();
    for part in ORDERED {
        for cell in results.cells(part)? {
            let Some((order, stated)) = of_cell(&cell, name(&cell))?.order() else { continue };
            if !settled(&cell, order)? {
                continue;
            }
            let order_name = match order {
                Order::DoubleLog => "log log 1/(1−p)",
                Order::Log => "log 1/(1−p)",
                Order::Angle => "arccos √ρ",
            };
            lines.push(
                Line::default()
                    .label("loop", name(&cell))
                    .label("beta", cell.label("process.beta"))
                    .number("start", start(&cell)?)
                    .number("flip", flip(&cell))
                    .label("rounds", cell.rounds().to_string())
                    .label("order", order_name)
                    .number("stated", stated)
                    .number("measured", slope(&cell, order)?),
            );
        }
    }
    Ok(Table::of_lines(lines))
}
