//! The commands `selfreward verify` and `selfreward falsify`, as a person calls them.

use std::path::Path;

use assert_cmd::Command;
use predicates::prelude::*;
use serde_json::Value;

fn selfreward(folder: &Path, arguments: &str) -> Command {
    let mut command = Command::cargo_bin("selfreward").unwrap();
    command.current_dir(folder).args(arguments.split_whitespace());
    command
}

/// Refused with exit code 2, nothing on standard output, and an error that contains every word.
fn refused(folder: &Path, arguments: &str, words: &[&str]) {
    let output = selfreward(folder, arguments).assert().code(2).stdout(predicate::str::is_empty()).get_output().clone();
    let error = String::from_utf8(output.stderr).unwrap();
    for word in words {
        assert!(error.contains(word), "`{arguments}`: no {word} in {error}");
    }
}

fn json(folder: &Path, path: &str) -> Value {
    serde_json::from_slice(&std::fs::read(folder.join(path)).unwrap()).unwrap()
}

#[test]
fn unknown_claims_are_refused_with_the_nearest() {
    let folder = tempfile::tempdir().unwrap();
    refused(folder.path(), "verify C18.prinetd", &["C18.prinetd", "the nearest is C18.printed"]);
    refused(folder.path(), "falsify C8.simplificaton", &["C8.simplificaton", "the nearest is C8.simplification"]);
}

/// A paper's key, a letter, a number and an id; each claim once, however often it is named.
#[test]
fn claims_are_named_by_paper_letter_number_or_id() {
    let folder = tempfile::tempdir().unwrap();
    refused(folder.path(), "verify fu2025", &["fu2025", "the nearest is fu2026"]);
    refused(folder.path(), "falsify C", &["one of its parts: C1, C2"]);
    selfreward(folder.path(), "run real_spectrum --quick --out runs -q").assert().success();
    let ids = |names: &str| -> Vec<String> {
        let order = format!("verify {names} --json -q --from runs/real_spectrum-quick.sqlite");
        let output = selfreward(folder.path(), &order).output().unwrap();
        let ledger: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(ledger["papers"][0]["key"], "fu2026");
        let claims = ledger["claims"].as_array().unwrap().iter();
        claims.map(|claim| claim["id"].as_str().unwrap().to_owned()).collect()
    };
    let all = selfreward::papers::fu2026::PAPER.claims().count();
    assert_eq!((ids("fu2026").len(), ids("C16 C fu2026").len()), (all, all));
    assert_eq!(ids("C16"), ["C16.linear", "C16.integral", "C16.from-integral", "C16.every-response"]);
    assert_eq!(ids("C16.integral C16.linear"), ["C16.integral", "C16.linear"]);
}

#[test]
fn a_number_with_parts_is_refused_with_their_names() {
    let folder = tempfile::tempdir().unwrap();
    refused(folder.path(), "falsify C16", &["C16", "one of its parts", "C16.linear, C16.integral"]);
}

/// A control that has no rows was not tried: that is no success, and each is named.
#[test]
fn controls_that_cannot_be_tried_fail_and_are_named() {
    let folder = tempfile::tempdir().unwrap();
    selfreward(folder.path(), "run real_spectrum --quick --out runs -q").assert().success();
    let order = "verify C2 C3 C14 --controls --json -q --from runs/real_spectrum-quick.sqlite --out kept";
    let output = selfreward(folder.path(), order).assert().code(3).get_output().clone();
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(error.contains("not tried: C2.no-baseline, C14.one-more"), "{error}");
    let controls = json(folder.path(), "kept/controls.json")["controls"].clone();
    let of = |key: &str| controls.as_array().unwrap().iter().map(|row| row[key].as_bool()).collect::<Vec<_>>();
    assert_eq!(of("untried"), [Some(true), Some(false), Some(true)]);
    assert_eq!(of("caught"), [Some(false), Some(true), Some(false)]);
}

/// A grid with holes is not weighed: half of a study's cells are no evidence on its claims.
#[test]
fn stores_that_lack_cells_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    selfreward(folder.path(), "run initial_dependence --quick --shard 1/2 --out runs -q").assert().success();
    let store = "runs/initial_dependence-quick-shard-1-of-2.sqlite";
    refused(folder.path(), &format!("verify C20.kappa --from {store}"), &[store, "have no rows", "merge"]);
    // Claims of other experiments do not look at it, whichever side of the stores they are named on.
    selfreward(folder.path(), &format!("verify C21 --from {store} -q")).assert().code(0);
    selfreward(folder.path(), &format!("verify --from {store} C21 -q")).assert().code(0);
    refused(folder.path(), "verify --from C21", &["C21", "one store at least"]);
}

