//! Writes an instance as the NumPy archive that [`super::npz`] reads.

use std::io::{self, Cursor, Seek, Write};

use ndarray::{Array1, Array2, Array3, arr1};

use super::npz::NpzWriter;
use super::{Correct, FeatureMap, Instance};
use crate::logits::LogitTable;
use crate::{Error, Result};

/// Numbers in `phi`, at most: 128 MiB.
const LARGEST: usize = 1 << 24;

/// The archive's bytes. One-hot features are written out, so that every instance has the one form. Correct responses are written as
/// `answer` where each prompt has one or unknown ones, else as `correct`: truth values, or, if they are unknown at some prompt, whole
/// numbers with -1 there.
///
/// # Errors
/// [`Error::TooLarge`] if `phi` would hold more than 2^24 numbers.
pub fn to_npz(instance: &Instance) -> Result<Vec<u8>> {
    let features = instance.features();
    let most = (0..features.prompts()).map(|x| features.responses(x)).max().unwrap_or_default();
    let shape = (features.prompts(), most, features.dim());
    let count = [shape.1, shape.2].iter().fold(shape.0, |product, &n| product.saturating_mul(n));
    if count > LARGEST {
        return Err(Error::TooLarge {
            what: "an NPZ file of the instance".to_owned(),
            need: format!("{count} numbers"),
            limit: format!("{LARGEST}; its configuration makes it again"),
        });
    }
    let mut bytes = Cursor::new(Vec::new());
    write(instance, dense(features, shape), &mut bytes)
        .map_err(|error| Error::argument("instance", error, "one that can be written as NPZ"))?;
    Ok(bytes.into_inner())
}

fn dense(features: &FeatureMap, shape: (usize, usize, usize)) -> Array3<f64> {
    let mut phi = Array3::zeros(shape);
    let mut start = 0;
    for x in 0..features.prompts() {
        for y in 0..features.responses(x) {
            match features {
                FeatureMap::Dense(dense) => phi.slice_mut(ndarray::s![x, y, ..]).assign(&dense.row(x, y)),
                FeatureMap::OneHot(_) => phi[[x, y, start + y]] = 1.0,
            }
        }
        start += features.responses(x);
    }
    phi
}

/// A number for each response, 0 in the padding.
fn padded(table: &LogitTable, (prompts, most): (usize, usize)) -> Array2<f64> {
    let mut array = Array2::zeros((prompts, most));
    for (x, row) in table.rows().enumerate() {
        (0..row.responses()).for_each(|y| array[[x, y]] = row.logit(y as u32));
    }
    array
}

/// 1 for correct, 0 for not, also in the padding; -1 in all of a row of which nothing is known.
fn marks(correct: &Correct, (prompts, most): (usize, usize)) -> Array2<i8> {
    Array2::from_shape_fn((prompts, most), |(x, y)| correct.holds(x, y as u32).map_or(-1, i8::from))
}

fn write<W: Write + Seek>(instance: &Instance, phi: Array3<f64>, to: W) -> io::Result<()> {
    let features = instance.features();
    let shape = (phi.shape()[0], phi.shape()[1]);
    let counts: Array1<i64> = (0..features.prompts()).map(|x| features.responses(x) as i64).collect();
    let mut npz = NpzWriter::new(to);
    npz.add_array("phi", &phi)?;
    npz.add_array("theta0", &instance.base().to_vector())?;
    npz.add_array("prompt_weights", &arr1(instance.weights()))?;
    npz.add_array("num_responses", &counts)?;
    if let Some(correct) = instance.correct() {
        match correct.single() {
            Some(answers) => {
                let answers: Array1<i64> = answers.iter().map(|&answer| answer.map_or(-1, i64::from)).collect();
                npz.add_array("answer", &answers)?;
            }
            None if correct.known_everywhere() => {
                npz.add_array("correct", &marks(correct, shape).mapv(|mark| mark == 1))?;
            }
            None => npz.add_array("correct", &marks(correct, shape))?,
        }
    }
    for (name, table) in [("offset", instance.offset()), ("reward", instance.reward())] {
        if let Some(table) = table {
            npz.add_array(name, &padded(table, shape))?;
        }
    }
    if let Some(levels) = instance.levels() {
        npz.add_array("level", &arr1(levels))?;
    }
    npz.finish().map(drop)
}
