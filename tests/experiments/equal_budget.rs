use selfreward::experiment::equal_budget::EXPERIMENT;
use selfreward::metrics::named::FAILURE;

use crate::computed;

#[test]
fn equal_in_law_or_one_round_wins_and_both_can_be_denied() {
    let computed = computed(&EXPERIMENT);
    computed.shows_what_it_should();
    // Rounds that help on the hard instance, or hurt.
    computed.denies("equal in law", |cell, _, _, name, value| {
        if cell.cell.part == "hard-iterated" && name == "failure_0.5" { 0.8 * value } else { value }
    });
    // The right mean in every replicate, without the spread.
    computed.denies("equal in law", |cell, _, t, name, value| {
        if cell.cell.part == "hard-iterated" && name == "failure_0.5" {
            cell.mean(FAILURE.at(0.5), t).unwrap().mean
        } else {
            value
        }
    });
    for instance in ["tabular", "gaussian", "real"] {
        // One round at β' that is no better, and one at β that is no worse.
        for way in ["once-equivalent", "once"] {
            let part = format!("{instance}-{way}");
            let to = if way == "once" { 0.0 } else { 1.0 };
            computed.denies(&format!("{instance}: one round"), move |cell, _, _, name, value| {
                if cell.cell.part == part && name == "failure_0.5" { to } else { value }
            });
        }
    }
    computed.denies("strays", |_, _, _, name, value| if name == "drift" { 0.1 } else { value });
}
