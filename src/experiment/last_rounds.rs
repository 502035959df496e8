//! The last round of every cell of a store, as a table for people and as JSON: what a sweep comes to.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::Results;
use super::cell_rows::shown;
use crate::Result;
use crate::simulate::summary::Column;
use crate::simulate::{Beforehand, output};
use crate::stats::MeanInterval;
use crate::study::CellId;
use crate::study::store::{Field, Tidy};
use crate::words::{self, counted};

/// The last rounds of all cells of a store.
#[derive(Clone)]
pub struct LastRounds {
    /// The dotted keys of the grid, sorted.
    pub keys: Vec<String>,
    /// The columns of the store.
    pub columns: Vec<Column>,
    /// One for each cell, in the order of the grid; also for a cell without rows.
    pub cells: Vec<LastRound>,
    /// The quantities that some cell asks for by name.
    asked: Vec<&'static str>,
}

/// What a cell came to.
#[derive(Clone, Debug)]
pub struct LastRound {
    /// The cell's id.
    pub id: CellId,
    /// The name of its part.
    pub part: String,
    /// Its values of the grid's keys; `None` where its configuration has no such key.
    pub values: Vec<Option<Value>>,
    /// The replicates that it asks for.
    pub replicates: usize,
    /// Those of them that are done: the means are over these.
    pub done: usize,
    /// Those of them that failed.
    pub failed: usize,
    /// Why the first of those failed.
    pub error: Option<String>,
    /// T, its last round.
    pub t: usize,
    /// The mean of each column over the replicates that are done; `None` where one of them lacks it.
    pub means: Vec<Option<MeanInterval>>,
}

impl LastRounds {
    /// Those of a store.
    ///
    /// # Errors
    /// [`crate::Error::File`] if the store cannot be read.
    pub fn of(results: &Results) -> Result<Self> {
        let (study, store) = (&results.study, &results.store);
        let (keys, columns) = (study.definition.grid_keys(), study.columns());
        let quantities = store.quantities()?;
        let places: Vec<Option<usize>> =
            columns.iter().map(|column| quantities.iter().position(|name| *name == column.name())).collect();
        let mut failures = failures(results)?;
        let (mut cells, mut asked) = (Vec::new(), BTreeSet::new());
        for ordinal in 0..study.cells() {
            let cell = study.cell(ordinal)?;
            let rows = store.replicates_of(ordinal)?;
            let (beforehand, t) = (Beforehand::of(&cell.config), cell.config.process.rounds);
            let mean = |(column, place): (&Column, &Option<usize>)| {
                let value = |rounds: &Vec<Vec<Option<f64>>>| *rounds.get(t)?.get((*place)?)?;
                let values: Option<Vec<f64>> = rows.iter().map(|(_, rounds)| value(rounds)).collect();
                values.filter(|values| !values.is_empty()).map(|values| beforehand.mean(&column.name(), t, &values))
            };
            let (failed, error) = failures.remove(&cell.id.to_string()).unzip();
            cells.push(LastRound {
                id: cell.id,
                values: keys.iter().map(|key| cell.value(key)).collect(),
                replicates: cell.config.run.replicates,
                done: rows.len(),
                failed: failed.unwrap_or(0),
                error,
                t,
                means: columns.iter().zip(&places).map(mean).collect(),
                part: cell.part,
            });
            asked.extend(cell.config.asked());
        }
        Ok(Self { keys, columns, cells, asked: asked.into_iter().collect() })
    }

