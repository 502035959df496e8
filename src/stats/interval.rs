//! Intervals for means over replicates.
//!
//! What is estimated is the expectation of a quantity over what a replicate draws (instance and samples). Each replicate gives one
//! value, an exact sum over its instance, and replicates are independent; so R values are a sample of R, whatever the number of
//! prompts. Which method an interval comes from follows from the quantity's range alone; `docs/intervals.md` has the measured
//! coverage of these methods and of those that were not chosen.

use statrs::distribution::{ContinuousCDF, StudentsT};

use super::dirichlet::bounds;
use super::range::Range;

/// The probability with which an interval may miss the expectation.
pub const MISS: f64 = 0.05;

/// The least number of replicates of which Student's interval is given: below, it is far from its level on the quantities that the
/// program measures, which are skewed.
pub const STUDENT_FROM: usize = 30;

/// Where an interval comes from, or why there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Of a bounded quantity: [`super::dirichlet`].
    Dirichlet,
    /// Of a quantity without an upper end: mean ± t s/√R, cut where the quantity's range ends.
    Student,
    /// All replicates are the same computation: the mean is the expectation.
    Exact,
    /// No interval: one replicate.
    Single,
    /// No interval: fewer than [`STUDENT_FROM`] replicates of a quantity without an upper end.
    TooFew,
    /// No interval: replicates agree, which says nothing of how large the next one may be where there is no upper end.
    Agree,
    /// No interval: a value is not finite.
    Infinite,
}

impl Method {
    /// Its name in outputs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Dirichlet => "dirichlet",
            Self::Student => "student-t",
            Self::Exact => "exact",
            Self::Single => "single replicate",
            Self::TooFew => "too few replicates",
            Self::Agree => "replicates agree",
            Self::Infinite => "not finite",
        }
    }
}

/// A mean over replicates with its 95% interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MeanInterval {
    /// The mean.
    pub mean: f64,
    /// Lower and upper end, within the quantity's range; `None` where there is no interval.
    pub ends: Option<(f64, f64)>,
    /// Where the interval comes from, or why there is none.
    pub method: Method,
}

impl MeanInterval {
    /// The mean of values that all come from the same computation, and may differ by rounding alone.
    pub fn exact(values: &[f64]) -> Self {
        let (mean, _) = mean_with_error(values);
        let ends = values.iter().fold((mean, mean), |(low, high), &value| (low.min(value), high.max(value)));
        Self { mean, ends: Some(ends), method: Method::Exact }
    }

    fn none(mean: f64, method: Method) -> Self {
        Self { mean, ends: None, method }
    }
}

/// The mean of `values` (at least one) of a quantity with this range, and its two-sided 95% interval.
///
/// ```
/// use selfreward::stats::{Method, Range, mean_interval};
///
/// // A single replicate has a mean and no interval; thirty of a quantity without an upper end have Student's.
/// let one = mean_interval(&[2.0], Range::NON_NEGATIVE);
/// assert_eq!((one.mean, one.ends, one.method), (2.0, None, Method::Single));
/// let thirty: Vec<f64> = (0..30).map(|i| f64::from(i % 2)).collect();
/// let interval = mean_interval(&thirty, Range::NON_NEGATIVE);
/// let (low, high) = interval.ends.expect("thirty are enough");
/// // s² = 30·¼/29; the 97.5% quantile of 29 degrees of freedom is 2.04523 in every table.
/// let half = 2.04523 * (30.0 * 0.25 / 29.0 / 30.0f64).sqrt();
/// assert!((low - (0.5 - half)).abs() < 1e-6 && (high - (0.5 + half)).abs() < 1e-6);
/// ```
pub fn mean_interval(values: &[f64], range: Range) -> MeanInterval {
    mean_interval_at(values, range, MISS)
}

/// As [`mean_interval`], of an interval that may miss the expectation with probability `miss`, from 1e-12 to 1.
pub fn mean_interval_at(values: &[f64], range: Range, miss: f64) -> MeanInterval {
    let (mean, error) = mean_with_error(values);
    if values.iter().any(|value| !value.is_finite()) {
        return MeanInterval::none(mean, Method::Infinite);
    }
    let Some(error) = error else { return MeanInterval::none(mean, Method::Single) };
    if range.bounded() {
        let (low, high) = bounds(values, range, miss);
        return MeanInterval { mean, ends: Some((low.min(mean), high.max(mean))), method: Method::Dirichlet };
    }
    if values.len() < STUDENT_FROM {
        return MeanInterval::none(mean, Method::TooFew);
    }
    if error == 0.0 {
        return MeanInterval::none(mean, Method::Agree);
    }
    let half = student_quantile(miss, values.len() as f64 - 1.0) * error;
    let ends = (range.clamp(mean - half), range.clamp(mean + half));
    MeanInterval { mean, ends: Some(ends), method: Method::Student }
}

/// The mean of `values` (at least one) and its standard error s/√R, s² with R − 1; no error with a single value, or where a value
/// is not finite.
pub fn mean_with_error(values: &[f64]) -> (f64, Option<f64>) {
    let count = values.len() as f64;
    // Scaled by a power of two, so that neither sums nor squares overflow and no bit changes.
    let largest = values.iter().fold(0.0f64, |largest, value| largest.max(value.abs()));
    let scale = if largest.is_normal() { largest.log2().floor().exp2() } else { 1.0 };
    // A mean of equal values is that value, whatever the rounding of the sum.
    let equal = values.iter().all(|&value| value == values[0]);
    let mean = if equal { values[0] } else { values.iter().map(|value| value / scale).sum::<f64>() / count * scale };
    if values.len() < 2 || values.iter().any(|value| !value.is_finite()) {
        return (mean, None);
    }
    let variance = values.iter().map(|value| ((value - mean) / scale).powi(2)).sum::<f64>() / (count - 1.0);
    (mean, Some((variance / count).sqrt() * scale))
}

/// The number t such that a Student variable of `freedom` ≥ 1 degrees of freedom lies beyond ±t with probability `level`, from
/// 1e-12 (below, 1 − level/2 has no digits left) to 1.
///
/// ```
/// use selfreward::stats::student_quantile;
///
/// // One degree of freedom is Cauchy's law, half of which lies beyond ±1.
/// assert!((student_quantile(0.5, 1.0) - 1.0).abs() < 1e-9);
/// ```
pub fn student_quantile(level: f64, freedom: f64) -> f64 {
    StudentsT::new(0.0, 1.0, freedom).expect("at least one degree of freedom").inverse_cdf(1.0 - 0.5 * level)
}
