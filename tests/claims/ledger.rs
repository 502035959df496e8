//! The ledger: what it shows first, and what a row that broke off is.

use selfreward::claims::ledger::{Entry, Ledger, Outcome};
use selfreward::claims::{Case, Comparison, Evidence, Rule, Weighed, weigh};
use selfreward::papers;
use selfreward::seed::Seed;
use selfreward::study::Profile;
use selfreward::study::definition::Verdict;

/// A row of a claim with what one comparison says; none for no evidence.
fn entry(id: &str, comparison: Option<Comparison>) -> Entry {
    let cases = comparison.map(|one| Case { comparisons: vec![one], ..Case::default() });
    let evidence = Evidence::Cases(cases.into_iter().collect());
    let weighed = weigh(Rule::Always, &evidence, 1, &Seed::from_number(1)).unwrap();
    Entry::new(papers::claims().find(|claim| claim.id == id).unwrap(), weighed)
}

fn ledger(entries: Vec<Entry>) -> Ledger {
    Ledger { profile: Profile::Quick, seed: 1.into(), entries }
}

#[test]
fn violated_rows_come_first_then_those_that_say_something() {
    let ledger = ledger(vec![
        entry("C1", None),
        entry("C2", Some(Comparison::probability(0.5, 7.0, 0.0))),
        entry("C3", Some(Comparison::unlimited(0.4159, 0.762, 0.0))),
        entry("C4", Some(Comparison::unlimited(2.0, 1.0, 0.0))),
        entry("C13.risk", Some(Comparison::at_least(0.5, 0.25, 0.0))),
    ]);
    let verdicts: Vec<Verdict> = ledger.entries.iter().map(|entry| entry.weighed.verdict).collect();
    use Verdict::{Holds, HoldsVacuously, NotApplicable, Violated};
    assert_eq!(verdicts, [NotApplicable, HoldsVacuously, Holds, Violated, Holds]);
    let table = ledger.to_table();
    let rows = table.lines().filter_map(|line| line.split(' ').next().filter(|id| id.starts_with('C')));
    assert_eq!(rows.collect::<Vec<_>>(), ["C4", "C3", "C13.risk", "C1", "C2"]);
    for text in ["worst: 2 > 1", "tightest: 0.4159 ≤ 0.762", "tightest: 0.5 ≥ 0.25"] {
        assert!(table.contains(text), "{table}");
    }
    // Programs find the catalogue's order, and each number under its own name.
    let json = ledger.to_json();
    let ids: Vec<&str> = json["claims"].as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["C1", "C2", "C3", "C4", "C13.risk"]);
    let risk = &json["claims"][4];
    assert_eq!((&risk["measured"]["value"], &risk["bound"]), (&0.5.into(), &0.25.into()));
    assert_eq!(risk["comparison"], "tightest: 0.5 ≥ 0.25");
    let csv = ledger.to_csv();
    let mut csv = csv::Reader::from_reader(csv.as_bytes());
    let place = csv.headers().unwrap().iter().position(|name| name == "comparison").unwrap();
    let texts: Vec<String> = csv.records().map(|row| row.unwrap()[place].to_owned()).collect();
    assert_eq!(texts[2], "tightest: 0.4159 ≤ 0.762");
}

/// A row that broke off is not as expected, says what happened, and leaves the others as they are.
#[test]
fn a_row_that_broke_off_is_inconclusive() {
    let mut broken = entry("C1", None);
    broken.weighed = Weighed::broken("rows.sqlite: cell 3: no such n".to_owned());
    let ledger = ledger(vec![broken, entry("C3", Some(Comparison::unlimited(0.5, 1.0, 0.0)))]);
    assert_eq!(ledger.outcome(), Outcome::Inconclusive);
    let json = ledger.to_json();
    assert_eq!(json["claims"][0]["verdict"], "inconclusive");
    assert_eq!(json["claims"][0]["error"], "rows.sqlite: cell 3: no such n");
    assert_eq!((&json["claims"][1]["verdict"], &json["claims"][1]["error"]), (&"holds".into(), &().into()));
    assert!(ledger.to_table().contains("could not be weighed: rows.sqlite: cell 3: no such n"));
}
