//! Exact binomial inference and the adjustment for many tests.

use approx::assert_relative_eq;
use selfreward::stats::{clopper_pearson, deviation, holm, lower_tail, upper_tail};

/// Rows of one kind: successes, trials, p (or level), two values.
fn oracle(kind: &str) -> Vec<(u64, u64, f64, f64, f64)> {
    let mut reader = csv::Reader::from_reader(include_str!("../oracles/stats.csv").as_bytes());
    let rows: Vec<_> = reader
        .deserialize::<(String, u64, u64, f64, f64, f64)>()
        .map(|row| row.unwrap())
        .filter(|row| row.0 == kind)
        .map(|row| (row.1, row.2, row.3, row.4, row.5))
        .collect();
    assert!(!rows.is_empty());
    rows
}

/// The binomial masses by the recursion (1−p) P_n(k) + p P_n(k−1): sums of positive terms, no cancellation.
fn masses(trials: usize, p: f64) -> Vec<f64> {
    let mut masses = vec![0.0; trials + 1];
    masses[0] = 1.0;
    for _ in 0..trials {
        for k in (0..masses.len()).rev() {
            masses[k] = (1.0 - p) * masses[k] + if k > 0 { p * masses[k - 1] } else { 0.0 };
        }
    }
    masses
}

/// Oracle: sums of masses in 50-digit arithmetic (tests/oracles/stats.py). A double p is itself only exact to 1e-16, which
/// the tails of 10^12 trials amplify by up to n (k/n − p)/(1 − p) ~ 3e4.
#[test]
fn tails_are_the_sums_of_masses() {
    for (k, n, p, upper, lower) in oracle("tails") {
        assert_relative_eq!(upper_tail(k, n, p).unwrap(), upper, max_relative = 1e-11);
        assert_relative_eq!(lower_tail(k, n, p).unwrap(), lower, max_relative = 1e-11);
    }
}

/// Oracle: sums of masses by Pascal's recursion, over every count and both sides of the mode.
#[test]
fn tails_of_few_trials_are_exact() {
    for trials in 1..40usize {
        for p in [0.0, 1e-9, 0.03, 0.5, 0.77, 1.0] {
            let masses = masses(trials, p);
            for k in 0..=trials {
                let (upper, lower): (f64, f64) = (masses[k..].iter().sum(), masses[..=k].iter().sum());
                let (k, n) = (k as u64, trials as u64);
                assert_relative_eq!(upper_tail(k, n, p).unwrap(), upper, max_relative = 1e-12);
                assert_relative_eq!(lower_tail(k, n, p).unwrap(), lower, max_relative = 1e-12);
            }
        }
    }
}

/// Oracle: bisection of the sums in 50-digit arithmetic (tests/oracles/stats.py), and printed tables (Clopper and Pearson
/// 1934; Collett 2003) at four digits.
#[test]
fn limits_agree_with_high_precision_and_print() {
    for (k, n, level, lower, upper) in oracle("limits") {
        let ends = clopper_pearson(k, n, level).unwrap();
        assert_relative_eq!(ends.0, lower, max_relative = 1e-12);
        assert_relative_eq!(ends.1, upper, max_relative = 1e-12);
    }
    for (k, lower, upper) in [(0, 0.0, 0.3085), (1, 0.0025, 0.4450), (5, 0.1871, 0.8129), (10, 0.6915, 1.0)] {
        let ends = clopper_pearson(k, 10, 0.95).unwrap();
        assert!((ends.0 - lower).abs() < 5e-5 && (ends.1 - upper).abs() < 5e-5, "{k}: {ends:?}");
    }
    // 1 − (α/2)^{1/n}: 3.69 in n, the "rule of three" with two tails.
    let (lower, upper) = clopper_pearson(0, 1_000_000, 0.95).unwrap();
    assert_eq!(lower, 0.0);
    assert_relative_eq!(upper, 3.688_872_65e-6, max_relative = 1e-8);
}

/// Coverage summed exactly over all counts is ≥ the level at every p, and just so at its worst: next to an end of the
/// interval of k, where the count k drops out, it falls to within one tail of the level.
#[test]
fn coverage_is_at_least_the_level() {
    for (trials, level) in [(1usize, 0.95), (5, 0.9), (12, 0.95), (30, 0.99)] {
        let intervals: Vec<_> =
            (0..=trials).map(|k| clopper_pearson(k as u64, trials as u64, level).unwrap()).collect();
        let coverage = |p: f64| -> f64 {
            masses(trials, p).iter().zip(&intervals).filter(|(_, i)| i.0 <= p && p <= i.1).map(|(mass, _)| mass).sum()
        };
        let grid = (1..1000).map(|i| f64::from(i) / 1000.0);
        // Just inside and outside every end: there the coverage jumps.
        let ends = intervals.iter().flat_map(|i| [i.0, i.1]).flat_map(|p| [p * (1.0 - 1e-9), p, p * (1.0 + 1e-9)]);
        let worst = grid.chain(ends.filter(|p| *p <= 1.0)).map(coverage).fold(1.0, f64::min);
        let tail = (1.0 - level) / 2.0;
        assert!(worst >= level - 1e-8, "{trials}: {worst}");
        assert!(worst <= level + tail, "{trials}: {worst}");
    }
}

