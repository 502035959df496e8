//! What an instance is said to be, against plain sums over all pairs of responses, closed forms, and other code paths.

use std::sync::Arc;

use ndarray::{Array2, array};
use selfreward::describe::given::{GIVEN, line};
use selfreward::describe::{Found, Measured, Options, Value, Weighted, describe};
use selfreward::experiment::real_spectrum::covariance_spectrum;
use selfreward::instance::{Correct, DenseFeatures, FeatureMap, Instance, Parameter};
use selfreward::linalg::thin_svd;
use selfreward::logits::{Atom, LogitTable};
use selfreward::metrics::misspecification::OwnStep;
use selfreward::metrics::noise::Noise;
use selfreward::papers::{PAPERS, Quantity};

/// Responses of each prompt; the last prompt has no weight.
const RESPONSES: [usize; 5] = [3, 4, 1, 2, 3];
const WEIGHTS: [f64; 5] = [0.4, 0.3, 0.1, 0.2, 0.0];

fn wave(i: usize, j: usize) -> f64 {
    (1.0 + 1.7 * i as f64 + 0.9 * j as f64 * (i + 1) as f64).sin()
}

/// Prompt 1 has two responses with the same features, prompt 3 one of zeros.
fn dense(dim: usize, offset: bool, size: f64) -> Instance {
    let mut matrix = Array2::from_shape_fn((13, dim), |(i, j)| wave(i, j));
    let twin = matrix.row(4).to_owned();
    matrix.row_mut(6).assign(&twin);
    matrix.row_mut(9).fill(0.0);
    let (features, _) = DenseFeatures::new(matrix, &RESPONSES).unwrap().rescaled();
    let theta = Parameter::Dense((0..dim).map(|j| size * wave(40, j)).collect());
    let instance = Instance::new(WEIGHTS.to_vec(), FeatureMap::dense(features), theta, None).unwrap();
    if !offset {
        return instance;
    }
    let mut table = LogitTable::default();
    let mut row = 20;
    for count in RESPONSES {
        table.push_dense(&(row..row + count).map(|i| 2.0 * wave(i, 3)).collect::<Vec<_>>());
        row += count;
    }
    instance.with_offset(table).unwrap()
}

/// π_0(y|x) from the definition.
fn probs(instance: &Instance, x: usize) -> Vec<f64> {
    let (FeatureMap::Dense(features), Parameter::Dense(theta)) = (instance.features(), instance.base()) else {
        panic!("dense features")
    };
    let logit = |y: usize| {
        let b = instance.offset().map_or(0.0, |offset| offset.row(x).logit(y as u32));
        b + features.row(x, y).dot(theta)
    };
    let masses: Vec<f64> = (0..RESPONSES[x]).map(|y| logit(y).exp()).collect();
    let total: f64 = masses.iter().sum();
    masses.into_iter().map(|mass| mass / total).collect()
}

fn options() -> Options {
    Options { samples: 100.0, beta: 0.5, lambda: None, deltas: vec![0.5, 0.3] }
}

fn value(measured: &Measured, name: &str) -> Result<f64, String> {
    let groups = describe(measured, &options()).unwrap();
    let entry = groups.iter().flat_map(|group| &group.entries).find(|entry| entry.name == name);
    match &entry.unwrap_or_else(|| panic!("no {name}")).value {
        Ok(Value::Number(value)) => Ok(*value),
        Ok(Value::Word(word)) => Err(word.clone()),
        Err(absent) => Err(absent.0.clone()),
    }
}

fn close(found: Found, expected: f64, tolerance: f64) {
    let found = found.unwrap();
    assert!((found - expected).abs() <= tolerance * expected.abs().max(1e-3), "{found} {expected}");
}

