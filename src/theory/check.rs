//! The ranges that arguments of the theory must lie in.

use crate::error::{Error, Result};

/// `value` if `holds`, otherwise an error that names the argument, its value and its range.
fn require(name: &str, value: f64, holds: bool, expected: &str) -> Result<f64> {
    if holds { Ok(value) } else { Err(Error::argument(name, value, expected)) }
}

/// A finite number above 0.
pub(crate) fn positive(name: &str, value: f64) -> Result<f64> {
    require(name, value, value.is_finite() && value > 0.0, "a finite number above 0")
}

/// A number strictly between 0 and 1.
pub(crate) fn open_unit(name: &str, value: f64) -> Result<f64> {
    require(name, value, value > 0.0 && value < 1.0, "a number strictly between 0 and 1")
}

/// A count: a whole number, 1 or above (held in a double, exact up to 2^53).
pub(crate) fn count(name: &str, value: f64) -> Result<f64> {
    require(name, value, value.is_finite() && value >= 1.0 && value.fract() == 0.0, "a whole number, at least 1")
}

/// A number of rounds, 1 or above.
pub(crate) fn rounds(value: u32) -> Result<u32> {
    if value >= 1 { Ok(value) } else { Err(Error::argument("rounds", value, "a whole number, at least 1")) }
}
