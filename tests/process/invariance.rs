//! What must not matter does not matter: coordinates of the features, a constant per prompt, names of the responses, the order and
//! number of replicates, the number of threads.

use crate::common::*;
use ndarray::{Array1, Array2};
use proptest::prelude::*;
use rand::seq::SliceRandom;
use selfreward::instance::{DenseFeatures, FeatureMap, Instance, Parameter};
use selfreward::metrics::{Measurement, measure};
use selfreward::process::{Choice, Fit, Gradient, Square};
use selfreward::seed::Seed;
use selfreward::simulate::{Config, Simulation, run};
use std::sync::atomic::AtomicBool;

fn operator(index: usize) -> Box<dyn Fit> {
    match index {
        0 => Box::new(Square::population()),
        1 => Box::new(Square::default()),
        2 => Box::new(Square { choice: Choice::MinNorm, ..Square::default() }),
        3 => Box::new(Square { ridge: 0.1, judge_noise: 0.05, ..Square::default() }),
        _ => Box::new(Gradient { steps: 4, step_size: 0.9, judge_noise: 0.0, population: false }),
    }
}

/// δ = 0.45 and not 0.5: two responses that tie have π = 1/2 to rounding, on which F(0.5) hangs.
fn trajectory(instance: &Instance, kind: usize, n: u64, radius: Option<f64>) -> Vec<Measurement> {
    let mut process = process(Square::population(), 0.8, n, 3);
    process.fit = operator(kind);
    process.radius = radius.map(|factor| factor * instance.base().norm());
    let rounds: Vec<_> = process.on(instance).unwrap().start(Seed::from_number(3)).map(Result::unwrap).collect();
    rounds.iter().map(|round| measure(instance, &rounds[0].policy, round, 0.8, &[0.45, 0.1])).collect()
}

fn assert_close(a: &[Measurement], b: &[Measurement], with_theta: bool) {
    for (a, b) in a.iter().zip(b) {
        let near = |name: &str, p: f64, q: f64| {
            assert!((p - q).abs() <= 1e-8 * (1.0 + p.abs()), "t = {}: {name} {p} {q}", a.t);
        };
        let (p, q) = (&a.policy, &b.policy);
        for (name, p, q) in [
            ("kappa", p.kappa, q.kappa),
            ("margin", p.margin, q.margin),
            ("entropy", p.entropy, q.entropy),
            ("kl", p.kl, q.kl),
            ("drift", p.drift, q.drift),
            ("min_confidence", p.min_confidence, q.min_confidence),
            ("failure", p.failure[0], q.failure[0]),
            ("base failure", p.base_failure[1], q.base_failure[1]),
        ] {
            near(name, p, q);
        }
        if with_theta {
            near("theta_norm", p.theta_norm, q.theta_norm);
            // A least-norm θ that saw nothing is zero, and has no direction.
            assert_eq!(p.cosine.is_some(), q.cosine.is_some());
            near("cosine", p.cosine.unwrap_or(0.0), q.cosine.unwrap_or(0.0));
        }
        if let (Some(s), Some(r)) = (&a.step, &b.step) {
            near("gap", s.gap, r.gap);
            near("concentrability", s.concentrability, r.concentrability);
            near("population_loss", s.population_loss, r.population_loss);
            assert_eq!((s.rank_fraction, s.diversity), (r.rank_fraction, r.diversity));
        }
    }
}

/// A rotation by a product of Householder reflections.
fn rotation(dim: usize, seed: u64) -> Array2<f64> {
    let mut rng = rng(seed);
    let mut q = Array2::eye(dim);
    for _ in 0..dim {
        let v = Array1::from(normals(dim, &mut rng));
        let norm = v.dot(&v);
        let reflection =
            Array2::from_shape_fn((dim, dim), |(i, j)| f64::from(u8::from(i == j)) - 2.0 * v[i] * v[j] / norm);
        q = q.dot(&reflection);
    }
    q
}

