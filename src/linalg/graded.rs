//! Singular values and vectors of a matrix whose rows have wildly different sizes, each to its own relative accuracy.
//!
//! A usual SVD is accurate to 1e-16 of the *largest* singular value; with rows of sizes from 1 to exp(−10^5) that says nothing about
//! the small ones. Here every row comes as a vector with the logarithm of its size, and stays that way:
//!
//! 1. pivoted Gram–Schmidt on the rows, A = (rows of R, graded) · Q;
//! 2. one QR factorization of the graded rows, scaled to unit length (scaling commutes with it), makes them square;
//! 3. one-sided Jacobi rotations make the rows orthogonal. Between rows of very different size a rotation becomes the
//!    orthogonalisation of the smaller against the larger, and no exponent is ever formed that could underflow.
//!
//! (Demmel and Veselić, *Jacobi's method is more accurate than QR*, 1992; Drmač and Veselić, 2008.) The error is that of the matrix of
//! unit rows, whatever their sizes.

use ndarray::{Array1, Array2, Axis, s};

use super::products::inner;
use super::r_factor;
use crate::floats::{Norm, add_scaled};

/// A row: exp(`log_size`)·`direction`.
#[derive(Clone, Debug)]
pub struct GradedRow {
    /// Logarithm of a factor, −∞ for none.
    pub log_size: f64,
    /// The row without the factor.
    pub direction: Array1<f64>,
}

/// log σ_j, descending only roughly, and Vᵀ (rank×k, orthonormal rows): AᵀA = V diag(σ²) Vᵀ.
#[derive(Clone, Debug)]
pub struct GradedSvd {
    /// log σ_j, nats.
    pub log_singular: Vec<f64>,
    /// Right singular vectors, one a row.
    pub vt: Array2<f64>,
}

/// A row counts as dependent on larger ones if so small a share of it is left.
const DEPENDENT: f64 = 1e-12;
/// Rows are orthogonal if the cosine between them is below this.
const ORTHOGONAL: f64 = 4.0 * f64::EPSILON;
/// Jacobi sweeps converge quadratically; a dozen is the rule.
const SWEEPS: usize = 60;

/// The decomposition of the matrix with these rows, all of length `columns`.
///
/// ```
/// use ndarray::array;
/// use selfreward::linalg::{GradedRow, graded_svd};
///
/// // Orthogonal rows of sizes 1 and e^−1000: a double holds no such matrix, its singular values are found.
/// let row = |log_size, direction| GradedRow { log_size, direction };
/// let svd = graded_svd(vec![row(0.0, array![1.0, 0.0]), row(-1000.0, array![0.0, 1.0])], 2);
/// assert!(svd.log_singular.iter().zip([0.0, -1000.0]).all(|(a, b): (&f64, f64)| (a - b).abs() < 1e-12));
/// ```
pub fn graded_svd(mut rows: Vec<GradedRow>, columns: usize) -> GradedSvd {
    rows.iter_mut().for_each(normalise);
    let sizes: Vec<f64> = rows.iter().map(|row| row.log_size).collect();
    let (basis, mut graded) = gram_schmidt(rows, columns);
    for row in &mut graded {
        let pivot = row.log_size;
        // Of a row that is larger than the pivot nothing is left, whatever its size.
        let own = row.direction.iter_mut().zip(&sizes).filter(|(share, _)| **share != 0.0);
        own.for_each(|(share, size)| *share *= (size - pivot).exp());
    }
    let rank = graded.len();
    // Columns of this matrix are the graded rows at unit length; the triangular factor keeps their angles in rank×rank numbers.
    let count = graded.first().map_or(0, |row| row.direction.len());
    let mut unit = Array2::zeros((count, rank));
    for (j, row) in graded.iter_mut().enumerate() {
        normalise(row);
        unit.slice_mut(s![.., j]).assign(&row.direction);
    }
    let r = r_factor(unit.view());
    graded.iter_mut().enumerate().for_each(|(j, row)| row.direction = r.column(j).to_owned());
    let rotation = orthogonalise(&mut graded);
    GradedSvd { log_singular: graded.iter().map(|row| row.log_size).collect(), vt: rotation.dot(&basis) }
}

/// Scales a row to unit length, moving its length into the size.
pub(super) fn normalise(row: &mut GradedRow) {
    let norm = norm(&row.direction);
    if norm > 0.0 {
        row.direction /= norm;
        row.log_size += norm.ln();
    } else {
        row.log_size = f64::NEG_INFINITY;
    }
}

/// Adds c times another direction.
pub(super) fn add(to: &mut Array1<f64>, c: f64, other: &Array1<f64>) {
    match (to.as_slice_mut(), other.as_slice()) {
        (Some(to), Some(other)) => add_scaled(to, c, other),
        _ => to.scaled_add(c, other),
    }
}

