//! From results to weighed statements: every part is read once, whatever the number of statements that look at it.

use std::collections::BTreeSet;
use std::fmt;
use std::panic::AssertUnwindSafe;

use rayon::prelude::*;

use super::claim::{Source, Statement};
use super::evidence::Evidence;
use super::weigh::{Rule, Unknown, Weighed, weigh};
use super::{Claim, Control, Level};
use crate::absent::Absent;
use crate::experiment::{CellRows, Results};
use crate::seed::Seed;
use crate::simulate::config::SeedConfig;
use crate::study::Profile;
use crate::{Error, Result};

/// What is asked of rows. Collecting looks at the id, weighing at the rule and the level alone; neither knows what is expected.
#[derive(Clone, Copy)]
pub struct Question {
    /// The claim's or control's id: its constructed laws are drawn from streams of their own.
    pub id: &'static str,
    /// Where rows come from.
    pub sources: &'static [Source],
    /// How evidence is collected.
    pub statement: Statement,
    /// How it is weighed.
    pub rule: Rule,
    /// How strong the claim is: an exact one, or a false variant of such, rests on no standard error of a few replicates.
    pub level: Level,
    /// The number of statistical decisions that the joint level is shared among: those of its paper.
    pub decisions: usize,
}

impl Question {
    /// Of a claim, in a paper with so many statistical decisions.
    pub fn of_claim(claim: &Claim, decisions: usize) -> Self {
        let Claim { id, sources, statement, rule, level, .. } = *claim;
        Self { id, sources, statement, rule, level, decisions }
    }

    /// Of a control of a claim, in a paper with so many statistical decisions.
    pub fn of_control(control: &Control, level: Level, decisions: usize) -> Self {
        let Control { id, sources, statement, rule, .. } = *control;
        Self { id, sources, statement, rule, level, decisions }
    }

    /// The parts of an experiment that it looks at; an empty name stands for all of them.
    fn parts(&self, experiment: &str) -> Vec<&'static str> {
        self.sources.iter().filter(|source| source.experiment == experiment).map(|source| source.part).collect()
    }
}

/// The experiments that questions need, sorted by name.
pub fn experiments(questions: &[Question]) -> Vec<&'static str> {
    let names: BTreeSet<&str> =
        questions.iter().flat_map(|question| question.sources).map(|source| source.experiment).collect();
    names.into_iter().collect()
}

/// The parts of an experiment that questions look at; none stands for all of them.
pub fn parts(questions: &[Question], experiment: &str) -> Vec<&'static str> {
    let sources =
        || questions.iter().flat_map(|question| question.sources).filter(|source| source.experiment == experiment);
    if sources().any(|source| source.part.is_empty()) {
        return Vec::new();
    }
    let names: BTreeSet<&str> = sources().map(|source| source.part).collect();
    names.into_iter().collect()
}

/// The seed of what is drawn while weighing, from the root seed.
///
/// # Errors
/// [`crate::Error::Argument`] for a text that is no seed.
pub fn weighing_seed(root: &SeedConfig) -> Result<Seed> {
    root.resolve().map(|seed| seed.named("claims", "weigh"))
}

/// What was gathered for one question. What goes wrong with one question is its own outcome, and no other's.
pub struct Gathered {
    pub(super) question: Question,
    pub(super) evidence: Evidence,
    /// Quantities without which nothing could be collected from some rows.
    absent: Vec<Absent>,
    /// What a statement could not be asked of, and why: of rows that were not made for it.
    pub(super) aside: Vec<String>,
    /// What broke off.
    errors: Vec<String>,
    /// What the machine failed to do, if it did: no outcome of the question.
    obstacle: Option<Error>,
}

impl Gathered {
    /// Nothing yet.
    pub(super) fn nothing(question: Question) -> Self {
        Self {
            question,
            evidence: question.statement.nothing(),
            absent: Vec::new(),
            aside: Vec::new(),
            errors: Vec::new(),
            obstacle: None,
        }
    }

    /// What needs no rows.
    pub fn constructed(question: Question, seed: &Seed, profile: Profile) -> Self {
        let mut gathered = Self::nothing(question);
        gathered.add("", || question.statement.construct(question.id, seed, profile));
        gathered
    }

    /// Adds what the cells of an experiment say; `store` is where they come from, for whoever looks into what went wrong.
    pub fn look(&mut self, experiment: &str, store: &str, cells: &[CellRows]) {
        let statement = self.question.statement;
        self.add(store, || statement.collect(experiment, cells));
    }

    /// Notes that rows could not be read.
    pub(super) fn unreadable(&mut self, error: &Error) {
        self.errors.push(error.to_string());
    }

