//! Features exported from a real model, as a NumPy archive.
//!
//! | array | shape | type | meaning |
//! | --- | --- | --- | --- |
//! | `phi` | (M, K, d) | floating-point | φ(x,y) |
//! | `theta0` | (d) | floating-point | θ_0 (optional where the caller makes its own); 0 if absent beside `offset` |
//! | `offset` | (M, K) | floating-point | b(x,y), fixed logits, nats; none if absent |
//! | `prompt_weights` | (M) | floating-point | p(x); uniform if absent |
//! | `num_responses` | (M) | integer | only the first so many rows of a prompt count, in every array |
//! | `correct` | (M, K) | boolean, or integer | 1 for the correct responses, 0 for the others; -1 for all of a prompt where they are not known |
//! | `answer` | (M) | integer | the one correct response of each prompt, in place of `correct`; -1 where it is not known |
//! | `reward` | (M, K) | floating-point | r(x,y), a reward from outside, nats |
//! | `level` | (M) | integer | a level (of difficulty, say) of each prompt |
//!
//! Without `phi` the file is a base of any logits: `offset` holds those of a tabular policy, π_0 ∝ e^offset, and every response has a
//! parameter of its own (`logits`). `theta0` then has no meaning and is refused.
//!
//! Types may have either byte order (floating-point: f8, f4, f2; integer: i1 to i8, u1 to u8; boolean: b1), and arrays either order of
//! axes. `answer` and `correct` may both be there if they agree: where `answer` names a response, it is the prompt's only correct one.

mod archive;
mod arrays;
mod beside;
mod class;
mod header;
mod left;
mod literal;
mod logits;
mod single;
mod values;
mod writer;

use std::path::{Path, PathBuf};

use ndarray::Array1;

use self::archive::Archive;
use self::arrays::Arrays;
pub use self::arrays::{AT_HAND, Array, InMemory, Values};
pub use self::class::Class;
pub use self::left::LARGE;
// For the tests.
#[doc(hidden)]
pub use self::header::{Dtype, Header, Kind};
// For the tests.
use self::class::Parts;
#[doc(hidden)]
pub use self::literal::Literal;
pub use self::writer::{Element, NpzWriter, write_npy};
use super::files::{self, Source};
use super::gaussian::BaseParameter;
use super::{Correct, DenseFeatures, FeatureMap, Instance, Parameter, Storage, uniform_weights};
use crate::logits::LogitTable;
use crate::seed::Seed;
use crate::{Error, Result};

const ARRAYS: [&str; 9] =
    ["phi", "theta0", "offset", "prompt_weights", "num_responses", "correct", "answer", "reward", "level"];

/// What the headers of a file state, before it is read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Stated {
    /// M, K and d of features.
    Features([f64; 3]),
    /// M and K of a base of any logits.
    Logits([f64; 2]),
}

/// What the headers of a file say of its size.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Size {
    /// Of what shape it is; `None` if it cannot be read.
    pub stated: Option<Stated>,
    /// The bytes of the arrays that are read into memory, as they are stored.
    pub held: u64,
    /// Whether the features are left in their file.
    pub left: bool,
}

/// The size of a file, or nothing if it cannot be read; other features than the file's are `copied`.
pub(crate) fn size(path: &Path, reading: &Reading, copied: bool) -> Size {
    let opened = || reading.open(path, files::open(path).ok()?).ok();
    let Some(mut archive) = opened() else { return Size { stated: None, held: 0, left: false } };
    let left = !copied && archive.leaves_features();
    Size { stated: stated_shape(&mut archive), held: archive.held_bytes(copied), left }
}

/// The shape as the header of a file's features, or where there are none of its logits, states it.
fn stated_shape(archive: &mut Archive<'_>) -> Option<Stated> {
    if !archive.has("phi") {
        let [prompts, responses] = archive.shape("offset")?[..] else { return None };
        return Some(Stated::Logits([prompts, responses].map(|n| n as f64)));
    }
    let [prompts, responses, dim] = archive.shape("phi")?[..] else { return None };
    Some(Stated::Features([prompts, responses, dim].map(|n| n as f64)))
}

/// How a file is read.
///
/// ```
/// use std::path::Path;
///
/// use selfreward::instance::files::ENCLOSED;
/// use selfreward::instance::npz::{LARGE, NpzFile, Reading};
///
/// let reading = Reading { rescale: true, ..Reading::default() };
/// assert_eq!((reading.features.is_none(), reading.left_from), (true, LARGE));
/// assert!(NpzFile::read_as(Path::new(ENCLOSED), &reading)?.rescaled_by.is_some());
/// # Ok::<(), selfreward::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// Whether all features are divided by the largest norm.
    pub rescale: bool,
    /// A file of a single array (`.npy`) that holds `phi`, in place of the archive.
    pub features: Option<PathBuf>,
    /// The archive's `phi` is left in it from so many bytes on, if it is not compressed, in C order, and of little-endian f4 or f8.
    /// Numbers are the same either way. A file of its own is left as it is whatever its size.
    pub left_from: u64,
}

