//! Gauss–Legendre quadrature.

use std::f64::consts::PI;

/// Nodes and weights on [0, 1] of the rule with `points` ≥ 1 nodes, exact for polynomials of degree 2·points − 1.
///
/// ```
/// use selfreward::process::law::gauss::gauss_legendre;
///
/// // Two nodes integrate a cubic: ∫ x³ dx = 1/4 on [0, 1].
/// let integral: f64 = gauss_legendre(2).iter().map(|(x, weight)| weight * x.powi(3)).sum();
/// assert!((integral - 0.25).abs() < 1e-15);
/// ```
pub fn gauss_legendre(points: usize) -> Vec<(f64, f64)> {
    let rule = |i: usize| {
        // The i-th root of P_points from the right, by Newton's method from Tricomi's approximation.
        let mut x = (PI * (i as f64 + 0.75) / (points as f64 + 0.5)).cos();
        let mut slope = 1.0;
        for _ in 0..100 {
            let (value, derivative) = legendre(points, x);
            slope = derivative;
            let step = value / slope;
            x -= step;
            if step.abs() < 1e-15 {
                break;
            }
        }
        (f64::midpoint(1.0, -x), 1.0 / ((1.0 - x) * (1.0 + x) * slope * slope))
    };
    (0..points).map(rule).collect()
}

/// P_n(x) and its derivative.
fn legendre(n: usize, x: f64) -> (f64, f64) {
    let (mut before, mut value) = (1.0, x);
    for k in 2..=n {
        let k = k as f64;
        (before, value) = (value, ((2.0 * k - 1.0) * x * value - (k - 1.0) * before) / k);
    }
    (value, n as f64 * (before - x * value) / ((1.0 - x) * (1.0 + x)))
}