    fn add(&mut self, store: &str, collect: impl FnOnce() -> Result<Evidence>) {
        match self.attempt(store, collect) {
            Some(Ok(more)) => self.evidence.extend(more),
            Some(Err(error)) => self.broke_off(store, &error),
            None => {}
        }
    }

    /// What was collected, or the error that says why not; nothing where that is noted already.
    pub(super) fn attempt(
        &mut self,
        store: &str,
        collect: impl FnOnce() -> Result<Evidence>,
    ) -> Option<Result<Evidence>> {
        match whole(collect) {
            Ok(Err(Error::Absent(absent))) => self.absent.push(absent),
            Ok(Err(error)) if error.is_of_machine() => self.obstacle = Some(error),
            Ok(outcome) => return Some(outcome),
            Err(panic) => self.errors.push(format!("{}{panic}", at(store))),
        }
        None
    }

    /// Notes what broke off.
    pub(super) fn broke_off(&mut self, store: &str, error: &Error) {
        self.errors.push(format!("{}{error}", at(store)));
    }

    /// Weighs it.
    pub fn weigh(self, seed: &Seed) -> Weighed {
        if !self.errors.is_empty() {
            return Weighed::broken(self.errors.join("; "));
        }
        let Question { rule, decisions, .. } = self.question;
        let weighed = whole(|| weigh(rule, &self.evidence, decisions, &seed.named("weigh", "bootstrap")));
        match weighed {
            Ok(Ok(weighed)) => weighed.withholding(Unknown::lacking(&self.absent).some()),
            Ok(Err(error)) => Weighed::broken(error.to_string()),
            Err(panic) => Weighed::broken(panic),
        }
    }
}

impl fmt::Debug for Gathered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { evidence, absent, errors, .. } = self;
        f.debug_struct("Gathered")
            .field("evidence", evidence)
            .field("absent", absent)
            .field("errors", errors)
            .finish_non_exhaustive()
    }
}

/// The store, before what is said of it.
fn at(store: &str) -> String {
    if store.is_empty() { String::new() } else { format!("{store}: ") }
}

/// What a function gives, or the text of the panic that ended it: a mistake in one claim must not take the others' rows away.
fn whole<T>(work: impl FnOnce() -> T) -> std::result::Result<T, String> {
    std::panic::catch_unwind(AssertUnwindSafe(work)).map_err(|panic| {
        let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
        let text = text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default();
        format!("it panicked, which is a mistake in selfreward: {text}")
    })
}

/// Weighs every question on the results that there are; one whose experiments are not among them has no rows. (Stores are
/// lent exclusively because a database's connection is of one thread.)
///
/// # Errors
/// [`Error::Memory`] and [`Error::Machine`] alone, which say nothing of any claim: all else that goes wrong with a question is its
/// outcome ([`Weighed::error`]).
pub fn answer(questions: &[Question], results: &mut [Results], seed: &Seed, profile: Profile) -> Result<Vec<Weighed>> {
    let mut gathered: Vec<Gathered> =
        questions.par_iter().map(|&question| Gathered::constructed(question, seed, profile)).collect();
    for experiment in experiments(questions) {
        for results in results.iter_mut().filter(|results| results.study.definition.name == experiment) {
            // Questions that look at the same parts share their cells.
            let views: BTreeSet<Vec<&str>> =
                questions.iter().map(|question| question.parts(experiment)).filter(|view| !view.is_empty()).collect();
            let store = results.store.path().display().to_string();
            for view in views {
                let parts = view.iter().map(|part| results.cells(part)).collect::<Result<Vec<_>>>();
                let parts = refuse_machine(parts)?;
                let cells: Result<Vec<CellRows>> = parts.map(|parts| parts.into_iter().flatten().collect());
                let looking = gathered.par_iter_mut().filter(|one| one.question.parts(experiment) == view);
                looking.for_each(|one| match &cells {
                    Ok(cells) => one.look(experiment, &store, cells),
                    Err(error) => one.unreadable(error),
                });
            }
        }
    }
    refuse_obstacles(&mut gathered)?;
    Ok(gathered.into_par_iter().map(|one| one.weigh(seed)).collect())
}

/// Takes what the machine failed to do out of what was gathered.
pub(super) fn refuse_obstacles(gathered: &mut [Gathered]) -> Result<()> {
    gathered.iter_mut().find_map(|one| one.obstacle.take()).map_or(Ok(()), Err)
}

/// Takes a failure of the machine out of a result: it is no outcome.
pub(super) fn refuse_machine<T>(result: Result<T>) -> Result<Result<T>> {
    match result {
        Err(error) if error.is_of_machine() => Err(error),
        other => Ok(other),
    }
}
