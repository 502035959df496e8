//! Rows of the tables beside the figures, written cell by cell.

use super::slope::Slope;
use crate::Result;
use crate::experiment::{CellRows, Line, Table};
use crate::metrics::named::Metric;

/// A line of such a table.
#[derive(Default)]
pub struct Row(Line);

impl Row {
    /// The row of a cell after T rounds: what the configuration has under these keys (the last part of a key names its column),
    /// the replicates, and T.
    pub fn of(cell: &CellRows, keys: &[&str], rounds: usize) -> Self {
        let named = |line: Line, key: &&str| line.label(key.rsplit('.').next().unwrap_or(key), cell.label(key));
        let line = keys.iter().fold(Line::default(), named);
        Self(line.label("replicates", cell.replicates.len().to_string()).label("rounds", rounds.to_string()))
    }

    /// Adds a number.
    pub fn number(self, name: &str, value: f64) -> Self {
        Self(self.0.number(name, value))
    }

    /// Adds a number that may not exist.
    pub fn maybe(self, name: &str, value: Option<f64>) -> Self {
        self.number(name, value.unwrap_or(f64::NAN))
    }

    /// Adds the mean of a rate after T rounds with its 95% interval.
    pub fn measured(self, cell: &CellRows, quantity: impl Into<Metric>, rounds: usize) -> Result<Self> {
        self.measured_if(true, cell, quantity, rounds)
    }

    /// The same, or empty cells where the quantity is not there.
    pub fn measured_if(self, there: bool, cell: &CellRows, quantity: impl Into<Metric>, rounds: usize) -> Result<Self> {
        let quantity = quantity.into();
        let interval = there.then(|| cell.mean(quantity, rounds)).transpose()?;
        let (lo, hi) = interval.and_then(|interval| interval.ends).unzip();
        Ok(self
            .maybe(&format!("{quantity}_mean"), interval.map(|interval| interval.mean))
            .maybe(&format!("{quantity}_lo"), lo)
            .maybe(&format!("{quantity}_hi"), hi))
    }

    /// Adds the slope of the curve that the row belongs to, its 95% bootstrap interval, the law's slope, and the n from which on
    /// it was fitted.
    pub fn slope(self, name: &str, slope: Option<&Slope>) -> Self {
        self.maybe(name, slope.map(|slope| slope.measured.value))
            .maybe(&format!("{name}_lo"), slope.map(|slope| slope.measured.lo))
            .maybe(&format!("{name}_hi"), slope.map(|slope| slope.measured.hi))
            .maybe(&format!("{name}_law"), slope.map(|slope| slope.law))
            .maybe(&format!("{name}_from"), slope.map(|slope| slope.span.0))
    }
}

/// The table of rows that have the same names.
pub fn tabulate(rows: Vec<Row>) -> Table {
    Table::of_lines(rows.into_iter().map(|row| row.0).collect())
}

/// A value with its interval, three decimals each.
pub fn bracketed(value: f64, lo: f64, hi: f64) -> String {
    format!("{} [{}, {}]", decimal(value), decimal(lo), decimal(hi))
}

/// Three decimals, with a true minus sign.
pub fn decimal(value: f64) -> String {
    format!("{value:.3}").replace('-', "−")
}

/// A whole number, as a power of two where it is one.
pub fn power(n: f64) -> String {
    if n.log2().fract() == 0.0 { format!("2^{}", n.log2()) } else { n.to_string() }
}
