//! A second paper beside the first: it moves no number of the other's rows, and both have their chapters.

use rand::RngExt;
use selfreward::Result;
use selfreward::claims::gather::{Question, answer};
use selfreward::claims::ledger::{Entry, Ledger};
use selfreward::claims::{Case, Claim, Comparison, Control, Evidence, Level, Rule, Statement, Weighed};
use selfreward::papers::fu2026::PAPER as FIRST;
use selfreward::papers::{self, Listed, Paper};
use selfreward::report::{Record, Report, html, markdown, splice};
use selfreward::seed::{Purpose, Seed};
use selfreward::study::Profile;
use selfreward::study::definition::Verdict;

/// A paper that states three times that a coin shows heads in at most a half of its throws, and one identity.
static TOY: Paper = Paper {
    key: "toy2026",
    citation: "Toy et al., “Coins & <dice>”",
    link: "https://example.org/toy",
    claims: &[&[coin("Z10.late"), coin("Z2"), IDENTITY], &[coin("Z1.coin")]],
    printed: &[("Z1", "A coin is fair.")],
    quoted: &[],
    bounds: &[],
    flags: &[],
};

const fn coin(id: &'static str) -> Claim {
    Claim {
        id,
        says: "a coin shows heads in at most a half of its throws",
        level: Level::Explicit,
        result: "Lemma Z",
        expected: Verdict::Holds,
        sources: &[],
        statement: Statement::Constructed(throws),
        rule: Rule::WithProbability { rho: 0.5 },
        note: "",
        controls: &[Control {
            id: "Z1.never",
            says: "it never does",
            sources: &[],
            statement: Statement::Constructed(throws),
            rule: Rule::Always,
        }],
    }
}

const IDENTITY: Claim =
    Claim::exact("Z3", "1 = 1", "Lemma Z", &[], Statement::Constructed(|_, _| Ok(vec![case(1.0, 1.0)])), &[]);

fn case(measured: f64, bound: f64) -> Case {
    Case { comparisons: vec![Comparison::unlimited(measured, bound, 0.0)], ..Case::default() }
}

/// A hundred throws; heads, with probability 1/4, exceed.
fn throws(seed: &Seed, _: Profile) -> Result<Vec<Case>> {
    let mut rng = seed.rng(Purpose::Laws, 0, 0);
    Ok((0..100).map(|_| case(f64::from(u8::from(rng.random_bool(0.25))), 0.5)).collect())
}

fn weighed(questions: &[Question]) -> Vec<Weighed> {
    answer(questions, &mut [], &Seed::from_number(1), Profile::Quick).unwrap()
}

/// Claims of the first paper that need no rows; C11 is weighed at a level.
fn constructed() -> Vec<Listed> {
    FIRST.claims().filter(|claim| claim.sources.is_empty()).collect()
}

fn ledger(claims: Vec<Listed>) -> Ledger {
    let answers = weighed(&claims.iter().map(Listed::question).collect::<Vec<_>>());
    let entries = claims.into_iter().zip(answers).map(|(claim, weighed)| Entry::new(claim, weighed));
    Ledger { profile: Profile::Quick, seed: 1.into(), entries: entries.collect() }
}

#[test]
fn a_second_paper_moves_no_number_of_the_first() {
    let of = |claims: &[Listed]| weighed(&claims.iter().map(Listed::question).collect::<Vec<_>>());
    let (first, toy) = (constructed(), TOY.claims().collect::<Vec<_>>());
    let alone = of(&first);
    // Whichever stands before the other.
    let before = of(&[first.as_slice(), &toy].concat());
    let after = of(&[toy.as_slice(), &first].concat());
    assert_eq!(before[..alone.len()], alone);
    assert_eq!(after[toy.len()..], alone);
    assert_eq!(after[..toy.len()], of(&toy));

    // Had the level been shared among both papers, an interval would be another: the comparison above can tell.
    assert_eq!(TOY.decisions(), 3);
    let own = first.iter().find(|claim| claim.id == "C11").unwrap().question();
    let shared = Question { decisions: FIRST.decisions() + TOY.decisions(), ..own };
    let interval = |weighed: &[Weighed]| weighed[0].measured.unwrap().hi;
    assert!(interval(&weighed(&[shared])) > interval(&weighed(&[own])));
    // The oracle for the level of the toy's rows: 0.01 among its three decisions, one-sided at each end.
    let second = toy.iter().position(|claim| claim.id == "Z2").unwrap();
    let found = of(&toy)[second].measured.unwrap();
    let heads = (100.0 * found.value).round() as u64;
    let (lo, hi) = selfreward::stats::binomial::clopper_pearson(heads, 100, 1.0 - 0.02 / 3.0).unwrap();
    assert_eq!((found.lo, found.hi), (lo, hi));
}

