//! Population rounds with fixed logits: natural-gradient descent on the entropy by finite differences, the closed sum over rounds,
//! directions of almost no weight, affine recursions in any class, and independence of the candidates' law where it is claimed.

use crate::common::*;
use crate::loops_common::*;
use ndarray::{Array1, Array2, array};
use selfreward::instance::{DenseFeatures, FeatureMap, Instance, Parameter};
use selfreward::process::{Candidates, Fit, Likelihood, Loop, Reference, Square, WinRate};

const RAGGED: [usize; 4] = [4, 1, 3, 2];

fn waves(count: usize, seed: f64) -> Vec<f64> {
    (0..count).map(|i| (seed + 1.7 * i as f64).sin()).collect()
}

/// The instance with fixed logits and rewards of this size.
fn with_tables(instance: Instance, size: f64) -> Instance {
    let rows = |seed: f64| -> Vec<Vec<f64>> {
        let count = |x: usize| instance.features().responses(x);
        (0..instance.prompts()).map(|x| waves(count(x), seed + x as f64).iter().map(|w| size * w).collect()).collect()
    };
    let (offset, reward) = (table(&rows(0.3)), table(&rows(2.1)));
    instance.with_offset(offset).unwrap().with_reward(reward).unwrap()
}

/// Ragged, of full rank and not: fewer features than differences, and more.
fn misspecified() -> Vec<Instance> {
    let mut all: Vec<Instance> =
        [(2, 1), (3, 2), (5, 3), (12, 4)].map(|(dim, seed)| dense_instance(&RAGGED, dim, 1.3, seed)).into();
    // Three dimensions of which the differences span two.
    let base = dense_instance(&RAGGED, 3, 0.9, 5);
    let FeatureMap::Dense(dense) = base.features() else { panic!("dense") };
    let mut matrix = dense.to_matrix();
    for mut row in matrix.rows_mut() {
        row[2] = row[0] - 0.5 * row[1] + 0.25;
        row.mapv_inplace(|v| v / 2.0);
    }
    let features = FeatureMap::dense(DenseFeatures::new(matrix, &RAGGED).unwrap());
    all.push(Instance::new(base.weights().to_vec(), features, base.base().clone(), None).unwrap());
    assert_eq!(all.last().unwrap().rank(), 2);
    all.into_iter().map(|instance| with_tables(instance, 0.8)).collect()
}

fn all_differences(instance: &Instance) -> Vec<Array1<f64>> {
    let of_prompt = |x: usize| (1..instance.features().responses(x)).map(move |y| (x, y));
    (0..instance.prompts()).flat_map(of_prompt).map(|(x, y)| difference(instance, x, y, 0)).collect()
}

/// E_x H(π_θ), in nats.
fn entropy(instance: &Instance, theta: &Array1<f64>) -> f64 {
    let rows = log_probs(&instance.policy(&Parameter::Dense(theta.clone())));
    rows.iter().zip(instance.weights()).map(|(row, p)| -p * row.iter().map(|log| log * log.exp()).sum::<f64>()).sum()
}

/// E_x Cov φ.
fn fisher(instance: &Instance, theta: &Array1<f64>) -> Array2<f64> {
    let dim = theta.len();
    let mut sum = Array2::zeros((dim, dim));
    for (x, row) in log_probs(&instance.policy(&Parameter::Dense(theta.clone()))).iter().enumerate() {
        let mean = row
            .iter()
            .enumerate()
            .fold(Array1::zeros(dim), |m: Array1<f64>, (y, log)| m + feature(instance, x, y) * log.exp());
        for (y, log) in row.iter().enumerate() {
            let away = feature(instance, x, y) - &mean;
            for ((i, j), entry) in sum.indexed_iter_mut() {
                *entry += instance.weights()[x] * log.exp() * away[i] * away[j];
            }
        }
    }
    sum
}

fn population(beta: f64, rounds: usize) -> Loop {
    process(Square::population(), beta, 1, rounds)
}

/// F·β(θ_{t+1} − θ_t) = −∇E_xH, the gradient by central differences; the step stays in the span, so this determines it.
#[test]
fn population_rounds_descend_the_entropy_along_the_natural_gradient() {
    for (number, instance) in misspecified().iter().enumerate() {
        let beta = 0.7;
        let basis = gram_schmidt(&all_differences(instance));
        for pair in rounds(&population(beta, 3), instance, 1).windows(2) {
            let (old, new) = (pair[0].theta.to_vector(), pair[1].theta.to_vector());
            let step = (&new - &old) * beta;
            let outside = &step - &project(&basis, &step);
            assert!(outside.iter().all(|v| v.abs() < 1e-12), "{number}: {outside}");
            let turned = fisher(instance, &old).dot(&step);
            for i in 0..old.len() {
                let at = |h: f64| {
                    entropy(instance, &(&old + &Array1::from_shape_fn(old.len(), |j| if i == j { h } else { 0.0 })))
                };
                let h = 1e-4;
                // Of fourth order.
                let slope = (8.0 * (at(h) - at(-h)) - (at(2.0 * h) - at(-2.0 * h))) / (12.0 * h);
                assert!((turned[i] + slope).abs() < 1e-10, "{number}, {i}: {} against {}", turned[i], -slope);
            }
        }
    }
}

