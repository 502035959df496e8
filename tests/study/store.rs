//! Stores that are damaged, foreign, locked, or that cannot be written: one clear message, and nothing lost.

use std::fs;

use selfreward::simulate::config::SeedConfig;
use selfreward::study::plan::Unit;
use selfreward::study::provenance::Identity;
use selfreward::study::runner::{Watcher, run_units};
use selfreward::study::{Definition, Profile, Shard, Store, Study};

use crate::study_common::{Bench, PROBE};

const STORE: &str = "runs/probe-full.sqlite";

fn computed() -> Bench {
    let bench = Bench::with("probe.toml", PROBE);
    bench.expect(0, "run probe.toml --quiet");
    bench
}

/// Every command that opens a store refuses it with code 2 and one line.
#[track_caller]
fn all_refuse(bench: &Bench, word: &str) {
    for line in
        ["run probe.toml --resume", "show STORE", "plot STORE", "export STORE --json", "merge STORE -o all.sqlite"]
    {
        let said = bench.complaint(2, &line.replace("STORE", STORE));
        assert!(said.contains(word) && said.lines().count() == 1, "{line}: {said}");
    }
}

#[test]
fn a_foreign_file_is_refused() {
    let bench = computed();
    for content in [&b""[..], b"not a database", b"SQLite format 3\0 and then nothing of the kind"] {
        fs::write(bench.path(STORE), content).unwrap();
        all_refuse(&bench, "is no store of selfreward");
        assert_eq!(fs::read(bench.path(STORE)).unwrap(), content, "the file is left as it was");
    }
    fs::remove_file(bench.path(STORE)).unwrap();
    rusqlite::Connection::open(bench.path(STORE))
        .unwrap()
        .execute_batch("CREATE TABLE cells (a); INSERT INTO cells VALUES (1)")
        .unwrap();
    all_refuse(&bench, "is no store of selfreward");
    assert!(bench.complaint(2, "run probe.toml").contains("exists already"));
}

#[test]
fn a_truncated_store_is_refused() {
    let bench = computed();
    let bytes = fs::read(bench.path(STORE)).unwrap();
    for share in [10, 50, 90, 99] {
        fs::write(bench.path(STORE), &bytes[..bytes.len() * share / 100]).unwrap();
        all_refuse(&bench, "is damaged");
    }
    // To a whole number of pages, too.
    fs::write(bench.path(STORE), &bytes[..bytes.len() - 4096]).unwrap();
    all_refuse(&bench, "is damaged");
}

#[test]
fn a_later_schema_is_refused() {
    let bench = computed();
    rusqlite::Connection::open(bench.path(STORE)).unwrap().pragma_update(None, "user_version", 99).unwrap();
    all_refuse(&bench, "has schema 99");
}

#[test]
fn a_store_in_use_is_refused() {
    let bench = computed();
    let rows = bench.rows(STORE);
    let other = rusqlite::Connection::open(bench.path(STORE)).unwrap();
    other.execute_batch("BEGIN EXCLUSIVE").unwrap();
    all_refuse(&bench, "is locked by another process");
    assert!(bench.complaint(2, "run probe.toml --force").contains("is locked by another process"));
    other.execute_batch("ROLLBACK").unwrap();
    drop(other);
    assert_eq!(rows, bench.rows(STORE));
    bench.expect(0, "run probe.toml --resume --quiet");
}

/// A file where a folder should be, and a folder in which nothing can be made even by root.
#[test]
fn a_folder_that_cannot_be_written_is_refused() {
    let bench = computed();
    for folder in ["probe.toml/runs", "/proc/nothing"] {
        let said = bench.complaint(2, &format!("run probe.toml --out {folder}"));
        assert!(said.contains("cannot be made a folder") && said.lines().count() == 1, "{said}");
    }
}

struct Quiet;

impl Watcher for Quiet {
    fn unit_done(&self, _: Unit) {}

    fn stop(&self) -> bool {
        false
    }
}

/// A full disk, which SQLite reports in the same way as a file that may have no more pages: the error says so, what was
/// committed stays, and the run goes on to the same rows once there is room.
#[test]
fn a_full_disk_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    // Enough rows for several transactions.
    let definition = Definition::parse(&PROBE.replace("replicates = 6", "replicates = 400")).unwrap();
    let study = Study::new(definition, Profile::Full, SeedConfig::Number(1)).unwrap();
    let identity = Identity::new(&study, Shard::WHOLE).unwrap();
    let units: Vec<Unit> = study.units(Shard::WHOLE).collect();
    let mut whole = Store::create(&path("whole.sqlite"), &study, Shard::WHOLE, &identity, false).unwrap();
    run_units(&study, &mut whole, &units, &Quiet).unwrap();
    let pages = fs::metadata(path("whole.sqlite")).unwrap().len() / 4096;

    let mut store = Store::create(&path("full.sqlite"), &study, Shard::WHOLE, &identity, false).unwrap();
    store.limit_pages(pages * 2 / 3).unwrap();
    let error = run_units(&study, &mut store, &units, &Quiet).unwrap_err().to_string();
    assert!(error.contains("the disk is full"), "{error}");
    drop(store);

    let mut store = Store::resume(&path("full.sqlite"), &study, Shard::WHOLE, &identity).unwrap().0;
    let settled = store.settled().unwrap();
    assert!(!settled.is_empty() && settled.len() < units.len(), "{} of {}", settled.len(), units.len());
    let missing: Vec<Unit> =
        units.iter().copied().filter(|unit| !settled.contains(&(unit.ordinal, unit.replicate))).collect();
    let tally = run_units(&study, &mut store, &missing, &Quiet).unwrap();
    assert_eq!(tally.done, missing.len());
    let rows = |store: &Store| {
        let mut text = Vec::new();
        selfreward::study::export::csv(store, selfreward::study::store::Tidy::Rows, &mut text).unwrap();
        text
    };
    assert!(rows(&whole) == rows(&store));
}

/// Two processes that start the same store at once: one computes it, the other is refused, and the rows are whole.
#[test]
fn of_two_runs_at_once_one_is_refused() {
    let bench = Bench::with("probe.toml", &PROBE.replace("replicates = 6", "replicates = 600"));
    let mut children: Vec<_> = (0..4)
        .map(|_| bench.command("run probe.toml --quiet --jobs 1").stderr(std::process::Stdio::null()).spawn().unwrap())
        .collect();
    let mut codes: Vec<Option<i32>> = children.iter_mut().map(|child| child.wait().unwrap().code()).collect();
    codes.sort_unstable();
    assert_eq!(codes, [Some(0), Some(2), Some(2), Some(2)]);
    assert!(bench.expect(0, &format!("show {STORE}")).contains("replicates: 3608 of 3608 done"));
    let left: Vec<_> = fs::read_dir(bench.path("runs")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["probe-full.sqlite"], "nothing is left behind");
}
