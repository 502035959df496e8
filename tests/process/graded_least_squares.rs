//! Least squares with rows of wildly different sizes.

use ndarray::{Array1, Array2};
use selfreward::linalg::{GradedRow, graded_least_squares, thin_svd};

/// Rows without structure, sizes from 1 down to `least`.
fn rows(count: usize, columns: usize, least: f64) -> (Vec<GradedRow>, Vec<f64>) {
    let wave = |i: usize, j: usize| ((1 + 3 * i * i + 7 * j + i * j) as f64).sin();
    let row = |i: usize| GradedRow {
        log_size: least.ln() * i as f64 / (count - 1) as f64,
        direction: (0..columns).map(|j| wave(i, j)).collect(),
    };
    ((0..count).map(row).collect(), (0..count).map(|i| wave(i, 99)).collect())
}

/// Oracle: the SVD of the weighted rows, where the weights are of one order of magnitude.
#[test]
fn agrees_with_an_svd_where_that_is_exact() {
    let (rows, targets) = rows(40, 6, 0.1);
    let mut matrix = Array2::zeros((40, 6));
    let mut right = Array1::zeros(40);
    for (i, row) in rows.iter().enumerate() {
        matrix.row_mut(i).assign(&(&row.direction * row.log_size.exp()));
        right[i] = targets[i] * row.log_size.exp();
    }
    let svd = thin_svd(matrix.view());
    let expected = svd.vt.t().dot(&(svd.u.t().dot(&right) / &svd.singular));
    let found = graded_least_squares(rows, &targets, 6);
    assert!((&found - &expected).iter().all(|error| error.abs() < 1e-13), "{found} {expected}");
}

/// Oracle: consistent equations have their solution whatever the weights, down to exp(−40000).
#[test]
fn consistent_equations_are_solved_at_any_size() {
    let (mut rows, _) = rows(12, 5, 1e-300);
    rows.iter_mut().for_each(|row| row.log_size *= 60.0);
    let wanted: Array1<f64> = [1.0, -2.0, 3.0, 0.5, 4.0].into_iter().collect();
    let targets: Vec<f64> = rows.iter().map(|row| row.direction.dot(&wanted)).collect();
    let found = graded_least_squares(rows, &targets, 5);
    assert!((&found - &wanted).iter().all(|error| error.abs() < 1e-12), "{found}");
}

/// Oracle: as the small weights vanish, the large rows decide their own least squares first, and the small ones the rest
/// (the limit of stiff weights): here ⟨(1,0), u⟩ is the mean of 1 and 3, whatever the small row says.
#[test]
fn large_rows_decide_first() {
    let row = |log_size: f64, direction: [f64; 2]| GradedRow { log_size, direction: direction.into_iter().collect() };
    for tiny in [-40.0, -900.0, -1e5] {
        let rows = vec![row(0.0, [1.0, 0.0]), row(0.0, [1.0, 0.0]), row(tiny, [1.0, 1.0]), row(tiny, [1.0, -1.0])];
        let found = graded_least_squares(rows, &[1.0, 3.0, 7.0, 7.0], 2);
        // Of the second coordinate the small rows say 5 and −5: 0.
        assert!((found[0] - 2.0).abs() < 1e-14 && found[1].abs() < 1e-13, "{tiny}: {found}");
    }
}