/// Oracle: sums over prompts, responses and pairs as the definitions have them.
#[test]
fn the_base_policy_is_told_by_plain_sums() {
    for offset in [false, true] {
        let instance = dense(3, offset, 2.0);
        let measured = Measured::new(Arc::new(instance.clone()));
        let all: Vec<(f64, Vec<f64>)> = (0..4).map(|x| (WEIGHTS[x], probs(&instance, x))).collect();
        let top = |p: &[f64]| p.iter().copied().fold(0.0, f64::max);
        let second = |p: &[f64]| {
            let mut sorted = p.to_vec();
            sorted.sort_by(|a, b| b.total_cmp(a));
            sorted.get(1).copied()
        };
        let mean = |f: &dyn Fn(&[f64]) -> f64| all.iter().map(|(w, p)| w * f(p)).sum::<f64>();
        close(measured.kappa0(), mean(&|p| 1.0 / top(p)), 1e-13);
        let margin = |p: &[f64]| second(p).map_or(f64::INFINITY, |second| (top(p) / second).ln());
        let least = all.iter().map(|(_, p)| margin(p)).fold(f64::INFINITY, f64::min);
        close(measured.gamma(), least, 1e-12);
        close(measured.mu(), all.iter().map(|(_, p)| top(p)).fold(1.0, f64::min), 1e-13);
        let spread = |p: &[f64]| (top(p) / p.iter().copied().fold(1.0, f64::min)).ln();
        close(measured.range(), all.iter().map(|(_, p)| spread(p)).fold(0.0, f64::max), 1e-12);
        let entropy = mean(&|p| -p.iter().map(|p| p * p.ln()).sum::<f64>());
        assert!((value(&measured, "entropy").unwrap() - entropy).abs() < 1e-13);
        let failure = mean(&|p| f64::from(u8::from(top(p) <= 0.7)));
        assert!((value(&measured, "failure_0.3").unwrap() - failure).abs() < 1e-15);
        // Counts: the prompt without weight counts as a prompt, and nowhere else.
        for (name, expected) in [
            ("prompts", 5.0),
            ("prompts_counted", 4.0),
            ("responses_min", 1.0),
            ("responses_max", 4.0),
            ("responses", 13.0),
            ("single_response", 1.0),
            ("dim", 3.0),
            ("zero_rows", 1.0),
            ("duplicates", 1.0),
            ("alike_prompts", 0.0),
        ] {
            assert_eq!(value(&measured, name), Ok(expected), "{name}");
        }
        assert_eq!(value(&measured, "offset"), Err(if offset { "yes" } else { "no" }.to_owned()));
    }
}

/// E ΔφΔφᵀ over pairs of independent responses.
fn gram(instance: &Instance) -> Array2<f64> {
    let FeatureMap::Dense(features) = instance.features() else { panic!("dense features") };
    let mut gram = Array2::zeros((features.dim(), features.dim()));
    for x in 0..4 {
        let p = probs(instance, x);
        for y in 0..p.len() {
            for z in 0..p.len() {
                let difference = &features.row(x, y) - &features.row(x, z);
                let weight = WEIGHTS[x] * p[y] * p[z];
                gram.indexed_iter_mut().for_each(|((i, j), sum)| *sum += weight * difference[i] * difference[j]);
            }
        }
    }
    gram
}

/// Oracle: the pseudo-inverse of the plain double sum, and a loop over all pairs. More dimensions than differences, too.
#[test]
fn leverage_rank_and_spectrum_are_those_of_the_pseudo_inverse() {
    for (dim, offset) in [(2, false), (3, true), (9, false), (9, true)] {
        let instance = dense(dim, offset, 1.0);
        let FeatureMap::Dense(features) = instance.features() else { panic!("dense features") };
        let measured = Measured::new(Arc::new(instance.clone()));
        let gram = gram(&instance);
        let svd = thin_svd(gram.view());
        let rank = svd.singular.iter().filter(|s| **s > 1e-10 * svd.singular[0]).count();
        // Of 2 + 3 + 1 differences one is that of twins.
        assert_eq!(rank, dim.min(5));
        assert_eq!(measured.rank(), Ok(rank as f64));
        let mut largest = 0.0f64;
        for x in 0..4 {
            for y in 0..RESPONSES[x] {
                for z in 0..y {
                    let along = svd.vt.dot(&(&features.row(x, y) - &features.row(x, z)));
                    largest = largest.max((0..rank).map(|j| along[j] * along[j] / svd.singular[j]).sum());
                }
            }
        }
        close(measured.leverage(), largest, 1e-9);
        assert!(largest >= rank as f64);
        // The largest norm is 1: Σ is half of it.
        let lambda = 0.01;
        let dimension: f64 = svd.singular.iter().map(|s| 0.5 * s / (0.5 * s + lambda)).sum();
        close(measured.effective_dimension(lambda), dimension, 1e-9);
        let other = covariance_spectrum(&instance).unwrap();
        for (a, b) in measured.spectrum().unwrap().eigenvalues().iter().zip(other.eigenvalues()) {
            assert!((a - b).abs() < 1e-14, "{a} {b}");
        }
    }
}

