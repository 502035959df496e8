//! `compare` of runs and of loops: what is paired, what is said, and the numbers against plain arithmetic.

use std::fs;

use serde_json::Value;

use crate::study_common::Bench;

/// Few samples of few features: the loops soon part.
const GAUSSIAN: &str = "[instance]\nkind = 'gaussian'\nprompts = 12\nresponses = 4\ndim = 6\ntheta_norm = 2.0\n\
    [process]\nbeta = 1.0\nsamples = 6\nrounds = 3\n[run]\nreplicates = 8\n";

/// A shift that is seen: κ falls by the power 2 with β = 1, hardly at all with β = 1000.
const POPULATION: &str = "[instance]\nkind = 'tabular'\nprompts = 4\nresponses = 3\nbump = 1.0\n\
    [process]\npopulation = true\nbeta = 1.0\nrounds = 3\n[run]\nreplicates = 2\n";

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn rows(document: &Value) -> Vec<&Value> {
    document["pairs"].as_array().unwrap().iter().flat_map(|pair| pair["rows"].as_array().unwrap()).collect()
}

fn row<'a>(document: &'a Value, quantity: &str, t: u64) -> &'a Value {
    rows(document).into_iter().find(|row| row["quantity"] == quantity && row["t"] == t).unwrap()
}

/// Values of a quantity in a run's document.
fn values(bench: &Bench, folder: &str, t: usize, quantity: &[&str]) -> Vec<f64> {
    let document = json(&fs::read_to_string(bench.path(&format!("{folder}/trajectory.json"))).unwrap());
    let cell = quantity.iter().fold(&document["rounds"][t], |place, name| &place[*name]);
    cell["values"].as_array().unwrap().iter().map(|value| value.as_f64().unwrap()).collect()
}

fn close(value: &Value, expected: f64) {
    let found = value.as_f64().unwrap();
    assert!((found - expected).abs() < 2e-6, "{found} for {expected}");
}

/// The bound of Gaffke for values in [−1, 1] by another road: P[Σ D_i z_i > s] over D uniform on the simplex is the divided difference of
/// (z − s)₊^R over the knots, written out as a sum, for knots that all differ.
fn upper(values: &[f64], miss: f64) -> f64 {
    let mut knots: Vec<f64> = values.to_vec();
    knots.push(1.0);
    let power = values.len() as i32;
    let beyond = |s: f64| -> f64 {
        let term = |(i, z): (usize, &f64)| {
            let others = knots.iter().enumerate().filter(|(j, _)| *j != i);
            (z - s).max(0.0).powi(power) / others.map(|(_, other)| z - other).product::<f64>()
        };
        knots.iter().enumerate().map(term).sum()
    };
    let (mut low, mut high) = (-1.0, 1.0);
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        if beyond(middle) > miss { low = middle } else { high = middle }
    }
    high
}

#[test]
fn differences_and_intervals_are_those_of_plain_arithmetic() {
    let bench = Bench::with("c.toml", GAUSSIAN);
    bench.expect(0, "simulate --config c.toml --out a -q");
    bench.expect(0, "simulate --config c.toml --set process.reference=\"base\" --out b -q");
    let said = bench.expect(0, "compare a b --y base_probability,failure --delta 0.1 --t 2,3 --json");
    let document = json(&said);
    assert_eq!(document["pairs"][0]["pairing"], "same instances and streams");
    assert_eq!(document["intervals"], 4);
    for t in [2, 3] {
        for (column, place) in [("base_probability", &["base_probability"][..]), ("failure_0.1", &["failure", "0.1"])] {
            let (a, b) = (values(&bench, "a", t, place), values(&bench, "b", t, place));
            let found = row(&document, column, t as u64);
            let changes: Vec<f64> = a.iter().zip(&b).map(|(a, b)| b - a).collect();
            close(&found["a"], a.iter().sum::<f64>() / 8.0);
            close(&found["b"], b.iter().sum::<f64>() / 8.0);
            close(&found["difference"], changes.iter().sum::<f64>() / 8.0);
            assert_eq!(found["replicates"]["a"], 8);
            if column == "base_probability" {
                let minus: Vec<f64> = changes.iter().map(|change| -change).collect();
                close(&found["hi"], upper(&changes, 0.025));
                close(&found["lo"], -upper(&minus, 0.025));
                close(&found["joint_hi"], upper(&changes, 0.025 / 4.0));
                close(&found["joint_lo"], -upper(&minus, 0.025 / 4.0));
                let excludes = found["joint_lo"].as_f64().unwrap() > 0.0 || found["joint_hi"].as_f64().unwrap() < 0.0;
                assert_eq!(found["verdict"], if excludes { "differs" } else { "no difference seen" });
            }
        }
    }
}

