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
use super::evidence::{Case, Comparison};
use super::trial::Trial;
use super::weigh::Rule;
use crate::nearest::one_of;
use crate::seed::Seed;
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
/// are left out does not apply. An empty `name` stands for no hypothesis.
fn step_by_step(
    trial: &Trial<'_>,
    name: &'static str,
    hypothesis: impl Fn(usize) -> bool,
    compare: impl Fn(usize) -> Result<Vec<Comparison>>,
) -> Result<Option<Case>> {
    let mut case = Case::default();
    let applying: Vec<usize> = (0..trial.rounds()).filter(|&t| hypothesis(t)).collect();
    if !name.is_empty() {
        case.assumptions.push((name, !applying.is_empty()));
    }
    for t in applying {
        case.comparisons.extend(compare(t)?);
    }
    case.place.size = trial.size();
    Ok(Some(case))
}

/// One case that holds one comparison, for constructed statements.
fn single(comparison: Comparison) -> Case {
    Case { comparisons: vec![comparison], ..Case::default() }
}
