//! The product of a transposed matrix and a vector, without a walk along columns.

use ndarray::{Array1, ArrayView1, ArrayView2};

use crate::floats::add_scaled;

/// Aᵀx, every entry the sum over the rows of A from the first to the last.
///
/// `a.t().dot(&x)` sums in the same order, so that the bits are the same; but it walks down one column after another, and each
/// number it needs lies in a cache line of its own. Here rows are read as they lie, and sums of neighbouring columns grow together.
///
/// ```
/// use ndarray::array;
/// use selfreward::linalg::transposed_product;
///
/// let a = array![[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]];
/// assert_eq!(transposed_product(a.view(), array![1.0, 0.0, -1.0].view()), array![-4.0, -4.0]);
/// ```
///
/// # Panics
/// Where x has not as many entries as A has rows.
pub fn transposed_product(a: ArrayView2<'_, f64>, x: ArrayView1<'_, f64>) -> Array1<f64> {
    let columns = a.ncols();
    let (Some(entries), Some(weights)) = (a.as_slice(), x.as_slice()) else { return a.t().dot(&x) };
    // The one column is contiguous, and its sum eightfold.
    if columns <= 1 {
        return a.t().dot(&x);
    }
    assert_eq!(weights.len(), a.nrows(), "a weight for each row");
    let mut sums = vec![0.0; columns];
    add_rows(&mut sums, entries, weights);
    sums.into()
}

/// Adds the rows to the sums, each times its weight, one after another.
pub fn add_rows(sums: &mut [f64], rows: &[f64], weights: &[f64]) {
    let columns = sums.len();
    // Four rows for each time that the sums are read and written.
    let (fours, rest) = rows.split_at(weights.len() / 4 * 4 * columns);
    let (by_four, last) = weights.split_at(weights.len() / 4 * 4);
    for (four, w) in fours.chunks_exact(4 * columns).zip(by_four.chunks_exact(4)) {
        let (first, second) = four.split_at(2 * columns);
        let ((a, b), (c, d)) = (first.split_at(columns), second.split_at(columns));
        let (b, c, d) = (&b[..columns], &c[..columns], &d[..columns]);
        for (j, (sum, a)) in sums.iter_mut().zip(a).enumerate() {
            *sum = (((*sum + a * w[0]) + b[j] * w[1]) + c[j] * w[2]) + d[j] * w[3];
        }
    }
    for (row, w) in rest.chunks_exact(columns).zip(last) {
        add_scaled(sums, *w, row);
    }
}