#[test]
fn a_run_and_itself_are_equal_everywhere() {
    let bench = Bench::with("c.toml", GAUSSIAN);
    bench.expect(0, "simulate --config c.toml --out a -q");
    bench.expect(0, "simulate --config c.toml --out b -q");
    let document = json(&bench.expect(0, "compare a b --json --t 0,1,2,3"));
    assert_eq!(document["differs"], false);
    assert!(rows(&document).len() >= 20 && rows(&document).iter().all(|row| row["verdict"] == "equal"), "{document:#}");
    let text = bench.expect(0, "compare a b");
    assert!(text.contains("A and B are equal in every value:"), "{text}");
}

#[test]
fn another_seed_is_no_pair_and_equality_of_expectations_is_never_claimed() {
    let bench = Bench::with("c.toml", GAUSSIAN);
    bench.expect(0, "simulate --config c.toml --out a -q");
    bench.expect(0, "simulate --config c.toml --seed 2 --replicates 5 --out b -q");
    let document = json(&bench.expect(0, "compare a b --json --y base_probability,kappa,accuracy --t 3"));
    assert_eq!(document["pairs"][0]["pairing"], "not paired");
    assert!(document["pairs"][0]["reason"].as_str().unwrap().contains("seeds differ"));
    let (a, b) = (values(&bench, "a", 3, &["base_probability"]), values(&bench, "b", 3, &["base_probability"]));
    let found = row(&document, "base_probability", 3);
    close(&found["difference"], b.iter().sum::<f64>() / 5.0 - a.iter().sum::<f64>() / 8.0);
    // The difference of two intervals in [0, 1], each of half the probability of a miss.
    let scaled = |values: &[f64]| -> Vec<f64> { values.iter().map(|value| 2.0 * value - 1.0).collect() };
    let ends = |values: &[f64]| {
        let (up, down) = (scaled(values), scaled(values).iter().map(|value| -value).collect::<Vec<_>>());
        (0.5 * (1.0 - upper(&down, 0.0125)), 0.5 * (1.0 + upper(&up, 0.0125)))
    };
    let (of_a, of_b) = (ends(&a), ends(&b));
    close(&found["lo"], of_b.0 - of_a.1);
    close(&found["hi"], of_b.1 - of_a.0);
    // Without an upper end and with few replicates nothing is known; what does not exist is unknown, too.
    assert_eq!(row(&document, "kappa", 3)["verdict"], "unknown");
    assert_eq!(row(&document, "kappa", 3)["reason"], "too few replicates");
    assert_eq!(row(&document, "accuracy", 3)["verdict"], "unknown");
    assert!(row(&document, "accuracy", 3)["difference"].is_null());
}

/// One seed and other instances, or rows that another instance has left, are no pairs.
#[test]
fn pairs_are_found_out_and_not_assumed() {
    let bench = Bench::with("c.toml", GAUSSIAN);
    bench.expect(0, "simulate --config c.toml --out a -q");
    bench.expect(0, "simulate --config c.toml --set instance.dim=7 --out b -q");
    let document = json(&bench.expect(0, "compare a b --json"));
    assert_eq!(document["pairs"][0]["pairing"], "not paired");
    // One number of the base policy that does not fit is enough.
    let text = fs::read_to_string(bench.path("a/trajectory.json")).unwrap();
    let mut changed = json(&text);
    let entropy = changed["rounds"][0]["entropy"]["values"][3].as_f64().unwrap();
    changed["rounds"][0]["entropy"]["values"][3] = Value::from(entropy * (1.0 + 1e-6));
    bench.write("a2.json", &changed.to_string());
    let document = json(&bench.expect(0, "compare a a2.json --json"));
    assert_eq!(document["pairs"][0]["pairing"], "not paired");
    let reason = document["pairs"][0]["reason"].as_str().unwrap();
    assert!(reason.contains("entropy") && reason.contains("replicate 3"), "{reason}");
}

