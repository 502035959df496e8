//! What a bound is computed from: the flags that papers declare, what is given for them, and a record of what was used.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::rc::Rc;

use crate::{Error, Result};

/// What a flag holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A number, or a range of numbers.
    Real,
    /// A whole number, or a range whose points are rounded.
    Whole,
    /// A number, a range, or the word `worst`.
    RealOrWorst,
    /// Numbers with commas between them, one or more.
    List,
    /// A word.
    Word,
}

/// A number or word that bounds ask for. Papers that mean the same declare the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flag {
    /// Its name, without the dashes before it.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// What it means, with its default.
    pub help: &'static str,
}

/// What was given for a flag.
#[derive(Debug, Clone, PartialEq)]
pub enum Quantity {
    /// One number.
    Number(f64),
    /// The points of FIRST..LAST:POINTS.
    Range(Vec<f64>),
    /// Numbers that belong together.
    List(Vec<f64>),
    /// A word: a file, a regime, `worst`.
    Word(String),
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(value) => value.fmt(f),
            Self::Range(_) => f.write_str("a range"),
            Self::List(values) => f.write_str(&values.iter().map(f64::to_string).collect::<Vec<_>>().join(",")),
            Self::Word(word) => f.write_str(word),
        }
    }
}

/// What gives numbers for flags that were not given.
pub trait Fallback: fmt::Debug {
    /// What it has for a flag of a bound, or why it has nothing; `None` for a flag that is none of its own.
    fn give(&self, bound: &str, flag: &str) -> Option<std::result::Result<Quantity, String>>;
}

/// Rounds, at most: bounds are computed round by round.
const MOST_ROUNDS: f64 = 1e6;

