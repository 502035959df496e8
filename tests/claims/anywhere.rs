//! Any claim may be weighed on any rows: on loops, classes, instances and grids that it does not speak of it says nothing.
//!
//! A zoo of small runs: every named loop and many that have no name, sampled and in the population, on instances of every kind. Whatever is
//! expected to hold is violated on none of them, and nothing fails; each statement speaks somewhere, and has been seen to.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::atomic::AtomicBool;

use rayon::prelude::*;
use selfreward::claims::weigh::weigh;
use selfreward::claims::{Case, Comparison, Evidence, Rule, Statement};
use selfreward::experiment::CellRows;
use selfreward::papers::{self, Listed};
use selfreward::process::PRESETS;
use selfreward::seed::Seed;
use selfreward::simulate::config::{Config, parse_toml};
use selfreward::simulate::{Simulation, run};
use selfreward::study::definition::Verdict;
use selfreward::{Error, Result};

use crate::npz_support::{Entry, archive, doubles, wholes};

/// Instances, by the text of their section.
const INSTANCES: &[(&str, &str)] = &[
    ("gaussian", "kind = \"gaussian\"\nprompts = 6\nresponses = 4\ndim = 3\ntheta_norm = 2.0\nreward_norm = 1.0"),
    ("sharp", "kind = \"gaussian\"\nprompts = 5\nresponses = 3\ndim = 4\ntheta_norm = 12.0\nmargin = 0.2"),
    ("full", "kind = \"gaussian\"\nprompts = 3\nresponses = 3\ndim = 6\ntheta_norm = 3.0"),
    ("offset", "kind = \"gaussian\"\nprompts = 6\nresponses = 4\ndim = 3\noffset = { along = 0.5, noise = 0.5 }"),
    (
        "table",
        "kind = \"tabular\"\nprompts = 3\nresponses = 3\ntheta0 = [0.9, 0.4, 0.1, -0.3, -0.8, 0.2, 1.1, -0.5, 0.6]\nweights = { zipf = 1.0 }\nanswer = \"uniform\"",
    ),
    ("bump", "kind = \"tabular\"\nprompts = 5\nresponses = 4\nbump = 1.0\nanswer = \"uniform\""),
    ("right", "kind = \"answers\"\nresponses = 2\ngroups = [{ share = 1.0, gap = 1, right = true }]"),
    ("wrong", "kind = \"answers\"\nresponses = 2\ngroups = [{ share = 1.0, gap = 1.5, right = false }]"),
    ("tied", "kind = \"answers\"\nresponses = 2\ngroups = [{ share = 1.0, gap = 0.0, right = true }]"),
    (
        "two",
        "kind = \"answers\"\nresponses = 2\ngroups = [{ share = 0.8, gap = 2, right = true }, { share = 0.2, gap = 0.1, right = false }]",
    ),
    (
        "three",
        "kind = \"answers\"\nresponses = 4\ngroups = [{ share = 0.5, gap = 2, right = true }, { share = 0.3, gap = 0, right = false }, { share = 0.2, gap = 4, right = false }]",
    ),
    ("sphere", "kind = \"sphere\"\nresponses = 12\ndim = 4\nscale = 3.0"),
    ("random", "kind = \"random\"\nprompts = 6\nresponses = 5\ndim = 3\nanswer = \"uniform\""),
    (
        "weights",
        "kind = \"random\"\nprompts = 6\nresponses = 5\ndim = 3\ncharacter = \"weights\"\noffset = { along = 1.0, noise = 0.5 }",
    ),
    ("hard", "kind = \"hard\"\nprompts = 6\nkappa0 = 3.0\nmass = 0.5\nverifier = true"),
    ("three-answers", "kind = \"three-answers\"\nprompts = 1\nlaw = [0.3, 0.45, 0.25]"),
    ("sequences", "kind = \"autoregressive\"\nprompts = 2\nvocab = 3\nlength = 2\ntop = 0.5"),
    ("trap", "kind = \"autoregressive\"\nprompts = 1\nvocab = 4\nlength = 2\ntrap = { p = 0.4, eta = 0.05 }"),
    ("file", "kind = \"npz\"\npath = \"FILE\""),
    ("deficient", "kind = \"gaussian\"\nprompts = 2\nresponses = 3\ndim = 8"),
    ("alone", "kind = \"tabular\"\nprompts = 3\nresponses = 1\nbump = 1.0"),
];

