//! Facts F1–F6 of the theory, each against a slow and obvious reference.

use crate::common::*;
use ndarray::{Array1, Array2};
use selfreward::instance::{DenseFeatures, FeatureMap, Instance, Parameter};
use selfreward::metrics::policy::kappa;
use selfreward::process::fit::laplacian::factor;
use selfreward::process::{Choice, Loop, Round, Square};
use selfreward::process::{Fit, Fitted, Snapshot};
use selfreward::seed::Seed;

fn rounds(process: &Loop, instance: &Instance, seed: u64) -> Vec<Round> {
    process.on(instance).unwrap().start(Seed::from_number(seed)).map(Result::unwrap).collect()
}

const RAGGED: [usize; 6] = [4, 1, 7, 2, 5, 3];

/// F1. Oracle: the closed form π_t^{1+1/β}, normalised, and that the expected loss, summed pair by pair, is zero there.
#[test]
fn f1_population_update_is_a_power_of_the_policy() {
    for (beta, seed) in [(1.0, 1), (0.1, 2), (7.0, 3)] {
        let instance = dense_instance(&RAGGED, 5, 2.0, seed);
        let trajectory = rounds(&process(Square::population(), beta, 1, 3), &instance, seed);
        for pair in trajectory.windows(2) {
            let (before, after) = (probabilities(&pair[0].policy), probabilities(&pair[1].policy));
            for (p, q) in before.iter().zip(&after) {
                let logs: Vec<f64> = p.iter().map(|p| (1.0 + 1.0 / beta) * p.ln()).collect();
                let power = softmax(&logs);
                assert!(power.iter().zip(q).all(|(a, b)| (a - b).abs() <= 1e-12), "{power:?} {q:?}");
            }
            let (old, new) = (pair[0].theta.to_vector(), pair[1].theta.to_vector());
            let residual = new * beta - old * (1.0 + beta);
            for x in 0..RAGGED.len() {
                for (y, other) in (0..RAGGED[x]).flat_map(|y| (0..RAGGED[x]).map(move |other| (y, other))) {
                    assert!(residual.dot(&difference(&instance, x, y, other)).abs() < 1e-12);
                }
            }
        }
    }
}

/// F1, second half: (1+1/β)^T ‖θ_0‖ ≤ B keeps the ball inactive at the population's and at the learned iterates.
#[test]
fn f1_norms_grow_by_at_most_one_plus_one_over_beta() {
    let instance = dense_instance(&RAGGED, 5, 2.0, 4);
    for choice in [Choice::Nearest, Choice::MinNorm] {
        let erm = Square { choice, ..Square::default() };
        let trajectory = rounds(&process(erm, 0.5, 20, 5), &instance, 9);
        for pair in trajectory.windows(2) {
            assert!(pair[1].theta.norm() <= 3.0 * pair[0].theta.norm() * (1.0 + 1e-14));
        }
    }
}

/// F2. Oracle: projection by Gram–Schmidt over every seen pair.
#[test]
fn f2_erm_is_a_projection() {
    for (n, seed) in [(1, 1), (3, 2), (8, 3), (30, 4), (1000, 5)] {
        let instance = dense_instance(&RAGGED, 9, 2.0, seed);
        let (theta, beta) = (instance.base(), 0.4);
        let base = Snapshot::new(theta.clone(), &instance);
        let own_seed = Seed::from_number(seed);
        for choice in [Choice::Nearest, Choice::MinNorm] {
            let erm = Square { choice, ..Square::default() };
            let process = process(erm, beta, n, 1);
            let step = step(&instance, &base, &process, &own_seed);
            let Fitted::Minimum(update) = erm.fit(&step).unwrap() else { panic!("a square loss has a minimum") };
            let seen: Vec<_> = pairs_of(&step.batches()[0].pairs())
                .iter()
                .map(|&(x, y, z, _)| difference(&instance, x, y, z))
                .collect();
            let basis = gram_schmidt(&seen);
            let vector = theta.to_vector();
            let projected = project(&basis, &vector);
            let expected = match choice {
                Choice::Nearest => &vector + &projected / beta,
                Choice::MinNorm => &projected * (1.0 + 1.0 / beta),
            };
            assert!(distance(&update.theta.to_vector(), &expected) < 1e-12, "n = {n}, {choice:?}");
            assert_eq!(update.sample.unwrap().rank, Some(basis.len()));
        }
    }
}

