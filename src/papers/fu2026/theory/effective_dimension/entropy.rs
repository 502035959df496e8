//! Metric entropy of the parameter ball in the norm of a covariance matrix (Lemma G.2, explicit form ours).

use crate::error::Result;
use crate::papers::bound::Bound;
use crate::papers::check;
use crate::theory::effective_dimension::Spectrum;

/// Lemma G.2 (`metric-entropy`): log N ≤ Σ_{j≤k} log(5B√λ_j/η), in nats, for the covering number N at resolution η of
/// the ball ‖θ‖ ≤ B in the norm √(θᵀΣθ), with k = #{j : λ_j > η²/(4B²)}.
///
/// The ball is an ellipsoid of semi-axes B√λ_j. Dropping the axes of at most η/2 costs η/2 at a right angle, so the rest
/// E_k need only be covered at r = (√3/2)η; the ball of radius r/2 lies in E_k, hence N ≤ vol(2E_k)/vol(ball of r/2), a
/// factor 4/√3·2 = 4.62 < 5 an axis. The intermediate `dimension_form` is the weaker 2 d_λ log(5B√λ_1/η) at λ =
/// η²/(4B²) (λ_j/(λ_j+λ) ≥ 1/2 for j ≤ k), and 0 where k = 0, where the logarithm may be negative. λ is tied to the
/// resolution: the paper leaves it free, and with a larger λ the axes between are not covered.
///
/// `radius` = B > 0, `eta` = η > 0.
///
/// ```
/// use selfreward::theory::effective_dimension::{Spectrum, metric_entropy, volume_bound};
///
/// // One axis of length 8, intervals of length 2: between log 8 by volume and log 40.
/// let spectrum = Spectrum::new(vec![1.0, 0.0])?;
/// assert!((metric_entropy(&spectrum, 8.0, 1.0)?.value() - 40f64.ln()).abs() < 1e-14);
/// assert!((volume_bound(&spectrum, 8.0, 1.0)?.value() - 8f64.ln()).abs() < 1e-14);
/// # Ok::<(), selfreward::Error>(())
/// ```
pub fn metric_entropy(spectrum: &Spectrum, radius: f64, eta: f64) -> Result<Bound> {
    let radius = check::positive("radius", radius)?;
    let eta = check::positive("eta", eta)?;
    let lambda = (eta / (2.0 * radius)).powi(2);
    let axis_cost = |value: f64| (5.0 * radius * value.sqrt() / eta).ln();
    let kept: Vec<f64> = spectrum.eigenvalues().iter().copied().take_while(|value| *value > lambda).collect();
    let dimension = spectrum.dimension(lambda);
    let dimension_form = kept.first().map_or(0.0, |largest| 2.0 * dimension * axis_cost(*largest));
    Ok(Bound::new("metric-entropy", kept.iter().map(|value| axis_cost(*value)).sum(), false)
        .with("kept_axes", kept.len() as f64)
        .with("lambda", lambda)
        .with("effective_dimension", dimension)
        .with("dimension_form", dimension_form))
}

/// A lower bound on what [`metric_entropy`] bounds (`metric-entropy`): log N ≥ Σ log(B√λ_j/η) over the axes with B√λ_j > η, by
/// volume. A cover of the ellipsoid, projected onto the span of these axes, covers the ellipsoid there, and each of its balls
/// covers at most the volume of a ball.
///
/// `radius` = B > 0, `eta` = η > 0.
pub fn volume_bound(spectrum: &Spectrum, radius: f64, eta: f64) -> Result<Bound> {
    let (radius, eta) = (check::positive("radius", radius)?, check::positive("eta", eta)?);
    let axes = spectrum.eigenvalues().iter().map(|value| radius * value.sqrt() / eta).take_while(|ratio| *ratio > 1.0);
    Ok(Bound::new("metric-entropy", axes.map(f64::ln).sum(), false))
}
