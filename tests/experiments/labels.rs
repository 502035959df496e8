use selfreward::claims::{Case, Evidence};
use selfreward::experiment::CellRows;
use selfreward::experiment::labels::EXPERIMENT;
use selfreward::papers;

use crate::{Computed, computed};

/// The lens on the loss of one part: times a factor of n.
fn losses(
    part: &'static str,
    factor: fn(f64) -> f64,
) -> impl Fn(&CellRows, usize, usize, &str, f64) -> f64 + Send + Sync + 'static {
    move |cell, _, t, name, value| {
        let seen = cell.cell.part == part && t > 0 && name == "population_loss";
        if seen { value * factor(cell.number("process.samples").unwrap()) } else { value }
    }
}

#[test]
fn labels_cost_what_they_should_and_each_finding_can_be_denied() {
    let computed = computed(&EXPERIMENT);
    computed.shows_what_it_should();
    cells_together_see_what_no_cell_sees(&computed);
    let flips = computed.results().cells("flips").unwrap();
    assert!(flips.iter().any(|cell| cell.number("process.beta").unwrap() == 0.25));
    computed.denies("differences without noise", |cell, _, t, name, value| {
        if cell.cell.part == "clean" && t > 0 && name == "population_loss" { 1e-8 } else { value }
    });
    // A judge and labels that are twice as noisy, or that teach as 1/n.
    computed.denies("noisy judge", losses("judge", |_| 2.0));
    computed.denies("noisy judge", losses("judge", |n| 4096.0 / n));
    computed.denies("labels: n ε²", losses("law", |_| 2.0));
    computed.denies("labels: n ε²", losses("law", |n| 4096.0 / n));
    // A direction that costs the same however sharp the policy, and one that costs less than 4.
    computed.denies("a direction costs", |_, _, _, name, value| if name == "label_trace" { 16.0 } else { value });
    computed
        .denies("a direction costs", |_, _, _, name, value| if name == "label_trace" { 0.9 * value } else { value });
    // Flips that more samples mend, and plain labels that they do not.
    computed.denies("ε of labels", losses("biased", |n| 4096.0 / n));
    computed.denies("ε of labels", losses("law", |n| n / 4096.0));
    computed.denies("labels without a finite", |_, _, _, name, value| if name == "at_infinity" { 0.0 } else { value });
    // Log-odds that grow without a bound on their steps.
    computed.denies("flips", |cell, _, t, name, value| {
        if cell.cell.part == "flips" && name == "log_odds" { value * 1.1f64.powi(t as i32) } else { value }
    });
    computed.denies("win rates", |cell, _, t, name, value| {
        if cell.cell.part == "win-rate" && name == "log_odds" { value * (1.0 + 1e-6 * t as f64) } else { value }
    });
}

/// Whether the cases of a law exceed: of each cell alone, and of all replicates together.
fn beyond(id: &str, cells: &[CellRows]) -> (bool, bool) {
    let claim = papers::claims().find(|claim| claim.id == id).unwrap();
    let Evidence::Cases(cases) = claim.statement.collect("labels", cells).unwrap() else {
        panic!("{id} collects cases")
    };
    let (all, alone) = cases.split_last().unwrap();
    assert_eq!(all.replicates, alone.iter().map(|case| case.replicates).sum::<usize>(), "{id}");
    (alone.iter().any(Case::exceeds), all.exceeds())
}

/// Losses of every cell that are 22% too large pass in each cell alone, of 200 replicates, and not in all of them.
fn cells_together_see_what_no_cell_sees(computed: &Computed) {
    for (id, part) in [("L2", "law"), ("L17", "judge")] {
        let results = computed.results();
        assert_eq!(beyond(id, &results.cells(part).unwrap()), (false, false), "{id}");
        let results = results.seen_through(losses(part, |_| 1.22));
        assert_eq!(beyond(id, &results.cells(part).unwrap()), (false, true), "{id}");
    }
}
