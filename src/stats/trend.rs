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
    /// P[T ≥ t] for a Student variable T with `points` − 2 degrees of freedom: small where the slope is > 0.
    pub p_value: f64,
    /// Number of points.
    pub points: usize,
}

/// Tests "the slope of y against x is ≤ 0" against "> 0", as of log(measured/bound) against log n.
///
/// Exact for independent normal errors with variances proportional to 1/weight. Only relative weights matter.
///
/// # Errors
/// Those of [`line`], and fewer than three points.
pub fn rises(points: &[Observation]) -> Result<Trend> {
    let fit = line(points)?;
    let Some(slope_error) = fit.scaled_slope_error() else {
        return Err(Error::argument("points", points.len(), "three points at least"));
    };
    let t = if fit.slope == 0.0 { 0.0 } else { fit.slope / slope_error };
    let freedom = (points.len() - 2) as f64;
    let student = StudentsT::new(0.0, 1.0, freedom).expect("at least one degree of freedom");
    Ok(Trend { slope: fit.slope, slope_error, t, p_value: student.cdf(-t), points: points.len() })
}