/// F2, last sentence: once the span is complete, ERM is the population update as a policy, to 1e-12; as a vector only if
/// θ_t lies in the span, which a one-hot θ_t with a non-zero mean does not.
#[test]
fn f2_complete_span_gives_the_population_update() {
    let dense = dense_instance(&RAGGED, 5, 2.0, 6);
    let tabular = tabular_and_dense(&[vec![1.0, 0.5, 0.0], vec![0.3, 0.2]], &[0.5, 0.5]).0;
    for instance in [&dense, &tabular] {
        let population = rounds(&process(Square::population(), 1.0, 1, 1), instance, 1);
        let erm = rounds(&process(Square::default(), 1.0, 1_000_000, 1), instance, 1);
        let sample = erm[1].step.as_ref().unwrap().sample.unwrap();
        assert_eq!((sample.rank, sample.complete), (Some(sample.full_rank), true));
        assert_same_policy(&population[1].policy, &erm[1].policy, 1e-12);
    }
    let (population, erm) = (
        rounds(&process(Square::population(), 1.0, 1, 1), &tabular, 1),
        rounds(&process(Square::default(), 1.0, 1_000_000, 1), &tabular, 1),
    );
    assert!(distance(&population[1].theta.to_vector(), &erm[1].theta.to_vector()) > 0.1);
}

/// F4. The factor of each prompt's Laplacian of counts gives ΣΔφΔφᵀ. Oracle: the sum over explicit pairs, one outer product each.
#[test]
fn f4_loss_depends_on_the_counts_alone() {
    let instance = dense_instance(&RAGGED, 4, 2.0, 8);
    let base = Snapshot::new(instance.base().clone(), &instance);
    let seed = Seed::from_number(8);
    let process = process(Square::default(), 1.0, 500, 1);
    let step = step(&instance, &base, &process, &seed);
    let mut explicit = Array2::<f64>::zeros((4, 4));
    let mut counts: Vec<Array2<f64>> = RAGGED.iter().map(|&k| Array2::zeros((k, k))).collect();
    for (x, y, z, count) in pairs_of(&step.batches()[0].pairs()) {
        let delta = difference(&instance, x, y, z);
        for ((i, j), entry) in explicit.indexed_iter_mut() {
            *entry += count * delta[i] * delta[j];
        }
        counts[x][(y, z)] += count;
        counts[x][(z, y)] += count;
    }
    let mut by_factor = Array2::<f64>::zeros((4, 4));
    for (x, counts) in counts.into_iter().enumerate() {
        for row in factor(counts, vec![0.0; RAGGED[x]]) {
            let combined =
                row.entries.iter().fold(Array1::<f64>::zeros(4), |sum, &(y, c)| sum + feature(&instance, x, y) * c);
            for ((i, j), entry) in by_factor.indexed_iter_mut() {
                *entry += combined[i] * combined[j];
            }
        }
    }
    assert!(explicit[(0, 0)] > 1.0);
    assert!((explicit - by_factor).iter().all(|difference| difference.abs() < 1e-11));
}

/// F5. Oracle: the components by repeated relabelling, and the mean of each.
#[test]
fn f5_tabular_update_acts_on_components() {
    let logits = vec![vec![0.7, -0.2, 0.1, 0.4, 0.0], vec![1.0, 0.0], vec![0.2], vec![0.5, 0.4, 0.3, 0.2]];
    let (instance, _) = tabular_and_dense(&logits, &[0.4, 0.2, 0.2, 0.2]);
    let base = Snapshot::new(instance.base().clone(), &instance);
    let beta = 0.3;
    for seed_number in 0..50 {
        let seed = Seed::from_number(seed_number);
        let process = process(Square::default(), beta, 5, 1);
        let step = step(&instance, &base, &process, &seed);
        let pairs = pairs_of(&step.batches()[0].pairs());
        let updated = minimum(&Square::default(), &step).to_vector().to_vec();
        let mut start = 0;
        for (x, row) in logits.iter().enumerate() {
            let mut label: Vec<usize> = (0..row.len()).collect();
            for _ in 0..row.len() {
                for &(_, y, z, _) in pairs.iter().filter(|pair| pair.0 == x) {
                    let least = label[y].min(label[z]);
                    (label[y], label[z]) = (least, least);
                }
            }
            for (y, &logit) in row.iter().enumerate() {
                let component: Vec<f64> = (0..row.len()).filter(|&z| label[z] == label[y]).map(|z| row[z]).collect();
                let mean = component.iter().sum::<f64>() / component.len() as f64;
                let expected = logit + (logit - mean) / beta;
                assert!((updated[start + y] - expected).abs() < 1e-14, "seed {seed_number}, ({x}, {y})");
                if component.len() == 1 {
                    assert_eq!(updated[start + y], logit, "unseen responses keep their logit");
                }
            }
            start += row.len();
        }
    }
}