impl Default for Reading {
    fn default() -> Self {
        Self { rescale: false, features: None, left_from: LARGE }
    }
}

impl Reading {
    fn open<'a>(&'a self, path: &'a Path, source: Box<dyn Source>) -> Result<Archive<'a>> {
        let archive = Archive::open(path, source)?;
        // What comes along with the program is no file.
        let archive = if path.is_file() { archive.leaving(self.left_from) } else { archive };
        match &self.features {
            Some(features) => archive.with_features(features),
            None => Ok(archive),
        }
    }
}

/// What the policy of a file is made of.
#[derive(Debug)]
enum Body {
    /// Features, with θ_0 and fixed logits where they are there.
    Features { features: DenseFeatures, base: Option<Vec<f64>>, offset: Option<LogitTable> },
    /// The logits of a tabular policy.
    Logits(LogitTable),
}

/// An instance file, read and checked for shape.
#[derive(Debug)]
pub struct NpzFile {
    body: Body,
    /// The largest feature norm before rescaling, if rescaling was asked for.
    pub rescaled_by: Option<f64>,
    weights: Vec<f64>,
    correct: Option<Correct>,
    reward: Option<LogitTable>,
    levels: Option<Vec<i64>>,
    class: Class,
}

impl NpzFile {
    /// Reads a file; with `rescale`, divides all features by the largest norm.
    ///
    /// # Errors
    /// [`Error::File`] if it is missing, no NumPy archive, or an array has the wrong name, shape, type or values;
    /// [`Error::TooLarge`] if it would not fit into memory.
    pub fn read(path: &Path, rescale: bool) -> Result<Self> {
        Self::read_as(path, &Reading { rescale, ..Reading::default() })
    }

    /// As [`NpzFile::read`], from what an open file or a buffer holds; errors name it by `path`.
    ///
    /// # Errors
    /// As [`NpzFile::read`].
    pub fn of(path: &Path, source: Box<dyn Source>, rescale: bool) -> Result<Self> {
        Archive::open(path, source)
            .and_then(|mut archive| Self::parse(&mut archive, rescale))
            .map_err(|error| of_file(error, path, None))
    }

    /// As [`NpzFile::read`], in the way that is asked for.
    ///
    /// # Errors
    /// As [`NpzFile::read`].
    pub fn read_as(path: &Path, reading: &Reading) -> Result<Self> {
        let source = files::open(path)?;
        let parsed = reading.open(path, source).and_then(|mut archive| Self::parse(&mut archive, reading.rescale));
        parsed.map_err(|error| of_file(error, path, reading.features.as_deref()))
    }

    /// As [`NpzFile::read`], from arrays that are at hand; errors name [`AT_HAND`] or the array.
    ///
    /// Features that are lent are used where they lie; with `rescale`, and in another [`Class`], they are copied.
    ///
    /// # Errors
    /// As [`NpzFile::read`]; [`Error::Argument`] with the array for a value out of range.
    ///
    /// ```
    /// use selfreward::instance::npz::{Array, InMemory, NpzFile, Values};
    /// use selfreward::seed::Seed;
    ///
    /// // Two prompts of three and two responses, given by their logits alone.
    /// let logits = Array { shape: vec![2, 3], values: vec![0.0, 1.0, 2.0, 0.5, -0.5, f64::NEG_INFINITY] };
    /// let arrays = InMemory::default().with("offset", Values::Floats(logits));
    /// let instance = NpzFile::of_arrays(arrays, false)?.instance(None, &Seed::from_number(0))?;
    /// assert_eq!((instance.prompts(), instance.features().responses(1)), (2, 2));
    /// # Ok::<(), selfreward::Error>(())
    /// ```
    pub fn of_arrays(mut arrays: InMemory, rescale: bool) -> Result<Self> {
        Self::parse(&mut arrays, rescale)
    }

