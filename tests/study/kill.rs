//! SIGKILL at any moment: the store opens again with every committed row, and the resumed run equals an undisturbed one.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use selfreward::study::Store;

use crate::study_common::Bench;

const KILLS: u32 = 12;
/// How long the undisturbed run should take: long beside the 0.2 s between two commits.
const WHOLE: Duration = Duration::from_secs(8);

fn start(bench: &Bench, line: &str) -> Child {
    bench.command(line).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

fn kill(child: &mut Child) {
    Command::new("kill").args(["-KILL", &child.id().to_string()]).status().unwrap();
    child.wait().unwrap();
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the test must kill while there is work left, on a machine of any speed")]
fn killed_again_and_again_the_run_ends_with_the_same_rows() {
    let bench = Bench::lasting(WHOLE);
    let started = Instant::now();
    bench.expect(0, "run slow.toml --out whole --jobs 2 --quiet");
    let whole = started.elapsed();
    let store = bench.path("runs/slow-full.sqlite");
    let mut rng = ChaCha8Rng::seed_from_u64(4);
    let (mut within, mut before) = (0, 0);
    for _ in 0..KILLS {
        let mut child = start(&bench, "run slow.toml --resume --jobs 2");
        // The delays sum to a whole run, of which starting and what was not committed are lost: work is left.
        std::thread::sleep(whole.mul_f64(rng.random_range(0.4..1.6) / f64::from(KILLS)));
        let running = child.try_wait().unwrap().is_none();
        kill(&mut child);
        if !store.exists() {
            continue;
        }
        let counts = Store::open(&store).unwrap().counts().unwrap();
        assert!(counts.done >= before, "a committed row was lost: {} of {before}", counts.done);
        assert_eq!(counts.rows, counts.done * 5, "replicates are there whole or not at all");
        before = counts.done;
        within += u32::from(running && counts.done > 0 && !counts.complete());
    }
    assert!(within * 3 >= KILLS * 2, "{within} of {KILLS} kills hit a run with rows behind it and work before it");
    bench.expect(0, "run slow.toml --resume --jobs 2 --quiet");
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
    let mut rng = ChaCha8Rng::seed_from_u64(5);
    let mut absent = 0;
    for _ in 0..15 {
        let mut child = start(&bench, "run wide.toml --resume");
        std::thread::sleep(Duration::from_millis(rng.random_range(1..200)));
        kill(&mut child);
        match store.exists() {
            false => absent += 1,
            true => assert_eq!(Store::open(&store).unwrap().counts().unwrap().cells, 60 * 60 * 2),
        }
    }
    assert!(absent > 0, "some kill came before the store was there");
    bench.expect(0, "run wide.toml --resume --quiet");
    bench.expect(0, "run wide.toml --out whole --quiet");
    assert!(bench.rows("whole/wide-full.sqlite") == bench.rows("runs/wide-full.sqlite"));
}
