use selfreward::experiment::loop_plane::EXPERIMENT;

use selfreward::metrics::named::{LOG_ODDS, PARAMETER_PROBE};

use crate::computed;

/// Oracle: a count of the cells whose start moves; at a fixed point there is no ratio.
#[test]
fn ratios_are_counted_where_the_start_moves() {
    let results = computed(&EXPERIMENT).results();
    let (mut moving, mut all) = (0, 0);
    for (part, of) in [
        ("plane", &LOG_ODDS),
        ("plane-labels", &LOG_ODDS),
        ("linear", &PARAMETER_PROBE),
        ("linear-labels", &PARAMETER_PROBE),
    ] {
        for cell in results.cells(part).unwrap() {
            let at = |t: usize| cell.value(0, of, t).unwrap();
            moving += usize::from((at(1) - at(0)).abs() > 1e-6);
            all += 1;
        }
    }
    assert!(moving < all, "{moving} of {all}");
    let findings = (EXPERIMENT.findings)(&results).unwrap();
    let stated = format!("in {moving} cells");
    assert!(findings.iter().any(|finding| finding.statement.contains(&stated)), "{stated}: {findings:#?}");
}

#[test]
fn the_multiplier_decides_and_each_finding_can_be_denied() {
    let computed = computed(&EXPERIMENT);
    computed.shows_what_it_should();
    // Another multiplier, on two responses or in the linear class.
    for (part, quantity) in [("plane", "log_odds"), ("linear-labels", "parameter_probe")] {
        computed.denies("is m = α", move |cell, _, t, name, value| {
            if cell.cell.part == part && name == quantity && t == 2 { value * 1.001 + 0.001 } else { value }
        });
    }
    // Increments that shrink where β > 1, and nowhere else.
    computed.denies("exactly where |m| < 1", |cell, _, t, name, value| {
        let shrinks = cell.number("process.beta").is_ok_and(|beta| beta > 1.0);
        let power = if shrinks { 0.5f64 } else { 2.0 };
        if cell.cell.part == "plane" && name == "log_odds" { power.powi(t as i32) } else { value }
    });
    // Self-play that goes on at β = 0.8.
    computed.denies("self-play", |cell, _, t, name, value| {
        let there = cell.cell.part == "plane" && cell.number("process.beta").is_ok_and(|beta| beta == 0.8);
        if there && name == "log_odds" { (-1.5f64).powi(t as i32) } else { value }
    });
    // Samples that miss where log-odds are bounded, or lose nothing where they grow.
    computed.denies("pairs a round", |cell, _, t, name, value| {
        if cell.cell.part == "sampled" && name == "log_odds" && t == cell.rounds() { value + 1e-6 } else { value }
    });
    computed.denies("pairs a round", |cell, _, t, name, value| {
        if cell.cell.part == "sampled" && name == "log_odds" && t > 0 { 1000.0 } else { value }
    });
    // Candidates that enter, and such that do not.
    computed.denies("do not matter", |cell, _, _, name, value| {
        let drawn = cell.label("process.candidates").contains("power");
        if cell.cell.part == "drawn-table" && drawn && name == "margin" { 1.1 * value } else { value }
    });
    computed.denies("do not matter", |cell, _, _, name, value| {
        if cell.cell.part == "drawn-linear" && name == "natural_distance" { value + 0.1 } else { value }
    });
    for part in ["drawn-win-rate", "drawn-flips"] {
        computed.denies(
            "these laws matter",
            move |cell, _, _, name, value| {
                if cell.cell.part == part && name == "margin" { 1.0 } else { value }
            },
        );
    }
    computed.denies("these laws matter", |cell, _, _, name, value| {
        if cell.cell.part == "drawn-offset" && name == "natural_distance" { 0.0 } else { value }
    });
}
