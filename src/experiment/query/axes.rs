//! The keys of a query: which cells and rounds are shown, and where each of them is drawn.

use std::collections::BTreeMap;

use serde_json::Value;

use super::Query;
use super::condition::{Comparison, wrong};
use super::keys::{self, BESIDE, Keys, ROUND};
use super::source::{Facts, Source};
use crate::nearest::one_of;
use crate::words::{agreeing, counted};
use crate::{Error, Result};

/// Panel, curve, and where on the horizontal axis.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) facet: String,
    pub(super) series: String,
    pub(super) x: String,
}

/// A cell that is shown, with its rounds.
pub(super) struct Shown {
    pub(super) facts: Facts,
    pub(super) rounds: Vec<usize>,
}

/// The keys of a query, resolved.
pub(super) struct Axes {
    pub(super) x: String,
    pub(super) by: Vec<String>,
    pub(super) facet: Vec<String>,
    pub(super) comparisons: Vec<Comparison>,
}

impl Axes {
    /// The keys that a query names, in full.
    pub(super) fn resolve(query: &Query, keys: &Keys, sources: usize) -> Result<Self> {
        let resolve = |flag: &str, names: &[String]| -> Result<Vec<String>> {
            names.iter().map(|name| keys.resolve(flag, name)).collect()
        };
        let x = query.x.as_deref().map_or(Ok(ROUND.to_owned()), |name| keys.resolve("--x", name))?;
        let (mut by, facet) = (resolve("--by", &query.by)?, resolve("--facet", &query.facet)?);
        let comparisons =
            query.condition.comparisons.iter().map(|comparison| {
                Ok(Comparison { key: keys.resolve("--where", &comparison.key)?, ..comparison.clone() })
            });
        let comparisons: Vec<Comparison> = comparisons.collect::<Result<_>>()?;
        for (flag, key) in by.iter().map(|key| ("--by", key)).chain(facet.iter().map(|key| ("--facet", key))) {
            let uses = by.iter().chain(&facet).chain([&x]).filter(|other| *other == key).count();
            if uses > 1 {
                return Err(Error::argument(flag, key, "a key that --x, --by and --facet do not name otherwise"));
            }
        }
        let told = |key: &str| x == key || by.iter().chain(&facet).any(|other| other == key);
        if sources > 1 && by.is_empty() && !told(BESIDE[0]) {
            by.push(BESIDE[0].to_owned());
        }
        Ok(Self { x, by, facet, comparisons })
    }

    /// Whether x, by or facet is this key.
    pub(super) fn names(&self, key: &str) -> bool {
        self.x == key || self.by.iter().chain(&self.facet).any(|other| other == key)
    }

    /// The cells and rounds that fit; the last round of each cell where nothing speaks of rounds.
    pub(super) fn select(
        &self,
        cells: Vec<Facts>,
        with_rounds: bool,
        sources: &[Source],
        remarks: &mut Vec<String>,
    ) -> Result<Vec<Shown>> {
        let (of_rounds, of_cells): (Vec<&Comparison>, Vec<&Comparison>) =
            self.comparisons.iter().partition(|comparison| comparison.key == ROUND);
        for comparison in &of_cells {
            let value = |cell: &Facts| value(cell, sources, &comparison.key);
            if !cells.iter().any(|cell| comparison.holds(value(cell).as_ref())) {
                let mut values: Vec<String> = Vec::new();
                for text in cells.iter().map(|cell| value(cell).as_ref().map_or_else(|| ABSENT.to_owned(), keys::text))
                {
                    if !values.contains(&text) {
                        values.push(text);
                    }
                }
                let expected =
                    format!("what some cell has; {} is {}", comparison.key, one_of(&comparison.value, &values));
                return Err(wrong(&comparison.to_string(), &expected));
            }
        }
        let (mut shown, mut short) = (Vec::new(), 0);
        for facts in cells {
            if !of_cells.iter().all(|comparison| comparison.holds(value(&facts, sources, &comparison.key).as_ref())) {
                continue;
            }
            let mut rounds = if with_rounds { (0..=facts.last).collect() } else { vec![facts.last] };
            for comparison in &of_rounds {
                let fits = |t: &usize| comparison.holds_of_round(*t, facts.last);
                rounds = rounds
                    .into_iter()
                    .map(|t| Ok((fits(&t)?, t)))
                    .collect::<Result<Vec<_>>>()?
                    .into_iter()
                    .filter_map(|(fits, t)| fits.then_some(t))
                    .collect();
            }
            if rounds.is_empty() {
                short += 1;
            } else {
                shown.push(Shown { facts, rounds });
            }
        }
        if shown.is_empty() {
            let text = self.comparisons.iter().map(ToString::to_string).collect::<Vec<_>>().join(" and ");
            return Err(wrong(&text, "a condition that some cell and round meet"));
        }
        if short > 0 {
            remarks.push(format!(
                "{} {} no round that --where asks for, and {} not shown",
                counted(short, "cell"),
                agreeing(short, "has", "have"),
                agreeing(short, "is", "are")
            ));
        }
        Ok(shown)
    }

