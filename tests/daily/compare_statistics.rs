//! Intervals of differences: false alarms, power, and plain arithmetic.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use selfreward::stats::{Method, Range, each_of, least_visible, paired_interval, unpaired_interval};

/// Pairs of which nothing differs in expectation: most replicates agree, one in ten is another world, by either side.
fn null_pairs(count: usize, rng: &mut ChaCha8Rng) -> (Vec<f64>, Vec<f64>) {
    let pair = |rng: &mut ChaCha8Rng| {
        let base: f64 = 0.5 * rng.random::<f64>();
        let shift = match rng.random_range(0..20) {
            0 => 0.4,
            1 => -0.4,
            _ => 0.02 * (rng.random::<f64>() - 0.5),
        };
        let a = base + 0.45;
        (a, (a + shift).clamp(0.0, 1.0))
    };
    (0..count).map(|_| pair(rng)).unzip()
}

/// 400 comparisons of 12 quantities each, without a difference in expectation. Joint intervals may give a false alarm in 5% of them;
/// that more than 40 of 400 do has a probability below 2e-5 at that level (Chernoff: exp(−400·KL(0.1‖0.05))), and the seed is pinned.
#[test]
fn false_alarms_are_as_rare_as_the_joint_level_says() {
    let mut rng = ChaCha8Rng::seed_from_u64(5);
    let miss = each_of(0.05, 12);
    let mut alarms = [0; 2];
    for _ in 0..400 {
        let mut any = [false; 2];
        for _ in 0..12 {
            let (a, b) = null_pairs(20, &mut rng);
            let excludes = |ends: Option<(f64, f64)>| ends.is_some_and(|(low, high)| low > 0.0 || high < 0.0);
            any[0] |= excludes(paired_interval(&a, &b, [Range::SHARE; 2], miss).ends);
            any[1] |= excludes(unpaired_interval(&a, &b, [Range::SHARE; 2], miss).ends);
        }
        alarms.iter_mut().zip(any).for_each(|(count, any)| *count += usize::from(any));
    }
    assert!(alarms.iter().all(|&count| count <= 40), "{alarms:?}");
}

/// A shift that is as large as [`least_visible`] promises, with scatter that is small against it, is found; one of half the size is not.
#[test]
fn a_true_shift_is_found_from_the_size_on_that_is_promised() {
    let mut rng = ChaCha8Rng::seed_from_u64(6);
    for (count, comparisons) in [(20, 10), (30, 40), (100, 100)] {
        let miss = each_of(0.05, comparisons);
        let least = least_visible(count, miss, true);
        let low = |shift: f64, rng: &mut ChaCha8Rng| {
            let a: Vec<f64> = (0..count).map(|_| 0.01 * rng.random::<f64>()).collect();
            let b: Vec<f64> = a.iter().map(|a| a + shift + 0.001 * rng.random::<f64>()).collect();
            paired_interval(&a, &b, [Range::SHARE; 2], miss).ends.unwrap().0
        };
        assert!(low(least + 0.01, &mut rng) > 0.0, "{count}: {least}");
        assert!(low(least / 2.0, &mut rng) < 0.0, "{count}: {least}");
    }
}

/// Oracle: the mean and its error written out, and a printed quantile of Student's law (t₀.₉₇₅ of 29 degrees of freedom, 2.04523).
#[test]
fn quantities_without_an_end_have_students_interval_of_the_differences() {
    let a: Vec<f64> = (0..30).map(|i| f64::from(i * i % 7)).collect();
    let b: Vec<f64> = (0..30).map(|i| f64::from(i * i % 11)).collect();
    let changes: Vec<f64> = a.iter().zip(&b).map(|(a, b)| b - a).collect();
    let mean = changes.iter().sum::<f64>() / 30.0;
    let square = changes.iter().map(|d| (d - mean) * (d - mean)).sum::<f64>() / 29.0;
    let half = 2.04523 * (square / 30.0).sqrt();
    let found = paired_interval(&a, &b, [Range::NON_NEGATIVE; 2], 0.05);
    let (low, high) = found.ends.unwrap();
    assert!((found.mean - mean).abs() < 1e-12 && found.method == Method::Student);
    assert!((low - (mean - half)).abs() < 1e-5 && (high - (mean + half)).abs() < 1e-5);
    assert_eq!(paired_interval(&a[..29], &b[..29], [Range::NON_NEGATIVE; 2], 0.05).method, Method::TooFew);
    assert_eq!(unpaired_interval(&a[..29], &b, [Range::NON_NEGATIVE; 2], 0.05).ends, None);
}
