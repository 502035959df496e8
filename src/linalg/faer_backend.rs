//! The default backend: `faer`, sequential.

use faer::linalg::matmul::triangular::{BlockStructure, matmul};
use faer::{Accum, Mat, MatRef, Par, Side};
use ndarray::{Array1, Array2, ArrayView2};

use super::ThinSvd;

/// The backend's name.
pub const NAME: &str = "faer";

/// See [`super::check_threads`]: any number will do.
pub fn check_threads(_threads: usize) -> crate::Result<()> {
    Ok(())
}

fn view<'a>(a: &'a ArrayView2<'_, f64>) -> MatRef<'a, f64> {
    let (rows, columns) = a.dim();
    let strides = a.strides();
    // SAFETY: pointer, shape and strides are those of one live view, borrowed for as long as the result.
    unsafe { MatRef::from_raw_parts(a.as_ptr(), rows, columns, strides[0], strides[1]) }
}

/// Does work of `faer`, then clears the upper halves of the vector registers.
///
/// Its kernels are written in assembly and leave them in use. Until they are cleared, every SSE
/// instruction that follows waits for them: an exponential costs 400 ns in place of 15.
fn settled<T>(work: impl FnOnce() -> T) -> T {
    let made = work();
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx") {
        // SAFETY: the processor has AVX, as was just asked. No value is lost: every calling convention
        // lets a function overwrite the upper halves.
        unsafe { clear_upper_halves() }
    }
    made
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx")]
fn clear_upper_halves() {
    std::arch::x86_64::_mm256_zeroupper();
}

fn array(a: MatRef<'_, f64>) -> Array2<f64> {
    Array2::from_shape_fn((a.nrows(), a.ncols()), |(i, j)| a[(i, j)])
}

/// See [`super::r_factor`].
pub fn r_factor(a: ArrayView2<'_, f64>) -> Array2<f64> {
    settled(|| array(view(&a).qr().thin_R()))
}

/// See [`super::row_space`]: QR with column pivoting of the transposed matrix.
pub fn row_space(a: ArrayView2<'_, f64>, tolerance: f64) -> Array2<f64> {
    if a.is_empty() {
        return Array2::zeros((a.ncols(), 0));
    }
    settled(|| {
        let qr = view(&a).transpose().col_piv_qr();
        let r = qr.thin_R();
        let pivots = r.nrows().min(r.ncols());
        let largest = r[(0, 0)].abs();
        let rank = (0..pivots).take_while(|&i| r[(i, i)].abs() > tolerance * largest).count();
        array(qr.compute_thin_Q().as_ref().subcols(0, rank))
    })
}

/// See [`super::thin_svd`].
pub fn thin_svd(a: ArrayView2<'_, f64>) -> ThinSvd {
    let svd = settled(|| view(&a).thin_svd())
        .expect("the entries are finite, and the iteration converges on finite matrices");
    let singular = svd.S().column_vector();
    ThinSvd {
        u: array(svd.U()),
        singular: Array1::from_shape_fn(singular.nrows(), |i| singular[i]),
        vt: array(svd.V().transpose()),
    }
}

/// See [`super::inverse_cholesky`].
pub fn inverse_cholesky(a: ArrayView2<'_, f64>) -> Option<Array2<f64>> {
    let inverse = settled(|| {
        let factor = view(&a).llt(Side::Lower).ok()?;
        let mut inverse = Mat::<f64>::identity(a.nrows(), a.nrows());
        factor.L().solve_lower_triangular_in_place(inverse.as_mut());
        drop(factor);
        Some(array(inverse.as_ref()))
    })?;
    inverse.iter().all(|x| x.is_finite()).then_some(inverse)
}

/// See [`super::lower_gram`].
pub fn lower_gram(a: ArrayView2<'_, f64>) -> Array2<f64> {
    let (rectangle, lower) = (BlockStructure::Rectangular, BlockStructure::TriangularLower);
    settled(|| {
        let a = view(&a);
        let mut gram = Mat::<f64>::zeros(a.ncols(), a.ncols());
        let left = (a.transpose(), rectangle);
        matmul(&mut gram, lower, Accum::Replace, left.0, left.1, a, rectangle, 1.0, Par::Seq);
        array(gram.as_ref())
    })
}

/// See [`super::is_positive_definite`].
pub fn is_positive_definite(a: ArrayView2<'_, f64>) -> bool {
    settled(|| view(&a).llt(Side::Lower).is_ok())
}
