//! Cases that statements have in common: round by round, cell by cell, of one comparison.

use super::evidence::{Case, Comparison, Place};
use super::trial::Trial;
use crate::experiment::CellRows;
use crate::simulate::Simulation;
use crate::study::cell::canonical;
use crate::{Error, Result};

/// One case from the steps of a replicate: a step at which the hypothesis fails is left out, and a replicate all of whose steps
/// are left out does not apply. Of a step at which a quantity is not there nothing is known. An empty `name` stands for no
/// hypothesis.
pub fn step_by_step(
    trial: &Trial<'_>,
    name: &'static str,
    hypothesis: impl Fn(usize) -> Result<bool>,
    compare: impl Fn(usize) -> Result<Vec<Comparison>>,
) -> Result<Option<Case>> {
    let mut case = Case::default();
    let mut applies = false;
    let mut step = |t: usize| -> Result<Vec<Comparison>> {
        let met = hypothesis(t)?;
        applies |= met;
        if met { compare(t) } else { Ok(Vec::new()) }
    };
    for t in 0..trial.rounds() {
        match step(t) {
            Ok(comparisons) => case.comparisons.extend(comparisons),
            Err(Error::Absent(absent)) => case.absent.push(absent),
            Err(error) => return Err(error),
        }
    }
    // Whether the hypothesis fails everywhere is not known where it could not be looked at.
    if !name.is_empty() && (applies || case.absent.is_empty()) {
        case.assumptions.push((name, applies));
    }
    case.place.size = trial.size();
    Ok(Some(case))
}

/// One case for each cell; of a cell in which a quantity is not there nothing is known.
pub fn cell_by_cell(cells: &[CellRows], mut judge: impl FnMut(&CellRows) -> Result<Case>) -> Result<Vec<Case>> {
    let case = |cell: &CellRows| match judge(cell) {
        Err(Error::Absent(absent)) => Ok(Case { absent: vec![absent], ..of_cell(cell) }),
        Err(error) => Err(error.at(format!("cell {}", cell.cell.ordinal))),
        case => case,
    };
    cells.iter().map(case).collect()
}

/// What tells a cell from others but for these keys, or keys within them: cells with the same text differ along these axes alone.
///
/// What is measured, the seed and the number of replicates tell no cells apart, nor does the part.
pub fn apart_from(cell: &CellRows, axes: &[&str]) -> String {
    let within = |line: &str, key: &str| {
        let rest = line.strip_prefix(key).unwrap_or("?");
        rest.starts_with(' ') || rest.starts_with('.')
    };
    let text = canonical("", &cell.cell.config);
    let lines = text.lines().filter(|line| !axes.iter().chain(&["part", "measure"]).any(|key| within(line, key)));
    lines.collect::<Vec<_>>().join("\n")
}

/// Cells that differ along these axes alone, in the order in which they come.
pub fn grouped<'a>(cells: impl IntoIterator<Item = &'a CellRows>, axes: &[&str]) -> Vec<Vec<&'a CellRows>> {
    let mut groups: Vec<(String, Vec<&CellRows>)> = Vec::new();
    for cell in cells {
        let kind = apart_from(cell, axes);
        match groups.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, group)) => group.push(cell),
            None => groups.push((kind, vec![cell])),
        }
    }
    groups.into_iter().map(|(_, group)| group).collect()
}

/// A case that stands for a cell's replicates.
pub fn of_cell(cell: &CellRows) -> Case {
    let place = Place { cell: cell.cell.ordinal, size: cell.cell.ordinal, ..Place::default() };
    Case { place, replicates: cell.replicates.len(), ..Case::default() }
}

/// A number that follows from a configuration.
pub fn derived(simulation: &Simulation, name: &str) -> Result<f64> {
    let number = simulation.derived(name);
    let none = || Error::argument(name, "none", "a number that follows from this configuration");
    if number.is_nan() { Err(none()) } else { Ok(number) }
}

/// One case that holds one comparison, for constructed statements.
pub fn single(comparison: Comparison) -> Case {
    Case { comparisons: vec![comparison], ..Case::default() }
}
