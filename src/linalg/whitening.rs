//! Whitened rows of a matrix whose rows have wildly different sizes.

use ndarray::{Array1, Array2};

use super::graded::{GradedRow, normalise};
use super::graded_columns::GradedColumns;

/// The map z = G^{+½} v, up to a rotation of its values, for G = Σ_i s_i² d_i d_iᵀ; and the values of the d_i themselves.
///
/// G is never formed. From A = C·U·Q with orthogonal columns (`GradedColumns`) one has G = QᵀUᵀ diag(‖C_k‖²) U Q, so the coordinates of
/// a vector solve a triangular system and are divided by the ‖C_k‖. Sizes stay logarithms: a direction of weight e^−1000 is whitened as
/// well as one of weight 1.
///
/// ```
/// use ndarray::array;
/// use selfreward::linalg::{GradedRow, Whitening};
///
/// // G = diag(4, e^−1000): a double holds no such matrix.
/// let row = |log_size, direction| GradedRow { log_size, direction };
/// let whitening = Whitening::of(vec![row(2f64.ln(), array![1.0, 0.0]), row(-500.0, array![0.0, 1.0])], 2);
/// assert_eq!(whitening.rank(), 2);
/// // The first row has length ½ where it is white, the second e^500.
/// let logs = whitening.log_lengths();
/// assert!((logs[0] - 0.5f64.ln()).abs() < 1e-15 && (logs[1] - 500.0).abs() < 1e-12);
/// // Weighed again, each row's share of the unit sphere: s_i Z_i.
/// assert!((whitening.weighed(1).dot(&whitening.weighed(1)) - 1.0).abs() < 1e-15);
/// ```
pub struct Whitening {
    factor: GradedColumns,
    /// Logarithms of the sizes of the unit rows and of the lengths of the directions as they were given.
    log_size: Vec<f64>,
    log_given: Vec<f64>,
}

impl Whitening {
    /// Of rows of R^`columns`.
    pub fn of(mut rows: Vec<GradedRow>, columns: usize) -> Self {
        let before: Vec<f64> = rows.iter().map(|row| row.log_size).collect();
        rows.iter_mut().for_each(normalise);
        let log_size: Vec<f64> = rows.iter().map(|row| row.log_size).collect();
        // A row without direction or size has no length.
        let length = |(&after, before): (&f64, f64)| if after > f64::NEG_INFINITY { after - before } else { after };
        let log_given = log_size.iter().zip(before).map(length).collect();
        Self { factor: GradedColumns::of(rows, columns), log_size, log_given }
    }

    /// The rank of G.
    pub fn rank(&self) -> usize {
        self.factor.pivot.len()
    }

    /// log ‖Z_i‖ of each row's direction; −∞ for 0. The largest of a rank-r G with Σ s_i² = 1 is at least ½ log r.
    pub fn log_lengths(&self) -> Vec<f64> {
        let count = self.log_size.len();
        // (largest exponent, sum of squares relative to it) of each row, so that nothing overflows.
        let mut sums = vec![(f64::NEG_INFINITY, 0.0); count];
        for k in 0..self.rank() {
            let scale = self.factor.pivot[k] + 0.5 * self.factor.square[k].ln();
            for (i, &entry) in self.factor.column[k].iter().enumerate().filter(|(_, entry)| **entry != 0.0) {
                let log = self.log_given[i] + entry.abs().ln() - scale;
                let (largest, sum): (f64, f64) = sums[i];
                sums[i] = match log > largest {
                    true => (log, 1.0 + sum * (2.0 * (largest - log)).exp()),
                    false => (largest, sum + (2.0 * (log - largest)).exp()),
                };
            }
        }
        sums.into_iter().map(|(largest, sum)| largest + 0.5 * sum.ln()).collect()
    }

    /// s_i Z_i of a row: the i-th row of a matrix with orthonormal columns.
    pub fn weighed(&self, row: usize) -> Array1<f64> {
        let share = |k: usize| self.factor.column[k][row] * self.factor.unit[k][row] / self.factor.square[k].sqrt();
        (0..self.rank()).map(share).collect()
    }

    /// z of a vector of the span of the rows; of another one, z of its projection. Infinite where that leaves the doubles.
    pub fn apply(&self, vector: &Array1<f64>) -> Array1<f64> {
        let mut z: Array1<f64> = self.factor.basis.dot(vector);
        for l in 0..self.rank() {
            let taken: f64 = (0..l).map(|k| z[k] * self.factor.upper[(k, l)]).sum();
            z[l] -= taken;
        }
        for k in 0..self.rank() {
            z[k] *= (-self.factor.pivot[k]).exp() / self.factor.square[k].sqrt();
        }
        z
    }

    /// Σ_i c_i² (s_i Z_i)(s_i Z_i)ᵀ for numbers c_i, one a row, as a factor R with RᵀR equal to it (at most rank×rank).
    pub fn weighed_factor(&self, numbers: &[f64]) -> Array2<f64> {
        let mut rows = Array2::zeros((numbers.len(), self.rank()));
        for k in 0..self.rank() {
            let root = self.factor.square[k].sqrt();
            for (i, c) in self.factor.scaled(k) {
                rows[(i, k)] = numbers[i] * c / root;
            }
        }
        super::r_factor(rows.view())
    }
}
