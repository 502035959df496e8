use selfreward::experiment::iterations_to_forget::EXPERIMENT;

use crate::computed;

#[test]
fn rounds_follow_the_law_grow_with_log_kappa_and_fall_with_n() {
    let computed = computed(&EXPERIMENT);
    computed.shows_what_it_should();
    let hard = |cell: &selfreward::experiment::CellRows| cell.label("instance.kind") == "hard";
    // A factor of 1/2 a round, whatever κ_0 and n: that of a process that sees no sample.
    let halved = move |cell: &selfreward::experiment::CellRows, r: usize, t: usize, name: &str, value: f64| {
        let base = cell.replicates[r][0][cell.column("kappa_minus_one").unwrap()].unwrap();
        if hard(cell) && name == "kappa_minus_one" { base * 0.5f64.powi(t as i32) } else { value }
    };
    computed.denies("exact law", halved);
    computed.denies("fewer with n", halved);
    // Rounds that do not depend on κ_0: the share of κ_0 − 1 that is left falls below 1/(κ_0 − 1) in round 4.
    computed.denies("logarithmic", move |cell, _, t, name, value| {
        let flat = if t < 4 { 2.0 } else { 0.5 };
        if hard(cell) && name == "kappa_minus_one" { flat } else { value }
    });
    // A κ that stays where it started.
    computed.denies("bounded", move |cell, r, _, name, value| {
        let base = cell.replicates[r][0][cell.column("kappa_minus_one").unwrap()].unwrap();
        if hard(cell) && name == "kappa_minus_one" { base } else { value }
    });
    computed.denies("shared features", move |cell, r, _, name, value| {
        let base = cell.replicates[r][0][cell.column("kappa_minus_one").unwrap()].unwrap();
        if !hard(cell) && name == "kappa_minus_one" { base } else { value }
    });
}
