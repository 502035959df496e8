//! Inner products of rows with one vector, several rows at once.
//!
//! Each row's sum has the order of additions that `ndarray` gives a dot product: eight partial sums,
//! joined as (p0+p4), (p1+p5), …, then what is left over. So the logits are the same bits whichever way
//! they are computed; the rows at once only keep the memory and the adders busy.

use ndarray::{Array1, Array2, ArrayView1, ArrayView2};

use crate::floats::in_wide_registers;

/// Rows that are walked through together.
const ROWS: usize = 4;
/// Partial sums of a row.
const LANES: usize = 8;

/// Ax, the bits of `a.dot(&x)`.
///
/// # Panics
/// Where x has not as many entries as A has columns.
pub(crate) fn product(a: ArrayView2<'_, f64>, x: ArrayView1<'_, f64>) -> Array1<f64> {
    match (a.as_slice(), x.as_slice()) {
        (Some(entries), Some(vector)) if a.ncols() > 0 => {
            assert_eq!(vector.len(), a.ncols(), "an entry for each column");
            let mut out = Vec::with_capacity(a.nrows());
            extend(entries, vector, &mut out);
            out.into()
        }
        _ => a.dot(&x),
    }
}

/// Ax for each row x of a few (N×n), the bits of [`product`]: N×m. Rows of A are looked at once for all.
pub(super) fn few_products(a: ArrayView2<'_, f64>, few: ArrayView2<'_, f64>) -> Array2<f64> {
    let (rows, dim, count) = (a.nrows(), a.ncols(), few.nrows());
    let mut out = Array2::zeros((count, rows));
    let (Some(entries), Some(vectors), 1..) = (a.as_slice(), few.as_slice(), dim) else {
        out.rows_mut().into_iter().zip(few.rows()).for_each(|(mut out, x)| out.assign(&a.dot(&x)));
        return out;
    };
    let mut room = Vec::with_capacity(ROWS);
    for from in (0..rows).step_by(ROWS) {
        let some = &entries[from * dim..(from + ROWS).min(rows) * dim];
        for k in 0..count {
            room.clear();
            extend(some, &vectors[k * dim..(k + 1) * dim], &mut room);
            room.iter().enumerate().for_each(|(i, value)| out[(k, from + i)] = *value);
        }
    }
    out
}

/// The inner product of two vectors of one length, the bits of `a.dot(&b)`.
pub(crate) fn inner(a: &[f64], b: &[f64]) -> f64 {
    debug_assert_eq!(a.len(), b.len());
    let [sum] = in_wide_registers(
        #[inline(always)]
        || products::<f64, 1>(a, b),
    );
    sum
}

/// Appends the inner product of each row (as many numbers as the vector has) with the vector.
pub(crate) fn extend<T: Copy + Into<f64>>(values: &[T], vector: &[f64], out: &mut Vec<f64>) {
    in_wide_registers(
        #[inline(always)]
        || extend_here(values, vector, out),
    );
}

#[inline(always)]
fn extend_here<T: Copy + Into<f64>>(values: &[T], vector: &[f64], out: &mut Vec<f64>) {
    let dim = vector.len();
    let (rows, mut row) = (values.len() / dim, 0);
    while row + ROWS <= rows {
        out.extend(products::<T, ROWS>(&values[row * dim..(row + ROWS) * dim], vector));
        row += ROWS;
    }
    while row < rows {
        out.extend(products::<T, 1>(&values[row * dim..(row + 1) * dim], vector));
        row += 1;
    }
}

/// Of N rows, one behind the other. Plain loops over indices, which need no help to be merged into one.
#[inline(always)]
fn products<T: Copy + Into<f64>, const N: usize>(rows: &[T], vector: &[f64]) -> [f64; N] {
    let dim = vector.len();
    let rows = &rows[..N * dim];
    let mut partial = [[0.0; LANES]; N];
    let whole = dim / LANES * LANES;
    let mut from = 0;
    while from < whole {
        let factors = &vector[from..from + LANES];
        for row in 0..N {
            let numbers = &rows[row * dim + from..row * dim + from + LANES];
            for lane in 0..LANES {
                let number: f64 = numbers[lane].into();
                partial[row][lane] += number * factors[lane];
            }
        }
        from += LANES;
    }
    let mut sums = [0.0; N];
    for row in 0..N {
        let p = &partial[row];
        for lane in 0..LANES / 2 {
            sums[row] += p[lane] + p[lane + LANES / 2];
        }
        for place in whole..dim {
            let number: f64 = rows[row * dim + place].into();
            sums[row] += number * vector[place];
        }
    }
    sums
}
