//! Two groups of replicates: differences of their means (Student's t), and whether they follow one law (Kolmogorov–Smirnov).

use statrs::distribution::{ContinuousCDF, StudentsT};

use crate::{Error, Result};

/// A difference of two means.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Difference {
    /// The difference.
    pub value: f64,
    /// Its standard error.
    pub error: f64,
    /// Degrees of freedom of value/error.
    pub freedom: f64,
}

impl Difference {
    /// The p-value of "the true difference is at most 0": P[t ≥ value/error]. Without any spread it is 0 for a positive
    /// difference, and 1 otherwise.
    pub fn p_above(&self) -> f64 {
        if self.error == 0.0 {
            return if self.value > 0.0 { 0.0 } else { 1.0 };
        }
        StudentsT::new(0.0, 1.0, self.freedom).map_or(1.0, |law| law.sf(self.value / self.error))
    }

    /// The p-value of "the true difference is at least 0".
    pub fn p_below(&self) -> f64 {
        Self { value: -self.value, ..*self }.p_above()
    }
}

/// mean(b) − mean(a) of independent samples, with Welch's degrees of freedom.
///
/// # Errors
/// [`Error::Argument`] for fewer than two values in a sample, or a value that is not finite.
///
/// ```
/// use selfreward::stats::welch;
///
/// let difference = welch(&[0.0, 2.0], &[3.0, 5.0])?;
/// // Variance 2 in either sample: error √(2/2 + 2/2), two degrees of freedom, for which Student's law is elementary.
/// assert_eq!((difference.value, difference.freedom), (3.0, 2.0));
/// let t = 3.0 / 2f64.sqrt();
/// assert!((difference.p_above() - 0.5 * (1.0 - t / (2.0 + t * t).sqrt())).abs() < 1e-9);
/// # Ok::<(), selfreward::Error>(())
/// ```
pub fn welch(a: &[f64], b: &[f64]) -> Result<Difference> {
    let (a, b) = (Moments::of(a)?, Moments::of(b)?);
    let shares = [a.variance / a.count, b.variance / b.count];
    let square = shares[0] + shares[1];
    let freedom = if square == 0.0 {
        a.count + b.count - 2.0
    } else {
        square.powi(2) / (shares[0].powi(2) / (a.count - 1.0) + shares[1].powi(2) / (b.count - 1.0))
    };
    Ok(Difference { value: b.mean - a.mean, error: square.sqrt(), freedom })
}

/// mean(b − a) of two measurements of the same replicates, in the same order.
///
/// # Errors
/// [`Error::Argument`] for samples of unequal sizes or of fewer than two values, or a value that is not finite.
pub fn paired(a: &[f64], b: &[f64]) -> Result<Difference> {
    same_size(a, b)?;
    let changes: Vec<f64> = a.iter().zip(b).map(|(a, b)| b - a).collect();
    let moments = Moments::of(&changes)?;
    Ok(Difference {
        value: moments.mean,
        error: (moments.variance / moments.count).sqrt(),
        freedom: moments.count - 1.0,
    })
}

/// The two-sample Kolmogorov–Smirnov test for samples of one size R: D = sup |F_a − F_b|, and a bound on P[D' ≥ D] if both
/// follow one law, min(1, 2 C(2R, R−k)/C(2R, R)) with k = RD.
///
/// By the reflection principle that is the first term of the exact alternating series for a continuous law
/// (Gnedenko and Korolyuk, 1951), and so bounds it; ties make the true probability smaller still.
///
/// # Errors
/// As [`paired`].
///
/// ```
/// use selfreward::stats::kolmogorov;
///
/// // Of the C(6,3) = 20 ways to deal six values to two samples, two set them wholly apart.
/// let (distance, p) = kolmogorov(&[1.0, 2.0, 3.0], &[4.0, 5.0, 6.0])?;
/// assert_eq!(distance, 1.0);
/// assert!((p - 2.0 / 20.0).abs() < 1e-15);
/// # Ok::<(), selfreward::Error>(())
/// ```
pub fn kolmogorov(a: &[f64], b: &[f64]) -> Result<(f64, f64)> {
    same_size(a, b)?;
    Moments::of(a)?;
    Moments::of(b)?;
    let below = |values: &[f64], at: f64| values.iter().filter(|&&value| value <= at).count();
    let apart = a.iter().chain(b).map(|&at| below(a, at).abs_diff(below(b, at))).max().unwrap_or(0);
    let size = a.len();
    let ratio = |i: usize| (size - apart + i) as f64 / (size + i) as f64;
    let bound = 2.0 * (1..=apart).map(ratio).product::<f64>();
    Ok((apart as f64 / size as f64, bound.min(1.0)))
}

fn same_size(a: &[f64], b: &[f64]) -> Result<()> {
    if a.len() == b.len() {
        Ok(())
    } else {
        Err(Error::argument("size of the second sample", b.len(), format!("{}, that of the first", a.len())))
    }
}

struct Moments {
    count: f64,
    mean: f64,
    variance: f64,
}

impl Moments {
    fn of(values: &[f64]) -> Result<Self> {
        if values.len() < 2 {
            return Err(Error::argument("size of a sample", values.len(), "at least 2"));
        }
        if let Some(value) = values.iter().find(|value| !value.is_finite()) {
            return Err(Error::argument("value of a sample", value, "a finite number"));
        }
        let count = values.len() as f64;
        // Taken from the first value: a sample of equal values then has that mean and no spread, whatever the rounding.
        let first = values[0];
        let mean = first + values.iter().map(|value| value - first).sum::<f64>() / count;
        let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (count - 1.0);
        Ok(Self { count, mean, variance })
    }
}
