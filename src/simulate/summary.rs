//! Means and intervals over replicates, quantity by quantity and round by round.

use super::{Beforehand, Simulation, Trajectories};
use crate::metrics::{Measurement, Quantity, Reader, quantities};
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
}

impl Column {
    /// Whether both are the same quantity at the same δ, wherever it stands in their lists.
    pub fn same(&self, other: &Self) -> bool {
        self.quantity.name == other.quantity.name && self.delta.map(|(_, at)| at) == other.delta.map(|(_, at)| at)
    }

    /// `kappa`, `failure_0.5`.
    pub fn name(&self) -> String {
        match self.delta {
            None => self.quantity.name.to_owned(),
            Some((_, delta)) => format!("{}_{delta}", self.quantity.name),
        }
    }

    /// The columns of a table at a list of δ, with or without the chain's: all quantities in their order, those that depend on
    /// δ once for each.
    pub fn all(deltas: &[f64], chain: bool) -> Vec<Self> {
        let columns = |quantity: &'static Quantity| -> Vec<Self> {
            match quantity.read {
                Reader::Scalar(_) => vec![Self { quantity, delta: None }],
                Reader::PerDelta(_) => {
                    deltas.iter().copied().enumerate().map(|delta| Self { quantity, delta: Some(delta) }).collect()
                }
            }
        };
        quantities(chain).flat_map(columns).collect()
    }

    /// Its value in a round; `None` where the quantity does not exist.
    pub fn read(&self, measurement: &Measurement) -> Option<f64> {
        match (self.quantity.read, self.delta) {
            (Reader::Scalar(read), _) => read(measurement),
            (Reader::PerDelta(read), Some((index, _))) => read(measurement).map(|values| values[index]),
            (Reader::PerDelta(_), None) => None,
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
