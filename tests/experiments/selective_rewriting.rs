use selfreward::experiment::CellRows;
use selfreward::experiment::selective_rewriting::EXPERIMENT;

use crate::computed;

/// The lens on drift of one part, with a filter or without: another value.
fn drift(
    part: &'static str,
    filtered: bool,
    other: f64,
) -> impl Fn(&CellRows, usize, usize, &str, f64) -> f64 + Send + Sync + 'static {
    move |cell, _, t, name, value| {
        let is = (cell.number("process.prompts.confidence_at_most").unwrap() < 1.0) == filtered;
        if cell.cell.part == part && is && t > 0 && name == "drift" { other } else { value }
    }
}

#[test]
fn a_filter_works_both_ways_and_each_finding_can_be_denied() {
    let computed = computed(&EXPERIMENT);
    computed.shows_what_it_should();
    // Without an effect, and with one of the same sign on both instances.
    computed.denies("drift with a filter", drift("wide", true, 0.9));
    computed.denies("drift with a filter", drift("slow", true, 0.0));
    computed.denies("drift with a filter", drift("slow", false, 0.9));
    computed.denies("12 prompts in 3 directions", drift("narrow", true, 0.0));
    computed.denies("12 prompts in 3 directions", drift("narrow", false, 0.0));
    computed.denies(
        "rounds without a prompt",
        |_, _, _, name, value| {
            if name == "empty_filters" { 1.0 } else { value }
        },
    );
    computed.denies("language model", drift("model", true, 0.1));
    computed.denies("embeddings", drift("embeddings", true, 0.0));
    computed.denies("embeddings", drift("embeddings", false, 0.0));
}