/// F6. Oracle: the sum over gaps, and one round at β' with 1 + 1/β' = (1+1/β)^T.
#[test]
fn f6_population_loop_in_closed_form() {
    let instance = dense_instance(&RAGGED, 5, 1.0, 12);
    let beta = 0.8;
    let trajectory = rounds(&process(Square::population(), beta, 1, 4), &instance, 1);
    let base = &trajectory[0].policy;
    let probs = probabilities(base);
    for (t, round) in trajectory.iter().enumerate() {
        let scale = (1.0 + 1.0 / beta).powi(t as i32);
        let expected: f64 = probs
            .iter()
            .zip(instance.weights())
            .map(|(p, weight)| {
                let top = p.iter().copied().fold(0.0, f64::max);
                weight * p.iter().map(|p| (-scale * (top.ln() - p.ln())).exp()).sum::<f64>()
            })
            .sum();
        assert!((kappa(instance.weights(), &round.policy) - expected).abs() < 1e-12 * expected, "t = {t}");
        assert!((round.theta.cosine(instance.base()) - 1.0).abs() < 1e-14);
        assert!((0..RAGGED.len()).all(|x| round.policy.head(x).modal == base.head(x).modal));
    }
    let once = 1.0 / ((1.0 + 1.0 / beta).powi(4) - 1.0);
    let single = rounds(&process(Square::population(), once, 1, 1), &instance, 1);
    assert_same_policy(&single[1].policy, &trajectory[4].policy, 1e-12);
}

/// F2 at condition numbers up to 10^12: directions 10^12 times shorter than others are seen all the same, and a pair seen once
/// beside pairs seen 10^12 times counts as much.
#[test]
fn rank_survives_bad_conditioning() {
    for exponent in [0, 4, 8, 12] {
        let dim = 13;
        let ratio = 10f64.powf(-f64::from(exponent) / 12.0);
        let mut rng = rng(exponent as u64);
        let responses = [8; 6];
        let rows = 48;
        let mut matrix = Array2::from_shape_vec((rows, dim), normals(rows * dim, &mut rng)).unwrap();
        for ((_, j), entry) in matrix.indexed_iter_mut() {
            *entry *= 0.05 * ratio.powi(j as i32);
        }
        let features = DenseFeatures::new(matrix, &responses).unwrap();
        let theta = Parameter::Dense(Array1::from(normals(dim, &mut rng)));
        let features = FeatureMap::dense(features);
        let instance = Instance::new(vec![1.0 / 6.0; 6], features, theta, None).unwrap();
        assert_eq!(instance.rank(), dim, "condition number 1e{exponent}");
        let trajectory = rounds(&process(Square::default(), 1.0, 1_000_000_000_000, 1), &instance, 3);
        assert_eq!(trajectory[1].step.as_ref().unwrap().sample.unwrap().rank, Some(dim));
        // Twelve differences of a thirteen-dimensional space are never all of it.
        let narrow = rounds(&process(Square::default(), 1.0, 12, 1), &instance, 3);
        let sample = narrow[1].step.as_ref().unwrap().sample.unwrap();
        assert!(sample.rank.is_some_and(|rank| rank <= 12 && rank > 0));
    }
}

/// Two instances that share features but not weights have spans of their own.
#[test]
fn spans_belong_to_the_instance_and_not_to_the_features() {
    let matrix = ndarray::array![[0.5, 0.0], [0.0, 0.0], [0.0, 0.5], [0.0, 0.0]];
    let features = FeatureMap::dense(DenseFeatures::new(matrix, &[2, 2]).unwrap());
    let theta = || Parameter::Dense(ndarray::array![3.0, 5.0]);
    let first = Instance::new(vec![1.0, 0.0], features.clone(), theta(), None).unwrap();
    assert_eq!(first.rank(), 1);
    let second = Instance::new(vec![0.0, 1.0], features, theta(), None).unwrap();
    let trajectory = rounds(&process(Square::default(), 1.0, 1000, 1), &second, 1);
    assert_eq!(trajectory[1].theta.to_vector().to_vec(), [3.0, 10.0]);
}
