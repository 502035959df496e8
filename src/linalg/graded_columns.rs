//! Orthogonal columns of a matrix whose rows have wildly different sizes: what least squares and whitening share.

use ndarray::{Array1, Array2};

use super::graded::{GradedRow, add, gram_schmidt};

/// Exponents of quotients of sizes are kept below this; beyond it one of the two does not count.
const LARGEST: f64 = 700.0;

/// A = C·U·Q: Q has orthonormal rows, U is unit upper triangular, and the columns of C are orthogonal.
///
/// Entries of C stay in units of their own rows; weights enter as quotients of a row's size and a pivot's alone.
pub(super) struct GradedColumns {
    /// Q, rank×columns.
    pub basis: Array2<f64>,
    /// Logarithm of the size of each column's pivot.
    pub pivot: Vec<f64>,
    /// The columns of C, every entry in units of its own row.
    pub column: Vec<Array1<f64>>,
    /// For each column the quotient of each row's size and the pivot's.
    pub unit: Vec<Vec<f64>>,
    /// The squared length of each column, in units of its pivot.
    pub square: Vec<f64>,
    /// U, rank×rank, without its diagonal of ones.
    pub upper: Array2<f64>,
}

impl GradedColumns {
    /// Of rows of unit length, all of them vectors of R^`columns`.
    pub fn of(rows: Vec<GradedRow>, columns: usize) -> Self {
        let size: Vec<f64> = rows.iter().map(|row| row.log_size).collect();
        let (basis, graded) = gram_schmidt(rows, columns);
        let pivot: Vec<f64> = graded.iter().map(|row| row.log_size).collect();
        let column: Vec<Array1<f64>> = graded.into_iter().map(|row| row.direction).collect();
        let unit: Vec<Vec<f64>> =
            pivot.iter().map(|pivot| size.iter().map(|size| (size - pivot).min(LARGEST).exp()).collect()).collect();
        let rank = column.len();
        let mut all = Self { basis, pivot, column, unit, square: vec![0.0; rank], upper: Array2::zeros((rank, rank)) };
        for k in 0..rank {
            all.orthogonalise_against(k);
        }
        all
    }

    /// The rows that have a part of column k, with that part in units of the column's pivot.
    pub fn scaled(&self, k: usize) -> Vec<(usize, f64)> {
        let live = self.column[k].iter().enumerate().filter(|(_, c)| **c != 0.0);
        live.map(|(i, c)| (i, c * self.unit[k][i])).collect()
    }

    /// Takes column k out of those after it.
    fn orthogonalise_against(&mut self, k: usize) {
        let scaled = self.scaled(k);
        let square: f64 = scaled.iter().map(|(_, c)| c * c).sum();
        self.square[k] = square;
        let (earlier, later) = self.column.split_at_mut(k + 1);
        let here = &earlier[k];
        let alongs = parts(&scaled, later, &self.unit[k + 1..]);
        for ((l, column), along) in (k + 1..self.pivot.len()).zip(later).zip(alongs) {
            // In units of the rows themselves, so that small ones keep their digits.
            let share = along / square * (self.pivot[l] - self.pivot[k]).exp();
            self.upper[(k, l)] = share;
            add(column, -share, here);
        }
    }
}

/// Columns whose parts are summed side by side, so that no sum waits for the one before it.
const COLUMNS: usize = 4;

/// The inner products of columns, entries in units of their pivots, with one whose entries are listed.
fn parts(listed: &[(usize, f64)], columns: &[Array1<f64>], unit: &[Vec<f64>]) -> Vec<f64> {
    let mut all = Vec::with_capacity(columns.len());
    let (fours, rest) = columns.as_chunks::<COLUMNS>();
    let (unit_fours, unit_rest) = unit.as_chunks::<COLUMNS>();
    for (columns, unit) in fours.iter().zip(unit_fours) {
        all.extend(sums(listed, columns.each_ref().map(slice), unit.each_ref().map(Vec::as_slice)));
    }
    for (column, unit) in rest.iter().zip(unit_rest) {
        all.extend(sums(listed, [slice(column)], [unit.as_slice()]));
    }
    all
}

fn slice(column: &Array1<f64>) -> &[f64] {
    column.as_slice().expect("a column lies in memory as a whole")
}

fn sums<const N: usize>(listed: &[(usize, f64)], columns: [&[f64]; N], unit: [&[f64]; N]) -> [f64; N] {
    let mut sums = [-0.0; N];
    for &(i, c) in listed {
        for k in 0..N {
            sums[k] += c * (columns[k][i] * unit[k][i]);
        }
    }
    sums
}
