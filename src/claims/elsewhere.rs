//! Claims on rows that were not made for them: part by part of a definition of someone's own, and within a part only along what their
//! own rows vary along.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use rayon::prelude::*;

use super::claim::{Level, Source, Statement, judged_each};
use super::evidence::{Case, Curve, Evidence, Extent};
use super::gather::{Gathered, Question, refuse_machine, refuse_obstacles};
use super::trial::Trials;
use super::weigh::{Rule, Weighed};
use crate::experiment::{self, CellRows, Results};
use crate::seed::Seed;
use crate::study::Profile;
use crate::study::definition::Verdict;
use crate::words::counted;
use crate::{Error, Result};

/// Replicates of a cell from which on six standard errors of their mean, estimated from them, are passed by chance as seldom as is meant
/// (Student's t with 19 degrees of freedom: once in 10^5). A single one has no such error, and whoever compares knows that.
const ENOUGH: usize = 20;
/// Reasons that are named; of further ones it is said how many there are.
const NAMED: usize = 3;

/// Weighs every question on every part of a store. Constructed statements look at no rows, and are not for this.
///
/// # Errors
/// [`Error::Memory`] and [`Error::Machine`] alone: all else is the outcome of a question.
pub(super) fn answer_by_part(questions: &[Question], results: &Results, seed: &Seed) -> Result<Vec<Weighed>> {
    let known = varied(questions)?;
    let (name, path) = (&results.study.definition.name, results.store.path().display().to_string());
    let mut gathered: Vec<Gathered> = questions.iter().map(|&question| Gathered::nothing(question)).collect();
    for part in &results.study.definition.parts {
        let mut cells = match refuse_machine(results.cells(&part.name))? {
            Ok(cells) => cells,
            Err(error) => {
                gathered.iter_mut().for_each(|one| one.unreadable(&error));
                continue;
            }
        };
        look_at_replicates(&mut gathered, name, &path, &cells);
        let keys: Vec<&str> = part.grid(results.study.profile).axes().map(|axis| axis.key.as_str()).collect();
        let of = |one: &Gathered| foreign(&keys, &one.question, &known);
        // Questions to which the same keys are foreign share an order of the cells.
        for keys in gathered.iter().map(of).collect::<BTreeSet<_>>() {
            let slices = slices(&mut cells, &keys);
            let looking = gathered.par_iter_mut().filter(|one| of(one) == keys);
            looking.for_each(|one| one.look_elsewhere(name, &path, &cells, &slices));
        }
    }
    refuse_obstacles(&mut gathered)?;
    Ok(gathered.into_par_iter().map(|one| one.weigh_elsewhere(seed)).collect())
}

/// The keys that vary in each part that questions were written for.
type Varied = BTreeMap<(&'static str, &'static str), BTreeSet<String>>;

fn varied(questions: &[Question]) -> Result<Varied> {
    let mut varied = Varied::new();
    for source in questions.iter().flat_map(|question| question.sources) {
        let place = (source.experiment, source.part);
        if varied.contains_key(&place) {
            continue;
        }
        let Some(experiment) = experiment::find(source.experiment) else { continue };
        let parts = experiment.definition()?.parts;
        let parts = parts.iter().filter(|part| source.part.is_empty() || part.name == source.part);
        let keys = parts.flat_map(|part| part.grid(Profile::Full).axes().map(|axis| axis.key.clone()));
        varied.insert(place, keys.collect());
    }
    Ok(varied)
}

/// The keys of a grid that never vary in the rows that a question was written for: whatever compares cells there knows nothing of them.
fn foreign<'a>(keys: &[&'a str], question: &Question, varied: &Varied) -> Vec<&'a str> {
    let knows = |key: &str| {
        let of = |source: &Source| varied.get(&(source.experiment, source.part)).is_some_and(|keys| keys.contains(key));
        question.sources.iter().any(of)
    };
    keys.iter().copied().filter(|key| !knows(key)).collect()
}

/// Cells that follow each other, with what they share, in words.
struct Slice {
    name: String,
    cells: Range<usize>,
}

