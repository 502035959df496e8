//! Preferences in a circle (Q5): π_{t+1} ∝ π_t^α π_0^{1−α} exp(Pμ_t/β), μ_t = λπ_t + (1−λ)π_0, with the win rates P = ½ ± a of
//! rock–paper–scissors and π_0 uniform.

use crate::error::Result;
use crate::papers::check;

/// By how much a small perturbation of the uniform point grows in a round, √(α² + a²λ²/(3β²)): unstable above 1.
///
/// Around it π = 1/3 + z/3 for centred logits z, and z' = αz + (λ/(3β))Az with A = P − ½11ᵀ, which turns by a right angle and stretches by
/// a√3.
///
/// * `alpha` = α and `lambda` = λ from 0 to 1; `beta` = β > 0; `gap` = a from 0 to ½.
///
/// # Errors
/// [`crate::Error::Argument`] for a number out of its range.
///
/// ```
/// use selfreward::papers::loops::theory::preference::circle_growth;
///
/// assert!((circle_growth(0.6, 1.0, 0.5, 0.3)? - (0.36f64 + 0.12).sqrt()).abs() < 1e-15);
/// # Ok::<(), selfreward::Error>(())
/// ```
pub fn circle_growth(alpha: f64, lambda: f64, beta: f64, gap: f64) -> Result<f64> {
    let (alpha, lambda) = (check::unit("alpha", alpha)?, check::unit("lambda", lambda)?);
    let (beta, gap) = (check::positive("beta", beta)?, half("gap", gap)?);
    Ok(alpha.hypot(gap * lambda / (3f64.sqrt() * beta)))
}

/// β below which the uniform point is unstable: aλ/√(3(1−α²)); ∞ at α = 1.
///
/// # Errors
/// [`crate::Error::Argument`] for a number out of its range.
pub fn circle_threshold(alpha: f64, lambda: f64, gap: f64) -> Result<f64> {
    let (alpha, lambda) = (check::unit("alpha", alpha)?, check::unit("lambda", lambda)?);
    Ok(half("gap", gap)? * lambda / (3.0 * (1.0 - alpha) * (1.0 + alpha)).sqrt())
}

/// For any P and π_0: the map moves centred logits apart by at most this factor in 2-norm, α + (λ/(2β))‖P − ½11ᵀ‖₂; below 1 it contracts.
/// (A softmax has a Jacobian of norm at most ½.)
///
/// `norm` = ‖P − ½11ᵀ‖₂ ≥ 0.
///
/// # Errors
/// [`crate::Error::Argument`] for a number out of its range.
pub fn contraction(alpha: f64, lambda: f64, beta: f64, norm: f64) -> Result<f64> {
    let (alpha, lambda) = (check::unit("alpha", alpha)?, check::unit("lambda", lambda)?);
    Ok(alpha + lambda / (2.0 * check::positive("beta", beta)?) * check::nonnegative("norm", norm)?)
}

fn half(name: &str, value: f64) -> Result<f64> {
    let value = check::unit(name, value)?;
    if value <= 0.5 { Ok(value) } else { Err(crate::Error::argument(name, value, "a number from 0 to 1/2")) }
}