/// The norm of a direction.
fn norm(direction: &Array1<f64>) -> f64 {
    match direction.as_slice() {
        Some(numbers) => Norm::of_slice(numbers),
        None => Norm::of(direction),
    }
}

/// The inner product of two directions.
fn dot(a: &Array1<f64>, b: &Array1<f64>) -> f64 {
    match (a.as_slice(), b.as_slice()) {
        (Some(a), Some(b)) => inner(a, b),
        _ => a.dot(b),
    }
}

/// Of rows of unit length: orthonormal rows q_1, q_2, … in the order of what the rows still have of their own, and the rows of R with
/// A = RᵀQ. Entry j of row i belongs to row j of A and is in units of that row; the size of row i is that of its pivot.
pub(super) fn gram_schmidt(mut rows: Vec<GradedRow>, columns: usize) -> (Array2<f64>, Vec<GradedRow>) {
    let count = rows.len();
    let mut left: Vec<usize> = (0..count).filter(|&i| rows[i].log_size > f64::NEG_INFINITY).collect();
    // What is left of a unit row after the larger ones were taken out: its length, measured once a step.
    let mut length: Vec<f64> = rows.iter().map(|row| norm(&row.direction)).collect();
    let mut basis: Vec<Array1<f64>> = Vec::new();
    let mut graded = Vec::new();
    while basis.len() < columns {
        left.retain(|&i| length[i] > DEPENDENT);
        let size = |i: usize| rows[i].log_size + length[i].ln();
        let Some(&pivot) = left.iter().max_by(|&&i, &&j| size(i).total_cmp(&size(j))) else { break };
        let log_size = size(pivot);
        let mut q = rows[pivot].direction.clone();
        for earlier in &basis {
            let share = dot(earlier, &q);
            add(&mut q, -share, earlier);
        }
        q /= norm(&q);
        let mut entries = Array1::zeros(count);
        for &i in &left {
            let share = dot(&q, &rows[i].direction);
            add(&mut rows[i].direction, -share, &q);
            length[i] = norm(&rows[i].direction);
            entries[i] = share;
        }
        graded.push(GradedRow { log_size, direction: entries });
        left.retain(|&i| i != pivot);
        basis.push(q);
    }
    let mut q = Array2::zeros((basis.len(), columns));
    q.axis_iter_mut(Axis(0)).zip(&basis).for_each(|(mut row, vector)| row.assign(vector));
    (q, graded)
}

/// Rotates the rows until they are orthogonal; returns the rotation.
fn orthogonalise(rows: &mut [GradedRow]) -> Array2<f64> {
    rows.iter_mut().for_each(normalise);
    let mut rotation = Array2::eye(rows.len());
    for _ in 0..SWEEPS {
        let mut rotated = false;
        for p in 0..rows.len() {
            for q in p + 1..rows.len() {
                let (large, small) = if rows[p].log_size >= rows[q].log_size { (p, q) } else { (q, p) };
                rotated |= rotate(rows, &mut rotation, large, small);
            }
        }
        if !rotated {
            break;
        }
    }
    rotation
}

/// One rotation of a larger and a smaller row; `false` if they were orthogonal.
///
/// With unit vectors u, v, sizes 1 and τ ≤ 1, and cosine g, the tangent of the angle is τk, k = sign(z)/(|z| + √(τ²+z²)),
/// z = −(1−τ²)/(2g); both new vectors come out in their own units, c(u − τ²k v) and c(k u + v).
fn rotate(rows: &mut [GradedRow], rotation: &mut Array2<f64>, large: usize, small: usize) -> bool {
    let cosine = dot(&rows[large].direction, &rows[small].direction);
    if cosine.abs() <= ORTHOGONAL {
        return false;
    }
    let ratio = (rows[small].log_size - rows[large].log_size).exp();
    let z = -(1.0 - ratio * ratio) / (2.0 * cosine);
    // At equal sizes z is zero, and either sign gives the rotation by 45°.
    let sign = if z == 0.0 { -cosine.signum() } else { z.signum() };
    let k = sign / (z.abs() + ratio.hypot(z));
    let tangent = ratio * k;
    let c = 1.0 / tangent.hypot(1.0);
    let (u, v) = (rows[large].direction.clone(), rows[small].direction.clone());
    rows[large].direction = (&u - &(&v * (ratio * ratio * k))) * c;
    rows[small].direction = (&u * k + &v) * c;
    normalise(&mut rows[large]);
    normalise(&mut rows[small]);
    let (u, v) = (rotation.row(large).to_owned(), rotation.row(small).to_owned());
    rotation.row_mut(large).assign(&((&u - &(&v * tangent)) * c));
    rotation.row_mut(small).assign(&((&u * tangent + &v) * c));
    true
}
