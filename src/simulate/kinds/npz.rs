//! `npz`: features, or the logits of a tabular policy, from a file.

use std::path::PathBuf;
use std::sync::Arc;

use super::lately::Question;
use super::shared::{self, required};
use super::{Alike, Entry, Held, Made, Nature, Shape, Source};
use crate::instance::Instance;
use crate::instance::gaussian::BaseParameter;
use crate::instance::npz::{self, Class, InMemory, NpzFile, Reading, Stated};
use crate::seed::Seed;
use crate::settings::{Form, Key, Section};
use crate::{Error, Result};

pub(super) const ENTRY: Entry = Entry {
    name: "npz",
    about: "features of a real model, or a base of any logits, from a file",
    keys: &[
        Key::of_instance(
            "path",
            Form::Path,
            "the features' file; a relative path starts at the current folder (data/docqa_minilm.npz and data/smollm_answers.npz are always there: a file of that name comes before the enclosed one)",
            "required",
        ),
        Key::of_instance(
            "features",
            Form::Path,
            "a file of a single array (.npy) that holds phi in place of the array in path; little-endian f4 or f8 in C order stays on disk, however large",
            "phi of path",
        ),
        shared::THETA_NORM,
        shared::LOGIT_SCALE,
        shared::THETA0,
        shared::DIM,
        Key::of_instance(
            "offset_as_feature",
            Form::Switch,
            "true: the file's offset is one more feature and no logit is fixed; φ' = (φ, b less its mean at the prompt) over the largest norm, θ_0' so that π_0 stays",
            "false",
        ),
    ],
    defaults: &[],
    exclusive: &[shared::BASE],
    nature: &[Nature::Unscaled, Nature::Correct, Nature::Rays],
    alike: |instance| {
        let drawn = matches!(shared::base(instance), Some(BaseParameter::Norm(_) | BaseParameter::LogitScale(_)));
        if drawn { Alike::Drawn } else { Alike::Same }
    },
    shape,
    make,
};

fn shape(instance: &Section<'_>, _samples: f64) -> Shape {
    let path: Option<PathBuf> = instance.get("path");
    let (class, reading) = (class(instance), reading(instance));
    let size = path.as_deref().map(|path| npz::size(path, &reading, class != Class::default()));
    // A file that cannot be read is refused where it is read.
    let stated = size.and_then(|size| size.stated).unwrap_or(Stated::Features([1.0; 3]));
    let [prompts, responses, all] = match stated {
        Stated::Features(shape) => shape,
        Stated::Logits([prompts, responses]) => return Shape::table(prompts, responses),
    };
    let one_more = if instance.switch("offset_as_feature") { 1.0 } else { 0.0 };
    let dim = instance.number("dim").map_or(all, |dim| dim.min(all)) + one_more;
    let (bytes, left) = size.map_or((0.0, false), |size| (size.held as f64, size.left));
    Shape { prompts, responses, logits: responses, mass: 1.0, held: Held::File { dim, bytes, left } }
}

/// As which class the numbers are taken.
fn class(instance: &Section<'_>) -> Class {
    Class { dim: instance.get("dim"), offset_as_feature: instance.switch("offset_as_feature") }
}

/// How the file is read.
fn reading(instance: &Section<'_>) -> Reading {
    Reading { rescale: instance.switch("rescale"), features: instance.get("features"), ..Reading::default() }
}

/// Where the arrays are.
#[derive(Clone, Debug)]
enum Origin {
    /// In a file.
    File(PathBuf),
    /// At hand.
    Arrays(InMemory),
}

impl Origin {
    fn read(&self, reading: &Reading) -> Result<NpzFile> {
        match self {
            Self::File(path) => NpzFile::read_as(path, reading),
            Self::Arrays(arrays) => NpzFile::of_arrays(arrays.clone(), reading.rescale),
        }
    }

    /// An error with the file it is about.
    fn named(&self, error: Error) -> Error {
        match self {
            Self::File(path) => error.at(path.display().to_string()),
            Self::Arrays(_) => error,
        }
    }
}

/// Arrays whose θ_0 is drawn.
#[derive(Debug)]
struct DrawnBase {
    origin: Origin,
    reading: Reading,
    class: Class,
    base: BaseParameter,
    has_offset: bool,
}

impl Source for DrawnBase {
    fn draw(&self, seed: &Seed) -> Result<Arc<Instance>> {
        let file = self.origin.read(&self.reading)?.taken_as(self.class);
        file.instance(Some(&self.base), seed).map(Arc::new).map_err(|error| self.origin.named(error))
    }

    fn has_unsaid_offset(&self) -> bool {
        self.has_offset
    }
}

fn make(instance: &Section<'_>, _samples: u64) -> Result<Made> {
    made(instance, Origin::File(required(instance.get("path"), "path")?))
}

/// The instances of arrays that are at hand, by the other keys of the kind.
///
/// # Errors
/// As [`NpzFile::of_arrays`] and [`NpzFile::instance`]; [`Error::Argument`] for a path, which would name other arrays.
pub(crate) fn of_arrays(instance: &Section<'_>, arrays: InMemory) -> Result<Made> {
    for key in ["path", "features"] {
        if let Some(path) = instance.get::<PathBuf>(key) {
            return Err(instance.wrong(key, path.display(), "no file beside arrays"));
        }
    }
    made(instance, Origin::Arrays(arrays))
}

fn made(instance: &Section<'_>, origin: Origin) -> Result<Made> {
    let (reading, class, base) = (reading(instance), class(instance), shared::base(instance));
    let question = match &origin {
        Origin::File(path) => Question::new(path, &reading, class, base.as_ref()),
        Origin::Arrays(_) => None,
    };
    if let Some((instance, divisor)) = question.as_ref().and_then(Question::answer) {
        return Ok(Made { remarks: remarks(divisor, base.as_ref()), ..Made::of(instance) });
    }
    let file = origin.read(&reading)?.taken_as(class);
    let divisor = file.rescaled_by;
    let remarks = remarks(divisor, base.as_ref());
    let made = match base {
        Some(base @ (BaseParameter::Norm(_) | BaseParameter::LogitScale(_))) => {
            Made::of(DrawnBase { origin, reading, class, base, has_offset: file.has_offset() })
        }
        base => {
            // Nothing is drawn: the seed does not enter.
            let instance = file.instance(base.as_ref(), &Seed::from_number(0));
            let instance = Arc::new(instance.map_err(|error| origin.named(error))?);
            if let Some(question) = question {
                question.keep(&instance, divisor);
            }
            Made::of(instance)
        }
    };
    Ok(Made { remarks, ..made })
}

/// What is to be said of features that were divided.
fn remarks(divisor: Option<f64>, base: Option<&BaseParameter>) -> Vec<String> {
    let theta = match base {
        Some(BaseParameter::Norm(_) | BaseParameter::LogitScale(_)) => "theta_0 is drawn for the divided features",
        _ => "theta_0 was multiplied by it: the policy stays",
    };
    let remark = |norm| format!("all features were divided by the largest norm, {norm}; {theta}");
    divisor.map(remark).into_iter().collect()
}
