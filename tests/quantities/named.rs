//! Quantities as items, and columns as values.

use selfreward::metrics::named::{ACCURACY_LEVEL, ALL, BASE_FAILURE, COMPARATOR_FAILURE, FAILURE, KAPPA, Metric};
use selfreward::metrics::{Quantity, every_quantity};

/// A quantity without an item could not be asked for.
#[test]
fn every_listed_quantity_has_an_item_and_is_it() {
    let key = |quantity: &Quantity| (quantity.name, quantity.definition);
    let mut items: Vec<_> = ALL.iter().map(|quantity| key(quantity)).collect();
    let mut listed: Vec<_> = every_quantity().map(key).collect();
    items.sort_unstable();
    listed.sort_unstable();
    assert_eq!(items, listed);
}

#[test]
fn a_column_has_the_name_that_rows_have() {
    for delta in [0.5, 0.1, 0.001, 1e-9] {
        assert_eq!(COMPARATOR_FAILURE.at(delta).name(), format!("comparator_failure_{delta}"));
    }
    assert_ne!(FAILURE.at(0.5), FAILURE.at(0.1));
    assert_eq!(ACCURACY_LEVEL.at_level(-2).name(), "accuracy_level_-2");
    assert_ne!(ACCURACY_LEVEL.at_level(1), ACCURACY_LEVEL.at_level(2));
    assert_ne!(FAILURE.at(0.5), BASE_FAILURE.at(0.5));
    assert_eq!(Metric::from(&KAPPA), Metric::from(ALL[0]));
}