/// Oracle: the code that measures a run, on rows whose sizes are logarithms. Sure policies, whose pairs differ by 10^17 in probability,
/// are left to it.
#[test]
fn graded_and_plain_factorizations_agree() {
    for (size, offset) in [(0.5, false), (3.0, true), (30.0, true), (60.0, false)] {
        let instance = dense(9, offset, size);
        let policy = instance.policy(instance.base());
        let own = OwnStep::new(&instance, instance.base(), &policy);
        let measured = Measured::new(Arc::new(instance.clone()));
        close(measured.leverage(), Noise::new(&own).leverage, 1e-6);
        if !offset {
            assert_eq!(measured.approximation_error(), Ok(0.0));
            continue;
        }
        close(measured.approximation_error(), own.approximation_error(), 1e-8);
        let share = own.sharpened_share().unwrap();
        assert!((value(&measured, "sharpened_share").unwrap() - share).abs() < 1e-9);
    }
}

/// Oracle: fixed logits that are linear in the features by construction, with noise that no feature follows, and E(Δb)² by plain sums.
#[test]
fn the_share_of_the_offset_that_is_linear() {
    let of = |theta: f64, noise: f64| {
        let instance = dense(2, false, 0.3);
        let FeatureMap::Dense(features) = instance.features() else { panic!("dense features") };
        let mut table = LogitTable::default();
        for x in 0..5 {
            let b = |y: usize| 5.0 + theta * features.row(x, y)[0] + noise * wave(x, y + 50);
            table.push_dense(&(0..RESPONSES[x]).map(b).collect::<Vec<_>>());
        }
        dense(2, false, 0.3).with_offset(table).unwrap()
    };
    let share = |instance: Instance| value(&Measured::new(Arc::new(instance)), "offset_share");
    assert!((share(of(2.0, 0.0)).unwrap() - 1.0).abs() < 1e-14);
    let mixed = of(2.0, 0.5);
    let policy = mixed.policy(mixed.base());
    let missed = OwnStep::new(&mixed, mixed.base(), &policy).approximation_error().powi(2);
    let mut total = 0.0;
    for x in 0..4 {
        let (p, b) = (probs(&mixed, x), mixed.offset().unwrap().row(x));
        for y in 0..p.len() {
            for z in 0..p.len() {
                total += WEIGHTS[x] * p[y] * p[z] * (b.logit(y as u32) - b.logit(z as u32)).powi(2);
            }
        }
    }
    assert!((share(mixed).unwrap() - (1.0 - missed / total)).abs() < 1e-12);
    assert!(share(of(0.0, 0.0)).unwrap_err().contains("the same for all responses"));
    assert!(share(dense(2, false, 1.0)).unwrap_err().contains("no logit is fixed"));
}

fn tabular(rows: &[&[f64]], weights: &[f64]) -> Instance {
    let mut table = LogitTable::default();
    rows.iter().for_each(|row| table.push_dense(row));
    let features = FeatureMap::one_hot(rows.iter().map(|row| row.len() as u32).collect());
    Instance::new(weights.to_vec(), features, Parameter::tabular(table), None).unwrap()
}

