//! A store's figures, each with the table that it was drawn from.

use super::{Results, Table, generic};
use crate::Result;
use crate::plot::Figure;

/// A figure and the table beside it.
#[derive(Clone, Debug)]
pub struct Plate {
    /// The name of its files.
    pub name: String,
    /// The table, as CSV.
    pub csv: String,
    /// The figure, drawn from that text alone.
    pub figure: Figure,
}

impl Plate {
    /// Draws from what would be written, so that drawing again from the file gives the same figure.
    fn new(name: &str, table: &Table, figure: impl Fn(&Table) -> Result<Figure>) -> Result<Self> {
        let csv = table.to_csv();
        let figure = figure(&Table::parse(&csv)?)?;
        Ok(Self { name: name.to_owned(), csv, figure })
    }
}

/// All figures of a store, made one at a time: an experiment's own, or the one that fits any definition, under an experiment's
/// name too.
///
/// # Errors
/// Each as its experiment's table and figure say.
pub fn plates(results: &Results) -> Box<dyn Iterator<Item = Result<Plate>> + '_> {
    let name = results.study.definition.name.as_str();
    let recognised = match results.recognised() {
        Ok(recognised) => recognised,
        Err(error) => return Box::new(std::iter::once(Err(error))),
    };
    match recognised.built_in() {
        Some(experiment) => Box::new(experiment.drawings.iter().map(|drawing| {
            (drawing.table)(results).and_then(|table| Plate::new(drawing.name, &table, drawing.figure))
        })),
        None => Box::new(std::iter::once_with(move || {
            generic::table(results).and_then(|table| Plate::new(name, &table, |table| generic::figure(name, table)))
        })),
    }
}
