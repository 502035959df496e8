//! Right-hand sides of the theory beside what was measured: `selfreward bound NAME` at every point, with what the cell's
//! configuration says and what its replicates measured.
//!
//! A constant that replicates measured is the worst of theirs, so that the bound holds for each of them and for their mean.

use std::collections::{BTreeMap, BTreeSet};

use super::quantities::Column;
use super::source::Rows;
use crate::experiment::CellRows;
use crate::metrics::Quantity;
use crate::metrics::named::{CONCENTRABILITY, EXCESS, KAPPA, MARGIN, MIN_CONFIDENCE, POPULATION_LOSS, THETA_NORM};
use crate::nearest::one_of;
use crate::papers::{BoundEntry, Flag, Numbers, PAPERS, Quantity as Given};
use crate::simulate::Simulation;
use crate::theory::linear_softmax::realizable_radius;
use crate::words::counted;
use crate::{Error, Result};

/// What a bound speaks of, where it is not drawn beside whatever is asked for.
struct Subject {
    bound: &'static str,
    quantities: &'static [&'static str],
    /// What stands on the vertical axis for its value: it, or its square.
    square: bool,
}

const SUBJECTS: &[Subject] = &[
    subject("one-step", &["failure", "comparator_failure"]),
    subject("iterative", &["failure"]),
    subject("linear-softmax", &["failure"]),
    subject("single-step", &["failure"]),
    subject("hard-instance", &["failure"]),
    subject("misspecified-failure", &["failure"]),
    subject("recurrence", &["kappa", "kappa_minus_one"]),
    subject("fixed-point", &["kappa", "kappa_minus_one"]),
    subject("drift", &["step_drift"]),
    // ε bounds the root of the loss.
    Subject { bound: "epsilon", quantities: &["population_loss"], square: true },
];

