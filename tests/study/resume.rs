//! `--resume` under a definition that has changed: rows are reused by cell, whatever the words around them are.

use std::fs;

use crate::study_common::{Bench, PROBE};

const STORE: &str = "runs/probe-full.sqlite";

/// Runs the probe, then another definition with `--resume`; gives what that said. Oracle for the rows: a fresh run of the other.
#[track_caller]
fn resumed(bench: &Bench, other: &str) -> String {
    bench.write("other.toml", other);
    fs::remove_dir_all(bench.path("runs")).ok();
    bench.expect(0, "run probe.toml --quiet");
    let said = bench.complaint(0, "run other.toml --resume");
    bench.expect(0, "run other.toml --out fresh --force --quiet");
    assert_eq!(bench.rows(STORE), bench.rows("fresh/probe-full.sqlite"));
    assert!(bench.expect(0, &format!("show {STORE} --check")).starts_with("sound: "));
    // It is the store of the new definition from now on.
    assert!(bench.complaint(0, "run other.toml --resume").contains(" 0 to go"));
    said
}

#[test]
fn what_leaves_all_rows_as_they_are_is_no_reason_to_refuse() {
    let bench = Bench::with("probe.toml", PROBE);
    let change = |from: &str, to: &str| {
        assert!(PROBE.contains(from), "{from}");
        PROBE.replace(from, to)
    };
    let new_part = format!(
        "{PROBE}\n[[part]]\nname = \"new\"\n[part.base.instance]\nkind = \"tabular\"\nprompts = 3\nresponses = 2\n\
         [part.base.process]\nrounds = 1\n[part.base.measure]\ndelta = [0.3]\nchain = true\n[part.full]\nreplicates = 2\n\
         [part.quick]\nreplicates = 1\n"
    );
    let tabular = PROBE.find("[[part]]").unwrap()..PROBE.rfind("[[part]]").unwrap();
    let turned = format!("{}{}\n{}", &PROBE[..tabular.start], &PROBE[tabular.end..], &PROBE[tabular.clone()]);
    for (what, other, there) in [
        ("a comment", format!("{PROBE}# a comment\n"), 44),
        ("white space", change("replicates = 6", "replicates   =   6"), 44),
        ("another analysis", change("A probe", "The probe"), 44),
        ("another claim", change("claims = {}", "claims = { C21 = \"holds\" }"), 44),
        ("a default spelled out", change("prompts = 20", "prompts = 20\nweights = \"uniform\""), 44),
        ("another quick profile", change("replicates = 3", "replicates = 2"), 44),
        ("a further value", change("[8, 32, 128]", "[8, 16, 32, 128]"), 44),
        ("values in another order", change("[8, 32, 128]", "[128, 8, 32]"), 44),
        (
            "a further key",
            change("\"process.samples\" = [16, 64]", "\"process.samples\" = [16, 64]\n\"process.rounds\" = [1, 2]"),
            44,
        ),
        ("more replicates", change("replicates = 6", "replicates = 9"), 44),
        ("a new part, with columns of its own", new_part, 44),
        ("parts in another order", turned, 44),
    ] {
        let said = resumed(&bench, &other);
        assert!(said.contains(&format!("{there} replicates are there")), "{what}: {said}");
        assert!(!said.contains("is kept as"), "{what}: {said}");
    }
}

/// Rows that the new definition does not ask for are not lost: the store as it was is kept, and its rows are all there.
#[test]
fn rows_that_are_asked_for_no_more_are_kept_beside() {
    let bench = Bench::with("probe.toml", PROBE);
    bench.expect(0, "run probe.toml --out whole --quiet");
    for (what, other, left) in [
        ("a value less", PROBE.replace("[8, 32, 128]", "[8, 128]"), 12),
        ("fewer replicates", PROBE.replace("replicates = 6", "replicates = 5"), 6),
        ("another value", PROBE.replace("rounds = 2", "rounds = 1"), 8),
    ] {
        let said = resumed(&bench, &other);
        let kept = format!("asks for {left} of its replicates no more");
        assert!(said.contains(&kept) && said.contains(&format!("kept as {STORE}.before-1")), "{what}: {said}");
        assert_eq!(bench.rows("whole/probe-full.sqlite"), bench.rows(&format!("{STORE}.before-1")), "{what}");
    }
    // The next one has a name of its own.
    assert!(bench.complaint(0, "run probe.toml --resume").contains("before-2"));
    bench.write("less.toml", &PROBE.replace("[16, 64]", "[16]"));
    assert!(bench.complaint(0, "run less.toml --resume").contains("before-3"));
    assert_eq!(bench.rows("whole/probe-full.sqlite"), bench.rows(&format!("{STORE}.before-3")));
}