/// Loops without a name, and named ones beside which a key won.
const LOOPS: &[&str] = &[
    "update = \"population\"",
    "update = \"erm\"\nsamples = 4096",
    "update = \"erm\"\nchoice = \"min-norm\"",
    "update = \"erm\"\nridge = 0.1",
    "update = \"erm\"\nridge = 0.1\npopulation = true",
    "update = \"erm\"\njudge_noise = 0.5",
    "update = \"erm\"\nradius = 4.0",
    "update = \"population\"\nradius = 4.0",
    "update = \"erm\"\nmemory = \"all\"",
    "update = \"erm\"\nmemory = \"kept\"",
    "update = \"erm\"\nmemory = \"kept\"\nridge = 0.01\nreward = { self = -1 }\nreference = { current = 0.3 }",
    "update = \"erm\"\nmemory = { replay = 0.5 }",
    "update = \"erm\"\nmemory = { replay = 0.5 }\npopulation = true",
    "update = \"erm\"\nprompts = { confidence_at_most = 0.6 }",
    "update = \"erm\"\nprompts = { confidence_at_most = 0.6 }\npopulation = true",
    "update = \"erm\"\nprompts = { level = 1 }",
    "update = \"population\"\nprompts = { rounds_per_level = 1 }",
    "update = \"erm\"\ncandidates = \"base\"",
    "update = \"population\"\ncandidates = { power = 2 }",
    "update = \"population\"\nbest_of = 3",
    "update = \"population\"\nadaptive = 1.5",
    "update = \"population\"\nreward = { self = 1, external = 1 }",
    "update = \"population\"\nreward = { self = 0.5, base = 0.5 }\nreference = { current = 0.5 }",
    "update = \"population\"\nreward = { self = -1, external = 0.5 }",
    "update = \"population\"\nreward = { vote_of = 3 }\nreference = \"base\"",
    "update = \"population\"\nreward = \"external\"\nstandardise = true\nbeta = 6.0",
    "update = \"population\"\nstandardise = true",
    "update = \"gradient\"\nsteps = 3",
    "update = \"gradient\"\nsteps = 3\njudge_noise = 0.3",
    "update = \"finite-class\"",
    "update = \"finite-class\"\nchoice = \"worst\"",
    "update = \"logistic\"\nradius = 30.0",
    "update = \"logistic\"\npopulation = true",
    "update = \"logistic\"\npopulation = true\nlabels = { temperature = 2 }",
    "update = \"logistic\"\npopulation = true\nlabels = { temperature = 0.5 }\ncandidates = \"base\"",
    "update = \"logistic\"\npopulation = true\nlabels = { flip = 0.2 }",
    "update = \"logistic\"\npopulation = true\nlabels = { flip = 0.7 }",
    "update = \"logistic\"\npopulation = true\nridge = 0.5",
    "update = \"logistic\"\npopulation = true\nreference = \"base\"",
    "update = \"logistic\"\npopulation = true\nlabels = \"hard\"\nradius = 10.0",
    "update = \"logistic\"\nlabels = \"hard\"\nradius = 10.0",
    "update = \"win-rate\"\npopulation = true",
    "update = \"win-rate\"\npopulation = true\nlabels = \"hard\"",
    "update = \"win-rate\"\npopulation = true\nlabels = \"hard\"\nreference = \"base\"\ncandidates = \"base\"",
    "update = \"win-rate\"\npopulation = true\nlabels = { temperature = 2 }\nreference = { current = 0.5 }",
    "update = \"win-rate\"\npopulation = true\nreward = \"external\"",
    "update = \"win-rate\"\nlabels = \"hard\"",
    "update = \"likelihood\"\npopulation = true\nbest_of = 2\nranked_by = \"base\"",
    "update = \"likelihood\"\npopulation = true\nbest_of = 2\nmemory = \"all\"",
    "update = \"likelihood\"\npopulation = true\nadaptive = 1.5\nranked_by = \"base\"",
    "update = \"likelihood\"\npopulation = true\nmemory = { replay = 0.3 }",
    "update = \"likelihood\"\npopulation = true\nbest_of = 2\nmemory = { replay = 0.5 }",
    "update = \"likelihood\"\npopulation = true\ncandidates = { power = 3 }",
    "update = \"likelihood\"\npopulation = true\ncandidates = \"base\"\naccept = \"correct\"\nradius = 20.0",
    "update = \"likelihood\"\npopulation = true\naccept = \"correct\"\nradius = 20.0\nridge = 0.01",
    "update = \"likelihood\"\npopulation = true\naccept = \"correct\"\nbest_of = 2\nradius = 20.0",
    "update = \"likelihood\"\npopulation = true\naccept = { vote_of = 3 }\nmemory = \"all\"",
    "update = \"likelihood\"\npopulation = true\naccept = { true_positive = 0.8, false_positive = 0.3 }\nmemory = { replay = 0.2 }",
    "update = \"likelihood\"\naccept = \"correct\"\nradius = 20.0",
    "update = \"likelihood\"\nadaptive = 1.5\nradius = 20.0",
    "preset = \"sharpening-sft\"\npopulation = true\nbest_of = 8",
    "preset = \"replay\"\npopulation = true\nmemory = \"all\"",
    "preset = \"majority-reward\"\npopulation = true\nreference = \"base\"",
    "preset = \"spin\"\npopulation = true\nreward = \"self\"",
    "preset = \"sharpening-rlhf\"\npopulation = true\nrounds = 3",
    "preset = \"grpo-mirror\"\npopulation = true\nbeta = 10.0",
];