const fn subject(bound: &'static str, quantities: &'static [&'static str]) -> Subject {
    Subject { bound, quantities, square: false }
}

/// Flags that speak of what happened in the rounds: bounds with one of them say nothing of t = 0.
const OF_ROUNDS: [&str; 8] = ["rounds", "kappa", "gamma", "mu", "epsilon", "excess", "concentrability", "theta-norm"];
/// Bounds in which the size of the statistical error is that of the paper's own loop, not what was measured.
const OF_THE_PAPERS_LOOP: [&str; 6] =
    ["iterative", "linear-softmax", "iterations", "epsilon", "single-step", "hard-instance"];
/// Bounds whose ball is that of the linear class.
const WITH_BALL: [&str; 3] = ["linear-softmax", "iterations", "epsilon"];

/// A bound that is asked for, with the numbers that a person gives for it.
#[derive(Clone)]
pub struct AskedBound {
    entry: &'static BoundEntry,
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
    missing: BTreeMap<&'static str, BTreeSet<String>>,
    wrong: BTreeMap<&'static str, (usize, String)>,
    /// At how many points the numbers refute an assumption.
    refuted: BTreeMap<&'static str, usize>,
    /// Cells whose loop is another than that of which the bound speaks.
    other_loops: BTreeMap<&'static str, BTreeSet<usize>>,
}

/// What one cell says.
pub(super) struct Inputs {
    rows: CellRows,
    simulation: Simulation,
}

impl Inputs {
    /// Of a cell.
    ///
    /// # Errors
    /// [`Error::Argument`] for means without the replicates behind them.
    pub(super) fn of(rows: &Rows<'_>) -> Result<Self> {
        match rows {
            Rows::Cell(rows, _) => Ok(Self { simulation: rows.simulation()?, rows: (**rows).clone() }),
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
            "kappa0" => self.worst(&KAPPA, 0, 0, f64::max),
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
                fixed.or_else(|| config.instance.get("dim")).map(|dim| dim as f64)
            }
            "radius" if WITH_BALL.contains(&bound.entry.name) => {
                let (norm, beta) = ball()?;
                realizable_radius(norm, beta, t as u32).ok()
            }
            "theta-norm" if WITH_BALL.contains(&bound.entry.name) => {
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
        Ok(Self { entry, flags, set })
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

    fn subject(&self) -> Option<&'static Subject> {
        SUBJECTS.iter().find(|subject| subject.bound == self.entry.name)
    }

    /// Whether it speaks of a quantity.
    fn is_of(&self, column: &Column) -> bool {
        self.subject().is_none_or(|subject| subject.quantities.contains(&column.quantity.as_str()))
    }

    /// Refuses columns of which it says nothing.
    pub(super) fn check(&self, columns: &[Column]) -> Result<()> {
        if columns.iter().any(|column| self.is_of(column)) {
            return Ok(());
        }
        let quantities = self.subject().map_or_else(String::new, |subject| subject.quantities.join(" or "));
        let shown = columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>().join(", ");
        let expected = format!("--y {quantities} beside it, which it bounds; {shown} alone is shown");
        Err(Error::argument("--bound", self.entry.name, expected))
    }

    /// Its value at a point; `None` where it says nothing or lacks something, which is noted.
    pub(super) fn at(&self, inputs: &Inputs, column: &Column, t: usize, lacking: &mut Lacking) -> Option<Drawn> {
        if !self.is_of(column) || t == 0 && self.flags.iter().any(|flag| OF_ROUNDS.contains(flag)) {
            return None;
        }
        let mut given = self.set.clone();
        let is_set = |flag: &str| self.set.iter().any(|(known, _)| *known == flag);
        for &flag in &self.flags {
            // Sizes of a class stand for each other.
            let other = match flag {
                "class-size" => is_set("log-class-size"),
                "log-class-size" => is_set("class-size"),
                _ => false,
            };
            if !is_set(flag) && !other {
                given.extend(inputs.number(self, flag, column, t.max(1)).map(|value| (flag, Given::Number(value))));
            }
        }
        let missing = self.missing(&given);
        if !missing.is_empty() {
            lacking.missing.entry(self.entry.name).or_default().extend(missing);
            return None;
        }
        let numbers = Numbers::new(self.entry.name, self.entry.usage, &given, 0);
        let bound = match (self.entry.evaluate)(&numbers) {
            Ok(bound) => bound,
            Err(error) => {
                let (count, _) = lacking.wrong.entry(self.entry.name).or_insert((0, error.to_string()));
                *count += 1;
                return None;
            }
        };
        *lacking.refuted.entry(self.entry.name).or_default() += usize::from(bound.refuted());
        if OF_THE_PAPERS_LOOP.contains(&self.entry.name) && !inputs.simulation.config.runs_papers_loop() {
            lacking.other_loops.entry(self.entry.name).or_default().insert(inputs.rows.cell.ordinal);
        }
        let square = self.subject().is_some_and(|subject| subject.square);
        let value = match column.quantity.as_str() {
            _ if square => bound.value() * bound.value(),
            "kappa_minus_one" if self.subject().is_some() => bound.value() - 1.0,
            _ => bound.value(),
        };
        let flags = given.iter().map(|(flag, given)| format!("--{flag} {given}")).collect::<Vec<_>>().join(" ");
        Some(Drawn { value, vacuous: bound.vacuous(), flags })
    }

    /// What it needs and is not given: its usage up to the parenthesis, where `or` stands between what may replace each other.
    fn missing(&self, given: &[(&'static str, Given)]) -> Vec<String> {
        let needed = self.entry.usage.split('(').next().unwrap_or_default();
        let is_given = |flag: &str| given.iter().any(|(known, _)| *known == flag);
        let lacks = |item: &&str| {
            let words = item.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-'));
            let flags: Vec<&str> = words.filter(|word| self.flags.contains(word)).collect();
            !flags.is_empty() && !flags.iter().any(|flag| is_given(flag))
        };
        needed.split(',').map(str::trim).filter(lacks).map(str::to_owned).collect()
    }

    /// What is to be said of points where it has no value; refused if it has one at none.
    pub(super) fn remark(&self, any: bool, lacking: &Lacking) -> Result<Vec<String>> {
        let name = self.entry.name;
        let missing = lacking.missing.get(name).map(|names| names.iter().cloned().collect::<Vec<_>>());
        let wrong = lacking.wrong.get(name);
        if any {
            let missing = missing.map(|names| {
                format!("bound {name} is drawn where {} is known; --bound-set gives it elsewhere", names.join(", "))
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
            return Ok([missing, wrong, refuted, other].into_iter().flatten().collect());
        }
        let expected = match (missing, wrong) {
            (Some(names), _) => {
                let example = names[0].split(' ').next().unwrap_or_default();
                format!(
                    "a bound whose numbers the cells say or --bound-set gives; {} is missing, say --bound-set {example}=VALUE (needs {})",
                    names.join(", "),
                    self.entry.usage
                )
            }
            (None, Some((_, error))) => format!("a bound that has a value somewhere; {error}"),
            (None, None) => "a round t of at least 1 among those shown, of which it speaks".to_owned(),
        };
        Err(Error::argument("--bound", name, expected))
    }
}
