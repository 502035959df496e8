//! Shards and their merge.

use crate::study_common::{Bench, PROBE};

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
    for (order, name) in [(format!("{a} {b} {c}"), "abc"), (format!("{c} {a} {b}"), "cab")] {
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
    let [a, b, c] = sharded(&bench);
    let said = bench.complaint(1, &format!("merge {a} {c} -o runs/probe-full.sqlite"));
    assert!(said.contains("incomplete") && said.contains("of 44 replicates are missing"), "{said}");
    bench.expect(0, "run probe.toml --resume --quiet");
    assert_eq!(bench.rows("whole/probe-full.sqlite"), bench.rows("runs/probe-full.sqlite"));
    // Stores of earlier merges are stores of the whole study; there may be several.
    for (stores, name) in [(format!("{a} {c}"), "ac"), (b, "b")] {
        bench.expect(1, &format!("merge {stores} -o {name}.sqlite --quiet"));
    }
    bench.expect(0, "merge ac.sqlite b.sqlite -o abc.sqlite --quiet");
    assert_eq!(bench.rows("whole/probe-full.sqlite"), bench.rows("abc.sqlite"));
}

/// The store of a task that never started: the others are merged, the missing one is named, and the run goes on with the rest.
/// Oracle: the unsharded run.
#[test]
fn a_store_that_does_not_exist_is_left_out_and_named() {
    let bench = Bench::with("probe.toml", PROBE);
    bench.expect(0, "run probe.toml --out whole --quiet");
    let [a, b, c] = sharded(&bench);
    std::fs::remove_file(bench.path(&b)).unwrap();
    let said = bench.complaint(1, &format!("merge {a} {b} {c} -o runs/probe-full.sqlite"));
    assert!(said.contains("2 stores joined: 8 cells"), "{said}");
    assert!(said.contains(&format!("do not exist: {b}; ")) && said.contains("--resume"), "{said}");
    assert!(said.contains("error: ") && !said.contains(&format!("{a},")), "{said}");
    let resumed = bench.complaint(0, "run probe.toml --resume");
    assert!(resumed.contains("are there") && !resumed.contains(" 0 to go"), "{resumed}");
    assert_eq!(bench.rows("whole/probe-full.sqlite"), bench.rows("runs/probe-full.sqlite"));
    let said = bench.complaint(2, &format!("merge {b} missing.sqlite -o none.sqlite"));
    assert!(said.contains(&b) && said.contains("nor does any other"), "{said}");
    assert!(!bench.path("none.sqlite").exists());
}

/// More shards than cells: a shard without cells is nothing to run, and nothing that a merge misses.
#[test]
fn shards_without_cells_have_no_store() {
    let bench = Bench::with("probe.toml", PROBE);
    bench.expect(0, "run probe.toml --quick --quiet");
    let stores: Vec<String> = (1..=6)
        .map(|index| {
            let code = if index <= 4 { 0 } else { 5 };
            let said = bench.complaint(code, &format!("run probe.toml --quick --quiet --shard {index}/6"));
            assert_eq!(said.contains(&format!("nothing selected: shard {index}/6 holds no cell")), code == 5, "{said}");
            let store = format!("runs/probe-quick-shard-{index}-of-6.sqlite");
            assert_eq!(bench.path(&store).exists(), code == 0, "{store}");
            store
        })
        .collect();
    let said = bench.complaint(0, &format!("merge {} -o all.sqlite", stores.join(" ")));
    assert!(said.contains("nothing is missing") && !said.contains("warning"), "{said}");
    assert_eq!(bench.rows("runs/probe-quick.sqlite"), bench.rows("all.sqlite"));
    // Of two experiments, the one of which the shard holds cells is computed.
    bench.write("larger.toml", &PROBE.replace("\"probe\"", "\"larger\"").replace("[8]", "[8, 32, 128]"));
    let said = bench.complaint(0, "run probe.toml larger.toml --quick --shard 5/6");
    assert!(said.contains("probe.toml: shard 5/6 holds none of its 4 cells"), "{said}");
    assert!(bench.path("runs/larger-quick-shard-5-of-6.sqlite").exists());
}

