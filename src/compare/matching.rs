//! Which cells of two stores, or of one, belong together: those with the same values.

use std::collections::{BTreeMap, BTreeSet};

use crate::experiment::{Results, label_of};
use crate::nearest::one_of;
use crate::study::{Cell, Study};
use crate::{Error, Result};

/// Two values of a key that tell the cells of one store apart: `process.preset=spin,replay`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct By {
    /// The key, or its end where that says which (`beta`); `part` and `cell` stand for the part's name and the cell's id.
    pub key: String,
    /// Its values in A and B, as `selfreward show --cells` writes them, numbers in any way.
    pub values: [String; 2],
}

/// Cells of A and B that belong together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Match {
    /// What they have under [`Matching::keys`].
    pub labels: Vec<String>,
    /// Their places.
    pub ordinals: [usize; 2],
}

/// All cells of A and B.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Matching {
    /// The keys that tell matches from each other; none if there is one alone.
    pub keys: Vec<String>,
    /// Cells that belong together, in the order of A.
    pub matches: Vec<Match>,
    /// Cells of A, and of B, that stand alone, by their values.
    pub only: [Vec<String>; 2],
    /// Keys that were not asked to agree, since they go together with that by which the store is split.
    pub freed: Vec<String>,
    /// That by which one store is split, with the key in full and the values as its cells write them.
    pub by: Option<By>,
}

impl std::str::FromStr for By {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let expected = "a key of the grid (or part, or cell) with two of its values, such as process.beta=1,2";
        let wrong = || Error::argument("--by", text, expected);
        let (key, values) = text.split_once('=').ok_or_else(wrong)?;
        let (a, b) = values.split_once(',').ok_or_else(wrong)?;
        let [key, a, b] = [key, a, b].map(|word| word.trim().to_owned());
        if key.is_empty() || a.is_empty() || b.is_empty() || a == b {
            return Err(wrong());
        }
        Ok(Self { key, values: [a, b] })
    }
}

impl By {
    /// The key in full, which may be named by its end.
    fn key_of(&self, known: &[String]) -> Result<String> {
        if known.contains(&self.key) {
            return Ok(self.key.clone());
        }
        let short = |key: &&String| key.strip_suffix(&self.key).is_some_and(|rest| rest.ends_with('.'));
        match &known.iter().filter(short).collect::<Vec<_>>()[..] {
            [one] => Ok((*one).clone()),
            [] => Err(Error::argument("--by", &self.key, one_of(&self.key, known))),
            several => Err(Error::argument("--by", &self.key, one_of(&self.key, several))),
        }
    }
}

/// Whether a cell's value is the one that a person wrote: numbers are compared as numbers.
fn is_value(label: &str, written: &str) -> bool {
    let number = |text: &str| text.parse::<f64>().ok();
    label == written || number(label).is_some_and(|value| number(written) == Some(value))
}

/// Matches the cells of two stores by their parts and by all keys that either grid varies.
///
/// # Errors
/// [`Error::Argument`] if no cells match.
pub fn stores(a: &Results, b: &Results) -> Result<Matching> {
    let mut keys: Vec<String> = a.study.definition.grid_keys();
    keys.extend(b.study.definition.grid_keys());
    keys.sort();
    keys.dedup();
    // Of two stores with one part each, the parts' names say nothing.
    if [a, b].iter().any(|results| results.study.definition.parts.len() > 1) {
        keys.insert(0, "part".to_owned());
    }
    let all = |study: &Study| (0..study.cells()).map(|ordinal| study.cell(ordinal)).collect::<Result<Vec<Cell>>>();
    let matching = matched(&all(&a.study)?, &all(&b.study)?, &keys)?;
    if matching.matches.is_empty() {
        let first = |side: usize| matching.only[side].first().cloned().unwrap_or_default();
        let found = format!("no cell of A has the values of one of B: A has {}, B has {}", first(0), first(1));
        return Err(Error::argument("cells", found, format!("cells that agree in {}", keys.join(", "))));
    }
    Ok(matching)
}

