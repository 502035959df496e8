//! Claims on curves, and curves out of cells.

use crate::absent::{Absent, Why};
use crate::claims::{Claim, Control, Curve, CurvePoint, Level, Rule, Source, Statement};
use crate::experiment::CellRows;
use crate::metrics::named::Metric;
use crate::study::definition::Verdict;
use crate::{Error, Result};

/// A claim on curves, expected to hold.
pub(super) const fn curve(
    id: &'static str,
    says: &'static str,
    result: &'static str,
    sources: &'static [Source],
    draw: fn(&[CellRows]) -> Result<Vec<Curve>>,
    rule: Rule,
) -> Claim {
    Claim {
        id,
        says,
        level: Level::Shape,
        result,
        expected: Verdict::Holds,
        sources,
        statement: Statement::Curves(draw),
        rule,
        note: "",
        controls: &[],
    }
}

/// A false variant of one.
pub(super) const fn wrong_curve(
    id: &'static str,
    says: &'static str,
    sources: &'static [Source],
    draw: fn(&[CellRows]) -> Result<Vec<Curve>>,
    rule: Rule,
) -> Control {
    Control { id, says, sources, statement: Statement::Curves(draw), rule }
}

/// Cells in groups of equal label, in the order in which labels come.
pub(super) fn sorted_by<'a>(cells: &[&'a CellRows], key: &str) -> Vec<(String, Vec<&'a CellRows>)> {
    let mut groups: Vec<(String, Vec<&CellRows>)> = Vec::new();
    for &cell in cells {
        let label = cell.label(key);
        match groups.iter_mut().find(|(known, _)| *known == label) {
            Some((_, group)) => group.push(cell),
            None => groups.push((label, vec![cell])),
        }
    }
    groups
}

/// Curves, or, where there is none because a grid has one value of a key only, that reason; `alone` is a cell of it.
///
/// # Errors
/// [`Error::Absent`] with the key.
pub(super) fn one_value(curves: Vec<Curve>, key: &str, alone: Option<usize>) -> Result<Vec<Curve>> {
    match alone {
        Some(cell) if curves.is_empty() => Err(Error::Absent(Absent::of_grid(key, cell, Why::OneValue))),
        _ => Ok(curves),
    }
}

/// A quantity after t rounds against a number of the configuration; cells in which it is 0 in every replicate have no place on a
/// log axis and are left out.
pub(super) fn replicate_curve(label: String, cells: &[&CellRows], key: &str, of: Metric, t: usize) -> Result<Curve> {
    let mut points = Vec::new();
    for cell in cells {
        let values = cell.values(of, t)?;
        if values.iter().any(|value| *value > 0.0) {
            points.push(CurvePoint { cell: cell.cell.ordinal, x: cell.number(key)?, values });
        }
    }
    Ok(Curve { label, points, ..Curve::default() })
}

/// A quantity against t ≥ `first`, along one cell's trajectories, as long as its mean is above `least`.
pub(super) fn trajectory_curve(cell: &CellRows, label: String, of: Metric, first: usize, least: f64) -> Result<Curve> {
    let mut points = Vec::new();
    for t in first..=cell.rounds() {
        let values = cell.values(of, t)?;
        if values.iter().sum::<f64>() / values.len() as f64 <= least {
            break;
        }
        points.push(CurvePoint { cell: cell.cell.ordinal, x: t as f64, values });
    }
    Ok(Curve { label, points, ..Curve::default() })
}
