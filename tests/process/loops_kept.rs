//! Iteration on the data of the first round. The reference is slow and obvious: the pairs of the first round as a list, and normal
//! equations in each round.

use std::collections::BTreeMap;

use crate::common::*;
use crate::loops_common::*;
use ndarray::Array1;
use selfreward::instance::Instance;
use selfreward::process::multinomial::binomial;
use selfreward::process::{Batch, Loop, Memory, Snapshot, Step};
use selfreward::seed::{Purpose, Seed};

fn instance(seed: u64) -> Instance {
    let instance = dense_instance(&[4, 1, 3, 2], 3, 1.2, seed);
    let value = |x: usize, y: usize| 0.8 * (2.1 + x as f64 + 1.7 * y as f64).sin();
    let row = |x: usize| (0..instance.features().responses(x)).map(|y| value(x, y)).collect();
    let rows: Vec<Vec<f64>> = (0..4).map(row).collect();
    instance.with_reward(table(&rows)).unwrap()
}

/// What the first round draws.
fn first_batch(process: &Loop, instance: &Instance, seed: u64) -> Batch {
    let (base, seed) = (Snapshot::new(instance.base().clone(), instance), Seed::from_number(seed));
    let step = Step::new(process, instance, (&base, &base), 0, &seed, &[]).unwrap();
    step.batches()[0].clone()
}

/// argmin over v of Σ w(⟨v, Δφ⟩ − target)² + ridge·‖v‖², by its normal equations.
fn least_squares(rows: &[(f64, Array1<f64>, f64)], ridge: f64) -> Array1<f64> {
    let dim = rows[0].1.len();
    let (mut matrix, mut right) = (vec![vec![0.0; dim]; dim], vec![0.0; dim]);
    for (weight, delta, target) in rows {
        for i in 0..dim {
            right[i] += weight * delta[i] * target;
            for j in 0..dim {
                matrix[i][j] += weight * delta[i] * delta[j];
            }
        }
    }
    (0..dim).for_each(|i| matrix[i][i] += ridge);
    Array1::from(eliminate(matrix, right))
}

/// Each round's own reward and reference meet the pairs of the first.
#[test]
fn kept_pairs_meet_the_targets_of_each_round() {
    const N: f64 = 60.0;
    let mut furthest = 0.0f64;
    for (keys, (own, base, external), alpha, ridge) in [
        ("", (1.0, 0.0, 0.0), 1.0, 0.0),
        ("ridge = 0.05", (1.0, 0.0, 0.0), 1.0, 0.05),
        ("reference = { current = 0.3 }\nridge = 0.01", (1.0, 0.0, 0.0), 0.3, 0.01),
        ("reference = \"base\"\nreward = { self = -1.0, base = 0.4, external = 0.7 }", (-1.0, 0.4, 0.7), 0.0, 0.0),
    ] {
        let process = settle(&format!("{keys}\nmemory = \"kept\"\nbeta = 0.8\nsamples = 60\nrounds = 6")).unwrap();
        assert_eq!(process.memory, Memory::Kept);
        for seed in 0..4 {
            let instance = instance(seed);
            let batch = first_batch(&process, &instance, seed);
            let kept = pairs_of(&batch.pairs());
            let reward = instance.reward().unwrap().clone();
            let first = instance.base().to_vector();
            let mut theta = first.clone();
            for round in &rounds(&process, &instance, seed)[1..] {
                let row = |&(x, y, z, count): &(usize, usize, usize, f64)| {
                    let delta = difference(&instance, x, y, z);
                    let outside = reward.row(x).logit(y as u32) - reward.row(x).logit(z as u32);
                    let target = own * theta.dot(&delta) + base * first.dot(&delta) + external * outside;
                    (count / N, delta * 0.8, target)
                };
                let rows: Vec<_> = kept.iter().map(row).collect();
                theta = &theta * alpha + &first * (1.0 - alpha) + least_squares(&rows, ridge);
                let found = round.theta.to_vector();
                let size = 1.0 + theta.dot(&theta).sqrt();
                furthest = furthest.max(distance(&found, &theta) / size);
                let sample = round.step.as_ref().unwrap().sample.unwrap();
                assert_eq!(sample.triples, 60, "{keys}: nothing is added");
                assert_eq!(round.step.as_ref().unwrap().so_far.draws, Some(120.0), "{keys}: drawn once");
                assert_eq!(round.step.as_ref().unwrap().so_far.empty_filters, 0, "{keys}: no round is idle");
            }
        }
    }
    assert!(furthest < 1e-10, "{furthest:.1e}");
}