#[test]
fn what_does_not_belong_together_is_not_merged() {
    let bench = Bench::with("probe.toml", PROBE);
    bench.write("other.toml", &PROBE.replace("rounds = 2", "rounds = 1"));
    let [a, b, _] = sharded(&bench);
    bench.expect(0, "run probe.toml --quiet --shard 2/3 --seed 2 --out seed");
    bench.expect(0, "run probe.toml --quiet --quick --shard 2/3 --out quick");
    bench.expect(0, "run other.toml --quiet --shard 2/3 --out other");
    for (store, word) in [
        ("seed/probe-full-shard-2-of-3.sqlite", "seed is 1 in the first store, 2 in this one"),
        ("quick/probe-quick-shard-2-of-3.sqlite", "profile is full in the first store, quick in this one"),
        ("other/probe-full-shard-2-of-3.sqlite", "does not ask for, first replicate 0 of cell"),
        ("probe.toml", "no store"),
    ] {
        let said = bench.complaint(2, &format!("merge {a} {store} -o all.sqlite"));
        assert!(said.contains(word), "{store}: {said}");
        assert!(!bench.path("all.sqlite").exists());
    }
    // One store twice, by whatever name; and one shard in two files.
    std::fs::copy(bench.path(&b), bench.path("twin.sqlite")).unwrap();
    for (stores, word) in [
        (format!("{a} {b} runs/../{a}"), "runs/../runs/probe-full-shard-1-of-3.sqlite: is named twice"),
        (format!("{a} {b} twin.sqlite"), "twin.sqlite: holds shard 2/3, as runs/probe-full-shard-2-of-3.sqlite does"),
    ] {
        let said = bench.complaint(2, &format!("merge {stores} -o all.sqlite"));
        assert!(said.contains(word), "{stores}: {said}");
        assert!(!bench.path("all.sqlite").exists());
    }
    // A row that both hold, in which one number differs in its last digit.
    bench.expect(0, "run probe.toml --quiet --out whole");
    std::fs::copy(bench.path("whole/probe-full.sqlite"), bench.path("copy.sqlite")).unwrap();
    let copy = rusqlite::Connection::open(bench.path("copy.sqlite")).unwrap();
    let changed = "UPDATE rows SET kappa = kappa * (1 + 3e-16) WHERE replicate = 1 AND round = 1";
    assert!(copy.execute(changed, []).unwrap() > 0);
    // A store of an earlier version, which has nothing to check a number against.
    copy.execute_batch("DROP TABLE digests").unwrap();
    drop(copy);
    let said = bench.complaint(2, &format!("merge {a} {b} copy.sqlite -o all.sqlite"));
    assert!(said.contains("holds rows that differ") && said.contains("replicate 1, round 1"), "{said}");
    // Output files are not run over, and never are inputs.
    bench.expect(1, &format!("merge {a} {b} -o all.sqlite --quiet"));
    assert!(bench.complaint(2, &format!("merge {a} {b} -o all.sqlite")).contains("exists already"));
    bench.expect(1, &format!("merge {a} {b} -o all.sqlite --quiet --force"));
    let said = bench.complaint(2, &format!("merge {a} {b} -o {a} --force"));
    assert!(said.contains("is one of the stores"), "{said}");
    assert!(bench.rows(&a).lines().count() > 2, "the input is untouched");
}

/// Shards of definitions that differ in words alone, and in the order of their lists, belong together. Oracle: the unsharded run.
#[test]
fn shards_are_joined_by_cell_whatever_the_words_are() {
    let bench = Bench::with("probe.toml", PROBE);
    bench.expect(0, "run probe.toml --out whole --quiet");
    let [a, b, c] = sharded(&bench);
    bench.write("words.toml", &format!("# {PROBE}").replace("# \n", "# words\n").replace("A probe", "The probe"));
    std::fs::remove_file(bench.path(&b)).unwrap();
    bench.expect(0, "run words.toml --quiet --shard 2/3");
    bench.expect(0, &format!("merge {a} {b} {c} -o words.sqlite --quiet"));
    assert_eq!(bench.rows("whole/probe-full.sqlite"), bench.rows("words.sqlite"));
    // Another order gives every cell another place; its rows are the same.
    bench.write("turned.toml", &PROBE.replace("[8, 32, 128]", "[128, 8, 32]").replace("[0.5, 1.0]", "[1.0, 0.5]"));
    bench.expect(0, "run turned.toml --out turned --quiet");
    bench.expect(0, &format!("merge {a} turned/probe-full.sqlite -o both.sqlite --quiet"));
    assert_eq!(bench.rows("whole/probe-full.sqlite"), bench.rows("both.sqlite"));
}

