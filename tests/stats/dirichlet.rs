//! Bounds on the mean of a bounded quantity, without a law assumed.

use selfreward::stats::dirichlet::{EXACT_UP_TO, bounds, exceeds, exceeds_nearly};
use selfreward::stats::{Range, clopper_pearson};

/// Oracle: the interval of Clopper and Pearson, from the incomplete beta function.
#[test]
fn zeros_and_ones_give_the_interval_of_a_binomial_share() {
    for (count, of) in [(0, 3), (1, 3), (3, 10), (10, 10), (2, 30), (7, 100), (0, 400), (5, 400), (200, 400)] {
        let values: Vec<f64> = (0..of).map(|index| f64::from(u8::from(index < count))).collect();
        let (low, high) = bounds(&values, Range::SHARE, 0.05);
        let (expected_low, expected_high) = clopper_pearson(count, of, 0.95).unwrap();
        let allowed = if of <= EXACT_UP_TO as u64 { 1e-6 } else { 5e-4 };
        assert!((low - expected_low).abs() < allowed, "{count} of {of}: {low} for {expected_low}");
        assert!((high - expected_high).abs() < allowed, "{count} of {of}: {high} for {expected_high}");
    }
}

/// Oracle: a single gap's law, P[D_{R+1} > x] = (1 − x)^R.
#[test]
fn equal_values_leave_a_share_of_the_way_to_either_end() {
    for (value, count) in [(0.0, 3), (0.25, 10), (1.0, 5), (0.5, 60)] {
        let (low, high) = bounds(&vec![value; count], Range::SHARE, 0.05);
        let share = 1.0 - 0.025f64.powf(1.0 / count as f64);
        assert!((high - (value + share * (1.0 - value))).abs() < 1e-6 && (low - value * (1.0 - share)).abs() < 1e-6);
    }
    let (low, high) = bounds(&[0.0; 4], Range::COSINE, 0.05);
    assert!((low + high).abs() < 1e-6 && low > -1.0 && high < 1.0);
}

/// Oracle: the exact recurrence, at the largest R that uses it.
#[test]
fn the_approximation_meets_the_exact_law() {
    for power in [1.0, 3.0, 12.0] {
        let mut knots: Vec<f64> = (0..EXACT_UP_TO).map(|i| (i as f64 / 120.0).powf(power)).collect();
        knots.push(1.0);
        for t in (1..40).map(|step| f64::from(step) / 60.0) {
            let (exact, nearly) = (exceeds(&knots, t), exceeds_nearly(&knots, t));
            if (1e-4..0.1).contains(&exact) {
                assert!((nearly / exact - 1.0).abs() < 0.05, "{power} {t}: {nearly} for {exact}");
            }
        }
    }
}

/// Oracle: rounding of a sum of shares may exceed 1 by a few units.
#[test]
fn ends_never_leave_the_range() {
    for values in [vec![1.0 + f64::EPSILON; 3], vec![-1e-17, 0.0, 0.0], vec![0.0, 1.0], vec![1e-300; 5]] {
        let (low, high) = bounds(&values, Range::SHARE, 0.05);
        assert!((0.0..=1.0).contains(&low) && (0.0..=1.0).contains(&high) && low < high, "{values:?}: {low} {high}");
    }
}
