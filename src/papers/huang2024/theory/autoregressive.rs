//! Two tokens of two words, whose class the sharpened law leaves (S11, Proposition E.2).
//!
//! φ_1(1) = φ_1(2), φ_2(1,·) = 0, φ_2(2,1) = e_1, φ_2(2,2) = e_2; the ball has the radius log 2, and θ_0 = (log 2, 0).

/// B = log 2.
pub const RADIUS: f64 = std::f64::consts::LN_2;

/// θ_0.
pub const BASE: [f64; 2] = [std::f64::consts::LN_2, 0.0];

/// π_θ of the sequences (1,1), (1,2), (2,1), (2,2). The first token is as likely as the other, whatever θ is.
///
/// ```
/// use selfreward::papers::huang2024::theory::autoregressive::{BASE, law};
///
/// let expected = [1.0 / 4.0, 1.0 / 4.0, 1.0 / 3.0, 1.0 / 6.0];
/// assert!(law(BASE).iter().zip(expected).all(|(found, expected)| (found - expected).abs() < 1e-16));
/// ```
pub fn law(theta: [f64; 2]) -> [f64; 4] {
    let first = 1.0 / (1.0 + (theta[1] - theta[0]).exp());
    let second = 1.0 / (1.0 + (theta[0] - theta[1]).exp());
    [0.25, 0.25, 0.5 * first, 0.5 * second]
}

/// The largest probability that a member gives to (2,1): ½σ(√2·log 2) = .3636, at θ along (1,−1).
pub fn most_of_optimum() -> f64 {
    0.5 / (1.0 + (-std::f64::consts::SQRT_2 * RADIUS).exp())
}
