//! One loop as a point (α, η, β): the measured ratio of successive increments beside m = α + η/β (U1), rounds of n pairs beside the
//! population, and what an update does not depend on (U2).

mod figures;
mod findings;
mod tables;

use super::{CellRows, Drawing, Experiment};
use crate::Result;
use crate::metrics::named::{LOG_ODDS, PARAMETER_PROBE};
use crate::papers::loops::theory::unified::Affine;

/// A grid over (α, η, β) on two responses and in a linear class, and laws of prompts and candidates.
pub const EXPERIMENT: Experiment = Experiment {
    name: "loop_plane",
    about: "One loop over (α, η, β): multipliers and regimes, exact and measured, with n pairs a round, and what an update does not depend on",
    definition: include_str!("../../experiments/definitions/loop_plane.toml"),
    findings: findings::findings,
    drawings: &[
        Drawing { name: "loop_plane", table: tables::plane, figure: figures::plane },
        Drawing { name: "loop_plane_rounds", table: tables::rounds, figure: figures::rounds },
    ],
};

/// The parts whose cells are points of the plane, in the population.
const PLANE: [&str; 4] = ["plane", "plane-labels", "linear", "linear-labels"];

/// (α, η, β) of a cell.
fn point(cell: &CellRows) -> Result<(f64, f64, f64)> {
    let number = |key: &str| cell.number(key);
    Ok((number("process.reference.current")?, number("process.reward.self")?, number("process.beta")?))
}

/// m.
fn multiplier(cell: &CellRows) -> Result<f64> {
    let (alpha, eta, beta) = point(cell)?;
    Ok(Affine::of(alpha, eta, beta, 0.0, 0.0)?.multiplier)
}

/// The number of a replicate that is followed: log-odds on two responses, a coordinate of Pθ_t in a linear class.
fn followed(cell: &CellRows, replicate: usize, t: usize) -> Result<f64> {
    let linear = cell.cell.part.starts_with("linear");
    cell.value(replicate, if linear { &PARAMETER_PROBE } else { &LOG_ODDS }, t)
}

/// The first ratio of successive increments; NaN where the start hardly moves.
fn ratio(cell: &CellRows, replicate: usize) -> Result<f64> {
    let at = |t: usize| followed(cell, replicate, t);
    let [first, second, third] = [at(0)?, at(1)?, at(2)?];
    let step = second - first;
    Ok(if step.abs() > 1e-3 * (first.abs() + second.abs()) { (third - second) / step } else { f64::NAN })
}

/// The ratios of all replicates that have one.
fn ratios(cell: &CellRows) -> Result<Vec<f64>> {
    let all: Vec<f64> = (0..cell.replicates.len()).map(|replicate| ratio(cell, replicate)).collect::<Result<_>>()?;
    Ok(all.into_iter().filter(|ratio| !ratio.is_nan()).collect())
}
