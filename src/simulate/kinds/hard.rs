//! `hard`: the lower-bound instance of Theorem 4.1.

use std::f64::consts::LN_2;
use std::sync::Arc;

use super::shared::{self, required};
use super::source::of_product;
use super::{Alike, Entry, Held, Made, Nature, Shape, Source};
use crate::instance::Instance;
use crate::instance::lower_bound::Hard;
use crate::process::FiniteClass;
use crate::seed::Seed;
use crate::settings::{Form, Key, Section};
use crate::theory::single_step::{realised_kappa0, responses_for, worst_mass};
use crate::words::counted;
use crate::{Error, Result};

pub(super) const ENTRY: Entry = Entry {
    name: "hard",
    about: "the lower-bound instance of Theorem 4.1",
    keys: &[
        shared::PROMPTS,
        Key::of_instance(
            "kappa0",
            Form::Real,
            "κ_0 > 1; the number of labels is rounded, so the realised κ_0 differs a little",
            "required",
        ),
        Key::of_instance(
            "mass",
            Form::WordOrReal("worst"),
            "Δ in (0, 1), or \"worst\": min(0.9, √(M(κ_0−1)/(4n)))",
            "\"worst\"",
        ),
        Key::of_instance(
            "verifier",
            Form::Switch,
            "the hidden label is the one correct response of its prompt, for loops with a verifier",
            "false",
        ),
    ],
    defaults: &[("mass", "\"worst\"")],
    exclusive: &[],
    nature: &[Nature::Correct, Nature::Product],
    alike: |_| Alike::Renamed,
    shape,
    make,
};

/// Few logits of a prompt are kept, whatever its number of labels: that of the hidden one, and those of the others that are seen.
const LOGITS: f64 = 4.0;
const OWN: f64 = 2.0;

fn shape(instance: &Section<'_>, samples: f64) -> Shape {
    let (prompts, kappa0) = (instance.number("prompts"), instance.number("kappa0"));
    let mass = match (instance.number("mass"), prompts, kappa0) {
        (Some(mass), ..) => mass,
        (None, Some(prompts), Some(kappa0)) => worst_mass(samples, prompts, kappa0).unwrap_or(1.0),
        _ => 1.0,
    };
    let labels = kappa0.and_then(|kappa0| responses_for(kappa0, mass).ok());
    let responses = labels.map_or(f64::INFINITY, |labels| labels as f64);
    Shape { prompts: prompts.unwrap_or(1.0), responses, logits: LOGITS, mass, held: Held::OneHot { own: OWN } }
}

impl Source for Hard {
    fn draw(&self, seed: &Seed) -> Result<Arc<Instance>> {
        Hard::draw(self, seed).map(Arc::new)
    }

    /// The sentinel has one response, hence one policy.
    fn class_numbers(&self, class: &FiniteClass, beta: f64) -> Vec<(&'static str, f64)> {
        of_product((self.prompts, self.responses, LN_2), class, beta)
    }
}

fn make(instance: &Section<'_>, samples: u64) -> Result<Made> {
    let prompts = shared::prompts(instance)?;
    let kappa0 = required(instance.number("kappa0"), "kappa0")?;
    let mass = match instance.number("mass") {
        None => worst_mass(samples as f64, prompts as f64, kappa0).map_err(in_instance)?,
        Some(mass) => mass,
    };
    let responses = responses_for(kappa0, mass).map_err(in_instance)?;
    let realised = realised_kappa0(mass, responses).map_err(in_instance)?;
    let responses = u32::try_from(responses).map_err(|_| {
        Error::argument("instance.kappa0", kappa0, format!("one that needs at most 2^32 labels, not {responses}"))
    })?;
    shared::require_memory("the hard instance", 200, &[prompts as u64])?;
    let derived = vec![("mass", mass), ("responses", f64::from(responses)), ("kappa0", realised)];
    let labels = counted(responses, "label");
    let remarks = vec![format!("hard instance: mass {mass}, {labels} a prompt, realised kappa0 {realised}")];
    Ok(Made { derived, remarks, ..Made::of(Hard { prompts, responses, mass, verifier: instance.switch("verifier") }) })
}

/// Errors of the theory name its arguments; here they are keys of `[instance]`.
fn in_instance(error: Error) -> Error {
    match error {
        Error::Argument { name, value, expected } => {
            Error::Argument { name: format!("instance.{name}"), value, expected }
        }
        other => other,
    }
}
