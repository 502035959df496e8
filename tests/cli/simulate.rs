//! `selfreward simulate` as a person or a script meets it: outputs, exit codes, refusals.

use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use ndarray::{Array1, Array3};
use predicates::prelude::*;
use selfreward::instance::npz::NpzWriter;
use serde_json::Value;
use tempfile::TempDir;

use crate::npz_support;

fn selfreward() -> Command {
    let mut command = Command::cargo_bin("selfreward").unwrap();
    command.current_dir(env!("CARGO_MANIFEST_DIR"));
    command
}

struct Case {
    folder: TempDir,
}

impl Case {
    fn new() -> Self {
        Self { folder: TempDir::new().unwrap() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, text).unwrap();
        path
    }

    fn run(&self, config: &Path, args: &[&str]) -> assert_cmd::assert::Assert {
        selfreward().arg("simulate").arg("--config").arg(config).args(args).assert()
    }

    /// Runs and must be refused with exit code 2, in one line that holds all the words; stdout stays empty.
    fn refused(&self, text: &str, args: &[&str], words: &[&str]) {
        let config = self.file("config.toml", text);
        let output = self.run(&config, args).code(2).stdout("").get_output().clone();
        let stderr = String::from_utf8(output.stderr).unwrap();
        for word in words {
            assert!(stderr.contains(word), "{word:?} is missing from: {stderr}");
        }
        assert_eq!(stderr.matches("error:").count(), 1, "one message: {stderr}");
    }

    fn npz(&self, phi: &Array3<f64>, theta: &[f64], extra: impl FnOnce(&mut NpzWriter<fs::File>)) -> String {
        let path = self.path("features.npz");
        let mut npz = NpzWriter::new(fs::File::create(&path).unwrap());
        npz.add_array("phi", phi).unwrap();
        npz.add_array("theta0", &Array1::from(theta.to_vec())).unwrap();
        extra(&mut npz);
        npz.finish().unwrap();
        format!("[instance]\nkind = 'npz'\npath = '{}'\n[process]\nrounds = 1\n", path.display())
    }
}

const TABULAR: &str = "[instance]\nkind = 'tabular'\nprompts = 5\nresponses = 4\n[process]\nsamples = 30\nrounds = 3\n[run]\nreplicates = 4\n";
const GAUSSIAN: &str = "[instance]\nkind = 'gaussian'\nprompts = 8\nresponses = 4\ndim = 5\n[process]\nsamples = 30\nrounds = 3\n[run]\nreplicates = 3\n";

fn json(assert: assert_cmd::assert::Assert) -> Value {
    serde_json::from_slice(&assert.success().get_output().stdout).unwrap()
}

#[test]
fn the_document_has_its_form() {
    let case = Case::new();
    let config = case.file("c.toml", TABULAR);
    let document = json(case.run(&config, &["--json", "-q", "--seed", "7", "--set", "measure.delta=[0.25, 1e-3]"]));
    assert_eq!(document["schema"], 1);
    assert_eq!(document["seed"], 7);
    assert_eq!(document["config"]["instance"]["bump"], 1.0);
    let rounds = document["rounds"].as_array().unwrap();
    assert_eq!(rounds.len(), 4);
    for (t, round) in rounds.iter().enumerate() {
        assert_eq!(round["t"], t);
        for name in ["kappa", "drift", "margin", "min_confidence", "entropy", "kl", "theta_norm", "cosine"] {
            let values = round[name]["values"].as_array().unwrap();
            assert_eq!(values.len(), 4, "{name}");
            let mean = values.iter().map(|value| value.as_f64().unwrap()).sum::<f64>() / 4.0;
            assert!((mean - round[name]["mean"].as_f64().unwrap()).abs() < 1e-12);
            // Of quantities without an upper end four replicates say too little.
            match round[name]["interval"].as_str().unwrap() {
                "too few replicates" => assert!(round[name]["lo"].is_null() && round[name]["hi"].is_null(), "{name}"),
                _ => assert!(round[name]["lo"].as_f64().unwrap() <= mean + 1e-12),
            }
        }
        assert!(round["accuracy"].is_null());
        for name in ["failure", "base_failure"] {
            assert_eq!(round[name].as_object().unwrap().keys().collect::<Vec<_>>(), ["0.25", "0.001"]);
        }
        for name in
            ["gap", "concentrability", "excess", "population_loss", "rank_fraction", "diversity", "comparator_failure"]
        {
            assert_eq!(round[name].is_null(), t == 0, "{name} at t = {t}");
        }
    }
    let single = json(case.run(&config, &["--json", "-q", "--replicates", "1"]));
    let kappa = &single["rounds"][1]["kappa"];
    assert!(kappa["lo"].is_null() && kappa["hi"].is_null() && kappa["values"].as_array().unwrap().len() == 1);
}

