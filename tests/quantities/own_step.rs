//! The population step of self-rewarding: ε_app, e, R² and flips, against double sums and normal equations.

use ndarray::{Array1, Array2};
use selfreward::instance::{DenseFeatures, FeatureMap, Instance, Parameter};
use selfreward::logits::LogitTable;
use selfreward::metrics::also::{self, AlsoMetrics, At};
use selfreward::metrics::step::population_loss;
use selfreward::process::{Likelihood, Loop, Reference, Round, Square};
use selfreward::seed::Seed;

const NAMES: [&str; 4] = ["approximation_error", "estimation_error", "sharpened_share", "population_flips"];

/// A number without structure in (−1, 1).
fn wave(i: usize) -> f64 {
    let phase = (i as f64 * 12.9898).sin() * 43758.5453;
    2.0 * (phase - phase.floor()) - 1.0
}

/// Ragged prompts with an offset, of unequal weights, one of weight 0 and one of a single response.
struct Case {
    counts: Vec<usize>,
    weights: Vec<f64>,
    phi: Array2<f64>,
    b: Vec<f64>,
    theta: Array1<f64>,
}

impl Case {
    fn new(number: usize, dim: usize, size: f64) -> Self {
        let counts = vec![4, 1, 3, 2, 5];
        let at = |i: usize| wave(1000 * number + i);
        let rows: usize = counts.iter().sum();
        let phi = Array2::from_shape_fn((rows, dim), |(row, j)| at(row * dim + j) / (dim as f64).sqrt());
        let b = (0..rows).map(|row| 2.0 * at(300 + row)).collect();
        let theta = (0..dim).map(|j| size * at(500 + j)).collect();
        Self { counts, weights: vec![0.3, 0.1, 0.35, 0.0, 0.25], phi, b, theta }
    }

    fn instance(&self, offset: bool) -> Instance {
        let features = FeatureMap::dense(DenseFeatures::new(self.phi.clone(), &self.counts).unwrap());
        let instance =
            Instance::new(self.weights.clone(), features, Parameter::Dense(self.theta.clone()), None).unwrap();
        let mut table = LogitTable::default();
        let mut start = 0;
        for count in &self.counts {
            table.push_dense(&self.b[start..start + count]);
            start += count;
        }
        if offset { instance.with_offset(table).unwrap() } else { instance }
    }

    fn log_probs(&self, theta: &Array1<f64>) -> Vec<f64> {
        let (mut all, mut start) = (Vec::new(), 0);
        for &count in &self.counts {
            let logits: Vec<f64> =
                (start..start + count).map(|row| self.b[row] + self.phi.row(row).dot(theta)).collect();
            let largest = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let total: f64 = logits.iter().map(|logit| (logit - largest).exp()).sum();
            all.extend(logits.iter().map(|logit| logit - largest - total.ln()));
            start += count;
        }
        all
    }

    /// Σ_x p(x) Σ_{y,y'} π(y)π(y') f(row of y, row of y').
    fn pairs(&self, s: &[f64], mut f: impl FnMut(usize, usize) -> f64) -> f64 {
        let (mut sum, mut start) = (0.0, 0);
        for (x, &count) in self.counts.iter().enumerate() {
            for y in start..start + count {
                for z in start..start + count {
                    sum += self.weights[x] * s[y].exp() * s[z].exp() * f(y, z);
                }
            }
            start += count;
        }
        sum
    }

    fn modes(&self, s: &[f64]) -> Vec<usize> {
        let mut start = 0;
        let mode = |&count: &usize| {
            let range = start..start + count;
            start += count;
            let best = range.clone().map(|row| s[row]).fold(f64::NEG_INFINITY, f64::max);
            range.clone().find(|&row| s[row] == best).unwrap()
        };
        self.counts.iter().map(mode).collect()
    }

    fn difference(&self, y: usize, z: usize) -> Array1<f64> {
        &self.phi.row(y) - &self.phi.row(z)
    }

