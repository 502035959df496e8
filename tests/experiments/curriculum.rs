use selfreward::experiment::CellRows;
use selfreward::experiment::curriculum::EXPERIMENT;

use crate::computed;

/// The lens on J of the hardest level, where prompts are those of the hardest level alone (or are not) and after so many rounds.
fn hardest(
    alone: bool,
    from: usize,
    other: fn(f64) -> f64,
) -> impl Fn(&CellRows, usize, usize, &str, f64) -> f64 + Send + Sync + 'static {
    move |cell, _, t, name, value| {
        let own = cell.label("process.prompts").contains("\"level\"");
        if own == alone && t >= from && name == "correct_probability_level_5" { other(value) } else { value }
    }
}

#[test]
fn levels_are_compared_and_each_finding_can_be_denied() {
    let computed = computed(&EXPERIMENT);
    computed.shows_what_it_should();
    // The hardest level learns nothing from its own questions.
    computed.denies("level 5 at the end", hardest(true, 1, |value| 0.3 * value));
    // Lower levels carry over to the hardest.
    computed.denies("transfer", hardest(false, 1, |value| 10.0 * value));
    // The mixture does not answer all questions best.
    computed.denies("all questions at the end", |cell, _, t, name, value| {
        let mixture = cell.label("process.prompts") == "all";
        if mixture && t > 0 && name == "correct_probability" { value - 0.1 } else { value }
    });
}
