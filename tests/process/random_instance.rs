//! Instances of kind `random`: they are what their character says, and `simulate` and studies measure the proof chain on them.

use crate::common::row;
use crate::study_common::{Bench, records};
use selfreward::instance::random::{Character, DECADES, Random, SPAN, TIE};
use selfreward::instance::{FeatureMap, Instance};
use selfreward::metrics::chain::QUANTITIES;
use selfreward::seed::Seed;
use selfreward::simulate::{Config, Simulation, Summary, output, run};
use selfreward::study::cell::canonical;

fn draw(character: Character, number: u64) -> Instance {
    Random { prompts: 5, responses: 4, dim: 3, character }.draw(&Seed::from_number(number)).unwrap()
}

/// The logits of each prompt, sorted down.
fn logits(instance: &Instance) -> Vec<Vec<f64>> {
    let policy = instance.policy(instance.base());
    let sorted = |x| {
        let mut logits = row(&policy, x);
        logits.sort_by(|a, b| b.total_cmp(a));
        logits
    };
    (0..instance.prompts()).map(sorted).collect()
}

fn relative_tops(instance: &Instance) -> Vec<f64> {
    let tops = logits(instance).into_iter().filter(|logits| logits.len() > 1);
    tops.map(|logits| (logits[0] - logits[1]) / logits[0].abs()).collect()
}

#[test]
fn instances_are_sound_and_ragged() {
    let mut counts = std::collections::BTreeMap::<usize, usize>::new();
    for number in 0..400 {
        let instance = draw(Character::Mixed, number);
        assert!((instance.weights().iter().sum::<f64>() - 1.0).abs() < 1e-15 * 5.0);
        let FeatureMap::Dense(dense) = instance.features() else { panic!("features are dense") };
        assert!((dense.largest_norm().1 - 1.0).abs() < 1e-15);
        let responses: Vec<usize> = (0..5).map(|x| instance.features().responses(x)).collect();
        assert!(responses.iter().any(|&count| count >= 2) && responses.iter().all(|count| (1..=4).contains(count)));
        responses.into_iter().for_each(|count| *counts.entry(count).or_insert(0) += 1);
        let again = draw(Character::Mixed, number);
        assert_eq!(again.base(), instance.base());
        assert_eq!(again.weights(), instance.weights());
    }
    // K(x) is uniform on 1..=4: of 2000 prompts 500 each, standard deviation 19; six of them have a chance below 1e-8 for all four.
    assert!(counts.values().all(|&count| count.abs_diff(500) < 117), "{counts:?}");
    // A single prompt always has two responses or more.
    for number in 0..50 {
        let one = Random { prompts: 1, responses: 2, dim: 1, character: Character::Mixed };
        assert_eq!(one.draw(&Seed::from_number(number)).unwrap().features().responses(0), 2);
    }
}

/// A random instance has near ties, or the widest span, or tiny weights only if its character says so; a mixed one is one of four.
#[test]
fn characters_do_what_they_say() {
    let mut kinds = std::collections::BTreeMap::<&str, usize>::new();
    let traits = |instance: &Instance| {
        let spans = logits(instance).into_iter().map(|logits| logits[0] - logits[logits.len() - 1]);
        let sharp = (spans.fold(0.0, f64::max) - SPAN).abs() < 1e-9;
        // A logit is rounded to 2^-52 of norms below 1e2: gaps of 1e-9 of a logit of 1e-3 and more keep a digit and more.
        let tied = relative_tops(instance).iter().any(|top| (top / TIE - 1.0).abs() < 0.1);
        let weights = instance.weights();
        let ratio = weights.iter().fold(0.0, |a: f64, &b| a.max(b)) / weights.iter().fold(1.0, |a: f64, &b| a.min(b));
        (sharp, tied, (ratio.log10() - DECADES).abs() < 1e-9)
    };
    for number in 0..200 {
        assert_eq!(traits(&draw(Character::Plain, number)), (false, false, false), "{number}");
        assert_eq!(traits(&draw(Character::Sharp, number)), (true, false, false), "{number}");
        assert_eq!(traits(&draw(Character::NearTie, number)), (false, true, false), "{number}");
        assert_eq!(traits(&draw(Character::Weights, number)), (false, false, true), "{number}");
        let kind = match traits(&draw(Character::Mixed, number)) {
            (false, false, false) => "plain",
            (true, false, false) => "sharp",
            (false, true, false) => "near-tie",
            (false, false, true) => "weights",
            other => panic!("{number}: {other:?}"),
        };
        *kinds.entry(kind).or_insert(0) += 1;
    }
    // 50 of 200 each, standard deviation 6.1; six of them have a chance below 1e-8 for all four.
    assert!(kinds.len() == 4 && kinds.values().all(|&count| count.abs_diff(50) < 37), "{kinds:?}");
}

fn config(text: &str) -> Config {
    Config::from_table(&text.parse().unwrap()).unwrap()
}

const SIMULATION: &str = "instance = { kind = \"random\", prompts = 4, responses = 4, dim = 3 }
process = { samples = 6, rounds = 3, beta = 0.5 }
measure = { chain = true }
run = { replicates = 12 }";

