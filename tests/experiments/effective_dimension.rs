use selfreward::experiment::CellRows;
use selfreward::experiment::effective_dimension::EXPERIMENT;

use crate::computed;

fn samples(cell: &CellRows) -> f64 {
    cell.number("process.samples").unwrap()
}

#[test]
fn curves_shift_or_lie_on_one_another_and_each_finding_can_be_denied() {
    let computed = computed(&EXPERIMENT);
    computed.shows_what_it_should();
    // Curves that depend on n alone, whatever d: no shift, and no law of seen differences.
    let alone = |cell: &CellRows, _: usize, _: usize, name: &str, value: f64| match name {
        "population_loss" => 1.6 * (-samples(cell) / 40.0).exp(),
        "rank_fraction" => value.min(0.99),
        _ => value,
    };
    computed.denies("isotropic: the n", alone);
    computed.denies("seen differences", alone);
    // Curves that depend on n/d alone.
    computed.denies("exponential: the n", |cell, _, _, name, value| match name {
        "population_loss" => 1.6 * (-20.0 * samples(cell) / cell.number("instance.dim").unwrap()).exp(),
        "rank_fraction" => value.min(0.99),
        _ => value,
    });
    // An exponential in place of the power law; a loss that does not fall.
    computed.denies("polynomial (α = 2)", |cell, _, _, name, value| {
        if name == "population_loss" { (-samples(cell) / 16.0).exp() } else { value }
    });
    let flat = |_: &CellRows, _: usize, _: usize, name: &str, value: f64| match name {
        "population_loss" => 1.6,
        "rank_fraction" => value.min(0.99),
        _ => value,
    };
    computed.denies("does not fall through", flat);
    computed.denies("shape", |cell, _, _, name, value| {
        let decaying = cell.label("instance.spectrum.kind") != "isotropic";
        if name == "population_loss" && decaying { 1.6 } else { value }
    });
    // Sure only where it is right.
    computed.denies("sure before", |_, _, t, name, value| if name == "failure_0.5" && t > 0 { 0.9 } else { value });
    computed.denies("sure before", |_, _, _, name, value| if name == "drift" { 0.1 } else { value });
}
