//! Least squares with rows of wildly different sizes.
//!
//! The weight of a pair of responses in the population is 2p π(y)π(y'), and a sharp policy spreads these over hundreds of orders of
//! magnitude. A Gram matrix of such rows with its eigenvalues cut at 1e-12 of the largest would freeze every direction of small
//! weight; so the rows keep their sizes as logarithms throughout.

use ndarray::Array1;

use super::graded::{GradedRow, normalise};
use super::graded_columns::GradedColumns;
use crate::floats::Norm;

/// The solution u of least norm of min Σ_i s_i² (⟨d_i, u⟩ − t_i)², s_i = exp(`log_size`), over R^`columns`.
///
/// With A = (graded columns)·Q from pivoted Gram–Schmidt on the rows, the unknowns are Qu. Modified Gram–Schmidt on the columns solves
/// for them; weights enter as quotients of a row's size and a pivot's alone, and entries stay in units of their own rows.
///
/// ```
/// use ndarray::array;
/// use selfreward::linalg::{GradedRow, graded_least_squares};
///
/// // The second direction weighs 1e-14 of the first, and is found all the same.
/// let rows = vec![
///     GradedRow { log_size: 0.0, direction: array![1.0, 0.0] },
///     GradedRow { log_size: 1e-14f64.ln(), direction: array![1.0, 1.0] },
/// ];
/// let solution = graded_least_squares(rows, &[2.0, 5.0], 2);
/// assert!((solution[0] - 2.0).abs() < 1e-15 && (solution[1] - 3.0).abs() < 1e-14);
/// ```
pub fn graded_least_squares(mut rows: Vec<GradedRow>, targets: &[f64], columns: usize) -> Array1<f64> {
    let lengths: Vec<f64> = rows.iter().map(|row| Norm::of(&row.direction)).collect();
    rows.iter_mut().for_each(normalise);
    let size: Vec<f64> = rows.iter().map(|row| row.log_size).collect();
    // Right sides in units of their own rows at unit length; a row without direction or size says nothing.
    let speaks = |i: usize| size[i] > f64::NEG_INFINITY;
    let mut right: Vec<f64> =
        targets.iter().enumerate().map(|(i, t)| if speaks(i) { t / lengths[i] } else { 0.0 }).collect();
    let factor = GradedColumns::of(rows, columns);
    let rank = factor.pivot.len();
    let mut solution = vec![0.0; rank];
    for k in 0..rank {
        let (here, unit, scaled) = (&factor.column[k], &factor.unit[k], factor.scaled(k));
        solution[k] = scaled.iter().map(|&(i, c)| c * (right[i] * unit[i])).sum::<f64>() / factor.square[k];
        scaled.iter().for_each(|&(i, _)| right[i] -= solution[k] * here[i]);
    }
    for k in (0..rank).rev() {
        for l in k + 1..rank {
            solution[k] -= factor.upper[(k, l)] * solution[l];
        }
    }
    let mut u = Array1::zeros(columns);
    factor.basis.rows().into_iter().zip(&solution).for_each(|(q, &share)| u.scaled_add(share, &q));
    u
}