/// Oracles: an SVD of p(diag π − ππᵀ), and the resistance (1/π + 1/π')/(2p) between the two rarest responses.
#[test]
fn one_hot_features_are_told_in_closed_form() {
    let rows: [&[f64]; 4] = [&[1.0, 0.0, 0.0, -1.5], &[2.0], &[0.3, 0.3], &[5.0, 1.0, 0.0]];
    let weights = [0.5, 0.2, 0.3, 0.0];
    let instance = tabular(&rows, &weights);
    let measured = Measured::new(Arc::new(instance));
    let mut expected = Vec::new();
    let mut largest = 0.0f64;
    for x in [0, 2] {
        let total: f64 = rows[x].iter().map(|logit| logit.exp()).sum();
        let p: Vec<f64> = rows[x].iter().map(|logit| logit.exp() / total).collect();
        let matrix = Array2::from_shape_fn((p.len(), p.len()), |(i, j)| {
            weights[x] * (if i == j { p[i] } else { 0.0 } - p[i] * p[j])
        });
        let singular = thin_svd(matrix.view()).singular;
        expected.extend(singular.iter().take(p.len() - 1).copied());
        let mut rarest = p.clone();
        rarest.sort_by(f64::total_cmp);
        largest = largest.max((1.0 / rarest[0] + 1.0 / rarest[1]) / (2.0 * weights[x]));
    }
    expected.sort_by(|a, b| b.total_cmp(a));
    let found = measured.spectrum().unwrap().eigenvalues();
    assert_eq!((found.len(), measured.rank()), (4, Ok(4.0)));
    found.iter().zip(&expected).for_each(|(a, b)| assert!((a - b).abs() < 1e-15, "{a} {b}"));
    close(measured.leverage(), largest, 1e-12);
    for lambda in [1e-6, 0.01, 1.0, 100.0] {
        close(measured.effective_dimension(lambda), expected.iter().map(|v| v / (v + lambda)).sum(), 1e-12);
    }
    // A tie at the prompt of weight 0.3.
    assert_eq!(value(&measured, "ties"), Ok(1.0));
    assert!((value(&measured, "ties_weight").unwrap() - 0.3).abs() < 1e-15);
    assert_eq!(measured.gamma(), Ok(0.0));
}

/// A million responses a prompt, held as two numbers: nothing of their size is made.
#[test]
fn lumped_responses_are_never_written_down() {
    let mut table = LogitTable::default();
    table.push([Atom { response: 7, logit: 10.0 }], 0.0, 999_999);
    let features = FeatureMap::one_hot(vec![1_000_000]);
    let instance = Instance::new(vec![1.0], features, Parameter::tabular(table), None).unwrap();
    let measured = Measured::new(Arc::new(instance));
    let (top, rest) = (10f64.exp(), 999_999.0);
    let (p, q) = (top / (top + rest), 1.0 / (top + rest));
    close(measured.kappa0(), 1.0 / p, 1e-12);
    close(measured.leverage(), 1.0 / q, 1e-12);
    // rest − 1 times q, and the root between q and p.
    let root = p * q * (rest + 1.0);
    let lambda = 1e-6;
    close(measured.effective_dimension(lambda), (rest - 1.0) * q / (q + lambda) + root / (root + lambda), 1e-9);
    assert_eq!(measured.spectrum().unwrap().eigenvalues().len(), 999_999);
}

