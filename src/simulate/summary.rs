//! Means and intervals over replicates, quantity by quantity and round by round.

use super::{Beforehand, Simulation, Trajectories};
use crate::metrics::{Measurement, Quantity, Reader, Wanted};
use crate::stats::MeanInterval;

/// A quantity of one round over all replicates.
#[derive(Clone, Debug, PartialEq)]
pub struct Cell {
    /// One value for each replicate, in their order.
    pub values: Vec<f64>,
    /// Their mean and interval.
    pub interval: MeanInterval,
}

/// A column of the table: a quantity, at one δ where it depends on it.
#[derive(Clone, Copy)]
pub struct Column {
    /// The quantity.
    pub quantity: &'static Quantity,
    /// Index into the list of δ, and δ itself.
    pub delta: Option<(usize, f64)>,
    /// Index into the list of levels, and the level itself.
    pub level: Option<(usize, i64)>,
}

impl Column {
    /// Whether both are the same quantity at the same δ or level, wherever it stands in their lists.
    pub fn same(&self, other: &Self) -> bool {
        self.quantity.name == other.quantity.name
            && self.delta.map(|(_, at)| at) == other.delta.map(|(_, at)| at)
            && self.level.map(|(_, at)| at) == other.level.map(|(_, at)| at)
    }

    /// `kappa`, `failure_0.5`.
    pub fn name(&self) -> String {
        match (self.delta, self.level) {
            (Some((_, delta)), _) => format!("{}_{delta}", self.quantity.name),
            (_, Some((_, level))) => format!("{}_{level}", self.quantity.name),
            (None, None) => self.quantity.name.to_owned(),
        }
    }

    /// The columns of a table: all quantities in their order, those that depend on δ or on the level once for each.
    pub fn all(wanted: &Wanted) -> Vec<Self> {
        let columns = |quantity: &'static Quantity| -> Vec<Self> {
            match quantity.read {
                Reader::Scalar(_) => vec![Self { quantity, delta: None, level: None }],
                Reader::PerDelta(_) => {
                    let at = |delta| Self { quantity, delta: Some(delta), level: None };
                    wanted.deltas.iter().copied().enumerate().map(at).collect()
                }
                Reader::PerLevel(_) => {
                    let at = |level| Self { quantity, delta: None, level: Some(level) };
                    wanted.levels.iter().copied().enumerate().map(at).collect()
                }
            }
        };
        wanted.quantities().flat_map(columns).collect()
    }

    /// Its value in a round; `None` where the quantity does not exist.
    pub fn read(&self, measurement: &Measurement) -> Option<f64> {
        match self.quantity.read {
            Reader::Scalar(read) => read(measurement),
            Reader::PerDelta(read) => self.delta.and_then(|(index, _)| read(measurement).map(|values| values[index])),
            Reader::PerLevel(read) => self.level.and_then(|(index, _)| read(measurement)?[index]),
        }
    }
}

/// The table of a run: for every t a cell for every column, `None` where the quantity does not exist.
#[derive(Clone)]
pub struct Summary {
    /// The columns.
    pub columns: Vec<Column>,
    /// `rows[t][column]`.
    pub rows: Vec<Vec<Option<Cell>>>,
}

impl Summary {
    /// Summarises replicates that all ran to the same T.
    pub fn new(trajectories: &Trajectories, simulation: &Simulation) -> Self {
        let columns = simulation.columns();
        let beforehand = Beforehand::of_simulation(simulation);
        let rounds = trajectories.first().map_or(0, |replicate| replicate.rounds.len());
        let cell = |t: usize, column: &Column| {
            let values: Option<Vec<f64>> =
                trajectories.iter().map(|replicate| column.read(&replicate.rounds[t])).collect();
            values.map(|values| Cell { interval: beforehand.mean(&column.name(), t, &values), values })
        };
        let rows = (0..rounds).map(|t| columns.iter().map(|column| cell(t, column)).collect()).collect();
        Self { columns, rows }
    }

    /// The index of a column by its name, such as `failure_0.5`.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name() == name)
    }
}