/// One response everywhere: the margin is infinite, and JSON says so in words.
#[test]
fn infinite_quantities_are_words() {
    let case = Case::new();
    let config = case.file("c.toml", &TABULAR.replace("responses = 4", "responses = 1"));
    let document = json(case.run(&config, &["--json", "-q"]));
    assert_eq!(document["rounds"][0]["margin"]["mean"], "inf");
    assert!(document["rounds"][0]["margin"]["lo"].is_null());
    assert!(document["rounds"][1]["rank_fraction"].is_null(), "there are no differences to see");
}

/// Where only what moves is drawn, the rank of what was seen is not known, and not made up; what is known is there.
#[test]
fn exploration_leaves_the_rank_out() {
    let case = Case::new();
    let config = case.file("c.toml", &TABULAR.replace("[process]", "[process]\nsampling = \"explore\""));
    let also = ["--json", "-q", "--set", "measure.also=[\"rank_losses\"]"];
    let document = json(case.run(&config, &also));
    for round in &document["rounds"].as_array().unwrap()[1..] {
        assert!(round["rank_fraction"].is_null());
        assert!(round["diversity"]["mean"].as_f64().unwrap() > 0.0 && round["rank_losses"]["mean"].is_number());
    }
    assert_eq!(document, json(case.run(&config, &[&also[..], &["--jobs", "1"]].concat())));
    case.refused(
        &fs::read_to_string(&config).unwrap(),
        &["--set", "process.ridge=0.1"],
        &["process.sampling", "explore"],
    );
}

#[test]
fn results_do_not_depend_on_jobs_and_config_toml_repeats_them() {
    let case = Case::new();
    for text in [TABULAR, GAUSSIAN] {
        let config = case.file("c.toml", text);
        let args = ["--json", "-q", "--set", "process.samples=77", "--seed", "3"];
        let one = case.run(&config, &[&args[..], &["--jobs", "1"]].concat()).success().get_output().stdout.clone();
        let out = case.path("out");
        let out = out.to_str().unwrap();
        let two = case
            .run(&config, &[&args[..], &["--jobs", "2", "--out", out, "--force"]].concat())
            .success()
            .get_output()
            .stdout
            .clone();
        assert_eq!(one, two);
        assert_eq!(one, fs::read(case.path("out/trajectory.json")).unwrap());
        let again = case.run(&case.path("out/config.toml"), &["--json", "-q"]).success().get_output().stdout.clone();
        assert_eq!(one, again, "config.toml gives the same bytes");
    }
}

