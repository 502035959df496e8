//! Whitened rows of a matrix whose rows have wildly different sizes.

use ndarray::{Array1, Array2, Axis};
use selfreward::linalg::{GradedRow, Whitening, thin_svd};

fn wave(i: usize, j: usize) -> f64 {
    ((1 + 3 * i * i + 7 * j + i * j) as f64).sin()
}

fn rows(count: usize, columns: usize, least: f64) -> Vec<GradedRow> {
    let row = |i: usize| GradedRow {
        log_size: least * i as f64 / (count - 1) as f64,
        direction: (0..columns).map(|j| 3.0 * wave(i, j)).collect(),
    };
    (0..count).map(row).collect()
}

/// Oracle: G⁺ from the SVD of the weighted rows, where the weights are of one order of magnitude.
#[test]
fn lengths_and_products_are_those_of_the_pseudo_inverse() {
    let (count, columns) = (30, 5);
    let all = rows(count, columns, -2.0);
    let mut matrix = Array2::zeros((count, columns));
    all.iter().enumerate().for_each(|(i, row)| matrix.row_mut(i).assign(&(&row.direction * row.log_size.exp())));
    let svd = thin_svd(matrix.view());
    let inverse = svd.vt.t().dot(&(&svd.vt / &svd.singular.mapv(|s| s * s).insert_axis(Axis(1))));
    let whitening = Whitening::of(all.clone(), columns);
    for (row, log) in all.iter().zip(whitening.log_lengths()) {
        let expected = row.direction.dot(&inverse.dot(&row.direction));
        assert!((log - 0.5 * expected.ln()).abs() < 1e-13, "{log}");
        let z = whitening.apply(&row.direction);
        assert!((z.dot(&z) - expected).abs() < 1e-12 * expected);
    }
    let numbers: Vec<f64> = (0..count).map(|i| wave(i, 40)).collect();
    let factor = whitening.weighed_factor(&numbers);
    let v: Array1<f64> = (0..columns).map(|j| wave(j, 3)).collect();
    let squared: f64 = (0..count).map(|i| (numbers[i] * matrix.row(i).dot(&inverse.dot(&v))).powi(2)).sum();
    let found = factor.dot(&whitening.apply(&v));
    assert!((found.dot(&found) - squared).abs() < 1e-12 * squared, "{found} {squared}");
}

/// Oracle: Σ s_i² Z_iZ_iᵀ = I, whatever the sizes.
#[test]
fn weighed_rows_are_orthonormal_at_any_size() {
    for least in [-1.0, -40.0, -4000.0] {
        let whitening = Whitening::of(rows(12, 5, least), 5);
        let mut gram = Array2::<f64>::zeros((5, 5));
        for i in 0..12 {
            let z = whitening.weighed(i);
            gram.indexed_iter_mut().for_each(|((k, l), sum)| *sum += z[k] * z[l]);
        }
        assert!((&gram - &Array2::<f64>::eye(5)).iter().all(|x| x.abs() < 1e-12), "{least}: {gram}");
    }
}

#[test]
fn dependent_and_empty_rows_make_no_directions() {
    let row = |log_size, direction: [f64; 3]| GradedRow { log_size, direction: direction.into_iter().collect() };
    let whitening = Whitening::of(
        vec![
            row(0.0, [1.0, 1.0, 0.0]),
            row(-1.0, [2.0, 2.0, 0.0]),
            row(0.0, [0.0; 3]),
            row(f64::NEG_INFINITY, [0.0, 0.0, 1.0]),
        ],
        3,
    );
    assert_eq!(whitening.rank(), 1);
    let logs = whitening.log_lengths();
    assert!(logs[2] == f64::NEG_INFINITY && logs[3] == f64::NEG_INFINITY && (logs[1] - logs[0]).exp() > 1.99);
}
