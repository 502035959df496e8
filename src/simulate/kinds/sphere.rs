//! `sphere`: many responses, of which one parameter finds the best.

use std::sync::Arc;

use super::shared::{self, number_or, required};
use super::{Alike, Entry, Made, Nature, Shape, Source};
use crate::Result;
use crate::instance::Instance;
use crate::instance::sphere::Sphere;
use crate::seed::Seed;
use crate::settings::{Form, Key, Section};

pub(super) const ENTRY: Entry = Entry {
    name: "sphere",
    about: "many responses, of which one parameter finds the best",
    keys: &[
        shared::PROMPTS,
        shared::RESPONSES,
        shared::DIM,
        Key::of_instance(
            "scale",
            Form::Real,
            "θ_0 = scale·φ(y*), y* the first response, which is correct; scale ≥ 0",
            "required",
        ),
    ],
    defaults: &[("prompts", "1")],
    exclusive: &[],
    nature: &[Nature::New, Nature::Correct],
    alike: |_| Alike::Drawn,
    shape: |instance, _| {
        let [prompts, responses, dim] = ["prompts", "responses", "dim"].map(|key| number_or(instance, key, 1.0));
        Shape::dense(prompts, responses, dim, false)
    },
    make,
};

impl Source for Sphere {
    fn draw(&self, seed: &Seed) -> Result<Arc<Instance>> {
        Sphere::draw(self, seed).map(Arc::new)
    }
}

fn make(instance: &Section<'_>, _samples: u64) -> Result<Made> {
    let prompts = shared::prompts(instance)?;
    let (responses, dim) = (shared::responses(instance)? as usize, shared::dim(instance)?);
    shared::require_memory("the sphere instance", 8, &[prompts as u64, responses as u64, dim as u64])?;
    Ok(Made::of(Sphere { prompts, dim, responses, scale: required(instance.number("scale"), "scale")? }))
}
