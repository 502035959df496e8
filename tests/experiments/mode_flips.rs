use selfreward::experiment::CellRows;
use selfreward::experiment::mode_flips::EXPERIMENT;

use crate::computed;

/// The lens on the share of wrong modes with an offset: times a factor of n.
fn flips(factor: fn(f64) -> f64) -> impl Fn(&CellRows, usize, usize, &str, f64) -> f64 + Send + Sync + 'static {
    move |cell, _, _, name, value| {
        let seen = cell.cell.part == "offset" && name == "population_flips";
        if seen { value * factor(cell.number("process.samples").unwrap()) } else { value }
    }
}

#[test]
fn the_share_of_wrong_modes_is_predicted_and_each_finding_can_be_denied() {
    let computed = computed(&EXPERIMENT);
    computed.shows_what_it_should();
    // Another constant, and other exponents.
    computed.denies("predicted", flips(|_| 1.8));
    computed.denies("predicted", flips(|_| 0.5));
    computed.denies("exponent", flips(|n| (n / 4096.0).powf(-0.5)));
    computed.denies("exponent", flips(|n| (n / 4096.0).powf(0.5)));
    // A sample that gets modes wrong although the features follow everything.
    computed.denies("no noise", |cell, _, t, name, value| {
        if cell.cell.part == "none" && t > 0 && name == "population_flips" { 0.01 } else { value }
    });
}
