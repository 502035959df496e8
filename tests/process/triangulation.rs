//! Rows that are factored as they come, and products along rows: the bits of the slow ways.

use ndarray::{Array1, Array2, s};
use selfreward::linalg::{Triangulation, faer_backend, transposed_product};

use crate::common::{normals, rng};

/// Rows of very different size, some entries zero, as those of a curvature are.
fn rows(m: usize, n: usize, spread: f64) -> Array2<f64> {
    let mut a = Array2::from_shape_vec((m, n), normals(m * n, &mut rng((m * n) as u64))).unwrap();
    a.indexed_iter_mut().filter(|((i, j), _)| (i + 2 * j) % 7 == 3).for_each(|(_, x)| *x = 0.0);
    a.rows_mut().into_iter().enumerate().for_each(|(i, mut row)| row *= (-spread * i as f64 / m as f64).exp());
    a
}

/// Oracle: blocks of 2n rows stacked below the factor of those before, each copied and factored by the backend as it is, at no
/// other scale. A second matrix in the same memory shows that nothing of the first is left.
#[cfg(not(feature = "lapack"))]
#[test]
fn a_triangulation_has_the_bits_of_stacked_factors() {
    for (m, n) in [(0, 3), (3, 7), (7, 7), (64, 1), (80, 7), (1000, 7), (5000, 33), (700, 130)] {
        let mut triangulation = Triangulation::default();
        // Beyond 2^120 no scale is taken; the last rows are then below 1e-300.
        for spread in [0.0, 40.0, 700.0] {
            let a = rows(m, n, spread);
            let block = (2 * n).max(64);
            let first = if m <= block + n { m } else { block };
            let mut slow = faer_backend::r_factor(a.slice(s![..first, ..]));
            for start in (first..m).step_by(block) {
                let next = a.slice(s![start..(start + block).min(m), ..]);
                slow = faer_backend::r_factor(ndarray::concatenate![ndarray::Axis(0), slow, next].view());
            }
            let fast = triangulation.r_factor(m, n, |i, row| row.copy_from_slice(&a.row(i).to_vec()));
            assert_eq!(fast.dim(), slow.dim());
            let differs = fast.iter().zip(&slow).filter(|(p, q)| p.to_bits() != q.to_bits());
            assert_eq!(differs.count(), 0, "{m}×{n}, e^-{spread}");
        }
    }
}

/// Oracle: the sum down each column, a term after another; of a single column ndarray's own product.
#[test]
fn a_transposed_product_has_the_bits_of_sums_down_columns() {
    for (m, n) in [(0, 3), (1, 5), (2, 2), (37, 1), (37, 8), (1003, 65)] {
        let (a, x) = (rows(m, n, 3.0), Array1::from(normals(m, &mut rng(9))));
        let sums = Array1::from_shape_fn(n, |j| (0..m).fold(0.0, |sum, i| sum + a[(i, j)] * x[i]));
        let found = transposed_product(a.view(), x.view());
        assert_eq!(found, if n == 1 { a.t().dot(&x) } else { sums }, "{m}×{n}");
        assert_eq!(found, a.t().dot(&x), "{m}×{n}");
    }
    // Not in one piece of memory: columns of another matrix.
    let wide = rows(20, 9, 1.0);
    let (part, x) = (wide.slice(s![.., 2..6]), Array1::from(normals(20, &mut rng(9))));
    assert_eq!(transposed_product(part, x.view()), part.t().dot(&x));
}
