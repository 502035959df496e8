//! The effective dimension d_λ = Σ_j λ_j/(λ_j + λ) (Definition G.1), its bounds, and what they make of Theorem 6.2.

mod entropy;
mod interpolation;
mod regime;

use crate::error::{Error, Result};
use crate::papers::bound::Bound;
use crate::papers::check;
use crate::theory::iterative::Shape;

pub use entropy::{metric_entropy, volume_bound};
pub use interpolation::unseen_share;
pub use regime::{Regime, regime_bound};

/// The eigenvalues λ_1 ≥ λ_2 ≥ … ≥ 0 of a covariance matrix.
#[derive(Debug, Clone, PartialEq)]
pub struct Spectrum(Vec<f64>);

impl Spectrum {
    /// From finite, non-negative, non-increasing eigenvalues, at least one.
    pub fn new(eigenvalues: Vec<f64>) -> Result<Self> {
        let expected = "finite eigenvalues, at least 0, in non-increasing order";
        if eigenvalues.is_empty() {
            return Err(Error::argument("spectrum", "nothing", expected));
        }
        let mut previous = f64::INFINITY;
        for (index, &value) in eigenvalues.iter().enumerate() {
            if !value.is_finite() || value < 0.0 || value > previous {
                return Err(Error::argument("spectrum", format!("{value} (eigenvalue {})", index + 1), expected));
            }
            previous = value;
        }
        Ok(Self(eigenvalues))
    }

    /// The eigenvalues, largest first.
    pub fn eigenvalues(&self) -> &[f64] {
        &self.0
    }

    /// tr Σ; at most 1 with unit features.
    pub fn trace(&self) -> f64 {
        // Smallest first, so that a long tail is not lost beside the head.
        self.0.iter().rev().sum()
    }

    /// d_λ, the number alone, at λ > 0.
    pub(crate) fn dimension(&self, lambda: f64) -> f64 {
        self.0.iter().rev().map(|value| value / (value + lambda)).sum()
    }

    /// Eq. 149: d_λ ≤ k + (1/λ) Σ_{j>k} λ_j, for every k ≥ 0 (each summand is at most 1 and at most λ_j/λ). `lambda` > 0.
    pub fn tail_bound(&self, k: usize, lambda: f64) -> Result<f64> {
        let lambda = check::positive("lambda", lambda)?;
        let tail: f64 = self.0.iter().skip(k).rev().sum();
        Ok(k as f64 + tail / lambda)
    }
}

/// Definition G.1 (`effective-dimension`): d_λ = Σ_j λ_j/(λ_j + λ), exactly. `lambda` = λ > 0.
///
/// Among the intermediates: tr Σ; tr Σ/λ, which bounds d_λ for every spectrum (at most 1/λ with unit features, so that
/// at the paper's λ = 1/log d even an isotropic spectrum has d_λ ≤ log d); and Eq. 149 at its best k, the number of
/// eigenvalues above λ.
///
/// ```
/// use selfreward::theory::effective_dimension::{Spectrum, effective_dimension};
///
/// // Each eigenvalue at λ counts half, each far above it one, each far below it nothing.
/// let spectrum = Spectrum::new(vec![0.25, 0.25, 0.0])?;
/// assert_eq!(effective_dimension(&spectrum, 0.25)?.value(), 1.0);
/// # Ok::<(), selfreward::Error>(())
/// ```
pub fn effective_dimension(spectrum: &Spectrum, lambda: f64) -> Result<Bound> {
    let lambda = check::positive("lambda", lambda)?;
    let best_k = spectrum.0.iter().take_while(|value| **value > lambda).count();
    let trace = spectrum.trace();
    Ok(Bound::new("effective-dimension", spectrum.dimension(lambda), false)
        .with("dimension", spectrum.0.len() as f64)
        .with("rank", spectrum.0.iter().filter(|value| **value > 0.0).count() as f64)
        .with("trace", trace)
        .with("trace_bound", trace / lambda)
        .with("tail_bound", spectrum.tail_bound(best_k, lambda)?)
        .with("tail_bound_k", best_k as f64)
        .checked("unit features: the trace is at most 1 (only for d_lambda <= 1/lambda)", trace <= 1.0 + 1e-9))
}

/// The λ of Corollaries 6.4, G.5 and G.6, 1/log d, for `dim` = d ≥ 2.
pub fn paper_lambda(dim: f64) -> Result<f64> {
    let dim = check::count("dim", dim)?;
    if dim < 2.0 {
        return Err(Error::argument("dim", dim, "a whole number, at least 2"));
    }
    Ok(1.0 / dim.ln())
}

/// Corollaries 6.4, G.5 and G.6 (`effective-shape`): the shape of Theorem 6.2 with an effective dimension for d.
///
/// `dimension` is d_λ or a bound on it ([`effective_dimension`], [`regime_bound`]). The paper takes λ = 1/log d: under
/// unit features that makes every spectrum look alike (d_λ ≤ log d). A λ that falls with n, such as 1/n, tells them
/// apart.
pub fn effective_shape(shape: &Shape, dimension: &Bound) -> Result<Bound> {
    let with_dimension = shape.failure(dimension.value())?;
    Ok(Bound::new("effective-shape", with_dimension.value(), with_dimension.vacuous())
        .building_on(dimension)
        .building_on(&with_dimension)
        .assuming("the statistical error is governed by d_lambda: asymptotic, lambda falling with n"))
}
