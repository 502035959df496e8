//! Many tests, or many intervals, at once.

/// The probability with which each of `count` intervals may miss, so that all of them hold together but for a probability of `joint`,
/// however they depend on each other (Bonferroni).
///
/// ```
/// assert_eq!(selfreward::stats::each_of(0.05, 20), 0.0025);
/// assert_eq!(selfreward::stats::each_of(0.05, 0), 0.05);
/// ```
pub fn each_of(joint: f64, count: usize) -> f64 {
    joint / count.max(1) as f64
}

/// Holm's adjusted p-values, in the order given: with p_(1) ≤ … ≤ p_(m), the i-th is max_{j ≤ i} min(1, (m−j+1) p_(j)).
///
/// Rejecting where the adjusted value is ≤ α keeps the probability of any false rejection ≤ α, however the tests depend on
/// each other (Holm 1979). A NaN counts as 1: a test that could not be made is no evidence, but it was asked.
///
/// ```
/// use selfreward::stats::holm;
///
/// // The least of three counts threefold, the next twofold; no adjusted value falls below one before it.
/// let adjusted = holm(&[0.01, 0.04, 0.03]);
/// let expected = [0.03, 0.06, 0.06];
/// assert!(adjusted.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-15));
/// ```
pub fn holm(p_values: &[f64]) -> Vec<f64> {
    let values: Vec<f64> = p_values.iter().map(|&p| if p.is_nan() { 1.0 } else { p }).collect();
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    let mut adjusted = vec![0.0; values.len()];
    let mut largest = 0.0f64;
    for (place, &index) in order.iter().enumerate() {
        largest = largest.max((values.len() - place) as f64 * values[index]).min(1.0);
        adjusted[index] = largest;
    }
    adjusted
}
