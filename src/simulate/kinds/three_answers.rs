//! `three-answers`: three responses on a line, whose logits no parameter can follow.

use std::sync::Arc;

use super::shared::{self, number_or};
use super::{Alike, Entry, Made, Nature, Shape, Source};
use crate::instance::Instance;
use crate::instance::three_answers::{Law, RESPONSES, ThreeAnswers};
use crate::seed::Seed;
use crate::settings::{Form, Key, Section};
use crate::{Error, Result};

pub(super) const ENTRY: Entry = Entry {
    name: "three-answers",
    about: "three responses on a line, the smallest class that cannot follow its own reward",
    keys: &[
        shared::PROMPTS,
        Key::of_instance(
            "law",
            Form::Reals,
            "π_0 of every prompt, three numbers > 0 that sum to 1; φ = 0, 1/2, 1, θ_0 = 0, b = log π_0",
            "concentration is used",
        ),
        Key::of_instance(
            "concentration",
            Form::Real,
            "α in [0.001, 1e6]: π_0 of each prompt is drawn from the Dirichlet law (α, α, α)",
            "0.5",
        ),
    ],
    defaults: &[("concentration", "0.5")],
    exclusive: &[&["law", "concentration"]],
    nature: &[Nature::New],
    alike: |instance| if instance.value("law").is_some() { Alike::Same } else { Alike::Drawn },
    shape: |instance, _| Shape::dense(number_or(instance, "prompts", 1.0), RESPONSES as f64, 1.0, true),
    make,
};

impl Source for ThreeAnswers {
    fn draw(&self, seed: &Seed) -> Result<Arc<Instance>> {
        ThreeAnswers::draw(self, seed).map(Arc::new)
    }
}

fn make(instance: &Section<'_>, _samples: u64) -> Result<Made> {
    let prompts = shared::prompts(instance)?;
    shared::require_memory("the instance of three answers", 200, &[prompts as u64])?;
    let law = match instance.get::<Vec<f64>>("law") {
        None => Law::Dirichlet(instance.number("concentration").unwrap_or(0.5)),
        Some(law) => Law::Given(law.try_into().map_err(|law: Vec<f64>| {
            Error::argument("length of instance.law", law.len(), "three numbers, one for each response")
        })?),
    };
    let answers = ThreeAnswers { prompts, law };
    answers.check()?;
    Ok(match law {
        // Nothing is drawn: the seed does not enter.
        Law::Given(_) => Made::of(Arc::new(answers.draw(&Seed::from_number(0))?)),
        Law::Dirichlet(_) => Made::of(answers),
    })
}
