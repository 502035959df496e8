//! The table beside a figure: named columns of text, read and written as CSV.

use std::collections::BTreeSet;

use crate::nearest::one_of;
use crate::plot::Point;
use crate::simulate::output;
use crate::words::counted;
use crate::{Error, Result};

/// A row in the making: names and texts, in the order of the columns.
#[derive(Clone, Debug, Default)]
pub struct Line(Vec<(String, String)>);

impl Line {
    /// Appends a label.
    #[must_use]
    pub fn label(mut self, name: &str, text: impl Into<String>) -> Self {
        self.0.push((name.to_owned(), text.into()));
        self
    }

    /// Appends a number; NaN, for one that does not exist, leaves its cell empty.
    #[must_use]
    pub fn number(self, name: &str, value: f64) -> Self {
        self.label(name, if value.is_nan() { String::new() } else { output::plain(value) })
    }

    /// Appends a measured value and its interval, as [`Table::measured`] reads them.
    #[must_use]
    pub fn measured(self, name: &str, mean: f64, ends: Option<(f64, f64)>) -> Self {
        let (lo, hi) = ends.unwrap_or((f64::NAN, f64::NAN));
        let named = [("mean", mean), ("lo", lo), ("hi", hi)];
        named.into_iter().fold(self, |line, (end, value)| line.number(&format!("{name}_{end}"), value))
    }
}

/// A table with named columns.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    header: Vec<String>,
    rows: Vec<Vec<String>>,
}

/// A number, and the ends of its interval where it has any.
pub type WithEnds = (f64, Option<f64>, Option<f64>);

impl Table {
    /// A table of rows as long as the header.
    pub fn new(header: Vec<String>, rows: Vec<Vec<String>>) -> Self {
        debug_assert!(rows.iter().all(|row| row.len() == header.len()));
        Self { header, rows }
    }

    /// A table of lines that all have the columns of the first.
    pub fn of_lines(lines: Vec<Line>) -> Self {
        let header = lines.first().map_or_else(Vec::new, |line| line.0.iter().map(|(name, _)| name.clone()).collect());
        let rows = lines.into_iter().map(|line| line.0.into_iter().map(|(_, text)| text).collect()).collect();
        Self::new(header, rows)
    }

    /// The rows of both.
    ///
    /// # Errors
    /// [`Error::Argument`] for a table of other columns.
    pub fn followed_by(mut self, other: Self) -> Result<Self> {
        if self.header != other.header {
            return Err(Error::argument("columns", other.header.join(", "), self.header.join(", ")));
        }
        self.rows.extend(other.rows);
        Ok(self)
    }

