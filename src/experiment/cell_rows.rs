//! The rows of one cell, replicate by replicate.

use std::sync::Arc;

use crate::absent::{Absent, Why, measurable, measured};
use crate::metrics::named::Metric;
use crate::nearest::one_of;
use crate::simulate::summary::Column;
use crate::simulate::{Beforehand, Replicate, Simulation, output};
use crate::stats::MeanInterval;
use crate::study::store::ReplicateRows;
use crate::study::{Cell, CellId};
use crate::{Error, Result};

/// A cell with what its replicates measured.
#[derive(Clone, Debug)]
pub struct CellRows {
    /// The cell.
    pub cell: Cell,
    /// The replicates' numbers: their places are others where one is missing.
    pub numbers: Vec<usize>,
    /// `replicates[r][t][column]`, at least one replicate; all of them ran to the same T.
    pub replicates: Vec<ReplicateRows>,
    /// The names of the columns.
    pub quantities: Arc<Vec<String>>,
}

impl CellRows {
    /// The rows of a simulation that was run without a store; its cell stands alone, with ordinal and id 0 and no part.
    /// `replicates` are what [`crate::simulate::run()`] gives: at least one.
    pub fn of_run(simulation: &Simulation, replicates: &[Replicate]) -> Self {
        let columns = simulation.columns();
        let rows = |replicate: &Replicate| -> ReplicateRows {
            replicate.rounds.iter().map(|round| columns.iter().map(|column| column.read(round)).collect()).collect()
        };
        Self {
            cell: Cell { ordinal: 0, id: CellId(0), part: String::new(), config: simulation.config.clone() },
            numbers: (simulation.config.run.first_replicate..).take(replicates.len()).collect(),
            replicates: replicates.iter().map(rows).collect(),
            quantities: Arc::new(columns.iter().map(Column::name).collect()),
        }
    }

    /// T: rows are there for t = 0, …, T.
    pub fn rounds(&self) -> usize {
        self.cell.config.process.rounds
    }

    /// The place of a column that is known by name alone, such as `failure_0.5`.
    ///
    /// # Errors
    /// [`Error::Absent`] for a quantity that the rows have no column of; [`Error::Argument`] for a name that no quantity has.
    pub fn column(&self, name: &str) -> Result<usize> {
        let found = self.quantities.iter().position(|quantity| quantity == name);
        found.ok_or_else(|| match measurable(name) {
            true => self.absent(name, Why::NotMeasured),
            false => unknown(&self.quantities, name),
        })
    }

    /// A quantity of one replicate, by its place among those that were done, after t rounds; never NaN.
    ///
    /// # Errors
    /// [`Error::Absent`] where it was not measured, does not exist, or is no number; [`Error::Argument`] for one that takes a δ and
    /// has none.
    pub fn value(&self, replicate: usize, of: impl Into<Metric>, t: usize) -> Result<f64> {
        let name = of.into().name();
        self.at(self.column(&name)?, &name, replicate, t)
    }

    /// What stands in a column of this name.
    fn at(&self, column: usize, name: &str, replicate: usize, t: usize) -> Result<f64> {
        let number = self.numbers[replicate];
        let Some(row) = self.replicates[replicate].get(t) else {
            return Err(self.absent(name, Why::NoRound { round: t, replicate: number }));
        };
        let value = row.get(column).copied().flatten().filter(|value| !value.is_nan());
        value.ok_or_else(|| match measured(&self.cell.config.wanted(), name) {
            true => self.absent(name, Why::NoValue { round: t, replicate: number }),
            // Another part of the store has it.
            false => self.absent(name, Why::NotMeasured),
        })
    }

    /// A quantity after t rounds, one value for each replicate.
    ///
    /// # Errors
    /// As [`CellRows::value`], if a single replicate lacks it.
    pub fn values(&self, of: impl Into<Metric>, t: usize) -> Result<Vec<f64>> {
        let name = of.into().name();
        let column = self.column(&name)?;
        (0..self.replicates.len()).map(|replicate| self.at(column, &name, replicate, t)).collect()
    }

    fn absent(&self, name: &str, why: Why) -> Error {
        Error::Absent(Absent { column: name.to_owned(), cell: self.cell.ordinal, why })
    }

    /// Its mean with its interval.
    ///
    /// # Errors
    /// As [`CellRows::values`].
    pub fn mean(&self, of: impl Into<Metric>, t: usize) -> Result<MeanInterval> {
        let of = of.into();
        self.values(of, t).map(|values| Beforehand::of(&self.cell.config).mean(&of.name(), t, &values))
    }

    /// The number that the configuration has under a dotted key, such as `process.samples`.
    ///
    /// # Errors
    /// [`Error::Argument`] if there is no such number.
    pub fn number(&self, key: &str) -> Result<f64> {
        let value = self.cell.value(key);
        let number = value.as_ref().and_then(serde_json::Value::as_f64);
        number.ok_or_else(|| Error::argument(key, value.unwrap_or_default(), "a number"))
    }

    /// What the configuration has under a dotted key, as a person writes it: 3, not 3.0; empty for nothing. The keys `part`
    /// and `cell` stand for the part's name and the cell's id.
    pub fn label(&self, key: &str) -> String {
        label(&self.cell, key)
    }

    /// The cell's simulation: its process, and the numbers that follow from its configuration.
    ///
    /// # Errors
    /// As [`Simulation::describe`].
    pub fn simulation(&self) -> Result<Simulation> {
        Simulation::describe(self.cell.config.clone())
    }
}

/// What a cell has under a key; see [`CellRows::label`].
pub(crate) fn label(cell: &Cell, key: &str) -> String {
    match key {
        "part" => cell.part.clone(),
        "cell" => cell.id.to_string(),
        key => shown(cell.value(key)),
    }
}

/// The place of a quantity.
pub(super) fn column(quantities: &[String], name: &str) -> Result<usize> {
    let found = quantities.iter().position(|quantity| quantity == name);
    found.ok_or_else(|| unknown(quantities, name))
}

fn unknown(quantities: &[String], name: &str) -> Error {
    Error::argument("quantity", name, one_of(name, quantities))
}

/// A value of a configuration as a person writes it.
pub(super) fn shown(value: Option<serde_json::Value>) -> String {
    match value {
        None | Some(serde_json::Value::Null) => String::new(),
        Some(serde_json::Value::String(text)) => text,
        Some(serde_json::Value::Number(number)) => written(&number),
        Some(other) => other.to_string(),
    }
}

fn written(number: &serde_json::Number) -> String {
    match number.as_f64().filter(|_| number.as_u64().is_none()) {
        None => number.to_string(),
        Some(real) if real.abs() < 1e15 => real.to_string(),
        Some(real) => output::plain(real),
    }
}
