//! Right-hand sides of the theory beside what was measured: `selfreward bound NAME` at every point, with what the cell's
//! configuration says and what its replicates measured.
//!
//! A constant that replicates measured is the worst of theirs, so that the bound holds for each of them and for their mean.

use std::collections::{BTreeMap, BTreeSet};

use super::quantities::Column;
use super::source::Rows;
use super::subjects::{Rounds, Side, Subject};
use crate::claims::premises::has_offset;
use crate::experiment::CellRows;
use crate::metrics::Quantity;
use crate::metrics::named::{CONCENTRABILITY, EXCESS, KAPPA, MARGIN, MIN_CONFIDENCE, POPULATION_LOSS, THETA_NORM};
use crate::nearest::one_of;
use crate::papers::{BoundEntry, Flag, Numbers, PAPERS, Quantity as Given};
use crate::simulate::Simulation;
use crate::simulate::kinds::Held;
use crate::theory::linear_softmax::realizable_radius;
use crate::words::{agreeing, counted};
use crate::{Error, Result};

/// Flags that speak of what happened in the rounds: bounds with one of them say nothing of t = 0.
const OF_ROUNDS: [&str; 8] = ["rounds", "kappa", "gamma", "mu", "epsilon", "excess", "concentrability", "theta-norm"];
/// Why a bound is void where logits are fixed.
const MISSPECIFIED: &str = "logits are fixed (an offset), so that the class is misspecified and has no policy of loss 0, as it assumes \
                            (docs/theory.md, M8)";
/// Missing numbers that are looked for in one bound.
const MOST_MISSING: usize = 8;

/// A bound that is asked for, with the numbers that a person gives for it.
#[derive(Clone)]
pub struct AskedBound {
    entry: &'static BoundEntry,
    subject: &'static Subject,
    /// What its usage names, what it needs and what it may be given.
    flags: Vec<&'static str>,
    set: Vec<(&'static str, Given)>,
}

impl std::fmt::Debug for AskedBound {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AskedBound").field("name", &self.entry.name).field("set", &self.set).finish()
    }
}

/// A bound at a point.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Drawn {
    pub(super) value: f64,
    pub(super) vacuous: bool,
    /// The flags with which `selfreward bound` gives it.
    pub(super) flags: String,
}

/// Why bounds have no value, by their names.
#[derive(Debug, Default)]
pub(super) struct Lacking {
    missing: BTreeMap<&'static str, Vec<&'static str>>,
    wrong: BTreeMap<&'static str, (usize, String)>,
    /// At how many points the numbers refute an assumption.
    refuted: BTreeMap<&'static str, usize>,
    /// Cells whose loop is another than that of which the bound speaks.
    other_loops: BTreeMap<&'static str, BTreeSet<Of>>,
    /// Cells with fixed logits, where it is void.
    misspecified: BTreeMap<&'static str, BTreeSet<Of>>,
    /// Cells of another kind than that of which it speaks, and these kinds.
    other_kinds: BTreeMap<&'static str, (BTreeSet<Of>, BTreeSet<&'static str>)>,
}

/// A cell: its source, and its place there.
type Of = (usize, usize);

/// What one cell says.
pub(super) struct Inputs {
    rows: CellRows,
    simulation: Simulation,
    of: Of,
}

impl Inputs {
    /// Of a cell.
    ///
    /// # Errors
    /// [`Error::Argument`] for means without the replicates behind them.
    pub(super) fn of(rows: &Rows<'_>, of: Of) -> Result<Self> {
        match rows {
            Rows::Cell(rows, _) => Ok(Self { simulation: rows.simulation()?, rows: (**rows).clone(), of }),
            Rows::Means(_) => {
                let expected =
                    "stores alone: its constants are those of single replicates, which a table of means lacks";
                Err(Error::argument("--bound", "with a trajectory", expected))
            }
        }
    }

    /// What a quantity was in rounds `first` to `last`, the worst of all replicates.
    fn worst(&self, of: &'static Quantity, first: usize, last: usize, pick: fn(f64, f64) -> f64) -> Option<f64> {
        let values: Result<Vec<Vec<f64>>> = (first..=last).map(|t| self.rows.values(of, t)).collect();
        values.ok()?.into_iter().flatten().reduce(pick)
    }