    /// ψ by Gaussian elimination on the normal equations, for as many independent differences as dimensions.
    fn step(&self, s: &[f64]) -> Array1<f64> {
        let d = self.theta.len();
        let mut system = vec![vec![0.0; d + 1]; d];
        for (i, line) in system.iter_mut().enumerate() {
            for (j, entry) in line.iter_mut().enumerate() {
                *entry = self.pairs(s, |y, z| {
                    let delta = self.difference(y, z);
                    delta[i] * if j < d { delta[j] } else { s[y] - s[z] }
                });
            }
        }
        for k in 0..d {
            let pivot = (k..d).max_by(|&a, &b| system[a][k].abs().total_cmp(&system[b][k].abs())).unwrap();
            system.swap(k, pivot);
            for i in (0..d).filter(|&i| i != k) {
                let factor = system[i][k] / system[k][k];
                for j in k..=d {
                    system[i][j] -= factor * system[k][j];
                }
            }
        }
        (0..d).map(|k| system[k][d] / system[k][k]).collect()
    }
}

fn process(beta: f64, samples: u64, population: bool) -> Loop {
    let fit = Box::new(Square { population, ..Square::default() });
    Loop { fit, beta, samples, rounds: 1, ..Loop::default() }
}

fn arrive(process: &Loop, instance: &Instance) -> Round {
    process.on(instance).unwrap().start(Seed::from_number(3)).last().unwrap().unwrap()
}

fn measured(process: &Loop, instance: &Instance) -> (Round, AlsoMetrics) {
    let round = arrive(process, instance);
    let also = also::measure(&At::new(instance, process, &round), &NAMES, &[]);
    (round, also)
}

fn close(a: f64, b: f64, size: f64) {
    assert!((a - b).abs() <= 1e-9 * size.max(1.0), "{a} {b}");
}

#[test]
fn all_quantities_are_the_double_sums() {
    let mut flips = 0.0;
    for number in 0..12 {
        let case = Case::new(number, 1 + number % 4, 3.0);
        let instance = case.instance(true);
        for (beta, samples) in [(0.5, 20), (0.1, 200), (2.0, 10_000)] {
            let process = process(beta, samples, false);
            let (round, also) = measured(&process, &instance);
            let Parameter::Dense(theta) = &round.theta else { panic!("dense") };
            let s = case.log_probs(&case.theta);
            let step = case.step(&s);
            let approximation = case.pairs(&s, |y, z| (s[y] - s[z] - step.dot(&case.difference(y, z))).powi(2));
            let v = beta * (theta - &case.theta);
            let estimation = case.pairs(&s, |y, z| (&v - &step).dot(&case.difference(y, z)).powi(2));
            let total = case.pairs(&s, |y, z| (s[y] - s[z]).powi(2));
            close(also.approximation_error.unwrap(), approximation.sqrt(), 1.0);
            close(also.estimation_error.unwrap(), estimation.sqrt(), v.dot(&v).sqrt());
            close(also.sharpened_share.unwrap(), 1.0 - approximation / total, 1.0);
            // M2: their squares add up to the population loss, by its definition.
            let loss = case.pairs(&s, |y, z| (v.dot(&case.difference(y, z)) - (s[y] - s[z])).powi(2));
            let squares = also.approximation_error.unwrap().powi(2) + also.estimation_error.unwrap().powi(2);
            close(squares, loss, loss);
            let arrival = round.step.as_ref().unwrap();
            close(population_loss(instance.weights(), &arrival.previous, &round.policy, beta), loss, loss);
            let best = case.modes(&case.log_probs(&(&case.theta + &(&step / beta))));
            let own = case.modes(&case.log_probs(theta));
            let moved: f64 = (0..5).filter(|&x| best[x] != own[x]).map(|x| case.weights[x]).sum();
            close(also.population_flips.unwrap(), moved, 1.0);
            flips += moved;
        }
    }
    assert!(flips > 0.0, "no case has a flip: nothing was compared");
}

/// Oracle: the population's own fit, which has no error of estimation and flips nothing; M1 makes it.
#[test]
fn the_population_fit_has_no_error_of_estimation() {
    for (number, dim) in [(1, 2), (2, 4), (3, 20)] {
        let instance = Case::new(number, dim, 2.0).instance(true);
        let (_, also) = measured(&process(0.5, 1, true), &instance);
        assert!(also.estimation_error.unwrap() < 1e-12, "{dim}: {:?}", also.estimation_error);
        assert_eq!(also.population_flips, Some(0.0));
        // Twenty dimensions follow the ten differences.
        if dim == 20 {
            assert!(also.approximation_error.unwrap() < 1e-13 && also.sharpened_share.unwrap() > 1.0 - 1e-15);
        } else {
            assert!(also.approximation_error.unwrap() > 0.01);
        }
    }
}

