//! `random`: small awkward instances, to audit a proof on.

use std::sync::Arc;

use super::shared::{self, number_or};
use super::source::WithOffset;
use super::{Alike, Entry, Made, Nature, Shape, Source};
use crate::Result;
use crate::instance::Instance;
use crate::instance::random::Random;
use crate::seed::Seed;
use crate::settings::{Form, Key, Section};

pub(super) const ENTRY: Entry = Entry {
    name: "random",
    about: "small and awkward, to audit a proof on",
    keys: &[
        shared::PROMPTS,
        shared::RESPONSES,
        shared::DIM,
        shared::OFFSET,
        Key::of_instance(
            "character",
            Form::Word(&["plain", "sharp", "near-tie", "weights", "mixed"]),
            "plain | sharp (probabilities down to 1e-304) | near-tie (best logits 1e-9 apart) | weights (down to 1e-12) | mixed (one of them, by the seed)",
            "\"mixed\"",
        ),
        shared::ANSWER,
    ],
    defaults: &[("character", "\"mixed\"")],
    exclusive: &[],
    nature: &[Nature::Ragged],
    alike: |_| Alike::Drawn,
    shape: |instance, _| {
        let [prompts, responses, dim] = ["prompts", "responses", "dim"].map(|key| number_or(instance, key, 1.0));
        Shape::dense(prompts, responses, dim, instance.value("offset").is_some())
    },
    make,
};

impl Source for Random {
    fn draw(&self, seed: &Seed) -> Result<Arc<Instance>> {
        Random::draw(self, seed).map(Arc::new)
    }
}

fn make(instance: &Section<'_>, _samples: u64) -> Result<Made> {
    let (prompts, responses) = (shared::prompts(instance)?, shared::responses(instance)?);
    let dim = shared::dim(instance)?;
    // Features twice while they are scaled.
    shared::require_memory("the random instance", 16, &[prompts as u64, u64::from(responses), dim as u64])?;
    let shape = Random { prompts, responses, dim, character: instance.get("character").unwrap_or_default() };
    Ok(Made::answered(WithOffset { shape, offset: shared::offset(instance) }, instance))
}
