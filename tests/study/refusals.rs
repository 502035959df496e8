//! What `run` refuses before it replaces anything, and what a dry run says.

use std::fs;

use crate::study_common::{Bench, PROBE};

const STORE: &str = "runs/probe-full.sqlite";

/// Every cell is checked before a store is made or replaced, and a dry run checks the same.
#[test]
fn a_bad_cell_costs_no_store() {
    let bench = Bench::with("probe.toml", PROBE);
    bench.expect(0, "run probe.toml --quiet");
    let before = fs::read(bench.path(STORE)).unwrap();
    let base = "beta = 1.0\n";
    let with = |more: &str| PROBE.replace(base, &format!("{base}{more}\n"));
    let npz = |path: &str| {
        format!(
            "{PROBE}\n[[part]]\nname = \"file\"\n[part.base.instance]\nkind = \"npz\"\npath = \"{path}\"\n\
             [part.full]\nreplicates = 1\n[part.quick]\nreplicates = 1\n"
        )
    };
    bench.write("words.npz", "no archive");
    for (what, definition, word) in [
        ("the last value of a grid", PROBE.replace("[16, 64]", "[16, 64, 0]"), "process.samples = 0"),
        ("n beyond its range", PROBE.replace("[16, 64]", "[16, 2000000000000000]"), "1 to 10^15"),
        ("β below 0", PROBE.replace(base, "beta = -1.0\n"), "process.beta = -1"),
        ("a ball that θ_0 is not in", with("radius = 0.5"), "process.radius = 0.5"),
        (
            "rounds beyond their range",
            PROBE.replace("rounds = 2", "rounds = 2000000000"),
            "process.rounds = 2000000000",
        ),
        ("a θ_0 of no length", PROBE.replace("dim = 6", "dim = 6\ntheta_norm = -1.0"), "theta_norm"),
        ("a θ_0 of another length", PROBE.replace("dim = 6", "dim = 6\ntheta0 = [1.0]"), "theta0"),
        ("a file that is not there", npz("missing.npz"), "missing.npz"),
        ("a file that is no archive", npz("words.npz"), "words.npz"),
        (
            "two keys of which one is meant",
            PROBE.replace(
                "\"process.samples\" = [16, 64]",
                "\"process.samples\" = [16, 64]\n\"process.beta\" = [1.0]\n\"process.beta_over_sqrt_n\" = [1.0, 2.0]",
            ),
            "[process] = beta and beta_over_sqrt_n: expected only one of them",
        ),
        (
            "one in the base, one in the grid",
            PROBE.replace(
                "\"process.samples\" = [16, 64]",
                "\"process.samples\" = [16, 64]\n\"process.beta_over_sqrt_n\" = [1.0, 2.0]",
            ),
            "[process] = beta and beta_over_sqrt_n: expected only one of them",
        ),
        (
            "another such pair",
            PROBE.replace("dim = 6", "dim = 6\ntheta_norm = 1.0").replace(
                "\"process.samples\" = [16, 64]",
                "\"process.samples\" = [16, 64]\n\"instance.logit_scale\" = [1.0]",
            ),
            "[instance] = theta_norm and logit_scale: expected only one of them",
        ),
    ] {
        assert_ne!(definition, PROBE, "{what}");
        bench.write("bad.toml", &definition);
        for line in [
            "run bad.toml --force",
            "run bad.toml --dry-run",
            "run probe.toml bad.toml --force",
            "run bad.toml --out new",
        ] {
            let said = bench.complaint(2, line);
            assert!(said.contains(word) && said.lines().count() == 1, "{what}: {line}: {said}");
        }
        assert!(before == fs::read(bench.path(STORE)).unwrap(), "{what}");
        assert!(!bench.path("new").exists(), "{what}");
    }
}

/// A dry run minds no store that exists, makes nothing, and refuses what could not be resumed.
#[test]
fn a_dry_run_minds_no_store() {
    let bench = Bench::with("probe.toml", PROBE);
    bench.expect(0, "run probe.toml --dry-run --out new");
    assert!(!bench.path("new").exists());
    bench.expect(0, "run probe.toml --quiet");
    let before = fs::read(bench.path(STORE)).unwrap();
    for line in ["run probe.toml --dry-run", "run probe.toml --dry-run --force", "run probe.toml --dry-run --resume"] {
        assert!(bench.expect(0, line).contains("8 cells, 44 replicates"), "{line}");
    }
    assert!(bench.complaint(2, "run probe.toml --dry-run --resume --seed 2").contains("seed is 1 in the store"));
    assert!(before == fs::read(bench.path(STORE)).unwrap());
}

/// A store that another process uses is not replaced, and no draft of the new one is left.
#[test]
fn a_store_in_use_is_not_replaced() {
    let bench = Bench::with("probe.toml", PROBE);
    bench.expect(0, "run probe.toml --quiet");
    let before = fs::read(bench.path(STORE)).unwrap();
    let other = rusqlite::Connection::open(bench.path(STORE)).unwrap();
    other.execute_batch("BEGIN EXCLUSIVE").unwrap();
    bench.complaint(2, "run probe.toml --force --quiet");
    other.execute_batch("ROLLBACK").unwrap();
    drop(other);
    assert!(before == fs::read(bench.path(STORE)).unwrap());
    let left: Vec<_> = fs::read_dir(bench.path("runs")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["probe-full.sqlite"], "no draft is left");
}
