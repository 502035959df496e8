//! SIGKILL at any moment: the store opens again with every committed row, and the resumed run equals an undisturbed one.

use std::path::Path;
use std::process::{Child, Stdio};
use std::time::Duration;

use selfreward::study::Store;

use crate::study_common::{Bench, slow, wait_for_commits};

const KILLS: usize = 5;

fn start(bench: &Bench, line: &str) -> Child {
    bench.command(line).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

fn kill(child: &mut Child) {
    child.kill().unwrap();
    child.wait().unwrap();
}

/// Kills a run after its second commit has begun, again and again; false if it was over before that.
fn killed(bench: &Bench, store: &Path) -> bool {
    let mut before = 0;
    for _ in 0..KILLS {
        let mut child = start(bench, "run slow.toml --resume --jobs 2");
        let running = wait_for_commits(&mut child, store, 2);
        kill(&mut child);
        let counts = Store::open(store).unwrap().counts().unwrap();
        assert_eq!(counts.rows, counts.done * 5, "replicates are there whole or not at all");
        if !running || counts.complete() {
            return false;
        }
        assert!(counts.done > before, "the first commit was lost: {} replicates, {before} before", counts.done);
        before = counts.done;
    }
    true
}

#[test]
fn killed_again_and_again_the_run_ends_with_the_same_rows() {
    // On a machine too fast for one of these, the next is long enough.
    let hit = [1000, 4000, 16_000, 64_000].into_iter().find_map(|replicates| {
        let bench = Bench::with("slow.toml", &slow(replicates));
        let store = bench.path("runs/slow-full.sqlite");
        killed(&bench, &store).then_some(bench)
    });
    let bench = hit.expect("some run is under way when it is killed");
    bench.expect(0, "run slow.toml --resume --jobs 2 --quiet");
    bench.expect(0, "run slow.toml --out whole --jobs 2 --quiet");
    assert!(bench.rows("whole/slow-full.sqlite") == bench.rows("runs/slow-full.sqlite"));
    let left: Vec<_> = std::fs::read_dir(bench.path("runs")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(left.iter().all(|name| !name.to_string_lossy().contains(".part")), "{left:?}");
}

/// While the store is being made (here of many cells), a kill leaves no store, or one that opens.
#[test]
fn killed_before_the_first_row_it_starts_again() {
    let values: Vec<String> = (1..=60).map(|value| value.to_string()).collect();
    let wide = format!(
        "name = \"wide\"\n[[part]]\nname = \"p\"\n[part.base.instance]\nkind = \"tabular\"\nprompts = 1\nresponses = 2\n\
         [part.base.process]\nrounds = 1\n[part.grid]\n\"instance.bump\" = [{0}]\n\"process.samples\" = [{0}]\n\
         \"process.rounds\" = [0, 1]\n[part.full]\nreplicates = 1\n[part.quick]\nreplicates = 1\n",
        values.join(", ")
    );
    let bench = Bench::with("wide.toml", &wide);
    let store = bench.path("runs/wide-full.sqlite");
    for _ in 0..10 {
        let mut child = start(&bench, "run wide.toml --resume");
        // The draft is there, or the store already.
        while std::fs::read_dir(bench.path("runs")).is_ok_and(|files| files.count() == 0)
            || !bench.path("runs").exists()
        {
            assert!(child.try_wait().unwrap().is_none(), "the run makes a store");
            std::thread::sleep(Duration::from_millis(1));
        }
        kill(&mut child);
        if store.exists() {
            assert_eq!(Store::open(&store).unwrap().counts().unwrap().cells, 60 * 60 * 2);
            break;
        }
        assert!(bench.complaint(2, "show runs/wide-full.sqlite").contains("does not exist"));
    }
    bench.expect(0, "run wide.toml --resume --quiet");
    bench.expect(0, "run wide.toml --out whole --quiet");
    assert!(bench.rows("whole/wide-full.sqlite") == bench.rows("runs/wide-full.sqlite"));
    let left = std::fs::read_dir(bench.path("runs")).unwrap();
    let names: Vec<_> = left.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    assert!(names.iter().all(|name| !name.ends_with(".part")), "{names:?}");
}
