//! What papers hold: ids, sources, rules, controls, names, printed statements.

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

/// Words by which a claim's `result` names a place of a paper.
const PLACES: [&str; 14] = [
    "Theorem",
    "Lemma",
    "Corollar",
    "Proposition",
    "Remark",
    "Definition",
    "Algorithm",
    "Example",
    "Appendix",
    "Section",
    "Eq. ",
    "Eqs. ",
    "abstract (",
    "assumed after",
];

/// Claims whose `result` names a place, of which no printed statement is quoted, with the reason.
const NOT_QUOTED: [(&str, &str); 3] = [
    ("S1", "a definition stands in that section; the law and the semigroup are ours"),
    ("S1.law", "a definition stands in that section; the law is ours"),
    ("M7", "another paper's theorem with a term that it does not have; it is quoted under C18"),
];

/// A claim that is of a printed statement has it quoted, and none is excused that need not be.
#[test]
fn every_printed_statement_that_a_claim_weighs_is_quoted() {
    for claim in papers::claims() {
        let named = PLACES.iter().any(|place| claim.result.contains(place));
        let quoted = papers::quoted(claim.id).count() > 0;
        let excused = NOT_QUOTED.iter().any(|(id, _)| *id == claim.id);
        assert_eq!(named && !quoted, excused, "{}, {}: quoted {quoted}", claim.id, claim.result);
    }
}

/// Quotes are of claims of their own paper, and at least one of them names the place's number or word.
#[test]
fn quotes_are_of_claims_that_are_there() {
    for paper in papers::PAPERS {
        let mut places = BTreeSet::new();
        for quote in paper.quoted {
            assert!(places.insert(quote.place), "{} comes twice", quote.place);
            assert!(quote.says.ends_with('.') && !quote.claims.is_empty(), "{}", quote.place);
            for id in quote.claims {
                assert!(paper.claims().any(|claim| claim.id == *id), "{}: {} has no {id}", quote.place, paper.key);
            }
        }
    }
}

/// docs/theory.md quotes each of them, beside our form, and none that is not in the table.
#[test]
fn the_page_of_the_theory_quotes_each_printed_statement() {
    let plain = |text: &str| text.replace('\\', "").split_whitespace().collect::<Vec<_>>().join(" ");
    let page = include_str!("../../docs/theory.md");
    let lines =
        page.lines().map(|line| line.strip_prefix('>').map_or("\n", |rest| if rest.is_empty() { "\n" } else { rest }));
    let blocks: String = lines.collect();
    let mut found: Vec<String> = blocks.split('\n').map(plain).filter(|block| !block.is_empty()).collect();
    let mut expected: Vec<String> = (papers::PAPERS.iter().flat_map(|paper| paper.quoted))
        .map(|quote| plain(&format!("Printed ({}): {}", quote.place, quote.says)))
        .collect();
    found.sort();
    expected.sort();
    assert_eq!(found, expected);
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
