//! Singular values of a matrix whose rows have wildly different sizes.

use ndarray::{Array1, Array2, array};
use selfreward::linalg::{GradedRow, GradedSvd, graded_svd, thin_svd};

fn decompose(rows: &[(f64, Array1<f64>)]) -> GradedSvd {
    let columns = rows[0].1.len();
    let rows = rows.iter().map(|(log_size, direction)| GradedRow { log_size: *log_size, direction: direction.clone() });
    graded_svd(rows.collect(), columns)
}

/// Oracle: the usual SVD, where sizes are comparable.
#[test]
fn agrees_with_the_usual_svd_at_comparable_sizes() {
    let a = array![
        [1.0, 2.0, 0.5, -1.0],
        [0.3, -1.0, 2.0, 0.1],
        [2.0, 0.0, 1.0, 1.0],
        [0.7, 0.7, 0.1, 0.2],
        [1.0, 1.0, 1.0, 1.0]
    ];
    let graded = decompose(&a.rows().into_iter().map(|row| (0.5f64.ln(), row.to_owned() * 2.0)).collect::<Vec<_>>());
    let usual = thin_svd(a.view());
    let mut log_singular = graded.log_singular.clone();
    log_singular.sort_by(|p, q| q.total_cmp(p));
    for (p, q) in log_singular.iter().zip(&usual.singular) {
        assert!((p - q.ln()).abs() < 1e-14, "{p} {}", q.ln());
    }
    let scaled = Array2::from_shape_fn((4, 4), |(i, j)| graded.vt[(i, j)] * graded.log_singular[i].exp());
    assert!((scaled.t().dot(&scaled) - a.t().dot(&a)).iter().all(|x| x.abs() < 1e-13));
}

/// Oracle: the exact eigenvalues of the Gram matrix of (1, 1) and ε(1, −1+…): for rows (1,0) and ε(1,1), ε → 0,
/// σ_1² = 1 + ε² + …, σ_1σ_2 = |det| = ε, and the second vector tends to (−ε², 1).
#[test]
fn tiny_rows_keep_their_digits() {
    for log_size in [-5.0, -50.0, -500.0, -1e5] {
        let svd = decompose(&[(0.0, array![1.0, 0.0]), (log_size, array![1.0, 1.0])]);
        let (largest, smallest) =
            (svd.log_singular[0].max(svd.log_singular[1]), svd.log_singular[0].min(svd.log_singular[1]));
        // det A = ε exactly, so log σ_1 + log σ_2 = log ε.
        assert!(
            (largest + smallest - log_size).abs() < 1e-14 * log_size.abs().max(1.0),
            "{log_size}: {largest} {smallest}"
        );
        let product = svd.vt.dot(&svd.vt.t());
        assert!((product - Array2::<f64>::eye(2)).iter().all(|x| x.abs() < 1e-15));
    }
}

#[test]
fn dependent_rows_make_no_directions() {
    let svd = decompose(&[(0.0, array![1.0, 1.0, 0.0]), (-3.0, array![2.0, 2.0, 0.0]), (-80.0, array![0.0, 0.0, 1.0])]);
    assert_eq!(svd.log_singular.len(), 2);
}
