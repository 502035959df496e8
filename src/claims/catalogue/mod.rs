//! Every statement that has a row in the ledger, one file for each section of the theory.

mod companion;
mod complexity;
mod consequences;
mod curves;
mod estimation;
mod iterative;
mod one_step;
mod rates;
mod recurrence;
mod single_step;

use super::claim::{Claim, Control, Source, Statement};
use super::evidence::{Case, Comparison, Place};
use super::trial::Trial;
use super::weigh::Rule;
use crate::experiment::CellRows;
use crate::nearest::one_of;
use crate::seed::Seed;
use crate::simulate::Simulation;
use crate::study::Profile;
use crate::{Error, Result};

/// All claims, in the order of their numbers.
pub fn all() -> impl Iterator<Item = &'static Claim> {
    let mut claims: Vec<&Claim> = [
        one_step::CLAIMS,
        estimation::CLAIMS,
        single_step::CLAIMS,
        recurrence::CLAIMS,
        iterative::CLAIMS,
        rates::CLAIMS,
        consequences::CLAIMS,
        complexity::CLAIMS,
        companion::CLAIMS,
    ]
    .into_iter()
    .flatten()
    .collect();
    claims.sort_by_key(|claim| claim.number()[1..].parse::<u32>().unwrap_or(u32::MAX));
    claims.into_iter()
}

/// The claims that a person names: `C16` stands for all its parts, `C16.linear` for one.
pub fn named(name: &str) -> Vec<&'static Claim> {
    all().filter(|claim| claim.id == name || claim.number() == name).collect()
}

/// What is said of a name that no claim has.
pub fn unknown(name: &str) -> Error {
    let parts: Vec<&str> = named(name).into_iter().map(|claim| claim.id).collect();
    if !parts.is_empty() {
        return Error::argument("CLAIM", name, format!("one of its parts: {}", parts.join(", ")));
    }
    let ids: Vec<&str> = all().map(|claim| claim.id).collect();
    Error::argument("CLAIM", name, one_of(name, &ids))
}

/// The number of statistical decisions among all claims: what the joint level is shared among.
pub fn decisions() -> usize {
    all().filter(|claim| claim.rule != Rule::Always).count()
}

/// Rows with the quantities of the proof chain: random instances, awkward ones among them.
const AUDIT: &[Source] = &[Source { experiment: "proof_audit", part: "" }];

/// A false variant that is refuted on the rows of the proof audit.
const fn control(id: &'static str, says: &'static str, judge: fn(&Trial<'_>) -> Result<Option<Case>>) -> Control {
    Control { id, says, sources: AUDIT, statement: Statement::Replicates(judge), rule: Rule::Always }
}

/// A false variant that is refuted on constructed laws or on the algebra itself.
const fn constructed(id: &'static str, says: &'static str, make: fn(&Seed, Profile) -> Result<Vec<Case>>) -> Control {
    Control { id, says, sources: &[], statement: Statement::Constructed(make), rule: Rule::Always }
}

/// One case from the steps of a replicate: a step at which the hypothesis fails is left out, and a replicate all of whose steps
/// are left out does not apply. Of a step at which a quantity is not there nothing is known. An empty `name` stands for no
/// hypothesis.
fn step_by_step(
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
fn cell_by_cell(cells: &[CellRows], mut judge: impl FnMut(&CellRows) -> Result<Case>) -> Result<Vec<Case>> {
    let case = |cell: &CellRows| match judge(cell) {
        Err(Error::Absent(absent)) => Ok(Case { absent: vec![absent], ..of_cell(cell) }),
        Err(error) => Err(error.at(format!("cell {}", cell.cell.ordinal))),
        case => case,
    };
    cells.iter().map(case).collect()
}

/// A case that stands for a cell's replicates.
fn of_cell(cell: &CellRows) -> Case {
    let place = Place { cell: cell.cell.ordinal, size: cell.cell.ordinal, ..Place::default() };
    Case { place, replicates: cell.replicates.len(), ..Case::default() }
}

/// A number that follows from a configuration.
fn derived(simulation: &Simulation, name: &str) -> Result<f64> {
    let number = simulation.derived(name);
    let none = || Error::argument(name, "none", "a number that follows from this configuration");
    if number.is_nan() { Err(none()) } else { Ok(number) }
}

/// One case that holds one comparison, for constructed statements.
fn single(comparison: Comparison) -> Case {
    Case { comparisons: vec![comparison], ..Case::default() }
}
