//! `npz`: features from a file.

use std::path::PathBuf;
use std::sync::Arc;

use super::shared::{self, required};
use super::{Alike, Entry, Held, Made, Nature, Shape, Source};
use crate::Result;
use crate::instance::Instance;
use crate::instance::gaussian::BaseParameter;
use crate::instance::npz::NpzFile;
use crate::seed::Seed;
use crate::settings::{Form, Key, Section};

pub(super) const ENTRY: Entry = Entry {
    name: "npz",
    about: "features of a real model, from a file",
    keys: &[
        Key::of_instance(
            "path",
            Form::Path,
            "the features' file; a relative path starts at the current folder (data/docqa_minilm.npz is always there: a file of that name comes before the enclosed one)",
            "required",
        ),
        shared::THETA_NORM,
        shared::LOGIT_SCALE,
        shared::THETA0,
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

/// The shape assumed of a file's features.
const PROMPTS: f64 = 256.0;
const RESPONSES: f64 = 16.0;

fn shape(instance: &Section<'_>, _samples: f64) -> Shape {
    let held = Held::File(instance.get("path"));
    Shape { prompts: PROMPTS, responses: RESPONSES, logits: RESPONSES, mass: 1.0, held }
}

/// A file whose θ_0 is drawn.
#[derive(Debug)]
struct DrawnBase {
    path: PathBuf,
    rescale: bool,
    base: BaseParameter,
}

impl Source for DrawnBase {
    fn draw(&self, seed: &Seed) -> Result<Arc<Instance>> {
        let instance = NpzFile::read(&self.path, self.rescale)?.instance(Some(&self.base), seed);
        instance.map(Arc::new).map_err(|error| error.at(self.path.display().to_string()))
    }
}

fn make(instance: &Section<'_>, _samples: u64) -> Result<Made> {
    let rescale = instance.switch("rescale");
    let path: PathBuf = required(instance.get("path"), "path")?;
    let file = NpzFile::read(&path, rescale)?;
    let base = shared::base(instance);
    let mut remarks = Vec::new();
    if let Some(norm) = file.rescaled_by {
        let theta = match base {
            Some(BaseParameter::Norm(_) | BaseParameter::LogitScale(_)) => "theta_0 is drawn for the divided features",
            _ => "theta_0 was multiplied by it: the policy stays",
        };
        remarks.push(format!("all features were divided by the largest norm, {norm}; {theta}"));
    }
    let made = match base {
        Some(base @ (BaseParameter::Norm(_) | BaseParameter::LogitScale(_))) => {
            Made::of(DrawnBase { path, rescale, base })
        }
        base => {
            // Nothing is drawn: the seed does not enter.
            let instance = file.instance(base.as_ref(), &Seed::from_number(0));
            Made::of(Arc::new(instance.map_err(|error| error.at(path.display().to_string()))?))
        }
    };
    Ok(Made { remarks, ..made })
}
