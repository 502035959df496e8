//! What labels cost: tr(GI⁺) against plain sums and elimination, in closed form where there are two responses, and against samples of
//! labels.

use ndarray::{Array1, Array2, array};
use selfreward::instance::{DenseFeatures, FeatureMap, Instance, Parameter};
use selfreward::logits::LogitTable;
use selfreward::metrics::also::{self, AlsoMetrics, At};
use selfreward::metrics::labels::LabelNoise;
use selfreward::process::{Labels, Logistic, Loop, Round, Square};
use selfreward::seed::Seed;

const NAMES: [&str; 3] = ["label_trace", "label_square", "difference_rank"];
const COUNTS: [usize; 4] = [4, 1, 3, 5];
const WEIGHTS: [f64; 4] = [0.4, 0.1, 0.3, 0.2];

/// A number without structure in (−1, 1).
fn wave(i: usize) -> f64 {
    let phase = (i as f64 * 12.9898).sin() * 43758.5453;
    2.0 * (phase - phase.floor()) - 1.0
}

fn instance(number: usize, dim: usize, size: f64) -> Instance {
    let rows: usize = COUNTS.iter().sum();
    let at = |i: usize| wave(1000 * number + i);
    let phi = Array2::from_shape_fn((rows, dim), |(row, j)| at(row * dim + j) / (dim as f64).sqrt());
    let features = FeatureMap::dense(DenseFeatures::new(phi, &COUNTS).unwrap());
    let theta = Parameter::Dense((0..dim).map(|j| size * at(500 + j)).collect());
    Instance::new(WEIGHTS.to_vec(), features, theta, None).unwrap()
}

/// G and I as matrices, by a double sum over ordered pairs.
fn matrices(instance: &Instance, seen: &[f64], temperature: Option<f64>) -> (Array2<f64>, Array2<f64>) {
    let FeatureMap::Dense(features) = instance.features() else { unreachable!() };
    let (policy, dim) = (instance.policy(instance.base()), features.dim());
    let (mut g, mut i) = (Array2::zeros((dim, dim)), Array2::zeros((dim, dim)));
    for x in 0..instance.prompts() {
        for y in 0..COUNTS[x] {
            for z in 0..COUNTS[x] {
                let difference: Array1<f64> = &features.row(x, y) - &features.row(x, z);
                let [p, q] = [y, z].map(|y| policy.prob(x, y as u32));
                let slope = temperature.map_or(1.0, |tau| {
                    let win = 1.0 / (1.0 + (-(p / q).ln() / tau).exp());
                    win * (1.0 - win)
                });
                for a in 0..dim {
                    for b in 0..dim {
                        let product = p * q * difference[a] * difference[b];
                        g[(a, b)] += instance.weights()[x] * product;
                        i[(a, b)] += seen[x] * slope * product;
                    }
                }
            }
        }
    }
    (g, i)
}

/// I⁻¹G by Gauss–Jordan elimination with pivots.
fn solved(mut i: Array2<f64>, mut g: Array2<f64>) -> Array2<f64> {
    let dim = i.nrows();
    for k in 0..dim {
        let pivot = (k..dim).max_by(|&a, &b| i[(a, k)].abs().total_cmp(&i[(b, k)].abs())).unwrap();
        for column in 0..dim {
            i.swap((k, column), (pivot, column));
            g.swap((k, column), (pivot, column));
        }
        let scale = i[(k, k)];
        i.row_mut(k).mapv_inplace(|value| value / scale);
        g.row_mut(k).mapv_inplace(|value| value / scale);
        for row in (0..dim).filter(|row| *row != k) {
            let factor = i[(row, k)];
            let (of_i, of_g) = (i.row(k).to_owned(), g.row(k).to_owned());
            i.row_mut(row).scaled_add(-factor, &of_i);
            g.row_mut(row).scaled_add(-factor, &of_g);
        }
    }
    g
}

