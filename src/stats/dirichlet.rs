//! Bounds on the mean of a bounded quantity from R values, without a law assumed (N. Gaffke, 2005; E. Learned-Miller and
//! P. Thomas, 2020).
//!
//! The upper bound at level 1 − α is the 1 − α quantile of Σ_i D_i z_i, where z holds the R values and the range's upper end and D is
//! uniform on the simplex (Dirichlet with all parameters 1); the lower bound likewise with the lower end. Values that are 0 or 1
//! give the interval of Clopper and Pearson. It is never of zero width: R equal values v leave 1 − α^(1/R) of the way from v to either
//! end of the range.

use statrs::distribution::{ContinuousCDF, Normal};

use super::range::Range;

/// Up to so many values the distribution of Σ_i D_i z_i is computed exactly; beyond, by a saddlepoint approximation.
pub const EXACT_UP_TO: usize = 100;

/// Ends are found to this part of the range's length.
const PRECISION: f64 = 1e-7;

/// The two-sided interval of the mean at level 1 − `miss`, for at least one value in a range with both ends; values that rounding put
/// outside are taken for the nearer end.
pub fn bounds(values: &[f64], range: Range, miss: f64) -> (f64, f64) {
    let width = range.high - range.low;
    let within = |value: &f64| (range.clamp(*value) - range.low) / width;
    let mut up: Vec<f64> = values.iter().map(within).collect();
    up.sort_by(f64::total_cmp);
    let down: Vec<f64> = up.iter().rev().map(|value| 1.0 - value).collect();
    let (low, high) = (1.0 - upper(down, miss / 2.0), upper(up, miss / 2.0));
    (range.clamp(range.low + width * low), range.clamp(range.low + width * high))
}

/// The upper bound for values in [0, 1], ascending: the t that Σ_i D_i z_i exceeds with probability `miss`.
fn upper(mut values: Vec<f64>, miss: f64) -> f64 {
    let exact = values.len() <= EXACT_UP_TO;
    let mut low = values[0];
    values.push(1.0);
    let mut high = 1.0;
    while high - low > PRECISION * high {
        let middle = low + (high - low) / 2.0;
        if middle <= low || middle >= high {
            break;
        }
        let beyond = if exact { exceeds(&values, middle) } else { exceeds_nearly(&values, middle) };
        if beyond > miss {
            low = middle;
        } else {
            high = middle;
        }
    }
    high
}

/// `P[Σ_i D_i z_i > t]` for ascending knots z, at least one, exactly.
///
/// It is the divided difference of (z − t)₊^k over the k + 1 knots z (Hermite and Genocchi). With S(i,j) that of the knots i to j,
/// Leibniz' rule gives S(i,j) = [(z_j − t) S(i+1,j) + (t − z_i) S(i,j−1)] / (z_j − z_i), a convex combination where z_i ≤ t < z_j: no
/// digits are lost. S is 1 where all knots lie beyond t, and 0 where none does.
///
/// ```
/// use selfreward::stats::dirichlet::exceeds;
///
/// // With knots 0 and 1 the mean is the one gap D_2, which is uniform: P[D_2 > 0.3] = 0.7.
/// assert!((exceeds(&[0.0, 1.0], 0.3) - 0.7).abs() < 1e-15);
/// ```
pub fn exceeds(knots: &[f64], t: f64) -> f64 {
    let first = knots.partition_point(|&knot| knot <= t);
    let (below, above) = knots.split_at(first);
    let mut row = vec![1.0; above.len()];
    for z_i in below.iter().rev() {
        let mut left = 0.0;
        for (s, z_j) in row.iter_mut().zip(above) {
            *s = ((z_j - t) * *s + (t - z_i) * left) / (z_j - z_i);
            left = *s;
        }
    }
    row.last().copied().unwrap_or(0.0)
}

/// The same by the saddlepoint approximation of Lugannani and Rice: D is a vector of exponential variables over their sum, so the
/// event is Σ_i E_i a_i > 0 with a_i = z_i − t, and log E e^{s Σ E_i a_i} = −Σ log(1 − s a_i). At least one knot, ascending; in the
/// tails, where ends of intervals lie, the error is a few percent of the probability or less.
///
/// ```
/// use selfreward::stats::dirichlet::{exceeds, exceeds_nearly};
///
/// // A hundred knots from 0 to 1, whose mean exceeds 0.57 with probability 0.0078.
/// let knots: Vec<f64> = (0..100).map(|i| f64::from(i) / 99.0).collect();
/// let (exact, nearly) = (exceeds(&knots, 0.57), exceeds_nearly(&knots, 0.57));
/// assert!((nearly / exact - 1.0).abs() < 0.01);
/// ```
pub fn exceeds_nearly(knots: &[f64], t: f64) -> f64 {
    let (least, most) = (knots[0] - t, knots[knots.len() - 1] - t);
    if most <= 0.0 || least >= 0.0 {
        return if most <= 0.0 { 0.0 } else { 1.0 };
    }
    let slope = |s: f64| knots.iter().map(|z| (z - t) / (1.0 - s * (z - t))).sum::<f64>();
    let (mut low, mut high) = (1.0 / least, 1.0 / most);
    for _ in 0..60 {
        let middle = low + (high - low) / 2.0;
        if slope(middle) < 0.0 {
            low = middle;
        } else {
            high = middle;
        }
    }
    let s = low + (high - low) / 2.0;
    let (mut cumulant, mut curvature) = (0.0, 0.0);
    for z in knots {
        let a = z - t;
        cumulant -= (-s * a).ln_1p();
        curvature += (a / (1.0 - s * a)).powi(2);
    }
    let (w, u) = (s.signum() * (-2.0 * cumulant).max(0.0).sqrt(), s * curvature.sqrt());
    if w.abs() < 1e-4 {
        // The two last terms cancel; this far inside nobody asks for digits.
        return 0.5;
    }
    let density = (-0.5 * w * w).exp() / std::f64::consts::TAU.sqrt();
    (1.0 - Normal::standard().cdf(w) + density * (1.0 / u - 1.0 / w)).clamp(0.0, 1.0)
}
