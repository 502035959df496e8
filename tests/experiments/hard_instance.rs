use selfreward::experiment::hard_instance::EXPERIMENT;

use crate::computed;

#[test]
fn the_law_is_found_and_a_flat_or_steeper_curve_is_not() {
    let computed = computed(&EXPERIMENT);
    computed.shows_what_it_should();
    // A failure rate that does not depend on n.
    computed.denies("exact law", |cell, _, t, name, value| {
        if name == "failure_0.5" && t > 0 { cell.replicates[0][0][1].unwrap_or(value) } else { value }
    });
    // n^(−3/4) instead of n^(−1/2), the same at the least n.
    computed.denies("exact law", |cell, _, _, name, value| {
        let n = cell.number("process.samples").unwrap();
        if name == "failure_0.5" { value * (n / 4096.0).powf(-0.25) } else { value }
    });
}