fn process(labels: Labels, samples: u64) -> Loop {
    Loop { fit: Box::new(Logistic { labels, ..Logistic::default() }), beta: 0.5, samples, rounds: 1, ..Loop::default() }
}

fn bradley_terry(temperature: f64) -> Labels {
    Labels::Smooth { temperature, flip: 0.0 }
}

fn measured(process: &Loop, instance: &Instance, seed: u64) -> (Round, AlsoMetrics) {
    let round = process.on(instance).unwrap().start(Seed::from_number(seed)).last().unwrap().unwrap();
    let also = also::measure(&At::new(instance, process, &round), &NAMES, &[]);
    (round, also)
}

/// Oracle: plain sums, and elimination. The trace of (I⁻¹G)² is Σλ_j².
#[test]
fn traces_are_those_of_plain_sums() {
    for number in 0..12 {
        let dim = 1 + number % 4;
        let instance = instance(number, dim, [0.0, 1.0, 4.0][number % 3]);
        for temperature in [0.5, 1.0, 3.0] {
            let (g, i) = matrices(&instance, &WEIGHTS, Some(temperature));
            let quotient = solved(i, g);
            let (trace, square) = (quotient.diag().sum(), quotient.dot(&quotient).diag().sum());
            let (_, also) = measured(&process(bradley_terry(temperature), 20_000), &instance, 1);
            let close = |found: Option<f64>, expected: f64| (found.unwrap() / expected - 1.0).abs() < 1e-9;
            assert!(close(also.label_trace, trace), "{number} {temperature}: {:?} {trace}", also.label_trace);
            assert!(close(also.label_square, square), "{number} {temperature}: {:?} {square}", also.label_square);
            assert_eq!(also.difference_rank, Some(dim as f64));
            assert!(also.label_trace.unwrap() >= 4.0 * dim as f64 * (1.0 - 1e-12));
        }
    }
}

/// The same where other prompts are drawn than those of the loss, without a temperature too; of all prompts it is the same noise.
#[test]
fn prompts_that_are_drawn_weigh_the_noise_and_those_of_the_loss_its_metric() {
    for number in 0..8 {
        let instance = instance(number, 2, 2.0);
        let policy = instance.policy(instance.base());
        for seen in [[0.0, 0.2, 0.5, 0.3], [0.0, 0.0, 0.0, 1.0], WEIGHTS] {
            for temperature in [None, Some(1.0), Some(0.5)] {
                let noise = LabelNoise::of_seen(&instance, &policy, &seen, temperature).unwrap();
                let (g, i) = matrices(&instance, &seen, temperature);
                let quotient = solved(i, g);
                assert!((noise.trace() / quotient.diag().sum() - 1.0).abs() < 1e-9, "{number} {seen:?}");
                assert!((noise.square() / quotient.dot(&quotient).diag().sum() - 1.0).abs() < 1e-9);
            }
        }
        let [one, other] = [
            LabelNoise::of_seen(&instance, &policy, &WEIGHTS, Some(2.0)).unwrap(),
            LabelNoise::new(&instance, &policy, 2.0).unwrap(),
        ];
        assert!((one.trace() / other.trace() - 1.0).abs() < 1e-12);
    }
}

/// A direction that only an all but impossible response has: G and I lie hundreds of orders below the other's. Two responses on orthogonal
/// directions each have λ = 1/σ' at their own log-odds, to the rounding of a logit.
#[test]
fn a_direction_of_tiny_weight_keeps_its_cost() {
    for (gap, temperature) in [(60.0, 1.0), (300.0, 1.0), (600.0, 2.0), (40.0, 0.1)] {
        let phi = array![[1.0, 0.0], [0.0, 0.0], [0.0, 1.0], [0.0, 0.0]];
        let features = FeatureMap::dense(DenseFeatures::new(phi, &[2, 2]).unwrap());
        let theta = Parameter::Dense(array![0.0, gap]);
        let instance = Instance::new(vec![0.5, 0.5], features, theta, None).unwrap();
        let noise = LabelNoise::new(&instance, &instance.policy(instance.base()), temperature).unwrap();
        let expected = (gap / temperature).exp() + 2.0 + (-gap / temperature).exp();
        assert_eq!(noise.rank, 2);
        assert!((noise.trace() / (4.0 + expected) - 1.0).abs() < 1e-11, "{gap}: {} {expected}", noise.trace());
    }
}

