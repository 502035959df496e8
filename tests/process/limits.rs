//! Where what is given stops being accepted: each limit and each tolerance is tried on both sides, within a factor of two.
//!
//! Oracle: the limits as the documentation of the function or the configuration key states them, written out here as numbers.

use std::sync::Arc;

use crate::common::*;
use ndarray::{Array2, arr1};
use rand_distr::{Binomial, Distribution, Poisson};
use selfreward::instance::gaussian::{BaseParameter, Gaussian};
use selfreward::instance::npz_writer::to_npz;
use selfreward::instance::{DenseFeatures, FeatureMap, Instance, Parameter, Spectrum, Tokens, uniform_weights};
use selfreward::logits::LogitTable;
use selfreward::metrics::chain;
use selfreward::policy::Policy;
use selfreward::process::multinomial::binomial;
use selfreward::process::{ClassChoice, FiniteClass, Gradient, Loop, Memory, Sampling, Square};
use selfreward::seed::Seed;
use selfreward::{Error, Result};

/// Two prompts of two responses each in the plane, the longest feature of norm `norm`, weights that sum to `sum`.
fn entered(norm: f64, sum: f64) -> Result<Instance> {
    let matrix = Array2::from_shape_vec((4, 2), vec![0.5, 0.0, 0.0, 0.25, norm, 0.0, 0.0, -0.5]).unwrap();
    let features = FeatureMap::dense(DenseFeatures::new(matrix, &[2, 2])?);
    Instance::new(vec![0.75 * sum, 0.25 * sum], features, Parameter::Dense(arr1(&[1.0, -1.0])), None)
}

/// One prompt of `responses` equally likely responses.
fn tabular(responses: u32) -> Instance {
    let mut table = LogitTable::default();
    table.push([], 0.0, responses);
    let features = FeatureMap::one_hot(vec![responses]);
    Instance::new(uniform_weights(1), features, Parameter::tabular(table), None).unwrap()
}

/// The argument that is refused.
fn refused(outcome: Result<()>) -> String {
    match outcome {
        Err(Error::Argument { name, .. }) => name,
        other => panic!("{other:?} is no refusal of an argument"),
    }
}

/// Whether the work is refused for the number of its operations or draws; memory is another matter, of the machine.
fn too_much_work(outcome: Result<()>) -> bool {
    match outcome {
        Ok(()) | Err(Error::Memory { .. }) => false,
        Err(Error::TooLarge { need, .. }) => {
            ["operations", "draws", "pairs a round"].iter().any(|unit| need.contains(unit))
        }
        Err(other) => panic!("{other}"),
    }
}

/// `Instance::new`: "‖φ‖₂ ≤ 1 to within 1e-6".
#[test]
fn feature_norms_are_taken_up_to_a_millionth_above_one() {
    assert!(entered(1.0 + 0.7e-6, 1.0).is_ok());
    assert!(entered(1.0 + 1.4e-6, 1.0).is_err());
}

/// `Instance::new`: "sum 1 to within 1e-6 (then divided by their sum)".
#[test]
fn weights_are_taken_if_they_sum_to_one_within_a_millionth() {
    for side in [-1.0, 1.0] {
        let instance = entered(1.0, 1.0 + side * 0.7e-6).unwrap();
        assert!((instance.weights().iter().sum::<f64>() - 1.0).abs() < 1e-15);
        assert!(entered(1.0, 1.0 + side * 1.4e-6).is_err());
    }
}

/// `process.radius`: θ_0 lies in the ball, up to 1e-12 of its radius.
#[test]
fn the_base_parameter_may_leave_the_ball_by_rounding_alone() {
    let instance = entered(1.0, 1.0).unwrap();
    let at = |excess: f64| {
        let radius = Some(2f64.sqrt() / (1.0 + excess));
        Loop { radius, ..process(Square::default(), 0.1, 10, 1) }.on(&instance).map(drop)
    };
    assert!(at(0.7e-12).is_ok());
    assert_eq!(refused(at(1.4e-12)), "process.radius");
}

