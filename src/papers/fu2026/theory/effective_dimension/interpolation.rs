//! The effective dimension that the noise-free linear class obeys (ours): which λ is tied to how many differences were seen.

use crate::error::Result;
use crate::papers::bound::Bound;
use crate::papers::check;
use crate::theory::effective_dimension::Spectrum;

/// The share of the loss that m seen differences leave (`unseen-share`): E[ε²(m)/ε²(0)] for the empirical minimiser nearest to
/// θ_t, when the differences are m independent Gaussian vectors of covariance ∝ Σ and θ_t has an isotropic direction.
///
/// With λ the root of d_λ = m, that is, with as many effective dimensions as differences,
///
/// ```text
/// share = Σ_j v_j (λ/(λ_j+λ))² · m / (m − Σ_j (λ_j/(λ_j+λ))²),   v_j = E[λ_j θ_j² / Σ_i λ_i θ_i²],
/// ```
///
/// which is the deterministic equivalent of ridgeless regression without noise (asymptotic, many effective dimensions), averaged
/// over θ_t. An isotropic spectrum gives 1 − m/d, exact for every m; λ_j ∝ j^{−α} gives m^{−(α−1)} for 1 ≪ m ≪ d; m ≥ rank Σ
/// gives 0.
///
/// `seen` = m ≥ 0; a mean number of differences need not be whole. Intermediate `lambda` = λ (0 for m ≥ rank, absent for m = 0).
///
/// # Errors
/// A `seen` that is negative or not finite; a spectrum of zeros.
///
/// ```
/// use selfreward::theory::effective_dimension::{Spectrum, unseen_share};
///
/// // An isotropic spectrum loses a direction of four for each difference that was seen.
/// let isotropic = Spectrum::new(vec![0.25; 4])?;
/// assert!((unseen_share(&isotropic, 3.0)?.value() - 0.25).abs() < 1e-9);
/// assert_eq!(unseen_share(&isotropic, 4.0)?.value(), 0.0);
/// # Ok::<(), selfreward::Error>(())
/// ```
pub fn unseen_share(spectrum: &Spectrum, seen: f64) -> Result<Bound> {
    let seen = check::nonnegative("seen", seen)?;
    let trace = check::positive("trace of the spectrum", spectrum.trace())?;
    let rank = spectrum.eigenvalues().iter().filter(|value| **value > 0.0).count() as f64;
    let result = |value: f64| {
        Bound::new("unseen-share", value, false)
            .assuming(
                "differences are independent Gaussian vectors, and there are many effective dimensions (asymptotic)",
            )
            .assuming("the direction of theta_t is isotropic, and the ball is inactive")
    };
    if seen == 0.0 {
        return Ok(result(1.0));
    }
    if seen >= rank {
        return Ok(result(0.0).with("lambda", 0.0));
    }
    let lambda = lambda_at(spectrum, seen, trace);
    let squares: f64 = spectrum.eigenvalues().iter().rev().map(|value| (value / (value + lambda)).powi(2)).sum();
    let left = mean_share(spectrum.eigenvalues(), |value| (lambda / (value + lambda)).powi(2));
    Ok(result(left * seen / (seen - squares)).with("lambda", lambda))
}

/// E[Σ_j w(λ_j) λ_j θ_j² / Σ_j λ_j θ_j²] over standard normal θ.
///
/// By 1/D = ∫_0^∞ e^{−Ds} ds it is ∫ Σ_j w_j λ_j/(1+2λ_j s) Π_i (1+2λ_i s)^{−1/2} ds. In u = log(2λ_1 s) the integrand is analytic
/// and no larger for |Im u| ≤ π/2 (there |1 + 2λ_i s| ≥ 1), and falls off exponentially to either side, so the trapezoidal rule
/// with step h errs by about e^{−π²/h}: rounding at h = 1/4.
fn mean_share(eigenvalues: &[f64], weight: impl Fn(f64) -> f64) -> f64 {
    const STEP: f64 = 0.25;
    let largest = eigenvalues[0];
    let integrand = |u: f64| {
        let scale = u.exp() / largest;
        let (mut sum, mut log_product) = (0.0, 0.0);
        for &value in eigenvalues.iter().rev() {
            sum += weight(value) * scale * value / (1.0 + scale * value);
            log_product += (scale * value).ln_1p();
        }
        0.5 * sum * (-0.5 * log_product).exp()
    };
    (-180..=320).map(|step| STEP * integrand(STEP * f64::from(step))).sum()
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
