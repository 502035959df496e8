//! The numbers given to a bound: single values, one range, and a record of which were used.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use selfreward::{Error, Result};

/// Flags that hold whole numbers: the points of a range are rounded.
const WHOLE: [&str; 7] = ["n", "rounds", "class_size", "dim", "prompts", "rank", "responses"];
/// Flags that are not numbers, or not only.
const WORDS: [&str; 2] = ["spectrum", "regime"];
/// The most points a range may have.
const MOST_POINTS: usize = 100_000;

/// The value of a flag.
#[derive(Debug, Clone, PartialEq)]
pub enum Quantity {
    /// One number.
    Number(f64),
    /// The points of FIRST..LAST:POINTS.
    Range(Vec<f64>),
    /// A word: a file, a regime, `worst`.
    Word(String),
}

impl Quantity {
    /// Reads a number, a range, or where `flag` takes one a word.
    pub fn parse(flag: &str, text: &str) -> Result<Self> {
        if WORDS.contains(&flag) || (flag == "mass" && text == "worst") {
            return Ok(Self::Word(text.to_string()));
        }
        if let Some((ends, points)) = text.rsplit_once(':') {
            return range(ends, points)
                .map(|points| {
                    let whole = WHOLE.contains(&flag);
                    Self::Range(points.into_iter().map(|point| if whole { point.round() } else { point }).collect())
                })
                .ok_or_else(|| {
                    let form = format!(
                        "FIRST..LAST:POINTS with finite FIRST and LAST above 0 and between 2 and {MOST_POINTS} points"
                    );
                    Error::argument(flag, text, form)
                });
        }
        text.parse().map(Self::Number).map_err(|_| {
            Error::argument(
                flag,
                text,
                if flag == "mass" { "a number, a range, or worst" } else { "a number or a range" },
            )
        })
    }
}

/// Points evenly spaced in the logarithm, both ends exact.
fn range(ends: &str, points: &str) -> Option<Vec<f64>> {
    let (first, last) = ends.split_once("..")?;
    let (first, last): (f64, f64) = (first.parse().ok()?, last.parse().ok()?);
    let points: usize = points.parse().ok()?;
    if !(first > 0.0 && last > 0.0 && first.is_finite() && last.is_finite() && (2..=MOST_POINTS).contains(&points)) {
        return None;
    }
    let steps = (points - 1) as f64;
    let point = |index: usize| {
        let share = index as f64 / steps;
        match index {
            0 => first,
            _ if index == points - 1 => last,
            _ => (first.ln() * (1.0 - share) + last.ln() * share).exp(),
        }
    };
    Some((0..points).map(point).collect())
}

/// The numbers of one evaluation. Asking for a flag marks it as used.
pub struct Numbers<'a> {
    bound: &'a str,
    given: BTreeMap<&'static str, Quantity>,
    asked: RefCell<BTreeSet<&'static str>>,
    used: RefCell<Vec<(&'static str, f64)>>,
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
        if value.fract() == 0.0 && (1.0..=f64::from(u32::MAX)).contains(&value) {
            Ok(value as u32)
        } else {
            Err(Error::argument("rounds", value, "a whole number, at least 1"))
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
    pub fn used(&self) -> Vec<(&'static str, f64)> {
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

    fn record(&self, flag: &'static str, value: f64) {
        let mut used = self.used.borrow_mut();
        if used.iter().all(|(known, _)| *known != flag) {
            used.push((flag, value));
        }
    }
}
