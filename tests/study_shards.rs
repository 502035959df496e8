//! Shards and their merge.

mod study_common;
use study_common::{Bench, PROBE};

/// Runs the probe in three shards and gives their stores.
fn sharded(bench: &Bench) -> [String; 3] {
    [1, 2, 3].map(|index| {
        bench.expect(0, &format!("run probe.toml --quiet --shard {index}/3"));
        format!("runs/probe-full-shard-{index}-of-3.sqlite")
    })
}

#[test]
fn merged_shards_equal_the_unsharded_run() {
    let bench = Bench::with("probe.toml", PROBE);
    bench.expect(0, "run probe.toml --out whole --quiet");
    let whole = bench.rows("whole/probe-full.sqlite");
    let [a, b, c] = sharded(&bench);
    for (order, name) in [(format!("{a} {b} {c}"), "abc"), (format!("{c} {a} {b} {a}"), "caba")] {
        bench.expect(0, &format!("merge {order} -o {name}.sqlite --quiet"));
        assert_eq!(whole, bench.rows(&format!("{name}.sqlite")), "{name}");
    }
    // The merged store is the whole run's store: it resumes as such, with nothing left to do.
    bench.expect(0, &format!("merge {a} {b} {c} -o runs/probe-full.sqlite --quiet"));
    assert!(bench.complaint(0, "run probe.toml --resume").contains("44 replicates are there, 0 to go"));
    let shown = bench.expect(0, "show runs/probe-full.sqlite");
    assert!(
        shown.contains("shard: 1/1") && shown.contains("session 4:"),
        "three sessions and the resumed one: {shown}"
    );
}

/// A merge of some of the shards is a store that the whole run goes on with.
#[test]
fn a_partial_merge_resumes_to_the_whole() {
    let bench = Bench::with("probe.toml", PROBE);
    bench.expect(0, "run probe.toml --out whole --quiet");
    let [a, _, c] = sharded(&bench);
    let said = bench.complaint(0, &format!("merge {a} {c} -o runs/probe-full.sqlite"));
    assert!(said.contains("incomplete"), "{said}");
    // The cells of the missing shard are not known to the joined store; resuming makes them.
    bench.expect(0, "run probe.toml --resume --quiet");
    assert_eq!(bench.rows("whole/probe-full.sqlite"), bench.rows("runs/probe-full.sqlite"));
}

/// More shards than cells: an empty shard is a store like any other.
#[test]
fn empty_shards_merge() {
    let bench = Bench::with("probe.toml", PROBE);
    bench.expect(0, "run probe.toml --quick --quiet");
    let stores: Vec<String> = (1..=6)
        .map(|index| {
            bench.expect(0, &format!("run probe.toml --quick --quiet --shard {index}/6"));
            format!("runs/probe-quick-shard-{index}-of-6.sqlite")
        })
        .collect();
    bench.expect(0, &format!("merge {} -o all.sqlite --quiet", stores.join(" ")));
    assert_eq!(bench.rows("runs/probe-quick.sqlite"), bench.rows("all.sqlite"));
}

#[test]
fn what_does_not_belong_together_is_not_merged() {
    let bench = Bench::with("probe.toml", PROBE);
    bench.write("other.toml", &PROBE.replace("A probe", "The probe"));
    let [a, b, _] = sharded(&bench);
    bench.expect(0, "run probe.toml --quiet --shard 2/3 --seed 2 --out seed");
    bench.expect(0, "run probe.toml --quiet --quick --shard 2/3 --out quick");
    bench.expect(0, "run other.toml --quiet --shard 2/3 --out other");
    for (store, word) in [
        ("seed/probe-full-shard-2-of-3.sqlite", "seed is 1 in the first store, 2 in this one"),
        ("quick/probe-quick-shard-2-of-3.sqlite", "profile is full in the first store, quick in this one"),
        ("other/probe-full-shard-2-of-3.sqlite", "line 4 of the definition"),
        ("missing.sqlite", "does not exist"),
        ("probe.toml", "no store"),
    ] {
        let said = bench.complaint(2, &format!("merge {a} {store} -o all.sqlite"));
        assert!(said.contains(word), "{store}: {said}");
        assert!(!bench.path("all.sqlite").exists());
    }
    // A row that both hold, in which one number differs in its last digit.
    std::fs::copy(bench.path(&b), bench.path("copy.sqlite")).unwrap();
    let copy = rusqlite::Connection::open(bench.path("copy.sqlite")).unwrap();
    let changed = "UPDATE rows SET kappa = kappa * (1 + 3e-16) WHERE replicate = 1 AND round = 1";
    assert!(copy.execute(changed, []).unwrap() > 0);
    drop(copy);
    let said = bench.complaint(2, &format!("merge {a} {b} copy.sqlite -o all.sqlite"));
    assert!(said.contains("holds rows that differ") && said.contains("replicate 1, round 1"), "{said}");
    // Output files are not run over, and never are inputs.
    bench.expect(0, &format!("merge {a} {b} -o all.sqlite --quiet"));
    assert!(bench.complaint(2, &format!("merge {a} {b} -o all.sqlite")).contains("exists already"));
    bench.expect(0, &format!("merge {a} {b} -o all.sqlite --quiet --force"));
    let said = bench.complaint(2, &format!("merge {a} {b} -o {a} --force"));
    assert!(said.contains("is one of the stores"), "{said}");
    assert!(bench.rows(&a).lines().count() > 2, "the input is untouched");
}
