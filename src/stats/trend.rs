//! Does a quantity drift upward?

use statrs::distribution::{ContinuousCDF, StudentsT};

use crate::stats::regression::{Observation, line};
use crate::{Error, Result};

/// A one-sided test of the slope of a straight line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Trend {
    /// The fitted slope.
    pub slope: f64,
    /// Its standard error, the scatter about the line taken as the error of the points.
    pub slope_error: f64,
    /// slope / slope_error; ±∞ for points exactly on a line that is not flat, 0 for a flat one.
    pub t: f64,
    /// P[T ≥ t] for a Student variable T with `points` − groups − 1 degrees of freedom: small where the slope is > 0.
    pub p_value: f64,
    /// Number of points.
    pub points: usize,
}

/// Tests "the slope of y against x is ≤ 0" against "> 0", as of log(measured/bound) against log n.
///
/// Exact for independent normal errors with variances proportional to 1/weight. Only relative weights matter.
///
/// # Errors
/// Those of [`line()`], and fewer than three points.
///
/// ```
/// use selfreward::stats::{Observation, rises};
///
/// let points = [(0.0, 0.0), (1.0, 2.0), (2.0, 1.0)].map(|(x, y)| Observation { x, y, weight: 1.0 });
/// let trend = rises(&points)?;
/// // Slope ½, residuals −½, 1, −½: the slope's error is √(1.5/2), and one degree of freedom is Cauchy's law.
/// assert!((trend.slope - 0.5).abs() < 1e-14);
/// let t = 0.5 / 0.75f64.sqrt();
/// assert!((trend.p_value - (0.5 - t.atan() / std::f64::consts::PI)).abs() < 1e-9);
/// # Ok::<(), selfreward::Error>(())
/// ```
pub fn rises(points: &[Observation]) -> Result<Trend> {
    rises_within(&[points])
}

/// The same for one slope in several groups, each with a level of its own.
///
/// # Errors
/// As [`rises`], with a point more for each further group.
pub fn rises_within(groups: &[&[Observation]]) -> Result<Trend> {
    let points: Vec<Observation> = groups.iter().flat_map(|group| about_mean(group)).collect();
    let fit = line(&points)?;
    // Each group's mean and the slope were taken from the points; the line itself counts one mean.
    let freedom = points.len().checked_sub(groups.len() + 1).filter(|&freedom| freedom > 0);
    let (Some(freedom), Some(of_one_group)) = (freedom, fit.scaled_slope_error()) else {
        return Err(Error::argument("points", points.len(), format!("{} points at least", groups.len() + 2)));
    };
    let freedom = freedom as f64;
    let slope_error = of_one_group * ((points.len() - 2) as f64 / freedom).sqrt();
    let t = if fit.slope == 0.0 { 0.0 } else { fit.slope / slope_error };
    let student = StudentsT::new(0.0, 1.0, freedom).expect("at least one degree of freedom");
    Ok(Trend { slope: fit.slope, slope_error, t, p_value: student.cdf(-t), points: points.len() })
}

/// A group relative to its weighted means; exactly 0 where nothing varies.
fn about_mean(group: &[Observation]) -> impl Iterator<Item = Observation> {
    let about = |value: fn(&Observation) -> f64| {
        let from_first = move |point: &Observation| value(point) - value(&group[0]);
        let weight: f64 = group.iter().map(|point| point.weight).sum();
        let mean = group.iter().map(|point| point.weight * from_first(point)).sum::<f64>() / weight;
        move |point: &Observation| from_first(point) - mean
    };
    let (x, y) = (about(|point| point.x), about(|point| point.y));
    group.iter().map(move |point| Observation { x: x(point), y: y(point), weight: point.weight })
}
