//! The product of a transposed matrix and a vector, without a walk along columns.

use ndarray::{Array1, Array2, ArrayView1, ArrayView2};

use crate::floats::{add_scaled, in_wide_registers};

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
    add_rows(&mut sums, entries, weights, 1);
    sums.into()
}

/// Aᵀx for each row x of a few (N×m), the bits of [`transposed_product`]: N×n. Rows of A are looked at once for all.
pub(super) fn transposed_products(a: ArrayView2<'_, f64>, few: ArrayView2<'_, f64>) -> Array2<f64> {
    assert_eq!(few.ncols(), a.nrows(), "a weight for each row");
    let mut sums = Array2::zeros((few.nrows(), a.ncols()));
    match (a.as_slice(), few.as_slice()) {
        (Some(entries), Some(weights)) if a.ncols() > 1 => {
            let all = sums.as_slice_mut().expect("standard layout");
            add_rows(all, entries, weights, few.nrows());
        }
        _ => {
            let each = sums.rows_mut().into_iter().zip(few.rows());
            each.for_each(|(mut sums, x)| sums.assign(&transposed_product(a, x)));
        }
    }
    sums
}

/// Adds the rows to each of so many sums, each times its weight there, one after another.
fn add_rows(sums: &mut [f64], rows: &[f64], weights: &[f64], count: usize) {
    in_wide_registers(
        #[inline(always)]
        || add_rows_here(sums, rows, weights, count),
    );
}

#[inline(always)]
fn add_rows_here(sums: &mut [f64], rows: &[f64], weights: &[f64], count: usize) {
    if count == 0 {
        return;
    }
    let (columns, length) = (sums.len() / count, weights.len() / count);
    // Four rows for each time that the sums are read and written.
    let whole = length / 4 * 4;
    for from in (0..whole).step_by(4) {
        let four = &rows[from * columns..(from + 4) * columns];
        for k in 0..count {
            let w = &weights[k * length + from..k * length + from + 4];
            add_four(&mut sums[k * columns..(k + 1) * columns], four, w);
        }
    }
    for i in whole..length {
        let row = &rows[i * columns..(i + 1) * columns];
        for k in 0..count {
            add_scaled(&mut sums[k * columns..(k + 1) * columns], weights[k * length + i], row);
        }
    }
}

#[inline(always)]
fn add_four(sums: &mut [f64], four: &[f64], w: &[f64]) {
    let columns = sums.len();
    let (first, second) = four.split_at(2 * columns);
    let ((a, b), (c, d)) = (first.split_at(columns), second.split_at(columns));
    let (b, c, d) = (&b[..columns], &c[..columns], &d[..columns]);
    for (j, (sum, a)) in sums.iter_mut().zip(a).enumerate() {
        *sum = (((*sum + a * w[0]) + b[j] * w[1]) + c[j] * w[2]) + d[j] * w[3];
    }
}