/// Labelled pairs keep the labels of the first round, so that every round adds the same to the reference.
#[test]
fn kept_labels_are_those_of_the_first_round() {
    let process = settle(
        "update = \"win-rate\"\nlabels = { temperature = 0.8, flip = 0.1 }\nmemory = \"kept\"\nbeta = 0.8\nsamples = 80\nrounds = 4",
    )
    .unwrap();
    for seed in 0..4 {
        let instance = instance(seed);
        let batch = first_batch(&process, &instance, seed);
        let labelling = batch.labels.clone().unwrap();
        let mut rows: BTreeMap<usize, (f64, Array1<f64>, f64)> = BTreeMap::new();
        let mut number = 0;
        batch.pairs().for_each(|seen| {
            let mut rng = batch.seed().rng(Purpose::Labelling, batch.round, seen.prompt);
            for pair in seen.pairs {
                let win = labelling.prefers(seen.prompt, pair.a, pair.b);
                let wins = binomial(pair.count, win, 1.0 - win, &mut rng) as f64 / pair.count as f64;
                let delta = difference(&instance, seen.prompt, pair.a as usize, pair.b as usize) * 0.8;
                rows.insert(number, (pair.count as f64, delta, wins - 0.5));
                number += 1;
            }
        });
        let rows: Vec<_> = rows.into_values().collect();
        let added = least_squares(&rows, 0.0);
        let first = instance.base().to_vector();
        for round in &rounds(&process, &instance, seed)[1..] {
            let expected = &first + &(&added * round.t as f64);
            let error = distance(&round.theta.to_vector(), &expected);
            assert!(error < 1e-10 * (1.0 + expected.dot(&expected).sqrt()), "round {}: {error:.1e}", round.t);
        }
    }
}

/// In the population it is the first round's law that is kept: for pairs that of fixed candidates. A likelihood without a ridge has its
/// answer after one round.
#[test]
fn kept_laws_and_responses() {
    let pairs = "population = true\nreward = \"external\"\nbeta = 0.9\nrounds = 4";
    let (kept, fixed) = (format!("{pairs}\nmemory = \"kept\""), format!("{pairs}\ncandidates = \"base\""));
    let logistic = "update = \"logistic\"\npopulation = true\nlabels = { temperature = 1.0, flip = 0.2 }\nbeta = 0.9";
    for seed in 0..4 {
        let instance = instance(seed);
        let ends = [&kept, &fixed].map(|keys| rounds(&settle(keys).unwrap(), &instance, 1)[4].theta.to_vector());
        assert!(distance(&ends[0], &ends[1]) < 1e-11, "{ends:?}");
        // One response to compare by: labels of the first round, laws of the first round.
        let all = rounds(&settle(&format!("{logistic}\nmemory = \"kept\"\nrounds = 3")).unwrap(), &instance, 1);
        let theta: Vec<_> = all.iter().map(|round| round.theta.to_vector()).collect();
        let (one, three) = (&theta[1] - &theta[0], &theta[3] - &theta[0]);
        assert!(distance(&(&one * 3.0), &three) < 1e-7, "{one} {three}");
        let likelihood = "update = \"likelihood\"\nsamples = 5000\nmemory = \"kept\"\nrounds = 3";
        let all = rounds(&settle(likelihood).unwrap(), &instance, 1);
        assert!(distance(&all[1].theta.to_vector(), &all[3].theta.to_vector()) < 1e-6);
        assert_eq!(all[3].step.as_ref().unwrap().so_far.draws, Some(5000.0));
    }
}

/// A step of the kept data alone draws nothing.
#[test]
fn nothing_is_fresh_after_the_first_round() {
    let (process, instance) = (settle("memory = \"kept\"\nsamples = 30").unwrap(), instance(1));
    let seed = Seed::from_number(1);
    let base = Snapshot::new(instance.base().clone(), &instance);
    let first = Step::new(&process, &instance, (&base, &base), 0, &seed, &[]).unwrap();
    assert_eq!((first.batches().len(), first.fresh().len()), (1, 1));
    let later = Step::new(&process, &instance, (&base, &base), 3, &seed, first.batches()).unwrap();
    assert_eq!((later.batches().len(), later.fresh().len()), (1, 0));
    assert_eq!(pairs_of(&later.batches()[0].pairs()), pairs_of(&first.batches()[0].pairs()));
}
