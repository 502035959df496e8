//! The floor S6 on the quick rows of every compiled-in part on the hard instance, whatever experiment it belongs to.

use std::sync::atomic::AtomicBool;

use selfreward::claims::Evidence;
use selfreward::claims::gather::answer;
use selfreward::experiment::{self, Experiment, Results};
use selfreward::papers::{self, Listed};
use selfreward::seed::Seed;
use selfreward::simulate::config::SeedConfig;
use selfreward::study::definition::Verdict;
use selfreward::study::plan::Unit;
use selfreward::study::provenance::Identity;
use selfreward::study::runner::run_units;
use selfreward::study::{Profile, Shard, Store, Study};

use crate::Unwatched;

/// Parts of which the floor says nothing, since their rules stop by what they see: S6 binds algorithms with a fixed number of responses.
const STOPS: [(&str, &str); 4] = [
    ("sample_budgets", "adaptive"),
    ("sample_budgets", "least-adaptive-5"),
    ("sample_budgets", "least-adaptive-20"),
    ("sample_budgets", "least-adaptive-80"),
];

fn claim() -> Listed {
    papers::claims().find(|claim| claim.id == "S6").unwrap()
}

/// The parts on the hard instance.
fn hard(experiment: &Experiment) -> Vec<String> {
    let definition = experiment.definition().unwrap();
    let is_hard = |base: &toml::Table| base["instance"].get("kind").and_then(toml::Value::as_str) == Some("hard");
    definition.parts.iter().filter(|part| is_hard(&part.base)).map(|part| part.name.clone()).collect()
}

/// The quick rows of these parts alone.
fn rows(experiment: &Experiment, parts: &[String], folder: &std::path::Path) -> Results {
    let study = Study::new(experiment.definition().unwrap(), Profile::Quick, SeedConfig::Number(1)).unwrap();
    let path = folder.join(format!("{}.sqlite", experiment.name));
    let identity = Identity::new(&study, Shard::WHOLE).unwrap();
    let mut store = Store::create(&path, &study, Shard::WHOLE, &identity, false).unwrap();
    let asked = |unit: &Unit| parts.contains(&study.cell(unit.ordinal as usize).unwrap().part);
    let units: Vec<Unit> = study.units(Shard::WHOLE).filter(asked).collect();
    let tally = run_units(&study, &mut store, &units, &Unwatched(AtomicBool::new(false))).unwrap();
    assert_eq!((tally.done, tally.failed), (units.len(), 0));
    drop(store);
    Results::open(&path).unwrap()
}

/// No row passes the floor; the claim has something to say of every part but those that are named above; and in a world where the base
/// failure of one part after the first round is less by what a fifth of its prompts make, the claim is violated.
#[test]
fn no_row_of_any_experiment_passes_the_floor() {
    let folder = tempfile::tempdir().unwrap();
    let (mut all, mut parts) = (Vec::new(), 0);
    for experiment in experiment::ALL {
        let hard = hard(experiment);
        if hard.is_empty() {
            continue;
        }
        let results = rows(experiment, &hard, folder.path());
        for part in &hard {
            let cells = results.cells(part).unwrap();
            let Evidence::Cases(cases) = claim().statement.collect(experiment.name, &cells).unwrap() else {
                panic!("S6 collects cases")
            };
            assert_eq!(cases.len(), cells.len(), "{}, {part}", experiment.name);
            let speaks = cases.iter().any(|case| case.applies() && !case.comparisons.is_empty());
            let named = STOPS.contains(&(experiment.name, part.as_str()));
            assert_eq!(speaks, !named, "{}, {part}: {:?}", experiment.name, cases[0].assumptions);
            parts += 1;
        }
        all.push(results);
    }
    assert!(parts > STOPS.len());
    let weighed = |results: &mut [Results]| {
        answer(&[claim().question()], results, &Seed::from_number(1), Profile::Quick).unwrap().remove(0)
    };
    let whole = weighed(&mut all);
    assert_eq!(whole.verdict, Verdict::Holds, "{}: {}", whole.note, whole.comparison);
    let budgets = all.into_iter().find(|results| results.study.definition.name == "sample_budgets").unwrap();
    let luckier = budgets.seen_through(|cell, _, t, name, value| {
        if cell.cell.part == "floor" && name == "base_failure_0.5" && t > 0 { 0.8 * value } else { value }
    });
    assert_eq!(weighed(&mut [luckier]).verdict, Verdict::Violated);
}
