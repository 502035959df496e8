//! `tabular`: one-hot features, one favoured response a prompt.

use std::sync::Arc;

use super::shared::{self, number_or};
use super::source::of_product;
use super::{Alike, Entry, Made, Nature, Shape, Source};
use crate::instance::continuum::Continuum;
use crate::instance::tabular::{Tabular, Weights};
use crate::instance::{FeatureMap, Instance, Parameter};
use crate::logits::LogitTable;
use crate::process::FiniteClass;
use crate::seed::Seed;
use crate::settings::{Form, Key, Section};
use crate::{Error, Result};

pub(super) const ENTRY: Entry = Entry {
    name: "tabular",
    about: "one-hot features, one favoured response a prompt",
    keys: &[
        shared::PROMPTS,
        shared::RESPONSES,
        shared::THETA0,
        Key::of_instance("bump", Form::Real, "logit of the favoured response of each prompt, nats", "1.0"),
        Key::of_instance(
            "confidence",
            Form::Word(&["uniform"]),
            "\"uniform\": the favoured response's probability is uniform on (1/K, 1) from prompt to prompt",
            "bump is used",
        ),
        Key::of_instance(
            "weights",
            Form::WordOrTable("uniform", &[("zipf", Form::Real)]),
            "\"uniform\" or { zipf = s }, p(x) ∝ (x+1)^-s",
            "\"uniform\"",
        ),
        shared::ANSWER,
    ],
    defaults: &[("weights", "\"uniform\""), ("bump", "1.0")],
    exclusive: &[&["theta0", "bump", "confidence"]],
    nature: &[Nature::Product],
    alike: |instance| match ["answer", "theta0", "confidence"].map(|key| instance.value(key)) {
        // Where the correct response lies, and whether it is the favoured one, is drawn.
        [Some(_), _, _] => Alike::Drawn,
        [None, Some(_), _] => Alike::Same,
        [None, None, None] => Alike::Renamed,
        [None, None, Some(_)] => Alike::Drawn,
    },
    shape: |instance, _| {
        let (prompts, responses) = (number_or(instance, "prompts", 1.0), number_or(instance, "responses", 1.0));
        let one_by_one = instance.value("theta0").is_some();
        if one_by_one { Shape::table(prompts, responses) } else { Shape::one_hot(prompts, responses) }
    },
    make,
};

impl Source for Tabular {
    fn draw(&self, seed: &Seed) -> Result<Arc<Instance>> {
        Tabular::draw(self, seed).map(Arc::new)
    }

    fn class_numbers(&self, class: &FiniteClass, beta: f64) -> Vec<(&'static str, f64)> {
        of_product((self.prompts, self.responses, self.bump.abs()), class, beta)
    }
}

impl Source for Continuum {
    fn draw(&self, seed: &Seed) -> Result<Arc<Instance>> {
        Continuum::draw(self, seed).map(Arc::new)
    }

    /// Several levels of logits: the process's check refuses it.
    fn class_numbers(&self, _class: &FiniteClass, _beta: f64) -> Vec<(&'static str, f64)> {
        Vec::new()
    }
}

/// θ_0 given logit by logit.
#[derive(Debug)]
struct Given {
    shape: Tabular,
    theta0: Vec<f64>,
}

impl Source for Given {
    fn draw(&self, _seed: &Seed) -> Result<Arc<Instance>> {
        let (prompts, responses) = (self.shape.prompts, self.shape.responses as usize);
        if self.theta0.len() != prompts * responses {
            let expected = format!("{} numbers, one for each response", prompts * responses);
            return Err(Error::argument("length of instance.theta0", self.theta0.len(), expected));
        }
        let mut table = LogitTable::default();
        self.theta0.chunks(responses).for_each(|logits| table.push_dense(logits));
        let features = FeatureMap::one_hot(vec![self.shape.responses; prompts]);
        let weights = self.shape.weights.of(prompts)?;
        Instance::new(weights, features, Parameter::tabular(table), None).map(Arc::new)
    }

    fn class_numbers(&self, class: &FiniteClass, beta: f64) -> Vec<(&'static str, f64)> {
        let most = self.theta0.iter().fold(0.0, |most, logit| f64::max(most, logit.abs()));
        of_product((self.shape.prompts, self.shape.responses, most), class, beta)
    }
}

fn make(instance: &Section<'_>, _samples: u64) -> Result<Made> {
    let prompts = shared::prompts(instance)?;
    let responses = shared::responses(instance)?;
    shared::require_memory("the tabular instance", 200, &[prompts as u64])?;
    let weights = instance.inner("weights", "zipf").map_or(Weights::Uniform, Weights::Zipf);
    if instance.word("confidence").is_some() {
        return Ok(Made::answered(Continuum { prompts, responses, weights }, instance));
    }
    let shape = Tabular { prompts, responses, bump: instance.number("bump").unwrap_or(0.0), weights };
    Ok(match instance.get("theta0") {
        Some(theta0) => Made::answered(Given { shape, theta0 }, instance),
        None => Made::answered(shape, instance),
    })
}
