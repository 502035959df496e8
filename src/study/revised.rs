//! Definitions that the command line makes: one that is written down with settings laid over it, and a sweep of a configuration.
//!
//! What comes out is a definition with a text of its own, as if it had been written by hand.

use toml::{Table, Value};

use super::Definition;
use super::definition::{Profile, flatten, located};
use crate::simulate::config::{Given, parse_toml, set};
use crate::simulate::keys::exclusive;
use crate::{Error, Result};

/// A dotted key and what it is given.
pub type Setting = (String, Given);

/// The name of a sweep's one part.
pub const SWEEP: &str = "sweep";

impl Definition {
    /// The sweep of a configuration: `base` has its sections without `[run]`, lists among the settings are the axes of its grid. Its one
    /// part is called [`SWEEP`].
    ///
    /// # Errors
    /// As [`Definition::parse`]; [`Error::Argument`] for a key that cannot be set.
    ///
    /// ```
    /// use selfreward::simulate::config::Given;
    /// use selfreward::study::{Definition, Profile};
    ///
    /// let base = "instance = { kind = 'tabular', prompts = 4, responses = 3 }".parse().expect("TOML");
    /// let samples = ("process.samples".to_owned(), Given::Each(vec![16.into(), 64.into()]));
    /// let sweep = Definition::sweep("mine", base, &[samples], 20, 3)?;
    /// let part = &sweep.parts[0];
    /// assert_eq!((part.grid(Profile::Full).len(), part.replicates(Profile::Full)), (2, 20));
    /// assert_eq!((part.grid(Profile::Quick).len(), part.replicates(Profile::Quick)), (2, 3));
    /// # Ok::<(), selfreward::Error>(())
    /// ```
    pub fn sweep(name: &str, base: Table, settings: &[Setting], replicates: usize, quick: usize) -> Result<Self> {
        let count = |count: usize| Value::Table(Table::from_iter([counted(count)]));
        let mut part = Table::from_iter([
            ("name".to_owned(), SWEEP.into()),
            ("base".to_owned(), Value::Table(base)),
            ("full".to_owned(), count(replicates)),
            ("quick".to_owned(), count(quick)),
        ]);
        settings.iter().try_for_each(|(key, given)| lay_over(&mut part, key, given))?;
        let parts = Value::Array(vec![Value::Table(part)]);
        Self::written(&Table::from_iter([("name".to_owned(), name.into()), ("part".to_owned(), parts)]))
    }

    /// The same with settings laid over every part, and with R replicates a cell in a profile.
    ///
    /// A value takes the place of the key's list where the grid has one; a list takes the place of the value or of the other list, in both
    /// profiles. Keys that exclude each other, and keys within the one that is set, are dropped.
    ///
    /// # Errors
    /// As [`Definition::parse`]; [`Error::Argument`], with the part's name, for a key that cannot be set.
    pub fn with(&self, settings: &[Setting], profile: Profile, replicates: Option<usize>) -> Result<Self> {
        let mut table = parse_toml(&self.text)?;
        let parts = table.get_mut("part").and_then(Value::as_array_mut);
        for part in parts.into_iter().flatten().filter_map(Value::as_table_mut) {
            let name = part.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
            let laid = settings.iter().try_for_each(|(key, given)| lay_over(part, key, given));
            laid.map_err(|error| located(&name, error))?;
            if let Some(replicates) = replicates {
                let of_profile = part.entry(profile.name()).or_insert_with(|| Value::Table(Table::new()));
                of_profile.as_table_mut().into_iter().for_each(|table| table.extend([counted(replicates)]));
            }
        }
        Self::written(&table)
    }

    /// The same under another name; its rows are others then, since the name enters the seeds. What is expected of claims goes: it was
    /// written down for the rows of the first name.
    ///
    /// # Errors
    /// [`Error::Argument`] for a text that is no name.
    pub fn named(&self, name: &str) -> Result<Self> {
        let mut table = parse_toml(&self.text)?;
        table.insert("name".to_owned(), name.into());
        table.remove("claims");
        Self::written(&table)
    }

    fn written(table: &Table) -> Result<Self> {
        Self::parse(&toml::to_string(table).expect("a definition is a table of plain values"))
    }
}

fn counted(replicates: usize) -> (String, Value) {
    ("replicates".to_owned(), Value::Integer(i64::try_from(replicates).unwrap_or(i64::MAX)))
}

/// The tables of a part that have lists, the grid first.
const LISTS: [&str; 3] = ["grid", "full", "quick"];

/// Lays what a key is given over a part.
fn lay_over(part: &mut Table, key: &str, given: &Given) -> Result<()> {
    for name in LISTS {
        let Some(Value::Table(lists)) = part.get_mut(name) else { continue };
        *lists = flatten(lists).into_iter().collect();
        if let Some(outer) = lists.keys().find(|other| key.starts_with(&format!("{other}."))) {
            let expected = format!("{outer} itself, whose list has this key in its values");
            return Err(Error::argument("--set", key, expected));
        }
        lists.retain(|other, _| !displaces(key, other));
    }
    let base = part.entry("base").or_insert_with(|| Value::Table(Table::new()));
    let base = base.as_table_mut().ok_or_else(|| Error::argument("base", "no table", "a table"))?;
    let stays = match given {
        Given::One(value) => {
            set(base, key, value.clone())?;
            None
        }
        Given::Each(values) => {
            // What excludes the key goes, and so does its own value: the grid sets it.
            values.first().map_or(Ok(()), |first| set(base, key, first.clone()))?;
            remove(base, key);
            let grid = part.entry("grid").or_insert_with(|| Value::Table(Table::new()));
            let list = (key.to_owned(), Value::Array(values.clone()));
            grid.as_table_mut().into_iter().for_each(|grid| grid.extend([list.clone()]));
            Some(key)
        }
    };
    leave_groups(part, |other| displaces(key, other) && stays != Some(other));
    Ok(())
}

/// Takes keys out of the groups that go together; a group of one is none.
fn leave_groups(part: &mut Table, leaves: impl Fn(&str) -> bool) {
    let Some(Value::Array(groups)) = part.get_mut("together") else { return };
    for group in groups.iter_mut().filter_map(Value::as_array_mut) {
        group.retain(|name| name.as_str().is_none_or(|name| !leaves(name)));
    }
    groups.retain(|group| group.as_array().is_none_or(|group| group.len() > 1));
    if groups.is_empty() {
        part.remove("together");
    }
}

/// Whether setting a key leaves no place for another one: itself, a key within it, one that excludes it.
fn displaces(key: &str, other: &str) -> bool {
    let within = |outer: &str| other == outer || other.strip_prefix(outer).is_some_and(|rest| rest.starts_with('.'));
    within(key)
        || exclusive().iter().any(|(section, names)| {
            let named =
                |name: &&str| key == format!("{section}.{name}") || key.starts_with(&format!("{section}.{name}."));
            let own = names.iter().find(|name| named(name));
            own.is_some_and(|own| names.iter().any(|name| name != own && within(&format!("{section}.{name}"))))
        })
}

fn remove(table: &mut Table, key: &str) {
    let (outer, last) = key.rsplit_once('.').unwrap_or(("", key));
    let place = outer.split('.').try_fold(table, |place, name| place.get_mut(name)?.as_table_mut());
    place.into_iter().for_each(|place| drop(place.remove(last)));
}