/// `process.samples`: 1 to 10^15; `process.rounds`: at most 10^6.
#[test]
fn samples_and_rounds_have_a_largest_number() {
    let instance = entered(1.0, 1.0).unwrap();
    let at = |samples: u64, rounds: usize| process(Square::default(), 1e9, samples, rounds).on(&instance).map(drop);
    assert!(at(1_000_000_000_000_000, 1_000_000).is_ok());
    assert_eq!(refused(at(1_000_000_000_000_001, 1)), "process.samples");
    assert_eq!(refused(at(0, 1)), "process.samples");
    assert_eq!(refused(at(1, 1_000_001)), "process.rounds");
}

/// A round of 2·10^11 draws takes about 100 minutes: more are refused.
#[test]
fn draws_are_limited() {
    let instance = entered(1.0, 1.0).unwrap();
    let at = |samples: u64, sampling: Sampling| {
        too_much_work(Loop { sampling, ..process(Square::default(), 0.1, samples, 1) }.on(&instance).map(drop))
    };
    assert!(!at(140_000_000_000, Sampling::Draws));
    assert!(at(280_000_000_000, Sampling::Draws));
    // As counts, two cells of four pairs each are drawn, whatever n is.
    assert!(!at(280_000_000_000, Sampling::Auto) && !at(280_000_000_000, Sampling::Counts));
    // Two prompts with 10^12 pairs of responses each: the triples of each prompt are fewer, and are drawn one by one.
    let wide = Instance::new(
        vec![0.5; 2],
        FeatureMap::one_hot(vec![1_000_000; 2]),
        Parameter::tabular({
            let mut table = LogitTable::default();
            (0..2).for_each(|_| table.push([], 0.0, 1_000_000));
            table
        }),
        None,
    );
    let wide = wide.unwrap();
    let plain = |samples: u64| process(Square::default(), 0.1, samples, 1);
    // What is remembered is not explored.
    let at = |samples: u64| too_much_work(Loop { memory: Memory::All, ..plain(samples) }.on(&wide).map(drop));
    assert_eq!([140_000_000_000, 280_000_000_000].map(at), [false, true]);
    // An exploration draws a few numbers for each response.
    assert!(!too_much_work(plain(280_000_000_000).on(&wide).map(drop)));
}

/// 10^11 operations of gradient steps in a ball: steps times the rank, here 2.
#[test]
fn gradient_steps_in_a_ball_are_limited() {
    let instance = entered(1.0, 1.0).unwrap();
    let at = |steps: u64, radius: Option<f64>| {
        let operator = Gradient { steps, step_size: 1.0, judge_noise: 0.0, population: false };
        too_much_work(Loop { radius, ..process(operator, 0.1, 10, 1) }.on(&instance).map(drop))
    };
    assert!(!at(35_000_000_000, Some(2.0)));
    assert!(at(70_000_000_000, Some(2.0)));
    // Without a ball, and in one that is never reached, the steps have a closed form.
    assert!(!at(70_000_000_000, None) && !at(70_000_000_000, Some(1e3)));
}

/// 10^14 operations of the eigenproblems of one-hot features, 20 K³ a prompt. (They need 24 K² bytes: on a machine with less than 10 GB
/// the larger one is refused for that.)
#[test]
fn eigenproblems_are_limited() {
    let at = |responses: u32| {
        let process = Loop { radius: Some(1.0), ..process(Square::population(), 1e-9, 1, 1) };
        process.on(&with_base_norm(responses)).map(drop)
    };
    // 20·15000³ = 0.7·10^14 and 20·19000³ = 1.4·10^14.
    assert!(!too_much_work(at(15_000)));
    assert!(matches!(at(19_000), Err(Error::TooLarge { .. })));
}

/// One prompt, its first response favoured, so that the ball may bind.
fn with_base_norm(responses: u32) -> Instance {
    let mut table = LogitTable::default();
    table.push([selfreward::logits::Atom { response: 0, logit: 0.5 }], 0.0, responses - 1);
    Instance::new(uniform_weights(1), FeatureMap::one_hot(vec![responses]), Parameter::tabular(table), None).unwrap()
}

