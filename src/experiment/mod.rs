//! Experiments: a definition, and figures that are drawn from tables of what was measured.
//!
//! A [`Drawing`] makes a table out of a store and a figure out of that table alone: the CSV beside a figure is all that is
//! needed to draw it again.

mod cell_rows;
mod finding;
pub mod generic;
pub mod greedy_trap;
pub mod hard_instance;
pub mod real_features;
mod results;
pub mod single_step;
mod table;

pub use cell_rows::CellRows;
pub use finding::{Finding, Findings};
pub use results::{Columns, Lens, Results, Theory};
pub use table::{Line, Table};

use crate::Result;
use crate::plot::Figure;
use crate::study::Definition;

/// Names and values.
pub type Named = Vec<(&'static str, f64)>;

/// One experiment.
#[derive(Clone, Copy, Debug)]
pub struct Experiment {
    /// Its name: that of its definition.
    pub name: &'static str,
    /// What it shows, in a line.
    pub about: &'static str,
    /// Its definition, as TOML.
    pub definition: &'static str,
    /// The phenomena that it is there to show.
    pub findings: Findings,
    /// Its figures.
    pub drawings: &'static [Drawing],
}

/// One figure of an experiment.
#[derive(Clone, Copy, Debug)]
pub struct Drawing {
    /// The name of its files: the experiment's, or the experiment's and a word of its own.
    pub name: &'static str,
    /// The table that it is drawn from.
    pub table: fn(&Results) -> Result<Table>,
    /// The figure, drawn from the table alone.
    pub figure: fn(&Table) -> Result<Figure>,
}

/// All experiments, in the order in which they are shown.
pub const ALL: &[&Experiment] =
    &[&real_features::EXPERIMENT, &hard_instance::EXPERIMENT, &single_step::EXPERIMENT, &greedy_trap::EXPERIMENT];

/// The experiment of a name.
pub fn find(name: &str) -> Option<&'static Experiment> {
    ALL.iter().copied().find(|experiment| experiment.name == name)
}

/// The drawing whose files have this name.
pub fn drawing(name: &str) -> Option<&'static Drawing> {
    ALL.iter().flat_map(|experiment| experiment.drawings).find(|drawing| drawing.name == name)
}

impl Experiment {
    /// Its definition, read.
    ///
    /// # Errors
    /// [`crate::Error::Argument`] if it is not sound.
    pub fn definition(&self) -> Result<Definition> {
        Definition::parse(self.definition)
    }
}
