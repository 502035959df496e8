use selfreward::experiment::replay_and_memory::EXPERIMENT;

use crate::{Computed, computed, exceeds};

#[test]
fn memory_slows_what_sharpens_and_each_effect_can_be_denied() {
    let computed = computed(&EXPERIMENT);
    computed.shows_what_it_should();
    each_prompt_loses_variety_by_its_own_law(&computed);
    // One attractor on either side of the threshold, or two.
    for end in [0.0, 1.0] {
        computed.denies("0.02 above", move |cell, _, t, name, value| {
            if cell.cell.part == "replay" && t > 0 && name == "log_odds" { end } else { value }
        });
    }
    computed.denies("end at the attractors", |cell, _, t, name, value| {
        if cell.cell.part == "pitchfork" && t > 0 && name == "log_odds" { 0.9 * value } else { value }
    });
    // Runs that change sides, and runs that stay away from ½.
    computed.denies("keep the side", |cell, _, t, name, value| {
        if cell.cell.part == "pitchfork-sampled" && t > 0 && name == "log_odds" { -value } else { value }
    });
    computed.denies("keep the side", |cell, _, t, name, value| {
        if cell.cell.part == "pitchfork-sampled" && t > 0 && name == "log_odds" { 3.0 * value.signum() } else { value }
    });
    computed.denies("falls like 1/t", |cell, _, t, name, value| {
        if cell.cell.part == "accumulate" && t > 0 && name == "log_odds" { 1.1 * value } else { value }
    });
    computed.denies(
        "variety is lost",
        |_, _, t, name, value| {
            if name == "disagreement" && t > 0 { value.max(0.3) } else { value }
        },
    );
}

/// One prompt that gains in the mean, and one at which answers do not scatter; in the mean over prompts neither would be seen.
fn each_prompt_loses_variety_by_its_own_law(computed: &Computed) {
    const PART: &str = "unfiltered-prompts";
    assert!(!exceeds("L13.prompt", &computed.results(), PART));
    let gains = computed.results().seen_through(|cell, _, t, name, value| {
        let there = cell.cell.part == PART && t > 0 && name == "correct_probability_level_3";
        if there { value + 0.2 * value * (1.0 - value) } else { value }
    });
    assert!(exceeds("L13.prompt", &gains, PART));
    let stays = computed.results().seen_through(|cell, _, t, name, value| {
        let there = cell.cell.part == PART && t > 0 && name == "correct_probability_level_0";
        // σ(0.2), where the prompt starts.
        if there { 1.0 / (1.0 + (-0.2f64).exp()) } else { value }
    });
    assert!(exceeds("L13.prompt", &stays, PART));
}
