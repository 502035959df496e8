//! Gauss–Legendre quadrature.

use std::f64::consts::PI;

/// Nodes and weights on [0, 1] of the rule with `points` ≥ 1 nodes, exact for polynomials of degree 2·points − 1.
pub(super) fn gauss_legendre(points: usize) -> Vec<(f64, f64)> {
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Oracle: ∫ x^d dx = 1/(d+1) on [0, 1], up to the degree 2n − 1 and not beyond.
    #[test]
    fn monomials_are_exact_up_to_the_degree() {
        for points in [1, 2, 3, 7, 20, 101, 500] {
            let rule = gauss_legendre(points);
            let integral = |degree: i32| rule.iter().map(|(x, w)| w * x.powi(degree)).sum::<f64>();
            for degree in [0, 1, points as i32, 2 * points as i32 - 1] {
                let exact = 1.0 / f64::from(degree + 1);
                assert!((integral(degree) / exact - 1.0).abs() < 3e-13, "{points} {degree}");
            }
            if points <= 3 {
                let degree = 2 * points as i32;
                assert!((integral(degree) * f64::from(degree + 1) - 1.0).abs() > 1e-4, "{points}");
            }
        }
    }
}
