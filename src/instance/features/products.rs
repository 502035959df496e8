//! Inner products of rows with one vector, several rows at once.
//!
//! Each row's sum has the order of additions that `ndarray` gives a dot product: eight partial sums,
//! joined as (p0+p4), (p1+p5), …, then what is left over. So the logits are the same bits whichever way
//! they are computed; the rows at once only keep the memory and the adders busy.

/// Rows that are walked through together.
const ROWS: usize = 4;
/// Partial sums of a row.
const LANES: usize = 8;

/// Appends the inner product of each row (as many numbers as the vector has) with the vector.
pub(super) fn extend<T: Copy + Into<f64>>(values: &[T], vector: &[f64], out: &mut Vec<f64>) {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx2") {
        // SAFETY: the processor has AVX2, as was just asked.
        return unsafe { extend_avx2(values, vector, out) };
    }
    extend_portable(values, vector, out);
}

/// The same code in wider registers. Products and sums are rounded one by one, as without them.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn extend_avx2<T: Copy + Into<f64>>(values: &[T], vector: &[f64], out: &mut Vec<f64>) {
    extend_portable(values, vector, out);
}

#[inline(always)]
fn extend_portable<T: Copy + Into<f64>>(values: &[T], vector: &[f64], out: &mut Vec<f64>) {
    let dim = vector.len();
    let mut some = values.chunks_exact(ROWS * dim);
    for rows in &mut some {
        let rows: [&[T]; ROWS] = std::array::from_fn(|i| &rows[i * dim..(i + 1) * dim]);
        out.extend(products(rows, vector));
    }
    out.extend(some.remainder().chunks_exact(dim).map(|row| products([row], vector)[0]));
}

#[inline(always)]
fn products<T: Copy + Into<f64>, const N: usize>(rows: [&[T]; N], vector: &[f64]) -> [f64; N] {
    let mut partial = [[0.0; LANES]; N];
    let whole = vector.len() / LANES * LANES;
    for from in (0..whole).step_by(LANES) {
        let factors = &vector[from..from + LANES];
        for (partial, row) in partial.iter_mut().zip(&rows) {
            let numbers = &row[from..from + LANES];
            for lane in 0..LANES {
                let number: f64 = numbers[lane].into();
                partial[lane] += number * factors[lane];
            }
        }
    }
    std::array::from_fn(|i| {
        let p = &partial[i];
        let mut sum = 0.0;
        for lane in 0..LANES / 2 {
            sum += p[lane] + p[lane + LANES / 2];
        }
        for (&number, factor) in rows[i][whole..].iter().zip(&vector[whole..]) {
            let number: f64 = number.into();
            sum += number * factor;
        }
        sum
    })
}