    fn parse(archive: &mut impl Arrays, rescale: bool) -> Result<Self> {
        archive.refuse_others(&ARRAYS)?;
        let (body, rescaled_by, responses, most) = if archive.has("phi") || !archive.has("offset") {
            features(archive, rescale)?
        } else {
            if rescale {
                return Err(logits::without_features("instance.rescale", true));
            }
            let (table, responses, most) = logits::read(archive)?;
            (Body::Logits(table), None, responses, most)
        };
        let prompts = responses.len();
        let beside = beside::Shape { responses: &responses, most, of: body.array() };
        let weights = numbers(&archive.floats("prompt_weights")?, "prompt_weights", prompts, body.array())?;
        let reward = beside.logits(&archive.floats("reward")?, "reward")?;
        let answers = beside::answers(vector(&archive.wholes("answer")?, "answer", prompts, body.array())?)?;
        let correct = beside.correct(&archive.truths("correct")?, answers)?;
        let levels = archive.wholes("level")?;
        let levels = vector(&levels, "level", prompts, body.array())?.map(beside::levels).transpose()?;
        let weights = weights.unwrap_or_else(|| uniform_weights(prompts));
        Ok(Self { body, rescaled_by, weights, correct, reward, levels, class: Class::default() })
    }

    /// The same file, its numbers taken as another class around the same policy.
    pub fn taken_as(self, class: Class) -> Self {
        Self { class, ..self }
    }

    /// Whether logits are fixed in the class it is taken as: the file's offset, or what the coordinates of θ_0 that are left out add.
    pub fn has_offset(&self) -> bool {
        let Body::Features { features, offset, .. } = &self.body else { return false };
        let left_out = self.class.dim.is_some_and(|dim| dim < features.dim());
        !self.class.offset_as_feature && (offset.is_some() || left_out)
    }

    /// The instance, with the file's θ_0 or, where `base` is given, with that one.
    ///
    /// A θ_0 that is given number by number belongs to the features as they stand in the file: where these were divided by the
    /// largest norm, it is multiplied by it, and π_0 stays as it is. One that is drawn is drawn for the features as they are now. The
    /// offset is added to the logits as it stands. A file with an offset and without θ_0 has θ_0 = 0: π_0 is the offset's policy.
    ///
    /// # Errors
    /// [`Error::Argument`] if values are out of range (see [`Instance::new`]), there is no θ_0, or the class of [`NpzFile::taken_as`]
    /// cannot be made; for a `base`, and for a class, of a file without features.
    pub fn instance(self, base: Option<&BaseParameter>, seed: &Seed) -> Result<Instance> {
        let mut instance = match self.body {
            Body::Features { features, base: own, offset } => {
                // All-zero features were not divided.
                let factor = self.rescaled_by.filter(|&norm| norm > 0.0).unwrap_or(1.0);
                let scaled = |theta: &[f64]| Parameter::Dense(theta.iter().map(|value| value * factor).collect());
                let base = match (base, &own) {
                    (Some(BaseParameter::Given(theta)), _) | (None, Some(theta)) => scaled(theta),
                    (Some(base), _) => base.resolve(&features, seed)?,
                    (None, None) if offset.is_some() => Parameter::Dense(Array1::zeros(features.dim())),
                    (None, None) => {
                        return Err(Error::argument(
                            "theta0",
                            "absent",
                            "an array theta0 (d) or offset (M, K), or instance.theta_norm or logit_scale",
                        ));
                    }
                };
                let Parameter::Dense(theta) = base else { unreachable!("features of a file are dense") };
                let Parts { features, theta, offset } = self.class.of(Parts { features, theta, offset })?;
                let features = FeatureMap::dense(features);
                let instance = Instance::new(self.weights, features, Parameter::Dense(theta), None)?;
                match offset {
                    Some(offset) => instance.with_offset(offset)?,
                    None => instance,
                }
            }
            Body::Logits(table) => {
                self.class.refuse_without_features()?;
                if let Some(base) = base {
                    let (key, value) = base.key();
                    return Err(logits::without_features(key, value));
                }
                logits::instance(self.weights, table)?
            }
        };
        if let Some(correct) = self.correct {
            instance = instance.with_correct(correct)?;
        }
        if let Some(reward) = self.reward {
            instance = instance.with_reward(reward)?;
        }
        match self.levels {
            Some(levels) => instance.with_levels(levels),
            None => Ok(instance),
        }
    }
}

/// An error of values with the file that holds them.
fn of_file(error: Error, path: &Path, features: Option<&Path>) -> Error {
    match error {
        Error::Argument { name, value, expected } => {
            let with = features.map(|features| format!("with {}: ", features.display())).unwrap_or_default();
            Error::file(path, format!("{with}{name} = {value}: expected {expected}"))
        }
        other => other,
    }
}

impl Body {
    /// The array that says how many prompts and responses there are.
    fn array(&self) -> &'static str {
        match self {
            Self::Features { .. } => "phi",
            Self::Logits(_) => "offset",
        }
    }
}

