//! What a sampled step scatters by: against numpy's pseudo-inverses (`tests/oracles/noise.py` writes the values), closed forms, and its own
//! Monte Carlo.

use ndarray::{Array1, Array2, array};
use selfreward::instance::{DenseFeatures, FeatureMap, Instance, Parameter};
use selfreward::logits::LogitTable;
use selfreward::metrics::also::{self, AlsoMetrics, At};
use selfreward::metrics::policy::{kappa, kl};
use selfreward::metrics::step::gap;
use selfreward::papers::offset::theory::excess::{Event, Scatter, misspecified_excess};
use selfreward::process::{Loop, Round, Square};
use selfreward::seed::Seed;

const VALUES: &str = include_str!("../oracles/noise.csv");
const RESPONSES: [usize; 4] = [3, 4, 1, 2];
const NAMES: [&str; 16] = [
    "step_length",
    "population_kappa",
    "population_kl",
    "population_gap",
    "difference_rank",
    "leverage",
    "noise_trace",
    "noise_spread",
    "noise_square",
    "noise_sup",
    "kappa_deviation",
    "kl_deviation",
    "gap_deviation",
    "predicted_flips",
    "estimation_error",
    "population_flips",
];

/// The generator of the instances, as in the script.
fn wave(seed: f64, i: usize, j: usize) -> f64 {
    (seed + 1.7 * i as f64 + 0.9 * j as f64 * (i + 1) as f64).sin()
}

fn instance(seed: f64, dim: usize, offset: f64, twin: bool) -> Instance {
    let total: usize = RESPONSES.iter().sum();
    let column = |j: usize| if twin && j == 1 { 0 } else { j };
    let features = Array2::from_shape_fn((total, dim), |(i, j)| wave(seed, i, column(j)) / (dim as f64).sqrt());
    let features = FeatureMap::dense(DenseFeatures::new(features, &RESPONSES).unwrap());
    let theta = Parameter::Dense((0..dim).map(|j| 0.8 * wave(seed + 3.0, j, 5)).collect());
    let mut table = LogitTable::default();
    let mut start = 0;
    for count in RESPONSES {
        table.push_dense(&(start..start + count).map(|i| offset * wave(seed + 7.0, i, 2)).collect::<Vec<_>>());
        start += count;
    }
    let weights = (1..=RESPONSES.len()).map(|x| x as f64 / 10.0).collect();
    Instance::new(weights, features, theta, None).unwrap().with_offset(table).unwrap()
}

fn process(samples: u64) -> Loop {
    Loop { fit: Box::new(Square::default()), beta: 0.5, samples, rounds: 1, ..Loop::default() }
}

fn measured(process: &Loop, instance: &Instance, seed: u64) -> (Round, AlsoMetrics) {
    let round = process.on(instance).unwrap().start(Seed::from_number(seed)).last().unwrap().unwrap();
    let also = also::measure(&At::new(instance, process, &round), &NAMES, &[]);
    (round, also)
}

fn in_order(also: &AlsoMetrics) -> [f64; 14] {
    [
        also.step_length,
        also.population_kappa,
        also.population_kl,
        also.population_gap,
        also.difference_rank,
        also.leverage,
        also.noise_trace,
        also.noise_spread,
        also.noise_square,
        also.noise_sup,
        also.kappa_deviation,
        also.kl_deviation,
        also.gap_deviation,
        also.predicted_flips,
    ]
    .map(Option::unwrap)
}

/// Sums of a dozen terms, and a pseudo-inverse of a Gram matrix whose condition number is below 10^6.
#[test]
fn all_quantities_agree_with_numpy() {
    let (mut count, mut wrong, mut flips) = (0, Vec::new(), 0.0);
    for line in VALUES.lines().skip(1) {
        let fields: Vec<f64> = line.split(',').map(|field| field.parse().unwrap()).collect();
        let instance = instance(fields[0], fields[1] as usize, fields[2], fields[3] == 1.0);
        let (_, also) = measured(&process(1000), &instance, 3);
        for (place, (found, expected)) in in_order(&also).iter().zip(&fields[4..]).enumerate() {
            if (found - expected).abs() > 1e-8 * (1.0 + expected.abs()) {
                wrong.push(format!("{:?} {}: {found} {expected}", &fields[..4], NAMES[place]));
            }
        }
        flips += fields[17];
        count += 1;
    }
    assert!(count == 72 && flips > 0.1, "{count} {flips}");
    assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
}

/// Oracle: dense features that are one-hot, of which one-hot ones are the same class; and the resistance 1/π(y) + 1/π(y') over 2p.
#[test]
fn one_hot_features_have_the_leverage_of_a_complete_graph() {
    let logits = [0.3, -1.2, 0.9];
    let mut table = LogitTable::default();
    table.push_dense(&logits);
    let total: f64 = logits.iter().map(|z| z.exp()).sum();
    let pi = logits.map(|z| z.exp() / total);
    let mut sorted = pi;
    sorted.sort_by(f64::total_cmp);
    let expected = (1.0 / sorted[0] + 1.0 / sorted[1]) / 2.0;
    let one_hot = Instance::new(vec![1.0], FeatureMap::one_hot(vec![3]), Parameter::tabular(table), None).unwrap();
    let features = FeatureMap::dense(DenseFeatures::new(Array2::eye(3), &[3]).unwrap());
    let dense = Instance::new(vec![1.0], features, Parameter::Dense(Array1::from(logits.to_vec())), None).unwrap();
    let [(_, one), (_, other)] = [&one_hot, &dense].map(|instance| measured(&process(50), instance, 1));
    for also in [&one, &other] {
        assert!((also.leverage.unwrap() - expected).abs() < 1e-12 * expected);
        assert_eq!((also.difference_rank, also.noise_trace, also.noise_sup), (Some(2.0), Some(0.0), Some(0.0)));
        assert_eq!((also.predicted_flips, also.kappa_deviation), (Some(0.0), Some(0.0)));
    }
    for (a, b) in in_order(&one).iter().zip(in_order(&other)) {
        assert!((a - b).abs() < 1e-12 * (1.0 + b.abs()), "{a} {b}");
    }
}

