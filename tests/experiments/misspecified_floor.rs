use selfreward::experiment::misspecified_floor::EXPERIMENT;

use crate::computed;

#[test]
fn the_floor_is_found_and_each_finding_can_be_denied() {
    let computed = computed(&EXPERIMENT);
    computed.shows_what_it_should();
    // Modes that are lost, and a condition number beyond its bound.
    computed.denies(
        "above its bound",
        |_, _, t, name, value| {
            if t > 0 && name == "comparator_failure_0.5" { 1.0 } else { value }
        },
    );
    computed
        .denies("above its bound", |_, _, t, name, value| if t > 0 && name == "kappa" { 9.0 * value } else { value });
    // Margins so small that the bound says nothing, and so large that it always does.
    computed.denies("at n = 4096", |_, _, _, name, value| if name == "margin" { 0.1 * value } else { value });
    computed.denies("at n = 4096", |_, _, _, name, value| if name == "margin" { 100.0 * value } else { value });
    // A bound that does not fall without noise, and one that falls with it.
    computed.denies("without noise", |cell, _, t, name, value| {
        let clean = cell.number("instance.offset.noise").unwrap() == 0.0;
        if clean && t > 0 && name == "approximation_error" { 0.01 } else { value }
    });
    computed.denies(
        "with noise",
        |_, _, t, name, value| {
            if t > 0 && name == "approximation_error" { 0.0 } else { value }
        },
    );
}
