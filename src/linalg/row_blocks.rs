//! The triangular factor of many rows that are written one by one, block after block.

use ndarray::{Array2, s};

use super::backend;

/// R of A = QR for `rows` rows with `columns` numbers, of which `fill` writes the i-th: the bits of
/// [`super::r_factor`] of the matrix that holds them all, in a working set of a few blocks.
pub(super) fn r_factor_of_rows(rows: usize, columns: usize, mut fill: impl FnMut(usize, &mut [f64])) -> Array2<f64> {
    let block = (2 * columns).max(64);
    let first = if rows <= block + columns { rows } else { block };
    let mut factor = Array2::zeros((0, columns));
    let mut start = 0;
    while start < rows {
        let end = if start == 0 { first } else { (start + block).min(rows) };
        let known = factor.nrows();
        let mut stacked = Array2::zeros((known + end - start, columns));
        stacked.slice_mut(s![..known, ..]).assign(&factor);
        for i in start..end {
            let mut row = stacked.row_mut(known + i - start);
            fill(i, row.as_slice_mut().expect("standard layout"));
        }
        factor = backend::r_factor(stacked.view());
        start = end;
    }
    factor
}
