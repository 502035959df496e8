//! The factor of a weighted Laplacian.

use ndarray::Array2;
use selfreward::process::fit::laplacian::factor;

/// Oracle: the Laplacian written out, and the current given.
#[test]
fn factor_reproduces_laplacian_and_current() {
    let edges = [(0, 1, 1.0), (1, 2, 1e12), (0, 2, 3.0), (3, 4, 0.25)];
    let mut weights = Array2::zeros((6, 6));
    let mut laplacian = Array2::<f64>::zeros((6, 6));
    let mut current = vec![0.0; 6];
    for (edge, &(a, b, w)) in edges.iter().enumerate() {
        weights[(a, b)] = w;
        weights[(b, a)] = w;
        laplacian[(a, a)] += w;
        laplacian[(b, b)] += w;
        laplacian[(a, b)] -= w;
        laplacian[(b, a)] -= w;
        let noise = 1.0 + edge as f64;
        current[a] += w * noise;
        current[b] -= w * noise;
    }
    let rows = factor(weights, current.clone());
    assert_eq!(rows.len(), 3);
    let (mut product, mut carried) = (Array2::<f64>::zeros((6, 6)), vec![0.0; 6]);
    for row in &rows {
        for &(i, a) in &row.entries {
            carried[i] += a * row.rhs;
            row.entries.iter().for_each(|&(j, b)| product[(i, j)] += a * b);
        }
    }
    for ((i, j), &entry) in laplacian.indexed_iter() {
        let scale = (laplacian[(i, i)] * laplacian[(j, j)]).sqrt();
        assert!((product[(i, j)] - entry).abs() <= 1e-14 * scale, "L[{i},{j}] {entry} {}", product[(i, j)]);
    }
    for i in 0..6 {
        assert!((carried[i] - current[i]).abs() <= 1e-14 * laplacian[(i, i)].max(1.0) * 4.0, "z[{i}]");
    }
}
