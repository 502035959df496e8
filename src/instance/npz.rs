//! Features exported from a real model, as a NumPy archive.
//!
//! | array | shape | type | meaning |
//! | --- | --- | --- | --- |
//! | `phi` | (M, K, d) | f32 or f64 | φ(x,y) |
//! | `theta0` | (d) | f32 or f64 | θ_0 (optional where the caller makes its own) |
//! | `prompt_weights` | (M) | f32 or f64 | p(x); uniform if absent |
//! | `answer` | (M) | integer | index of the externally correct response |
//! | `num_responses` | (M) | integer | only the first so many rows of a prompt count |

use std::path::Path;

use ndarray::{Array2, ArrayD, Axis, Ix1, Ix3, OwnedRepr, s};
use ndarray_npy::{NpzReader, ReadNpyError, ReadNpzError, ReadableElement};

use super::files;
use super::gaussian::BaseParameter;
use super::{DenseFeatures, FeatureMap, Instance, Parameter, uniform_weights};
use crate::memory;
use crate::seed::Seed;
use crate::{Error, Result};

const ARRAYS: [&str; 5] = ["phi", "theta0", "prompt_weights", "answer", "num_responses"];

/// An instance file, read and checked for shape.
#[derive(Debug)]
pub struct NpzFile {
    features: DenseFeatures,
    /// The largest feature norm before rescaling, if rescaling was asked for.
    pub rescaled_by: Option<f64>,
    base: Option<Vec<f64>>,
    weights: Vec<f64>,
    answers: Option<Vec<u32>>,
}

impl NpzFile {
    /// Reads a file; with `rescale`, divides all features by the largest norm.
    ///
    /// # Errors
    /// [`Error::File`] if it is missing, no NumPy archive, or an array has the wrong name, shape, type or values;
    /// [`Error::TooLarge`] if it would not fit into memory.
    pub fn read(path: &Path, rescale: bool) -> Result<Self> {
        Self::parse(path, rescale).map_err(|error| match error {
            Error::Argument { name, value, expected } => {
                Error::file(path, format!("{name} = {value}: expected {expected}"))
            }
            other => other,
        })
    }

    fn parse(path: &Path, rescale: bool) -> Result<Self> {
        let not_npz = |error: &dyn std::fmt::Display| Error::file(path, format!("is no NumPy .npz archive: {error}"));
        let mut archive = zip::ZipArchive::new(files::open(path)?).map_err(|error| not_npz(&error))?;
        let bytes: u64 =
            (0..archive.len()).filter_map(|i| archive.by_index_raw(i).ok().map(|entry| entry.size())).sum();
        // The array as stored, and its copy in doubles.
        memory::require(&format!("{}", path.display()), 3 * bytes)?;

        let mut npz = NpzReader::new(files::open(path)?).map_err(|error| not_npz(&error))?;
        let names = npz.names().map_err(|error| not_npz(&error))?;
        if let Some(unknown) = names.iter().find(|name| !ARRAYS.contains(&name.as_str())) {
            return Err(Error::file(path, format!("array {unknown:?}: expected only {}", ARRAYS.join(", "))));
        }
        let mut reader = Arrays { npz, names, path };

        let phi =
            reader.floats("phi")?.ok_or_else(|| Error::file(path, "array \"phi\" is missing: expected (M, K, d)"))?;
        let phi = shaped::<_, Ix3>(path, "phi", phi, "(M, K, d)")?;
        let (prompts, most, dim) = phi.dim();
        if prompts == 0 || most == 0 || dim == 0 {
            return Err(Error::file(path, format!("phi has shape ({prompts}, {most}, {dim}): expected no empty axis")));
        }
        let responses = match reader.indices("num_responses", prompts)? {
            None => vec![most; prompts],
            Some(counts) => counts.into_iter().map(|count| count as usize).collect(),
        };
        if let Some((x, count)) = responses.iter().enumerate().find(|(_, count)| **count == 0 || **count > most) {
            return Err(Error::argument(format!("num_responses[{x}]"), count, format!("1 to {most}")));
        }
        let mut matrix = Array2::zeros((responses.iter().sum(), dim));
        let mut start = 0;
        for (prompt, &count) in phi.axis_iter(Axis(0)).zip(&responses) {
            matrix.slice_mut(s![start..start + count, ..]).assign(&prompt.slice(s![..count, ..]));
            start += count;
        }
        drop(phi);
        let features = DenseFeatures::new(matrix, &responses)?;
        let (features, rescaled_by) = if rescale {
            let (features, norm) = features.rescaled();
            (features, Some(norm))
        } else {
            (features, None)
        };
        let base = reader.vector("theta0", dim)?;
        let weights = reader.vector("prompt_weights", prompts)?.unwrap_or_else(|| uniform_weights(prompts));
        let answers = reader.indices("answer", prompts)?;
        Ok(Self { features, rescaled_by, base, weights, answers })
    }