    /// The place of a column by its name, such as `failure_0.5`.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name() == name)
    }

    /// The table for people, a row for each cell: its values of the grid's keys, then means with their 95% intervals; `-` where a quantity
    /// does not exist. A cell of which replicates failed or are missing says so. Folded where it is wider than `width`.
    pub fn table(&self, width: Option<usize>) -> String {
        let leader = self.leader();
        let mut lines: Vec<Vec<String>> = leader.into_iter().map(|text| vec![text]).collect();
        let mut push = |title: String, texts: Vec<String>| {
            lines.iter_mut().zip(std::iter::once(title).chain(texts)).for_each(|(line, text)| line.push(text));
        };
        let whole = self.cells.iter().all(|cell| cell.done == cell.replicates);
        if !whole {
            push("done".to_owned(), self.cells.iter().map(LastRound::progress).collect());
        }
        let mut methods = Vec::new();
        for (index, title) in output::shown_columns(&self.columns, &self.asked) {
            let means = || self.cells.iter().map(|cell| cell.means[index].as_ref());
            if means().any(|mean| mean.is_some()) {
                let text = |cell: &LastRound| {
                    let mean = cell.means[index].as_ref();
                    mean.map_or_else(|| "-".to_owned(), |mean| output::readable(mean, cell.replicates))
                };
                push(title, self.cells.iter().map(text).collect());
                methods.extend(means().flatten().map(|mean| mean.method));
            }
        }
        let most = self.cells.iter().map(|cell| cell.replicates).max().unwrap_or(0);
        let when = match self.same(|cell| cell.t) {
            Some(t) => format!("after {}", counted(t, "round")),
            None => "after the last round of each cell".to_owned(),
        };
        let done = if whole { "" } else { "; means are those of the replicates that are done alone" };
        format!("{}({when}; {}{done})\n", words::table(&lines, width), output::legend(&methods, most))
    }

    /// The JSON document: what a sweep is, and for each cell its means by the names of the quantities.
    pub fn document(&self, results: &Results) -> Value {
        let study = &results.study;
        let cell = |cell: &LastRound| {
            let values: Map<String, Value> =
                self.keys.iter().cloned().zip(cell.values.iter().map(|v| json!(v))).collect();
            let means = cell.means.iter().map(|mean| mean.as_ref().map_or(Value::Null, output::mean));
            json!({
                "cell": cell.id.to_string(),
                "part": cell.part,
                "values": values,
                "replicates": cell.replicates,
                "done": cell.done,
                "failed": cell.failed,
                "error": cell.error,
                "t": cell.t,
                "quantities": output::nested(&self.columns, means),
            })
        };
        json!({
            "schema": output::SCHEMA,
            "version": env!("CARGO_PKG_VERSION"),
            "name": study.definition.name,
            "profile": study.profile.name(),
            "seed": study.seed,
            "keys": self.keys,
            "cells": self.cells.iter().map(cell).collect::<Vec<Value>>(),
        })
    }

    /// The number that all cells have; `None` if they differ.
    fn same(&self, of: impl Fn(&LastRound) -> usize) -> Option<usize> {
        let first = self.cells.first().map(&of)?;
        self.cells.iter().all(|cell| of(cell) == first).then_some(first)
    }

    /// What leads each line: the keys, then the values of each cell, in columns flushed right.
    fn leader(&self) -> Vec<String> {
        let short = |key: &str| key.rsplit('.').next().unwrap_or(key).to_owned();
        let title = |key: &String| {
            let alone = self.keys.iter().filter(|other| short(other) == short(key)).count() == 1;
            if alone { short(key) } else { key.clone() }
        };
        let mut lines: Vec<Vec<String>> = vec![self.keys.iter().map(title).collect()];
        lines.extend(self.cells.iter().map(|cell| cell.values.iter().map(text).collect()));
        if self.keys.is_empty() {
            lines.iter_mut().for_each(|line| line.push(String::new()));
        }
        // What the cells do not say with their keys: another part, another T.
        let parts: BTreeSet<&str> = self.cells.iter().map(|cell| cell.part.as_str()).collect();
        if parts.len() > 1 {
            let texts = std::iter::once("part").chain(self.cells.iter().map(|cell| cell.part.as_str()));
            lines.iter_mut().zip(texts).for_each(|(line, text)| line.insert(0, text.to_owned()));
        }
        if self.same(|cell| cell.t).is_none() && !self.keys.iter().any(|key| key == "process.rounds") {
            let texts = std::iter::once("t".to_owned()).chain(self.cells.iter().map(|cell| cell.t.to_string()));
            lines.iter_mut().zip(texts).for_each(|(line, text)| line.push(text));
        }
        let text = words::table(&lines, None);
        let width = text.lines().map(|line| line.chars().count()).max().unwrap_or(0);
        text.lines().map(|line| format!("{line:<width$}")).collect()
    }
}

impl LastRound {
    /// How many of its replicates are done, and what became of the others.
    fn progress(&self) -> String {
        let of = if self.done == self.replicates { String::new() } else { format!(" of {}", self.replicates) };
        let failed = if self.failed > 0 { format!(", {} failed", self.failed) } else { String::new() };
        format!("{}{of}{failed}", self.done)
    }
}

/// A value as a person writes it; small numbers with an exponent.
fn text(value: &Option<Value>) -> String {
    match value.as_ref().and_then(Value::as_f64) {
        Some(real) if real != 0.0 && real.abs() < SMALL => output::plain(real),
        _ => shown(value.clone()),
    }
}

/// Below, zeros behind the point are no longer counted at a glance.
const SMALL: f64 = 1e-4;

/// How many replicates failed of each cell, by its id, and why the first of them did.
fn failures(results: &Results) -> Result<BTreeMap<String, (usize, String)>> {
    let columns = results.store.tidy_columns(Tidy::Failures)?;
    let place = |name: &str| columns.iter().position(|column| column == name);
    let (cell, error) = (place("cell"), place("error"));
    let mut failures: BTreeMap<String, (usize, String)> = BTreeMap::new();
    results.store.for_each(Tidy::Failures, |fields| {
        let text = |place: Option<usize>| match place.and_then(|place| fields.get(place)) {
            Some(Field::Text(text)) => text.clone(),
            _ => String::new(),
        };
        failures.entry(text(cell)).or_insert_with(|| (0, text(error))).0 += 1;
        Ok(())
    })?;
    Ok(failures)
}
