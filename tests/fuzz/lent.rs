//! What is lent is not copied: an instance of lent features asks for no memory of their size.

use std::sync::Arc;

use selfreward::instance::npz::{Array, InMemory, NpzFile, Values};
use selfreward::instance::{Instance, Lent};
use selfreward::seed::Seed;

use crate::memory;

const SHAPE: [usize; 3] = [64, 16, 128];

/// θ_0 is drawn, so that the logits of all responses are made, too; then π_0 is.
fn made(phi: Values) -> Instance {
    let counts = Array { shape: vec![SHAPE[0]], values: (0..SHAPE[0]).map(|x| 2 + (x % 15) as i128).collect() };
    let arrays = InMemory::default().with("phi", phi).with("num_responses", Values::Wholes(counts));
    let base = selfreward::instance::gaussian::BaseParameter::LogitScale(1.0);
    // A second reader of the same arrays, as there is one for each replicate.
    let file = NpzFile::of_arrays(arrays.clone(), false).unwrap();
    let instance = file.instance(Some(&base), &Seed::from_number(1)).unwrap();
    assert!(instance.policy(instance.base()).prob(0, 0) > 0.0);
    instance
}

/// This thread's largest request while an instance is made.
fn largest(phi: Values) -> usize {
    memory::reset();
    let instance = made(phi);
    let largest = memory::largest();
    drop(instance);
    largest
}

#[test]
fn lent_features_are_not_copied() {
    let values: Vec<f64> = (0..SHAPE.iter().product()).map(|i| (i as f64).sin() / 16.0).collect();
    let singles: Vec<f32> = values.iter().map(|&value| value as f32).collect();
    let (count, shape) = (values.len(), SHAPE.to_vec());
    let held = Values::Floats(Array { shape: shape.clone(), values: values.clone() });
    let doubles = Values::Lent64 { shape: shape.clone(), values: Arc::new(values) as Arc<dyn Lent<f64>> };
    let singles = Values::Lent32 { shape, values: Arc::new(singles) as Arc<dyn Lent<f32>> };
    // The measure sees a copy where there is one.
    assert!(largest(held) >= 8 * count);
    for lent in [doubles, singles] {
        let largest = largest(lent);
        // The tables of N logits take the most; d is 128.
        assert!(largest <= 4 * count / 8, "{largest} bytes at once, of features of {}", 4 * count);
    }
}
