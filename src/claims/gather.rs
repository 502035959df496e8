//! From results to weighed statements: every part is read once, whatever the number of statements that look at it.

use std::collections::BTreeSet;

use rayon::prelude::*;

use super::claim::{Source, Statement};
use super::evidence::Evidence;
use super::weigh::{Rule, Weighed, weigh};
use super::{Claim, Control, catalogue};
use crate::Result;
use crate::experiment::Results;
use crate::seed::Seed;
use crate::simulate::config::SeedConfig;
use crate::study::Profile;

/// What is weighed: no name, no expected verdict.
#[derive(Clone, Copy)]
pub struct Question {
    /// Where rows come from.
    pub sources: &'static [Source],
    /// How evidence is collected.
    pub statement: Statement,
    /// How it is weighed.
    pub rule: Rule,
}

impl Question {
    /// The parts of an experiment that it looks at; an empty name stands for all of them.
    fn parts(&self, experiment: &str) -> Vec<&'static str> {
        self.sources.iter().filter(|source| source.experiment == experiment).map(|source| source.part).collect()
    }
}

impl From<&Claim> for Question {
    fn from(claim: &Claim) -> Self {
        Self { sources: claim.sources, statement: claim.statement, rule: claim.rule }
    }
}

impl From<&Control> for Question {
    fn from(control: &Control) -> Self {
        Self { sources: control.sources, statement: control.statement, rule: control.rule }
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

/// Weighs every question on the results that there are; one whose experiments are not among them has no rows. (Stores are
/// lent exclusively because a database's connection is of one thread.)
///
/// # Errors
/// If a store cannot be read; what collecting or weighing returns.
pub fn answer(questions: &[Question], results: &mut [Results], seed: &Seed, profile: Profile) -> Result<Vec<Weighed>> {
    let mut evidence =
        questions.par_iter().map(|question| question.statement.construct(seed, profile)).collect::<Result<Vec<_>>>()?;
    for experiment in experiments(questions) {
        for results in results.iter_mut().filter(|results| results.study.definition.name == experiment) {
            // Questions that look at the same parts share their cells.
            let views: BTreeSet<Vec<&str>> =
                questions.iter().map(|question| question.parts(experiment)).filter(|view| !view.is_empty()).collect();
            for view in views {
                let mut cells = Vec::new();
                for part in &view {
                    cells.extend(results.cells(part)?);
                }
                let collect = |question: &Question| {
                    let asked = question.parts(experiment) == view;
                    asked.then(|| question.statement.collect(experiment, &cells)).transpose()
                };
                let collected: Vec<Result<Option<Evidence>>> = questions.par_iter().map(collect).collect();
                for (evidence, collected) in evidence.iter_mut().zip(collected) {
                    if let Some(more) = collected? {
                        evidence.extend(more);
                    }
                }
            }
        }
    }
    let decisions = catalogue::decisions();
    questions
        .par_iter()
        .zip(evidence)
        .map(|(question, evidence)| weigh(question.rule, &evidence, decisions, &seed.named("weigh", "bootstrap")))
        .collect()
}