    /// The number of a flag after t ≥ 1 rounds; `None` where nothing says it.
    fn number(&self, bound: &AskedBound, flag: &str, column: &Column, t: usize) -> Option<f64> {
        let config = &self.simulation.config;
        let of_step = bound.flags.contains(&"kappa");
        let derived = |name: &str| Some(self.simulation.derived(name)).filter(|value| !value.is_nan());
        let ball = || {
            let norm = self.worst(&THETA_NORM, 0, 0, f64::max)?;
            Some((norm, self.simulation.process.beta))
        };
        match flag {
            // Where the expected loss is minimised there is no n.
            "n" => (!config.process.is_population()).then_some(config.process.samples as f64),
            "rounds" => Some(t as f64),
            "beta" => Some(self.simulation.process.beta),
            "delta" => column.delta,
            "kappa0" => {
                // What a lower bound promises for all replicates is the least.
                let worst = if bound.subject.side == Side::Lower { f64::min } else { f64::max };
                self.worst(&KAPPA, 0, 0, worst)
            }
            "kappa" => self.worst(&KAPPA, t - 1, t - 1, f64::max),
            "gamma" => self.worst(&MARGIN, if of_step { t - 1 } else { 0 }, t - 1, f64::min),
            "mu" => self.worst(&MIN_CONFIDENCE, if of_step { t } else { 1 }, t, f64::min),
            "epsilon" => self.worst(&POPULATION_LOSS, if of_step { t } else { 1 }, t, f64::max).map(f64::sqrt),
            "excess" => self.worst(&EXCESS, 1, t, f64::max),
            "concentrability" => self.worst(&CONCENTRABILITY, t, t, f64::max),
            "log-class-size" => derived("log_class"),
            "range" if !bound.flags.contains(&"right") => derived("class_range"),
            "dim" => {
                let fixed = self.simulation.fixed().map(|instance| instance.features().dim());
                let given = fixed.or_else(|| config.instance.get("dim")).map(|dim| dim as f64);
                given.or_else(|| match config.instance.shape(config.process.samples).held {
                    Held::File { dim, .. } => Some(dim),
                    _ => None,
                })
            }
            "radius" if bound.subject.ball => {
                let (norm, beta) = ball()?;
                realizable_radius(norm, beta, t as u32).ok()
            }
            "theta-norm" if bound.subject.ball => {
                let (norm, beta) = ball()?;
                if t > 1 { realizable_radius(norm, beta, t as u32 - 1).ok() } else { Some(norm) }
            }
            "prompts" => config.instance.get("prompts").map(|prompts: usize| prompts as f64),
            "responses" => derived("responses")
                .or_else(|| config.instance.get("responses").map(|responses: usize| responses as f64)),
            "mass" => derived("mass"),
            _ => None,
        }
    }
}

impl AskedBound {
    /// The bound of a name, with these numbers in place of those of the cells.
    ///
    /// # Errors
    /// [`Error::Argument`] for a name that no bound has.
    pub fn new(name: &str, set: &[(&'static str, Given)]) -> Result<Self> {
        let all = || PAPERS.iter().flat_map(|paper| paper.bounds);
        let Some(entry) = all().find(|entry| entry.name == name) else {
            let names: Vec<_> = all().map(|entry| entry.name).collect();
            return Err(Error::argument("--bound", name, one_of(name, &names)));
        };
        let declared = || PAPERS.iter().flat_map(|paper| paper.flags);
        let word = |c: char| !(c.is_ascii_alphanumeric() || c == '-');
        let mut flags: Vec<&'static str> = Vec::new();
        for flag in entry.usage.split(word).filter_map(|word| declared().find(|flag: &&Flag| flag.name == word)) {
            if !flags.contains(&flag.name) {
                flags.push(flag.name);
            }
        }
        let set = set.iter().filter(|(flag, _)| flags.contains(flag)).cloned().collect();
        Ok(Self { entry, subject: Subject::of(entry.name), flags, set })
    }

    /// Its name.
    pub fn name(&self) -> &'static str {
        self.entry.name
    }

    /// Whether it asks for a flag.
    pub fn takes(&self, flag: &str) -> bool {
        self.flags.contains(&flag)
    }

    /// What it needs, as `selfreward bound --list` says it.
    pub fn usage(&self) -> &'static str {
        self.entry.usage
    }

    /// As it was asked for.
    pub(super) fn written(&self) -> String {
        let set = self.set.iter().map(|(flag, given)| format!(" {flag}={given}"));
        format!("{}{}", self.entry.name, set.collect::<String>())
    }

    /// As a figure says what its line is; where the paper hides a constant, with the one that stands for it.
    pub(super) fn legend(&self) -> String {
        let name = format!("{} {}", self.subject.noun(), self.entry.name);
        if !self.takes("constant") {
            return name;
        }
        let constant = self.set.iter().find(|(flag, _)| *flag == "constant");
        let constant = constant.map_or_else(|| "1".to_owned(), |(_, given)| given.to_string());
        format!("{name}, hidden constant {constant}")
    }

