use selfreward::experiment::CellRows;
use selfreward::experiment::league::EXPERIMENT;

use crate::computed;

fn is_named(cell: &CellRows, name: &str) -> bool {
    cell.label("process.preset") == name
}

#[test]
fn the_league_has_every_loop_at_equal_draws_and_each_finding_can_be_denied() {
    let computed = computed(&EXPERIMENT);
    computed.shows_what_it_should();
    let cells = computed.results().cells("").unwrap();
    for part in
        ["hard-560", "hard-4480", "language-model-4480", "language-model-35840", "embeddings-4480", "embeddings-35840"]
    {
        let names: Vec<String> =
            cells.iter().filter(|cell| cell.cell.part == part).map(|cell| cell.label("process.preset")).collect();
        let presets: Vec<&str> = selfreward::process::PRESETS.iter().map(|preset| preset.name).collect();
        assert!(presets.iter().all(|preset| names.iter().any(|name| name == preset)), "{part}: {names:?}");
        assert_eq!(names.len(), presets.len(), "{part}");
    }
    // A loop that draws more than the others, and one that draws less.
    computed.denies("responses drawn", |cell, _, _, name, value| {
        if name == "draws" && is_named(cell, "majority-sft") { 1.1 * value } else { value }
    });
    computed.denies(
        "responses drawn",
        |cell, _, _, name, value| {
            if name == "draws" && is_named(cell, "replay") { 0.9 * value } else { value }
        },
    );
    // An adaptive rule that saves nothing.
    computed.denies("hard instance", |cell, _, _, name, value| {
        if name == "base_failure_0.5" && is_named(cell, "sharpening-sft-adaptive") { 0.2 } else { value }
    });
    // A loop that becomes wiser by its own judgement, and a verifier that teaches nothing.
    computed.denies("loops that judge themselves", |cell, _, t, name, value| {
        if name == "accuracy" && t > 0 && is_named(cell, "frozen-reward") { value + 0.15 } else { value }
    });
    computed.denies("loops that are told", |cell, _, t, name, value| {
        if name == "accuracy" && t > 0 && is_named(cell, "task-centric") { value - 0.1 } else { value }
    });
}