/// Oracle: counting by hand. Unknown prompts and prompts without weight count nowhere.
#[test]
fn accuracy_and_mass_level_by_level() {
    let rows: [&[f64]; 4] = [&[1.0, 0.0], &[0.0, 2.0], &[0.0, 0.5, 0.0], &[3.0, 0.0]];
    let instance = tabular(&rows, &[0.5, 0.3, 0.2, 0.0]);
    let correct = Correct::new(vec![Some(vec![0]), Some(vec![0]), None, Some(vec![1])], |x| rows[x].len()).unwrap();
    let instance = instance.with_correct(correct).unwrap().with_levels(vec![1, 2, 2, 9]).unwrap();
    let mut reward = LogitTable::default();
    rows.iter().for_each(|row| reward.push_dense(&row.iter().map(|logit| logit + 1.0).collect::<Vec<_>>()));
    let measured = Measured::new(Arc::new(instance.with_reward(reward).unwrap()));
    let odds = |gap: f64| 1.0 / (1.0 + (-gap).exp());
    let (first, second) = (odds(1.0), odds(-2.0));
    for (name, expected) in [
        ("known", 0.8),
        ("solvable", 1.0),
        ("accuracy", 0.5 / 0.8),
        ("correct_probability", (0.5 * first + 0.3 * second) / 0.8),
        ("levels", 2.0),
        ("weight_level_2", 0.5),
        ("accuracy_level_1", 1.0),
        ("accuracy_level_2", 0.0),
        ("correct_probability_level_2", second),
        ("reward_level_1", 1.0 + first),
    ] {
        let found = value(&measured, name).unwrap();
        assert!((found - expected).abs() < 1e-14, "{name}: {found} {expected}");
    }
    let nothing = Measured::new(Arc::new(tabular(&rows, &[0.5, 0.3, 0.2, 0.0])));
    assert!(value(&nothing, "accuracy").unwrap_err().contains("no correct response"));
    assert!(value(&nothing, "levels").unwrap_err().contains("no levels"));
}

#[test]
fn what_does_not_exist_has_a_reason() {
    let alone = Measured::new(Arc::new(tabular(&[&[1.0], &[2.0]], &[0.5, 0.5])));
    assert_eq!((alone.kappa0(), alone.mu()), (Ok(1.0), Ok(1.0)));
    for name in ["gamma", "margin_q50", "range", "rank", "leverage", "trace", "regime", "regime_bound", "reward"] {
        assert!(!value(&alone, name).unwrap_err().is_empty(), "{name}");
    }
    let features = DenseFeatures::new(array![[0.5, 0.0], [0.5, 0.0]], &[2]).unwrap();
    let base = Parameter::Dense(array![1.0, 1.0]);
    let alike = Instance::new(vec![1.0], FeatureMap::dense(features), base, None).unwrap();
    let alike = Measured::new(Arc::new(alike));
    assert_eq!(value(&alike, "alike_prompts"), Ok(1.0));
    for name in ["rank", "leverage"] {
        assert!(value(&alike, name).unwrap_err().contains("differ"), "{name}");
    }
}

/// Oracle: sorted values and the definition.
#[test]
fn quantiles_weigh_by_probability() {
    let values = Weighted::of((0..10).map(|i| (f64::from(9 - i), 0.1)));
    for (q, expected) in [(0.0, 0.0), (0.05, 0.0), (0.1, 0.0), (0.3, 2.0), (0.31, 3.0), (0.5, 4.0), (1.0, 9.0)] {
        assert_eq!(values.quantile(q), Some(expected), "{q}");
    }
    assert_eq!(Weighted::of([]).quantile(0.5), None);
    assert_eq!(values.corners(1000).len(), 10);
    assert_eq!(values.corners(3).last(), Some(&(9.0, 1.0)));
}

