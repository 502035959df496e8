//! Intervals for means over replicates.

use statrs::distribution::{ContinuousCDF, StudentsT};

/// A mean over replicates with its 95% Student-t interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MeanInterval {
    /// The mean.
    pub mean: f64,
    /// Lower and upper end; `None` with a single value, or where a value is not finite.
    pub ends: Option<(f64, f64)>,
}

/// The mean of `values` (at least one) and its two-sided 95% interval mean ± t_{0.975, R−1} s/√R, s² with R − 1.
pub fn mean_interval(values: &[f64]) -> MeanInterval {
    let (mean, error) = mean_with_error(values);
    let ends = error.map(|error| {
        let half = student_quantile(0.05, values.len() as f64 - 1.0) * error;
        (mean - half, mean + half)
    });
    MeanInterval { mean, ends }
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
pub fn student_quantile(level: f64, freedom: f64) -> f64 {
    StudentsT::new(0.0, 1.0, freedom).expect("at least one degree of freedom").inverse_cdf(1.0 - 0.5 * level)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Oracle: printed tables of the t distribution (t_{0.975,1} = 12.7062, t_{0.975,9} = 2.26216).
    #[test]
    fn agrees_with_printed_quantiles() {
        let two = mean_interval(&[0.0, 2.0]);
        let (low, high) = two.ends.unwrap();
        assert_eq!(two.mean, 1.0);
        assert!((high - (1.0 + 12.7062)).abs() < 1e-3 && (low - (1.0 - 12.7062)).abs() < 1e-3, "{low} {high}");
        let ten: Vec<f64> = (0..10).map(f64::from).collect();
        let (low, high) = mean_interval(&ten).ends.unwrap();
        let half = 2.26216 * (55.0f64 / 6.0 / 10.0).sqrt();
        assert!((high - low - 2.0 * half).abs() < 1e-4);
    }

    #[test]
    fn single_and_infinite_values_have_no_interval() {
        assert_eq!(mean_interval(&[3.0]), MeanInterval { mean: 3.0, ends: None });
        assert_eq!(mean_interval(&[f64::INFINITY, 1.0]).ends, None);
        let huge = mean_interval(&[1e300, 3e300]);
        let unit = mean_interval(&[1.0, 3.0]);
        let ((low, high), (unit_low, unit_high)) = (huge.ends.unwrap(), unit.ends.unwrap());
        assert!((low / 1e300 - unit_low).abs() < 1e-12 && (high / 1e300 - unit_high).abs() < 1e-12);
        assert!(mean_interval(&[1e308, 1.5e308]).mean.is_finite());
        assert_eq!(mean_interval(&[0.1; 7]), MeanInterval { mean: 0.1, ends: Some((0.1, 0.1)) });
    }
}
