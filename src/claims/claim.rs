//! A claim: a statement, where its evidence comes from, the rule that weighs it, and false variants of it.

use std::sync::Arc;

use serde::Serialize;

use super::evidence::{Case, Curve, Evidence, Place, Ratio, Replay};
use super::trial::{Trial, Trials};
use super::weigh::Rule;
use crate::experiment::CellRows;
use crate::seed::Seed;
use crate::study::Profile;
use crate::study::definition::Verdict;
use crate::{Error, Result};

/// How strong a statement is (theory, section 3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Must hold on every run, to rounding.
    Exact,
    /// Holds with probability ≥ 1 − ρ, with explicit constants.
    Explicit,
    /// Holds up to one constant, or is a rate or a decay.
    Shape,
}

/// One part of an experiment's definition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Source {
    /// The experiment.
    pub experiment: &'static str,
    /// The part; empty for all.
    pub part: &'static str,
}

/// What a replicate says about a statement; `None` where it has nothing to say.
pub type Judge = fn(&Trial<'_>) -> Result<Option<Case>>;

/// How evidence is collected.
#[derive(Clone, Copy)]
pub enum Statement {
    /// From each replicate on its own; `None` where it has nothing to say.
    Replicates(Judge),
    /// From the cells of a part together: what is said of expectations, or of two cells. The tolerance of such a comparison is a
    /// stated number of standard errors.
    Cells(fn(&[CellRows]) -> Result<Vec<Case>>),
    /// From the cells of a part, as curves.
    Curves(fn(&[CellRows]) -> Result<Vec<Curve>>),
    /// From the cells of a part, as means beside a shape.
    Ratios(fn(&[CellRows]) -> Result<Vec<Ratio>>),
    /// From constructed laws or the algebra itself; no rows.
    Constructed(fn(&Seed, Profile) -> Result<Vec<Case>>),
}

/// A claim of the ledger.
pub struct Claim {
    /// Its number, with a small letter or a name after a dot for a part, a name for a printed form or a hidden step.
    pub id: &'static str,
    /// What it says.
    pub says: &'static str,
    /// How strong it is.
    pub level: Level,
    /// The paper's statement that it comes from.
    pub result: &'static str,
    /// What it is expected to come out as, from the theory.
    pub expected: Verdict,
    /// Where the rows come from; empty for a constructed statement.
    pub sources: &'static [Source],
    /// How evidence is collected from them.
    pub statement: Statement,
    /// How it is weighed.
    pub rule: Rule,
    /// Something a reader of the verdict should know.
    pub note: &'static str,
    /// False variants: each must come out violated.
    pub controls: &'static [Control],
}

/// A plausible false variant of a claim.
pub struct Control {
    /// The claim's id, a dot, and a name.
    pub id: &'static str,
    /// What it says, falsely.
    pub says: &'static str,
    /// Where its rows come from; those of the claim, or none for a constructed law.
    pub sources: &'static [Source],
    /// How evidence is collected.
    pub statement: Statement,
    /// How it is weighed.
    pub rule: Rule,
}

impl Control {
    /// A false variant that is refuted replicate by replicate, case by case.
    pub const fn replicates(id: &'static str, says: &'static str, sources: &'static [Source], judge: Judge) -> Self {
        Self { id, says, sources, statement: Statement::Replicates(judge), rule: Rule::Always }
    }

    /// A false variant that is refuted on the cells of a part together, case by case.
    pub const fn cells(
        id: &'static str,
        says: &'static str,
        sources: &'static [Source],
        judge: fn(&[CellRows]) -> Result<Vec<Case>>,
    ) -> Self {
        Self { id, says, sources, statement: Statement::Cells(judge), rule: Rule::Always }
    }

    /// A false variant that is refuted on constructed laws or on the algebra itself, case by case.
    pub const fn constructed(
        id: &'static str,
        says: &'static str,
        make: fn(&Seed, Profile) -> Result<Vec<Case>>,
    ) -> Self {
        Self { id, says, sources: &[], statement: Statement::Constructed(make), rule: Rule::Always }
    }
}

impl Statement {
    /// Evidence of the right kind, without any in it.
    pub fn nothing(&self) -> Evidence {
        match self {
            Self::Replicates(_) | Self::Cells(_) | Self::Constructed(_) => Evidence::Cases(Vec::new()),
            Self::Curves(_) => Evidence::Curves(Vec::new()),
            Self::Ratios(_) => Evidence::Ratios(Vec::new()),
        }
    }

    /// Collects from the cells of a part. A constructed statement has nothing to collect there.
    ///
    /// # Errors
    /// [`Error::Absent`] for curves and ratios that a quantity is missing of (of a replicate or cell without it nothing is known, which
    /// the case says); else whatever the statement's own function returns, with the cell.
    pub fn collect(&self, experiment: &str, cells: &[CellRows]) -> Result<Evidence> {
        let experiment: Arc<str> = experiment.into();
        match self {
            Self::Replicates(judge) => {
                let mut cases = Vec::new();
                for rows in cells {
                    let trials = Trials::of(rows).map_err(|error| error.at(format!("cell {}", rows.cell.ordinal)))?;
                    cases.extend(judged_each(*judge, &experiment, &trials)?);
                }
                Ok(Evidence::Cases(cases))
            }
            Self::Cells(judge) => {
                let mut cases = judge(cells)?;
                cases.iter_mut().for_each(|case| case.place.experiment = Arc::clone(&experiment));
                Ok(Evidence::Cases(cases))
            }
            Self::Curves(draw) => {
                let mut curves = draw(cells)?;
                curves.iter_mut().for_each(|curve| curve.experiment = Arc::clone(&experiment));
                Ok(Evidence::Curves(curves))
            }
            Self::Ratios(relate) => relate(cells).map(Evidence::Ratios),
            Self::Constructed(_) => Ok(Evidence::Cases(Vec::new())),
        }
    }

    /// Constructs evidence that needs no rows, from the streams of the claim or control of this id below the seed of what is weighed.
    ///
    /// # Errors
    /// Whatever the statement's own function returns.
    pub fn construct(&self, id: &str, seed: &Seed, profile: Profile) -> Result<Evidence> {
        match self {
            Self::Constructed(make) => {
                let mut cases = make(&laws(id, seed), profile)?;
                for (number, case) in cases.iter_mut().enumerate() {
                    case.place.cell = number;
                }
                Ok(Evidence::Cases(cases))
            }
            other => Ok(other.nothing()),
        }
    }

    /// What replays a constructed case; `None` for one that is no run of the process but a law or algebra.
    ///
    /// # Errors
    /// As [`Statement::construct`].
    pub fn replay(&self, id: &str, place: &Place, seed: &Seed, profile: Profile) -> Result<Option<Arc<Replay>>> {
        match self {
            Self::Constructed(make) => {
                Ok(make(&laws(id, seed), profile)?.into_iter().nth(place.cell).and_then(|case| case.replay))
            }
            _ => Ok(None),
        }
    }
}

/// The seed of a statement's constructed laws: it follows from the id, so that neither another claim nor its place among them moves
/// what is drawn.
fn laws(id: &str, seed: &Seed) -> Seed {
    seed.named("claim", id)
}

/// What the replicates of a cell say about a statement, each with its place.
///
/// # Errors
/// Whatever the statement's own function returns, with the cell and the replicate.
pub(super) fn judged_each(judge: Judge, experiment: &Arc<str>, trials: &Trials<'_>) -> Result<Vec<Case>> {
    let mut cases = Vec::new();
    let cell = trials.rows.cell.ordinal;
    for trial in trials.each() {
        let replicate = trials.rows.numbers[trial.replicate];
        let place = || format!("cell {cell}, replicate {replicate}");
        let said = judged(judge, &trial).map_err(|error| error.at(place()))?;
        cases.extend(said.map(|case| {
            let (experiment, size) = (Arc::clone(experiment), case.place.size);
            Case { place: Place { experiment, cell, replicate, size }, ..case }
        }));
    }
    Ok(cases)
}

/// What a replicate says about a statement; of one in which a quantity is not there nothing is known.
///
/// # Errors
/// Whatever the statement's own function returns, but for [`Error::Absent`].
pub(super) fn judged(judge: Judge, trial: &Trial<'_>) -> Result<Option<Case>> {
    match judge(trial) {
        Err(Error::Absent(absent)) => Ok(Some(Case::unknown(absent))),
        said => said,
    }
}

impl Claim {
    /// A statement without a constant left open, expected to hold, weighed case by case to rounding.
    pub const fn exact(
        id: &'static str,
        says: &'static str,
        result: &'static str,
        sources: &'static [Source],
        statement: Statement,
        controls: &'static [Control],
    ) -> Self {
        let (level, expected, rule) = (Level::Exact, Verdict::Holds, Rule::Always);
        Self { id, says, level, result, expected, sources, statement, rule, note: "", controls }
    }

    /// Its number: `C16` for `C16.linear`.
    pub fn number(&self) -> &'static str {
        self.id.split('.').next().unwrap_or(self.id)
    }

    /// Its number without a small letter that tells parts of one result apart: `M6` for `M6a`, `C16` for `C16.linear`.
    pub fn family(&self) -> &'static str {
        self.number().trim_end_matches(|character: char| character.is_ascii_lowercase())
    }

    /// Its letters: `C` for `C16.linear`.
    pub fn letter(&self) -> &'static str {
        self.family().trim_end_matches(|character: char| character.is_ascii_digit())
    }
}