/// ψ of a table: weighted least squares of its differences on those of the features, by normal equations in a basis of the span.
fn psi(instance: &Instance, theta: &Array1<f64>, g: impl Fn(usize, usize) -> f64) -> Array1<f64> {
    let basis = gram_schmidt(&all_differences(instance));
    let mut matrix = vec![vec![0.0; basis.len()]; basis.len()];
    let mut right = vec![0.0; basis.len()];
    for (x, row) in log_probs(&instance.policy(&Parameter::Dense(theta.clone()))).iter().enumerate() {
        for y in 0..row.len() {
            for z in 0..y {
                let weight = 2.0 * instance.weights()[x] * (row[y] + row[z]).exp();
                let delta = difference(instance, x, y, z);
                let along: Vec<f64> = basis.iter().map(|v| v.dot(&delta)).collect();
                for i in 0..basis.len() {
                    (0..basis.len()).for_each(|j| matrix[i][j] += weight * along[i] * along[j]);
                    right[i] += weight * along[i] * (g(x, y) - g(x, z));
                }
            }
        }
    }
    let solved = eliminate(matrix, right);
    basis.iter().zip(solved).fold(Array1::zeros(theta.len()), |sum, (v, c)| sum + v * c)
}

/// (β/(1+β))^t Pθ_t = Pθ_0 + Σ_{s<t} β⁻¹(β/(1+β))^{s+1} a_s, and what no difference spans stays.
#[test]
fn misspecified_rounds_add_up_to_the_closed_sum() {
    for (number, instance) in misspecified().iter().enumerate() {
        let (beta, offset) = (1.4, instance.offset().unwrap());
        let basis = gram_schmidt(&all_differences(instance));
        let all = rounds(&population(beta, 5), instance, 1);
        let start = instance.base().to_vector();
        let mut sum = project(&basis, &start);
        let shrink: f64 = beta / (1.0 + beta);
        for (t, round) in all.iter().enumerate() {
            let theta = round.theta.to_vector();
            let seen = project(&basis, &theta);
            assert!(distance(&(&seen * shrink.powi(t as i32)), &sum) < 1e-10, "{number}, round {t}");
            assert!(distance(&(&theta - &seen), &(&start - &project(&basis, &start))) < 1e-11, "{number}, round {t}");
            let a = psi(instance, &theta, |x, y| offset.row(x).logit(y as u32));
            sum.scaled_add(shrink.powi(t as i32 + 1) / beta, &a);
        }
    }
}

/// A direction of weight 10⁻¹⁴ is learned as any other: nothing is cut by its eigenvalue.
#[test]
fn directions_of_almost_no_weight_are_not_frozen() {
    let rare = (1e-14f64).ln() - 0.5f64.ln();
    let features = || FeatureMap::dense(DenseFeatures::new(array![[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]], &[3]).unwrap());
    let logits = table(&[vec![0.0, 0.0, rare]]);
    // The class holds what is learned, as θ or as fixed logits.
    let as_theta = Instance::new(vec![1.0], features(), Parameter::Dense(array![0.0, rare]), None).unwrap();
    let as_zero_offset = as_theta.clone().with_offset(table(&[vec![0.0; 3]])).unwrap();
    let as_offset = Instance::new(vec![1.0], features(), Parameter::Dense(array![0.0, 0.0]), None).unwrap();
    let as_offset = as_offset.with_offset(logits).unwrap();
    for (instance, start) in [(&as_theta, rare), (&as_zero_offset, rare), (&as_offset, 0.0)] {
        let moved = rounds(&population(0.5, 1), instance, 1)[1].theta.to_vector() - array![0.0, start];
        assert!(moved[0].abs() < 1e-9 && (moved[1] - 2.0 * rare).abs() < 1e-9 * rare.abs(), "{moved}");
    }
}

