//! Sums that keep within the range of doubles.

use selfreward::floats::Norm;

#[test]
fn norm_survives_extremes() {
    for scale in [1.0, 1e200, 1e-200, 1e-320] {
        let norm = Norm::of(&[3.0 * scale, 0.0, -4.0 * scale]);
        // Denormal inputs are themselves rounded, to 5e-324.
        assert!((norm - 5.0 * scale).abs() <= 1e-15 * norm + 1e-323, "{scale}: {norm}");
    }
    assert_eq!(Norm::of(&[]), 0.0);
    assert_eq!(Norm::of(&[1.0, f64::NEG_INFINITY, f64::INFINITY, 2.0]), f64::INFINITY);
    let mut lumped = Norm::default();
    lumped.add(0.5, 4.0);
    assert_eq!(lumped.value(), 1.0);
}
