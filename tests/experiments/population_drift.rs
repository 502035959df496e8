use selfreward::experiment::CellRows;
use selfreward::experiment::population_drift::EXPERIMENT;

use crate::computed;

fn is_part(cell: &CellRows, part: &str) -> bool {
    cell.cell.part == part
}

#[test]
fn rounds_without_sampling_drift_and_each_effect_can_be_denied() {
    let computed = computed(&EXPERIMENT);
    computed.shows_what_it_should();
    // Modes that stay, or go to an answer that had some mass.
    computed.denies("least likely", |_, _, _, name, value| if name == "step_drift" { 0.0 } else { value });
    computed.denies("least likely", |_, _, _, name, value| if name == "drift_mass" { 0.3 } else { value });
    computed.denies("rises in one round", |cell, _, _, name, value| {
        if is_part(cell, "sure-answers") && name == "entropy" { 0.0046 } else { value }
    });
    // A loop that goes on being followed, and one that comes to rest.
    computed.denies(
        "stalls",
        |cell, _, _, name, value| {
            if is_part(cell, "three-answers") && name == "sharpened_share" { 0.5 } else { value }
        },
    );
    computed.denies("to and fro", |cell, _, t, name, value| {
        if is_part(cell, "three-answers") && name == "entropy" { 0.5 + 0.3 / (1.0 + t as f64) } else { value }
    });
    computed.denies(
        "moves nothing",
        |_, _, t, name, value| {
            if name == "drift" && t == 3 { value.max(0.0025) } else { value }
        },
    );
    // Drift of the same size whatever the offset, or none in some instance.
    computed.denies(
        "drift without sampling",
        |_, _, t, name, value| {
            if name == "drift" && t > 0 { 0.1 } else { value }
        },
    );
    computed.denies(
        "drift without sampling",
        |_, replicate, _, name, value| {
            if name == "drift" && replicate == 1 { 0.0 } else { value }
        },
    );
    computed.denies("hides", |_, _, _, name, value| if name == "sharpened_share" { 0.7 } else { value });
    computed.denies(
        "surer",
        |_, _, t, name, value| {
            if name == "failure_0.5" && t > 0 { 0.5 * value + 0.3 } else { value }
        },
    );
}
