//! The numbers of one evaluation, and a record of which were used.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use crate::{Error, Result};

use super::flags::Quantity;

/// Rounds, at most: bounds are computed round by round.
const MOST_ROUNDS: f64 = 1e6;

/// The numbers of one evaluation. Asking for a flag marks it as used.
pub struct Numbers<'a> {
    bound: &'a str,
    given: BTreeMap<&'static str, Quantity>,
    asked: RefCell<BTreeSet<&'static str>>,
    used: RefCell<Vec<(String, f64)>>,
}

impl<'a> Numbers<'a> {
    /// The numbers given to `bound`, a range at its point number `point`.
    pub fn new(bound: &'a str, given: &[(&'static str, Quantity)], point: usize) -> Self {
        let given = given
            .iter()
            .map(|(flag, quantity)| match quantity {
                Quantity::Range(points) => (*flag, Quantity::Number(points[point])),
                other => (*flag, other.clone()),
            })
            .collect();
        Self { bound, given, asked: RefCell::default(), used: RefCell::default() }
    }

    /// Whether the flag is given; it counts as used only once asked for.
    pub fn has(&self, flag: &str) -> bool {
        self.given.contains_key(flag)
    }

    /// The number of a flag, if given.
    pub fn optional(&self, flag: &'static str) -> Result<Option<f64>> {
        self.asked.borrow_mut().insert(flag);
        match self.given.get(flag) {
            Some(Quantity::Number(value)) => {
                self.record(flag, *value);
                Ok(Some(*value))
            }
            Some(other) => Err(Error::argument(flag, format!("{other:?}"), "a number")),
            None => Ok(None),
        }
    }

    /// The number of a flag that the bound needs.
    pub fn need(&self, flag: &'static str) -> Result<f64> {
        self.optional(flag)?.ok_or_else(|| self.missing(flag))
    }

    /// The number of a flag, or its default.
    pub fn or(&self, flag: &'static str, default: f64) -> Result<f64> {
        Ok(self.optional(flag)?.unwrap_or_else(|| {
            self.record(flag, default);
            default
        }))
    }

    /// A whole number that fits 32 bits, or its default.
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

    /// The error that a needed flag is missing.
    pub fn missing(&self, what: &str) -> Error {
        let usage = super::catalogue::usage(self.bound);
        Error::argument(what, "nothing", format!("a value; {} needs {usage}", self.bound))
    }

    /// The numbers used, defaults included, in the order of use.
    pub fn used(&self) -> Vec<(String, f64)> {
        self.used.borrow().clone()
    }

    /// An error if a flag was given that the bound did not ask for.
    pub fn refuse_unused(&self) -> Result<()> {
        let asked = self.asked.borrow();
        let Some((flag, quantity)) = self.given.iter().find(|(flag, _)| !asked.contains(*flag)) else { return Ok(()) };
        let value = match quantity {
            Quantity::Number(value) => value.to_string(),
            Quantity::Word(word) => word.clone(),
            Quantity::Range(_) => "a range".to_string(),
        };
        let usage = super::catalogue::usage(self.bound);
        Err(Error::argument(*flag, value, format!("not to be given here: {} needs {usage}", self.bound)))
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
