use selfreward::experiment::CellRows;
use selfreward::experiment::orders_of_decay::EXPERIMENT;

use crate::computed;

/// Log-odds of one loop, replaced in its last round.
fn last(loop_name: &'static str, factor: f64) -> impl Fn(&CellRows, usize, usize, &str, f64) -> f64 + Send + Sync {
    move |cell, _, t, name, value| {
        let there = cell.label("process.preset") == loop_name && t == cell.rounds();
        if there && name == "log_odds" { factor * value } else { value }
    }
}

#[test]
fn orders_of_decay_are_measured_and_each_can_be_denied() {
    let computed = computed(&EXPERIMENT);
    computed.shows_what_it_should();
    computed.denies("doubly exponential", last("sharpening-sft", 1.1));
    computed.denies("doubly exponential", last("self-rewarding", 0.9));
    computed.denies("geometric", last("win-rate-ipo", 1.01));
    computed.denies("geometric", last("curation", 1.01));
    computed.denies(
        "in finite time",
        |_, _, t, name, value| {
            if name == "circle_angle" && t > 10 { 0.8 * value } else { value }
        },
    );
    // Geometric in place of 1/t.
    computed.denies("accumulate", |cell, _, t, name, value| {
        let there = cell.label("process.preset") == "accumulate" && name == "log_odds";
        if there { value + 0.1 * t as f64 } else { value }
    });
    computed.denies("limits inside", |cell, _, t, name, value| {
        let there = cell.label("process.preset") == "replay" && name == "correct_probability";
        if there && t > 0 { 1.0 - 0.5f64.powi(t as i32) } else { value }
    });
    // A verifier whose accepted answers are the more correct the fewer it passes.
    computed.denies("a verifier", |cell, _, t, name, value| {
        let there = cell.cell.part == "verifier-tables" && name == "correct_probability";
        if there && t > 0 { 1.0 } else { value }
    });
}
