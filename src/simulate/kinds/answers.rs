//! `answers`: groups of prompts whose favourite is right or wrong.

use std::sync::Arc;

use toml::Value;

use super::shared::{self, number_or, required};
use super::{Alike, Entry, Made, Nature, Shape};
use crate::Result;
use crate::instance::answers::{Answers, Group};
use crate::settings::{Form, Key, Section};

pub(super) const ENTRY: Entry = Entry {
    name: "answers",
    about: "groups of prompts whose favourite is right or wrong",
    keys: &[
        shared::RESPONSES,
        Key::of_instance(
            "groups",
            Form::Tables(&[("share", Form::Real), ("gap", Form::Real), ("right", Form::Switch)]),
            "[{ share, gap, right }, …]: one prompt a group, with p(x) = share (they sum to 1); the logit of response 0 is gap ≥ 0 above the others; response 0 is correct if right, else response 1; its level is its place in the list, from 0",
            "required",
        ),
    ],
    defaults: &[],
    exclusive: &[],
    nature: &[Nature::New, Nature::Correct, Nature::Product],
    alike: |_| Alike::Same,
    shape: |instance, _| {
        let groups = instance.value("groups").and_then(Value::as_array).map_or(1.0, |groups| groups.len() as f64);
        Shape::one_hot(groups, number_or(instance, "responses", 1.0))
    },
    make,
};

fn make(instance: &Section<'_>, _samples: u64) -> Result<Made> {
    let tables: Vec<toml::Table> = required(instance.get("groups"), "groups")?;
    let group = |table: &toml::Table| {
        let group = Section::new("instance.groups", table);
        let share = required(group.number("share"), "groups.share")?;
        let gap = required(group.number("gap"), "groups.gap")?;
        Ok(Group { share, gap, right: group.switch("right") })
    };
    let groups = tables.iter().map(group).collect::<Result<_>>()?;
    let responses = shared::responses(instance)?;
    Ok(Made::of(Arc::new(Answers { groups, responses }.instance()?)))
}