#[test]
fn out_holds_table_document_and_pictures_and_is_not_overwritten() {
    let case = Case::new();
    let config = case.file("c.toml", GAUSSIAN);
    let out = case.path("a/b");
    let args = ["--out", out.to_str().unwrap(), "--save-theta", &case.path("theta.npz").display().to_string()];
    case.run(&config, &args).success().stdout(predicate::str::contains("failure(0.5)"));
    for name in
        ["config.toml", "trajectory.csv", "trajectory.json", "trajectory.svg", "trajectory.png", "trajectory.pdf"]
    {
        assert!(fs::metadata(out.join(name)).unwrap().len() > 100, "{name}");
    }
    let csv = fs::read_to_string(out.join("trajectory.csv")).unwrap();
    assert_eq!(csv.lines().count(), 5);
    assert!(csv.starts_with("t,kappa_mean,kappa_lo,kappa_hi,failure_0.5_mean"));
    let (shape, theta) = npz_support::read(&case.path("theta.npz"), "theta");
    assert_eq!(shape, [3, 4, 5]);
    let theta = Array3::from_shape_vec((3, 4, 5), theta).unwrap();
    let norm = theta.slice(ndarray::s![0, 0, ..]).iter().map(|x| x * x).sum::<f64>().sqrt();
    assert!((norm - 4.0).abs() < 1e-12, "theta_norm is 4 by default");

    let before = fs::read(out.join("trajectory.csv")).unwrap();
    case.run(&config, &[&args[..], &["--seed", "2"]].concat()).code(2).stderr(predicate::str::contains("--force"));
    assert_eq!(before, fs::read(out.join("trajectory.csv")).unwrap());
    case.run(&config, &[&args[..], &["--seed", "2", "--force"]].concat()).success();
    assert_ne!(before, fs::read(out.join("trajectory.csv")).unwrap());
}

#[test]
fn flags_win_over_settings_and_settings_over_the_file() {
    let case = Case::new();
    let config = case.file("c.toml", &format!("{TABULAR}seed = 1\n"));
    let of = |args: &[&str]| json(case.run(&config, &[&["--json", "-q"], args].concat()));
    assert_eq!(of(&["--set", "run.seed=5"])["seed"], 5);
    assert_eq!(of(&["--set", "run.seed=5", "--seed", "6"])["seed"], 6);
    assert_eq!(of(&["--set", "process.update=population"])["config"]["process"]["update"], "population");
    let beta = of(&["--set", "process.beta=0.5", "--set", "process.samples=1e12"]);
    assert_eq!(beta["derived"]["beta"], 0.5);
    assert_eq!(beta["config"]["process"]["samples"], 1_000_000_000_000u64);
    assert!(beta["config"]["process"]["beta_over_sqrt_n"].is_null());
    let hex = format!("0x{}", "ab".repeat(32));
    assert_eq!(of(&["--seed", &hex])["seed"], Value::String(hex.clone()));
    let large = "18446744073709551615";
    assert!(of(&["--seed", large])["rounds"].is_array());
}

#[test]
fn quick_says_so_and_takes_the_first_replicates_and_rounds() {
    let case = Case::new();
    let config = case.file("c.toml", &TABULAR.replace("rounds = 3", "rounds = 6"));
    case.run(&config, &["--quick"]).success().stderr(predicate::str::contains("quick: 3 replicates and 3 rounds"));
    let (quick, full) =
        (json(case.run(&config, &["--json", "-q", "--quick"])), json(case.run(&config, &["--json", "-q"])));
    assert_eq!(quick["rounds"].as_array().unwrap().len(), 4);
    for t in 0..4 {
        let values = |document: &Value| document["rounds"][t]["kappa"]["values"].as_array().unwrap()[..3].to_vec();
        assert_eq!(values(&quick), values(&full));
    }
}

