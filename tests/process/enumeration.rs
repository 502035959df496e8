//! The exact law of one round on instances small enough to enumerate every sample: 2 prompts × 3 responses, n = 3 triples, all
//! (2·9)³ = 5832 samples with their probabilities. What is compared is the joint law of (rank of S, κ_1, F_1).

use std::collections::BTreeMap;

use crate::common::*;
use ndarray::Array1;
use selfreward::instance::{FeatureMap, Instance, Parameter};
use selfreward::logits::{Atom, LogitTable};
use selfreward::metrics::policy::{failure, kappa};
use selfreward::process::{Choice, Sampling, Square};
use selfreward::seed::Seed;
use statrs::distribution::{ChiSquared, ContinuousCDF};

const BETA: f64 = 0.7;
const DELTA: f64 = 0.3;
const TRIPLES: usize = 3;

/// (rank, κ_1 to 9 decimals, F_1 to 9 decimals)
type Outcome = (usize, i64, i64);

fn outcome(rank: usize, kappa: f64, failure: f64) -> Outcome {
    (rank, (kappa * 1e9).round() as i64, (failure * 1e9).round() as i64)
}

/// The law by enumeration; the update is Gram–Schmidt on the seen pairs, the metrics are textbook softmax sums.
fn exact_law(instance: &Instance, choice: Choice) -> BTreeMap<Outcome, f64> {
    let theta = instance.base().to_vector();
    let probs = probabilities(&policy(instance, instance.base()));
    let mut draws = Vec::new();
    for x in 0..2 {
        for y in 0..3 {
            for z in 0..3 {
                draws.push((x, y, z, instance.weights()[x] * probs[x][y] * probs[x][z]));
            }
        }
    }
    let mut law = BTreeMap::new();
    for index in 0..draws.len().pow(TRIPLES as u32) {
        let sample: Vec<_> = (0..TRIPLES).map(|i| draws[index / draws.len().pow(i as u32) % draws.len()]).collect();
        let probability: f64 = sample.iter().map(|draw| draw.3).product();
        let seen: Vec<Array1<f64>> =
            sample.iter().filter(|draw| draw.1 != draw.2).map(|&(x, y, z, _)| difference(instance, x, y, z)).collect();
        let basis = gram_schmidt(&seen);
        let projected = project(&basis, &theta);
        let updated = match choice {
            Choice::Nearest => &theta + &projected / BETA,
            Choice::MinNorm => &projected * (1.0 + 1.0 / BETA),
        };
        let (mut kappa, mut failure) = (0.0, 0.0);
        for x in 0..2 {
            let logits: Vec<f64> = (0..3).map(|y| feature(instance, x, y).dot(&updated)).collect();
            let top = softmax(&logits).into_iter().fold(0.0, f64::max);
            kappa += instance.weights()[x] / top;
            failure += if top <= 1.0 - DELTA { instance.weights()[x] } else { 0.0 };
        }
        *law.entry(outcome(basis.len(), kappa, failure)).or_insert(0.0) += probability;
    }
    law
}

/// Pearson's χ² of simulated outcomes against the exact law, cells below 20 expected hits merged.
fn check(instance: &Instance, law: &BTreeMap<Outcome, f64>, choice: Choice, sampling: Sampling, label: &str) {
    const RUNS: usize = 20_000;
    let mut process = process(Square { choice, ..Square::default() }, BETA, TRIPLES as u64, 1);
    process.sampling = sampling;
    let mut seen: BTreeMap<Outcome, f64> = BTreeMap::new();
    for run in 0..RUNS {
        let seed = Seed::from_number(77).child(label, run as u64);
        let round = process.on(instance).unwrap().start(seed).last().unwrap().unwrap();
        let sample = round.step.as_ref().unwrap().sample.unwrap();
        let key = outcome(
            sample.rank.unwrap(),
            kappa(instance.weights(), &round.policy),
            failure(instance.weights(), &round.policy, DELTA),
        );
        assert!(law.contains_key(&key), "{label}: outcome {key:?} is impossible");
        *seen.entry(key).or_insert(0.0) += 1.0;
    }
    let (mut statistic, mut cells) = (0.0, 0);
    let (mut few_seen, mut few_expected) = (0.0, 0.0);
    let mut add = |observed: f64, expected: f64| {
        statistic += (observed - expected).powi(2) / expected;
        cells += 1;
    };
    for (key, probability) in law {
        let (observed, expected) = (seen.get(key).copied().unwrap_or(0.0), probability * RUNS as f64);
        if expected >= 20.0 {
            add(observed, expected);
        } else {
            few_seen += observed;
            few_expected += expected;
        }
    }
    if few_expected > 5.0 {
        add(few_seen, few_expected);
    }
    // One test of the suite's budget: 1e-9 each, 18 of them. With 20 expected hits a cell the χ² law's tail is off by far less
    // than the factor of 16 that separates 18·1e-9 from 3e-7, this file's share.
    let critical = ChiSquared::new(f64::from(cells - 1)).unwrap().inverse_cdf(1.0 - 1e-9);
    assert!(cells > 5 && statistic < critical, "{label}: χ² = {statistic} with {cells} cells, critical {critical}");
}

/// The same tabular instance with its equal logits lumped into a rest, or every response an atom.
fn tabular(lumped: bool) -> Instance {
    let mut table = LogitTable::default();
    if lumped {
        table.push([Atom { response: 1, logit: 0.8 }], 0.0, 2);
        table.push([Atom { response: 0, logit: 0.5 }], -0.1, 2);
    } else {
        table.push_dense(&[0.0, 0.8, 0.0]);
        table.push_dense(&[0.5, -0.1, -0.1]);
    }
    Instance::new(vec![0.6, 0.4], FeatureMap::one_hot(vec![3, 3]), Parameter::tabular(table), None).unwrap()
}

#[test]
fn one_round_follows_the_enumerated_law() {
    for choice in [Choice::Nearest, Choice::MinNorm] {
        for (name, instance) in [
            ("dense", dense_instance(&[3, 3], 3, 2.0, 5)),
            ("tabular", tabular(false)),
            ("tabular, lumped", tabular(true)),
        ] {
            let law = exact_law(&instance, choice);
            assert!((law.values().sum::<f64>() - 1.0).abs() < 1e-12);
            for sampling in [Sampling::Draws, Sampling::Counts, Sampling::Auto] {
                check(&instance, &law, choice, sampling, &format!("{name}, {choice:?}, {sampling:?}"));
            }
        }
    }
}
