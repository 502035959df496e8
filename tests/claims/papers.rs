//! What papers hold: ids, sources, rules, controls, names.

use std::collections::BTreeSet;

use selfreward::claims::{Rule, Statement};
use selfreward::experiment;
use selfreward::papers;
use selfreward::study::definition::Verdict;

/// Numbers that no claim has, with the reason.
const WITHOUT_CLAIM: [(&str, &str); 5] = [
    ("S8", "measured: the experiment `sphere` shows it, no verdict is given; what the paper prints of it has a row"),
    ("T5", "no such statement is in the list of claims"),
    ("L9", "no such statement is in the list of claims"),
    ("L14", "measured: the experiment `selective_rewriting` shows it, no verdict is given"),
    ("L16", "no such statement is in the list of claims"),
];

/// An exception is one: no statement of its number is expected to hold.
#[test]
fn numbers_without_a_claim_have_none() {
    for (number, reason) in WITHOUT_CLAIM {
        let claimed =
            papers::claims().filter(|claim| claim.family() == number).find(|claim| claim.expected != Verdict::Violated);
        assert!(claimed.is_none() && !reason.is_empty(), "{number} has a claim, {}", claimed.unwrap().id);
    }
    assert!(experiment::find("sphere").is_some() && experiment::find("selective_rewriting").is_some());
}

#[test]
fn no_number_of_a_letter_is_left_out_and_no_id_comes_twice() {
    let numbers: BTreeSet<&str> = papers::claims().map(|claim| claim.family()).collect();
    let letters: BTreeSet<&str> = papers::claims().map(|claim| claim.letter()).collect();
    for letter in letters {
        let of_letter = || papers::claims().filter(|claim| claim.letter() == letter);
        let last = of_letter().map(|claim| claim.family()[letter.len()..].parse::<u32>().unwrap()).max().unwrap();
        assert!(letter != "C" || last >= 29);
        for number in 1..=last {
            let name = format!("{letter}{number}");
            let excused = WITHOUT_CLAIM.iter().any(|(number, _)| *number == name);
            assert!(excused || numbers.contains(name.as_str()), "{name} has no row");
        }
        let papers: BTreeSet<&str> = of_letter().map(|claim| claim.paper.key).collect();
        assert_eq!(papers.len(), 1, "{letter} is of several papers: {papers:?}");
    }
    let mut ids = BTreeSet::new();
    for claim in papers::claims() {
        assert!(ids.insert(claim.id), "{} comes twice", claim.id);
        for control in claim.controls {
            assert!(ids.insert(control.id), "{} comes twice", control.id);
        }
    }
}

/// Statements of the paper and its companion, as the `result` column names them.
#[test]
fn every_numbered_statement_has_a_row() {
    let results: Vec<&str> = papers::claims().map(|claim| claim.result).collect();
    for statement in [
        "Theorem 4.1",
        "Theorems 5.3, 6.2",
        "Proposition 4.3",
        "Remark 4.2",
        "Lemma C.1",
        "Lemma C.2",
        "Lemma C.3",
        "Lemmas C.3, C.4",
        "Lemma F.4",
        "Lemma G.2",
        "Lemma G.4",
        "Corollary 5.7",
        "Corollary 6.4",
        "Corollary G.5",
        "Corollary G.6",
        "Eq. 11",
        "Eqs. 12–14",
        "Eq. 15",
        "Eqs. 16–18",
        "Eq. 149",
        "companion's Lemma 4.1",
        "companion's Lemma J.1",
        "companion's Lemma J.2",
    ] {
        assert!(results.iter().any(|result| result.contains(statement)), "{statement} has no row");
    }
}

#[test]
fn every_true_claim_has_a_control_of_its_own_name() {
    for claim in papers::claims().filter(|claim| claim.expected == Verdict::Holds) {
        assert!(!claim.controls.is_empty(), "{} has no control", claim.id);
        for control in claim.controls {
            assert!(control.id.starts_with(&format!("{}.", claim.number())), "{} of {}", control.id, claim.id);
        }
    }
}

/// What is committed of a control's power is of a control as it stands, of its claim and of what it says, in the order of claims. A
/// control whose power was not measured has no line on the page, or one that says so.
#[test]
fn the_power_table_is_of_these_controls() {
    let table: serde_json::Value = serde_json::from_str(include_str!("../../docs/power.json")).unwrap();
    let page = include_str!("../../docs/power.md");
    let mut rows = table["controls"].as_array().unwrap().iter().peekable();
    let text = |row: &serde_json::Value, key: &str| row[key].as_str().unwrap().to_owned();
    for (claim, control) in papers::claims().flat_map(|claim| claim.controls.iter().map(move |one| (claim, one))) {
        let of = format!("| {} |", control.id);
        let shares = match rows.next_if(|row| row["id"] == control.id) {
            None if page.lines().all(|line| !line.starts_with(&of)) => continue,
            None => "| not measured | not measured |".to_owned(),
            Some(row) => {
                let committed = ["claim", "statement"].map(|key| text(row, key));
                assert_eq!(committed, [claim.id, control.says], "{}", control.id);
                let share = |key: &str| row[key].as_f64().unwrap_or_else(|| panic!("{} has no {key}", control.id));
                format!("| {:.2} | {:.2} |", share("power"), share("false_alarm"))
            }
        };
        assert!(page.lines().any(|line| line.starts_with(&of) && line.ends_with(&shares)), "{of} … {shares}");
    }
    assert_eq!(rows.next(), None, "no control of any claim, or not in their order");
}

#[test]
fn sources_exist_and_rules_fit_their_evidence() {
    let fits = |statement: &Statement, rule: Rule, sources: usize| match statement {
        Statement::Constructed(_) => sources == 0 && matches!(rule, Rule::Always | Rule::WithProbability { .. }),
        Statement::Replicates(_) => sources > 0 && matches!(rule, Rule::Always | Rule::WithProbability { .. }),
        Statement::Cells(_) => sources > 0 && rule == Rule::Always,
        Statement::Curves(_) => sources > 0 && matches!(rule, Rule::Exponent(_) | Rule::Decay(_)),
        Statement::Ratios(_) => sources > 0 && rule == Rule::Shape,
    };
    for claim in papers::claims() {
        assert!(fits(&claim.statement, claim.rule, claim.sources.len()), "{}", claim.id);
        for control in claim.controls {
            assert!(fits(&control.statement, control.rule, control.sources.len()), "{}", control.id);
        }
        let controls = claim.controls.iter().flat_map(|control| control.sources);
        for source in claim.sources.iter().chain(controls) {
            let found = experiment::find(source.experiment);
            let definition =
                found.unwrap_or_else(|| panic!("{}: {}", claim.id, source.experiment)).definition().unwrap();
            let known = source.part.is_empty() || definition.parts.iter().any(|part| part.name == source.part);
            assert!(known, "{}: {} has no part {}", claim.id, source.experiment, source.part);
        }
    }
}
