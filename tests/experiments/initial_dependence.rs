use selfreward::experiment::CellRows;
use selfreward::experiment::initial_dependence::EXPERIMENT;

use crate::computed;

/// The value that this quantity had at t = 0, in this replicate.
fn start(cell: &CellRows, replicate: usize, name: &str) -> f64 {
    cell.replicates[replicate][0][cell.column(name).unwrap()].unwrap()
}

#[test]
fn geometric_where_it_should_be_and_each_finding_can_be_denied() {
    let computed = computed(&EXPERIMENT);
    computed.shows_what_it_should();
    let decaying = |name: &str| name == "kappa_minus_one" || name.starts_with("failure");
    // A power law in t in place of every decay, the same at t = 0.
    let power = move |cell: &CellRows, r: usize, t: usize, name: &str, value: f64| {
        if decaying(name) { start(cell, r, name).max(1e-3) / (1.0 + t as f64) } else { value }
    };
    computed.denies("geometric", power);
    computed.denies("population loop", power);
    computed.denies("exact law", power);
    computed.denies("faster than any power", power);
    // A factor of 0.4 a round in place of every decay: no slower from far away, no floor, no stall, no power law.
    let halving = move |cell: &CellRows, r: usize, t: usize, name: &str, value: f64| {
        if decaying(name) { start(cell, r, name).max(1e-3) * 0.4f64.powi(t as i32) } else { value }
    };
    computed.denies("factors of a round", halving);
    computed.denies("floor", halving);
    computed.denies("stall", halving);
    computed.denies("continuum", halving);
    // A κ that grows by 1000 a round, which no step of Lemma C.3 allows.
    computed.denies(
        "recurrence",
        |_, _, t, name, value| if name == "kappa" { value * 1e3f64.powi(t as i32) } else { value },
    );
}