#[test]
fn bad_configurations_are_refused() {
    let case = Case::new();
    for (setting, words) in [
        ("process.samples=0", &["process.samples", "0", "10^15"][..]),
        ("process.samples=-3", &["process.samples", "-3"]),
        ("process.samples=2.5", &["process.samples", "2.5"]),
        ("process.samples=2000000000000000", &["process.samples", "2000000000000000"]),
        ("process.beta=0.0", &["process.beta", "0"]),
        ("process.beta=-1.0", &["process.beta", "-1"]),
        ("process.beta=nan", &["process.beta", "NaN"]),
        ("process.beta_over_sqrt_n=0.0", &["process.beta_over_sqrt_n", "0"]),
        ("process.radius=0.1", &["process.radius", "0.1", "‖θ_0‖"]),
        ("process.ridge=-0.1", &["process.ridge", "-0.1"]),
        ("process.judge_noise=inf", &["process.judge_noise", "inf"]),
        ("process.step_size=1.0", &["process.step_size", "erm", "gradient"]),
        ("process.update=bogus", &["process.update", "bogus", "population"]),
        ("process.sample=5", &["process.sample", "nearest is process.samples"]),
        ("proces.samples=5", &["proces", "process"]),
        ("instance.spectrum={ kind = 'isotropic', rte = 1.0 }", &["instance.spectrum.rte", "rate"]),
        ("instance.dim=3", &["instance.dim", "tabular", "gaussian"]),
        ("instance.responses=0", &["instance.responses", "0"]),
        ("instance.bump=inf", &["instance.bump", "inf"]),
        ("instance.prompts=many", &["instance.prompts", "many"]),
        ("measure.delta=[0.5, 1.0]", &["measure.delta", "1"]),
        ("measure.delta=[]", &["measure.delta", "at least one"]),
        ("measure.delta=[0.5, 0.5]", &["measure.delta[1]", "0.5"]),
        ("run.replicates=0", &["run.replicates", "0"]),
        ("run.seed='0xabc'", &["seed", "0xabc", "64"]),
        ("run.seed=-1", &["run.seed", "-1", "whole number"]),
        ("instance.kind=gausian", &["instance.kind", "gausian", "gaussian"]),
        ("instance.weights={ zipf = 'steep' }", &["instance.weights", "zipf"]),
        ("nonsense", &["nonsense", "key=value"]),
        ("samples=5", &["samples", "dotted key"]),
    ] {
        case.refused(TABULAR, &["--set", setting], words);
    }
    case.refused(TABULAR, &["--jobs", "0"], &["--jobs", "0"]);
    case.refused("[instance\n", &[], &["TOML"]);
    case.refused("[process]\nsamples = 5\n", &[], &["instance"]);
    case.refused(&TABULAR.replace("prompts = 5\n", ""), &[], &["instance.prompts", "absent"]);
    case.refused(&format!("{TABULAR}[process.extra]\n"), &[], &["process.extra"]);
    let both = TABULAR.replace("samples = 30", "samples = 30\nbeta = 1.0\nbeta_over_sqrt_n = 1.0");
    case.refused(&both, &[], &["beta and beta_over_sqrt_n", "only one"]);
    // Values of a wrong type: the key, the value as it was written, and what it should be.
    for (from, to, words) in [
        (
            "prompts = 5",
            "prompts = 'many'",
            "instance.prompts = \"many\": expected a whole number from 1 to 4294967295",
        ),
        ("prompts = 5", "prompts = -5", "instance.prompts = -5: expected a whole number from 1 to 4294967295"),
        (
            "responses = 4",
            "responses = 5e9",
            "instance.responses = 5000000000.0: expected a whole number from 1 to 4294967295",
        ),
        ("samples = 30", "samples = 30\nbeta = 'low'", "process.beta = \"low\": expected a number"),
        ("samples = 30", "samples = true", "process.samples = true: expected a whole number from 1 to 10^15"),
        (
            "samples = 30",
            "update = 'bogus'",
            "process.update = \"bogus\": expected one of population, erm, finite-class, gradient",
        ),
        ("kind = 'tabular'", "kind = 'tabulr'", "instance.kind = \"tabulr\": expected one of npz, gaussian, tabular"),
        ("kind = 'tabular'", "", "instance.kind = absent: expected this key"),
        ("responses = 4", "responses = 4\nbump = [1.0]", "instance.bump = [1.0]: expected a number"),
        ("responses = 4", "responses = 4\nrescale = 'no'", "instance.rescale = \"no\": expected true or false"),
        ("[run]", "[measure]\ndelta = 0.5\n[run]", "measure.delta = 0.5: expected a list of numbers"),
        ("[run]", "[measure]\ndelta = ['x']\n[run]", "measure.delta = [\"x\"]: expected a list of numbers"),
        ("replicates = 4", "seed = -1", "run.seed = -1: expected a whole number ≥ 0, or"),
    ] {
        case.refused(&TABULAR.replace(from, to), &[], &[&format!("config.toml: {words}")]);
    }
    case.refused("[process]\nrounds = 1\n", &[], &["config.toml: [instance] = absent: expected this section"]);
    selfreward()
        .args(["simulate", "--config", "/nowhere/c.toml"])
        .assert()
        .code(2)
        .stderr(predicate::str::contains("/nowhere/c.toml"));
    selfreward().args(["simulate", "--config"]).assert().code(2);
    selfreward().args(["simulate", "--frobnicate"]).assert().code(2);
}