/// Matches the cells of one store that have one value of a key with those that have another, by all other keys.
///
/// # Errors
/// [`Error::Argument`] for a key that the grid does not vary, a value that no cell has, or if no cells match.
pub fn within(results: &Results, by: &By) -> Result<Matching> {
    let study = &results.study;
    let grid = study.definition.grid_keys();
    let known = [&grid[..], &["part".to_owned(), "cell".to_owned()]].concat();
    let mut by = By { key: by.key_of(&known)?, values: by.values.clone() };
    let is_name = by.key == "part" || by.key == "cell";
    let mut groups: [Vec<Cell>; 2] = [Vec::new(), Vec::new()];
    let mut seen: Vec<String> = Vec::new();
    for ordinal in 0..study.cells() {
        let cell = study.cell(ordinal)?;
        let label = label_of(&cell, &by.key);
        let is = |value: &String| if is_name { *value == label } else { is_value(&label, value) };
        if by.values.iter().all(is) {
            let found = format!("{}={}", by.key, by.values.join(","));
            return Err(Error::argument("--by", found, format!("two values; both are {label}")));
        }
        if let Some(side) = by.values.iter().position(is) {
            by.values[side] = label.clone();
            groups[side].push(cell);
        }
        if !seen.contains(&label) && seen.len() < SHOWN {
            seen.push(label);
        }
    }
    for (group, value) in groups.iter().zip(&by.values) {
        if group.is_empty() {
            return Err(Error::argument(format!("--by {}", by.key), value, one_of(value, &seen)));
        }
    }
    if by.key == "cell" {
        return Ok(Matching { by: Some(by), ..matched(&groups[0], &groups[1], &[])? });
    }
    let mut keys: Vec<String> = grid.into_iter().filter(|key| *key != by.key).collect();
    if by.key != "part" && study.definition.parts.len() > 1 {
        keys.insert(0, "part".to_owned());
    }
    let matching = matched(&groups[0], &groups[1], &keys)?;
    if !matching.matches.is_empty() {
        return Ok(Matching { by: Some(by), ..matching });
    }
    // Keys that advance in step with this one have other values wherever it has.
    let groups_of_keys = study.definition.parts.iter().flat_map(|part| &part.together);
    let beside: Vec<&String> = groups_of_keys.filter(|group| group.contains(&by.key)).flatten().collect();
    let (freed, kept): (Vec<String>, Vec<String>) = keys.into_iter().partition(|key| beside.contains(&key));
    let matching = Matching { freed, ..matched(&groups[0], &groups[1], &kept)? };
    if matching.matches.is_empty() {
        let expected = format!("cells that agree in {}", kept.join(", "));
        return Err(Error::argument("--by", format!("{}={}", by.key, by.values.join(",")), expected));
    }
    Ok(Matching { by: Some(by), ..matching })
}

/// Values of a key that a message names.
const SHOWN: usize = 50;

fn matched(a: &[Cell], b: &[Cell], keys: &[String]) -> Result<Matching> {
    let values = |cell: &Cell| -> Vec<String> { keys.iter().map(|key| label_of(cell, key)).collect() };
    let named = |values: &[String]| match keys.is_empty() {
        true => "a cell".to_owned(),
        false => keys.iter().zip(values).map(|(key, value)| format!("{key} = {value}")).collect::<Vec<_>>().join(", "),
    };
    let mut others: BTreeMap<Vec<String>, usize> = BTreeMap::new();
    for cell in b {
        let values = values(cell);
        if others.contains_key(&values) {
            let expected = "no two cells of B with the same values of the keys that are compared";
            return Err(Error::argument("cells", named(&values), expected));
        }
        others.insert(values, cell.ordinal);
    }
    let (mut matching, mut seen) = (Matching::default(), BTreeSet::new());
    for cell in a {
        let labels = values(cell);
        if !seen.insert(labels.clone()) {
            let expected = "no two cells of A with the same values of the keys that are compared";
            return Err(Error::argument("cells", named(&labels), expected));
        }
        match others.remove(&labels) {
            Some(other) => matching.matches.push(Match { labels, ordinals: [cell.ordinal, other] }),
            None => matching.only[0].push(named(&labels)),
        }
    }
    let mut alone: Vec<(usize, String)> = others.iter().map(|(values, &ordinal)| (ordinal, named(values))).collect();
    alone.sort();
    matching.only[1] = alone.into_iter().map(|(_, name)| name).collect();
    // Keys with one value tell nothing apart.
    let varies =
        |column: usize| matching.matches.iter().any(|one| one.labels[column] != matching.matches[0].labels[column]);
    let shown: Vec<usize> = (0..keys.len()).filter(|&column| varies(column)).collect();
    matching.keys = shown.iter().map(|&column| keys[column].clone()).collect();
    for one in &mut matching.matches {
        one.labels = shown.iter().map(|&column| one.labels[column].clone()).collect();
    }
    Ok(matching)
}