/// Longer runs, and others that a statement waits for, each on its own instance.
const LONG: &[(&str, &str)] = &[
    ("right", "preset = \"replay\"\npopulation = true\nmemory = { replay = 0.9 }\nrounds = 40"),
    ("wrong", "preset = \"sharpening-sft\"\npopulation = true\nmemory = { replay = 0.5 }\nrounds = 60"),
    ("right", "preset = \"accumulate\"\npopulation = true\nrounds = 120"),
    ("wrong", "preset = \"live-reward-frozen-reference\"\npopulation = true\nbeta = 3.0\nrounds = 20"),
    ("two", "update = \"population\"\nrounds = 12"),
    ("gaussian", "update = \"erm\"\nbeta_over_sqrt_n = 1.0\nsamples = 1073741824\nrounds = 1"),
    ("sharp", "update = \"erm\"\nbeta_over_sqrt_n = 1.0\nsamples = 16384\nrounds = 1"),
    ("gaussian", "update = \"erm\"\njudge_noise = 0.5\nsamples = 4096\nrounds = 1"),
    ("bump", "preset = \"sharpening-sft\"\nsamples = 200\nrounds = 1"),
    ("bump", "preset = \"task-centric\"\nsamples = 50"),
    ("bump", "preset = \"unfiltered\"\nsamples = 50"),
    ("wrong", "preset = \"grpo-mirror\"\npopulation = true\nbeta = 10.0"),
    ("right", "preset = \"preference-dpo\"\npopulation = true\nbeta = 0.8\nrounds = 5"),
    (
        "wrong",
        "update = \"logistic\"\npopulation = true\nlabels = { temperature = 0.3 }\nridge = 1e-13\nbeta = 0.7\nrounds = 4",
    ),
    ("deficient", "update = \"erm\"\npopulation = true\nbeta = 0.8\nrounds = 2"),
    ("tied", "preset = \"replay\"\npopulation = true\nmemory = { replay = 0.7 }\nrounds = 60"),
    ("random", "preset = \"selective-rewriting\"\nbeta = 0.8\nsamples = 64\nrounds = 4"),
    ("two", "update = \"population\"\nbeta = 1e4\nrounds = 1"),
    ("two", "update = \"win-rate\"\nlabels = \"hard\"\npopulation = true\nbeta = 1e4\nrounds = 1"),
];

/// A run of 150 rounds in which span is lost again and again; measured with nothing beside.
const SAW: &str = "[instance]\nkind = \"gaussian\"\nprompts = 20\nresponses = 4\ndim = 4\ntheta_norm = 2.0\n[process]\npreset = \
                   \"live-reward-frozen-reference\"\nbeta = 0.5\nsamples = 16\nrounds = 150\n[run]\nreplicates = 2\n";

