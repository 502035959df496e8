//! Every experiment in its quick profile, from its definition to what it finds; and the same check on rows from which the
//! phenomenon was taken out, where it must fail. The ledger, weighed on the same rows, is tested in the same way.
//!
//! Seeds are pinned. What a check tolerates is derived where the check stands, beside the experiment.

mod best_of_n;
mod consistency_vs_correctness;
mod curriculum;
mod effective_dimension;
mod equal_budget;
mod finite_class;
mod floor;
mod greedy_trap;
mod hard_instance;
mod initial_dependence;
mod iterations_to_forget;
mod labels;
mod language_model;
mod league;
mod ledger;
mod loop_plane;
mod misspecified_audit;
mod misspecified_floor;
mod mode_flips;
mod orders_of_decay;
mod phase_diagram;
mod population_drift;
mod proof_audit;
mod rate_vs_n;
mod real_features;
mod real_spectrum;
mod replay_and_memory;
mod reward_filter;
mod rise_then_fall;
mod sample_budgets;
mod selective_rewriting;
mod self_excitation;
mod single_step;
mod sphere;
mod where_noise_enters;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use selfreward::claims::{Case, Evidence};
use selfreward::experiment::{CellRows, Experiment, Finding, Results};
use selfreward::papers;
use selfreward::simulate::config::SeedConfig;
use selfreward::study::plan::Unit;
use selfreward::study::provenance::Identity;
use selfreward::study::runner::{Watcher, run_units};
use selfreward::study::{Profile, Shard, Store, Study};

struct Unwatched(AtomicBool);

impl Watcher for Unwatched {
    fn unit_done(&self, _: Unit) {}

    fn stop(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// An experiment whose quick profile was computed.
pub struct Computed {
    experiment: &'static Experiment,
    store: PathBuf,
}

/// Where stores stand, one folder for each process that makes some. Those of processes that have ended are removed first.
fn folder() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let all = Path::new(env!("CARGO_TARGET_TMPDIR")).join("experiments");
        for old in std::fs::read_dir(&all).into_iter().flatten().flatten() {
            if !Path::new("/proc").join(old.file_name()).exists() {
                std::fs::remove_dir_all(old.path()).unwrap();
            }
        }
        let own = all.join(std::process::id().to_string());
        // An earlier process may have had this number.
        if own.exists() {
            std::fs::remove_dir_all(&own).unwrap();
        }
        std::fs::create_dir_all(&own).unwrap();
        own
    })
}

/// The quick profile with seed 1, computed by whichever test asks first.
pub fn computed(experiment: &'static Experiment) -> Computed {
    static STORES: Mutex<BTreeMap<&str, Arc<OnceLock<PathBuf>>>> = Mutex::new(BTreeMap::new());
    let store = Arc::clone(STORES.lock().unwrap().entry(experiment.name).or_default());
    Computed { experiment, store: store.get_or_init(|| compute(experiment)).clone() }
}

fn compute(experiment: &Experiment) -> PathBuf {
    let path = folder().join(format!("{}.sqlite", experiment.name));
    let study = Study::new(experiment.definition().unwrap(), Profile::Quick, SeedConfig::Number(1)).unwrap();
    let identity = Identity::new(&study, Shard::WHOLE).unwrap();
    let mut store = Store::create(&path, &study, Shard::WHOLE, &identity, false).unwrap();
    let units: Vec<Unit> = study.units(Shard::WHOLE).collect();
    let tally = run_units(&study, &mut store, &units, &Unwatched(AtomicBool::new(false))).unwrap();
    assert_eq!((tally.done, tally.failed), (units.len(), 0));
    path
}

/// Whether some case of a claim on the rows of a part exceeds. Every case compares something.
pub fn exceeds(id: &str, results: &Results, part: &str) -> bool {
    let claim = papers::claims().find(|claim| claim.id == id).unwrap();
    let Evidence::Cases(cases) = claim.statement.collect(part, &results.cells(part).unwrap()).unwrap() else {
        panic!("{id} collects cases")
    };
    assert!(!cases.is_empty() && cases.iter().all(|case| !case.comparisons.is_empty()), "{id}, {part}");
    cases.iter().any(Case::exceeds)
}

impl Computed {
    /// What was measured.
    pub fn results(&self) -> Results {
        Results::open(&self.store).unwrap()
    }

    /// Every finding is the expected one; the tables and figures can be made of these rows.
    pub fn shows_what_it_should(&self) {
        let results = self.results();
        let findings = (self.experiment.findings)(&results).unwrap();
        assert!(!findings.is_empty());
        for finding in &findings {
            assert!(finding.expected, "{}", finding.statement);
        }
        for drawing in self.experiment.drawings {
            let table = (drawing.table)(&results).unwrap();
            (drawing.figure)(&table).unwrap();
        }
    }

    /// In the world of this lens some finding is not expected, and its sentence holds `word`.
    pub fn denies(&self, word: &str, lens: impl Fn(&CellRows, usize, usize, &str, f64) -> f64 + Send + Sync + 'static) {
        let results = self.results().seen_through(lens);
        let findings = (self.experiment.findings)(&results).unwrap();
        let denied: Vec<&Finding> = findings.iter().filter(|finding| !finding.expected).collect();
        assert!(denied.iter().any(|finding| finding.statement.contains(word)), "{findings:#?}");
    }
}
