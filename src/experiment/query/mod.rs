//! Plots that answer questions: any measured quantity against t or against any key that varies, of one store, of several, or of
//! what `selfreward simulate --out` wrote.
//!
//! ```text
//! Source, … ──► cells that fit --where ──► one point for each (quantity, panel, curve, x) ──► table ──► figure
//!                                            or a refusal: nothing is averaged over cells
//! ```
//!
//! A point is the mean over the replicates of one cell with its 95% interval. Where several cells would fall on one point, the key in
//! which they differ is named and nothing is drawn. The figure is drawn from the table alone.

mod axes;
mod bounds;
mod condition;
mod figure;
mod keys;
mod points;
mod quantities;
mod source;
mod subjects;
mod table;
mod titles;

pub use bounds::AskedBound;
pub use condition::{Comparison, Condition, Operator};
pub use figure::{figure, fits};
pub use source::Source;
// For the tests.
#[doc(hidden)]
pub use subjects::SUBJECTS;

use serde::{Deserialize, Serialize};

use super::{Plate, Table};
use crate::Result;
use crate::plot::Size;

/// What is asked of the sources.
#[derive(Clone, Debug, Default)]
pub struct Query {
    /// What lies along the horizontal axis: `t` if not given, or a key.
    pub x: Option<String>,
    /// The quantities, one panel each; κ_t − 1, failure rate, drift and, where measured, P\[correct\] if there are none.
    pub y: Vec<String>,
    /// The δ at which quantities that depend on it are shown; the first that was measured if there are none.
    pub deltas: Vec<f64>,
    /// The levels at which quantities that depend on it are shown; all that were measured if there are none.
    pub levels: Vec<i64>,
    /// Which cells and rounds.
    pub condition: Condition,
    /// The keys by which curves differ.
    pub by: Vec<String>,
    /// The keys by which panels differ.
    pub facet: Vec<String>,
    /// Bounds of the theory that are drawn beside what was measured.
    pub bounds: Vec<AskedBound>,
    /// How it looks.
    pub style: Style,
}

/// How a figure looks, beside what it shows. What is not given is left as it is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Style {
    /// The title; an empty one leaves out the sentence below it, too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The axes that are logarithmic: `x`, `y`, `xy`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log: Option<Log>,
    /// The size.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<Size>,
}

impl Style {
    /// This style where it says something, else the other.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self { title: self.title.or(other.title), log: self.log.or(other.log), size: self.size.or(other.size) }
    }
}

/// Which axes are logarithmic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "each is what it says")]
pub enum Log {
    X,
    Y,
    Xy,
}

impl Log {
    /// Whether the horizontal axis is.
    pub fn x(self) -> bool {
        matches!(self, Self::X | Self::Xy)
    }

    /// Whether the vertical axes are.
    pub fn y(self) -> bool {
        matches!(self, Self::Y | Self::Xy)
    }
}

/// A figure with its table, and what a person should know of it, one sentence each.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The figure and its table.
    pub plate: Plate,
    /// What is missing in it, or was chosen for want of a flag.
    pub remarks: Vec<String>,
    /// What was asked, in a line: two tables with the same line show the same of the same sources.
    pub asked: String,
}

/// Answers a query.
///
/// # Errors
/// [`crate::Error::Argument`] with the flag for a name that there is not, a condition that no cell meets, or a point on which several
/// cells fall; [`crate::Error::Absent`] for a quantity that no cell has; [`crate::Error::File`] for a store that cannot be read.
pub fn answer(sources: &[Source], query: &Query) -> Result<Answer> {
    let found = points::find(sources, query)?;
    let asked = found.asked.clone();
    let name = found.name.clone();
    let remarks = found.remarks.clone();
    let csv = table::of(&found).to_csv();
    let figure = figure(&Table::parse(&csv)?, &Style::default())?;
    Ok(Answer { plate: Plate { name, csv, figure }, remarks, asked })
}

/// What was asked for in a table that [`answer`] made; `None` of any other.
pub fn asked(table: &Table) -> Option<String> {
    fits(table).then(|| table::Head::read(table).ok().map(|head| head.asked)).flatten()
}
