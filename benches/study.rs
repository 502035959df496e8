//! What the harness costs: the overhead of a cell, and how much two threads gain.
//!
//! `cargo bench --bench study`; it fails if a limit is missed. The figures are only worth something on an idle machine.
#![expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]

use std::path::Path;
use std::process::ExitCode;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use selfreward::simulate::config::SeedConfig;
use selfreward::simulate::{Simulation, run};
use selfreward::study::plan::Unit;
use selfreward::study::provenance::Identity;
use selfreward::study::runner::{Watcher, run_units};
use selfreward::study::{Definition, Profile, Shard, Store, Study};

/// Microseconds of harness for each cell, commits included.
const OVERHEAD_LIMIT: f64 = 100.0;
/// Time of one thread over time of two.
const SPEEDUP_LIMIT: f64 = 1.8;

struct Quiet;

impl Watcher for Quiet {
    fn unit_done(&self, _: Unit) {}

    fn stop(&self) -> bool {
        false
    }
}

fn seconds<T>(work: impl FnOnce() -> T) -> (f64, T) {
    let start = Instant::now();
    let result = work();
    (start.elapsed().as_secs_f64(), result)
}

/// The least of some runs: what else the machine does only adds.
fn least(runs: usize, work: impl FnMut(usize) -> f64) -> f64 {
    (0..runs).map(work).fold(f64::INFINITY, f64::min)
}

fn study(text: &str) -> Study {
    let definition = Definition::parse(text).expect("a sound definition");
    Study::new(definition, Profile::Full, SeedConfig::Number(1)).expect("a sound study")
}

/// Plans, makes the store, runs everything on the current pool.
fn compute(text: &str, path: &Path) -> usize {
    let study = study(text);
    let identity = Identity::new(&study, Shard::WHOLE).expect("no input files");
    let mut store = Store::create(path, &study, Shard::WHOLE, &identity, true).expect("a writable folder");
    let units: Vec<Unit> = study.units(Shard::WHOLE).collect();
    run_units(&study, &mut store, &units, &Quiet).expect("room on the disk").done
}

fn pool(threads: usize) -> rayon::ThreadPool {
    rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads")
}

/// 20000 cells of next to no work, one replicate and one round each.
fn wide() -> String {
    let list = |from: usize, to: usize| (from..to).map(|value| value.to_string()).collect::<Vec<_>>().join(", ");
    format!(
        "name = \"wide\"\n[[part]]\nname = \"p\"\n[part.base.instance]\nkind = \"tabular\"\nprompts = 1\n\
         [part.base.process]\nrounds = 1\n[part.grid]\n\"instance.responses\" = [{}]\n\"process.samples\" = [{}]\n\
         [part.full]\nreplicates = 1\n[part.quick]\nreplicates = 1\n",
        list(2, 102),
        list(1, 201)
    )
}

/// Two dozen equal cells of a few milliseconds a replicate.
const EQUAL: &str = r#"
name = "equal"
[[part]]
name = "p"
[part.base.instance]
kind = "gaussian"
prompts = 200
responses = 16
dim = 64
[part.base.process]
rounds = 4
beta = 1.0
samples = 2048
[part.grid]
"instance.theta_norm" = [1.0, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.7, 1.8, 1.9, 2.0, 2.1, 2.2, 2.3, 2.4, 2.5]
[part.full]
replicates = 8
[part.quick]
replicates = 1
"#;

/// Microseconds a cell: a whole study on one thread, less its replicates run in a loop.
fn overhead(folder: &Path) -> f64 {
    let text = wide();
    let study = study(&text);
    let cells = study.cells();
    let simulations: Vec<Simulation> =
        (0..cells).map(|i| Simulation::describe(study.cell(i).expect("a cell").config).expect("sound")).collect();
    let never = AtomicBool::new(false);
    let bare =
        || simulations.iter().map(|s| run::replicate(s, 0, false, &never).expect("sound").rounds.len()).sum::<usize>();
    let one = pool(1);
    let bare = least(3, |_| seconds(bare).0);
    let whole = least(3, |_| seconds(|| one.install(|| compute(&text, &folder.join("wide.sqlite")))).0);
    (whole - bare) / cells as f64 * 1e6
}

fn speedup(folder: &Path) -> f64 {
    let time = |threads: usize| {
        let pool = pool(threads);
        least(3, |_| seconds(|| pool.install(|| compute(EQUAL, &folder.join("equal.sqlite")))).0)
    };
    time(1) / time(2)
}

fn main() -> ExitCode {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let overhead = overhead(folder.path());
    println!("overhead of a cell, commits included: {overhead:.0} µs (limit {OVERHEAD_LIMIT} µs)");
    let speedup = speedup(folder.path());
    println!("two threads against one, equal cells: {speedup:.2} times (limit {SPEEDUP_LIMIT})");
    if overhead <= OVERHEAD_LIMIT && speedup >= SPEEDUP_LIMIT { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
