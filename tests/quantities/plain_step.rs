//! Plain sums at a policy: gradient, natural step, variance, descent and coordinates, against finite differences, closed forms and the
//! least squares of graded rows.

use ndarray::{Array1, Array2, array};
use selfreward::instance::{DenseFeatures, FeatureMap, Instance, Parameter};
use selfreward::logits::LogitTable;
use selfreward::metrics::misspecification::OwnStep;
use selfreward::metrics::plain_step::PlainStep;
use selfreward::metrics::policy::entropy;

/// A number without structure in (−1, 1).
fn wave(i: usize) -> f64 {
    let phase = (i as f64 * 78.233).sin() * 43758.5453;
    2.0 * (phase - phase.floor()) - 1.0
}

/// Ragged prompts, one of weight 0 and one of a single response; `dim` beyond 10 leaves directions that no difference has.
fn instance(number: usize, dim: usize, offset: bool) -> Instance {
    let counts = [4, 1, 3, 2, 5];
    let rows: usize = counts.iter().sum();
    let at = |i: usize| wave(1000 * number + i);
    let phi = Array2::from_shape_fn((rows, dim), |(row, j)| at(row * dim + j) / (dim as f64).sqrt());
    let theta: Array1<f64> = (0..dim).map(|j| 2.0 * at(700 + j)).collect();
    let features = FeatureMap::dense(DenseFeatures::new(phi, &counts).unwrap());
    let weights = vec![0.3, 0.1, 0.35, 0.0, 0.25];
    let instance = Instance::new(weights, features, Parameter::Dense(theta), None).unwrap();
    let mut table = LogitTable::default();
    let mut next = 500;
    for count in counts {
        table.push_dense(&(next..next + count).map(|i| 1.5 * at(i)).collect::<Vec<f64>>());
        next += count;
    }
    if offset { instance.with_offset(table).unwrap() } else { instance }
}

fn dense(parameter: &Parameter) -> &Array1<f64> {
    let Parameter::Dense(theta) = parameter else { panic!("dense") };
    theta
}

fn size(vector: &Array1<f64>) -> f64 {
    vector.dot(vector).sqrt()
}

/// Oracle: central differences of the entropy, coordinate by coordinate.
#[test]
fn the_gradient_is_that_of_the_entropy() {
    for (number, dim) in [(1, 1), (2, 3), (3, 4), (4, 14)] {
        let instance = instance(number, dim, true);
        let policy = instance.policy(instance.base());
        let gradient = PlainStep::new(&instance, instance.base(), &policy).unwrap().gradient();
        for j in 0..dim {
            let at = |step: f64| {
                let mut theta = dense(instance.base()).clone();
                theta[j] += step;
                entropy(instance.weights(), &instance.policy(&Parameter::Dense(theta)))
            };
            let expected = (at(1e-5) - at(-1e-5)) / 2e-5;
            assert!((gradient[j] - expected).abs() < 1e-9, "{number} {j}: {} {expected}", gradient[j]);
        }
    }
}

/// M1 and F1, F being singular among others. Oracle: ψ = Pθ without an offset, and the step of the other path, whose loss is least, with
/// one: at ψ its distance from the population's step vanishes.
#[test]
fn the_natural_step_is_the_population_step() {
    for (number, dim) in [(1, 1), (2, 3), (3, 4), (4, 14)] {
        let plain = instance(number, dim, false);
        let policy = plain.policy(plain.base());
        let step = PlainStep::new(&plain, plain.base(), &policy).unwrap();
        let theta = dense(plain.base());
        let psi = step.natural();
        if dim < 10 {
            assert!(size(&(&psi - theta)) < 1e-11, "{psi} {theta}");
        } else {
            // Pθ has θ's coordinate along u of the span, and nothing across it.
            assert!((step.probe(&psi) - step.parameter_probe()).abs() < 1e-11 && size(&psi) < 0.99 * size(theta));
        }

        let offset = instance(number, dim, true);
        let policy = offset.policy(offset.base());
        let step = PlainStep::new(&offset, offset.base(), &policy).unwrap();
        let psi = step.natural();
        let moved = Parameter::Dense(dense(offset.base()) + &(&psi / 0.5));
        let own = OwnStep::new(&offset, offset.base(), &policy);
        let error = own.estimation_error(offset.base(), (&moved, &offset.policy(&moved)), 0.5);
        assert!(error < 1e-12, "{number}: {error}");
        // Of least norm: Pθ + a.
        let along = step.of_offset().unwrap();
        assert!((step.probe(&psi) - step.parameter_probe() - step.probe(&along)).abs() < 1e-11);
        assert!(size(&along) > 0.01, "an offset that the features do not see");
    }
}

