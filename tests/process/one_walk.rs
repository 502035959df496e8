//! What is computed in one walk, in blocks or several rows at once gives the bits of the plain way.

use ndarray::{Array1, Array2};
use proptest::prelude::*;
use rayon::ThreadPoolBuilder;
use selfreward::instance::{DenseFeatures, FeatureMap, Instance, Parameter};
use selfreward::logits::{Atom, LogitTable};
use selfreward::metrics::{Measurement, measure, policy as state, step};
use selfreward::policy::Policy;
use selfreward::process::{Likelihood, Round};
use selfreward::simulate::{Config, Simulation, run};

use crate::common::*;

const DELTAS: [f64; 3] = [0.5, 0.2, 1e-9];

/// Every sum of a round by the function of its name, which walks over the prompts alone.
fn one_by_one(instance: &Instance, base: &Policy, round: &Round, beta: f64) -> Vec<(&'static str, f64)> {
    let (weights, current) = (instance.weights(), &*round.policy);
    let mut all = vec![
        ("kappa", state::kappa(weights, current)),
        ("kappa_minus_one", state::kappa_minus_one(weights, current)),
        ("drift", state::drift(weights, base, current)),
        ("margin", state::margin(weights, current)),
        ("min_confidence", state::min_confidence(weights, current)),
        ("entropy", state::entropy(weights, current)),
        ("kl", state::kl(weights, current)),
        ("base_probability", state::comparator_probability(weights, base, current)),
        ("theta_norm", round.theta.norm()),
        ("cosine", round.theta.cosine(instance.base())),
        ("logit_rounding", state::logit_rounding(instance, &round.theta)),
    ];
    all.extend(DELTAS.map(|delta| ("failure", state::failure(weights, current, delta))));
    all.extend(DELTAS.map(|delta| ("base_failure", state::comparator_failure(weights, base, current, delta))));
    if let Some(arrival) = &round.step {
        let previous = &*arrival.previous;
        let concentrability = step::concentrability(weights, previous, current);
        all.extend([
            ("gap", step::gap(weights, previous, current)),
            ("concentrability", concentrability),
            ("excess", step::excess(concentrability, state::kappa(weights, previous))),
            ("population_loss", step::population_loss(weights, previous, current, beta)),
        ]);
        let failure = |delta| state::comparator_failure(weights, previous, current, delta);
        all.extend(DELTAS.map(|delta| ("comparator_failure", failure(delta))));
    }
    all
}

/// The same list from what was measured.
fn in_one_walk(measured: &Measurement) -> Vec<(&'static str, f64)> {
    let policy = &measured.policy;
    let mut all = vec![
        ("kappa", policy.kappa),
        ("kappa_minus_one", policy.kappa_minus_one),
        ("drift", policy.drift),
        ("margin", policy.margin),
        ("min_confidence", policy.min_confidence),
        ("entropy", policy.entropy),
        ("kl", policy.kl),
        ("base_probability", policy.base_probability),
        ("theta_norm", policy.theta_norm),
        ("cosine", policy.cosine.unwrap_or(f64::NAN)),
        ("logit_rounding", policy.logit_rounding),
    ];
    all.extend(policy.failure.iter().map(|&value| ("failure", value)));
    all.extend(policy.base_failure.iter().map(|&value| ("base_failure", value)));
    if let Some(step) = &measured.step {
        all.extend([
            ("gap", step.gap),
            ("concentrability", step.concentrability),
            ("excess", step.excess),
            ("population_loss", step.population_loss),
        ]);
        all.extend(step.comparator_failure.iter().map(|&value| ("comparator_failure", value)));
    }
    all
}

fn assert_same_bits(instance: &Instance, process: &selfreward::Loop, seed: u64) {
    let seed = selfreward::Seed::from_number(seed);
    let rounds: Vec<Round> = process.on(instance).unwrap().start(seed).map(Result::unwrap).collect();
    let base = &rounds[0].policy;
    for round in &rounds {
        let measured = in_one_walk(&measure(instance, base, round, process.beta, &DELTAS));
        let expected = one_by_one(instance, base, round, process.beta);
        assert_eq!(measured.len(), expected.len());
        for (found, plain) in measured.iter().zip(&expected) {
            assert_eq!(found.0, plain.0);
            let same = found.1.to_bits() == plain.1.to_bits() || (found.1.is_nan() && plain.1.is_nan());
            assert!(same, "{} at t = {}: {:e} against {:e}", found.0, round.t, found.1, plain.1);
        }
    }
}