    /// The instance, with the file's θ_0 or, where `base` is given, with that one.
    ///
    /// # Errors
    /// [`Error::Argument`] if values are out of range (see [`Instance::new`]) or there is no θ_0.
    pub fn instance(self, base: Option<&BaseParameter>, seed: &Seed) -> Result<Instance> {
        let base = match (base, self.base) {
            (Some(base), _) => base.resolve(&self.features, seed)?,
            (None, Some(theta)) => Parameter::Dense(theta.into()),
            (None, None) => {
                return Err(Error::argument(
                    "theta0",
                    "absent",
                    "an array theta0 (d), or instance.theta_norm or logit_scale",
                ));
            }
        };
        Instance::new(self.weights, FeatureMap::dense(self.features), base, self.answers)
    }
}

struct Arrays<'a> {
    npz: NpzReader<Box<dyn files::Source>>,
    names: Vec<String>,
    path: &'a Path,
}

impl Arrays<'_> {
    /// An array of element type `T`; `None` if it is absent or of another type.
    fn typed<T: ReadableElement>(&mut self, name: &str) -> Result<Option<ArrayD<T>>> {
        if !self.names.iter().any(|known| known == name) {
            return Ok(None);
        }
        match self.npz.by_name::<OwnedRepr<T>, _>(name) {
            Ok(array) => Ok(Some(array)),
            Err(ReadNpzError::Npy(ReadNpyError::WrongDescriptor(_))) => Ok(None),
            Err(error) => Err(Error::file(self.path, format!("array {name:?} cannot be read: {error}"))),
        }
    }

    fn wrong_type<T>(&self, name: &str, expected: &str) -> Result<Option<T>> {
        if self.names.iter().any(|known| known == name) {
            return Err(Error::file(
                self.path,
                format!("array {name:?} has another element type: expected {expected}"),
            ));
        }
        Ok(None)
    }

    fn floats(&mut self, name: &str) -> Result<Option<ArrayD<f64>>> {
        if let Some(array) = self.typed::<f64>(name)? {
            return Ok(Some(array));
        }
        if let Some(array) = self.typed::<f32>(name)? {
            return Ok(Some(array.mapv(f64::from)));
        }
        self.wrong_type(name, "f32 or f64")
    }

    fn vector(&mut self, name: &str, length: usize) -> Result<Option<Vec<f64>>> {
        let Some(array) = self.floats(name)? else { return Ok(None) };
        let array = shaped::<_, Ix1>(self.path, name, array, &format!("({length})"))?;
        if array.len() != length {
            return Err(Error::file(self.path, format!("{name} has length {}: expected {length}", array.len())));
        }
        if let Some((i, value)) = array.iter().enumerate().find(|(_, value)| !value.is_finite()) {
            return Err(Error::argument(format!("{name}[{i}]"), value, "a finite number"));
        }
        Ok(Some(array.to_vec()))
    }

    /// Non-negative integers below 2^32 of any integer type.
    fn indices(&mut self, name: &str, length: usize) -> Result<Option<Vec<u32>>> {
        let mut found: Option<ArrayD<i128>> = None;
        macro_rules! attempt {
            ($($type:ty),*) => {$(
                if found.is_none() {
                    found = self.typed::<$type>(name)?.map(|array| array.mapv(i128::from));
                }
            )*};
        }
        attempt!(i64, i32, u32, u64, u16, i16, u8, i8);
        let Some(array) = found else { return self.wrong_type(name, "an integer type") };
        let array = shaped::<_, Ix1>(self.path, name, array, &format!("({length})"))?;
        if array.len() != length {
            return Err(Error::file(self.path, format!("{name} has length {}: expected {length}", array.len())));
        }
        let convert = |(i, &value): (usize, &i128)| {
            u32::try_from(value).map_err(|_| Error::argument(format!("{name}[{i}]"), value, "an index from 0"))
        };
        array.iter().enumerate().map(convert).collect::<Result<_>>().map(Some)
    }
}

fn shaped<T, D: ndarray::Dimension>(
    path: &Path,
    name: &str,
    array: ArrayD<T>,
    expected: &str,
) -> Result<ndarray::Array<T, D>> {
    let shape = array.shape().to_vec();
    array
        .into_dimensionality::<D>()
        .map_err(|_| Error::file(path, format!("{name} has shape {shape:?}: expected {expected}")))
}
