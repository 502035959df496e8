//! What was measured, summarised over replicates into the table of a figure.

use std::path::Path;

use super::{Named, Table};
use crate::simulate::{Simulation, output};
use crate::stats::interval::{MeanInterval, mean_interval};
use crate::study::store::ReplicateRows;
use crate::study::{Cell, Store, Study};
use crate::{Error, Result};

/// A store with the study that it belongs to.
#[derive(Debug)]
pub struct Results {
    /// The study.
    pub study: Study,
    /// The store.
    pub store: Store,
    quantities: Vec<String>,
}

/// The columns of a table of means: labels, `replicates`, `t`, measured quantities with their intervals, theory.
#[derive(Clone, Copy, Debug)]
pub struct Columns<'a> {
    /// The part whose cells are shown; all parts if empty.
    pub part: &'a str,
    /// Names and keys of what tells a cell from the others, such as (`samples`, `process.samples`); the keys `part` and `cell`
    /// stand for the part's name and the cell's id.
    pub labels: &'a [(&'a str, &'a str)],
    /// The measured quantities, such as `failure_0.5`.
    pub measured: &'a [&'a str],
    /// Names and values of what the theory says of a cell after t rounds.
    pub theory: Option<Theory>,
}

/// See [`Columns::theory`].
pub type Theory = fn(&Simulation, t: usize) -> Result<Named>;

impl Results {
    /// Opens a store.
    ///
    /// # Errors
    /// As [`Store::open`] and [`Store::study`].
    pub fn open(path: &Path) -> Result<Self> {
        let store = Store::open(path)?;
        let (study, quantities) = (store.study()?, store.quantities()?);
        Ok(Self { study, store, quantities })
    }

    /// A table with one row for each cell and t: means over the replicates that were done, with 95% Student-t intervals.
    /// Cells without any are left out.
    ///
    /// # Errors
    /// [`Error::Argument`] for a name that is not measured; [`Error::File`] if the store cannot be read.
    pub fn table(&self, columns: &Columns<'_>) -> Result<Table> {
        let indices = columns.measured.iter().map(|name| self.quantity(name)).collect::<Result<Vec<usize>>>()?;
        let mut header: Vec<String> = columns.labels.iter().map(|(name, _)| (*name).to_owned()).collect();
        header.extend(["replicates", "t"].map(str::to_owned));
        header.extend(columns.measured.iter().flat_map(|name| ["mean", "lo", "hi"].map(|end| format!("{name}_{end}"))));
        let mut rows = Vec::new();
        for ordinal in 0..self.study.cells() {
            let cell = self.study.cell(ordinal)?;
            let replicates = self.store.replicates_of(ordinal)?;
            if (!columns.part.is_empty() && cell.part != columns.part) || replicates.is_empty() {
                continue;
            }
            let labels: Vec<String> = columns.labels.iter().map(|(_, key)| label(&cell, key)).collect();
            let theory =
                columns.theory.map(|theory| Simulation::describe(cell.config).map(|s| (theory, s))).transpose()?;
            for t in 0..replicates[0].len() {
                let mut row = labels.clone();
                row.extend([replicates.len().to_string(), t.to_string()]);
                row.extend(indices.iter().flat_map(|&column| texts(summarise(&replicates, t, column))));
                if let Some((theory, simulation)) = &theory {
                    let said = theory(simulation, t)?;
                    row.extend(said.iter().map(|&(_, value)| output::plain(value)));
                    if rows.is_empty() {
                        header.extend(said.iter().map(|&(name, _)| name.to_owned()));
                    }
                }
                rows.push(row);
            }
        }
        Ok(Table::new(header, rows))
    }

    fn quantity(&self, name: &str) -> Result<usize> {
        let found = self.quantities.iter().position(|quantity| quantity == name);
        found.ok_or_else(|| Error::argument("quantity", name, format!("one of {}", self.quantities.join(", "))))
    }
}

/// The mean of a quantity in round t; `None` where it does not exist.
fn summarise(replicates: &[ReplicateRows], t: usize, column: usize) -> Option<MeanInterval> {
    let values: Option<Vec<f64>> = replicates.iter().map(|rounds| rounds.get(t)?[column]).collect();
    values.map(|values| mean_interval(&values))
}

/// Mean, lower and upper end; empty where they do not exist.
fn texts(interval: Option<MeanInterval>) -> [String; 3] {
    let ends = interval.and_then(|interval| interval.ends);
    let text = |value: Option<f64>| value.map_or_else(String::new, output::plain);
    [text(interval.map(|interval| interval.mean)), text(ends.map(|ends| ends.0)), text(ends.map(|ends| ends.1))]
}

/// A label as a person writes it: 3, not 3.0.
fn label(cell: &Cell, key: &str) -> String {
    match key {
        "part" => cell.part.clone(),
        "cell" => cell.id.to_string(),
        key => match cell.value(key) {
            None | Some(serde_json::Value::Null) => String::new(),
            Some(serde_json::Value::String(text)) => text,
            Some(serde_json::Value::Number(number)) => {
                let real = number.as_f64().filter(|_| number.as_u64().is_none());
                real.map_or_else(
                    || number.to_string(),
                    |real| if real.abs() < 1e15 { real.to_string() } else { output::plain(real) },
                )
            }
            Some(other) => other.to_string(),
        },
    }
}
