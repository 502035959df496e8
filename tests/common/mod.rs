//! Slow and obvious reference implementations, and small instances to try things on.
//!
//! Statistical tests share one false-alarm budget of 1e-6 for the whole suite: each states its own share, and seeds are pinned.
#![allow(dead_code, reason = "each test binary uses its own part")]

use ndarray::{Array1, Array2};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};
use selfreward::instance::{DenseFeatures, FeatureMap, Instance, Parameter};
use selfreward::logits::LogitTable;
use selfreward::policy::Policy;
use selfreward::process::pairs::Sample;
use selfreward::process::{Fit, Fitted, Loop, Snapshot, Step};
use selfreward::seed::Seed;

pub fn rng(seed: u64) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(seed)
}

pub fn normals(count: usize, rng: &mut ChaCha8Rng) -> Vec<f64> {
    (0..count).map(|_| StandardNormal.sample(rng)).collect()
}

/// Random weights that sum to one.
pub fn weights(prompts: usize, rng: &mut ChaCha8Rng) -> Vec<f64> {
    let masses: Vec<f64> = (0..prompts).map(|_| 0.1 + rng.random::<f64>()).collect();
    let total: f64 = masses.iter().sum();
    masses.into_iter().map(|mass| mass / total).collect()
}

/// A dense instance with these numbers of responses; features of norm below 1, θ_0 of the given norm.
pub fn dense_instance(responses: &[usize], dim: usize, theta_norm: f64, seed: u64) -> Instance {
    let mut rng = rng(seed);
    let total = responses.iter().sum::<usize>();
    let matrix = Array2::from_shape_vec((total, dim), normals(total * dim, &mut rng)).unwrap();
    let (features, _) = DenseFeatures::new(matrix, responses).unwrap().rescaled();
    let direction = Array1::from(normals(dim, &mut rng));
    let norm = direction.dot(&direction).sqrt();
    let theta = Parameter::Dense(direction * (theta_norm / norm));
    Instance::new(weights(responses.len(), &mut rng), FeatureMap::dense(features), theta, None).unwrap()
}

/// The tabular instance with these logits, every response an atom, and the same as a dense instance with unit vectors.
pub fn tabular_and_dense(logits: &[Vec<f64>], weights: &[f64]) -> (Instance, Instance) {
    let responses: Vec<usize> = logits.iter().map(Vec::len).collect();
    let mut table = LogitTable::default();
    logits.iter().for_each(|row| table.push_dense(row));
    let one_hot = FeatureMap::one_hot(responses.iter().map(|&count| count as u32).collect());
    let tabular = Instance::new(weights.to_vec(), one_hot, Parameter::tabular(table), None).unwrap();
    let total = responses.iter().sum::<usize>();
    let features = DenseFeatures::new(Array2::eye(total), &responses).unwrap();
    let theta = Parameter::Dense(logits.concat().into());
    let dense = Instance::new(weights.to_vec(), FeatureMap::dense(features), theta, None).unwrap();
    (tabular, dense)
}

pub fn process(fit: impl Fit + 'static, beta: f64, samples: u64, rounds: usize) -> Loop {
    Loop { fit: Box::new(fit), beta, samples, rounds, ..Loop::default() }
}

pub fn policy(instance: &Instance, theta: &Parameter) -> Policy {
    instance.policy(theta)
}

/// π(·|x) by the textbook formula.
pub fn softmax(logits: &[f64]) -> Vec<f64> {
    let top = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let masses: Vec<f64> = logits.iter().map(|logit| (logit - top).exp()).collect();
    let total: f64 = masses.iter().sum();
    masses.into_iter().map(|mass| mass / total).collect()
}

/// All logits of one prompt, response by response.
pub fn row(policy: &Policy, prompt: usize) -> Vec<f64> {
    let row = policy.row(prompt);
    (0..row.responses() as u32).map(|y| row.logit(y)).collect()
}