/// The numbers of one evaluation. Asking for a flag marks it as used.
#[derive(Debug)]
pub struct Numbers {
    bound: &'static str,
    usage: &'static str,
    given: BTreeMap<&'static str, Quantity>,
    fallback: Option<Rc<dyn Fallback>>,
    /// Flags that the fallback gave, and why it has nothing for others.
    taken: RefCell<Vec<(&'static str, Quantity)>>,
    lacking: RefCell<BTreeMap<&'static str, String>>,
    asked: RefCell<BTreeSet<&'static str>>,
    /// What was needed and is not there.
    missed: RefCell<Vec<String>>,
    used: RefCell<Vec<(String, f64)>>,
    used_lists: RefCell<Vec<(String, Vec<f64>)>>,
}

impl Numbers {
    /// The numbers given to a bound of this name that needs `usage`, a range at its point number `point`.
    pub fn new(bound: &'static str, usage: &'static str, given: &[(&'static str, Quantity)], point: usize) -> Self {
        let given = given
            .iter()
            .map(|(flag, quantity)| match quantity {
                Quantity::Range(points) => (*flag, Quantity::Number(points[point])),
                other => (*flag, other.clone()),
            })
            .collect();
        Self {
            bound,
            usage,
            given,
            fallback: None,
            taken: RefCell::default(),
            lacking: RefCell::default(),
            asked: RefCell::default(),
            missed: RefCell::default(),
            used: RefCell::default(),
            used_lists: RefCell::default(),
        }
    }

    /// The same, with what gives numbers for flags that were not given; one that was given wins.
    pub fn with_fallback(self, fallback: Rc<dyn Fallback>) -> Self {
        Self { fallback: Some(fallback), ..self }
    }

    /// What the fallback gave, in the order of use.
    pub fn taken(&self) -> Vec<(&'static str, Quantity)> {
        self.taken.borrow().clone()
    }

    /// What was given for a flag, or else what the fallback has.
    fn found(&self, flag: &'static str) -> Option<Quantity> {
        if let Some(given) = self.given.get(flag) {
            return Some(given.clone());
        }
        match self.fallback.as_ref()?.give(self.bound, flag)? {
            Ok(quantity) => {
                let mut taken = self.taken.borrow_mut();
                if taken.iter().all(|(known, _)| *known != flag) {
                    taken.push((flag, quantity.clone()));
                }
                Some(quantity)
            }
            Err(reason) => {
                self.lacking.borrow_mut().insert(flag, reason);
                None
            }
        }
    }

    /// Whether the flag is given; it counts as used only once asked for.
    pub fn has(&self, flag: &str) -> bool {
        self.given.contains_key(flag)
    }

    /// The number of a flag, if given.
    ///
    /// # Errors
    /// [`Error::Argument`] for a word.
    pub fn optional(&self, flag: &'static str) -> Result<Option<f64>> {
        self.asked.borrow_mut().insert(flag);
        match self.found(flag) {
            Some(Quantity::Number(value)) => {
                self.record(flag, value);
                Ok(Some(value))
            }
            Some(other) => Err(Error::argument(flag, other, "a number")),
            None => Ok(None),
        }
    }

    /// The number of a flag that the bound needs.
    ///
    /// # Errors
    /// [`Error::Argument`] if it is not given, or is a word.
    pub fn need(&self, flag: &'static str) -> Result<f64> {
        self.optional(flag)?.ok_or_else(|| self.missing(flag))
    }

    /// The number of a flag, or its default.
    ///
    /// # Errors
    /// [`Error::Argument`] for a word.
    pub fn or(&self, flag: &'static str, default: f64) -> Result<f64> {
        Ok(self.optional(flag)?.unwrap_or_else(|| {
            self.record(flag, default);
            default
        }))
    }

    /// The number of rounds, or its default.
    ///
    /// # Errors
    /// [`Error::Argument`] unless it is a whole number from 1 to 10^6.
    pub fn rounds_or(&self, default: u32) -> Result<u32> {
        let value = self.or("rounds", f64::from(default))?;
        if value.fract() == 0.0 && (1.0..=MOST_ROUNDS).contains(&value) {
            Ok(value as u32)
        } else {
            Err(Error::argument("rounds", value, format!("a whole number from 1 to {MOST_ROUNDS}")))
        }
    }

    /// The word of a flag, if it is given as one.
    pub fn word(&self, flag: &'static str) -> Option<&str> {
        match self.given.get(flag) {
            Some(Quantity::Word(word)) => {
                self.asked.borrow_mut().insert(flag);
                Some(word)
            }
            _ => None,
        }
    }

    /// The numbers of a flag that holds a list, if given.
    ///
    /// # Errors
    /// [`Error::Argument`] for a word.
    pub fn optional_list(&self, flag: &'static str) -> Result<Option<Vec<f64>>> {
        self.asked.borrow_mut().insert(flag);
        let values = match self.found(flag) {
            Some(Quantity::List(values)) => values,
            Some(Quantity::Number(value)) => vec![value],
            Some(other) => return Err(Error::argument(flag, other, "numbers with commas between them")),
            None => return Ok(None),
        };
        let name = flag.replace('-', "_");
        let mut used = self.used_lists.borrow_mut();
        if used.iter().all(|(known, _)| *known != name) {
            used.push((name, values.clone()));
        }
        Ok(Some(values))
    }

    /// The numbers of a flag that holds a list, and that the bound needs.
    ///
    /// # Errors
    /// [`Error::Argument`] if it is not given, or is a word.
    pub fn list(&self, flag: &'static str) -> Result<Vec<f64>> {
        self.optional_list(flag)?.ok_or_else(|| self.missing(flag))
    }

    /// log #Π of a finite class, nats: `log-class-size`, or the logarithm of `class-size`.
    ///
    /// # Errors
    /// [`Error::Argument`] if neither is given, or for a size that is no whole number from `least` on.
    pub fn log_class_size(&self, least: f64) -> Result<f64> {
        if self.has("log-class-size") {
            return self.need("log-class-size");
        }
        let size = self.optional("class-size")?.ok_or_else(|| self.missing("class-size"))?;
        if size.is_finite() && size >= least && size.fract() == 0.0 {
            Ok(size.ln())
        } else {
            Err(Error::argument("class-size", size, format!("a whole number, at least {least}")))
        }
    }

    /// The error that a needed flag is missing.
    pub fn missing(&self, what: &str) -> Error {
        self.missed.borrow_mut().push(what.to_owned());
        let reason = self
            .lacking
            .borrow()
            .get(what)
            .map_or_else(String::new, |reason| format!(" (the file has none: {reason})"));
        Error::argument(what, "nothing", format!("a value{reason}; {} needs {}", self.bound, self.usage))
    }

    /// The flags for want of which there is no value.
    pub fn missed(&self) -> Vec<String> {
        self.missed.borrow().clone()
    }

    /// Whether the bound asked for a flag.
    pub fn asked(&self, flag: &str) -> bool {
        self.asked.borrow().contains(flag)
    }

    /// The numbers used, defaults included, in the order of use.
    pub fn used(&self) -> Vec<(String, f64)> {
        self.used.borrow().clone()
    }

    /// The lists used, in the order of use.
    pub fn used_lists(&self) -> Vec<(String, Vec<f64>)> {
        self.used_lists.borrow().clone()
    }

    /// Refuses a flag that was given though the bound did not ask for it.
    ///
    /// # Errors
    /// [`Error::Argument`] with that flag.
    pub fn refuse_unused(&self) -> Result<()> {
        let asked = self.asked.borrow();
        let Some((flag, quantity)) = self.given.iter().find(|(flag, _)| !asked.contains(*flag)) else { return Ok(()) };
        Err(Error::argument(*flag, quantity, format!("not to be given here: {} needs {}", self.bound, self.usage)))
    }

    /// Records a number under the name that intermediates would have.
    fn record(&self, flag: &str, value: f64) {
        let name = flag.replace('-', "_");
        let mut used = self.used.borrow_mut();
        if used.iter().all(|(known, _)| *known != name) {
            used.push((name, value));
        }
    }
}