/// Runs whose replicates or directions are too many for all quantities, each with what a limit must not be judged by: a step that n does not
/// shorten, leverages beside n, failures that no replicate shows, directions that squares do not know.
const LARGE: &[&str] = &[
    "[instance]\nkind = \"gaussian\"\nprompts = 6\nresponses = 4\ndim = 3\ntheta_norm = 0.3\noffset = { along = 0.0, noise = 0.3 }\n[process]\nbeta_over_sqrt_n = 1.0\nsamples = 4096\nrounds = 1\n[measure]\ndelta = [0.5]\nalso = [\"approximation_error\", \"estimation_error\", \"noise_trace\", \"noise_square\", \"population_gap\", \"population_kappa\", \"population_kl\", \"gap_deviation\", \"kappa_deviation\", \"kl_deviation\"]\n[run]\nreplicates = 300\n",
    "[instance]\nkind = \"gaussian\"\nprompts = 100\nresponses = 2\ndim = 60\nlogit_scale = 1.0\n[process]\nupdate = \"logistic\"\nsamples = 4096\nrounds = 1\nbeta = 1.0\nradius = 1000.0\n[measure]\ndelta = [0.5]\nalso = [\"label_trace\", \"label_square\", \"at_infinity\"]\n[run]\nreplicates = 200\n",
    "[instance]\nkind = \"tabular\"\nprompts = 50\nresponses = 2\nbump = 2.0\n[process]\nupdate = \"erm\"\nsamples = 2500\nrounds = 1\nbeta = 1.0\njudge_noise = 0.5\n[measure]\ndelta = [0.5]\nalso = [\"difference_rank\"]\n[run]\nreplicates = 400\n",
    "[instance]\nkind = \"tabular\"\nprompts = 20\nresponses = 3\nconfidence = \"uniform\"\nweights = { zipf = 1.5 }\n[process]\npreset = \"sharpening-sft\"\nsamples = 3000\nrounds = 2\nbeta = 1.0\n[measure]\ndelta = [0.5]\n[run]\nreplicates = 200\n",
    "[instance]\nkind = \"answers\"\nresponses = 2\ngroups = [{ share = 0.7, gap = 1, right = true }, { share = 0.3, gap = 0.5, right = false }]\n[process]\npreset = \"unfiltered\"\nsamples = 10\nrounds = 3\n[measure]\ndelta = [0.5]\nlevels = [0, 1]\n[run]\nreplicates = 300\n",
    "[instance]\nkind = \"gaussian\"\nprompts = 40\nresponses = 4\ndim = 16\ntheta_norm = 4.0\nspectrum = { kind = \"exponential\", rate = 2.0 }\n[process]\nsamples = 2000\nrounds = 2\nbeta = 0.5\n[measure]\ndelta = [0.5]\nalso = [\"gain_max\", \"gain_min\"]\n[run]\nreplicates = 3\n",
    "[instance]\nkind = \"gaussian\"\nprompts = 40\nresponses = 4\ndim = 16\ntheta_norm = 4.0\nspectrum = { kind = \"exponential\", rate = 2.0 }\n[process]\nmemory = \"kept\"\nsamples = 2000\nrounds = 2\nbeta = 0.5\n[measure]\ndelta = [0.5]\n[run]\nreplicates = 3\n",
];

/// What all runs of all quantities have, or have by no choice of what is measured: statements of which nothing is missing there.
const WHOLE: &[&str] = &["C2", "C12", "C18.complete-spans", "L11", "M1", "M2", "U2", "U3"];

/// Runs that a statement is not about, by a part of their text.
const OTHERS: &[(&str, &str)] = &[
    ("U1", "kind = \"gaussian\""),
    ("U1.linear", "kind = \"tabular\""),
    ("U1.linear", "kind = \"answers\""),
    ("C20.shared", "samples = 16384"),
];