/// A reference ∝ π_t^α π_0^{1−α} and a reward η log π_t + ⟨θ°,φ⟩ give Pθ' = αPθ + (1−α)Pθ_0 + (ηPθ + Pθ°)/β; the rest of θ stays.
#[test]
fn affine_loops_follow_their_recursion_in_any_linear_class() {
    for (responses, dim, seed) in [(RAGGED, 3, 1), (RAGGED, 12, 2)] {
        let instance = dense_instance(&responses, dim, 1.3, seed);
        let star = Array1::from(waves(dim, 0.4));
        let reward =
            |x: usize| -> Vec<f64> { (0..responses[x]).map(|y| feature(&instance, x, y).dot(&star)).collect() };
        let reward: Vec<Vec<f64>> = (0..responses.len()).map(reward).collect();
        let instance = instance.clone().with_reward(table(&reward)).unwrap();
        let basis = gram_schmidt(&all_differences(&instance));
        let start = instance.base().to_vector();
        for alpha in [0.0, 0.3, 1.0] {
            for eta in [-1.0, 0.0, 0.5, 1.0] {
                for beta in [0.4, 1.5] {
                    for (update, tolerance) in [("erm", 1e-9), ("logistic", 1e-6)] {
                        let keys = format!(
                            "update = \"{update}\"\npopulation = true\nrounds = 3\nbeta = {beta:?}\n\
                             reference = {{ current = {alpha:?} }}\nreward = {{ self = {eta:?}, external = 1.0 }}"
                        );
                        let mut expected = start.clone();
                        for round in rounds(&settle(&keys).unwrap(), &instance, 1) {
                            let theta = round.theta.to_vector();
                            let error = distance(&theta, &expected);
                            assert!(error < tolerance * (1.0 + expected.dot(&expected).sqrt()), "{keys}: {error}");
                            let seen = &theta * alpha + &start * (1.0 - alpha) + &(&theta * eta + &star) / beta;
                            expected = project(&basis, &seen) + &start - project(&basis, &start);
                        }
                    }
                }
            }
        }
    }
}

/// Where one w* gives the target on all pairs, neither the candidates' law nor the prompts' matters; for labels of a win rate and
/// with fixed logits outside the class they do.
#[test]
fn candidates_do_not_matter_where_the_target_is_in_the_class() {
    let instance = dense_instance(&[5; 6], 3, 1.3, 3);
    let star = Array1::from(waves(3, 0.4));
    let reward = |x: usize| -> Vec<f64> { (0..5).map(|y| feature(&instance, x, y).dot(&star)).collect() };
    let instance = instance.clone().with_reward(table(&(0..6).map(reward).collect::<Vec<_>>())).unwrap();
    let other_weights =
        Instance::new(weights(6, &mut rng(9)), instance.features().clone(), instance.base().clone(), None);
    let other_weights = other_weights.unwrap().with_reward((**instance.reward().unwrap()).clone()).unwrap();
    let spread = |instances: &[Instance], keys: &str| {
        let mut thetas = Vec::new();
        for instance in instances {
            for candidates in ["", "candidates = { power = 0.3 }", "best_of = 3", "candidates = { power = 2.0 }"] {
                let keys = format!("{keys}\n{candidates}\npopulation = true\nrounds = 1\nbeta = 0.6");
                thetas.push(rounds(&settle(&keys).unwrap(), instance, 1)[1].theta.to_vector());
            }
        }
        thetas.iter().map(|theta| distance(theta, &thetas[0])).fold(0.0, f64::max)
    };
    let both = [instance.clone(), other_weights.clone()];
    let offset = |instance: &Instance| with_tables(instance.clone(), 0.8);
    for keys in ["", "reward = \"external\"", "reward = { self = 0.3, external = 0.4 }\nreference = \"base\""] {
        for update in ["erm", "logistic"] {
            let spread = spread(&both, &format!("update = \"{update}\"\n{keys}"));
            assert!(spread < 1e-8, "{update}, {keys}: {spread}");
        }
    }
    assert!(spread(&both.each_ref().map(offset), "") > 1e-3);
    assert!(spread(&both, "update = \"win-rate\"\nlabels = \"hard\"") > 1e-3);
    assert!(spread(&both, "update = \"logistic\"\nlabels = { temperature = 1.0, flip = 0.2 }") > 1e-3);
}

/// Without the restriction of a class every population fit of a single candidate law is a fixed point where nothing is learned.
#[test]
fn fits_of_the_reference_change_nothing() {
    for instance in misspecified() {
        let none: Vec<Box<dyn Fit>> = vec![
            Box::new(Likelihood { population: true, ..Likelihood::default() }),
            Box::new(WinRate { population: true, ..WinRate::default() }),
        ];
        for (i, fit) in none.into_iter().enumerate() {
            let process = Loop {
                fit,
                rounds: 2,
                reference: Reference::Current,
                candidates: Candidates::default(),
                ..Loop::default()
            };
            let last = &rounds(&process, &instance, 1)[2];
            let moved = distance(&last.theta.to_vector(), &instance.base().to_vector());
            // The likelihood of π_t's own draws is greatest at π_t; a win rate of log π_t is not flat.
            assert_eq!(moved < 1e-9, i == 0, "fit {i}: {moved}");
        }
    }
}
