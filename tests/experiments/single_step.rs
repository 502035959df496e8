use selfreward::experiment::single_step::EXPERIMENT;

use crate::computed;

#[test]
fn bound_law_iteration_and_floors_are_found_and_each_can_be_denied() {
    let computed = computed(&EXPERIMENT);
    computed.shows_what_it_should();
    // Failure a tenth below the law.
    computed.denies("exact law", |_, _, _, name, value| if name == "failure_0.5" { 0.9 * value } else { value });
    // n^(−3/4) instead of n^(−1/2), and a failure rate that does not fall with n.
    for exponent in [-0.25, 0.5] {
        computed.denies("constant", move |cell, _, _, name, value| {
            let n = cell.number("process.samples").unwrap();
            if name == "failure_0.5" && cell.cell.part == "hard" { value * (n / 4096.0).powf(exponent) } else { value }
        });
    }
    // Rounds after the first do nothing.
    computed.denies("iteration", |cell, r, t, name, value| {
        let column = cell.column(name).unwrap();
        if name == "failure_0.5" && t > 1 { cell.replicates[r][1][column].unwrap() } else { value }
    });
    // Failure that falls as n grows with κ₀, so that there is no floor.
    computed.denies("near-uniform", |cell, _, _, name, value| {
        let n = cell.number("process.samples").unwrap();
        if name == "failure_0.5" && cell.cell.part == "near-uniform" { value * (n / 16.0).powf(-0.1) } else { value }
    });
    computed
        .denies("autoregressive", |_, _, _, name, value| if name == "base_failure_0.5" { 0.8 * value } else { value });
    // A policy that is sure of the base model's optimum alone.
    computed.denies("autoregressive", |_, _, _, name, value| if name == "drift" { 0.0 } else { value });
}
