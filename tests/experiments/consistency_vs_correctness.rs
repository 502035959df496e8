use selfreward::experiment::consistency_vs_correctness::EXPERIMENT;

use crate::computed;

#[test]
fn sure_and_astray_and_each_effect_can_be_denied() {
    let computed = computed(&EXPERIMENT);
    computed.shows_what_it_should();
    // Drift that is the same small (or large) one at every n: the region is nowhere, or everywhere.
    computed.denies("elsewhere", |_, _, _, name, value| if name == "drift" { value.min(0.05) } else { value });
    computed.denies("elsewhere", |_, _, t, name, value| if name == "drift" && t > 0 { 0.3 } else { value });
    // Learning.
    computed.denies("no wiser", |cell, _, t, name, value| {
        let learns = name == "accuracy" && cell.cell.part == "picture";
        if learns { value + 0.03 * t as f64 } else { value }
    });
    computed.denies("ridge", |cell, _, t, name, value| {
        if cell.cell.part == "ridge" && name == "failure_0.5" && t > 0 { 0.1 * value } else { value }
    });
    computed.denies("noise", |cell, r, t, name, value| {
        let silent = cell.cell.part == "judge-noise" && name == "drift";
        if silent { 0.01 * (r + t) as f64 } else { value }
    });
    computed.denies(
        "ball",
        |cell, _, _, name, value| if cell.cell.part == "ball" && name == "drift" { 0.2 } else { value },
    );
}
