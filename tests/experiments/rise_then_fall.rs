use std::collections::BTreeMap;

use selfreward::experiment::rise_then_fall::{EXPERIMENT, of_groups};
use selfreward::experiment::{CellRows, Results};
use selfreward::metrics::named::CORRECT_PROBABILITY;
use selfreward::papers::loops::theory::mixture::Mixture;
use selfreward::simulate::Config;
use selfreward::simulate::config::parse_toml;

use crate::{Computed, computed, exceeds};

#[test]
fn right_answers_rise_and_fall_as_gaps_say_and_each_finding_can_be_denied() {
    let computed = computed(&EXPERIMENT);
    computed.shows_what_it_should();
    some_mixtures_tell_votes_from_self_rewarding(&computed.results());
    votes_lie_between_two_formulas(&computed);
    short_steps_show_the_start(&computed);
    computed.denies("two kinds of prompts", |cell, _, t, name, value| {
        if cell.cell.part == "self-rewarding" && t == 3 && name == "correct_probability" { value + 1e-6 } else { value }
    });
    // J that stays at its top, in every loop.
    computed.denies("rises first and falls later", |cell, _, t, name, value| {
        if name == "correct_probability" && cell.cell.part != "model" { 0.5 + 0.01 * t as f64 } else { value }
    });
    // A loop that turns where gaps say that it does not.
    computed.denies("rises first and falls later", |cell, _, t, name, value| {
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

/// Whether the last J that is not at its limit, the share of right favourites, lies above it.
fn falls(cell: &CellRows) -> bool {
    let groups: Vec<toml::Table> = cell.cell.config.instance.get("groups").unwrap();
    let limit = groups[0]["share"].as_float().unwrap();
    let j = |t: usize| cell.values(&CORRECT_PROBABILITY, t).unwrap()[0];
    (0..=cell.rounds()).rev().map(j).find(|j| (j - limit).abs() > 1e-9).unwrap() > limit
}

/// Self-rewarding and votes end differently from the same mixture, both ways round: what is said of one is not right of the other.
fn some_mixtures_tell_votes_from_self_rewarding(results: &Results) {
    let [own, votes] = ["self-rewarding", "many-voters"].map(|part| results.cells(part).unwrap());
    let (mut own_alone, mut votes_alone, mut tied) = (0, 0, Vec::new());
    for cell in &own {
        let groups = cell.label("instance.groups");
        let same: Vec<&CellRows> = votes.iter().filter(|other| other.label("instance.groups") == groups).collect();
        assert!(!same.is_empty(), "{groups}");
        own_alone += usize::from(falls(cell) && same.iter().all(|vote| !falls(vote)));
        votes_alone += usize::from(!falls(cell) && same.iter().all(|vote| falls(vote)));
        if groups.matches("\"gap\":1.0").count() == 2 {
            tied.push(falls(cell));
        }
    }
    assert!(own_alone > 0 && votes_alone > 0, "{own_alone} {votes_alone}");
    assert!(tied.contains(&true) && tied.contains(&false), "{tied:?}");
}

/// Votes of finitely many are weighed, too: one that grows no gap, or more than infinitely many would, is seen.
fn votes_lie_between_two_formulas(computed: &Computed) {
    assert!(!exceeds("L7", &computed.results(), "votes"));
    for shift in [-0.01, 0.01] {
        let lens = move |cell: &CellRows, _: usize, t: usize, name: &str, value: f64| {
            let shifted = t == 1
                && name == "correct_probability"
                && cell.number("process.reward.vote_of").is_ok_and(|votes| votes == 1999.0);
            if shifted { value + shift } else { value }
        };
        assert!(exceeds("L7", &computed.results().seen_through(lens), "votes"), "{shift}");
    }
}

/// The slope of the first step, and its sign alone: J that falls where it rises.
fn short_steps_show_the_start(computed: &Computed) {
    for part in ["first-step", "first-step-votes"] {
        assert!(!exceeds("L7.start", &computed.results(), part));
        let first = |cell: &CellRows| (cell.cell.ordinal, cell.value(0, &CORRECT_PROBABILITY, 0).unwrap());
        let starts: BTreeMap<usize, f64> = computed.results().cells(part).unwrap().iter().map(first).collect();
        for factor in [1.001, -1.0] {
            let starts = starts.clone();
            let lens = move |cell: &CellRows, _: usize, t: usize, name: &str, value: f64| match starts
                .get(&cell.cell.ordinal)
            {
                Some(start) if t == 1 && name == "correct_probability" => start + factor * (value - start),
                _ => value,
            };
            assert!(exceeds("L7.start", &computed.results().seen_through(lens), part), "{part}, {factor}");
        }
    }
}

fn groups(right: &str, wrong: &str, more: &str) -> Option<Mixture> {
    let text = format!(
        "[instance]\nkind = \"answers\"\nresponses = 2\ngroups = [{{ share = 0.8, gap = {right}, right = true }}, \
         {{ share = 0.2, gap = {wrong}, right = false }}{more}]\n"
    );
    of_groups(&Config::from_table(&parse_toml(&text).unwrap()).unwrap()).unwrap()
}

/// A whole number is a number.
#[test]
fn gaps_are_read_with_and_without_a_decimal_point() {
    let expected = Mixture::new(0.8, 2.0, 1.0).unwrap();
    assert_eq!(groups("2.0", "1.0", ""), Some(expected));
    assert_eq!(groups("2", "1", ""), Some(expected));
    // A tie is no favourite, and a third group no mixture of two.
    assert_eq!(groups("2", "0", ""), None);
    assert_eq!(groups("2", "1", ", { share = 0.1, gap = 3, right = true }"), None);
}