/// 10^12 operations of a round over a finite class: the worst of `rays`·2 members over 10^5 features in the plane costs
/// rays·(2·10^5) + 2·rays·10^5. And 10^9 rays at most.
#[test]
fn members_of_a_finite_class_are_limited() {
    let check = |rows: usize, choice: ClassChoice, rays: u64| {
        let matrix = Array2::from_shape_fn((rows, 2), |(i, j)| if i % 2 == j { 0.5 } else { 0.0 });
        let features = FeatureMap::dense(DenseFeatures::new(matrix, &[rows]).unwrap());
        let base = Parameter::Dense(arr1(&[1.0, -1.0]));
        let instance = Instance::new(vec![1.0], features, base, None).unwrap();
        process(FiniteClass { choice, levels: 1, rays }, 1.0, 1, 1).on(&instance).map(drop)
    };
    assert!(!too_much_work(check(100_000, ClassChoice::Worst, 1_750_000)));
    assert!(too_much_work(check(100_000, ClassChoice::Worst, 3_500_000)));
    // 10^9 rays do not fit into every machine's memory; but their number is none that is refused.
    assert!(!too_much_work(check(2, ClassChoice::Nearest, 1_000_000_000)));
    assert_eq!(refused(check(2, ClassChoice::Nearest, 1_000_000_001)), "process.rays");
}

/// `measure.chain` sums over at most 10^9 pairs of responses.
#[test]
fn pairs_of_the_chain_are_limited() {
    let at = |responses: usize| {
        let mut table = LogitTable::default();
        table.push_dense(&vec![0.0; responses]);
        too_much_work(chain::check(&Policy::from_logits(Arc::new(table))))
    };
    // 26000² = 0.68·10^9 and 37000² = 1.37·10^9.
    assert!(!at(26_000));
    assert!(at(37_000));
}

/// `to_npz`: "if `phi` would hold more than 2^24 numbers"; K² numbers of one prompt with one-hot features.
#[test]
fn an_instance_is_written_up_to_two_to_the_24_numbers() {
    assert!(to_npz(&tabular(3400)).is_ok());
    assert!(matches!(to_npz(&tabular(4800)), Err(Error::TooLarge { .. })));
}

/// Counts of probability below 1e-9 are Poisson counts, others binomial ones. Oracle: the library's own draws from the same stream.
#[test]
fn rare_counts_are_poisson() {
    let trials = 1_000_000_000_000;
    let drawn = |p: f64, seed: u64| binomial(trials, p, 1.0 - p, &mut rng(seed));
    let rare = 0.7e-9 / (0.7e-9 + (1.0 - 0.7e-9));
    let less_rare = 1.4e-9 / (1.4e-9 + (1.0 - 1.4e-9));
    let poisson = |p: f64, seed| Poisson::new(trials as f64 * p).unwrap().sample(&mut rng(seed)) as u64;
    let exact = |p: f64, seed| Binomial::new(trials, p).unwrap().sample(&mut rng(seed));
    // The two laws do not read the stream alike, or the test would tell nothing.
    assert!((0..20).any(|seed| poisson(rare, seed) != exact(rare, seed)));
    assert!((0..20).any(|seed| poisson(less_rare, seed) != exact(less_rare, seed)));
    for seed in 0..20 {
        assert_eq!(drawn(0.7e-9, seed), poisson(rare, seed));
        assert_eq!(drawn(1.4e-9, seed), exact(less_rare, seed));
    }
}

/// `instance.max_tries`: below 2^24.
#[test]
fn redraws_for_a_margin_are_limited() {
    let at = |max_tries: usize| {
        let (spectrum, base) = (Spectrum::Isotropic {}, BaseParameter::Norm(1.0));
        Gaussian { prompts: 1, responses: 2, dim: 2, spectrum, base, margin: Some(0.0), max_tries }
            .draw(&Seed::from_number(1))
            .map(|_| ())
    };
    assert!(at((1 << 24) - 1).is_ok());
    assert_eq!(refused(at(1 << 24)), "instance.max_tries");
}

/// V ≥ 2 tokens, L ≥ 1, V^L < 2^32 sequences.
#[test]
fn token_sequences_are_counted_in_32_bits() {
    let sequences = |vocab: u32, length: u32| Tokens::new(vocab, length).ok().map(Tokens::sequences);
    assert_eq!([(1, 3), (3, 0)].map(|(vocab, length)| sequences(vocab, length)), [None; 2]);
    assert_eq!(sequences(2, 1), Some(2));
    assert_eq!([(2, 31), (2, 32)].map(|(v, l)| sequences(v, l)), [Some(1 << 31), None]);
    assert_eq!([(65_535, 2), (65_536, 2)].map(|(v, l)| sequences(v, l)), [Some(4_294_836_225), None]);
}