    /// What it is, before its name.
    pub(super) fn noun(&self) -> &'static str {
        self.subject.noun()
    }

    /// Whether it speaks of a quantity.
    fn is_of(&self, column: &Column) -> bool {
        let quantities = self.subject.quantities;
        quantities.is_empty() || quantities.contains(&column.quantity.as_str())
    }

    /// Refuses columns of which it says nothing.
    pub(super) fn check(&self, columns: &[Column]) -> Result<()> {
        if columns.iter().any(|column| self.is_of(column)) {
            return Ok(());
        }
        let quantities = self.subject.quantities.join(" or ");
        let shown = columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>().join(", ");
        let expected = format!("--y {quantities} beside it, which it bounds; {shown} alone is shown");
        Err(Error::argument("--bound", self.entry.name, expected))
    }

    /// Its value at a point; `None` where it says nothing or lacks something, which is noted.
    pub(super) fn at(&self, inputs: &Inputs, column: &Column, t: usize, lacking: &mut Lacking) -> Option<Drawn> {
        let (name, config) = (self.entry.name, &inputs.simulation.config);
        if !self.is_of(column) {
            return None;
        }
        if self.subject.kind.is_some_and(|kind| config.instance.kind.name() != kind) {
            let (cells, kinds) = lacking.other_kinds.entry(name).or_default();
            cells.insert(inputs.of);
            kinds.insert(config.instance.kind.name());
            return None;
        }
        if self.subject.realizable && has_offset(&inputs.simulation) {
            lacking.misspecified.entry(name).or_default().insert(inputs.of);
            return None;
        }
        let of_rounds = self.flags.iter().any(|flag| OF_ROUNDS.contains(flag));
        if t == 0 && of_rounds || t != 1 && self.subject.rounds == Rounds::First {
            return None;
        }
        let given = self.given(inputs, column, t.max(1));
        let numbers = Numbers::new(name, self.entry.usage, &given, 0);
        let bound = match (self.entry.evaluate)(&numbers).and_then(|bound| self.refuse_unused(&numbers).map(|()| bound))
        {
            Ok(bound) => bound,
            Err(error) => {
                let missing = self.missing(&numbers, given);
                if missing.is_empty() {
                    let (count, _) = lacking.wrong.entry(name).or_insert((0, error.to_string()));
                    *count += 1;
                } else {
                    let known = lacking.missing.entry(name).or_default();
                    let new: Vec<&str> = missing.into_iter().filter(|flag| !known.contains(flag)).collect();
                    known.extend(new);
                }
                return None;
            }
        };
        *lacking.refuted.entry(name).or_default() += usize::from(bound.refuted());
        if self.subject.papers_loop && !config.runs_papers_loop() {
            lacking.other_loops.entry(name).or_default().insert(inputs.of);
        }
        let value = match column.quantity.as_str() {
            _ if self.subject.square => bound.value() * bound.value(),
            "kappa_minus_one" if !self.subject.quantities.is_empty() => bound.value() - 1.0,
            _ => bound.value(),
        };
        // What the calculator would refuse as of no use is left out.
        let used = given.iter().filter(|(flag, _)| numbers.asked(flag));
        let flags = used.map(|(flag, given)| format!("--{flag} {given}")).collect::<Vec<_>>().join(" ");
        Some(Drawn { value, vacuous: bound.vacuous(), flags })
    }

    /// The numbers of a point: those that a person gives, and what the cell says of the others.
    fn given(&self, inputs: &Inputs, column: &Column, t: usize) -> Vec<(&'static str, Given)> {
        let mut given = self.set.clone();
        let is_set = |flag: &str| self.set.iter().any(|(known, _)| *known == flag);
        let replaced = |flag: &str| {
            let by_other = |[one, other]: &[&[&str]; 2]| {
                let by = |of: &[&str], instead: &[&str]| of.contains(&flag) && instead.iter().any(|flag| is_set(flag));
                by(one, other) || by(other, one)
            };
            self.subject.either.iter().any(by_other)
        };
        for &flag in self.flags.iter().filter(|flag| !is_set(flag) && !replaced(flag)) {
            given.extend(inputs.number(self, flag, column, t).map(|value| (flag, Given::Number(value))));
        }
        for [first, second] in self.subject.either {
            if given.iter().any(|(flag, _)| first.contains(flag)) {
                given.retain(|(flag, _)| is_set(flag) || !second.contains(flag));
            }
        }
        given
    }

    /// Refuses a number that a person gives and the bound has no use for.
    fn refuse_unused(&self, numbers: &Numbers) -> Result<()> {
        match self.set.iter().find(|(flag, _)| !numbers.asked(flag)) {
            None => Ok(()),
            Some((flag, given)) => {
                let expected = format!("nothing beside the others: {} needs {}", self.entry.name, self.entry.usage);
                Err(Error::argument(*flag, given, expected))
            }
        }
    }

    /// What the evaluation asked for in vain, one number after the other; nothing if it failed for another reason.
    fn missing(&self, numbers: &Numbers, mut given: Vec<(&'static str, Given)>) -> Vec<&'static str> {
        let mut missing: Vec<&'static str> = Vec::new();
        let mut missed = numbers.missed();
        while let Some(name) = missed.first().filter(|_| missing.len() < MOST_MISSING) {
            let Some(&flag) = self.flags.iter().find(|flag| *flag == name && !missing.contains(flag)) else { break };
            missing.push(flag);
            // Any number will do to see what else is asked for.
            given.push((flag, Given::Number(2.0)));
            let numbers = Numbers::new(self.entry.name, self.entry.usage, &given, 0);
            missed = if (self.entry.evaluate)(&numbers).is_err() { numbers.missed() } else { Vec::new() };
        }
        missing
    }

    /// What is to be said of points where it has no value; refused if it has one at none.
    pub(super) fn remark(&self, any: bool, lacking: &Lacking) -> Result<Vec<String>> {
        let name = self.entry.name;
        let missing = lacking.missing.get(name);
        let wrong = lacking.wrong.get(name);
        if any {
            let missing = missing.map(|names| {
                format!(
                    "bound {name} is drawn where {} {} known; --bound-set gives it elsewhere",
                    names.join(", "),
                    agreeing(names.len(), "is", "are")
                )
            });
            let wrong = wrong.map(|(count, error)| {
                format!("bound {name} has no value at {}; the first: {error}", counted(*count, "point"))
            });
            let refuted = lacking.refuted.get(name).filter(|count| **count > 0).map(|count| {
                format!(
                    "warning: bound {name} assumes what is not so at {}; `selfreward bound` says what",
                    counted(*count, "point")
                )
            });
            let other = lacking.other_loops.get(name).map(|cells| {
                format!(
                    "warning: bound {name} speaks of the paper's loop; that of {} is another",
                    counted(cells.len(), "cell")
                )
            });
            let void = lacking.misspecified.get(name).map(|cells| {
                let cells = counted(cells.len(), "cell");
                format!("warning: bound {name} is not drawn for {cells}: {MISSPECIFIED}")
            });
            let kinds = lacking.other_kinds.get(name).map(|(cells, _)| {
                let kind = self.subject.kind.unwrap_or_default();
                let cells = counted(cells.len(), "cell");
                format!("bound {name} is not drawn for {cells}: it speaks of kind = \"{kind}\" alone")
            });
            return Ok([missing, wrong, refuted, other, void, kinds].into_iter().flatten().collect());
        }
        let kinds = lacking.other_kinds.get(name).map(|(_, kinds)| {
            let kinds: Vec<String> = kinds.iter().map(|kind| format!("\"{kind}\"")).collect();
            let kind = self.subject.kind.unwrap_or_default();
            format!(
                "cells of kind = \"{kind}\", of which alone it speaks; those shown are of kind {}",
                kinds.join(", ")
            )
        });
        let void = lacking.misspecified.get(name).map(|_| format!("cells of the paper's class: {MISSPECIFIED}"));
        if let Some(expected) = kinds.or(void).filter(|_| missing.is_none() && wrong.is_none()) {
            return Err(Error::argument("--bound", name, expected));
        }
        let expected = match (missing, wrong) {
            (Some(names), _) => {
                let (example, are) = (names[0], agreeing(names.len(), "is", "are"));
                format!(
                    "a bound whose numbers the cells say or --bound-set gives; {} {are} missing, say --bound-set {example}=VALUE (needs {})",
                    names.join(", "),
                    self.entry.usage
                )
            }
            (None, Some((_, error))) => format!("a bound that has a value somewhere; {error}"),
            (None, None) if self.subject.rounds == Rounds::First => {
                "the round t = 1 among those shown, of which alone it speaks, say --where 't == 1'".to_owned()
            }
            (None, None) => "a round t of at least 1 among those shown, of which it speaks".to_owned(),
        };
        Err(Error::argument("--bound", name, expected))
    }
}