/// Groups the cells of a part by their values of these keys; within a group, and by their first cells, they stay in their order.
fn slices(cells: &mut [CellRows], keys: &[&str]) -> Vec<Slice> {
    cells.sort_by_key(|cell| cell.cell.ordinal);
    let name = |cell: &CellRows| -> String {
        let values: String = keys.iter().map(|key| format!(", {key} = {}", cell.label(key))).collect();
        format!("part {}{values}", cell.cell.part)
    };
    let mut firsts: BTreeMap<String, usize> = BTreeMap::new();
    for cell in cells.iter() {
        firsts.entry(name(cell)).or_insert(cell.cell.ordinal);
    }
    cells.sort_by_cached_key(|cell| (firsts[&name(cell)], cell.cell.ordinal));
    let mut slices: Vec<Slice> = Vec::new();
    for (place, cell) in cells.iter().enumerate() {
        let name = name(cell);
        match slices.last_mut().filter(|slice| slice.name == name) {
            Some(slice) => slice.cells.end = place + 1,
            None => slices.push(Slice { name, cells: place..place + 1 }),
        }
    }
    slices
}

/// Has all questions look at the replicates of a part, cell by cell: an instance that is read from a file is read once for all of them.
fn look_at_replicates(gathered: &mut [Gathered], experiment: &str, store: &str, cells: &[CellRows]) {
    let experiment: Arc<str> = experiment.into();
    for cell in cells {
        let name = format!("part {}", cell.cell.part);
        let trials = Trials::of(cell);
        gathered.par_iter_mut().for_each(|one| {
            let Statement::Replicates(judge) = one.question.statement else { return };
            match &trials {
                Err(error) => one.broke_off(store, error),
                Ok(trials) => {
                    let said = one.attempt(store, || judged_each(judge, &experiment, trials).map(Evidence::Cases));
                    one.take(store, &name, said);
                }
            }
        });
    }
}

impl Gathered {
    /// Adds what was collected, or why nothing was.
    fn take(&mut self, store: &str, name: &str, said: Option<Result<Evidence>>) {
        match said {
            None => {}
            Some(Ok(more)) => self.evidence.extend(more),
            Some(Err(error)) if is_of_configuration(&error) => self.set_aside(name, without_place(&error)),
            Some(Err(error)) => self.broke_off(store, &error),
        }
    }

    /// Adds what the cells of a part say together.
    fn look_elsewhere(&mut self, experiment: &str, store: &str, cells: &[CellRows], slices: &[Slice]) {
        match self.question.statement {
            // Replicates are judged one by one, whatever else there is.
            Statement::Constructed(_) | Statement::Replicates(_) => {}
            Statement::Cells(_) | Statement::Curves(_) | Statement::Ratios(_) => {
                for slice in slices {
                    self.ask(experiment, store, slice.name.clone(), &cells[slice.cells.clone()]);
                }
            }
        }
    }

    /// Adds what cells say that a statement may compare with each other, or why they say nothing.
    fn ask(&mut self, experiment: &str, store: &str, name: String, cells: &[CellRows]) {
        let Question { statement, rule, level, .. } = self.question;
        let fewest = cells.iter().map(|cell| cell.replicates.len()).min().unwrap_or(0);
        match self.attempt(store, || statement.collect(experiment, cells)) {
            Some(Ok(Evidence::Cases(cases)))
                if level != Level::Exact
                    && (2..ENOUGH).contains(&fewest)
                    && cases.iter().any(|case| !case.comparisons.is_empty()) =>
            {
                let few = format!("the error of a mean of {fewest} replicates is not known");
                self.set_aside(&name, format!("{few}: {ENOUGH} `replicates` are needed"));
            }
            Some(Ok(Evidence::Curves(curves))) => match too_short(&curves, rule, cells) {
                Some(why) => self.set_aside(&name, why),
                None => {
                    let label = |curve: Curve| Curve { label: format!("{} ({name})", curve.label), ..curve };
                    self.evidence.extend(Evidence::Curves(curves.into_iter().map(label).collect()));
                }
            },
            said => self.take(store, &name, said),
        }
    }

    fn set_aside(&mut self, name: &str, why: String) {
        self.aside.push(format!("{name}: {why}"));
    }

