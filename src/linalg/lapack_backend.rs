//! The reference backend: LAPACK through the system's OpenBLAS, by `ndarray-linalg`.

use ndarray::{Array1, Array2, ArrayView2, s};
use ndarray_linalg::{Cholesky, Diag, JobSvd, QR, SVDDC, SolveTriangular, UPLO};

use super::ThinSvd;
use crate::{Error, Result};

/// The backend's name.
pub const NAME: &str = "lapack";

mod openblas {
    unsafe extern "C" {
        pub fn openblas_set_num_threads(threads: std::ffi::c_int);
        pub fn openblas_get_parallel() -> std::ffi::c_int;
    }
}

/// Sets OpenBLAS to one thread, as the threads here are rayon's, and refuses a build of it that is not safe under them.
///
/// # Errors
/// [`Error::Argument`] if OpenBLAS is its sequential build, which returns wrong numbers when two threads call it.
pub fn check_threads(threads: usize) -> Result<()> {
    // SAFETY: both functions take and return plain integers; the first only sets a number of threads.
    let parallel = unsafe {
        openblas::openblas_set_num_threads(1);
        openblas::openblas_get_parallel()
    };
    if parallel == 0 && threads > 1 {
        return Err(Error::argument(
            "--jobs",
            threads,
            "1, as this OpenBLAS is a sequential build (Debian: libopenblas0-pthread)",
        ));
    }
    Ok(())
}

/// A fresh array: LAPACK's wrapper refuses some strides that views have.
fn copy(a: ArrayView2<'_, f64>) -> Array2<f64> {
    Array2::from_shape_fn(a.dim(), |place| a[place])
}

/// See [`super::r_factor`].
pub fn r_factor(a: ArrayView2<'_, f64>) -> Array2<f64> {
    if a.is_empty() {
        return Array2::zeros((a.nrows().min(a.ncols()), a.ncols()));
    }
    let (_, r) = copy(a).qr().expect("the entries are finite");
    r
}

/// A matrix that is factored again and again.
pub struct Panel(Array2<f64>);

impl Panel {
    /// Of rows×columns numbers.
    pub fn new(rows: usize, columns: usize) -> Self {
        Self(Array2::zeros((rows, columns)))
    }

    /// Its number of rows.
    pub fn rows(&self) -> usize {
        self.0.nrows()
    }

    /// Overwrites rows from the `first` on.
    pub fn write(&mut self, first: usize, rows: ArrayView2<'_, f64>) {
        self.0.slice_mut(s![first..first + rows.nrows(), ..]).assign(&rows);
    }

    /// Puts the triangular factor in the place of the matrix.
    pub fn factor(&mut self) {
        let r = r_factor(self.0.view());
        self.write(0, r.view());
    }

    /// Takes the triangular factor over from another, as its first rows.
    pub fn take(&mut self, other: &Self) {
        self.write(0, other.r().view());
    }

    /// The triangular factor, once there is one: min(rows, columns)×columns.
    pub fn r(&self) -> Array2<f64> {
        self.0.slice(s![..self.0.nrows().min(self.0.ncols()), ..]).to_owned()
    }
}

/// See [`super::row_space`]: right singular vectors.
pub fn row_space(a: ArrayView2<'_, f64>, tolerance: f64) -> Array2<f64> {
    if a.is_empty() {
        return Array2::zeros((a.ncols(), 0));
    }
    let svd = thin_svd(a);
    let rank = svd.singular.iter().take_while(|&&sigma| sigma > tolerance * svd.singular[0]).count();
    svd.vt.slice(s![..rank, ..]).t().to_owned()
}

/// See [`super::thin_svd`].
pub fn thin_svd(a: ArrayView2<'_, f64>) -> ThinSvd {
    let k = a.nrows().min(a.ncols());
    if k == 0 {
        let (u, vt) = (Array2::zeros((a.nrows(), 0)), Array2::zeros((0, a.ncols())));
        return ThinSvd { u, singular: Array1::zeros(0), vt };
    }
    let (u, singular, vt) =
        copy(a).svddc(JobSvd::Some).expect("the entries are finite, and the iteration converges on finite matrices");
    ThinSvd { u: u.expect("asked for"), singular, vt: vt.expect("asked for") }
}

/// See [`super::inverse_cholesky`].
pub fn inverse_cholesky(a: ArrayView2<'_, f64>) -> Option<Array2<f64>> {
    let factor = copy(a).cholesky(UPLO::Lower).ok()?;
    let inverse = factor.solve_triangular(UPLO::Lower, Diag::NonUnit, &Array2::eye(a.nrows())).ok()?;
    inverse.iter().all(|x| x.is_finite()).then_some(inverse)
}

/// See [`super::lower_gram`].
pub fn lower_gram(a: ArrayView2<'_, f64>) -> Array2<f64> {
    let mut gram = a.t().dot(&a);
    gram.indexed_iter_mut().filter(|((i, j), _)| j > i).for_each(|(_, value)| *value = 0.0);
    gram
}

/// See [`super::is_positive_definite`].
pub fn is_positive_definite(a: ArrayView2<'_, f64>) -> bool {
    copy(a).cholesky(UPLO::Lower).is_ok()
}
