use selfreward::experiment::rise_then_fall::EXPERIMENT;

use crate::computed;

#[test]
fn right_answers_rise_and_fall_as_gaps_say_and_each_finding_can_be_denied() {
    let computed = computed(&EXPERIMENT);
    computed.shows_what_it_should();
    computed.denies("two kinds of prompts", |cell, _, t, name, value| {
        if cell.cell.part == "self-rewarding" && t == 3 && name == "correct_probability" { value + 1e-6 } else { value }
    });
    // J that stays at its top, in every loop.
    computed.denies("rise first and fall then", |cell, _, t, name, value| {
        if name == "correct_probability" && cell.cell.part != "model" { 0.5 + 0.01 * t as f64 } else { value }
    });
    // A loop that turns where gaps say that it does not.
    computed.denies("rise first and fall then", |cell, _, t, name, value| {
        let rising = cell.label("instance.groups").contains("\"gap\":0.5,\"right\":true") || cell.cell.ordinal % 2 == 0;
        if name == "correct_probability" && rising && t > 8 { value - 0.3 } else { value }
    });
    computed.denies("votes of finitely many", |cell, _, _, name, value| {
        if cell.cell.part == "votes" && name == "correct_probability" {
            // Nearer to any limit than infinitely many voters are.
            0.8
        } else {
            value
        }
    });
    computed.denies("nothing fixed: J of", |cell, _, t, name, value| {
        if cell.cell.part == "model" && t > 0 && name == "correct_probability" { value + 0.01 } else { value }
    });
    computed.denies("nothing fixed: least gaps", |cell, _, t, name, value| {
        if cell.cell.part == "model" && t == 0 && name == "correct_probability" { 0.9 } else { value }
    });
    computed.denies("its own logits fixed", |cell, _, t, name, value| {
        if cell.cell.part == "model" && name == "correct_probability" { 0.4 + 0.005 * t as f64 } else { value }
    });
}
