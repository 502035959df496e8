//! The gains of self-rewarding with ridge, against the eigenvalues of a 2×2 Gram matrix by the quadratic formula.

use ndarray::{Array2, array};
use selfreward::instance::{DenseFeatures, FeatureMap, Instance, Parameter};
use selfreward::metrics::also::{self, At};
use selfreward::process::{Loop, Snapshot, Square, Step};
use selfreward::seed::Seed;

const NAMES: [&str; 2] = ["gain_max", "gain_min"];

fn instance() -> Instance {
    let phi = Array2::from_shape_fn((7, 2), |(row, j)| 0.6 * ((3 * row + 5 * j + row * j) as f64).sin());
    let features = FeatureMap::dense(DenseFeatures::new(phi, &[4, 3]).unwrap());
    Instance::new(vec![0.6, 0.4], features, Parameter::Dense(array![1.0, -0.7]), None).unwrap()
}

/// The extreme eigenvalues of Σ N/n ΔφΔφᵀ over the first round's pairs.
fn eigenvalues(instance: &Instance, process: &Loop, seed: &Seed) -> (f64, f64) {
    let base = Snapshot::new(instance.base().clone(), instance);
    let step = Step::new(process, instance, (&base, &base), 0, seed, &[]).unwrap();
    let FeatureMap::Dense(features) = instance.features() else { panic!("dense features") };
    let (mut a, mut b, mut c) = (0.0, 0.0, 0.0);
    step.batches()[0].pairs().for_each(|seen| {
        for pair in seen.pairs {
            let delta = &features.row(seen.prompt, pair.a as usize) - &features.row(seen.prompt, pair.b as usize);
            let weight = pair.count as f64 / process.samples as f64;
            a += weight * delta[0] * delta[0];
            b += weight * delta[0] * delta[1];
            c += weight * delta[1] * delta[1];
        }
    });
    let (mean, half) = ((a + c) / 2.0, (((a - c) / 2.0).powi(2) + b * b).sqrt());
    (mean - half, mean + half)
}

#[test]
fn gains_are_those_of_the_rounds_eigenvalues() {
    let instance = instance();
    let mut unseen = 0;
    for (number, samples) in [(1, 2), (2, 3), (3, 30), (4, 100_000)] {
        for (beta, ridge) in [(0.5, 0.01), (2.0, 0.3), (2.0, 0.0)] {
            let seed = Seed::from_number(number);
            let fit = Square { ridge, ..Square::default() };
            let process = Loop { fit: Box::new(fit), beta, samples, rounds: 1, ..Loop::default() };
            let rounds: Vec<_> = process.on(&instance).unwrap().start(seed).map(Result::unwrap).collect();
            let found = also::measure(&At::new(&instance, &process, &rounds[1]), &NAMES, &[]);
            let (low, high) = eigenvalues(&instance, &process, &seed);
            let gain = |g: f64| if g < 1e-12 { 0.0 } else { beta * g / (beta * beta * g + ridge) };
            let close = |found: Option<f64>, wanted: f64| (found.unwrap() - wanted).abs() < 1e-9 * (1.0 + wanted);
            assert!(close(found.gain_min, gain(low)), "{samples} {beta} {ridge}: {found:?} {low}");
            assert!(close(found.gain_max, gain(high)), "{samples} {beta} {ridge}: {found:?} {high}");
            unseen += usize::from(found.gain_min == Some(0.0));
            // Self-rewarding grows a direction by one plus its gain.
            let old = instance.base().norm();
            let growth = rounds[1].theta.norm() / old;
            assert!(growth >= 1.0 + gain(low) - 1e-9 && growth <= 1.0 + gain(high) + 1e-9, "{growth}");
            assert_eq!(also::measure(&At::new(&instance, &process, &rounds[0]), &NAMES, &[]).gain_max, None);
        }
    }
    assert!(unseen > 0, "few triples leave a direction unseen");
}
