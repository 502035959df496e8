//! The two losses of convex fits: derivatives, and digits in the tails.

use ndarray::{Array1, Array2, Axis};
use selfreward::convex::loss::{Kind, Rows};

fn examples() -> [Rows; 2] {
    let features = Array2::from_shape_fn((7, 3), |(i, j)| (1.7 * i as f64 + 0.9 * (j * (i + 1)) as f64).sin());
    let base: Vec<f64> = (0..7).map(|i| (i as f64).cos()).collect();
    let weights = vec![0.1, 0.0, 0.2, 0.05, 0.3, 0.25, 0.1];
    let softmax = Kind::Softmax { weights: weights.clone(), ends: vec![3, 7] };
    let losses = weights.iter().rev().copied().collect();
    let logistic = Kind::Logistic { wins: weights, losses };
    [softmax, logistic].map(|kind| Rows { features: features.clone(), base: base.clone(), kind })
}

/// Oracle: central differences of the value for the gradient, of the gradient for the curvature.
#[test]
fn derivatives_are_those_of_finite_differences() {
    let h = 1e-5;
    for rows in examples() {
        let u = Array1::from(vec![0.3, -0.8, 0.5]);
        let point = rows.at(&u);
        let rows_of_it = rows.curvature(&point);
        let (log_sizes, directions) = (&rows_of_it.log_sizes, rows_of_it.directions());
        let root = &directions * &Array1::from_iter(log_sizes.iter().map(|x| x.exp())).insert_axis(Axis(1));
        let curvature = root.t().dot(&root);
        for j in 0..3 {
            let moved = |h: f64| {
                let mut u = u.clone();
                u[j] += h;
                rows.at(&u)
            };
            let (up, down) = (moved(h), moved(-h));
            assert!((point.gradient[j] - (up.value - down.value) / (2.0 * h)).abs() < 1e-10);
            let numerical = (up.gradient - down.gradient) / (2.0 * h);
            assert!((&curvature.column(j) - &numerical).iter().all(|x| x.abs() < 1e-10), "{curvature} {numerical}");
        }
    }
}

/// In the tail the loss of one pair is e^{−z}, its slope −e^{−z}, its curvature e^{−z}, each to its last digits.
#[test]
fn tails_keep_their_digits() {
    let features = Array2::from_shape_vec((2, 1), vec![0.0, -1.0]).unwrap();
    let softmax = Kind::Softmax { weights: vec![1.0, 0.0], ends: vec![2] };
    let logistic = Kind::Logistic { wins: vec![1.0, 0.0], losses: vec![0.0, 1e-300] };
    let softmax = Rows { features: features.clone(), base: vec![0.0, 0.0], kind: softmax };
    let mirrored = Array2::from_shape_vec((2, 1), vec![1.0, 0.0]).unwrap();
    let logistic = Rows { features: mirrored, base: vec![0.0, 0.0], kind: logistic };
    for rows in [softmax, logistic] {
        for z in [40.0, 100.0, 600.0] {
            let point = rows.at(&Array1::from(vec![z]));
            let rows_of_it = rows.curvature(&point);
            let (log_sizes, directions) = (&rows_of_it.log_sizes, rows_of_it.directions());
            let curvature: f64 = (0..2).map(|i| (2.0 * log_sizes[i]).exp() * directions[(i, 0)].powi(2)).sum();
            for value in [point.value, -point.gradient[0], curvature] {
                assert!((value / (-z).exp() - 1.0).abs() < 1e-14, "{z}: {value}");
            }
        }
    }
}