/// What a violation saves is the violation: the run of the counterexample fails on all of its mass, where the printed form
/// allows none.
#[test]
fn a_saved_counterexample_replays() {
    let folder = tempfile::tempdir().unwrap();
    selfreward(folder.path(), "verify C18.printed --quick --out found -q").assert().code(0);
    let ledger = json(folder.path(), "found/ledger.json");
    let row = &ledger["claims"][0];
    assert_eq!(
        (row["verdict"].as_str(), row["witness"]["saved"].as_str()),
        (Some("violated"), Some("C18.printed.toml"))
    );
    selfreward(folder.path(), "simulate --config found/C18.printed.toml --out again -q").assert().success();
    let rows = std::fs::read_to_string(folder.path().join("again/trajectory.csv")).unwrap();
    let mut table = csv::Reader::from_reader(rows.as_bytes());
    let column = table.headers().unwrap().iter().position(|name| name == "failure_0.3_mean").unwrap();
    let failures: Vec<f64> = table.records().map(|row| row.unwrap()[column].parse().unwrap()).collect();
    assert_eq!(failures, [0.0, 1.0]);
}

/// One response is enough for Theorem D.1's count: two draws a sample at δ = ½, where log 2 are printed. The likelihood of a prompt
/// with one response has nothing to fit, and the run is one all the same.
#[test]
fn the_smallest_counterexample_replays() {
    let folder = tempfile::tempdir().unwrap();
    selfreward(folder.path(), "verify S5b.printed-draws --quick --out found -q").assert().code(0);
    selfreward(folder.path(), "simulate --config found/S5b.printed-draws.toml --out again -q").assert().success();
    let rows = std::fs::read_to_string(folder.path().join("again/trajectory.csv")).unwrap();
    let mut table = csv::Reader::from_reader(rows.as_bytes());
    let column = table.headers().unwrap().iter().position(|name| name == "draws_mean").unwrap();
    let draws: Vec<String> = table.records().map(|row| row.unwrap()[column].to_owned()).collect();
    assert_eq!(draws, ["", "200.0"]);
}

/// `--evaluations` with the printed number finds the same instance, byte for byte.
#[test]
fn a_search_is_replayed_by_its_number_of_evaluations() {
    let folder = tempfile::tempdir().unwrap();
    let text = |out: &str| {
        let order = format!("falsify C8.simplification --evaluations 500 --out {out}");
        let output = selfreward(folder.path(), &order).assert().code(0).get_output().stdout.clone();
        String::from_utf8(output).unwrap()
    };
    let (first, second) = (text("first"), text("second"));
    assert!(first.contains("violated") && !first.contains("not violated"), "{first}");
    assert_eq!(first.replace("first/", ""), second.replace("second/", ""));
    let npz = |out: &str| std::fs::read(folder.path().join(out).join("C8.simplification-worst.npz")).unwrap();
    assert_eq!(npz("first"), npz("second"));
}

/// In a store with a hole the replicates behind it keep their numbers: the same violation is saved, and the hole is said.
#[test]
fn a_witness_is_known_by_its_number() {
    let folder = tempfile::tempdir().unwrap();
    selfreward(folder.path(), "run proof_audit --quick --out runs -q").assert().success();
    let saved = |out: &str| {
        let order = format!("verify C8.simplification --from runs/proof_audit-quick.sqlite --out {out}");
        let output = selfreward(folder.path(), &order).assert().code(0).get_output().clone();
        let witness = json(folder.path(), &format!("{out}/ledger.json"))["claims"][0]["witness"].clone();
        let npz = std::fs::read(folder.path().join(out).join("C8.simplification.npz")).unwrap();
        (witness, npz, String::from_utf8(output.stderr).unwrap())
    };
    let (whole, whole_npz, silence) = saved("whole");
    let (cell, replicate) = (whole["cell"].as_i64().unwrap(), whole["replicate"].as_i64().unwrap());
    assert!(replicate > 0 && silence.is_empty(), "{whole} {silence}");
    let database = rusqlite::Connection::open(folder.path().join("runs/proof_audit-quick.sqlite")).unwrap();
    for table in ["rows", "digests"] {
        let deleted = format!("DELETE FROM {table} WHERE cell = ? AND replicate = 0");
        assert!(database.execute(&deleted, [cell]).unwrap() > 0);
    }
    drop(database);
    let (holed, holed_npz, warning) = saved("holed");
    assert_eq!((holed, holed_npz), (whole, whole_npz));
    assert!(warning.contains("1 replicate is missing"), "{warning}");

    // Rounds that are missing, in the middle or at the end, do not make other rounds of the rest, in a store without digests either.
    for missing in ["round = 1 AND replicate = 1", "round = 1", "round >= 2 AND replicate = 1", "round >= 2"] {
        let path = folder.path().join("runs/proof_audit-quick.sqlite");
        let copy = folder.path().join("gap.sqlite");
        std::fs::copy(&path, &copy).unwrap();
        let database = rusqlite::Connection::open(&copy).unwrap();
        database.execute_batch(&format!("DROP TABLE digests; DELETE FROM rows WHERE {missing}")).unwrap();
        drop(database);
        selfreward(folder.path(), "verify C1 C6 --quick --from gap.sqlite --out gap").assert().code(4);
        for claim in json(folder.path(), "gap/ledger.json")["claims"].as_array().unwrap() {
            assert_eq!(claim["verdict"], "inconclusive", "{missing}: {claim}");
            assert!(claim["witness"].is_null(), "{missing}: {claim}");
        }
    }
}
