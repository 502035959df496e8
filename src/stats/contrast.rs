//! By how much two means differ: intervals of mean(b) − mean(a), each by the methods that means themselves have ([`super::interval`]).

use super::interval::{MeanInterval, mean_interval_at, mean_with_error};
use super::range::Range;

/// The mean of b − a over pairs, which are independent of each other, with an interval that misses its expectation with probability
/// `miss`. `ranges` are those of a and of b, so the differences lie between the distances of their ends.
///
/// # Panics
/// For samples of different sizes, or empty ones.
///
/// ```
/// use selfreward::stats::{Method, Range, paired_interval};
///
/// let (a, b) = ([0.5; 20], [0.7; 20]);
/// let difference = paired_interval(&a, &b, [Range::SHARE; 2], 0.05);
/// // Equal differences of 0.2 in [−1, 1] leave 1 − 0.025^(1/20) of the way to either end.
/// let share = 1.0 - 0.025f64.powf(1.0 / 20.0);
/// let (low, high) = difference.ends.expect("both ends are known");
/// assert!((low - (0.2 - share * 1.2)).abs() < 1e-6 && (high - (0.2 + share * 0.8)).abs() < 1e-6);
/// assert_eq!(difference.method, Method::Dirichlet);
/// ```
pub fn paired_interval(a: &[f64], b: &[f64], ranges: [Range; 2], miss: f64) -> MeanInterval {
    assert_eq!(a.len(), b.len(), "pairs");
    let changes: Vec<f64> = a.iter().zip(b).map(|(a, b)| b - a).collect();
    let range = Range { low: ranges[1].low - ranges[0].high, high: ranges[1].high - ranges[0].low };
    mean_interval_at(&changes, range, miss)
}

/// mean(b) − mean(a) of two samples without pairs, with an interval that misses the difference of their expectations with probability
/// at most `miss`: the means' own intervals, each of which may miss with half of it. So it holds whatever a and b have to do with each
/// other.
///
/// # Panics
/// For an empty sample.
///
/// ```
/// use selfreward::stats::{Range, unpaired_interval};
///
/// let difference = unpaired_interval(&[0.0; 20], &[1.0; 30], [Range::SHARE; 2], 0.05);
/// let share = |count: f64| 1.0 - 0.0125f64.powf(1.0 / count);
/// let (low, high) = difference.ends.expect("both ends are known");
/// assert!((low - (1.0 - share(20.0) - share(30.0))).abs() < 1e-6 && high == 1.0);
/// ```
pub fn unpaired_interval(a: &[f64], b: &[f64], ranges: [Range; 2], miss: f64) -> MeanInterval {
    let [of_a, of_b] =
        [(a, ranges[0]), (b, ranges[1])].map(|(values, range)| mean_interval_at(values, range, miss / 2.0));
    let (ends, method) = match (of_a.ends, of_b.ends) {
        (Some(a), Some(b)) => (Some((b.0 - a.1, b.1 - a.0)), of_b.method),
        (None, _) => (None, of_a.method),
        (_, None) => (None, of_b.method),
    };
    MeanInterval { mean: mean_with_error(b).0 - mean_with_error(a).0, ends, method }
}

/// The part of the way to the range's ends that `count` equal values leave open, where each end may be missed with probability `miss`.
fn open(count: usize, miss: f64) -> f64 {
    1.0 - miss.powf(1.0 / count as f64)
}

/// The least difference of two shares that an interval of so many replicates can tell from 0: that of replicates which all agree,
/// ≤ 1 if any is seen at all. `miss` is that of the interval.
///
/// ```
/// use selfreward::stats::{Range, least_visible, paired_interval};
///
/// let least = least_visible(30, 0.001, true);
/// let low = |difference: f64| paired_interval(&[0.0; 30], &[difference; 30], [Range::SHARE; 2], 0.001).ends.unwrap().0;
/// assert!(low(least - 1e-3) < 0.0 && low(least + 1e-3) > 0.0);
/// ```
pub fn least_visible(count: usize, miss: f64, paired: bool) -> f64 {
    let open = open(count, if paired { miss / 2.0 } else { miss / 4.0 });
    open / (1.0 - open)
}

/// How many replicates it takes, at least, until [`least_visible`] is as small as a difference in (0, 1].
///
/// ```
/// use selfreward::stats::{least_visible, replicates_to_see};
///
/// let count = replicates_to_see(0.2, 0.001, true);
/// assert!(least_visible(count, 0.001, true) <= 0.2 && least_visible(count - 1, 0.001, true) > 0.2);
/// ```
pub fn replicates_to_see(difference: f64, miss: f64, paired: bool) -> usize {
    let log = (if paired { miss / 2.0 } else { miss / 4.0 }).ln();
    // open ≤ u with u/(1 − u) = difference.
    let count = (log / -difference.ln_1p()).ceil();
    if count.is_finite() { (count as usize).max(2) } else { usize::MAX }
}