/// Without an offset everything can be followed, whatever the features; one-hot features follow an offset, too.
#[test]
fn nothing_is_missed_in_the_papers_class() {
    let instance = Case::new(4, 3, 2.0).instance(false);
    let (round, also) = measured(&process(0.5, 4, false), &instance);
    assert_eq!((also.approximation_error, also.sharpened_share), (Some(0.0), Some(1.0)));
    let loss = population_loss(instance.weights(), &round.step.unwrap().previous, &round.policy, 0.5);
    close(also.estimation_error.unwrap().powi(2), loss, loss);

    let mut table = LogitTable::default();
    table.push_dense(&[1.0, 0.5, 0.0]);
    let base = Parameter::tabular(table.clone());
    let instance =
        Instance::new(vec![1.0], FeatureMap::one_hot(vec![3]), base, None).unwrap().with_offset(table).unwrap();
    let (round, also) = measured(&process(0.5, 2, false), &instance);
    assert_eq!((also.approximation_error, also.sharpened_share), (Some(0.0), Some(1.0)));
    let loss = population_loss(instance.weights(), &round.step.unwrap().previous, &round.policy, 0.5);
    close(also.estimation_error.unwrap().powi(2), loss, loss);
}

#[test]
fn other_loops_and_uniform_policies_have_none() {
    let instance = Case::new(5, 2, 1.0).instance(true);
    let frozen = Loop { reference: Reference::Base, ..process(0.5, 16, false) };
    let likely = Loop { fit: Box::new(Likelihood { ridge: 0.1, population: false }), ..process(0.5, 64, false) };
    for process in [frozen, likely] {
        let (_, also) = measured(&process, &instance);
        assert_eq!([also.approximation_error, also.estimation_error, also.sharpened_share], [None; 3]);
        assert_eq!(also.population_flips, None);
    }
    let features = || FeatureMap::dense(DenseFeatures::new(ndarray::array![[1.0], [0.5]], &[2]).unwrap());
    let uniform = Instance::new(vec![1.0], features(), Parameter::Dense(ndarray::array![0.0]), None).unwrap();
    assert_eq!(measured(&process(1.0, 4, false), &uniform).1.sharpened_share, None);
    // Round 0 has no step.
    let process = process(0.5, 16, false);
    let start = process.on(&instance).unwrap().start(Seed::from_number(1)).next().unwrap().unwrap();
    let also = also::measure(&At::new(&instance, &process, &start), &NAMES, &[]);
    assert_eq!(also.approximation_error, None);
}

/// The policy M4 speaks of: φ = (0, ½, 1), θ_0 = 0, b = log π_0. Oracle: the numbers printed there, seen by scripts.
#[test]
fn three_answers_move_to_the_least_likely() {
    let features = DenseFeatures::new(ndarray::array![[0.0], [0.5], [1.0]], &[3]).unwrap();
    let base = Parameter::Dense(ndarray::array![0.0]);
    let mut table = LogitTable::default();
    table.push_dense(&[0.30f64.ln(), 0.69f64.ln(), 0.01f64.ln()]);
    let instance =
        Instance::new(vec![1.0], FeatureMap::dense(features), base, None).unwrap().with_offset(table).unwrap();
    let process = process(0.1, 1, true);
    let (round, _) = measured(&process, &instance);
    let Parameter::Dense(theta) = &round.theta else { panic!("dense") };
    assert!((0.1 * theta[0] - 1.0871).abs() < 5e-5, "{theta}");
    let also = also::measure(&At::new(&instance, &process, &round), &["step_drift", "drift_mass", "flip_loss"], &[]);
    assert_eq!(also.step_drift, Some(1.0));
    assert!((also.drift_mass.unwrap() - 0.01).abs() < 1e-15);
    let gap = (0.69f64 / 0.01).ln();
    let expected = 2.0 * 0.69 * 0.01 * (1.1 * gap).powi(2);
    assert!((also.flip_loss.unwrap() - expected).abs() < 1e-14);
}