/// All replicates of a population loop on instances that differ in names alone are one computation: a difference is exact, and needs no
/// interval.
#[test]
fn what_is_computed_exactly_differs_exactly() {
    let bench = Bench::with("c.toml", POPULATION);
    let line = "compare c.toml --set-b process.beta=2.0 --y kappa,drift --json";
    let document = json(&bench.expect(0, line));
    for t in 1..=3i32 {
        // Two responses e^{−g} times as likely as the favoured one, with g = (1 + 1/β)^t.
        let kappa = |beta: f64| 1.0 + 2.0 * (-(1.0 + 1.0 / beta).powi(t)).exp();
        let found = row(&document, "kappa", t as u64);
        close(&found["difference"], kappa(2.0) - kappa(1.0));
        assert_eq!((&found["verdict"], &found["interval"]), (&Value::from("differs"), &Value::from("exact")));
        assert_eq!(row(&document, "drift", t as u64)["verdict"], "equal");
    }
}

#[test]
fn loops_run_on_one_instance_with_one_seed_whatever_the_threads() {
    let bench = Bench::with("c.toml", GAUSSIAN);
    let line = "compare --config c.toml self-rewarding live-reward-frozen-reference --replicates 4 --json -q";
    let one = bench.expect(0, &format!("{line} --jobs 1"));
    assert_eq!(one, bench.expect(0, &format!("{line} --jobs 3")));
    let document = json(&one);
    assert_eq!(document["pairs"][0]["pairing"], "same instances and streams");
    assert_eq!(document["changes"]["process.reference"]["b"], "\"base\"");
    // As two runs of `simulate`.
    bench.expect(0, "simulate --config c.toml --replicates 4 --out a -q");
    bench.expect(
        0,
        "simulate --config c.toml --replicates 4 --set process.preset=\"live-reward-frozen-reference\" --out b -q",
    );
    let runs = json(&bench.expect(0, "compare a b --json"));
    assert_eq!(runs["pairs"][0]["rows"], document["pairs"][0]["rows"]);
}

#[test]
fn rounds_and_quantities_in_common_are_compared_and_the_others_are_named() {
    let bench = Bench::with("c.toml", GAUSSIAN);
    bench.expect(0, "simulate --config c.toml --out a -q");
    bench.expect(0, "simulate --config c.toml --set process.rounds=2 --set measure.delta=[0.5,0.3] --out b -q");
    let text = bench.expect(0, "compare a b --out o");
    assert!(text.contains("A has 3 rounds, B 2"), "{text}");
    assert!(text.contains("Measured in A alone: failure_0.1"), "{text}");
    assert!(!text.contains("  3  "), "{text}");
    let csv = fs::read_to_string(bench.path("o/compare.csv")).unwrap();
    assert!(csv.starts_with("quantity,t,replicates_a,replicates_b,a_mean,b_mean,difference_mean,"), "{csv}");
    for name in ["compare.json", "compare.svg", "compare.png", "compare.pdf"] {
        assert!(fs::metadata(bench.path(&format!("o/{name}"))).unwrap().len() > 500, "{name}");
    }
    let refused = |line: &str, words: &[&str]| {
        let message = bench.complaint(2, line);
        assert!(message.starts_with("error: ") && message.trim_end().lines().count() == 1, "{line}: {message}");
        words.iter().for_each(|word| assert!(message.contains(word), "{line}: {word} is missing from {message}"));
    };
    refused("compare a b --out o", &["compare.csv", "--force"]);
    refused("compare a b --y failure_0.1", &["failure_0.1", "A alone"]);
    refused("compare a b --y failure --delta 0.3", &["--delta = 0.3", "0.5"]);
    refused("compare a b --y kapa", &["kapa", "the nearest is kappa"]);
    refused("compare a b --y draws", &["draws"]);
    refused("compare a b --t 3", &["--t = 3", "0 to 2"]);
    refused("compare a", &["A B = a"]);
    refused("compare", &["nothing"]);
    refused("compare a c.toml", &["a c.toml", "two folders"]);
    refused("compare a nothing", &["nothing", "does not exist"]);
    refused("compare a b --set process.beta=2", &["--set", "folders of runs"]);
    refused("compare a b --replicates 4", &["--replicates = 4"]);
    refused("compare c.toml c.toml", &["one configuration"]);
    refused("compare --config c.toml self-rewarding spinn", &["spinn", "the nearest is spin"]);
    refused("compare c.toml --set-b process.bet=2", &["process.bet"]);
    refused("compare a --by process.beta", &["--by"]);
    bench.write("b/config.toml", GAUSSIAN);
    refused("compare a b", &["config.toml", "another configuration"]);
    bench.write("broken.json", "{\"schema\": 1}");
    refused("compare a broken.json", &["broken.json", "holds no configuration"]);
    bench.write("later.json", "{\"schema\": 2}");
    refused("compare a later.json", &["later.json", "schema 2"]);
}
