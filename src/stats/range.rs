//! Where the values of a quantity can lie.

/// The values that a quantity can have, by its definition; an end that it does not have is infinite.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Range {
    /// No value is below.
    pub low: f64,
    /// No value is above.
    pub high: f64,
}

impl Range {
    /// Shares and probabilities.
    pub const SHARE: Self = Self { low: 0.0, high: 1.0 };
    /// Losses, divergences, norms.
    pub const NON_NEGATIVE: Self = Self { low: 0.0, high: f64::INFINITY };
    /// Condition numbers.
    pub const AT_LEAST_ONE: Self = Self { low: 1.0, high: f64::INFINITY };
    /// Cosines.
    pub const COSINE: Self = Self { low: -1.0, high: 1.0 };
    /// Any number.
    pub const ANY: Self = Self { low: f64::NEG_INFINITY, high: f64::INFINITY };

    /// Whether it has both ends.
    pub fn bounded(&self) -> bool {
        self.low.is_finite() && self.high.is_finite()
    }

    /// The value of the range that is nearest to a number.
    pub fn clamp(&self, value: f64) -> f64 {
        value.max(self.low).min(self.high)
    }
}
