//! The cells as curves: one for each spectrum and dimension, with n along it.

use crate::experiment::{CellRows, Results};
use crate::instance;
use crate::metrics::named::{POPULATION_LOSS, RANK_FRACTION};
use crate::theory::effective_dimension::{Spectrum, unseen_share};
use crate::{Error, Result};

/// The spectra in the order in which they are shown.
pub const KINDS: [&str; 3] = ["isotropic", "exponential", "polynomial"];

/// The cells of one spectrum and one dimension, by ascending n.
pub struct Curve {
    /// The spectrum's kind.
    pub kind: String,
    /// d.
    pub dim: usize,
    /// Σ, of trace 1: the largest that features of norm at most 1 can have.
    pub spectrum: Spectrum,
    /// The cells.
    pub cells: Vec<CellRows>,
}

/// All curves, by spectrum, then by d.
pub fn curves(results: &Results) -> Result<Vec<Curve>> {
    let mut curves: Vec<Curve> = Vec::new();
    for cell in results.cells("")? {
        let (kind, dim) = (cell.label("instance.spectrum.kind"), cell.number("instance.dim")? as usize);
        match curves.iter_mut().find(|curve| curve.kind == kind && curve.dim == dim) {
            Some(curve) => curve.cells.push(cell),
            None => {
                let given = cell.cell.config.instance.get("spectrum");
                let given = given.ok_or_else(|| Error::argument("instance.spectrum", "absent", "a spectrum"))?;
                curves.push(Curve { kind, dim, spectrum: unit_trace(&given, dim)?, cells: vec![cell] });
            }
        }
    }
    let place = |kind: &str| KINDS.iter().position(|known| *known == kind);
    curves.sort_by_key(|curve| (place(&curve.kind), curve.dim));
    Ok(curves)
}

/// A spectrum's eigenvalues over their sum.
pub fn unit_trace(spectrum: &instance::Spectrum, dim: usize) -> Result<Spectrum> {
    let values = spectrum.eigenvalues(dim)?;
    let trace: f64 = values.iter().rev().sum();
    Spectrum::new(values.into_iter().map(|value| value / trace).collect())
}

/// n of a cell.
pub fn samples(cell: &CellRows) -> Result<f64> {
    cell.number("process.samples")
}

/// ε of each replicate: the root of the population loss; 0 where the sampled span is complete, when ERM is the population update
/// (fact F2) and what the sums leave is rounding.
pub fn epsilons(cell: &CellRows) -> Result<Vec<f64>> {
    let (losses, complete) = (cell.values(&POPULATION_LOSS, 1)?, cell.values(&RANK_FRACTION, 1)?);
    Ok(losses.iter().zip(complete).map(|(loss, share)| if share == 1.0 { 0.0 } else { loss.sqrt() }).collect())
}

/// ε where nothing is seen, √(2 E_x Var_π0 log π_0): the same in all cells, since logits are scaled to one standard deviation. From
/// the isotropic cells with the fewest samples, divided by what they leave.
pub fn unseen_epsilon(curves: &[Curve]) -> Result<f64> {
    let mut squares = Vec::new();
    for curve in curves.iter().filter(|curve| curve.kind == "isotropic") {
        for cell in curve.cells.iter().filter(|cell| cell.label("process.samples") == "1") {
            let share = predicted_share(curve, cell)?.unwrap_or(1.0);
            squares.extend(cell.values(&POPULATION_LOSS, 1)?.into_iter().map(|loss| loss / share));
        }
    }
    if squares.is_empty() {
        return Err(Error::argument("process.samples", "no isotropic cell with n = 1", "one at least"));
    }
    Ok((squares.iter().sum::<f64>() / squares.len() as f64).sqrt())
}

/// The share of ε² that [`unseen_share`] says is left. `None` for the exponential spectrum: its few effective dimensions let ε
/// scatter by factors about any mean, and the law is one of many.
pub fn predicted_share(curve: &Curve, cell: &CellRows) -> Result<Option<f64>> {
    if curve.kind == "exponential" {
        return Ok(None);
    }
    let seen = cell.mean(&RANK_FRACTION, 1)?.mean * curve.dim as f64;
    unseen_share(&curve.spectrum, seen).map(|share| Some(share.value()))
}
