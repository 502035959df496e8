use selfreward::experiment::CellRows;
use selfreward::experiment::sample_budgets::EXPERIMENT;

use crate::computed;

fn of(cell: &CellRows, part: &str) -> bool {
    cell.cell.part == part
}

#[test]
fn draws_buy_what_they_should_and_each_effect_can_be_denied() {
    let computed = computed(&EXPERIMENT);
    computed.shows_what_it_should();
    // A loop that knows labels that nobody showed it.
    computed.denies("below the floor", |cell, _, t, name, value| {
        if of(cell, "floor") && name == "base_failure_0.5" && t > 0 { 0.8 * value } else { value }
    });
    computed.denies("picks are counted", |cell, _, _, name, value| {
        if of(cell, "resampling") && name == "base_failure_0.3" { 1.3 * value } else { value }
    });
    // The adaptive rule at the price of the best of N, and the other way round.
    computed.denies(
        "exponents",
        |cell, _, _, name, value| {
            if of(cell, "least-adaptive-80") && name == "draws" { 4.0 * value } else { value }
        },
    );
    computed.denies(
        "exponents",
        |cell, _, _, name, value| {
            if of(cell, "least-fixed-80") && name == "draws" { 0.25 * value } else { value }
        },
    );
    computed.denies(
        "times fewer",
        |cell, _, _, name, value| {
            if of(cell, "least-adaptive-80") && name == "draws" { 4.0 * value } else { value }
        },
    );
    computed.denies("loop of pairs takes", |cell, _, _, name, value| {
        if of(cell, "least-self-rewarding-80") && name == "draws" { 1.4 * value } else { value }
    });
}
