//! Exports against the store itself, and figures against the tables beside them.

use std::fs;
use std::path::Path;

use crate::npz_support;
use crate::study_common::{Bench, PROBE, records};

const STORE: &str = "runs/probe-full.sqlite";

/// Oracle: the numbers that SQLite gives for the same rows, by SQL that the exporter does not use.
#[test]
fn csv_json_and_npz_hold_the_rows_of_the_store() {
    let bench = Bench::with("probe.toml", PROBE);
    bench.expect(0, "run probe.toml --quiet");
    bench.expect(0, &format!("export {STORE} --csv out"));
    bench.expect(0, &format!("export {STORE} --npz out/rows.npz"));
    let rows = records(&fs::read_to_string(bench.path("out/rows.csv")).unwrap());
    let json: serde_json::Value = serde_json::from_str(&bench.expect(0, &format!("export {STORE} --json"))).unwrap();
    let array = |name: &str| npz_support::read(&bench.path("out/rows.npz"), name).1;
    let store = rusqlite::Connection::open(bench.path(STORE)).unwrap();
    for (column, sql) in [
        ("kappa", "kappa"),
        ("margin [nats]", "margin"),
        ("failure_0.5", "\"failure_0.5\""),
        ("failure_0.25", "\"failure_0.25\""),
        ("gap [nats]", "gap"),
        ("process.samples", "\"process.samples\""),
        ("round", "round"),
    ] {
        let query = format!(
            "SELECT CAST({sql} AS REAL) FROM rows, cells WHERE rows.cell = cells.cell ORDER BY cells.cell, replicate, round"
        );
        let mut select = store.prepare(&query).unwrap();
        let expected: Vec<Option<f64>> = select.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
        assert_eq!(expected.len(), 6 * 6 * 4 + 2 * 4 * 3);
        assert!(expected.iter().any(Option::is_some), "{column}");
        let of_csv: Vec<Option<f64>> = rows.iter().map(|row| row[column].parse().ok()).collect();
        let of_json: Vec<Option<f64>> =
            json["rows"].as_array().unwrap().iter().map(|row| row[column].as_f64()).collect();
        let of_npz: Vec<Option<f64>> = array(column).into_iter().map(|x| (!x.is_nan()).then_some(x)).collect();
        assert_eq!(expected, of_csv, "{column}");
        assert_eq!(expected, of_json, "{column}");
        assert_eq!(expected, of_npz, "{column}");
    }
    let sorted = |row: &std::collections::BTreeMap<String, String>| {
        (row["part"].clone(), row["replicate"].clone(), row["round"].clone())
    };
    assert_eq!(sorted(&rows[0]), ("tabular".into(), "0".into(), "0".into()));
    assert_eq!(sorted(&rows[5]), ("tabular".into(), "1".into(), "1".into()));
}

/// Two honest runs export the same bytes but for the provenance, which tells them apart.
#[test]
fn only_the_provenance_tells_two_runs_apart() {
    let bench = Bench::with("probe.toml", PROBE);
    let [a, b] = [("a", 1), ("b", 2)].map(|(folder, jobs)| {
        bench.expect(0, &format!("run probe.toml --quiet --out {folder} --jobs {jobs}"));
        bench.expect(0, &format!("export {folder}/probe-full.sqlite --csv {folder}"));
        ["rows.csv", "failures.csv", "provenance.json"]
            .map(|file| fs::read_to_string(bench.path(folder).join(file)).unwrap())
    });
    assert_eq!(a[..2], b[..2]);
    let [a, b] = [a, b].map(|files| serde_json::from_str::<serde_json::Value>(&files[2]).unwrap());
    assert_eq!(a["identity"], b["identity"]);
    assert_eq!((&a["sessions"][0]["jobs"], &b["sessions"][0]["jobs"]), (&1.into(), &2.into()));
    for name in ["version", "revision", "lockfile", "seed", "definition", "backend"] {
        assert!(a["identity"][name].as_str().is_some_and(|value| !value.is_empty()), "{name}");
    }
    for name in ["started", "ended", "host", "cpu"] {
        assert!(a["sessions"][0][name].as_str().is_some_and(|value| !value.is_empty()), "{name}");
    }
    assert!(bench.complaint(2, "export a/probe-full.sqlite --csv a").contains("--force"));
    bench.complaint(2, "export a/probe-full.sqlite");
}

fn drawn(folder: &Path, name: &str) -> [Vec<u8>; 2] {
    ["svg", "png"].map(|ending| fs::read(folder.join(format!("{name}.{ending}"))).unwrap())
}

/// A figure drawn again from the CSV beside it has the same bytes: of an experiment, and of a definition without a figure of
/// its own.
#[test]
fn figures_are_redrawn_from_their_tables() {
    let bench = Bench::with("probe.toml", PROBE);
    bench.expect(0, "run probe.toml hard_instance --quick --quiet");
    for name in ["probe", "hard_instance"] {
        bench.expect(0, &format!("plot runs/{name}-quick.sqlite --out first"));
        fs::create_dir_all(bench.path("again")).unwrap();
        fs::copy(bench.path("first").join(format!("{name}.csv")), bench.path("again").join(format!("{name}.csv")))
            .unwrap();
        bench.expect(0, &format!("plot again/{name}.csv"));
        assert!(drawn(&bench.path("first"), name) == drawn(&bench.path("again"), name), "{name}");
        bench.expect(0, &format!("plot first/{name}.csv --out elsewhere"));
        assert!(drawn(&bench.path("first"), name) == drawn(&bench.path("elsewhere"), name), "{name}");
    }
    bench.write("foreign.csv", "a,b\n1,2\n");
    assert!(bench.complaint(2, "plot foreign.csv").contains("no table beside a figure"));
}

/// An experiment's binary defines, runs and plots through the same functions as the command.
#[test]
fn an_experiments_binary_gives_what_run_and_plot_give() {
    let bench = Bench::with("probe.toml", PROBE);
    bench.expect(0, "run hard_instance --quick --quiet");
    bench.expect(0, "plot runs/hard_instance-quick.sqlite --out figures");
    for resume in [false, true, false] {
        let mut binary = std::process::Command::new(env!("CARGO_BIN_EXE_hard_instance"));
        binary.args(["--quick", "--quiet", "--out"]).arg(bench.path("binary")).args(resume.then_some("--resume"));
        assert!(binary.current_dir(bench.path("")).status().unwrap().success());
        assert_eq!(bench.rows("runs/hard_instance-quick.sqlite"), bench.rows("binary/runs/hard_instance-quick.sqlite"));
        assert!(drawn(&bench.path("figures"), "hard_instance") == drawn(&bench.path("binary"), "hard_instance"));
    }
}

/// The committed figures are those of the committed tables.
#[test]
fn committed_figures_are_those_of_their_tables() {
    let bench = Bench::with("probe.toml", PROBE);
    let figures = Path::new(env!("CARGO_MANIFEST_DIR")).join("figures");
    for experiment in selfreward::experiment::ALL {
        for drawing in experiment.drawings {
            let csv = figures.join(format!("{}.csv", drawing.name));
            bench.expect(0, &format!("plot {} --out again", csv.display()));
            assert!(drawn(&figures, drawing.name) == drawn(&bench.path("again"), drawing.name), "{}", drawing.name);
        }
    }
}
