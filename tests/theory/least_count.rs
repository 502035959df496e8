//! The search for the least count.

use selfreward::papers::least_count;

/// Oracle: the threshold that the predicate was made of. Powers of two are tried first, of which 2^996 = 6.7e299 is the last up to
/// 10^300.
#[test]
fn the_least_count_is_found_up_to_its_limit() {
    for threshold in [1.0, 2.0, 3.0, 1000.0, 1023.0, 1025.0, 123_456_789.0, 9e15] {
        assert_eq!(least_count(|n| n >= threshold), Some(threshold));
    }
    assert!(least_count(|n| n >= 6.6e299).is_some());
    assert_eq!(least_count(|n| n >= 6.8e299), None);
}