/// What is wrong is told of where it was written: on the command line or in the file.
#[test]
fn refusals_name_the_flag_or_the_file() {
    let case = Case::new();
    let wrong = TABULAR.replace("samples = 30", "samples = 0");
    for (text, args, origin) in [
        (TABULAR, &["--set", "process.samples=-3"][..], "error: --set: process.samples = -3: "),
        (TABULAR, &["--set", "process.samples=0"], "error: --set: process.samples = 0: "),
        (TABULAR, &["--set", "process.sample=5"], "error: --set: key = process.sample: "),
        (TABULAR, &["--set", "measure.delta=[0.5, 0.5]"], "error: --set: measure.delta[1] = 0.5: "),
        (TABULAR, &["--set", "process.beta=-1.0"], "error: --set: process.beta = -1: "),
        (TABULAR, &["--set", "process.radius=0.1"], "error: --set: process.radius = 0.1: "),
        (TABULAR, &["--seed", "0xabc"], "error: --seed: seed = 0xabc: "),
        (TABULAR, &["--set", "run.seed=5", "--seed", "x"], "error: --seed: seed = x: "),
        (TABULAR, &["--replicates", "0"], "error: --replicates = 0: expected a whole number from 1"),
        (&wrong, &["--set", "process.beta=1.0", "--seed", "3"], "/config.toml: process.samples = 0: "),
        (&wrong, &[], "/config.toml: process.samples = 0: "),
    ] {
        case.refused(text, args, &[origin]);
    }
}

#[test]
fn bad_gaussian_and_hard_instances_are_refused() {
    let case = Case::new();
    case.refused(
        GAUSSIAN,
        &["--set", "instance.margin=50.0", "--set", "instance.max_tries=20"],
        &["margin", "50", "max_tries = 20"],
    );
    let underflow =
        ["--set", "instance.spectrum={ kind = 'exponential', rate = 2000.0 }", "--set", "instance.margin=1.0"];
    case.refused(GAUSSIAN, &underflow, &["instance.spectrum", "underflows"]);
    case.refused(GAUSSIAN, &["--set", "instance.theta_norm=-1.0"], &["theta_norm", "-1"]);
    case.refused(GAUSSIAN, &["--set", "instance.theta0=[1.0]"], &["theta0", "1", "5"]);
    case.refused(
        GAUSSIAN,
        &["--set", "instance.spectrum={ kind = 'exponential', rate = 0.0 }"],
        &["spectrum.rate", "0"],
    );
    case.refused(
        GAUSSIAN,
        &["--set", "instance.spectrum={ kind = 'spiked', rank = 9, tail = 1.0 }"],
        &["spectrum.rank", "9", "5"],
    );
    let hard = "[instance]\nkind = 'hard'\nprompts = 8\nkappa0 = 4.0\n";
    case.refused(hard, &["--set", "instance.kappa0=1.0"], &["instance.kappa0", "1"]);
    case.refused(hard, &["--set", "instance.mass=1.5"], &["mass", "1.5"]);
    case.refused(hard, &["--set", "instance.mass=best"], &["mass", "worst"]);
    case.refused(hard, &["--set", "instance.kappa0=1.01", "--set", "instance.mass=0.5"], &["instance.kappa0", "1.01"]);
}

