//! A proof that some rows span a space, from a Gram matrix: cheap, and never wrong, but it may decline.

use ndarray::{Array1, Array2, ArrayView2};

use super::{is_positive_definite, lower_gram};

/// A Gram matrix certifies full rank only while its smallest eigenvalue exceeds this share of its
/// trace; that is far above the rounding of the sums (rows·2e-16), so the certificate never errs, it
/// only sometimes declines.
const SHARE: f64 = 1e-8;

/// Columns are brought to one length where each has at least this share of the whole: then what is
/// certified has σ_min > √(`SHARE`·d)·`COLUMN`·‖A‖ = 1e-9·√d·‖A‖, a hundred thousand times what counts as
/// a direction by a factorization, which so decides alike.
const COLUMN: f64 = 1e-5;

/// Whether the rows of a matrix (m×d) span R^d, beyond doubt.
///
/// Columns are brought to unit length first, which moves no rank; so spectra that fall off do not hide
/// that the last directions are there.
pub(super) fn spans_all(mut matrix: Array2<f64>) -> bool {
    let squares = squares(matrix.view());
    let least = squares.iter().copied().fold(f64::INFINITY, f64::min);
    // False, too, where a sum left the range of doubles.
    let alike = least.sqrt() > COLUMN * squares.sum().sqrt();
    if !alike {
        return false;
    }
    let lengths = squares.mapv(f64::sqrt);
    matrix.rows_mut().into_iter().for_each(|mut row| row /= &lengths);
    has_far_eigenvalues(lower_gram(matrix.view()), matrix.ncols() as f64)
}

/// Whether rows (m×d) that lie in a space span it, beyond doubt; `complement` (d×d) projects onto what
/// is orthogonal to the space.
///
/// With t > 0, and Q that projection, AᵀA and AᵀA + tQ are the same form on the space: what the
/// eigenvalues of the sum exceed, those of AᵀA on the space exceed, too.
pub(super) fn spans_within(matrix: ArrayView2<'_, f64>, complement: &Array2<f64>) -> bool {
    let squares = squares(matrix);
    let trace = squares.sum();
    // As large as the mean eigenvalue, so that it never is the smallest.
    let t = trace / matrix.ncols() as f64;
    let diagonal = &squares + &(&complement.diag() * t);
    if !is_far_above(&diagonal, trace) {
        return false;
    }
    let mut gram = lower_gram(matrix);
    gram.scaled_add(t, complement);
    has_far_eigenvalues(gram, trace)
}

/// The squared norms of the columns.
fn squares(matrix: ArrayView2<'_, f64>) -> Array1<f64> {
    let mut squares = Array1::<f64>::zeros(matrix.ncols());
    let add = |sum: &mut f64, value: &f64| *sum += value * value;
    matrix.rows().into_iter().for_each(|row| squares.zip_mut_with(&row, add));
    squares
}

/// Whether the smallest eigenvalue, which is at most the least entry of the diagonal, can exceed the
/// share. Costs nothing beside the Gram matrix.
fn is_far_above(diagonal: &Array1<f64>, trace: f64) -> bool {
    diagonal.iter().copied().fold(f64::INFINITY, f64::min) > SHARE * trace
}

/// Whether λ_min(G) > `SHARE`·trace, by a Cholesky factor of G − 2·`SHARE`·trace·I: if there is one up
/// to rounding, which is far below `SHARE`·trace, that matrix has no eigenvalue much below 0. Only the
/// lower triangle is read.
fn has_far_eigenvalues(mut gram: Array2<f64>, trace: f64) -> bool {
    gram.diag_mut().iter_mut().for_each(|entry| *entry -= 2.0 * SHARE * trace);
    trace > 0.0 && is_positive_definite(gram.view())
}
