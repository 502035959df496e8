use selfreward::experiment::self_excitation::EXPERIMENT;

use crate::{Computed, computed, exceeds};

#[test]
fn a_loop_excites_itself_and_each_effect_can_be_denied() {
    let computed = computed(&EXPERIMENT);
    computed.shows_what_it_should();
    components_have_signs(&computed);
    // Norms that pass 10⁴ later than the first pairs say, in either way of drawing them.
    for (words, part) in [("say when", "kept"), ("drawn anew", "anew")] {
        computed.denies(
            words,
            move |cell, _, _, name, value| {
                if cell.cell.part == part && name == "theta_norm" { 1e-3 * value } else { value }
            },
        );
    }
    computed.denies("gains fall", |_, _, _, name, value| if name == "gain_min" { 0.47 } else { value });
    // No tooth, no lost span, and a fall where nothing is lost.
    computed.denies("every run falls", |cell, _, t, name, value| {
        if cell.cell.part == "sawtooth" && name == "theta_norm" { 2.0 + t as f64 } else { value }
    });
    computed.denies("do not span", |_, _, _, name, value| if name == "rank_losses" { 0.0 } else { value });
    computed.denies("never falls", |cell, _, t, name, value| {
        if cell.cell.part == "blow-up" && t == 100 && name == "theta_norm" { 1.0 } else { value }
    });
    // Another speed on the circle.
    computed.denies("second-order law", |cell, _, t, name, value| {
        if cell.cell.part == "mirror" && t > 0 && name == "circle_angle" { 1.05 * value } else { value }
    });
    // Below the threshold nothing happens, or above it does.
    for stays in [0.0, 50.0] {
        computed.denies("a frozen reference holds", move |cell, _, t, name, value| {
            if cell.cell.part == "frozen-grpo" && t > 0 && name == "log_odds" { stays } else { value }
        });
    }
}

/// −θ_t in every other round has the norms of θ_t, and other components.
fn components_have_signs(computed: &Computed) {
    const PART: &str = "components";
    assert!(!exceeds("Q1.components", &computed.results(), PART));
    for dim in [2.0, 8.0] {
        let mirrored = computed.results().seen_through(move |cell, _, t, name, value| {
            let there = cell.cell.part == PART && cell.number("instance.dim").is_ok_and(|found| found == dim);
            let coordinate = name == "parameter_probe" || name == "cosine";
            if there && coordinate && t % 2 == 1 { -value } else { value }
        });
        assert!(exceeds("Q1.components", &mirrored, PART), "{dim}");
        assert!(!exceeds("Q1", &mirrored, PART), "{dim}");
        // One of the two coordinates is enough.
        let moved = computed.results().seen_through(move |cell, _, t, name, value| {
            let there = cell.cell.part == PART && cell.number("instance.dim").is_ok_and(|found| found == dim);
            if there && name == "parameter_probe" && t == 2 { value + 1e-3 } else { value }
        });
        assert!(exceeds("Q1.components", &moved, PART), "{dim}");
    }
}
