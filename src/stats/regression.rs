//! Straight lines by weighted least squares, and the exponents and rates read from them.

use crate::stats::interval::mean_with_error;
use crate::{Error, Result};

/// A point of a straight-line fit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Observation {
    /// Abscissa.
    pub x: f64,
    /// Ordinate.
    pub y: f64,
    /// Weight, > 0: one over the variance of `y`, or 1 everywhere where the variances are equal and unknown.
    pub weight: f64,
}

/// A measured quantity at one abscissa.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measured {
    /// Abscissa (n, T, j).
    pub x: f64,
    /// The mean over replicates, or the value of a deterministic quantity.
    pub mean: f64,
    /// The standard error of the mean, ≥ 0; 0 where the quantity is deterministic.
    pub error: f64,
}

impl Measured {
    /// The mean of `values` (at least one) at `x`; a single value counts as deterministic.
    pub fn of(x: f64, values: &[f64]) -> Self {
        let (mean, error) = mean_with_error(values);
        Self { x, mean, error: error.unwrap_or(0.0) }
    }

    /// The same point, its error joined in quadrature with `relative`·|mean|: what the fitted law itself may be wrong by.
    #[must_use]
    pub fn widened(self, relative: f64) -> Self {
        Self { error: self.error.hypot(relative * self.mean), ..self }
    }
}

/// A straight line y ≈ intercept + slope·x fitted by weighted least squares.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Line {
    /// The value at x = 0.
    pub intercept: f64,
    /// The slope.
    pub slope: f64,
    /// Standard error of the slope if each weight is one over its point's variance: 1/√(Σ w (x−x̄)²).
    pub slope_error: f64,
    /// Σ w (y − intercept − slope·x)²: about `points` − 2 where the weights are right and the law is a line.
    pub chi_square: f64,
    /// Number of points fitted.
    pub points: usize,
    /// Number of points left out, since they have no logarithm (0 in a fit by [`line()`]).
    pub dropped: usize,
}

impl Line {
    /// Standard error of the slope if the weights are right up to a common factor: `slope_error`·√(`chi_square`/(`points` − 2)).
    ///
    /// `None` with two points, which leave nothing to estimate the factor from.
    pub fn scaled_slope_error(&self) -> Option<f64> {
        let freedom = self.points.checked_sub(2).filter(|&freedom| freedom > 0)?;
        Some(self.slope_error * (self.chi_square / freedom as f64).sqrt())
    }

    /// The line's value at `x`.
    pub fn at(&self, x: f64) -> f64 {
        self.intercept + self.slope * x
    }
}

/// The line that minimises Σ w (y − a − b x)².
///
/// # Errors
/// Fewer than two different x; a value that is not finite; a weight ≤ 0.
///
/// ```
/// use selfreward::stats::{Observation, line};
///
/// // Two points fix a line; a weight at the third pulls it there: the slope is Σ w x y/Σ w x² about the weighted means.
/// let points = [(0.0, 1.0, 1.0), (1.0, 2.0, 1.0), (1.0, 4.0, 3.0)];
/// let fit = line(&points.map(|(x, y, weight)| Observation { x, y, weight }))?;
/// assert!((fit.at(0.0) - 1.0).abs() < 1e-14);
/// assert!((fit.at(1.0) - (2.0 + 3.0 * 4.0) / 4.0).abs() < 1e-14);
/// # Ok::<(), selfreward::Error>(())
/// ```
pub fn line(points: &[Observation]) -> Result<Line> {
    for point in points {
        check_finite("x", point.x)?;
        check_finite("y", point.y)?;
        if !(point.weight > 0.0 && point.weight.is_finite()) {
            return Err(Error::argument("weight", point.weight, "a finite number > 0"));
        }
    }
    let first = match points.first() {
        Some(&first) if points.iter().any(|point| point.x != first.x) => first,
        _ => return Err(Error::argument("points", points.len(), "points at two different x at least")),
    };
    // Differences from the first point: a constant y has slope exactly 0.
    let weight: f64 = points.iter().map(|point| point.weight).sum();
    let mean = |of: fn(&Observation) -> f64| {
        of(&first) + points.iter().map(|point| point.weight * (of(point) - of(&first))).sum::<f64>() / weight
    };
    let (x, y) = (mean(|point| point.x), mean(|point| point.y));
    let spread: f64 = points.iter().map(|point| point.weight * (point.x - x).powi(2)).sum();
    let slope = points.iter().map(|point| point.weight * (point.x - x) * (point.y - y)).sum::<f64>() / spread;
    let chi_square = points.iter().map(|point| point.weight * (point.y - y - slope * (point.x - x)).powi(2)).sum();
    let slope_error = 1.0 / spread.sqrt();
    Ok(Line { intercept: y - slope * x, slope, slope_error, chi_square, points: points.len(), dropped: 0 })
}