    /// Reads CSV with a header.
    ///
    /// # Errors
    /// [`Error::Syntax`] if it is no CSV or a row has another length than the header.
    pub fn parse(text: &str) -> Result<Self> {
        let wrong = |error: csv::Error| {
            let place = error.position().map_or(0, |position| position.byte() as usize);
            match error.kind() {
                csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
                    let expected = format!("{expected_len}, as in the header");
                    Error::syntax(text, place, format!("a row of {}", counted(*len, "cell")), expected)
                }
                _ => Error::syntax(text, place, error, "CSV"),
            }
        };
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let owned = |record: &csv::StringRecord| record.iter().map(str::to_owned).collect::<Vec<_>>();
        let header = owned(reader.headers().map_err(wrong)?);
        let rows =
            reader.records().map(|record| record.map(|record| owned(&record)).map_err(wrong)).collect::<Result<_>>()?;
        Ok(Self { header, rows })
    }

    /// The table as CSV.
    pub fn to_csv(&self) -> String {
        let mut writer = csv::Writer::from_writer(Vec::new());
        let written = std::iter::once(&self.header).chain(&self.rows).try_for_each(|line| writer.write_record(line));
        let bytes = written.and_then(|()| writer.into_inner().map_err(|error| error.into_error().into()));
        // Rows are as long as the header, and a vector takes whatever is written to it.
        String::from_utf8(bytes.unwrap_or_default()).unwrap_or_default()
    }

    /// Whether there is a column of this name.
    pub fn has(&self, name: &str) -> bool {
        self.header.iter().any(|column| column == name)
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The names of the columns.
    pub fn header(&self) -> &[String] {
        &self.header
    }

    fn column(&self, name: &str) -> Result<usize> {
        let found = self.header.iter().position(|column| column == name);
        found.ok_or_else(|| Error::argument("column", name, one_of(name, &self.header)))
    }

    /// The distinct values of a column, in the order in which they come.
    ///
    /// # Errors
    /// [`Error::Argument`] if there is no such column.
    pub fn distinct(&self, name: &str) -> Result<Vec<String>> {
        let column = self.column(name)?;
        let mut seen = BTreeSet::new();
        let new = self.rows.iter().map(|row| &row[column]).filter(|value| seen.insert(value.as_str()));
        Ok(new.cloned().collect())
    }

    /// The different values of a column as a person writes them, with commas: `1` for 1.0. Words of a figure take their numbers from it.
    ///
    /// # Errors
    /// [`Error::Argument`] if there is no such column.
    pub fn written(&self, name: &str) -> Result<String> {
        let person = |text: &String| match text.parse::<f64>() {
            Ok(number) => number.to_string().replace('-', "−"),
            Err(_) => text.clone(),
        };
        Ok(self.distinct(name)?.iter().map(person).collect::<Vec<_>>().join(", "))
    }

    /// The rows in which columns have the given values.
    ///
    /// # Errors
    /// [`Error::Argument`] if there is no such column.
    pub fn filter(&self, conditions: &[(&str, &str)]) -> Result<Self> {
        let columns: Vec<usize> = conditions.iter().map(|(name, _)| self.column(name)).collect::<Result<_>>()?;
        let fits =
            |row: &&Vec<String>| columns.iter().zip(conditions).all(|(&column, (_, value))| row[column] == *value);
        Ok(Self { header: self.header.clone(), rows: self.rows.iter().filter(fits).cloned().collect() })
    }

    /// The points of two columns, rows with an empty cell left out.
    ///
    /// # Errors
    /// [`Error::Argument`] if there is no such column, or a cell is no number.
    pub fn points(&self, x: &str, y: &str) -> Result<Vec<Point>> {
        self.collect(x, y, None)
    }

    /// The points of a measured column, `NAME_mean` with its interval from `NAME_lo` to `NAME_hi`.
    ///
    /// # Errors
    /// As [`Table::points`].
    pub fn measured(&self, x: &str, name: &str) -> Result<Vec<Point>> {
        let ends = (self.column(&format!("{name}_lo"))?, self.column(&format!("{name}_hi"))?);
        self.collect(x, &format!("{name}_mean"), Some(ends))
    }

    /// The means alone of a measured column, for figures in which intervals would hide them.
    ///
    /// # Errors
    /// As [`Table::points`].
    pub fn means(&self, x: &str, name: &str) -> Result<Vec<Point>> {
        self.points(x, &format!("{name}_mean"))
    }

    /// The numbers of a column with the ends of their intervals, rows with an empty cell left out.
    ///
    /// # Errors
    /// As [`Table::points`].
    pub fn interval(&self, mean: &str, lo: &str, hi: &str) -> Result<Vec<WithEnds>> {
        let ends = (self.column(lo)?, self.column(hi)?);
        Ok(self.collect(mean, mean, Some(ends))?.into_iter().map(|point| (point.y, point.lo, point.hi)).collect())
    }

    /// The numbers of a column, rows with an empty cell left out.
    ///
    /// # Errors
    /// As [`Table::points`].
    pub fn numbers(&self, name: &str) -> Result<Vec<f64>> {
        Ok(self.points(name, name)?.into_iter().map(|point| point.y).collect())
    }

    fn collect(&self, x: &str, y: &str, ends: Option<(usize, usize)>) -> Result<Vec<Point>> {
        let (x, y) = (self.column(x)?, self.column(y)?);
        let mut points = Vec::new();
        for row in &self.rows {
            let number = |column: usize| -> Result<Option<f64>> {
                let cell = &row[column];
                if cell.is_empty() {
                    return Ok(None);
                }
                cell.parse().map(Some).map_err(|_| Error::argument(&self.header[column], cell, "a number"))
            };
            if let (Some(x), Some(y)) = (number(x)?, number(y)?) {
                let (lo, hi) = ends.map_or(Ok((None, None)), |(lo, hi)| Ok((number(lo)?, number(hi)?)))?;
                points.push(Point { x, y, lo, hi });
            }
        }
        Ok(points)
    }
}
