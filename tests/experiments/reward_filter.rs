use selfreward::experiment::CellRows;
use selfreward::experiment::reward_filter::EXPERIMENT;

use crate::computed;

/// The lens on J of one part after the base, in a round or in all.
fn right(
    part: &'static str,
    round: Option<usize>,
    other: fn(f64) -> f64,
) -> impl Fn(&CellRows, usize, usize, &str, f64) -> f64 + Send + Sync + 'static {
    move |cell, _, t, name, value| {
        let seen = cell.cell.part == part && name == "correct_probability" && round.map_or(t > 0, |round| t == round);
        if seen { other(value) } else { value }
    }
}

#[test]
fn accepted_answers_follow_their_laws_and_each_finding_can_be_denied() {
    let computed = computed(&EXPERIMENT);
    computed.shows_what_it_should();
    // A fifth of what is left is solved beside, or a fifth more is left.
    computed.denies("tabular: T1's law", right("tabular", None, |value| 1.0 - 0.8 * (1.0 - value)));
    computed.denies("tabular: T1's law", right("tabular", None, |value| 1.0 - 1.2 * (1.0 - value)));
    computed.denies("answers: T1's law", right("answers", None, |value| 1.0 - 0.8 * (1.0 - value)));
    // A guarantee that does not hold, and one that never says anything.
    computed.denies("T2", right("tabular", Some(1), |_| 0.0));
    computed.denies("T2", |_, _, _, name, value| if name == "acceptance_condition" { 1e6 * value } else { value });
    // Loops that forget in a round.
    computed.denies("linear", right("linear", Some(2), |value| value - 0.01));
    computed.denies("model-population", right("model-population", Some(3), |value| value - 0.01));
    // Rounds that do not add up: in the language model as in a table, and worse.
    computed.denies("language model", right("model", Some(4), |value| value - 0.05));
}