/// The power law y ≈ C x^slope, log C = intercept, fitted to log y against log x.
///
/// Log y has weight (mean/error)², the inverse of its variance to first order; where every error is 0 the weights are 1 (use
/// [`Line::scaled_slope_error`] then). Points whose mean is ≤ 0, or whose mean or error is not finite, are left out and
/// counted in [`Line::dropped`].
///
/// # Errors
/// Fewer than two different x left; x ≤ 0; an error < 0; errors of 0 beside others (use [`Measured::widened`]).
///
/// ```
/// use selfreward::stats::{Measured, log_log};
///
/// let points = [1.0, 4.0, 16.0].map(|n: f64| Measured { x: n, mean: 3.0 / n.sqrt(), error: 0.0 });
/// let line = log_log(&points)?;
/// assert!((line.slope + 0.5).abs() < 1e-14);
/// assert!((line.intercept - 3f64.ln()).abs() < 1e-14);
/// # Ok::<(), selfreward::Error>(())
/// ```
pub fn log_log(points: &[Measured]) -> Result<Line> {
    if let Some(point) = points.iter().find(|point| point.x <= 0.0) {
        return Err(Error::argument("x", point.x, "a number > 0"));
    }
    logarithmic(points, f64::ln)
}

/// The exponential law y ≈ C e^{slope·x}, log C = intercept, fitted to log y against x, with the weights of [`log_log`].
///
/// # Errors
/// Those of [`log_log`], with x of any sign.
pub fn log_linear(points: &[Measured]) -> Result<Line> {
    logarithmic(points, |x| x)
}

fn logarithmic(points: &[Measured], abscissa: impl Fn(f64) -> f64) -> Result<Line> {
    let observations = log_observations(points)?;
    let moved: Vec<Observation> =
        observations.iter().map(|&point| Observation { x: abscissa(point.x), ..point }).collect();
    Ok(Line { dropped: points.len() - moved.len(), ..line(&moved)? })
}

/// Log y against x, weighted; points without a logarithm are left out.
pub(super) fn log_observations(points: &[Measured]) -> Result<Vec<Observation>> {
    if let Some(point) = points.iter().find(|point| point.error < 0.0) {
        return Err(Error::argument("error", point.error, "a standard error ≥ 0"));
    }
    let kept: Vec<&Measured> =
        points.iter().filter(|point| point.mean > 0.0 && point.mean.is_finite() && point.error.is_finite()).collect();
    let exact = kept.iter().filter(|point| point.error == 0.0).count();
    if exact > 0 && exact < kept.len() {
        return Err(Error::argument("error", 0, format!("errors of 0 at all {} points or at none", kept.len())));
    }
    let weight = |point: &Measured| if exact > 0 { 1.0 } else { (point.mean / point.error).powi(2) };
    Ok(kept.iter().map(|point| Observation { x: point.x, y: point.mean.ln(), weight: weight(point) }).collect())
}

fn check_finite(name: &str, value: f64) -> Result<()> {
    if value.is_finite() { Ok(()) } else { Err(Error::argument(name, value, "a finite number")) }
}
