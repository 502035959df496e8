use selfreward::experiment::misspecified_audit::EXPERIMENT;

use crate::computed;

/// For each statement a measured quantity and a factor that makes one side come out wrong. Oracle: the other side, which other code
/// measured.
const CHANGED_SIDES: &[(&str, &str, f64)] = &[
    ("D1:", "flip_loss", 1.01),
    ("D1:", "population_loss", 0.99),
    ("M1:", "natural_distance", 1e9),
    ("M2:", "second_moment", 1.001),
    ("M2:", "approximation_error", 0.999),
    ("M2:", "estimation_error", 1.001),
    ("M2 floor:", "reward_variance", 1.001),
    ("M2 floor:", "sharpened_share", 0.999),
];

#[test]
fn both_sides_agree_and_a_wrong_side_is_noticed() {
    let computed = computed(&EXPERIMENT);
    computed.shows_what_it_should();
    for &(violated, changed, factor) in CHANGED_SIDES {
        computed.denies(violated, move |_, _, _, name, value| if name == changed { factor * value } else { value });
    }
    // Modes that never move, or never at a tie: the lemma would not be seen to be attained.
    computed.denies("D1:", |_, _, _, name, value| if name == "flip_loss" { 0.5 * value } else { value });
    // A NaN agrees with nothing.
    computed.denies("M2:", |_, _, _, name, value| if name == "second_moment" { f64::NAN } else { value });
}
