use selfreward::experiment::greedy_trap::EXPERIMENT;

use crate::computed;

#[test]
fn trap_and_recovery_are_found_and_each_can_be_denied() {
    let computed = computed(&EXPERIMENT);
    computed.shows_what_it_should();
    // Greedy decoding that finds the optimum of the base model in one run of seven.
    computed.denies(
        "trap",
        |_, r, t, name, value| {
            if name == "greedy_base" && t == 0 { f64::from(r % 7 == 0) } else { value }
        },
    );
    // Greedy decoding that misses in the last round of one run.
    computed.denies(
        "half, base",
        |cell, r, t, name, value| {
            if name == "greedy_base" && r == 0 && t == cell.rounds() { 0.0 } else { value }
        },
    );
    computed.denies(
        "half, policy",
        |cell, r, t, name, value| {
            if name == "greedy_modal" && r == 0 && t == cell.rounds() { 0.0 } else { value }
        },
    );
    // A round late, and a probability that is off by a millionth.
    computed.denies("population", |cell, r, t, name, value| {
        let column = cell.column(name).unwrap();
        if name == "greedy_base" && t > 0 { cell.replicates[r][t - 1][column].unwrap() } else { value }
    });
    computed.denies(
        "population",
        |_, _, _, name, value| if name == "base_probability" { value * (1.0 - 1e-6) } else { value },
    );
    // As many runs find the optimum with one triple a round as with sixteen.
    computed.denies("samples", |_, _, _, name, value| if name == "greedy_base" { 1.0 } else { value });
}
