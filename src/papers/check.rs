//! The ranges that arguments of the theory must lie in.

use crate::error::{Error, Result};

/// `value` if `holds`, otherwise an error that names the argument, its value and its range.
fn require(name: &str, value: f64, holds: bool, expected: &str) -> Result<f64> {
    if holds { Ok(value) } else { Err(Error::argument(name, shown(value), expected)) }
}

/// The value in the shorter of the two notations.
pub(crate) fn shown(value: f64) -> String {
    if value == 0.0 || (1e-5..1e16).contains(&value.abs()) { value.to_string() } else { format!("{value:e}") }
}

/// A finite number above 0.
pub(crate) fn positive(name: &str, value: f64) -> Result<f64> {
    require(name, value, value.is_finite() && value > 0.0, "a finite number above 0")
}

/// A finite number, 0 or above.
pub(crate) fn nonnegative(name: &str, value: f64) -> Result<f64> {
    require(name, value, value.is_finite() && value >= 0.0, "a finite number, at least 0")
}

/// A number, 0 or above, infinity included: a bound may leave the doubles and still be capped.
pub(crate) fn nonnegative_or_infinite(name: &str, value: f64) -> Result<f64> {
    require(name, value, value >= 0.0, "a number, at least 0")
}

/// A finite number, 1 or above.
pub(crate) fn at_least_one(name: &str, value: f64) -> Result<f64> {
    require(name, value, value.is_finite() && value >= 1.0, "a finite number, at least 1")
}

/// A number strictly between 0 and 1.
pub(crate) fn open_unit(name: &str, value: f64) -> Result<f64> {
    require(name, value, value > 0.0 && value < 1.0, "a number strictly between 0 and 1")
}

/// A finite number.
pub(crate) fn finite(name: &str, value: f64) -> Result<f64> {
    require(name, value, value.is_finite(), "a finite number")
}

/// A number from 0 to 1.
pub(crate) fn unit(name: &str, value: f64) -> Result<f64> {
    require(name, value, (0.0..=1.0).contains(&value), "a number from 0 to 1")
}

/// A number above 0 and at most 1.
pub(crate) fn positive_unit(name: &str, value: f64) -> Result<f64> {
    require(name, value, value > 0.0 && value <= 1.0, "a number above 0 and at most 1")
}

/// A count: a whole number, 1 or above (held in a double, exact up to 2^53).
pub(crate) fn count(name: &str, value: f64) -> Result<f64> {
    require(name, value, value.is_finite() && value >= 1.0 && value.fract() == 0.0, "a whole number, at least 1")
}

/// A number of rounds, at least 1; at most a million, since bounds are computed round by round.
pub(crate) fn rounds(value: u32) -> Result<u32> {
    if (1..=1_000_000).contains(&value) {
        Ok(value)
    } else {
        Err(Error::argument("rounds", value, "a whole number between 1 and 1000000"))
    }
}

/// The largest number of triples that a search tries.
pub(crate) const MOST_SAMPLES: f64 = 1e300;

/// The least whole number n in [1, 10^300] (above 2^53: the least double) at which `holds`, if it holds at some n and
/// from the first such n on. By doubling, then bisection.
pub fn least_count(holds: impl Fn(f64) -> bool) -> Option<f64> {
    let mut high = 1.0;
    while !holds(high) {
        high *= 2.0;
        if high > MOST_SAMPLES {
            return None;
        }
    }
    let mut low = (high / 2.0).floor();
    while high - low > 1.0 {
        let middle = (low + (high - low) / 2.0).floor();
        if middle <= low || middle >= high {
            break;
        }
        if holds(middle) { high = middle } else { low = middle }
    }
    Some(high)
}
