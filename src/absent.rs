//! A quantity that is not there, and why: what reads it knows neither a number nor a verdict.

use std::fmt;

use crate::metrics::{self, Reader, also};

/// A measured quantity that a reader asked for and did not get.
#[derive(Clone, Debug, PartialEq)]
pub struct Absent {
    /// Its column, such as `kappa` or `failure_0.5`.
    pub column: String,
    /// The cell's ordinal in its study.
    pub cell: usize,
    /// Why it is not there.
    pub why: Why,
}

/// Why a quantity is not there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Why {
    /// The rows have no such column.
    NotMeasured,
    /// It does not exist in this round, or what stands there is no number; a store keeps both as NULL.
    NoValue {
        /// t.
        round: usize,
        /// The replicate's number.
        replicate: usize,
    },
    /// The replicate's rows end before this round.
    NoRound {
        /// t.
        round: usize,
        /// The replicate's number.
        replicate: usize,
    },
    /// All cells have one value of a key along which something is said.
    OneValue,
    /// Cells have several values of what must be the same for all of them.
    Varies,
}

impl Absent {
    /// What a grid lacks, or has too much of: a key, and the cell at which it was seen.
    pub fn of_grid(key: impl Into<String>, cell: usize, why: Why) -> Self {
        Self { column: key.into(), cell, why }
    }

    /// The reason without the place: equal for all rows that lack the quantity in the same way.
    pub fn reason(&self) -> String {
        let Self { column, why, .. } = self;
        match why {
            Why::NotMeasured => match remedy(column) {
                Some(key) => format!("{column} is not measured (`{key}` measures it)"),
                None => format!("{column} is not among the columns (every run measures it)"),
            },
            Why::NoValue { .. } => format!("{column} has no value (it is not defined there, or is no number)"),
            Why::NoRound { .. } => format!("{column} has no value (the rows end before that round)"),
            Why::OneValue => format!("{column} has one value only (a grid over it has several)"),
            Why::Varies => format!("{column} has several values (a grid with one of them is looked at)"),
        }
    }
}

impl fmt::Display for Absent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (reason, cell) = (self.reason(), self.cell);
        match self.why {
            Why::NotMeasured | Why::OneValue | Why::Varies => write!(f, "{reason}"),
            Why::NoValue { round, replicate } | Why::NoRound { round, replicate } => {
                write!(f, "{reason}, first at t = {round} in replicate {replicate} of cell {cell}")
            }
        }
    }
}

/// Whether a column of this name is one that some configuration measures.
pub fn measurable(column: &str) -> bool {
    metrics::every_quantity().any(|quantity| index(quantity, column).is_some())
}

/// Whether a configuration that wants these quantities has a column of this name: others of its store may have it alone.
pub(crate) fn measured(wanted: &metrics::Wanted, column: &str) -> bool {
    wanted.quantities().any(|quantity| match (index(quantity, column), &quantity.read) {
        (None, _) => false,
        (Some(Some(delta)), Reader::PerDelta(_)) => {
            delta.parse().is_ok_and(|delta: f64| wanted.deltas.contains(&delta))
        }
        (Some(Some(level)), _) => level.parse().is_ok_and(|level: i64| wanted.levels.contains(&level)),
        (Some(None), _) => true,
    })
}

/// The configuration key, with its value, that measures a column; `None` for one that is always measured, or never.
fn remedy(column: &str) -> Option<String> {
    let of = |quantities: &[metrics::Quantity]| quantities.iter().find_map(|quantity| index(quantity, column));
    if let Some(delta) = of(metrics::QUANTITIES) {
        return delta.map(|delta| format!("measure.delta = [{delta}]"));
    }
    if let Some(Some(level)) = of(also::LEVEL_QUANTITIES) {
        return Some(format!("measure.levels = [{level}]"));
    }
    if also::named(column).is_some() {
        return Some(format!("measure.also = [\"{column}\"]"));
    }
    measurable(column).then(|| "measure.chain = true".to_owned())
}

/// Whether a column is this quantity's, and at which δ or level; the inner `None` is a quantity without either.
fn index<'a>(quantity: &metrics::Quantity, column: &'a str) -> Option<Option<&'a str>> {
    match quantity.read {
        Reader::Scalar(_) => (quantity.name == column).then_some(None),
        Reader::PerDelta(_) => {
            let delta = column.strip_prefix(quantity.name)?.strip_prefix('_')?;
            delta.parse::<f64>().ok().filter(|delta| (0.0..1.0).contains(delta)).map(|_| Some(delta))
        }
        Reader::PerLevel(_) => {
            let level = column.strip_prefix(quantity.name)?.strip_prefix('_')?;
            level.parse::<i64>().ok().map(|_| Some(level))
        }
    }
}