#[test]
fn what_is_too_large_is_refused_with_the_estimate() {
    let case = Case::new();
    case.refused(
        GAUSSIAN,
        &["--set", "instance.prompts=1000000", "--set", "instance.responses=1000", "--set", "instance.dim=10000"],
        &["160.0 TB", "limit"],
    );
    case.refused(
        TABULAR,
        &["--set", "process.sampling=draws", "--set", "process.samples=1e15"],
        &["1.0e15 random draws", "2e11"],
    );
    let wide = ["--set", "instance.responses=1000000", "--set", "process.ridge=0.1", "--set", "process.samples=1e9"];
    case.refused(TABULAR, &wide, &["TB", "one-hot"]);
    case.refused(TABULAR, &["--set", "instance.responses=4000000000"], &["graph of seen pairs", "32.0 GB"]);
    let many = ["--set", "instance.prompts=1", "--set", "instance.responses=1000000", "--set", "process.samples=1e10"];
    let kept = [&many[..], &["--set", "process.memory=all"]].concat();
    case.refused(TABULAR, &kept, &["pairs drawn at one prompt", "160.0 GB"]);
    // Exploration holds no pairs.
    case.run(&case.file("many.toml", TABULAR), &[&many[..], &["-q"]].concat()).success();
    let walk =
        ["--set", "process.update=gradient", "--set", "process.steps=1000000000000", "--set", "process.radius=4.5"];
    case.refused(GAUSSIAN, &walk, &["gradient steps in a ball", "1e11"]);
    let thetas = ["--save-theta", "t.npz", "--set", "instance.responses=400000000", "--replicates", "1000"];
    case.refused(TABULAR, &thetas, &["--save-theta", "TB"]);
}

#[test]
fn bad_feature_files_are_refused() {
    let case = Case::new();
    let good = Array3::from_elem((2, 3, 2), 0.5);
    let plain = case.npz(&good, &[1.0, 0.0], |_| {});
    case.run(&case.file("c.toml", &plain), &["-q"]).success();

    let with = |x: f64| {
        let mut phi = good.clone();
        phi[(1, 2, 0)] = x;
        phi
    };
    for (x, word) in [(f64::NAN, "NaN"), (f64::INFINITY, "inf")] {
        let text = case.npz(&with(x), &[1.0, 0.0], |_| {});
        case.refused(&text, &[], &["features.npz", "prompt 1", "response 2", word]);
    }
    let text = case.npz(&with(3.0), &[1.0, 0.0], |_| {});
    case.refused(&text, &[], &["norm", "3.04", "prompt 1", "--rescale"]);
    case.run(&case.file("c.toml", &text), &["--rescale"])
        .success()
        .stderr(predicate::str::contains("divided by the largest norm, 3.04"))
        .stderr(predicate::str::contains("theta_0 was multiplied by it: the policy stays"));
    case.run(&case.file("c.toml", &text), &["--rescale", "--set", "instance.theta_norm=2.0"])
        .success()
        .stderr(predicate::str::contains("theta_0 is drawn for the divided features"));

    case.run(&case.file("c.toml", GAUSSIAN), &["--rescale"])
        .success()
        .stderr(predicate::str::contains("norm is 1 already"));

    case.refused(&case.npz(&good, &[1.0, 0.0, 2.0], |_| {}), &[], &["theta0", "3", "2"]);
    case.refused(&case.npz(&good, &[1.0, f64::NAN], |_| {}), &[], &["theta0[1]", "NaN"]);
    let weights = |w: [f64; 2]| {
        case.npz(&good, &[1.0, 0.0], |npz| npz.add_array("prompt_weights", &Array1::from(w.to_vec())).unwrap())
    };
    case.refused(&weights([0.5, 0.6]), &[], &["weights", "1.1"]);
    case.refused(&weights([1.5, -0.5]), &[], &["weight of prompt 1", "-0.5"]);
    let answer =
        |a: [i64; 2]| case.npz(&good, &[1.0, 0.0], |npz| npz.add_array("answer", &Array1::from(a.to_vec())).unwrap());
    case.refused(&answer([0, 3]), &[], &["answer of prompt 1", "3"]);
    case.refused(&answer([-2, 0]), &[], &["answer[0]", "-2"]);
    let ragged = |k: [i32; 2]| {
        case.npz(&good, &[1.0, 0.0], |npz| npz.add_array("num_responses", &Array1::from(k.to_vec())).unwrap())
    };
    case.refused(&ragged([0, 3]), &[], &["num_responses[0]", "0"]);
    case.refused(&ragged([2, 4]), &[], &["num_responses[1]", "4", "3"]);
    case.run(&case.file("c.toml", &ragged([1, 3])), &["-q"]).success();
    let typo = case.npz(&good, &[1.0, 0.0], |npz| npz.add_array("weights", &Array1::from(vec![0.5, 0.5])).unwrap());
    case.refused(&typo, &[], &["weights", "prompt_weights"]);
    let floats = case.npz(&good, &[1.0, 0.0], |npz| npz.add_array("answer", &Array1::from(vec![0.0, 1.0])).unwrap());
    case.refused(&floats, &[], &["answer", "integer"]);

    let other = case.file("other.npz", "not a zip archive");
    case.refused(
        &plain.replace(&*case.path("features.npz").display().to_string(), &other.display().to_string()),
        &[],
        &["other.npz", "npz archive"],
    );
    case.refused(&plain.replace("features.npz", "missing.npz"), &[], &["missing.npz"]);
    let flat = case.path("flat.npz");
    let mut npz = NpzWriter::new(fs::File::create(&flat).unwrap());
    npz.add_array("phi", &Array1::from(vec![1.0, 2.0])).unwrap();
    npz.finish().unwrap();
    case.refused(&plain.replace("features.npz", "flat.npz"), &[], &["phi", "[2]", "(M, K, d)"]);
}