/// A run of half the cells is gone on with under a wider grid. Failures count as what they are.
#[test]
fn half_a_run_is_gone_on_with() {
    let bench = Bench::with("probe.toml", PROBE);
    bench.expect(0, "run probe.toml --quiet");
    let store = rusqlite::Connection::open(bench.path(STORE)).unwrap();
    for table in ["rows", "digests"] {
        assert!(store.execute(&format!("DELETE FROM {table} WHERE cell % 2 = 1"), []).unwrap() > 0);
    }
    drop(store);
    bench.write("wider.toml", &PROBE.replace("[8, 32, 128]", "[4, 8, 32, 64, 128]"));
    let said = bench.complaint(0, "run wider.toml --resume");
    assert!(said.contains("22 replicates are there"), "{said}");
    bench.expect(0, "run wider.toml --out fresh --quiet");
    assert_eq!(bench.rows(STORE), bench.rows("fresh/probe-full.sqlite"));
}

/// What would give other rows is refused, whatever the words are.
#[test]
fn what_would_give_other_rows_is_refused() {
    let bench = Bench::with("probe.toml", PROBE);
    bench.expect(0, "run probe.toml --quiet");
    let rows = bench.rows(STORE);
    bench.write("other.toml", &PROBE.replace("A probe", "The probe"));
    let said = bench.complaint(2, "run other.toml --resume --seed 2");
    assert!(said.contains("seed is 1 in the store, 2 now"), "{said}");
    let npz = |theta: f64| {
        let mut writer = selfreward::instance::npz::NpzWriter::new(fs::File::create(bench.path("a.npz")).unwrap());
        let phi = ndarray::Array3::from_shape_fn((2, 3, 2), |(x, y, j)| 0.2 * (x + 2 * y + j) as f64 / 3.0);
        writer.add_array("phi", &phi).unwrap();
        writer.add_array("theta0", &ndarray::arr1(&[theta, -0.5])).unwrap();
        writer.finish().unwrap();
    };
    let from_file = "name = \"probe\"\n[[part]]\nname = \"p\"\n[part.base.instance]\nkind = \"npz\"\npath = \"a.npz\"\n\
        [part.full]\nreplicates = 2\n[part.quick]\nreplicates = 1\n";
    npz(0.5);
    bench.write("file.toml", from_file);
    bench.expect(0, "run file.toml --out file --quiet");
    npz(0.6);
    bench.write("file.toml", &format!("{from_file}# words\n"));
    let said = bench.complaint(2, "run file.toml --out file --resume");
    assert!(said.contains("input a.npz is "), "{said}");
    assert_eq!(rows, bench.rows(STORE), "a refusal changes nothing");
    assert!(!bench.path("file/probe-full.sqlite.before-1").exists());
}

/// Cells are dealt anew where the grid changes: a shard whose rows would go to another one says how they are kept.
#[test]
fn a_shard_says_what_becomes_of_a_changed_grid() {
    let bench = Bench::with("probe.toml", PROBE);
    for index in 1..=2 {
        bench.expect(0, &format!("run probe.toml --quiet --shard {index}/2"));
    }
    bench.write("words.toml", &format!("{PROBE}# words\n"));
    assert!(bench.complaint(0, "run words.toml --resume --shard 1/2").contains(" 0 to go"));
    bench.write("wider.toml", &PROBE.replace("[16, 64]", "[16, 64, 4096]"));
    let said = bench.complaint(2, "run wider.toml --resume --shard 1/2");
    assert!(said.contains("belongs to no cell of shard 1/2 now") && said.contains("selfreward merge"), "{said}");
    // The way that it names works.
    bench.expect(0, "merge runs -o runs/probe-full.sqlite --quiet");
    assert!(bench.complaint(0, "run wider.toml --resume").contains("44 replicates are there, 4 to go"));
    bench.expect(0, "run wider.toml --out fresh --quiet");
    assert_eq!(bench.rows(STORE), bench.rows("fresh/probe-full.sqlite"));
}