/// Oracle for every flag: its definition in docs/theory.md, by plain sums over a small file of numbers.
#[test]
fn every_flag_means_the_number_of_its_bound() {
    let instance = dense(3, true, 1.0);
    let correct = Correct::new(vec![Some(vec![0]), None, Some(vec![0]), Some(vec![]), None], |x| RESPONSES[x]).unwrap();
    let instance = instance.with_correct(correct).unwrap();
    let measured = Measured::new(Arc::new(instance.clone()));
    let p: Vec<Vec<f64>> = (0..4).map(|x| probs(&instance, x)).collect();
    let top = |x: usize| p[x].iter().copied().fold(0.0, f64::max);
    let sorted = |x: usize| {
        let mut sorted = p[x].clone();
        sorted.sort_by(|a, b| b.total_cmp(a));
        sorted
    };
    let ratios = || [0, 1, 3].map(|x| sorted(x)[0] / sorted(x)[1]);
    let kappa: f64 = (0..4).map(|x| WEIGHTS[x] / top(x)).sum();
    let least = ratios().into_iter().fold(f64::INFINITY, f64::min);
    let policy = instance.policy(instance.base());
    let own = OwnStep::new(&instance, instance.base(), &policy);
    let range = [0, 1, 3].map(|x| (sorted(x)[0] / sorted(x)[RESPONSES[x] - 1]).ln());
    for given in GIVEN {
        let expected = match given.flag {
            "kappa0" | "kappa" => vec![kappa],
            "gamma" => vec![least.ln()],
            "mu" => vec![(0..4).map(top).fold(1.0, f64::min)],
            "range" => vec![range.into_iter().fold(0.0, f64::max)],
            "dim" => vec![3.0],
            "theta-norm" => vec![instance.base().norm()],
            "rank" => vec![3.0],
            "leverage" => vec![Noise::new(&own).leverage],
            "responses" => vec![4.0],
            "approximation" => vec![own.approximation_error()],
            // max π_0 ≥ (1 + g)π_0(y'): no logarithm.
            "margin" => vec![least - 1.0],
            "modes" => (0..4).map(top).collect(),
            "weights" => WEIGHTS[..4].to_vec(),
            "start" => vec![(0.4 * p[0][0] + 0.1) / 0.7],
            other => panic!("{other}: an oracle is missing here"),
        };
        let found = match (given.take)(&measured).unwrap() {
            Quantity::Number(value) => vec![value],
            Quantity::List(values) => values,
            other => panic!("{other}"),
        };
        assert_eq!(found.len(), expected.len(), "{}", given.flag);
        for (a, b) in found.iter().zip(&expected) {
            assert!((a - b).abs() < 1e-9 * b.abs().max(1.0), "{}: {a} {b}", given.flag);
        }
        // The flag is one that papers declare, and each bound is there and names it.
        assert!(PAPERS.iter().flat_map(|paper| paper.flags).any(|flag| flag.name == given.flag), "{}", given.flag);
        for bound in given.bounds {
            let entry = PAPERS.iter().flat_map(|paper| paper.bounds).find(|entry| entry.name == *bound);
            let usage = entry.unwrap_or_else(|| panic!("no bound {bound}")).usage;
            let words: Vec<&str> = usage.split(|c: char| !c.is_alphanumeric() && c != '-').collect();
            assert!(words.contains(&given.flag), "{bound} asks for no {}: {usage}", given.flag);
        }
    }
    // The same word with another meaning is not given.
    for (bound, flag) in [
        ("adaptive-draws", "mu"),
        ("effective-dimension", "rank"),
        ("hard-instance", "prompts"),
        ("bayes-floor", "responses"),
        ("linear-softmax", "theta-norm"),
        ("vote", "start"),
    ] {
        assert!(line(bound, flag).is_none(), "{bound} {flag}");
    }
}

/// Oracle: the population update of the code that measures a run.
#[test]
fn excess_is_that_of_the_population_update() {
    for offset in [false, true] {
        let instance = dense(3, offset, 1.0);
        let policy = instance.policy(instance.base());
        let own = OwnStep::new(&instance, instance.base(), &policy);
        let after = own.update(instance.base(), 0.5);
        let mut concentrability = 0.0;
        for x in 0..4 {
            for y in 0..RESPONSES[x] as u32 {
                concentrability += WEIGHTS[x] * after.prob(x, y).powi(2) / policy.prob(x, y);
            }
        }
        let kappa: f64 = (0..4).map(|x| WEIGHTS[x] / policy.prob(x, policy.head(x).modal)).sum();
        let measured = Measured::new(Arc::new(instance));
        close(measured.excess(0.5), (concentrability / kappa).sqrt(), 1e-9);
    }
}
