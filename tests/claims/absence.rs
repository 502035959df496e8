//! What is not there is no verdict: one measured column after another is taken away from rows of every source.
//!
//! The rows are made up (a verdict on them means nothing, and some claims come out violated): what matters is that a claim or control
//! that reads a column neither holds nor is violated without it.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use rayon::prelude::*;
use selfreward::claims::gather::{Gathered, Question};
use selfreward::claims::{Case, Comparison, Level, Rule, Source, Statement, Trial, Weighed};
use selfreward::experiment::{self, CellRows};
use selfreward::metrics::named::FAILURE;
use selfreward::papers::{self, Listed};
use selfreward::seed::Seed;
use selfreward::simulate::config::SeedConfig;
use selfreward::simulate::{Simulation, run};
use selfreward::study::definition::Verdict;
use selfreward::study::{Profile, Study};
use selfreward::{Error, Result};

/// Replicates of a made-up cell.
const REPLICATES: usize = 3;

/// Cells of a made-up grid, about: of a larger one every so many are taken.
const CELLS: usize = 40;

/// Cells of one experiment that a question looks at.
type Rows = Vec<(&'static str, Vec<CellRows>)>;

/// Every claim and control that looks at rows.
fn questions() -> Vec<(&'static str, Question)> {
    let all = papers::claims().flat_map(|claim| {
        let controls = claim.controls().map(|(control, question)| (control.id, question));
        std::iter::once((claim.id, claim.question())).chain(controls)
    });
    all.filter(|(_, question)| !question.sources.is_empty()).collect()
}

fn claim(id: &str) -> Listed {
    papers::claims().find(|claim| claim.id == id).unwrap()
}

/// The quick grid of a part (of all, if it is empty), without rows.
fn grid(source: &Source) -> Vec<CellRows> {
    let definition = experiment::find(source.experiment).unwrap().definition().unwrap();
    let study = Study::new(definition, Profile::Quick, SeedConfig::Number(1)).unwrap();
    let cells = (0..study.cells()).map(|ordinal| study.cell(ordinal).unwrap());
    let of_part = cells.filter(|cell| source.part.is_empty() || cell.part == source.part);
    let empty = |cell: selfreward::study::Cell| {
        let columns = Simulation::describe(cell.config.clone()).unwrap().columns();
        let quantities = Arc::new(columns.iter().map(|column| column.name()).collect());
        CellRows { cell, numbers: (0..REPLICATES).collect(), replicates: Vec::new(), quantities }
    };
    of_part.map(empty).collect()
}

/// A number in (−1, 1) that follows from its arguments.
fn noise(of: [usize; 4]) -> f64 {
    let mixed = of.iter().fold(0x9e37_79b9_7f4a_7c15_u64, |mixed, &one| {
        (mixed ^ one as u64).wrapping_mul(0xff51_afd7_ed55_8ccd).rotate_left(29)
    });
    (mixed >> 11) as f64 / (1u64 << 52) as f64 - 1.0
}

/// A value such as a run might have measured.
fn made_up(column: &str, n: f64, t: usize, noise: f64) -> f64 {
    let fall = (0.5 * n.powf(-0.25) * 0.7f64.powi(t as i32) * (1.0 + 0.1 * noise)).min(0.9);
    match column {
        "kappa" | "concentrability" | "chain_concentrability" | "chain_comparator_concentrability" | "tail_mean" => {
            1.0 + fall
        }
        "optimal_concentrability" | "excess" => 1.0 + 0.5 * fall,
        "greedy_modal" | "greedy_base" | "rank_fraction" => 1.0,
        "logit_rounding" => 1e-15 * (1.0 + 0.1 * noise),
        "theta_norm" => 4.0 + 0.1 * noise,
        "margin" => 0.5 + 0.1 * noise,
        "min_confidence" => 0.6 + 0.1 * noise,
        _ => fall,
    }
}

/// Rows for the quick grid of everything a question looks at.
fn rows_of(question: &Question) -> Rows {
    let mut rows: Rows = Vec::new();
    for source in question.sources {
        let mut cells = grid(source);
        let every = if source.part.is_empty() { cells.len().div_ceil(CELLS) } else { 1 };
        cells = cells.into_iter().step_by(every).collect();
        for (index, cell) in cells.iter_mut().enumerate() {
            let (rounds, n) = (cell.cell.config.process.rounds, cell.cell.config.process.samples as f64);
            let value = |r: usize, t: usize, column: usize| {
                made_up(&cell.quantities[column], n, t, noise([index, r, t, column]))
            };
            let row = |r: usize, t: usize| (0..cell.quantities.len()).map(|column| Some(value(r, t, column))).collect();
            cell.replicates = (0..REPLICATES).map(|r| (0..=rounds).map(|t| row(r, t)).collect()).collect();
        }
        match rows.iter_mut().find(|(name, _)| *name == source.experiment) {
            Some((_, all)) => all.extend(cells),
            None => rows.push((source.experiment, cells)),
        }
    }
    rows
}

fn gathered(question: Question, rows: &Rows) -> Gathered {
    let mut gathered = Gathered::constructed(question, &Seed::from_number(1), Profile::Quick);
    rows.iter().for_each(|(experiment, cells)| gathered.look(experiment, "made-up.sqlite", cells));
    gathered
}

fn weighed(question: Question, rows: &Rows) -> Weighed {
    gathered(question, rows).weigh(&Seed::from_number(1))
}

/// The rows with each value of some columns changed; its place among (cell, replicate, round) is given, too.
fn changed(rows: &Rows, columns: &[String], change: impl Fn([usize; 3], f64) -> Option<f64>) -> Rows {
    let mut rows = rows.clone();
    for (index, cell) in rows.iter_mut().flat_map(|(_, cells)| cells).enumerate() {
        let places: Vec<usize> =
            (0..cell.quantities.len()).filter(|&place| columns.contains(&cell.quantities[place])).collect();
        for (r, rounds) in cell.replicates.iter_mut().enumerate() {
            for (t, row) in rounds.iter_mut().enumerate() {
                for &place in &places {
                    row[place] = row[place].and_then(|value| change([index, r, t], value));
                }
            }
        }
    }
    rows
}

fn without(rows: &Rows, columns: &[String]) -> Rows {
    let mut rows = rows.clone();
    for cell in rows.iter_mut().flat_map(|(_, cells)| cells) {
        let kept: Vec<bool> = cell.quantities.iter().map(|name| !columns.contains(name)).collect();
        let left = cell.quantities.iter().zip(&kept).filter(|(_, kept)| **kept).map(|(name, _)| name.clone());
        cell.quantities = Arc::new(left.collect());
        for row in cell.replicates.iter_mut().flatten() {
            let mut kept = kept.iter();
            row.retain(|_| *kept.next().unwrap());
        }
    }
    rows
}

/// Those of some columns without which another evidence is gathered. Where it is the same without all of them, none of them is missed;
/// else each half is asked for itself.
fn missed(id: &str, rows: &Rows, columns: &[String], same: &dyn Fn(&Rows) -> bool) -> Vec<String> {
    if columns.is_empty() {
        return Vec::new();
    }
    if same(&without(rows, columns)) {
        // What is not looked at may be anything.
        let other = changed(rows, columns, |_, value| Some(1.3 * value + 0.1));
        assert!(same(&other), "{id} reads one of {columns:?} and does not miss it");
        return Vec::new();
    }
    if columns.len() == 1 {
        return columns.to_vec();
    }
    let (first, second) = columns.split_at(columns.len() / 2);
    [missed(id, rows, first, same), missed(id, rows, second, same)].concat()
}

fn settled(weighed: &Weighed) -> bool {
    matches!(weighed.verdict, Verdict::Holds | Verdict::HoldsVacuously | Verdict::Violated)
}

/// Whether some part, by itself, refutes a claim that reads nothing of this column there.
fn refuted_without(question: Question, rows: &Rows, column: &[String]) -> bool {
    question.sources.iter().any(|source| {
        let of_part = |cell: &CellRows| source.part.is_empty() || cell.cell.part == source.part;
        let alone = |(experiment, cells): &(&'static str, Vec<CellRows>)| {
            let cells = cells.iter().filter(|cell| of_part(cell)).cloned().collect::<Vec<_>>();
            (*experiment == source.experiment).then_some((*experiment, cells))
        };
        let part: Rows = rows.iter().filter_map(alone).collect();
        let evidence = |rows: &Rows| format!("{:?}", gathered(question, rows));
        weighed(question, &part).verdict == Verdict::Violated && evidence(&part) == evidence(&without(&part, column))
    })
}

/// Takes each column away that is read, that is without which another evidence is gathered; gives them.
fn read_columns(id: &str, question: Question) -> BTreeSet<String> {
    let rows = rows_of(&question);
    let (whole, evidence) = (weighed(question, &rows), format!("{:?}", gathered(question, &rows)));
    assert_eq!(whole.error, None, "{id} on whole rows");
    let same = |rows: &Rows| format!("{:?}", gathered(question, rows)) == evidence;
    let cells = || rows.iter().flat_map(|(_, cells)| cells);
    let columns: BTreeSet<String> = cells().flat_map(|cell| cell.quantities.iter().cloned()).collect();
    let read = missed(id, &rows, &columns.into_iter().collect::<Vec<_>>(), &same);
    for name in &read {
        let column = std::slice::from_ref(name);
        let missing = without(&rows, column);
        // A claim that looks at several parts may be refuted by one of which it does not read the column, and by no other.
        let refutable = whole.verdict == Verdict::Violated && refuted_without(question, &rows, column);
        let refuted = |other: &Weighed| refutable && other.verdict == Verdict::Violated;
        let nan = changed(&rows, column, |_, _| Some(f64::NAN));
        for other in [missing, changed(&rows, column, |_, _| None), nan] {
            let other = weighed(question, &other);
            let open = !settled(&other) && other.witness.is_none() && other.error.is_none();
            assert!(open || refuted(&other), "{id} without {name}: {other:?}");
            assert!(other.unknown.is_some() && other.note.contains(name), "{id} without {name}: {other:?}");
        }
        // A single value of a single replicate: what is known may refute, and nothing can hold.
        let middle = cells().count() / 2;
        let holed =
            changed(&rows, column, |place, value| if place == [middle, 1, 1] { Some(f64::NAN) } else { Some(value) });
        if !same(&holed) {
            let other = weighed(question, &holed);
            let refuted = other.verdict == Verdict::Violated && whole.verdict == Verdict::Violated;
            assert!(refuted || !settled(&other), "{id} without a value of {name}: {other:?}");
            assert!(other.unknown.is_some(), "{id} without a value of {name}: {other:?}");
        }
    }
    read.into_iter().collect()
}

#[test]
fn a_claim_without_a_column_that_it_reads_is_neither_violated_nor_holds() {
    let read: Vec<(&str, BTreeSet<String>)> =
        questions().into_par_iter().map(|(id, question)| (id, read_columns(id, question))).collect();
    for (id, columns) in &read {
        assert!(!columns.is_empty(), "{id} looks at rows and reads no column");
    }
    let all: BTreeSet<&String> = read.iter().flat_map(|(_, columns)| columns).collect();
    assert!(all.len() > 25, "{all:?}");
}

/// Rows of the proof audit's own runs, two replicates a cell, with or without the chain.
fn audit(chain: bool) -> Rows {
    let cells = grid(&Source { experiment: "proof_audit", part: "" });
    let simulated = cells.into_par_iter().step_by(7).map(|cell| {
        let mut config = cell.cell.config.clone();
        (config.run.replicates, config.measure.chain) = (2, chain);
        let simulation = Simulation::new(config).unwrap();
        let replicates = run(&simulation, false, &AtomicBool::new(false)).unwrap();
        CellRows { cell: cell.cell, ..CellRows::of_run(&simulation, &replicates) }
    });
    vec![("proof_audit", simulated.collect())]
}

/// The claims on the proof's steps say which key measures what they need.
#[test]
fn without_the_chain_its_claims_do_not_apply_and_say_what_measures_it() {
    let (with, without) = (audit(true), audit(false));
    for id in [
        "C2",
        "C3",
        "C4",
        "C5",
        "C6",
        "C7",
        "C7.log",
        "C8",
        "C8.simplification",
        "C9",
        "C16.linear",
        "C24",
        "C28.tail",
        "C28.fourth-moment",
    ] {
        let question = claim(id).question();
        let (measured, unmeasured) = (weighed(question, &with), weighed(question, &without));
        assert!(settled(&measured), "{id}: {measured:?}");
        assert_eq!(unmeasured.verdict, Verdict::NotApplicable, "{id}: {unmeasured:?}");
        assert!(unmeasured.note.contains("measure.chain = true"), "{id}: {}", unmeasured.note);
    }
    let delta = weighed(claim("C9").question(), &self::without(&with, &["failure_0.3".to_owned()]));
    assert!(delta.note.contains("measure.delta = [0.3]"), "{}", delta.note);
}

/// A quantity of each δ, asked for without one. (A mistyped name does not compile.)
fn without_delta(trial: &Trial<'_>) -> Result<Option<Case>> {
    let bound = trial.get(&FAILURE, 0)?;
    Ok(Some(Case { comparisons: vec![Comparison::unlimited(0.0, bound, 0.0)], ..Case::default() }))
}

fn panics(_: &[CellRows]) -> Result<Vec<Case>> {
    let nothing: Vec<Case> = Vec::new();
    Ok(vec![nothing[0].clone()])
}

fn fails(cells: &[CellRows]) -> Result<Vec<Case>> {
    Err(Error::argument("process.samples", cells.len(), "something else"))
}

/// What goes wrong with one claim is its own outcome, with store and cell, and settles nothing.
#[test]
fn an_error_is_the_outcome_of_its_row() {
    const AUDIT: &[Source] = &[Source { experiment: "proof_audit", part: "" }];
    let rows = rows_of(&claim("C8").question());
    let of = |statement| {
        weighed(
            Question {
                id: "made-up",
                sources: AUDIT,
                statement,
                rule: Rule::Always,
                level: Level::Exact,
                decisions: 1,
            },
            &rows,
        )
    };
    for (statement, words) in [
        (Statement::Replicates(without_delta), &["made-up.sqlite", "cell 0, replicate 0", "quantity = failure"][..]),
        (Statement::Cells(panics), &["made-up.sqlite", "panicked", "index out of bounds"]),
        (Statement::Cells(fails), &["made-up.sqlite", "process.samples"]),
    ] {
        let weighed = of(statement);
        assert_eq!(weighed.verdict, Verdict::Inconclusive);
        let error = weighed.error.unwrap();
        assert!(words.iter().all(|word| error.contains(word) && weighed.note.contains(word)), "{error}");
    }
}

/// A grid without an n that the statement speaks of is an error, not a comparison less.
#[test]
fn a_grid_without_the_expected_n_is_an_error() {
    for (id, part, n) in [("C23", "samples", 32), ("C23", "samples", 4096), ("C22", "hard-once", 1024)] {
        let question = claim(id).question();
        let mut rows = rows_of(&question);
        for (_, cells) in &mut rows {
            cells.retain(|cell| cell.cell.part != part || cell.cell.config.process.samples != n);
        }
        let weighed = weighed(question, &rows);
        assert_eq!(weighed.verdict, Verdict::Inconclusive, "{id}: {weighed:?}");
        let error = weighed.error.unwrap();
        assert!(error.contains("process.samples") && error.contains(&n.to_string()), "{id}: {error}");
    }
}

/// A replicate whose rows end early lacks its later rounds.
#[test]
fn rows_that_end_early_are_unknown() {
    for id in ["C8", "C12", "C13.law", "C13.rate", "C17.trajectory", "C18.shape", "C19", "C20.kappa"] {
        let question = claim(id).question();
        for short in [0, 1] {
            let mut rows = rows_of(&question);
            let cells = rows.iter_mut().flat_map(|(_, cells)| cells);
            cells.for_each(|cell| cell.replicates[short].truncate(1));
            let weighed = weighed(question, &rows);
            assert!(!matches!(weighed.verdict, Verdict::Holds | Verdict::HoldsVacuously), "{id}: {weighed:?}");
            assert!(weighed.error.is_none() && weighed.note.contains("the rows end before"), "{id}: {weighed:?}");
        }
    }
}