const RAGGED: [usize; 5] = [4, 1, 3, 2, 6];

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn rotation_of_features_with_theta(seed in 0u64..1000, kind in 0usize..5, n in 1u64..60, ball in proptest::option::of(1.05f64..3.0)) {
        let instance = dense_instance(&RAGGED, 7, 2.0, seed);
        let FeatureMap::Dense(features) = instance.features() else { unreachable!() };
        let q = rotation(7, seed);
        let rotated = DenseFeatures::new(features.to_matrix().dot(&q), &RAGGED).unwrap();
        let theta = Parameter::Dense(instance.base().to_vector().dot(&q));
        let turned = Instance::new(instance.weights().to_vec(), FeatureMap::dense(rotated), theta, None).unwrap();
        assert_close(&trajectory(&instance, kind, n, ball), &trajectory(&turned, kind, n, ball), true);
    }

    /// Only without a ball and for the nearest minimiser: a constant per prompt changes ‖θ‖ and what "least norm" means.
    #[test]
    fn shift_of_logits_per_prompt(seed in 0u64..1000, kind in prop::sample::select(vec![0usize, 1, 3, 4]), n in 1u64..60) {
        let mut rng = rng(seed);
        let logits: Vec<Vec<f64>> = RAGGED.iter().map(|&k| normals(k, &mut rng)).collect();
        let shifted: Vec<Vec<f64>> =
            logits.iter().zip(normals(5, &mut rng)).map(|(row, c)| row.iter().map(|logit| logit + c).collect()).collect();
        let weights = weights(5, &mut rng);
        let (a, b) = (tabular_and_dense(&logits, &weights).0, tabular_and_dense(&shifted, &weights).0);
        assert_close(&trajectory(&a, kind, n, None), &trajectory(&b, kind, n, None), false);
    }

    /// Draws go by descending probability, so that the sample is permuted along with the responses. (Noise is drawn in the order of
    /// the pairs, which a permutation keeps too.) Where unseen responses get logit 0 they tie, and ties go by index: there the
    /// sample is the same in law only, and the first step alone is compared, without the drift, which asks for *the* mode.
    #[test]
    fn permutation_of_responses(seed in 0u64..1000, kind in 0usize..5, n in 1u64..60, ball in proptest::option::of(1.05f64..3.0)) {
        let mut rng = rng(seed);
        let logits: Vec<Vec<f64>> = RAGGED.iter().map(|&k| normals(k, &mut rng)).collect();
        let mut permuted = logits.clone();
        permuted.iter_mut().for_each(|row| row.shuffle(&mut rng));
        let weights = weights(5, &mut rng);
        for dense in [false, true] {
            let of = |logits: &[Vec<f64>]| {
                let (tabular, written) = tabular_and_dense(logits, &weights);
                if dense { written } else { tabular }
            };
            let (mut a, mut b) = (trajectory(&of(&logits), kind, n, ball), trajectory(&of(&permuted), kind, n, ball));
            if kind == 2 || ball.is_some() {
                for round in [&mut a, &mut b] {
                    round.truncate(2);
                    round[1].policy.drift = 0.0;
                }
            }
            assert_close(&a, &b, true);
        }
    }
}

fn simulation(settings: &str) -> Simulation {
    let table = settings.parse().unwrap();
    Simulation::new(Config::from_table(&table).unwrap()).unwrap()
}

const GAUSSIAN: &str = "instance = { kind = 'gaussian', prompts = 20, responses = 5, dim = 6 }\n\
                        process = { samples = 40, rounds = 3 }\n";

#[test]
fn order_and_threads_do_not_matter() {
    let simulation = simulation(&format!("{GAUSSIAN}run = {{ replicates = 12, seed = 5 }}"));
    let go = AtomicBool::new(false);
    let with_threads = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let replicates = pool.install(|| run(&simulation, true, &go)).unwrap();
        replicates.into_iter().map(|replicate| (replicate.rounds, replicate.thetas)).collect::<Vec<_>>()
    };
    let one = with_threads(1);
    assert_eq!(one, with_threads(2));
    assert_eq!(one, with_threads(8));
    let mut order: Vec<usize> = (0..12).collect();
    order.shuffle(&mut rng(1));
    for index in order {
        let alone = selfreward::simulate::run::replicate(&simulation, index, true, &go).unwrap();
        assert_eq!((alone.rounds, alone.thetas), one[index].clone());
    }
}

#[test]
fn more_replicates_and_rounds_leave_the_earlier_ones() {
    let go = AtomicBool::new(false);
    let few = run(&simulation(&format!("{GAUSSIAN}run = {{ replicates = 2 }}")), false, &go).unwrap();
    let many = run(
        &simulation(&format!("{}run = {{ replicates = 4 }}", GAUSSIAN.replace("rounds = 3", "rounds = 5"))),
        false,
        &go,
    );
    for (a, b) in few.iter().zip(&many.unwrap()) {
        assert_eq!(a.rounds[..], b.rounds[..a.rounds.len()]);
    }
}

#[test]
fn replicates_redraw_everything_unless_the_instance_is_shared() {
    // Five triples leave the span incomplete, so that the update shows which they were.
    let few = GAUSSIAN.replace("samples = 40", "samples = 5");
    let redrawn = simulation(&format!("{few}run = {{ replicates = 2 }}"));
    let shared = simulation(&format!("{few}run = {{ replicates = 2, same_instance = true }}"));
    let theta = |simulation: &Simulation, replicate| simulation.instance(replicate).unwrap().base().to_vector();
    assert_ne!(theta(&redrawn, 0), theta(&redrawn, 1));
    assert_eq!(theta(&shared, 0), theta(&shared, 1));
    assert_eq!(theta(&shared, 0), theta(&redrawn, 0));
    let go = AtomicBool::new(false);
    let replicates = run(&shared, false, &go).unwrap();
    assert_eq!(replicates[0].rounds[0], replicates[1].rounds[0]);
    assert_ne!(replicates[0].rounds[1], replicates[1].rounds[1], "triples are redrawn all the same");
}

/// A run that is stopped reports that, and nothing else.
#[test]
fn a_stopped_run_says_so() {
    let simulation = simulation(GAUSSIAN);
    let stopped = run(&simulation, false, &AtomicBool::new(true)).unwrap_err();
    assert!(matches!(stopped, selfreward::Error::Interrupted));
}