/// What is drawn follows from the id: not from what stands beside it, nor from its number alone.
#[test]
fn streams_follow_from_ids() {
    let seed = Seed::from_number(1);
    let drawn = |id: &str| match Statement::Constructed(throws).construct(id, &seed, Profile::Quick).unwrap() {
        Evidence::Cases(cases) => cases.iter().map(|case| case.comparisons[0].measured).collect::<Vec<f64>>(),
        other => panic!("{other:?}"),
    };
    assert_eq!(drawn("Z1.coin"), drawn("Z1.coin"));
    assert_ne!(drawn("Z1.coin"), drawn("Z1.never"));
    assert_ne!(drawn("Z1.coin"), drawn("Z2"));
    // As the seed's own derivation has it.
    let mut rng = seed.named("claim", "Z2").rng(Purpose::Laws, 0, 0);
    let throws: Vec<f64> = (0..100).map(|_| f64::from(u8::from(rng.random_bool(0.25)))).collect();
    assert_eq!(drawn("Z2"), throws);
}

#[test]
fn claims_are_called_by_id_number_letter_and_paper() {
    let ids = |name: &str| papers::named(&[&FIRST, &TOY], name).iter().map(|claim| claim.id).collect::<Vec<_>>();
    assert_eq!(ids("toy2026"), ["Z1.coin", "Z2", "Z3", "Z10.late"]);
    assert_eq!(ids("Z"), ids("toy2026"));
    assert_eq!((ids("Z1"), ids("Z10.late")), (vec!["Z1.coin"], vec!["Z10.late"]));
    assert_eq!(ids("C"), ids("fu2026"));
    assert_eq!(ids("C").len(), FIRST.claims().count());
    assert_eq!(ids("C10"), ["C10.linear", "C10.finite"]);
    assert_eq!(ids("Z4"), Vec::<&str>::new());
    assert_eq!((TOY.printed("Z1.coin"), TOY.printed("Z10.late")), ("A coin is fair.", ""));
}

#[test]
fn every_list_has_a_chapter_for_each_paper() {
    let claims = || [constructed(), TOY.claims().collect()].concat();
    let ledger = ledger(claims());
    let table = ledger.to_table();
    let place = |text: &str| table.find(text).unwrap_or_else(|| panic!("no {text} in {table}"));
    // A heading, its rows, its counts; then those of the next; then the counts of all.
    let count = |count: usize| format!("\n{count} rows: ");
    let [first, toy] = [constructed().len(), TOY.claims().count()];
    let marks = [
        FIRST.heading(),
        "\nC11 ".into(),
        count(first),
        TOY.heading(),
        "\nZ10.late ".into(),
        count(toy),
        count(first + toy),
    ];
    let places = marks.map(|mark| place(&mark));
    assert!(places.is_sorted(), "{places:?} in {table}");
    // With one paper its counts are those of all, and stand there once.
    assert_eq!(self::ledger(constructed()).to_table().matches(" rows: ").count(), 1);

    let json = ledger.to_json();
    let cited = |paper: &Paper| serde_json::json!({"key": paper.key, "citation": paper.citation, "link": paper.link});
    assert_eq!(json["papers"], serde_json::json!([cited(&FIRST), cited(&TOY)]));
    let papers = |rows: &serde_json::Value| -> Vec<String> {
        rows.as_array().unwrap().iter().map(|row| row["paper"].as_str().unwrap().to_owned()).collect()
    };
    let expected: Vec<&str> = claims().iter().map(|claim| claim.paper.key).collect();
    assert_eq!(papers(&json["claims"]), expected);
    let csv = ledger.to_csv();
    let column: Vec<&str> = csv.lines().skip(1).filter_map(|line| line.rsplit(',').next()).collect();
    assert_eq!(column, expected);

    let record = Record::read(json).unwrap();
    let summary = splice::summary(&record);
    let folds: Vec<&str> = summary.split("<details>").skip(1).collect();
    assert_eq!(folds.len(), 2);
    assert!(
        folds[0].contains("fu2026") && folds[0].contains("</a>C11 |") && !folds[0].contains("</a>Z2 |"),
        "{summary}"
    );
    assert!(folds[1].contains("Coins \\& \\<dice\\>"), "{summary}");
    assert!(folds[1].contains("</a>Z2 |") && !folds[1].contains("</a>C11 |"), "{summary}");

    let report = Report { ledger: record, chapters: Vec::new(), remarks: Vec::new() };
    let (page, document) = (html::page(&report), markdown::text(&report));
    let chapters: Vec<&str> = page.split("<h3 id=\"paper-").skip(1).collect();
    assert_eq!(chapters.len(), 2);
    for (chapter, key, id, rows) in [(chapters[0], "fu2026", "C11", first), (chapters[1], "toy2026", "Z2", toy)] {
        assert!(chapter.starts_with(&format!("{key}\"")) && chapter.contains(&format!("<tr id=\"claim-{id}\"")));
        assert_eq!(chapter.matches(&format!("data-paper=\"{key}\"")).count(), rows);
    }
    assert!(!chapters[0].contains("claim-Z2") && !chapters[1].contains("claim-C11"));
    // Among several papers one can be chosen.
    assert!(page.contains(&format!("data-key=\"paper\" data-value=\"toy2026\" aria-pressed=\"false\">toy2026 {toy}<")));
    let [of_first, of_toy] = ["## fu2026: ", "## toy2026: "].map(|title| document.find(title).unwrap());
    let [c11, z2] = ["### C11: ", "### Z2: "].map(|title| document.find(title).unwrap());
    assert!(of_first < c11 && c11 < of_toy && of_toy < z2, "{document}");
}
