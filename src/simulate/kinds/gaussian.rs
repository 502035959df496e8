//! `gaussian`: dense features with a chosen covariance spectrum.

use std::sync::Arc;

use super::shared::{self, number_or, required};
use super::source::WithOffset;
use super::{Alike, Entry, Made, Nature, Shape, Source};
use crate::Result;
use crate::instance::Instance;
use crate::instance::gaussian::{BaseParameter, Gaussian, with_linear_reward};
use crate::seed::Seed;
use crate::settings::{Form, Inner, Key, Section};
use crate::simulate::keys::COUNT;

/// The regimes of a spectrum, with the keys of each.
const SPECTRUM: &[(&str, &[Inner])] = &[
    ("isotropic", &[]),
    ("exponential", &[("rate", Form::Real)]),
    ("polynomial", &[("exponent", Form::Real)]),
    ("spiked", &[("rank", COUNT), ("tail", Form::Real)]),
];

pub(super) const ENTRY: Entry = Entry {
    name: "gaussian",
    about: "Gaussian features with a chosen spectrum",
    keys: &[
        shared::PROMPTS,
        shared::RESPONSES,
        shared::DIM,
        Key::of_instance(
            "spectrum",
            Form::Kinds(SPECTRUM),
            "{ kind = \"isotropic\" } | { kind = \"exponential\", rate } | { kind = \"polynomial\", exponent } | { kind = \"spiked\", rank, tail }",
            "{ kind = \"isotropic\" }",
        ),
        Key::of_instance(
            "margin",
            Form::Real,
            "redraw prompts until the best logit of θ_0 exceeds the second by at least this, nats: the margin of π_0 where there is no offset, which is not looked at",
            "no condition",
        ),
        Key::of_instance(
            "max_tries",
            Form::Whole(0, (1 << 24) - 1),
            "how often a prompt may be redrawn for the margin, below 2^24",
            "10000",
        ),
        shared::THETA_NORM,
        shared::LOGIT_SCALE,
        shared::THETA0,
        shared::OFFSET,
        Key::of_instance(
            "reward_norm",
            Form::Real,
            "a reward from outside r = ⟨θ°, φ⟩, θ° a random direction of this norm",
            "no reward from outside",
        ),
    ],
    defaults: &[("spectrum", "{ kind = \"isotropic\" }"), ("max_tries", "10000"), ("theta_norm", "4.0")],
    exclusive: &[shared::BASE],
    nature: &[Nature::Rays],
    alike: |_| Alike::Drawn,
    shape: |instance, _| {
        let [prompts, responses, dim] = ["prompts", "responses", "dim"].map(|key| number_or(instance, key, 1.0));
        Shape::dense(prompts, responses, dim, instance.value("offset").is_some())
    },
    make,
};

impl Source for Gaussian {
    fn draw(&self, seed: &Seed) -> Result<Arc<Instance>> {
        Gaussian::draw(self, seed).map(Arc::new)
    }
}

/// What a source draws, with a linear reward from outside where its norm is given.
#[derive(Debug)]
struct WithReward<S> {
    shape: S,
    norm: Option<f64>,
}

impl<S: Source> Source for WithReward<S> {
    fn draw(&self, seed: &Seed) -> Result<Arc<Instance>> {
        let instance = self.shape.draw(seed)?;
        match self.norm {
            Some(norm) => with_linear_reward(Arc::unwrap_or_clone(instance), norm, seed).map(Arc::new),
            None => Ok(instance),
        }
    }
}

fn make(instance: &Section<'_>, _samples: u64) -> Result<Made> {
    let prompts = shared::prompts(instance)?;
    let responses = shared::responses(instance)? as usize;
    let dim = shared::dim(instance)?;
    // Features twice while they are scaled.
    shared::require_memory("the Gaussian instance", 16, &[prompts as u64, responses as u64, dim as u64])?;
    let shape = Gaussian {
        prompts,
        responses,
        dim,
        spectrum: required(instance.get("spectrum"), "spectrum")?,
        base: shared::base(instance).unwrap_or(BaseParameter::Norm(4.0)),
        margin: instance.number("margin"),
        max_tries: instance.get("max_tries").unwrap_or(10_000),
    };
    let shape = WithOffset { shape, offset: shared::offset(instance) };
    Ok(Made::of(WithReward { shape, norm: instance.number("reward_norm") }))
}