    /// Weighs it. What could not be weighed for want of rows is not applicable, and says what it lacks.
    fn weigh_elsewhere(self, seed: &Seed) -> Weighed {
        let (sources, aside) = (self.question.sources, self.aside.clone());
        let constant = match &self.evidence {
            Evidence::Ratios(ratios) => ratios.windows(2).all(|two| two[0].axes.samples == two[1].axes.samples),
            Evidence::Cases(_) | Evidence::Curves(_) => false,
        };
        let silent = says_nothing(&self.evidence);
        let weighed = self.weigh(seed);
        if weighed.error.is_some() {
            return weighed;
        }
        let nothing = weighed.measured.is_none() && weighed.extent == Extent::default();
        let verdict = match weighed.verdict {
            Verdict::Inconclusive if nothing => Verdict::NotApplicable,
            verdict => verdict,
        };
        let mut notes = Vec::new();
        if weighed.unknown.is_some() || !(silent && nothing) {
            notes.push(weighed.note.clone());
        }
        if constant && !silent {
            notes.push(ONE_N.to_owned());
        }
        if !aside.is_empty() {
            let left = if silent && notes.is_empty() { "" } else { "left out: " };
            notes.push(format!("{left}{}", listed(&aside)));
        }
        if notes.is_empty() {
            notes.push(format!(
                "it says nothing of these loops, classes and grids; it was written for {}",
                made_for(sources)
            ));
        }
        Weighed { verdict, note: notes.join("; "), ..weighed }
    }
}

const ONE_N: &str = "one n only: a part with several values of `process.samples` is needed";

/// Whether there is nothing in it to weigh, nor a reason why not.
fn says_nothing(evidence: &Evidence) -> bool {
    let case = |case: &Case| case.comparisons.is_empty() && case.absent.is_empty() && case.applies();
    match evidence {
        Evidence::Cases(cases) => cases.iter().all(case),
        Evidence::Curves(curves) => curves.is_empty(),
        Evidence::Ratios(ratios) => ratios.is_empty(),
    }
}

/// Whether an error says that a configuration is not of the kind that a statement is about.
fn is_of_configuration(error: &Error) -> bool {
    match error {
        Error::Argument { .. } => true,
        Error::At { error, .. } => is_of_configuration(error),
        _ => false,
    }
}

/// What an error says, without the cell: equal for all cells that lack the same.
fn without_place(error: &Error) -> String {
    match error {
        Error::At { error, .. } => without_place(error),
        error => error.to_string(),
    }
}

/// Why no curve of these has points enough for a rule; `None` where one has, or where there is no curve.
fn too_short(curves: &[Curve], rule: Rule, cells: &[CellRows]) -> Option<String> {
    let most = curves.iter().map(|curve| curve.points.len()).max()?;
    match rule {
        Rule::Exponent(_) if most < 2 => {
            let samples: BTreeSet<String> = cells.iter().map(|cell| cell.label("process.samples")).collect();
            let few = format!("{} on a curve, and an exponent needs two", counted(most, "point"));
            Some(if samples.len() > 1 { few } else { ONE_N.to_owned() })
        }
        Rule::Decay(_) if most < 5 => Some(format!(
            "{} above 0 on a curve, and a law of decay needs five: more `process.rounds`",
            counted(most, "round")
        )),
        _ => None,
    }
}

/// Reasons, each once, the first few of them.
fn listed(reasons: &[String]) -> String {
    let mut each: Vec<&str> = Vec::new();
    for reason in reasons {
        if !each.contains(&reason.as_str()) {
            each.push(reason);
        }
    }
    let more = each.len().saturating_sub(NAMED);
    let text = each.into_iter().take(NAMED).collect::<Vec<_>>().join("; ");
    if more > 0 { format!("{text}; and {more} more") } else { text }
}

/// The rows that a claim was written for, in words.
fn made_for(sources: &[Source]) -> String {
    let part = |source: &Source| match source.part {
        "" => source.experiment.to_owned(),
        part => format!("part {part} of {}", source.experiment),
    };
    sources.iter().map(part).collect::<Vec<_>>().join(", ")
}
