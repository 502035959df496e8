//! `autoregressive`: responses are token sequences.

use std::sync::Arc;

use super::shared::{self, number_or, required};
use super::{Alike, Entry, Held, Made, Shape, Source};
use crate::instance::autoregressive::{Autoregressive, Law, TopToken};
use crate::instance::greedy_trap::GreedyTrap;
use crate::instance::{Instance, Tokens};
use crate::process::FiniteClass;
use crate::seed::Seed;
use crate::settings::{Form, Key, Section};
use crate::simulate::keys::{COUNT, MOST};
use crate::{Error, Result};

pub(super) const ENTRY: Entry = Entry {
    name: "autoregressive",
    about: "token sequences, with greedy decoding",
    keys: &[
        shared::PROMPTS,
        Key::of_instance(
            "vocab",
            Form::Whole(2, MOST),
            "V ≥ 2, tokens of the vocabulary; responses are the V^L < 2^32 sequences of L tokens",
            "required",
        ),
        Key::of_instance("length", COUNT, "L ≥ 1, tokens of a sequence", "required"),
        Key::of_instance(
            "top",
            Form::Real,
            "α in (1/V, 1): probability of the likeliest token at every step, the others being equally likely",
            "trap is used",
        ),
        Key::of_instance(
            "trap",
            Form::Keys(&[("p", Form::Real), ("eta", Form::Real)]),
            "{ p, eta }: the optimum has probability p < 1/2, its first token's rival p + eta (Proposition 4.3)",
            "top is used",
        ),
    ],
    defaults: &[],
    exclusive: &[&["top", "trap"]],
    nature: &[],
    alike: |_| Alike::Renamed,
    shape,
    make,
};

/// The logits of a prompt that measuring goes through, as a rule.
const LOGITS: f64 = 4.0;

fn shape(instance: &Section<'_>, _samples: f64) -> Shape {
    let atoms = read(instance).map_or(1.0, |shape| shape.law.atoms() as f64);
    let sequences = number_or(instance, "vocab", 2.0).powf(number_or(instance, "length", 1.0));
    let prompts = number_or(instance, "prompts", 1.0);
    Shape { prompts, responses: sequences, logits: LOGITS, mass: 1.0, held: Held::Sequences { atoms } }
}

impl Source for Autoregressive {
    fn draw(&self, seed: &Seed) -> Result<Arc<Instance>> {
        Autoregressive::draw(self, seed).map(Arc::new)
    }

    /// Several levels of logits: the process's check refuses it.
    fn class_numbers(&self, _class: &FiniteClass, _beta: f64) -> Vec<(&'static str, f64)> {
        Vec::new()
    }
}

fn make(instance: &Section<'_>, _samples: u64) -> Result<Made> {
    let shape = read(instance)?;
    shape.check_memory()?;
    let responses = f64::from(shape.law.tokens().sequences());
    let derived = vec![("responses", responses), ("kappa0", 1.0 / shape.law.optimum_probability())];
    Ok(Made { derived, ..Made::of(shape) })
}

fn read(instance: &Section<'_>) -> Result<Autoregressive> {
    let prompts = shared::prompts(instance)?;
    let tokens = Tokens::new(required(instance.get("vocab"), "vocab")?, required(instance.get("length"), "length")?)?;
    let trap = instance.inner("trap", "p").zip(instance.inner("trap", "eta"));
    let law = match (instance.number("top"), trap) {
        (Some(top), _) => Law::TopToken(TopToken::new(tokens, top)?),
        (None, Some((p, eta))) => Law::GreedyTrap(GreedyTrap::new(tokens, p, eta)?),
        (None, None) => return Err(Error::argument("instance.top", "absent", "this key, or trap = { p, eta }")),
    };
    Ok(Autoregressive { prompts, law })
}
