//! Gauss–Legendre rules.

use selfreward::process::law::gauss::gauss_legendre;

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