/// Ragged files: rows beyond `num_responses` do not count, whatever they hold.
#[test]
fn rows_beyond_num_responses_do_not_count() {
    let case = Case::new();
    let mut phi = Array3::from_shape_fn((2, 3, 2), |(x, y, j)| 0.1 * (x + 2 * y + j) as f64);
    let counts = |npz: &mut NpzWriter<fs::File>| npz.add_array("num_responses", &Array1::from(vec![2u8, 3])).unwrap();
    let first = json(case.run(&case.file("c.toml", &case.npz(&phi, &[1.0, -2.0], counts)), &["--json", "-q"]));
    phi[(0, 2, 1)] = f64::NAN;
    let second = json(case.run(&case.file("c.toml", &case.npz(&phi, &[1.0, -2.0], counts)), &["--json", "-q"]));
    assert_eq!(first, second);
}

#[test]
fn output_folders_are_checked_before_work() {
    let case = Case::new();
    let blocker = case.file("blocker", "a file");
    let inside = blocker.join("out");
    case.refused(TABULAR, &["--out", inside.to_str().unwrap()], &["blocker/out"]);
    case.refused(TABULAR, &["--save-theta", inside.join("t.npz").to_str().unwrap()], &["blocker/out"]);
    case.refused(TABULAR, &["--save-theta", "/"], &["--save-theta"]);
}

#[test]
fn help_documents_keys_and_exit_codes() {
    let output = selfreward().args(["simulate", "--help"]).assert().success().get_output().stdout.clone();
    let text = String::from_utf8(output).unwrap();
    for word in
        ["max_tries", "10000", "beta_over_sqrt_n", "judge_noise", "130", "refused before work began", "[0.5, 0.1]"]
    {
        assert!(text.contains(word), "{word}");
    }
}

#[test]
fn the_commented_example_file_is_valid_and_holds_every_key() {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/simulate.toml")).unwrap();
    for key in selfreward::simulate::keys::keys() {
        assert!(text.contains(key.name), "{} is missing from the example", key.name);
    }
    let case = Case::new();
    case.run(&case.file("c.toml", &text), &["-q", "--quick"]).success();
}
