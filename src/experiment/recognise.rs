//! Whether a study is an experiment that is compiled in: its name alone does not say so.

use std::collections::BTreeSet;

use super::{Experiment, find};
use crate::study::definition::Part;
use crate::study::{CellId, Definition, Profile, Store, Study, provenance};
use crate::{Error, Result};

/// What a study is.
#[derive(Clone, Debug)]
pub enum Recognised {
    /// An experiment that is compiled in: the same parts with the same cells and replicates. Comments, claims and analysis may be of
    /// another version.
    BuiltIn(&'static Experiment),
    /// A definition of someone's own, under a name that no experiment has.
    Own,
    /// A definition of someone's own, under an experiment's name; and what does not fit the experiment, in a sentence.
    Namesake(String),
}

impl Recognised {
    /// The experiment, if it is one that is compiled in.
    pub fn built_in(&self) -> Option<&'static Experiment> {
        match self {
            Self::BuiltIn(experiment) => Some(experiment),
            Self::Own | Self::Namesake(_) => None,
        }
    }

    /// What does not fit, if the name is an experiment's and the content is not.
    pub fn misfit(&self) -> Option<&str> {
        match self {
            Self::Namesake(misfit) => Some(misfit),
            Self::Own | Self::BuiltIn(_) => None,
        }
    }
}

/// Recognises a study by what its cells are.
pub fn recognise(study: &Study) -> Recognised {
    let Some(experiment) = find(&study.definition.name) else { return Recognised::Own };
    let planned = experiment.definition().and_then(|known| Study::new(known, study.profile, study.seed.clone()));
    match planned.map(|known| misfit(&known, study)) {
        Ok(None) => Recognised::BuiltIn(experiment),
        Ok(Some(what)) => {
            Recognised::Namesake(format!("is no store of the built-in experiment {}: {what}", experiment.name))
        }
        // A grid that cannot be planned here cannot be compared with.
        Err(error) => Recognised::Namesake(format!("cannot be compared with {}: {error}", experiment.name)),
    }
}

/// Recognises a store by what its cells are, and by the data that its rows were computed on: another file may lie where the
/// experiments' data is read from.
///
/// # Errors
/// [`crate::Error::File`] if the store cannot be read.
pub fn recognise_store(study: &Study, store: &Store) -> Result<Recognised> {
    let recognised = recognise(study);
    let Some(experiment) = recognised.built_in() else { return Ok(recognised) };
    let identity = store.identity()?;
    let other = |(name, digest): &(String, String)| identity.get(name).is_some_and(|there| there != digest.as_str());
    Ok(match provenance::enclosed().into_iter().find(other) {
        Some((name, _)) => Recognised::Namesake(format!(
            "is no store of the built-in experiment {}: its {name} is another file than the one that comes with the program",
            experiment.name
        )),
        None => recognised,
    })
}

/// Refuses to compute an experiment on another file than its own.
///
/// # Errors
/// [`crate::Error::File`] if the data of a study lies in the current folder and is another file than the one that comes with the
/// program, or cannot be read.
pub fn refuse_other_data(study: &Study) -> Result<()> {
    let own = provenance::enclosed();
    for path in &study.inputs {
        let entry = provenance::input(path)?;
        if own.iter().any(|(name, digest)| *name == entry.0 && *digest != entry.1) {
            let message =
                "is another file than the one that comes with the program; expected that one, or none in this place";
            return Err(Error::file(path, message));
        }
    }
    Ok(())
}

/// The first thing in which a study is not the known one.
fn misfit(known: &Study, study: &Study) -> Option<String> {
    let profile = study.profile;
    for part in &known.definition.parts {
        let Some(given) = named(&study.definition, &part.name) else {
            return Some(format!("part `{}` is missing", part.name));
        };
        if cells(known, &part.name) != cells(study, &part.name) {
            return Some(format!("part `{}`: {}", part.name, difference(part, given, profile)));
        }
        let [asked, there] = [part, given].map(|part| part.replicates(profile));
        if asked != there {
            return Some(format!("part `{}`: {there} replicates a cell, not {asked}", part.name));
        }
    }
    let further = study.definition.parts.iter().find(|part| named(&known.definition, &part.name).is_none())?;
    Some(format!("it has no part `{}`", further.name))
}

fn named<'a>(definition: &'a Definition, name: &str) -> Option<&'a Part> {
    definition.parts.iter().find(|part| part.name == name)
}

fn cells(study: &Study, part: &str) -> BTreeSet<CellId> {
    (0..study.cells()).filter(|&ordinal| study.part(ordinal) == part).map(|ordinal| study.id(ordinal)).collect()
}

/// In what the cells of two parts differ.
fn difference(known: &Part, given: &Part, profile: Profile) -> String {
    let lists = |part: &Part| -> Vec<(String, String)> {
        let text = |values: &Vec<toml::Value>| values.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        part.grid(profile).axes().map(|axis| (axis.key.clone(), text(&axis.values))).collect()
    };
    let (expected, found) = (lists(known), lists(given));
    for (key, values) in &expected {
        match found.iter().find(|(other, _)| other == key) {
            None => return format!("the list `{key}` is missing"),
            Some((_, other)) if other != values => return format!("the lists `{key}` differ"),
            Some(_) => {}
        }
    }
    if let Some((key, _)) = found.iter().find(|(key, _)| expected.iter().all(|(other, _)| other != key)) {
        return format!("it has no list `{key}`");
    }
    if known.together != given.together {
        return "the keys that go together differ".to_owned();
    }
    "what all its cells share differs".to_owned()
}
