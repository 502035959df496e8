//! A file's numbers taken as another class: the base policy stays, what can be trained is another.

use std::io::Cursor;
use std::path::Path;

use ndarray::{Array1, Array2, Array3, array};
use selfreward::instance::npz::{Class, NpzFile, NpzWriter};
use selfreward::instance::{FeatureMap, Instance, Parameter};
use selfreward::seed::Seed;

/// Two prompts with 3 and 2 responses, d = 3; the third row of prompt 1 is padding.
const PHI: [[[f64; 3]; 3]; 2] = [
    [[0.5, 0.0, 0.25], [0.0, 0.5, -0.5], [0.25, -0.25, 0.0]],
    [[-0.5, 0.125, 0.75], [0.0, 0.25, -0.125], [9.0, 9.0, 9.0]],
];
const THETA: [f64; 3] = [0.5, -1.0, 2.0];
const OFFSET: [[f64; 3]; 2] = [[1.0, -2.0, 0.5], [0.25, 3.0, 9.0]];
const COUNTS: [usize; 2] = [3, 2];

fn read(class: Class, with_offset: bool, rescale: bool) -> selfreward::Result<Instance> {
    let mut file = NpzWriter::new(Cursor::new(Vec::new()));
    file.add_array("phi", &Array3::from_shape_fn((2, 3, 3), |(x, y, j)| PHI[x][y][j])).unwrap();
    file.add_array("theta0", &Array1::from(THETA.to_vec())).unwrap();
    file.add_array("num_responses", &array![3i64, 2]).unwrap();
    if with_offset {
        file.add_array("offset", &Array2::from_shape_fn((2, 3), |(x, y)| OFFSET[x][y])).unwrap();
    }
    let bytes = file.finish().unwrap().into_inner();
    let file = NpzFile::of(Path::new("file.npz"), Box::new(Cursor::new(bytes)), rescale)?;
    file.taken_as(class).instance(None, &Seed::from_number(1))
}

/// Σ_j over these coordinates of c_j θ_0j φ_j, plus c_b b: a logit as defined.
fn logit(x: usize, y: usize, coordinate: [f64; 3], fixed: f64) -> f64 {
    fixed * OFFSET[x][y] + (0..3).map(|j| coordinate[j] * THETA[j] * PHI[x][y][j]).sum::<f64>()
}

/// The policy's log-odds of each response against the first, beside those of the logits.
fn agrees(instance: &Instance, theta: &Parameter, logit: impl Fn(usize, usize) -> f64) {
    let policy = instance.policy(theta);
    for x in 0..2 {
        for y in 1..COUNTS[x] {
            let found = policy.log_prob(x, y as u32) - policy.log_prob(x, 0);
            let expected = logit(x, y) - logit(x, 0);
            assert!((found - expected).abs() < 1e-13, "{x} {y}: {found} {expected}");
        }
    }
}

#[test]
fn the_base_policy_is_the_files_in_every_class() {
    for rescale in [false, true] {
        for dim in [None, Some(1), Some(2), Some(3)] {
            for offset_as_feature in [false, true] {
                let instance = read(Class { dim, offset_as_feature }, true, rescale).unwrap();
                let expected = dim.unwrap_or(3) + usize::from(offset_as_feature);
                assert_eq!(instance.features().dim(), expected);
                assert_eq!(instance.offset().is_none(), offset_as_feature);
                agrees(&instance, instance.base(), |x, y| logit(x, y, [1.0; 3], 1.0));
            }
        }
    }
}

/// Twice θ_0 doubles what is trained and nothing else.
#[test]
fn what_is_trained_is_what_the_class_says() {
    let doubled = |class, with_offset, coordinate, fixed| {
        let instance = read(class, with_offset, false).unwrap();
        agrees(&instance, &instance.base().scaled(2.0), |x, y| logit(x, y, coordinate, fixed));
    };
    let class = |dim, offset_as_feature| Class { dim, offset_as_feature };
    doubled(class(None, false), true, [2.0; 3], 1.0);
    doubled(class(None, true), true, [2.0; 3], 2.0);
    doubled(class(Some(1), false), true, [2.0, 1.0, 1.0], 1.0);
    doubled(class(Some(2), false), false, [2.0, 2.0, 1.0], 0.0);
    // What is not trained is an offset, too, and becomes a feature with it.
    doubled(class(Some(2), true), true, [2.0; 3], 2.0);
    doubled(class(Some(2), true), false, [2.0; 3], 0.0);
    // All coordinates and no offset: nothing is fixed.
    assert!(read(class(Some(3), false), false, false).unwrap().offset().is_none());
}

#[test]
fn the_feature_of_the_offset_is_centred_and_all_are_in_the_unit_ball() {
    let instance = read(Class { offset_as_feature: true, ..Class::default() }, true, false).unwrap();
    let FeatureMap::Dense(features) = instance.features() else { panic!("dense") };
    let (mut largest, mut scale) = (0.0, 0.0);
    for x in 0..2 {
        let mean = OFFSET[x][..COUNTS[x]].iter().sum::<f64>() / COUNTS[x] as f64;
        for y in 0..COUNTS[x] {
            let squares = PHI[x][y].iter().map(|value| value * value).sum::<f64>() + (OFFSET[x][y] - mean).powi(2);
            scale = f64::max(scale, squares.sqrt());
        }
    }
    for x in 0..2 {
        let mean = OFFSET[x][..COUNTS[x]].iter().sum::<f64>() / COUNTS[x] as f64;
        for y in 0..COUNTS[x] {
            let row = features.row(x, y);
            (0..3).for_each(|j| assert!((row[j] - PHI[x][y][j] / scale).abs() < 1e-15));
            assert!((row[3] - (OFFSET[x][y] - mean) / scale).abs() < 1e-15);
            largest = f64::max(largest, row.dot(&row).sqrt());
        }
    }
    assert!((largest - 1.0).abs() < 1e-15);
}

#[test]
fn a_class_that_cannot_be_made_is_refused() {
    let refused = |dim, offset_as_feature, with_offset, words: [&str; 2]| {
        let text = read(Class { dim, offset_as_feature }, with_offset, false).unwrap_err().to_string();
        assert!(words.iter().all(|word| text.contains(word)), "{text}");
    };
    refused(Some(4), false, true, ["instance.dim = 4", "1 to 3, the d of phi"]);
    refused(Some(0), false, true, ["instance.dim = 0", "1 to 3"]);
    refused(None, true, false, ["instance.offset_as_feature = true", "an array offset"]);
}
