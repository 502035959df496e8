//! Small numerical helpers that keep sums exact enough where doubles run out of range.

/// A Euclidean norm that neither overflows nor underflows: terms are scaled by the largest magnitude met so far.
///
/// ```
/// use selfreward::floats::Norm;
///
/// // The squares overflow, the norm does not.
/// assert!((Norm::of(&[3e200, 4e200]) / 5e200 - 1.0).abs() < 1e-15);
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Norm {
    scale: f64,
    sum: f64,
}

impl Norm {
    /// Adds `count` coordinates of the value `x`.
    pub fn add(&mut self, x: f64, count: f64) {
        let size = x.abs();
        if size == 0.0 || count == 0.0 {
            return;
        }
        if size > self.scale {
            self.sum *= (self.scale / size).powi(2);
            self.scale = size;
        }
        self.sum += count * (size / self.scale).powi(2);
    }

    /// The norm of all that was added; +∞ if a coordinate was infinite.
    pub fn value(&self) -> f64 {
        if self.scale == f64::INFINITY { self.scale } else { self.scale * self.sum.sqrt() }
    }

    /// The norm of a vector.
    pub fn of<'a>(values: impl IntoIterator<Item = &'a f64>) -> f64 {
        let mut norm = Self::default();
        values.into_iter().for_each(|&x| norm.add(x, 1.0));
        norm.value()
    }
}