/// Weights that span hundreds of orders: a direction that only an all but impossible response has is whitened all the same. Oracle: with
/// d = 2 and three responses everything is followed, and ‖Z‖² is the resistance above.
#[test]
fn a_direction_of_tiny_weight_is_not_frozen() {
    for tiny in [1e-14f64, 1e-120] {
        let features = DenseFeatures::new(array![[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]], &[3]).unwrap();
        let theta = Parameter::Dense(array![0.0, tiny.ln()]);
        let instance = Instance::new(vec![1.0], FeatureMap::dense(features), theta, None).unwrap();
        let (_, also) = measured(&process(10), &instance, 1);
        assert_eq!(also.difference_rank, Some(2.0));
        let total = 2.0 + tiny;
        let expected = 0.5 * (total / tiny + total);
        assert!((also.leverage.unwrap() / expected - 1.0).abs() < 1e-12, "{tiny}: {:?}", also.leverage);
    }
}

/// Round 1 of 4000 samples of n pairs from one policy: n e², modes, κ, KL and the gap in performance scatter as predicted, and e exceeds
/// M5's bound no oftener than it may. Means to 6 standard errors (2e-9 each, 14 of them), what is left of order 1/√n and 1/n beside.
#[test]
fn sampled_steps_scatter_as_predicted() {
    const RUNS: u64 = 4000;
    let n = 40_000.0;
    let process = process(n as u64);
    let instance = instance(2.0, 3, 3.0, false);
    let (first, exact) = measured(&process, &instance, 1);
    let [trace, spread, square] = [exact.noise_trace, exact.noise_spread, exact.noise_square].map(Option::unwrap);
    let (mut losses, mut squares, mut kappas, mut kls, mut gaps, mut beyond) = (0.0, 0.0, 0.0, 0.0, 0.0, 0);
    let scatter = Scatter {
        trace,
        leverage: exact.leverage.unwrap(),
        sup: exact.noise_sup.unwrap(),
        spread,
        rank: exact.difference_rank.unwrap(),
    };
    let event = Event::of(n, scatter.leverage, scatter.rank, 0.1).unwrap();
    let bound = misspecified_excess(n, &scatter, event).unwrap().value();
    let before = &first.step.as_ref().unwrap().previous;
    for seed in 1..=RUNS {
        let round = process.on(&instance).unwrap().start(Seed::from_number(seed)).last().unwrap().unwrap();
        let also = also::measure(&At::new(&instance, &process, &round), &["estimation_error"], &[]);
        let e = also.estimation_error.unwrap();
        losses += n * e * e;
        squares += (n * e * e - trace).powi(2);
        beyond += usize::from(e > bound);
        let weights = instance.weights();
        let standard = |value: f64, centre: Option<f64>, deviation: Option<f64>| {
            n * ((value - centre.unwrap()) / deviation.unwrap()).powi(2)
        };
        kappas += standard(kappa(weights, &round.policy), exact.population_kappa, exact.kappa_deviation);
        kls += standard(kl(weights, &round.policy), exact.population_kl, exact.kl_deviation);
        gaps += standard(gap(weights, before, &round.policy), exact.population_gap, exact.gap_deviation);
    }
    let runs = RUNS as f64;
    let far = |found: f64, expected: f64, error: f64| (found / runs / expected - 1.0).abs() / (error / runs.sqrt());
    assert!(far(losses, trace, (2.0 * square).sqrt() / trace) < 6.0, "n e²: {}", losses / runs / trace);
    assert!(far(squares, 2.0 * square, 14f64.sqrt()) < 6.0, "its variance: {}", squares / runs / (2.0 * square));
    for (name, sum) in [("kappa", kappas), ("kl", kls), ("gap", gaps)] {
        assert!(far(sum, 1.0, 2f64.sqrt()) < 6.0, "{name}: {}", sum / runs);
    }
    // A share of 0.1 is allowed; the bound is far from attained.
    assert!(bound.is_finite() && beyond <= 400, "{beyond} beyond {bound}");
}

/// The share of flips, on policies whose update has responses all but tied, with leverages far below n.
#[test]
fn modes_flip_as_often_as_predicted() {
    const RUNS: u64 = 20_000;
    for (seed, dim, offset, twin) in [(3.0, 1, 0.7, false), (3.0, 3, 0.7, true), (4.0, 1, 3.0, false)] {
        let process = process(1000);
        let instance = instance(seed, dim, offset, twin);
        let predicted = measured(&process, &instance, 1).1.predicted_flips.unwrap();
        let mut shares = 0.0;
        for run in 1..=RUNS {
            let round = process.on(&instance).unwrap().start(Seed::from_number(run)).last().unwrap().unwrap();
            let also = also::measure(&At::new(&instance, &process, &round), &["population_flips"], &[]);
            shares += also.population_flips.unwrap();
        }
        let share = shares / RUNS as f64;
        assert!(predicted > 0.01, "{seed}: no flips to speak of");
        // A prompt weighs 0.4 at most; leading order is within 5%.
        let error = (0.4 * predicted / RUNS as f64).sqrt();
        assert!((share - predicted).abs() < 6.0 * error + 0.05 * predicted, "{seed}: {share} {predicted}");
    }
}
