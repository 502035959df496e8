//! The effective dimension that the noise-free linear class obeys (ours): which λ is tied to how many differences were seen.

use crate::error::Result;
use crate::theory::bound::Bound;
use crate::theory::check;
use crate::theory::effective_dimension::Spectrum;

/// The share of the loss that m seen differences leave (`unseen-share`): E ε²(m)/ε²(0) for the empirical minimiser nearest to
/// θ_t, when the differences are m independent Gaussian vectors of covariance ∝ Σ and θ_t has an isotropic direction.
///
/// With λ the root of d_λ = m, that is, with as many effective dimensions as differences,
///
/// ```text
/// share = Σ_j λ_j (λ/(λ_j+λ))² / Σ_j λ_j · m / (m − Σ_j (λ_j/(λ_j+λ))²)
/// ```
///
/// which is the deterministic equivalent of ridgeless regression without noise (asymptotic, many effective dimensions). An
/// isotropic spectrum gives 1 − m/d, exact for every m; λ_j ∝ j^{−α} gives m^{−(α−1)} for 1 ≪ m ≪ d; m ≥ rank Σ gives 0.
///
/// `seen` = m ≥ 0; a mean number of differences need not be whole. Intermediate `lambda` = λ (0 for m ≥ rank, absent for m = 0).
///
/// # Errors
/// A `seen` that is negative or not finite; a spectrum of zeros.
pub fn unseen_share(spectrum: &Spectrum, seen: f64) -> Result<Bound> {
    let seen = check::nonnegative("seen", seen)?;
    let trace = check::positive("trace of the spectrum", spectrum.trace())?;
    let rank = spectrum.eigenvalues().iter().filter(|value| **value > 0.0).count() as f64;
    let result = |value: f64| {
        Bound::new("unseen-share", value, false)
            .assuming("differences are independent Gaussian vectors, and there are many effective dimensions (asymptotic)")
            .assuming("the direction of theta_t is isotropic, and the ball is inactive")
    };
    if seen == 0.0 {
        return Ok(result(1.0));
    }
    if seen >= rank {
        return Ok(result(0.0).with("lambda", 0.0));
    }
    let lambda = lambda_at(spectrum, seen, trace);
    let (mut left, mut squares) = (0.0, 0.0);
    for value in spectrum.eigenvalues().iter().rev() {
        let learned = value / (value + lambda);
        left += value * (lambda / (value + lambda)).powi(2);
        squares += learned * learned;
    }
    Ok(result(left / trace * seen / (seen - squares)).with("lambda", lambda))
}

/// The λ with d_λ = `dimension`, 0 < `dimension` < rank, by bisection in log λ: d_λ falls, and is at most tr Σ/λ.
fn lambda_at(spectrum: &Spectrum, dimension: f64, trace: f64) -> f64 {
    let mut high = trace / dimension;
    let mut low = high / 2.0;
    while spectrum.dimension(low) < dimension && low > f64::MIN_POSITIVE {
        low /= 2.0;
    }
    while high / low > 1.0 + 4.0 * f64::EPSILON {
        let middle = low * (high / low).sqrt();
        if middle <= low || middle >= high {
            break;
        }
        if spectrum.dimension(middle) < dimension { high = middle } else { low = middle }
    }
    low
}
