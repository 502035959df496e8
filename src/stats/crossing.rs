//! Where a curve falls through a level.

/// The abscissa at which a curve of points (x, y) first falls from above `level` to it or below, between two neighbouring points by
/// linear interpolation; `None` if none of them bracket it.
///
/// ```
/// use selfreward::stats::falls_through;
///
/// let curve = [(1.0, 1.0), (3.0, 0.0), (4.0, 1.0)];
/// assert_eq!(falls_through(&curve, 0.5), Some(2.0));
/// assert_eq!(falls_through(&curve, -1.0), None);
/// ```
pub fn falls_through(curve: &[(f64, f64)], level: f64) -> Option<f64> {
    let pair = curve.windows(2).find(|pair| pair[0].1 > level && pair[1].1 <= level)?;
    let [(from, above), (to, below)] = pair else { return None };
    Some(from + (above - level) / (above - below) * (to - from))
}