/// The test "failure has probability ≤ p" at size α rejects with probability ≤ α under p itself: the p-value is valid, and
/// exact, P[p-value ≤ u] = u where u is one of its values. Oracle: masses by Pascal's recursion.
#[test]
fn the_p_value_is_exact() {
    let (trials, p) = (20usize, 0.13);
    let masses = masses(trials, p);
    let values: Vec<f64> = (0..=trials).map(|k| upper_tail(k as u64, trials as u64, p).unwrap()).collect();
    for &value in &values {
        let below: f64 = masses.iter().zip(&values).filter(|(_, other)| **other <= value).map(|(mass, _)| mass).sum();
        assert_relative_eq!(below, value, max_relative = 1e-12);
    }
}

#[test]
fn wrong_arguments_are_named() {
    for (result, name) in [
        (clopper_pearson(0, 0, 0.95), "trials = 0"),
        (clopper_pearson(3, 2, 0.95), "successes = 3"),
        (clopper_pearson(1, 2, 1.0), "level = 1"),
        (clopper_pearson(1, 2, f64::NAN), "level = NaN"),
        (clopper_pearson(1, u64::MAX, 0.5), "trials = 18446744073709551615"),
        (upper_tail(1, 2, -0.1).map(|p| (p, p)), "p = -0.1"),
        (lower_tail(1, 2, f64::NAN).map(|p| (p, p)), "p = NaN"),
    ] {
        let message = result.unwrap_err().to_string();
        assert!(message.starts_with(name), "{message}");
    }
}

/// By hand: sorted 0.005·4 = 0.02, 0.01·3 = 0.03, 0.03·2 = 0.06, 0.04·1 = 0.04 raised to 0.06.
#[test]
fn holm_by_hand() {
    for (found, expected) in holm(&[0.01, 0.04, 0.03, 0.005]).iter().zip([0.03, 0.06, 0.06, 0.02]) {
        assert_relative_eq!(*found, expected, max_relative = 1e-14);
    }
    assert_eq!(holm(&[0.7, 0.6, f64::NAN]), [1.0, 1.0, 1.0]);
    assert_eq!(holm(&[0.01, f64::NAN, -f64::NAN]), [0.03, 1.0, 1.0]);
    assert!(holm(&[]).is_empty());
}

/// Oracle: the exact tails. Chernoff's bound is never below them, and its exponent is right: −log of the tail over N tends to it.
#[test]
fn deviations_bound_the_exact_tails() {
    for (trials, p) in [(50, 0.3), (400, 0.02), (10_000, 0.61)] {
        for k in (0..=trials).step_by(trials as usize / 50) {
            let z = deviation(k as f64 / trials as f64, trials as f64, p).unwrap();
            let tail = if z > 0.0 { upper_tail(k, trials, p) } else { lower_tail(k, trials, p) }.unwrap();
            assert!(tail <= (-z * z / 2.0).exp() * (1.0 + 1e-9), "{k} of {trials} at {p}: {tail} {z}");
        }
    }
    // k = 6500 of 10^4 at 0.61: Stirling leaves a factor below 10^2 between the bound and the tail.
    let z = deviation(0.65, 1e4, 0.61).unwrap();
    assert!((-z * z / 2.0 - upper_tail(6500, 10_000, 0.61).unwrap().ln()).abs() < 100f64.ln());
    // Close to p it is the number of standard errors.
    assert_relative_eq!(deviation(0.301, 1e4, 0.3).unwrap(), 0.001 / (0.21f64 / 1e4).sqrt(), max_relative = 1e-2);
    assert_eq!(deviation(0.3, 77.0, 0.3).unwrap(), 0.0);
    assert_eq!(deviation(0.1, 10.0, 0.0).unwrap(), f64::INFINITY);
    assert_eq!(deviation(0.0, 10.0, 1.0).unwrap(), f64::NEG_INFINITY);
    assert!(
        deviation(1.1, 10.0, 0.5).is_err() && deviation(0.5, 0.0, 0.5).is_err() && deviation(0.5, 1.0, -0.1).is_err()
    );
}