/// Grids over which something is said, with two families of cells each: what differs in more than the axis is not of one curve.
const GRIDS: &[(&str, &str, &[&str])] = &[
    (
        "worst",
        "[instance]\nkind = \"hard\"\nmass = \"worst\"\nPLACE\n[process]\nbeta_over_sqrt_n = 1.0\nrounds = 2\nsamples = VALUE\n[run]\nreplicates = 30\n",
        &["kappa0 = 5.0\nprompts = 8", "kappa0 = 5.0\nprompts = 16"],
    ),
    (
        "generic",
        "[instance]\nkind = \"gaussian\"\nprompts = 3000\nresponses = 4\nPLACE\n[process]\nupdate = \"population\"\nbeta_over_sqrt_n = 1.0\nrounds = 1\nsamples = VALUE\n[measure]\ndelta = [0.5, 0.1]\n[run]\nreplicates = 4\n",
        &["dim = 3", "dim = 4"],
    ),
    (
        "sampled",
        "[instance]\nkind = \"gaussian\"\nprompts = 60\nresponses = 4\nPLACE\n[process]\nbeta_over_sqrt_n = 1.0\nrounds = 2\nsamples = VALUE\n[measure]\ndelta = [0.5, 0.01]\n[run]\nreplicates = 3\n",
        &["dim = 3", "dim = 4"],
    ),
];

/// A grid over d and n at so few directions that no law of d is seen.
const FEW_DIRECTIONS: &str = "[instance]\nkind = \"gaussian\"\nprompts = 64\nresponses = 17\nlogit_scale = 1.0\ndim = DIM\n[process]\nsamples = SAMPLES\nrounds = 1\nbeta = 1.0\n[measure]\ndelta = [0.5]\n[run]\nreplicates = 40\n";

/// The values of n of a grid.
const SAMPLES: [u64; 4] = [16_384, 65_536, 262_144, 1_048_576];

/// A run with what it is called.
struct Animal {
    name: String,
    cell: CellRows,
}

/// Runs it; `None` for choices that have no meaning together, and for runs that leave the doubles.
fn animal(ordinal: usize, part: &str, text: &str) -> Option<Animal> {
    let config = Config::from_table(&parse_toml(text).unwrap()).ok()?;
    let simulation = Simulation::new(config).ok()?;
    let replicates = match run(&simulation, false, &AtomicBool::new(false)) {
        Ok(replicates) => replicates,
        Err(error) if error.is_final() => return None,
        Err(error) => panic!("{text}: {error}"),
    };
    let mut cell = CellRows::of_run(&simulation, &replicates);
    (cell.cell.ordinal, cell.cell.part) = (ordinal, part.to_owned());
    Some(Animal { name: text.replace('\n', "; "), cell })
}

/// A file with features, an offset, rewards, levels and correct answers.
fn write_file(path: &Path) {
    let wave = |i: usize, scale: f64| scale * (1.0 + i as f64 * 2.399).sin();
    let list = |count: usize, scale: f64| (0..count).map(|i| wave(i, scale)).collect::<Vec<f64>>();
    let entries = [
        Entry::new("phi.npy", doubles("(4, 3, 2)", &list(24, 0.6))),
        Entry::new("theta0.npy", doubles("(2,)", &[1.5, -0.7])),
        Entry::new("offset.npy", doubles("(4, 3)", &list(12, 0.8))),
        Entry::new("reward.npy", doubles("(4, 3)", &list(12, 1.3))),
        Entry::new("answer.npy", wholes(&[0, 2, 1, 0])),
        Entry::new("level.npy", wholes(&[1, 1, 2, 2])),
    ];
    std::fs::write(path, archive(&entries)).unwrap();
}

