use selfreward::experiment::CellRows;
use selfreward::experiment::misspecified_audit::EXPERIMENT;
use selfreward::metrics::named::{NATURAL_STEP, THETA_NORM};

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

/// What βθ is rounded to in a step: a few units in its last place.
fn rounding(cell: &CellRows, replicate: usize, t: usize) -> f64 {
    4.0 * f64::EPSILON * cell.number("process.beta").unwrap() * cell.value(replicate, &THETA_NORM, t).unwrap_or(0.0)
}

/// Near a tie a step is short beside the parameters that it lies between: their rounding, which is more than a millionth of such a step,
/// refutes nothing.
#[test]
fn short_steps_are_known_to_the_rounding_of_their_ends() {
    let computed = computed(&EXPERIMENT);
    let short = |cell: &CellRows| {
        let steps = (0..cell.replicates.len()).flat_map(|r| (1..=cell.rounds()).map(move |t| (r, t)));
        let length = |r: usize, t: usize| cell.value(r, &NATURAL_STEP, t - 1).unwrap_or(f64::INFINITY);
        steps.filter(|&(r, t)| length(r, t) > 0.0 && rounding(cell, r, t) > 2e-6 * length(r, t)).count()
    };
    assert!(computed.results().cells("population").unwrap().iter().map(short).sum::<usize>() > 0);
    let rounded =
        computed.results().seen_through(
            |cell, r, t, name, value| {
                if name == "natural_distance" { value + rounding(cell, r, t) } else { value }
            },
        );
    let findings = (EXPERIMENT.findings)(&rounded).unwrap();
    let said = findings.iter().find(|finding| finding.statement.starts_with("M1:")).unwrap();
    assert!(said.expected, "{}", said.statement);
}
