//! What is known of bounds that are drawn beside quantities.

use selfreward::experiment::query::SUBJECTS;
use selfreward::metrics::Quantity;
use selfreward::papers::PAPERS;
use selfreward::simulate::kinds::Entry;

#[test]
fn names_are_those_of_bounds_quantities_kinds_and_flags() {
    for subject in SUBJECTS {
        let bound = PAPERS.iter().flat_map(|paper| paper.bounds).find(|bound| bound.name == subject.bound);
        let usage = bound.unwrap_or_else(|| panic!("{}", subject.bound)).usage;
        // A δ stands where some quantities have one.
        let is_known = |name: &str| Quantity::of_column(name).or(Quantity::of_column(&format!("{name}_0.5"))).is_some();
        assert!(subject.quantities.iter().all(|name| is_known(name)), "{subject:?}");
        assert!(subject.kind.is_none_or(|kind| Entry::named(kind).is_some()), "{subject:?}");
        for flag in subject.either.iter().skip(1).flatten().copied().flatten() {
            assert!(usage.contains(flag), "{flag}: {subject:?}");
        }
        let same = SUBJECTS.iter().filter(|other| other.bound == subject.bound).count();
        assert_eq!(same, 1, "{}", subject.bound);
    }
}