/// Features with what belongs to them, their largest norm where they were divided by it, K(x), and K.
fn features(archive: &mut impl Arrays, rescale: bool) -> Result<(Body, Option<f64>, Vec<usize>, usize)> {
    let missing = "is missing: expected shape (M, K, d), or an array offset (M, K) for a policy of any logits";
    let phi = archive.features("phi")?.ok_or_else(|| archive.wrong("phi", missing))?;
    let [prompts, most, dim] = phi.shape[..] else {
        return Err(archive.wrong("phi", &format!("has shape {:?}: expected (M, K, d)", phi.shape)));
    };
    if phi.storage.is_empty() {
        return Err(archive.wrong("phi", &format!("has shape {:?}: expected no empty axis", phi.shape)));
    }
    let responses = match counts(archive, prompts, most, "phi")? {
        Some(counts) => counts,
        // What lies in a file is gone through once, below.
        None if matches!(phi.storage, Storage::Mapped(_)) => vec![most; prompts],
        None => refuse_padding(&phi.storage, [prompts, most, dim]).map(|()| vec![most; prompts])?,
    };
    let features = DenseFeatures::padded(phi.storage, most, dim, &responses)?;
    if let (false, Some((x, zeros))) = (archive.has("num_responses"), features.last_zeros()) {
        return Err(doubtful("phi", x, zeros, most));
    }
    let (features, rescaled_by) = if rescale {
        let (features, norm) = features.rescaled();
        (features, Some(norm))
    } else {
        (features, None)
    };
    let base = numbers(&archive.floats("theta0")?, "theta0", dim, "phi")?;
    let beside = beside::Shape { responses: &responses, most, of: "phi" };
    let offset = beside.logits(&archive.floats("offset")?, "offset")?;
    Ok((Body::Features { features, base, offset }, rescaled_by, responses, most))
}

/// K(x) as `num_responses` says; `None` without it.
fn counts(archive: &mut impl Arrays, prompts: usize, most: usize, of: &str) -> Result<Option<Vec<usize>>> {
    let array = archive.wholes("num_responses")?;
    let Some(counts) = vector(&array, "num_responses", prompts, of)? else { return Ok(None) };
    let count = |(x, &count): (usize, &i128)| response_count(x, count, most, of);
    counts.iter().enumerate().map(count).collect::<Result<_>>().map(Some)
}

/// The values of an array, if it is there; refuses another shape than (`length`), for the shape of the array `of`.
fn vector<'a, T>(array: &'a Option<Array<T>>, name: &str, length: usize, of: &str) -> Result<Option<&'a [T]>> {
    match array {
        Some(array) if array.shape != [length] => {
            let expected = format!("({length}), for the shape of {of}");
            Err(Error::argument(format!("shape of {name}"), format!("{:?}", array.shape), expected))
        }
        array => Ok(array.as_ref().map(|array| array.values.as_slice())),
    }
}

/// As [`vector`], finite.
fn numbers(array: &Option<Array<f64>>, name: &str, length: usize, of: &str) -> Result<Option<Vec<f64>>> {
    let Some(values) = vector(array, name, length, of)? else { return Ok(None) };
    match values.iter().position(|value| !value.is_finite()) {
        Some(i) => Err(Error::argument(format!("{name}[{i}]"), values[i], "a finite number")),
        None => Ok(Some(values.to_vec())),
    }
}

fn response_count(x: usize, count: i128, most: usize, of: &str) -> Result<usize> {
    let found = usize::try_from(count).ok().filter(|count| (1..=most).contains(count));
    found.ok_or_else(|| Error::argument(format!("num_responses[{x}]"), count, format!("1 to {most}, the K of {of}")))
}

/// Refuses rows of zeros at the end of a prompt: without `num_responses` they may be padding, or responses whose logit is 0.
fn refuse_padding(phi: &Storage, [prompts, most, dim]: [usize; 3]) -> Result<()> {
    let row = |x: usize, y: usize| phi.at((x * most + y) * dim..(x * most + y + 1) * dim);
    let zeros = |x: usize| (0..most).rev().take_while(|&y| row(x, y).are_zero()).count();
    let found = (0..prompts).map(zeros).enumerate().find(|&(_, zeros)| zeros > 0);
    let Some((x, zeros)) = found else { return Ok(()) };
    Err(doubtful("phi", x, zeros, most))
}

/// Zeros behind a prompt's last response that may be padding, or responses.
fn doubtful(array: &str, x: usize, zeros: usize, most: usize) -> Error {
    let rows = if zeros == 1 {
        format!("{array}[{x}, {}]", most - 1)
    } else {
        format!("{array}[{x}, {}] to {array}[{x}, {}]", most - zeros, most - 1)
    };
    let padding = match most - zeros {
        0 => format!("no prompt {x} if they are padding"),
        count => format!("num_responses[{x}] = {count} if they are padding"),
    };
    let expected =
        format!("an array num_responses (M) that says whether they count: {padding}, {most} if they are responses");
    Error::argument(rows, "0", expected)
}
