//! Bounds of the theory by name.

use std::path::PathBuf;

use pyo3::prelude::*;
use selfreward::Error;
use selfreward::cli::bound::{Answer, Calculator};
use selfreward::papers::{Kind, PAPERS};

use crate::failure::{raised, with_context};

/// Value, intermediates, lists, assumptions with whether they are met, vacuous, the text that the command prints.
type Row = (f64, Vec<(String, f64)>, Vec<(String, Vec<f64>)>, Vec<(String, Option<bool>)>, bool, String);

fn row(answer: &Answer) -> Row {
    let numbers = answer.intermediates().into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    let lists = answer.lists().into_iter().map(|(name, values)| (name.to_owned(), values.to_vec())).collect();
    let assumptions = answer.bound.assumptions().iter();
    let assumptions = assumptions.map(|assumption| (assumption.name.to_string(), assumption.met)).collect();
    (answer.bound.value(), numbers, lists, assumptions, answer.bound.vacuous(), answer.text())
}

/// The error with its number as Python names it.
fn in_python(error: Error) -> Error {
    match error {
        Error::Argument { name, value, expected } => Error::Argument { name: name.replace('-', "_"), value, expected },
        other => other,
    }
}

/// A bound at one point after another: each is a list of flags with what they hold, as the command line writes it.
#[pyfunction]
#[pyo3(signature = (name, points, from_file=None))]
pub fn bound(name: &str, points: Vec<Vec<(String, String)>>, from_file: Option<PathBuf>) -> PyResult<Vec<Row>> {
    let calculator = Calculator::new(name, from_file.as_deref()).map_err(|error| with_context(&error))?;
    let at = |point: &Vec<(String, String)>| calculator.evaluate(point).map(|answer| row(&answer));
    points.iter().map(|point| at(point).map_err(|error| raised(&in_python(error)))).collect()
}

/// Every bound: its name, what it is, what it needs.
#[pyfunction]
pub fn bounds() -> Vec<(&'static str, &'static str, &'static str)> {
    selfreward::cli::bound::bounds().map(|entry| (entry.name, entry.about, entry.usage)).collect()
}

/// The flags that hold a list of numbers.
#[pyfunction]
pub fn bound_lists() -> Vec<&'static str> {
    let flags = PAPERS.iter().flat_map(|paper| paper.flags);
    flags.filter(|flag| flag.kind == Kind::List).map(|flag| flag.name).collect()
}