/// The zoo, in an order of its own.
fn zoo(folder: &Path) -> Vec<Animal> {
    let file = folder.join("zoo.npz");
    write_file(&file);
    let path = file.display().to_string().replace('\\', "/");
    let mut texts: Vec<(String, String)> = Vec::new();
    let mut add = |place: usize, process: &str| {
        let (name, instance) = INSTANCES[place];
        let set = |key: &str| process.lines().any(|line| line.split(' ').next() == Some(key));
        let coupled = set("beta_over_sqrt_n");
        let mut process = process.to_owned();
        // Every other pair at another β.
        let beta = if texts.len().is_multiple_of(2) { "1.0" } else { "2.0" };
        for (key, value) in [("samples", "24"), ("rounds", "3"), ("beta", beta)] {
            let given = set(key) || (key == "beta" && coupled);
            if !given {
                process.push_str(&format!("\n{key} = {value}"));
            }
        }
        let levels = if name == "file" { "levels = [1]\n" } else { "" };
        texts.push((
            name.to_owned(),
            format!(
                "[instance]\n{}\n[process]\n{process}\n[measure]\ndelta = [0.5, 0.3]\nchain = true\nalso = [\"all\"]\n{levels}[run]\nreplicates = 2\n",
                instance.replace("FILE", &path)
            ),
        ));
    };
    let presets = PRESETS.iter().flat_map(|preset| {
        let named = format!("preset = \"{}\"", preset.name);
        [named.clone() + "\nradius = 25.0", named + "\npopulation = true"]
    });
    let loops: Vec<String> = presets.chain(LOOPS.iter().map(|text| (*text).to_owned())).collect();
    for (number, process) in loops.iter().enumerate() {
        for place in 0..INSTANCES.len() {
            // The small ones meet every loop, the others every fifth.
            let small = ["gaussian", "table", "right", "two"].contains(&INSTANCES[place].0);
            if small || (number + place) % 5 == 0 {
                add(place, process);
            }
        }
    }
    for (name, process) in LONG {
        add(INSTANCES.iter().position(|(known, _)| known == name).unwrap(), process);
    }
    texts.push(("saw".to_owned(), SAW.to_owned()));
    texts.extend(LARGE.iter().map(|text| ("large".to_owned(), (*text).to_owned())));
    for dim in [1, 2, 4] {
        for samples in [1, 2, 4, 8, 16] {
            let text = FEW_DIRECTIONS.replace("DIM", &dim.to_string()).replace("SAMPLES", &samples.to_string());
            texts.push(("few-directions".to_owned(), text));
        }
    }
    for (name, text, places) in GRIDS {
        for (place, keys) in places.iter().enumerate() {
            for value in SAMPLES {
                let text = text.replace("PLACE", keys).replace("VALUE", &value.to_string());
                texts.push((format!("{name}-{place}"), text));
            }
        }
    }
    let made = texts.par_iter().enumerate().map(|(ordinal, (part, text))| animal(ordinal, part, text));
    made.flatten().collect()
}

/// What a statement says of some cells; `None` where a quantity or a grid is missing.
fn said(claim: &Listed, cells: &[CellRows], name: &str, wrong: &mut Vec<String>) -> Option<Evidence> {
    let collected = catch_unwind(AssertUnwindSafe(|| claim.statement.collect("zoo", cells)));
    match collected {
        Ok(Ok(evidence)) => Some(evidence),
        Ok(Err(Error::Absent(_))) => None,
        Ok(Err(error)) => {
            wrong.push(format!("{} on {name}: {error}", claim.id));
            None
        }
        Err(_) => {
            wrong.push(format!("{} panics on {name}", claim.id));
            None
        }
    }
}

fn cases(evidence: &Evidence) -> &[Case] {
    if let Evidence::Cases(cases) = evidence { cases } else { &[] }
}

/// Whether anything is compared.
fn speaks(evidence: &Evidence) -> bool {
    match evidence {
        Evidence::Cases(cases) => cases.iter().any(|case| case.applies() && !case.comparisons.is_empty()),
        Evidence::Curves(curves) => !curves.is_empty(),
        Evidence::Ratios(ratios) => !ratios.is_empty(),
    }
}

fn weighed(claim: &Listed, evidence: &Evidence) -> Result<Verdict> {
    Ok(weigh(claim.rule, evidence, claim.paper.decisions(), &Seed::from_number(1))?.verdict)
}

/// Statements that the zoo has nothing for, each with what they wait for.
const SILENT: &[(&str, &str)] = &[
    ("C20.continuum", "a continuum of confidences over a dozen rounds"),
    ("C20.failure", "many alike prompts at a small β"),
    ("C20.kappa", "many alike prompts at a small β"),
    ("C20.shared", "curves of one cell each are weighed wherever features are shared"),
    ("C22", "two cells of the hard instance with the same nT at a given mass, of thirty replicates"),
    ("C23", "the real features"),
    ("C27.isotropic", "a grid over d at 17 responses"),
    ("C27.exponential", "a grid over d at 17 responses"),
    ("L2", "4096 labels in 200 replicates"),
    ("M6a", "n of 4096 or more, large beside the leverage"),
    ("M6b", "n of 4096 or more, large beside the leverage"),
    ("M6c", "n of 4096 or more, large beside the leverage"),
    ("U2.table", "one table under several laws"),
];

