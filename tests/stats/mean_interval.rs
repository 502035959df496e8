//! Means over replicates and their intervals.

use selfreward::stats::{MeanInterval, Method, Range, STUDENT_FROM, mean_interval, mean_with_error, student_quantile};

fn student(values: &[f64]) -> (f64, f64) {
    let interval = mean_interval(values, Range::ANY);
    assert_eq!(interval.method, Method::Student);
    interval.ends.unwrap()
}

/// Oracle: printed tables of the t distribution (t_{0.975,1} = 12.7062, t_{0.975,30} = 2.04227).
#[test]
fn agrees_with_printed_quantiles() {
    assert!((student_quantile(0.05, 1.0) - 12.7062).abs() < 1e-4);
    // The variance of 0, 1, …, R − 1 is R(R + 1)/12.
    let values: Vec<f64> = (0..31).map(f64::from).collect();
    let (low, high) = student(&values);
    let half = 2.04227 * (32.0f64 / 12.0).sqrt();
    assert!((high - low - 2.0 * half).abs() < 1e-4 && ((high + low) / 2.0 - 15.0).abs() < 1e-12);
    let huge = student(&values.iter().map(|value| value * 1e300).collect::<Vec<f64>>());
    assert!((huge.0 / 1e300 - low).abs() < 1e-12 && (huge.1 / 1e300 - high).abs() < 1e-12);
    assert!(mean_with_error(&[1e308, 1.5e308]).0.is_finite());
}

#[test]
fn an_interval_ends_where_its_range_does() {
    let mut values = [1.0; STUDENT_FROM];
    values[0] = 9.0;
    let (low, high) = mean_interval(&values, Range::AT_LEAST_ONE).ends.unwrap();
    assert!(student(&values).0 < 1.0 && low == 1.0 && high == student(&values).1);
}

#[test]
fn there_is_no_interval_without_a_reason() {
    let of = |values: &[f64], range| {
        let interval = mean_interval(values, range);
        assert_eq!(interval.ends, None);
        interval.method
    };
    assert_eq!(of(&[3.0], Range::ANY), Method::Single);
    assert_eq!(of(&[0.5], Range::SHARE), Method::Single);
    assert_eq!(of(&[f64::INFINITY, 1.0], Range::ANY), Method::Infinite);
    assert_eq!(of(&[f64::NAN, 1.0], Range::SHARE), Method::Infinite);
    let varied: Vec<f64> = (1..STUDENT_FROM).map(|value| value as f64).collect();
    assert_eq!(of(&varied, Range::NON_NEGATIVE), Method::TooFew);
    assert_eq!(of(&[0.1; STUDENT_FROM], Range::NON_NEGATIVE), Method::Agree);
}

#[test]
fn what_is_computed_alike_is_exact() {
    assert_eq!(
        MeanInterval::exact(&[0.1; 7]),
        MeanInterval { mean: 0.1, ends: Some((0.1, 0.1)), method: Method::Exact }
    );
    let rounded = MeanInterval::exact(&[1.0, 1.0 + f64::EPSILON]);
    assert_eq!(rounded.ends, Some((1.0, 1.0 + f64::EPSILON)));
}
