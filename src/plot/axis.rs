//! From a value to its place along an axis: the range, and the gutters for values that have no place in it.

use super::figure::{Axis, Scale};
use crate::error::{Error, Result};

/// Linear axes reach no farther than this from zero, so that differences of their ends stay finite.
const FARTHEST: f64 = 1e300;

/// A value's coordinate on a scale: itself, or its log₁₀ (−∞ for 0, NaN for a negative value).
pub(super) fn coordinate(scale: Scale, value: f64) -> f64 {
    match scale {
        Scale::Linear => value,
        Scale::Log10 => value.log10(),
    }
}

/// Where a value is drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Place {
    /// On the axis, at this pixel; outside the range if the value is.
    Axis(f64),
    /// In a gutter, whose middle is at this pixel: the value has no coordinate on the axis.
    Gutter(f64),
}

/// The strip beyond an axis's end that holds values without a coordinate.
#[derive(Debug, Clone, PartialEq)]
pub struct Gutter {
    /// What it holds: `0`, `≤0`, `−∞` or `∞`.
    pub label: &'static str,
    /// The pixel of its outer edge.
    pub edge: f64,
    /// The pixel of its middle, where the marks lie.
    pub middle: f64,
}

/// An axis with its range decided and its ends set to pixels.
#[derive(Debug, Clone, PartialEq)]
pub struct AxisMap {
    /// The scale.
    pub scale: Scale,
    /// The coordinates (log₁₀ of the values on a logarithmic axis) of the range's two ends.
    pub range: (f64, f64),
    /// The pixels of the range's two ends.
    pub ends: (f64, f64),
    /// The gutter beyond the low end, if some value needs it.
    pub low: Option<Gutter>,
    /// The gutter beyond the high end, if some value needs it.
    pub high: Option<Gutter>,
}

impl AxisMap {
    /// Lays an axis for `values` between two pixels, its low end (or the gutter beyond it) at the first, its high end at
    /// the second. Gutters are `gutter` pixels wide. `cells` is the range, in coordinates, that a heat map fills; without it, and without a range in `axis`,
    /// the range is that of the values, with a margin.
    ///
    /// # Errors
    ///
    /// If the axis's own range is not low < high, finite (positive on a logarithmic axis), and wide enough for
    /// doubles to resolve.
    pub fn new(
        axis: &Axis,
        values: &[f64],
        cells: Option<(f64, f64)>,
        (from, to): (f64, f64),
        gutter: f64,
    ) -> Result<Self> {
        let range = match (axis.range, cells) {
            (Some(range), _) => checked_range(axis.scale, &axis.label, range)?,
            (None, Some(cells)) => cells,
            (None, None) => data_range(axis.scale, values, 0.04),
        };
        let width = gutter * (to - from).signum();
        let beyond = |label, edge, inward| Gutter { label, edge, middle: edge + inward / 2.0 };
        let low = low_label(axis.scale, values).map(|label| beyond(label, from, width));
        let high = values.contains(&f64::INFINITY).then(|| beyond("∞", to, -width));
        let start = if low.is_some() { from + width } else { from };
        let end = if high.is_some() { to - width } else { to };
        Ok(Self { scale: axis.scale, range, ends: (start, end), low, high })
    }

    /// The pixel of a coordinate. Coordinates absurdly far away are held at 10³⁰⁰ ranges' distance.
    pub fn pixel(&self, coordinate: f64) -> f64 {
        let ((lo, hi), (start, end)) = (self.range, self.ends);
        start + ((coordinate - lo) / (hi - lo)).clamp(-1e300, 1e300) * (end - start)
    }

    /// Where a value is drawn; `None` for NaN.
    pub fn place(&self, value: f64) -> Option<Place> {
        match self.gutter_of(value) {
            Some(gutter) => gutter.as_ref().map(|g| Place::Gutter(g.middle)),
            None => (!value.is_nan()).then(|| Place::Axis(self.pixel(coordinate(self.scale, value)))),
        }
    }

    /// The pixel up to which an interval that ends at `value` is filled: that of the value, or the outer edge of its
    /// gutter; `None` for NaN.
    pub fn bound(&self, value: f64) -> Option<f64> {
        match self.gutter_of(value) {
            Some(gutter) => gutter.as_ref().map(|g| g.edge),
            None => (!value.is_nan()).then(|| self.pixel(coordinate(self.scale, value))),
        }
    }

    /// The gutter in which a value belongs, and whether there is one; `None` for a value with a coordinate and for NaN.
    fn gutter_of(&self, value: f64) -> Option<&Option<Gutter>> {
        if value == f64::INFINITY {
            Some(&self.high)
        } else if value == f64::NEG_INFINITY || (self.scale == Scale::Log10 && value <= 0.0) {
            Some(&self.low)
        } else {
            None
        }
    }

    /// The pixels between which the range lies, the smaller first.
    pub fn span(&self) -> (f64, f64) {
        (self.ends.0.min(self.ends.1), self.ends.0.max(self.ends.1))
    }
}

/// The label of the low gutter, if some value belongs there.
fn low_label(scale: Scale, values: &[f64]) -> Option<&'static str> {
    match scale {
        Scale::Linear => values.contains(&f64::NEG_INFINITY).then_some("−∞"),
        Scale::Log10 if values.iter().any(|&v| v < 0.0) => Some("≤0"),
        Scale::Log10 => values.contains(&0.0).then_some("0"),
    }
}

/// A range that was asked for, in coordinates.
pub(super) fn checked_range(scale: Scale, label: &str, (low, high): (f64, f64)) -> Result<(f64, f64)> {
    let ends = (coordinate(scale, low), coordinate(scale, high));
    let size = ends.0.abs().max(ends.1.abs());
    if size <= FARTHEST && ends.1 - ends.0 > 1e-12 * size {
        return Ok(ends);
    }
    let expected = match scale {
        Scale::Linear => "low < high, within ±1e300, apart by more than 1e-12 of their size",
        Scale::Log10 => "0 < low < high < ∞, apart by more than rounding",
    };
    Err(Error::argument(format!("range of {label:?}"), format!("[{low}, {high}]"), expected))
}

/// The range of those values that have a coordinate, with a margin of a fraction `margin` at either end; a range
/// about the value if they are all equal up to rounding, and 0 to 1 (0.1 to 1) if there are none.
pub(super) fn data_range(scale: Scale, values: &[f64], margin: f64) -> (f64, f64) {
    let coordinates = values.iter().map(|&v| coordinate(scale, v)).filter(|u| u.abs() <= FARTHEST);
    let (lo, hi) = coordinates.fold((f64::INFINITY, f64::NEG_INFINITY), |(lo, hi), u| (lo.min(u), hi.max(u)));
    let pad = match scale {
        _ if lo > hi => return if scale == Scale::Linear { (0.0, 1.0) } else { (-1.0, 0.0) },
        Scale::Linear if hi - lo <= 1e-9 * lo.abs().max(hi.abs()) => match lo.abs().max(hi.abs()) {
            0.0 => 1.0,
            size => 0.1 * size,
        },
        Scale::Log10 if hi - lo <= 1e-9 => 0.5,
        _ => margin * (hi - lo),
    };
    match scale {
        Scale::Linear => (lo - pad, hi + pad),
        Scale::Log10 => ((lo - pad).max(-323.5), (hi + pad).min(308.25)),
    }
}