/// M2. Oracle: R² and ε_app of the other path.
#[test]
fn the_entropy_falls_by_the_explained_variance() {
    for (number, dim, offset) in [(1, 1, true), (2, 3, true), (3, 4, false), (4, 14, true)] {
        let instance = instance(number, dim, offset);
        let policy = instance.policy(instance.base());
        let step = PlainStep::new(&instance, instance.base(), &policy).unwrap();
        let own = OwnStep::new(&instance, instance.base(), &policy);
        let (share, variance) = (own.sharpened_share().unwrap(), step.reward_variance());
        let floor = own.approximation_error().powi(2);
        assert!((floor - 2.0 * (1.0 - share) * variance).abs() < 1e-13 * variance, "{number}: {floor}");
        let descent = step.descent();
        assert!((descent - share * variance).abs() < 1e-8 * variance, "{number}: {descent} {}", share * variance);
    }
}

/// Oracle: one prompt, two answers, one direction among three. F = pq, ∇H = −pq·log(p/q), and the rest of R³ has no difference.
#[test]
fn two_answers_have_closed_forms() {
    let features = FeatureMap::dense(DenseFeatures::new(array![[1.0, 0.0, 0.0], [0.0, 0.0, 0.0]], &[2]).unwrap());
    let base = Parameter::Dense(array![0.5, 3.0, -2.0]);
    let mut table = LogitTable::default();
    table.push_dense(&[0.25, 0.0]);
    let instance = Instance::new(vec![1.0], features, base, None).unwrap().with_offset(table).unwrap();
    let moved = Parameter::Dense(array![1.5, 3.0, -2.5]);
    let policy = instance.policy(&moved);
    let step = PlainStep::new(&instance, &moved, &policy).unwrap();
    let (odds, p) = (1.75, 1.0 / (1.0 + (-1.75f64).exp()));
    let variance = p * (1.0 - p);
    let close = |found: f64, expected: f64| assert!((found - expected).abs() < 1e-13, "{found} {expected}");
    close(step.extremes().0, variance);
    close(step.extremes().1, variance);
    close(step.gradient()[0], -variance * odds);
    close(step.natural()[0], odds);
    close(step.reward_variance(), variance * odds * odds);
    close(step.of_offset().unwrap()[0], 0.25);
    close(step.null_distance().unwrap(), 0.5);
    // u is fixed and positive in its first coordinate.
    close(step.parameter_probe() / step.probe(&array![1.0, 7.0, 7.0]), 1.5);
}

/// One-hot features have no plain step, nor has an instance without differences.
#[test]
fn where_it_does_not_exist() {
    let mut table = LogitTable::default();
    table.push_dense(&[1.0, 0.0]);
    let base = Parameter::tabular(table);
    let tabular = Instance::new(vec![1.0], FeatureMap::one_hot(vec![2]), base, None).unwrap();
    assert!(PlainStep::new(&tabular, tabular.base(), &tabular.policy(tabular.base())).is_none());
    let features = FeatureMap::dense(DenseFeatures::new(array![[0.5], [0.5]], &[2]).unwrap());
    let equal = Instance::new(vec![1.0], features, Parameter::Dense(array![1.0]), None).unwrap();
    assert!(PlainStep::new(&equal, equal.base(), &equal.policy(equal.base())).is_none());
}
