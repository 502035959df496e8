//! Sums that keep within the range of doubles.

use proptest::prelude::*;
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

/// Numbers of all sizes, and those that are none; many of one size, so that blocks go without being rescaled.
fn number() -> impl Strategy<Value = f64> {
    prop_oneof![
        20 => -1.0..1.0f64,
        5 => Just(0.0),
        2 => Just(-0.0),
        3 => (-320..308i32).prop_map(|exponent| 10f64.powi(exponent)),
        1 => prop_oneof![Just(f64::NAN), Just(f64::INFINITY), Just(f64::NEG_INFINITY)],
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 20_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn blocks_change_no_bit_of_a_norm(values in prop::collection::vec(number(), 0..40), zeros in 0..20usize) {
        for values in [values.clone(), [vec![0.0; zeros], values].concat()] {
            let mut one_by_one = Norm::default();
            values.iter().for_each(|&x| one_by_one.add(x, 1.0));
            let (slow, fast) = (one_by_one.value(), Norm::of_slice(&values));
            prop_assert!(slow.to_bits() == fast.to_bits() || slow.is_nan() && fast.is_nan(), "{slow} is not {fast}");
        }
    }
}
