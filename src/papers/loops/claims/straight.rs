//! How straight a curve is, for controls that call one straight.

/// The share of the ordinates' variance that a straight line leaves, 1 − R².
pub(super) fn bent(points: &[(f64, f64)]) -> f64 {
    let count = points.len() as f64;
    let mean = |of: fn(&(f64, f64)) -> f64| points.iter().map(of).sum::<f64>() / count;
    let (x, y) = (mean(|point| point.0), mean(|point| point.1));
    let sum = |of: &dyn Fn(f64, f64) -> f64| points.iter().map(|point| of(point.0 - x, point.1 - y)).sum::<f64>();
    let (xx, xy, yy) = (sum(&|dx, _| dx * dx), sum(&|dx, dy| dx * dy), sum(&|_, dy| dy * dy));
    if yy == 0.0 { 0.0 } else { (1.0 - xy * xy / (xx * yy)).max(0.0) }
}