#[test]
fn no_claim_is_violated_where_it_does_not_apply() {
    let folder = tempfile::tempdir().unwrap();
    let zoo = zoo(folder.path());
    assert!(zoo.len() > 300, "{} runs", zoo.len());
    let claims: Vec<Listed> = papers::claims().filter(|claim| !claim.sources.is_empty()).collect();
    let whole: Vec<CellRows> = zoo.iter().map(|animal| animal.cell.clone()).collect();
    let parts: BTreeMap<usize, &str> = zoo.iter().map(|one| (one.cell.cell.ordinal, &*one.cell.cell.part)).collect();
    let wrong: Vec<String> = claims
        .par_iter()
        .flat_map(|claim| {
            let mut wrong = Vec::new();
            let (mut spoke, mut all) = (false, claim.statement.nothing());
            for Animal { name, cell } in &zoo {
                let Some(evidence) = said(claim, std::slice::from_ref(cell), name, &mut wrong) else {
                    if WHOLE.contains(&claim.id) && name.contains("also = [\"all\"]") {
                        wrong.push(format!("{} misses something on {name}", claim.id));
                    }
                    continue;
                };
                spoke |= speaks(&evidence);
                if speaks(&evidence) && OTHERS.iter().any(|(id, text)| *id == claim.id && name.contains(text)) {
                    wrong.push(format!("{} speaks of {name}", claim.id));
                }
                let lacks = |case: &Case| !case.absent.is_empty() || case.comparisons.iter().any(Comparison::unknown);
                let whole = WHOLE.contains(&claim.id) && name.contains("also = [\"all\"]");
                if let Some(case) = cases(&evidence).iter().find(|case| whole && lacks(case)) {
                    wrong.push(format!("{} misses {:?} on {name}", claim.id, case.absent));
                }
                if claim.rule == Rule::Always && claim.expected == Verdict::Holds {
                    let fails = |case: &&Case| case.applies() && case.exceeds();
                    if let Some(case) = cases(&evidence).iter().find(fails) {
                        let comparison = case.comparisons.iter().find(|one| one.exceeds()).unwrap();
                        wrong.push(format!("{}: {comparison} on {name}", claim.id));
                    }
                }
                // One cell is no grid: along what differs from cell to cell there is no curve.
                if let (Evidence::Curves(curves), false) = (&evidence, claim.id.starts_with("C20"))
                    && !curves.is_empty()
                {
                    wrong.push(format!("{}: a curve of one cell, {name}", claim.id));
                }
                all.extend(evidence);
            }
            // All cells together: those of one curve differ along its axis alone.
            if let (Some(together), false) =
                (said(claim, &whole, "the zoo", &mut wrong), matches!(claim.statement, Statement::Replicates(_)))
            {
                spoke |= speaks(&together);
                if let Evidence::Curves(curves) = &together {
                    for curve in curves {
                        let of: BTreeSet<&str> = curve.points.iter().map(|point| parts[&point.cell]).collect();
                        if of.len() > 1 {
                            wrong.push(format!("{}: {} is of {of:?}", claim.id, curve.label));
                        }
                    }
                }
                all = together;
            }
            match weighed(claim, &all) {
                Ok(Verdict::Violated) if claim.expected == Verdict::Holds => {
                    wrong.push(format!("{} is violated", claim.id))
                }
                Ok(_) => {}
                Err(error) => wrong.push(format!("{}: {error}", claim.id)),
            }
            let silent = SILENT.iter().any(|(id, _)| *id == claim.id);
            if !spoke && !silent {
                wrong.push(format!("{} says nothing anywhere", claim.id));
            }
            wrong
        })
        .collect();
    assert!(wrong.is_empty(), "{} of them:\n{}", wrong.len(), wrong.join("\n"));
}
