//! Two population rounds of loops on dense features with fixed logits, against numpy's least squares and scipy's minimisers
//! (`tests/oracles/loops.py` writes the values).

use crate::common::*;
use crate::loops_common::*;
use ndarray::{Array1, Array2};
use selfreward::instance::{DenseFeatures, FeatureMap, Instance, Parameter};

const VALUES: &str = include_str!("../oracles/loops.csv");
const RESPONSES: [usize; 4] = [3, 4, 1, 2];

/// The generator of the instances, as in the script.
fn wave(seed: f64, i: usize, j: usize) -> f64 {
    (seed + 1.7 * i as f64 + 0.9 * j as f64 * (i + 1) as f64).sin()
}

fn ragged(values: Vec<f64>) -> Vec<Vec<f64>> {
    let mut values = values.into_iter();
    RESPONSES.iter().map(|&count| values.by_ref().take(count).collect()).collect()
}

fn instance(seed: f64, dim: usize, offset: f64) -> Instance {
    let total: usize = RESPONSES.iter().sum();
    let features = Array2::from_shape_fn((total, dim), |(i, j)| wave(seed, i, j) / (dim as f64).sqrt());
    let features = FeatureMap::dense(DenseFeatures::new(features, &RESPONSES).unwrap());
    let theta = Parameter::Dense((0..dim).map(|j| 0.8 * wave(seed + 3.0, j, 5)).collect());
    let weights = (1..=RESPONSES.len()).map(|x| x as f64 / 10.0).collect();
    let rows = |values: &dyn Fn(usize) -> f64| ragged((0..total).map(values).collect());
    let marks: Vec<Vec<bool>> =
        rows(&|i| wave(seed + 13.0, i, 1)).iter().map(|row| row.iter().map(|&v| v > 0.0).collect()).collect();
    let instance = Instance::new(weights, features, theta, None).unwrap();
    let instance = instance.with_offset(table(&rows(&|i| offset * wave(seed + 7.0, i, 2)))).unwrap();
    instance.with_reward(table(&rows(&|i| wave(seed + 11.0, i, 3)))).unwrap().with_correct(correct(&marks)).unwrap()
}

#[test]
fn population_rounds_of_dense_features_agree_with_scipy() {
    let (mut wrong, mut count) = (Vec::new(), 0);
    for line in VALUES.lines().skip(1) {
        let fields: Vec<&str> = line.splitn(4, ',').collect();
        let (keys, theta) = fields[3].rsplit_once(',').unwrap();
        let keys = keys
            .strip_prefix('"')
            .and_then(|keys| keys.strip_suffix('"'))
            .unwrap()
            .replace("\"\"", "\"")
            .replace("; ", "\n");
        let expected: Array1<f64> = theta.split(' ').map(|value| value.parse::<f64>().unwrap()).collect();
        let instance = instance(fields[0].parse().unwrap(), fields[1].parse().unwrap(), fields[2].parse().unwrap());
        let process = settle(&keys).unwrap_or_else(|error| panic!("{keys}: {error}"));
        let last = process.on(&instance).unwrap().start(selfreward::seed::Seed::from_number(1)).last().unwrap();
        let size = expected.dot(&expected).sqrt();
        match last {
            Ok(last) => {
                let error = distance(&last.theta.to_vector(), &expected);
                if error >= 1e-8 * (1.0 + size) {
                    wrong.push(format!("{}, {}: {error:.1e}", fields[..3].join(","), keys.replace('\n', "; ")));
                }
            }
            Err(error) => wrong.push(format!("{}, {keys}: {error}", fields[..3].join(","))),
        }
        count += 1;
    }
    assert!(count > 150, "{count}");
    assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
}