    /// The place of each cell and round, in their order.
    ///
    /// # Errors
    /// If several would fall on one point.
    pub(super) fn places(&self, shown: &[Shown], sources: &[Source], keys: &Keys) -> Result<Vec<Place>> {
        let joined = |facts: &Facts, of: &[String], t: usize| {
            let text = |key: &String| match key.as_str() {
                "part" | "source" | "cell" => label(facts, sources, key, t),
                key => format!("{} = {}", Keys::short(key), label(facts, sources, key, t)),
            };
            of.iter().map(text).collect::<Vec<_>>().join(", ")
        };
        let mut places = Vec::new();
        let mut taken: BTreeMap<Place, (usize, usize)> = BTreeMap::new();
        for (index, cell) in shown.iter().enumerate() {
            for &t in &cell.rounds {
                let x = match value_at(&cell.facts, sources, &self.x, t) {
                    Some(value) => keys::text(&value),
                    None => {
                        let expected = format!(
                            "a key that every cell has; that of part {:?} has none (--where leaves cells out)",
                            cell.facts.part
                        );
                        return Err(Error::argument("--x", &self.x, expected));
                    }
                };
                let place =
                    Place { facet: joined(&cell.facts, &self.facet, t), series: joined(&cell.facts, &self.by, t), x };
                if let Some(other) = taken.insert(place.clone(), (index, t)) {
                    return Err(self.collision(shown, other, (index, t), sources, keys));
                }
                places.push(place);
            }
        }
        Ok(places)
    }

    /// Says in which keys cells that fall on one point differ.
    fn collision(
        &self,
        shown: &[Shown],
        one: (usize, usize),
        other: (usize, usize),
        sources: &[Source],
        keys: &Keys,
    ) -> Error {
        let (a, b) = (&shown[one.0].facts, &shown[other.0].facts);
        let differs = |key: &&str| value_at(a, sources, key, one.1) != value_at(b, sources, key, other.1);
        let beside = [ROUND, BESIDE[0], BESIDE[1]];
        let mut differing: Vec<&str> = keys.varying().into_iter().chain(beside).filter(differs).collect();
        if differing.is_empty() {
            differing.push(BESIDE[2]);
        }
        let values = |key: &str| {
            let mut values: Vec<String> = Vec::new();
            for cell in shown {
                let rounds = if key == ROUND { cell.rounds.as_slice() } else { &cell.rounds[..1] };
                for text in rounds.iter().map(|&t| label(&cell.facts, sources, key, t)) {
                    if !values.contains(&text) {
                        values.push(text);
                    }
                }
            }
            let more = if values.len() > 8 { format!(", … ({} values)", values.len()) } else { String::new() };
            format!("{key} ({}{more})", values.iter().take(8).cloned().collect::<Vec<_>>().join(", "))
        };
        let first = differing[0];
        let named = differing.iter().take(4).map(|key| values(key)).collect::<Vec<_>>().join(" and ");
        let example = label(a, sources, first, one.1);
        let expected = format!(
            "one cell for each point: several that differ in {named} fall on the same; tell them apart with --by {first} or --facet {first}, or choose with --where '{first} == {example}'"
        );
        let along = format!(
            "{} against {}",
            if self.by.is_empty() { "one curve".to_owned() } else { format!("curves by {}", self.by.join(", ")) },
            self.x
        );
        Error::argument("plot", along, expected)
    }

    /// The keys whose values stand in the table.
    pub(super) fn labels(&self, keys: &Keys, sources: usize) -> Vec<String> {
        let mut labels: Vec<String> = Vec::new();
        let beside = BESIDE.iter().copied().filter(|key| *key != "source" || sources > 1);
        let named = self.by.iter().chain(&self.facet).chain([&self.x]).map(String::as_str);
        for key in beside.chain(keys.varying()).chain(named).filter(|key| *key != ROUND) {
            if labels.iter().all(|known| known != key) {
                labels.push(key.to_owned());
            }
        }
        labels
    }
}

/// Where a cell has nothing under a key.
const ABSENT: &str = "absent";

/// What a cell has under a key.
fn value(cell: &Facts, sources: &[Source], key: &str) -> Option<Value> {
    match key {
        "source" => Some(sources[cell.source].label.clone().into()),
        "part" => Some(cell.part.clone().into()),
        "cell" => Some(cell.id.clone().into()),
        key => {
            let found = key.split('.').try_fold(&cell.config, |place, name| place.get(name));
            found.filter(|value| !value.is_null()).cloned()
        }
    }
}

/// The same, or the round.
fn value_at(cell: &Facts, sources: &[Source], key: &str, t: usize) -> Option<Value> {
    if key == ROUND { Some(t.into()) } else { value(cell, sources, key) }
}

/// The same as a person writes it.
pub(super) fn label(cell: &Facts, sources: &[Source], key: &str, t: usize) -> String {
    value_at(cell, sources, key, t).map_or_else(|| ABSENT.to_owned(), |value| keys::text(&value))
}