/// A table whose rows hold some responses as atoms and lump the others.
fn lumped(prompts: usize) -> Instance {
    let mut table = LogitTable::default();
    for x in 0..prompts {
        let atoms = (0..x % 4).map(|i| Atom { response: (i + x % 3) as u32, logit: (x + 3 * i) as f64 / 7.0 });
        table.push(atoms, 0.25, (7 - x % 4) as u32);
    }
    let weights: Vec<f64> = (0..prompts).map(|x| if x == 2 { 0.0 } else { 1.0 + x as f64 }).collect();
    let sum: f64 = weights.iter().sum();
    let weights = weights.into_iter().map(|p| p / sum).collect();
    Instance::new(weights, FeatureMap::one_hot(vec![7; prompts]), Parameter::tabular(table), None).unwrap()
}

/// Oracle: the functions of `metrics::policy` and `metrics::step`, one walk each.
#[test]
fn one_walk_gives_the_bits_of_many() {
    for seed in 0..6 {
        let dense = dense_instance(&[4, 1, 3, 2, 6], 4, 2.0 + seed as f64, seed);
        assert_same_bits(&dense, &selfreward::Loop { samples: 9, rounds: 5, ..Default::default() }, seed);
        let tabular = lumped(11);
        assert_same_bits(&tabular, &selfreward::Loop { samples: 40, rounds: 5, ..Default::default() }, seed);
        // Responses that die, so that losses are infinite.
        let fit = Box::new(Likelihood::default());
        assert_same_bits(&tabular, &selfreward::Loop { fit, samples: 30, rounds: 3, ..Default::default() }, seed);
    }
}

/// Blocks of 8192 prompts, so that there are three of them, the last not full. Oracle: one thread, which
/// shares nothing; and two replicates on one thread.
#[test]
fn shared_blocks_give_the_bits_of_one_thread() {
    let kinds = ["bump = 1.0", "bump = 1.0\nweights = { zipf = 0.7 }"];
    for (kind, process) in kinds
        .iter()
        .flat_map(|kind| ["", "update = 'likelihood'", "beta = 0.5\nsampling = 'draws'"].map(|process| (kind, process)))
    {
        let of = |replicates: usize, threads: usize| {
            let config: Config = format!(
                "[instance]\nkind = 'tabular'\nprompts = 20000\nresponses = 5\n{kind}\n
                 [process]\nsamples = 60000\nrounds = 2\n{process}\n[run]\nseed = 5\nreplicates = {replicates}"
            )
            .parse()
            .unwrap();
            let simulation = Simulation::new(config).unwrap();
            let pool = ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            let never = std::sync::atomic::AtomicBool::new(false);
            let mut all = pool.install(|| run(&simulation, true, &never)).unwrap();
            all.truncate(1);
            let first = all.remove(0);
            (format!("{:?}", first.rounds), first.thetas)
        };
        let alone = of(1, 1);
        for threads in [2, 3, 7] {
            assert!(of(1, threads) == alone, "{kind} {process} with {threads} threads");
        }
        assert!(of(2, 1) == alone, "{kind} {process} beside another replicate");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    /// Oracle: the dot product of `ndarray`, row by row.
    #[test]
    fn products_are_those_of_single_rows(
        dim in 1usize..40,
        responses in proptest::collection::vec(1usize..12, 1..6),
        seed in 0u64..1_000_000,
    ) {
        let rows: usize = responses.iter().sum();
        let numbers = normals(rows * dim, &mut rng(seed));
        let matrix = Array2::from_shape_vec((rows, dim), numbers).unwrap();
        let theta = Array1::from(normals(dim, &mut rng(seed + 1)));
        let expected: Vec<u64> = matrix.rows().into_iter().map(|row| row.dot(&theta).to_bits()).collect();
        let found = DenseFeatures::new(matrix, &responses).unwrap().times(&theta);
        prop_assert_eq!(found.iter().map(|logit| logit.to_bits()).collect::<Vec<_>>(), expected);
    }
}
