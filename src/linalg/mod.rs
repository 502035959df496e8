//! The few factorizations in use, and a Gram matrix, behind one façade.
//!
//! [`faer_backend`] is the default: pure Rust, sequential, the same bits on every thread count. The feature `lapack`
//! compiles `lapack_backend` as well and puts it behind the façade; tests then compare the two, function by function.
//! Matrices are `ndarray` arrays; entries must be finite.

mod certificate;
pub mod faer_backend;
mod graded;
mod graded_columns;
mod graded_least_squares;
#[cfg(feature = "lapack")]
pub mod lapack_backend;
pub(crate) mod products;
mod row_blocks;
mod row_factor;
mod span;
mod transposed;
mod triangulation;
mod whitening;

#[cfg(not(feature = "lapack"))]
use faer_backend as backend;
#[cfg(feature = "lapack")]
use lapack_backend as backend;
use ndarray::{Array2, ArrayView2};

pub use graded::{GradedRow, GradedSvd, graded_svd};
pub use graded_least_squares::graded_least_squares;
pub use row_factor::RowFactor;
#[doc(inline)]
pub use selfreward_kernels::ThinSvd;
pub use span::Span;
pub use transposed::transposed_product;
pub use triangulation::Triangulation;
pub use whitening::Whitening;

/// The name of the backend behind the façade, for the record of a run.
pub const BACKEND: &str = backend::NAME;

/// Readies the backend for this many threads.
///
/// # Errors
/// As `lapack_backend::check_threads` says; never with the default backend.
pub fn check_threads(threads: usize) -> crate::Result<()> {
    backend::check_threads(threads)
}

/// The triangular factor R of A = QR (min(m,n)×n; signs of its rows are the backend's).
///
/// Tall matrices are factored in blocks of rows, so that the working set is a few n×n blocks whatever m is.
///
/// ```
/// use ndarray::array;
/// use selfreward::linalg::r_factor;
///
/// // The factor of one column is its norm.
/// assert!((r_factor(array![[3.0], [4.0]].view())[[0, 0]].abs() - 5.0).abs() < 1e-14);
/// ```
pub fn r_factor(a: ArrayView2<'_, f64>) -> Array2<f64> {
    Triangulation::default().r_factor(a.nrows(), a.ncols(), |i, row| {
        row.iter_mut().zip(a.row(i)).for_each(|(to, from)| *to = *from);
    })
}

/// An orthonormal basis (n×r) of the row space of an m×n matrix whose rank r is decided at `tolerance`, relative to the
/// largest singular value (or, in the default backend, to the largest pivot of a rank-revealing QR factorization).
///
/// ```
/// use ndarray::array;
/// use selfreward::linalg::row_space;
///
/// // Two parallel rows span a line, the diagonal.
/// let basis = row_space(array![[1.0, 1.0], [2.0, 2.0]].view(), 1e-12);
/// assert_eq!(basis.dim(), (2, 1));
/// assert!((basis[[0, 0]] - basis[[1, 0]]).abs() < 1e-14);
/// ```
pub fn row_space(a: ArrayView2<'_, f64>, tolerance: f64) -> Array2<f64> {
    backend::row_space(a, tolerance)
}

/// The thin singular value decomposition.
///
/// ```
/// use ndarray::array;
/// use selfreward::linalg::thin_svd;
///
/// let svd = thin_svd(array![[3.0, 0.0], [0.0, -4.0]].view());
/// assert!((svd.singular[0] - 4.0).abs() < 1e-14 && (svd.singular[1] - 3.0).abs() < 1e-14);
/// ```
pub fn thin_svd(a: ArrayView2<'_, f64>) -> ThinSvd {
    backend::thin_svd(a)
}

/// The inverse of the Cholesky factor, L⁻¹ with A = LLᵀ, or `None` if A is not numerically positive definite.
///
/// ```
/// use ndarray::array;
/// use selfreward::linalg::inverse_cholesky;
///
/// let inverse = inverse_cholesky(array![[4.0]].view()).expect("4 > 0");
/// assert!((inverse[[0, 0]] - 0.5).abs() < 1e-15);
/// // Eigenvalues 3 and −1.
/// assert!(inverse_cholesky(array![[1.0, 2.0], [2.0, 1.0]].view()).is_none());
/// ```
pub fn inverse_cholesky(a: ArrayView2<'_, f64>) -> Option<Array2<f64>> {
    backend::inverse_cholesky(a)
}

/// The lower triangle of AᵀA (n×n) for an m×n matrix; 0 above it.
///
/// ```
/// use ndarray::array;
/// use selfreward::linalg::lower_gram;
///
/// assert_eq!(lower_gram(array![[1.0, 2.0], [0.0, 3.0]].view()), array![[1.0, 0.0], [2.0, 13.0]]);
/// ```
pub fn lower_gram(a: ArrayView2<'_, f64>) -> Array2<f64> {
    backend::lower_gram(a)
}

/// Whether a symmetric matrix, of which the lower triangle is read, has a Cholesky factor up to rounding.
///
/// ```
/// use ndarray::array;
/// use selfreward::linalg::is_positive_definite;
///
/// // Eigenvalues 1 and 3; 3 and −1.
/// assert!(is_positive_definite(array![[2.0, 1.0], [1.0, 2.0]].view()));
/// assert!(!is_positive_definite(array![[1.0, 2.0], [2.0, 1.0]].view()));
/// ```
pub fn is_positive_definite(a: ArrayView2<'_, f64>) -> bool {
    backend::is_positive_definite(a)
}
