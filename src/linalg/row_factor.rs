//! The triangular factor of a matrix whose rows come one after another and are never held together.

use ndarray::{Array2, s};

use super::backend;

/// R of A = QR, of rows that are pushed: the working set is a few blocks of n×n numbers, however many rows there are.
///
/// ```
/// use selfreward::linalg::RowFactor;
///
/// let mut factor = RowFactor::new(1);
/// (1..=1000).for_each(|i| factor.push(|row| row[0] = f64::from(i)));
/// // Of one column it is the norm.
/// let squares: f64 = (1..=1000).map(|i| f64::from(i * i)).sum();
/// assert!((factor.finish()[[0, 0]].abs() / squares.sqrt() - 1.0).abs() < 1e-14);
/// ```
#[derive(Debug)]
pub struct RowFactor {
    /// The factor of what was taken in, with fewer rows than columns while there were fewer.
    factor: Array2<f64>,
    /// Rows that wait, `filled` of them.
    block: Array2<f64>,
    filled: usize,
}

impl RowFactor {
    /// Of a matrix without rows and with so many columns.
    pub fn new(columns: usize) -> Self {
        let rows = (2 * columns).max(64);
        Self { factor: Array2::zeros((0, columns)), block: Array2::zeros((rows, columns)), filled: 0 }
    }

    /// Appends a row, which `fill` writes over zeros.
    pub fn push(&mut self, fill: impl FnOnce(&mut [f64])) {
        if self.filled == self.block.nrows() {
            self.take_in();
        }
        let mut row = self.block.row_mut(self.filled);
        row.fill(0.0);
        fill(row.as_slice_mut().expect("standard layout"));
        self.filled += 1;
    }

    fn take_in(&mut self) {
        let known = self.factor.nrows();
        let mut stacked = Array2::zeros((known + self.filled, self.block.ncols()));
        stacked.slice_mut(s![..known, ..]).assign(&self.factor);
        stacked.slice_mut(s![known.., ..]).assign(&self.block.slice(s![..self.filled, ..]));
        self.factor = backend::r_factor(stacked.view());
        self.filled = 0;
    }

    /// R, min(m, n)×n; signs of its rows are the backend's.
    pub fn finish(mut self) -> Array2<f64> {
        if self.filled > 0 {
            self.take_in();
        }
        self.factor
    }
}
