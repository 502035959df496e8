//! The default backend: `faer`, sequential.

use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::qr::no_pivoting::factor::{qr_in_place, qr_in_place_scratch, recommended_block_size};
use faer::{Mat, MatRef, Side, get_global_parallelism};
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

fn array(a: MatRef<'_, f64>) -> Array2<f64> {
    Array2::from_shape_fn((a.nrows(), a.ncols()), |(i, j)| a[(i, j)])
}

/// See [`super::r_factor`].
pub fn r_factor(a: ArrayView2<'_, f64>) -> Array2<f64> {
    array(view(&a).qr().thin_R())
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
        let count = rows.nrows();
        self.matrix.as_mut().subrows_mut(first, count).copy_from(view(&rows));
    }

    /// Puts the triangular factor in the place of the matrix.
    pub fn factor(&mut self) {
        self.reflections.fill(0.0);
        let (matrix, reflections) = (self.matrix.as_mut(), self.reflections.as_mut());
        let stack = MemStack::new(&mut self.scratch);
        qr_in_place(matrix, reflections, get_global_parallelism(), stack, Default::default());
    }

    /// The triangular factor, once there is one: min(rows, columns)×columns.
    pub fn r(&self) -> Array2<f64> {
        let size = self.matrix.nrows().min(self.matrix.ncols());
        let entry = |(i, j)| if i <= j { self.matrix[(i, j)] } else { 0.0 };
        Array2::from_shape_fn((size, self.matrix.ncols()), entry)
    }
}

/// See [`super::row_space`]: QR with column pivoting of the transposed matrix.
pub fn row_space(a: ArrayView2<'_, f64>, tolerance: f64) -> Array2<f64> {
    if a.is_empty() {
        return Array2::zeros((a.ncols(), 0));
    }
    let qr = view(&a).transpose().col_piv_qr();
    let r = qr.thin_R();
    let pivots = r.nrows().min(r.ncols());
    let largest = r[(0, 0)].abs();
    let rank = (0..pivots).take_while(|&i| r[(i, i)].abs() > tolerance * largest).count();
    array(qr.compute_thin_Q().as_ref().subcols(0, rank))
}

/// See [`super::thin_svd`].
pub fn thin_svd(a: ArrayView2<'_, f64>) -> ThinSvd {
    let svd = view(&a).thin_svd().expect("the entries are finite, and the iteration converges on finite matrices");
    let singular = svd.S().column_vector();
    ThinSvd {
        u: array(svd.U()),
        singular: Array1::from_shape_fn(singular.nrows(), |i| singular[i]),
        vt: array(svd.V().transpose()),
    }
}

/// See [`super::inverse_cholesky`].
pub fn inverse_cholesky(a: ArrayView2<'_, f64>) -> Option<Array2<f64>> {
    let factor = view(&a).llt(Side::Lower).ok()?;
    let mut inverse = Mat::<f64>::identity(a.nrows(), a.nrows());
    factor.L().solve_lower_triangular_in_place(inverse.as_mut());
    let inverse = array(inverse.as_ref());
    inverse.iter().all(|x| x.is_finite()).then_some(inverse)
}