/// From a configuration to the document: the chain stands in every row but the first, agrees there with the gap that is
/// measured anyway, and is absent where it is not asked for, in the table and in a cell's identity.
#[test]
fn simulate_measures_the_chain() {
    let simulation = Simulation::new(config(SIMULATION)).unwrap();
    let watch = std::sync::atomic::AtomicBool::new(false);
    let trajectories = run(&simulation, false, &watch).unwrap();
    for replicate in &trajectories {
        assert!(replicate.rounds[0].chain.is_none());
        for measured in &replicate.rounds[1..] {
            let (chain, step) = (measured.chain.as_ref().unwrap(), measured.step.as_ref().unwrap());
            assert!((chain.chain_gap - step.gap).abs() <= 1e-10 * (chain.comparator_regret + step.gap));
            assert_eq!(chain.nesting, 0.0);
        }
    }
    // ‖θ_t − θ_{t−1}‖ adds up to at least ‖θ_T − θ_0‖ ≥ |‖θ_T‖ − ‖θ_0‖|: the steps are those between neighbouring rounds.
    for replicate in &trajectories {
        let moved: f64 = replicate.rounds[1..].iter().map(|m| m.chain.as_ref().unwrap().parameter_distance).sum();
        let norms = (replicate.rounds[3].policy.theta_norm, replicate.rounds[0].policy.theta_norm);
        assert!(moved >= (norms.0 - norms.1).abs() * (1.0 - 1e-12));
        let last = replicate.rounds[3].chain.as_ref().unwrap().parameter_distance;
        assert!(last <= 2.0 * norms.0, "the last step starts at θ_2, whose norm is at most that of θ_3");
    }
    let document = output::document(&simulation, &Summary::new(&trajectories, &simulation));
    for quantity in QUANTITIES {
        assert!(document["rounds"][0][quantity.name].is_null(), "{}", quantity.name);
        assert_eq!(document["rounds"][3][quantity.name]["values"].as_array().unwrap().len(), 12, "{}", quantity.name);
    }
    let without = config(&SIMULATION.replace("measure = { chain = true }", ""));
    assert!(Simulation::new(without.clone()).unwrap().columns().len() + QUANTITIES.len() == simulation.columns().len());
    assert!(canonical("p", &simulation.config).contains("measure.chain = true"));
    assert_eq!(canonical("p", &without), canonical("p", &config(&SIMULATION.replace("true", "false"))));
    assert!(!canonical("p", &without).contains("chain"));
}

#[test]
fn bad_values_are_refused() {
    for (change, expected) in [
        ("prompts = 0, responses = 4", "instance.prompts = 0"),
        ("prompts = 4, responses = 1", "instance.responses = 1"),
        ("prompts = 4, responses = 4, bump = 1.0", "instance.bump"),
        ("prompts = 4, responses = 4, character = \"odd\"", "odd"),
    ] {
        let text = SIMULATION.replace("prompts = 4, responses = 4", change);
        let outcome = Config::from_table(&text.parse().unwrap()).and_then(Simulation::new);
        let message = outcome.unwrap_err().to_string();
        assert!(message.contains(expected), "{change}: {message}");
    }
    let large = "instance = { kind = \"gaussian\", prompts = 1, responses = 40000, dim = 2 }
process = { update = \"population\" }
measure = { chain = true }";
    let message = Simulation::new(config(large)).unwrap_err().to_string();
    assert!(message.contains("1.6e9 pairs"), "{message}");
}

/// A study in which one part asks for the chain and the other does not: the store has its columns, empty for the other.
#[test]
fn stores_hold_the_chain_of_the_cells_that_ask() {
    let part = |name: &str, measure: &str| {
        format!(
            "[[part]]\nname = \"{name}\"\nbase.instance = {{ kind = \"random\", prompts = 3, responses = 3, dim = 2 }}
base.process = {{ rounds = 1 }}\n{measure}\nfull = {{ replicates = 2 }}\nquick = {{ replicates = 2 }}\n"
        )
    };
    let parts = part("with", "base.measure = { chain = true }") + &part("without", "");
    let bench = Bench::with("audit.toml", &format!("name = \"audit\"\n{parts}"));
    bench.expect(0, "run audit.toml --out out --quiet");
    bench.expect(0, "export out/audit-full.sqlite --csv csv");
    let rows = records(&std::fs::read_to_string(bench.path("csv/rows.csv")).unwrap());
    assert_eq!(rows.len(), 8);
    for row in rows {
        let asked = row["part"] == "with" && row["round"] == "1";
        assert_eq!(row["chain_gap [nats]"].is_empty(), !asked);
        assert_eq!(row["tail_excess"].is_empty(), !asked);
    }
    let plain = Bench::with("audit.toml", &format!("name = \"audit\"\n{}", part("without", "")));
    plain.expect(0, "run audit.toml --out out --quiet");
    assert!(!plain.rows("out/audit-full.sqlite").contains("chain_gap"));
}
