//! The orders of decay of 1 − p (U3): each loop on the axis on which it is straight in t, and its slope in the end beside the stated one.

mod figures;
mod findings;
mod tables;

use super::{CellRows, Drawing, Experiment};
use crate::Result;
use crate::metrics::named::{CIRCLE_ANGLE, LOG_ODDS};
use crate::papers::loops::theory::laws::softplus;
use crate::papers::loops::theory::orders::{Loop, Order};

/// Every named loop on two responses and on tables, votes and verifiers.
pub const EXPERIMENT: Experiment = Experiment {
    name: "orders_of_decay",
    about: "Six ways in which 1 − p decays: every named loop on two responses, on the axis on which it is straight, with its slope in the end",
    definition: include_str!("../../experiments/definitions/orders_of_decay.toml"),
    findings: findings::findings,
    drawings: &[
        Drawing { name: "orders_of_decay", table: tables::curves, figure: figures::curves },
        Drawing { name: "orders_of_decay_slopes", table: tables::slopes, figure: figures::slopes },
    ],
};

/// The parts whose loops have a stated order.
const ORDERED: [&str; 3] = ["presets", "flips", "circle"];

/// ℓ_0, of the correct response.
fn start(cell: &CellRows) -> Result<f64> {
    cell.value(0, &LOG_ODDS, 0)
}

/// The flip rate of labels.
fn flip(cell: &CellRows) -> f64 {
    cell.number("process.labels.flip").unwrap_or(0.0)
}

/// The loop of a cell, for the theory.
fn of_cell(cell: &CellRows, name: &'static str) -> Result<Loop> {
    Ok(Loop { name, beta: cell.number("process.beta")?, start: start(cell)?, flip: flip(cell) })
}

/// What is straight in t, after t rounds: log log 1/(1−p), log 1/(1−p) or arccos √ρ, p that of the correct response.
fn straightened(cell: &CellRows, order: Order, t: usize) -> Result<f64> {
    if order == Order::Angle {
        return cell.value(0, &CIRCLE_ANGLE, t);
    }
    let log = softplus(cell.value(0, &LOG_ODDS, t)?);
    Ok(if order == Order::DoubleLog { log.ln() } else { log })
}

/// Log-odds above which the start is left behind, and those under a second logarithm.
const LEFT: f64 = 20.0;
const FAR: f64 = 1000.0;

/// Whether a cell has left its start behind, so that its law of decay is seen in its last round: the terms beside it are of order e^{−ℓ}, and
/// 1/ℓ under the second logarithm.
fn settled(cell: &CellRows, order: Order) -> Result<bool> {
    let last = cell.value(0, &LOG_ODDS, cell.rounds())?;
    Ok(match order {
        Order::DoubleLog => last > FAR,
        Order::Log => last > LEFT,
        Order::Angle => true,
    })
}

/// Its slope: the last increment, and along the circle the mean one, since the speed there is constant but for terms of order β⁻².
fn slope(cell: &CellRows, order: Order) -> Result<f64> {
    let last = cell.rounds();
    let from = if order == Order::Angle { 0 } else { last - 1 };
    Ok((straightened(cell, order, last)? - straightened(cell, order, from)?) / (last - from) as f64)
}
