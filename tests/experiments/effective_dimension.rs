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
    // Curves that shift as √d.
    computed.denies("isotropic: the n", |cell, _, _, name, value| match name {
        "population_loss" => 1.6 * (-samples(cell) / (6.0 * cell.number("instance.dim").unwrap().sqrt())).exp(),
        "rank_fraction" => value.min(0.99),
        _ => value,
    });
    // Curves that depend on n alone, whatever was seen.
    computed.denies("seen differences", |cell, _, _, name, value| match name {
        "population_loss" => 1.6 * (-samples(cell) / 40.0).exp(),
        _ => value,
    });
    // The same of the exponential spectrum, from n = 1.8 at d = 16 to n = 10.2 at d = 512.
    computed.denies("exponential: the n", |cell, _, _, name, value| {
        if cell.label("instance.spectrum.kind") != "exponential" {
            return value;
        }
        match name {
            "population_loss" => 1.6 * (-10.2 * samples(cell) / cell.number("instance.dim").unwrap().sqrt()).exp(),
            "rank_fraction" => value.min(0.99),
            _ => value,
        }
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