/// Shards of a wider grid are not lost where a narrower one is named first: it is said which to name first.
#[test]
fn no_row_is_lost_in_a_merge() {
    let bench = Bench::with("probe.toml", PROBE);
    bench.write("wider.toml", &PROBE.replace("[16, 64]", "[16, 64, 256]"));
    bench.expect(0, "run probe.toml --quiet --shard 1/2");
    bench.expect(0, "run wider.toml --out wider --quiet");
    let (narrow, wide) = ("runs/probe-full-shard-1-of-2.sqlite", "wider/probe-full.sqlite");
    let said = bench.complaint(2, &format!("merge {narrow} {wide} -o all.sqlite"));
    assert!(said.contains("name the store with the widest definition first"), "{said}");
    bench.expect(0, &format!("merge {wide} {narrow} -o all.sqlite --quiet"));
    assert_eq!(bench.rows(wide), bench.rows("all.sqlite"));
}

/// A folder stands for the shards in it, of one sweep at a time.
#[test]
fn a_folder_of_shards_is_merged() {
    let bench = Bench::with("probe.toml", PROBE);
    bench.expect(0, "run probe.toml --out whole --quiet");
    let [_, b, _] = sharded(&bench);
    bench.expect(0, "merge runs -o runs/probe-full.sqlite --quiet");
    assert_eq!(bench.rows("whole/probe-full.sqlite"), bench.rows("runs/probe-full.sqlite"));
    // Several sweeps: none is guessed.
    bench.expect(0, "run probe.toml --quick --quiet --shard 1/2");
    bench.expect(0, "run probe.toml --quick --quiet --shard 2/2");
    bench.expect(0, "run probe.toml --quick --quiet --shard 1/4");
    let said = bench.complaint(2, "merge runs -o all.sqlite");
    assert!(said.contains("probe-full in 3, probe-quick in 2, probe-quick in 4") && said.contains("--study"), "{said}");
    bench.complaint(2, "merge runs --study probe-quick -o all.sqlite");
    bench.expect(0, "merge runs --study probe-quick --shards 2 -o quick.sqlite --quiet");
    bench.expect(0, "merge runs --study probe-full -o again.sqlite --quiet");
    assert_eq!(bench.rows("whole/probe-full.sqlite"), bench.rows("again.sqlite"));
    std::fs::remove_file(bench.path(&b)).unwrap();
    let said = bench.complaint(1, "merge runs --shards 3 -o part.sqlite");
    assert!(said.contains("do not exist: runs: shard 2 of 3;"), "{said}");
    for (line, word) in [
        ("merge runs --study other-full -o none.sqlite", "holds no store of a shard"),
        ("merge whole -o none.sqlite", "holds no store of a shard"),
        ("merge again.sqlite --study probe-full -o none.sqlite", "a folder of stores"),
    ] {
        let said = bench.complaint(2, line);
        assert!(said.contains(word) && said.lines().count() == 1, "{line}: {said}");
        assert!(!bench.path("none.sqlite").exists());
    }
}

/// One store is open at a time: eighty are joined by a process that may have sixteen files open.
#[test]
#[cfg(unix)]
fn many_shards_are_merged_with_few_open_files() {
    use std::os::unix::process::CommandExt;
    let samples: Vec<String> = (1..=80).map(|n| n.to_string()).collect();
    let wide = PROBE.replace("[16, 64]", &format!("[{}]", samples.join(", "))).replace("prompts = 10", "prompts = 2");
    let bench = Bench::with("probe.toml", &wide);
    bench.expect(0, "run probe.toml --quiet --quick --out whole");
    for index in 1..=80 {
        bench.expect(0, &format!("run probe.toml --quiet --quick --jobs 1 --shard {index}/80"));
    }
    let mut merge = bench.command("merge runs -o all.sqlite --quiet");
    // SAFETY: the call between fork and exec allocates nothing.
    unsafe {
        merge.pre_exec(|| {
            let limit = libc::rlimit { rlim_cur: 16, rlim_max: 16 };
            if libc::setrlimit(libc::RLIMIT_NOFILE, &limit) == 0 {
                Ok(())
            } else {
                Err(std::io::Error::last_os_error())
            }
        });
    }
    let output = merge.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(bench.rows("whole/probe-quick.sqlite"), bench.rows("all.sqlite"));
}
