//! The population loop with an offset (M3): where θ_t is after t rounds.

use crate::error::Result;
use crate::papers::check;

/// (β/(1+β))^t times a coordinate of Pθ_t: p_0 + Σ_{s<t} β⁻¹(β/(1+β))^{s+1} a_s.
///
/// P projects onto the span of all feature differences, p_0 is the coordinate of Pθ_0, and `offsets` holds those of a_0, …, a_{t−1}, the least
/// squares of the offset's differences under π_0, …, π_{t−1}. From θ_{s+1} = θ_s + (Pθ_s + a_s)/β by induction.
///
/// # Errors
/// [`crate::Error::Argument`] unless β is a finite number above 0.
///
/// ```
/// use selfreward::papers::offset::theory::population::scaled_parameter;
///
/// // β = 1: θ_1 = 2·3 + 5 = 11, θ_2 = 2·11 + 7 = 29.
/// assert_eq!(scaled_parameter(1.0, 3.0, &[5.0, 7.0])?, 29.0 / 4.0);
/// # Ok::<(), selfreward::Error>(())
/// ```
pub fn scaled_parameter(beta: f64, start: f64, offsets: &[f64]) -> Result<f64> {
    let shares = shares(beta, offsets.len())?;
    Ok(start + offsets.iter().zip(shares).map(|(offset, share)| share * offset).sum::<f64>())
}

/// β⁻¹(β/(1+β))^{s+1} for s = 0, …, `rounds` − 1: what the offset of round s weighs. They sum to 1 − (β/(1+β))^`rounds`.
///
/// # Errors
/// As [`scaled_parameter`].
pub fn shares(beta: f64, rounds: usize) -> Result<Vec<f64>> {
    let beta = check::positive("beta", beta)?;
    let ratio = beta / (1.0 + beta);
    // β⁻¹·β/(1+β) first: β may be small.
    Ok(std::iter::successors(Some(1.0 / (1.0 + beta)), |share| Some(share * ratio)).take(rounds).collect())
}