/// All probabilities.
pub fn probabilities(policy: &Policy) -> Vec<Vec<f64>> {
    (0..policy.prompts()).map(|x| softmax(&row(policy, x))).collect()
}

/// The pairs of a round's sample, as (x, y, y', count).
pub fn pairs_of(sample: &Sample<'_>) -> Vec<(usize, usize, usize, f64)> {
    let mut pairs = Vec::new();
    sample.for_each(|seen| {
        pairs.extend(seen.pairs.iter().map(|pair| (seen.prompt, pair.a as usize, pair.b as usize, pair.count as f64)));
    });
    pairs
}

/// φ(x,y) of any instance, written out.
pub fn feature(instance: &Instance, x: usize, y: usize) -> Array1<f64> {
    match instance.features() {
        FeatureMap::Dense(dense) => dense.row(x, y).to_owned(),
        FeatureMap::OneHot(responses) => {
            let start: usize = responses[..x].iter().map(|&count| count as usize).sum();
            let mut unit = Array1::zeros(instance.features().dim());
            unit[start + y] = 1.0;
            unit
        }
    }
}

pub fn difference(instance: &Instance, x: usize, y: usize, other: usize) -> Array1<f64> {
    feature(instance, x, y) - feature(instance, x, other)
}

/// An orthonormal basis of the span of some vectors, by modified Gram–Schmidt, twice over.
pub fn gram_schmidt(vectors: &[Array1<f64>]) -> Vec<Array1<f64>> {
    let mut basis: Vec<Array1<f64>> = Vec::new();
    for vector in vectors {
        let norm = vector.dot(vector).sqrt();
        let mut rest = vector.clone();
        for _ in 0..2 {
            for direction in &basis {
                let share = direction.dot(&rest);
                rest.scaled_add(-share, direction);
            }
        }
        let left = rest.dot(&rest).sqrt();
        if left > 1e-9 * norm {
            basis.push(rest / left);
        }
    }
    basis
}

pub fn project(basis: &[Array1<f64>], vector: &Array1<f64>) -> Array1<f64> {
    basis.iter().fold(Array1::zeros(vector.len()), |sum, direction| sum + direction * direction.dot(vector))
}

/// The first step, from a policy that is the base policy as well.
pub fn step<'a>(instance: &'a Instance, current: &'a Snapshot, process: &'a Loop, seed: &'a Seed) -> Step<'a> {
    step_of_round(instance, current, process, seed, 0)
}

pub fn step_of_round<'a>(
    instance: &'a Instance,
    current: &'a Snapshot,
    process: &'a Loop,
    seed: &'a Seed,
    round: usize,
) -> Step<'a> {
    Step::new(process, instance, (current, current), round, seed, &[]).unwrap()
}

/// θ_{t+1} of a fit that has a minimiser.
pub fn minimum(fit: &dyn Fit, step: &Step<'_>) -> Parameter {
    match fit.fit(step).unwrap() {
        Fitted::Minimum(minimum) => minimum.theta,
        Fitted::AtInfinity { .. } => panic!("no minimiser"),
    }
}

/// Largest absolute difference; NaN, which no tolerance admits, where one of them is.
pub fn distance(a: &Array1<f64>, b: &Array1<f64>) -> f64 {
    let largest = |most: f64, next: f64| if next.is_nan() || most.is_nan() { f64::NAN } else { most.max(next) };
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, largest)
}

/// The policy's rows agree as policies: gaps to the mode within `tolerance` times (1 + gap).
pub fn assert_same_policy(a: &Policy, b: &Policy, tolerance: f64) {
    for x in 0..a.prompts() {
        let (p, q) = (row(a, x), row(b, x));
        for y in 0..p.len() {
            let (gap_p, gap_q) = (p[0] - p[y], q[0] - q[y]);
            assert!(
                (gap_p - gap_q).abs() <= tolerance * (1.0 + gap_p.abs()),
                "prompt {x}, response {y}: {gap_p} {gap_q}"
            );
        }
    }
}
