//! The factorizations of `faer` that `selfreward` uses, sequential, with `ndarray` arrays outside.
//!
//! They are a crate of their own because of its compiler settings: `faer` is generic and is compiled where it is used. Here that is
//! one unit of code, optimised as a whole, and what uses it is compiled faster, unit by unit. What each function promises is
//! told by the function of the same name in `selfreward::linalg`, which is the place to call them from.

use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::matmul::triangular::{BlockStructure, matmul};
use faer::linalg::qr::no_pivoting::factor::{qr_in_place, qr_in_place_scratch, recommended_block_size};
use faer::{Accum, Mat, MatRef, Par, Side, get_global_parallelism};
use ndarray::{Array1, Array2, ArrayView2};

/// A thin singular value decomposition A = U diag(σ) Vᵀ of an m×n matrix, k = min(m, n).
#[derive(Clone, Debug)]
pub struct ThinSvd {
    /// U, m×k, orthonormal columns.
    pub u: Array2<f64>,
    /// σ, descending.
    pub singular: Array1<f64>,
    /// Vᵀ, k×n, orthonormal rows.
    pub vt: Array2<f64>,
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

/// The triangular factor R of A = QR.
pub fn r_factor(a: ArrayView2<'_, f64>) -> Array2<f64> {
    settled(|| array(view(&a).qr().thin_R()))
}

/// A matrix that is factored where it stands, again and again: `r_factor` without its copies and its fresh memory.
pub struct Panel {
    matrix: Mat<f64>,
    reflections: Mat<f64>,
    scratch: MemBuffer,
}

impl Panel {
    /// Of rows×columns numbers.
    pub fn new(rows: usize, columns: usize) -> Self {
        let block = recommended_block_size::<f64>(rows, columns);
        let need = qr_in_place_scratch::<f64>(rows, columns, block, get_global_parallelism(), Default::default());
        Self {
            matrix: Mat::zeros(rows, columns),
            reflections: Mat::zeros(block, rows.min(columns)),
            scratch: MemBuffer::new(need),
        }
    }

    /// Its number of rows.
    pub fn rows(&self) -> usize {
        self.matrix.nrows()
    }

    /// Overwrites rows from the `first` on.
    pub fn write(&mut self, first: usize, rows: ArrayView2<'_, f64>) {
        self.matrix.as_mut().subrows_mut(first, rows.nrows()).copy_from(view(&rows));
    }

    /// Puts the triangular factor in the place of the first rows.
    ///
    /// The matrix is factored at a power of two times its size, which changes no bit: the norms of its columns sum squares of entries
    /// times 2^-511 too, which processors are slow at where they fall below the least normal number.
    pub fn factor(&mut self) {
        let scale = self.scale();
        (0..self.matrix.ncols()).for_each(|j| self.column(j).iter_mut().for_each(|x| *x *= scale));
        self.reflections.fill(0.0);
        let (matrix, reflections) = (self.matrix.as_mut(), self.reflections.as_mut());
        let stack = MemStack::new(&mut self.scratch);
        settled(|| qr_in_place(matrix, reflections, get_global_parallelism(), stack, Default::default()));
        let size = self.matrix.nrows().min(self.matrix.ncols());
        for j in 0..self.matrix.ncols() {
            let (above, below) = self.column(j)[..size].split_at_mut((j + 1).min(size));
            above.iter_mut().for_each(|x| *x /= scale);
            below.fill(0.0);
        }
    }

    /// The power of two; 1 where entries span so many that underflow might depend on it.
    fn scale(&mut self) -> f64 {
        // 2^120, and the power of two that the least entry comes to lie at: what elimination leaves of columns is smaller.
        const RANGE: f64 = 1.3e36;
        const ROOM: i32 = 40;
        // Eight of each, so that they are compared side by side.
        let (mut low, mut high) = ([f64::INFINITY; 8], [0.0f64; 8]);
        for j in 0..self.matrix.ncols() {
            let (eights, rest) = self.column(j).as_chunks::<8>();
            for eight in eights {
                for ((low, high), x) in low.iter_mut().zip(&mut high).zip(eight) {
                    let size = x.abs();
                    let something = if size == 0.0 { f64::INFINITY } else { size };
                    *low = if something < *low { something } else { *low };
                    *high = if size > *high { size } else { *high };
                }
            }
            for size in rest.iter().map(|x| x.abs()).filter(|size| *size != 0.0) {
                (low[0], high[0]) = (low[0].min(size), high[0].max(size));
            }
        }
        let (least, largest) = (low.into_iter().fold(f64::INFINITY, f64::min), high.into_iter().fold(0.0, f64::max));
        if least >= 1.0 / RANGE && least <= largest && largest <= RANGE {
            2f64.powi(ROOM - least.log2().floor() as i32)
        } else {
            1.0
        }
    }

    fn column(&mut self, j: usize) -> &mut [f64] {
        self.matrix.col_as_slice_mut(j)
    }

    /// Takes the triangular factor over from another, as its first rows.
    pub fn take(&mut self, other: &Self) {
        let size = other.matrix.nrows().min(other.matrix.ncols());
        self.matrix.as_mut().subrows_mut(0, size).copy_from(other.matrix.as_ref().subrows(0, size));
    }

    /// The triangular factor, once there is one: min(rows, columns)×columns.
    pub fn r(&self) -> Array2<f64> {
        array(self.matrix.as_ref().subrows(0, self.matrix.nrows().min(self.matrix.ncols())))
    }
}

/// An orthonormal basis of the row space, by QR with column pivoting of the transposed matrix.
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

/// The thin singular value decomposition.
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

/// The inverse of the Cholesky factor, or `None` if A is not numerically positive definite.
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

/// The lower triangle of AᵀA; 0 above it.
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

/// Whether a symmetric matrix, of which the lower triangle is read, has a Cholesky factor up to rounding.
pub fn is_positive_definite(a: ArrayView2<'_, f64>) -> bool {
    settled(|| view(&a).llt(Side::Lower).is_ok())
}
