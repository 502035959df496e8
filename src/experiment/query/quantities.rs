//! From the names of quantities to the columns of rows: those that depend on δ or on a level have one for each.

use super::Query;
use crate::absent::{Absent, Why, measurable};
use crate::metrics::{Quantity, Reader};
use crate::nearest::one_of;
use crate::{Error, Result};

/// What is looked at where nothing is said, as in the figure of any definition.
const USUAL: [&str; 4] = ["kappa_minus_one", "failure", "drift", "correct_probability"];

/// A column that is shown.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Column {
    /// Its name, such as `failure_0.5`.
    pub(super) name: String,
    /// The quantity's own name.
    pub(super) quantity: String,
    /// δ, of a quantity that depends on it.
    pub(super) delta: Option<f64>,
}

impl Column {
    fn of(name: &str) -> Self {
        let quantity = Quantity::of_column(name);
        let delta = quantity.filter(|quantity| matches!(quantity.read, Reader::PerDelta(_)));
        let delta = delta.and_then(|quantity| name.strip_prefix(quantity.name)?.strip_prefix('_')?.parse().ok());
        Self { name: name.to_owned(), quantity: quantity.map_or(name, |quantity| quantity.name).to_owned(), delta }
    }
}

/// The columns that a query asks for, of those that there are; remarks say what was chosen.
pub(super) fn columns(query: &Query, there: &[String], remarks: &mut Vec<String>) -> Result<Vec<Column>> {
    let usual = || USUAL.iter().filter(|name| there.iter().any(|column| quantity_of(column) == **name));
    let names: Vec<String> =
        if query.y.is_empty() { usual().map(|name| (*name).to_owned()).collect() } else { query.y.clone() };
    let mut columns: Vec<Column> = Vec::new();
    for name in &names {
        for column in of_name(name, query, there, remarks)? {
            if columns.iter().any(|known| known.name == column) {
                return Err(Error::argument("--y", name, format!("no quantity twice: {column} is there already")));
            }
            columns.push(Column::of(&column));
        }
    }
    let reader = |column: &Column| Quantity::of_column(&column.name).map(|quantity| quantity.read);
    let list = names.join(", ");
    if !query.deltas.is_empty() && !columns.iter().any(|c| matches!(reader(c), Some(Reader::PerDelta(_)))) {
        return Err(Error::argument("--delta", texts(&query.deltas), format!("nothing: {list} depends on no delta")));
    }
    if !query.levels.is_empty() && !columns.iter().any(|c| matches!(reader(c), Some(Reader::PerLevel(_)))) {
        return Err(Error::argument("--level", texts(&query.levels), format!("nothing: {list} depends on no level")));
    }
    Ok(columns)
}

/// The columns of one name.
fn of_name(name: &str, query: &Query, there: &[String], remarks: &mut Vec<String>) -> Result<Vec<String>> {
    if there.iter().any(|column| column == name) {
        return Ok(vec![name.to_owned()]);
    }
    let own: Vec<&String> = there.iter().filter(|column| quantity_of(column) == name).collect();
    let Some(quantity) = own.first().and_then(|column| Quantity::of_column(column)) else {
        if measurable(name) {
            let absent = Absent { column: name.to_owned(), cell: 0, why: Why::NotMeasured };
            return Err(Error::argument("--y", name, format!("a measured quantity: {}", absent.reason())));
        }
        let mut names: Vec<&str> = Vec::new();
        there.iter().map(|column| quantity_of(column)).for_each(|quantity| {
            if !names.contains(&quantity) {
                names.push(quantity);
            }
        });
        return Err(Error::argument("--y", name, one_of(name, &names)));
    };
    let index = |column: &str| column[quantity.name.len() + 1..].to_owned();
    let chosen = |flag: &str, asked: Vec<String>| -> Result<Vec<String>> {
        let column = |index: String| {
            let column = format!("{name}_{index}");
            let measured = || own.iter().map(|column| column[quantity.name.len() + 1..].to_owned()).collect::<Vec<_>>();
            let missing = || {
                Error::argument(flag, &index, format!("one of {}, at which {name} was measured", measured().join(", ")))
            };
            if there.contains(&column) { Ok(column) } else { Err(missing()) }
        };
        asked.into_iter().map(column).collect()
    };
    match quantity.read {
        Reader::PerDelta(_) if query.deltas.is_empty() => {
            if own.len() > 1 {
                let others = own.iter().map(|column| index(column)).collect::<Vec<_>>().join(", ");
                remarks.push(format!("{name} is shown at delta = {} (of {others}; --delta chooses)", index(own[0])));
            }
            Ok(vec![own[0].clone()])
        }
        Reader::PerDelta(_) => chosen("--delta", query.deltas.iter().map(f64::to_string).collect()),
        Reader::PerLevel(_) if !query.levels.is_empty() => {
            chosen("--level", query.levels.iter().map(i64::to_string).collect())
        }
        _ => Ok(own.into_iter().cloned().collect()),
    }
}

/// The name of a column's quantity.
fn quantity_of(column: &str) -> &str {
    Quantity::of_column(column).map_or(column, |quantity| quantity.name)
}

fn texts<T: ToString>(values: &[T]) -> String {
    values.iter().map(T::to_string).collect::<Vec<_>>().join(",")
}