/// n‖ŵ − θ_t/τ‖²_G over 2000 samples of labels has the mean tr(GI⁺) and the variance 2Σλ², to 6 standard errors (2e-9 each) and what is left
/// of order 1/n.
#[test]
fn sampled_labels_scatter_as_predicted() {
    let instance = instance(5, 2, 1.5);
    let (n, count) = (40_000u64, 2000);
    for temperature in [1.0, 2.0] {
        let process = process(bradley_terry(temperature), n);
        let (g, _) = matrices(&instance, &WEIGHTS, Some(temperature));
        let Parameter::Dense(from) = instance.base() else { unreachable!() };
        let (mut all, mut predicted) = (Vec::new(), (0.0, 0.0));
        for seed in 0..count {
            let (round, also) = measured(&process, &instance, seed);
            let Parameter::Dense(to) = &round.theta else { unreachable!() };
            let off = (to - from) * process.beta - from / temperature;
            all.push(n as f64 * off.dot(&g.dot(&off)));
            predicted = (also.label_trace.unwrap(), also.label_square.unwrap());
        }
        let mean = all.iter().sum::<f64>() / count as f64;
        let variance = all.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / count as f64;
        let error = (2.0 * predicted.1 / count as f64).sqrt();
        assert!((mean - predicted.0).abs() < 6.0 * error, "τ = {temperature}: {mean} {predicted:?}");
        // The fourth moment of a sum of squared normals: at most 15 times the squared variance.
        assert!((variance / (2.0 * predicted.1) - 1.0).abs() < 6.0 * (14.0 / count as f64).sqrt(), "{variance}");
    }
}

/// Where the formula does not hold there is no number: with flips, hard labels, a ridge, fixed logits, another loss; one-hot features have
/// none either.
#[test]
fn it_is_absent_where_labels_have_another_optimum() {
    let plain = instance(1, 2, 1.0);
    let absent = |process: &Loop, instance: &Instance| {
        let (_, also) = measured(process, instance, 1);
        (also.label_trace, also.label_square) == (None, None)
    };
    assert!(!absent(&process(bradley_terry(1.0), 5000), &plain));
    assert!(absent(&process(Labels::Smooth { temperature: 1.0, flip: 0.1 }, 5000), &plain));
    assert!(absent(&Loop { radius: Some(9.0), ..process(Labels::Hard, 5000) }, &plain));
    let ridge = Logistic { ridge: 0.1, ..Logistic::default() };
    assert!(absent(&Loop { fit: Box::new(ridge), ..process(bradley_terry(1.0), 5000) }, &plain));
    assert!(absent(&Loop { fit: Box::new(Square::default()), ..process(bradley_terry(1.0), 5000) }, &plain));
    let mut table = LogitTable::default();
    COUNTS.iter().for_each(|&count| table.push_dense(&(0..count).map(wave).collect::<Vec<_>>()));
    let offset = instance(1, 2, 1.0).with_offset(table).unwrap();
    assert!(absent(&process(bradley_terry(1.0), 5000), &offset));
    let mut table = LogitTable::default();
    table.push_dense(&[1.0, 0.0]);
    let one_hot = Instance::new(vec![1.0], FeatureMap::one_hot(vec![2]), Parameter::tabular(table), None).unwrap();
    assert!(absent(&process(bradley_terry(1.0), 5000), &one_hot));
}
