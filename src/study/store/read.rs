//! Reading a store, row by row: nothing here holds all rows.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::types::ValueRef;
use rusqlite::{OptionalExtension, Row};

use super::{Store, database, quoted};
use crate::Result;
use crate::study::CellId;
use crate::study::provenance::Identity;

/// How far a store is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Counts {
    /// Its cells.
    pub cells: usize,
    /// The replicates that its cells ask for.
    pub asked: usize,
    /// Replicates that are done.
    pub done: usize,
    /// Replicates that failed.
    pub failed: usize,
    /// Rows: one for each round of each replicate that is done.
    pub rows: usize,
}

impl Counts {
    /// Whether nothing is left to compute.
    pub fn complete(&self) -> bool {
        self.done + self.failed == self.asked
    }
}

/// A view of the store in tidy form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tidy {
    /// `tidy`: part, cell, grid keys, replicate, round, measured quantities.
    Rows,
    /// `failed`: part, cell, grid keys, replicate, error.
    Failures,
}

impl Tidy {
    fn view(self) -> &'static str {
        match self {
            Self::Rows => "tidy",
            Self::Failures => "failed",
        }
    }
}

/// A stored value.
#[derive(Clone, Debug, PartialEq)]
pub enum Field {
    /// It does not exist, or is NaN.
    Missing,
    /// A whole number.
    Whole(i64),
    /// A number.
    Real(f64),
    /// A word, or JSON.
    Text(String),
}

impl From<ValueRef<'_>> for Field {
    fn from(value: ValueRef<'_>) -> Self {
        match value {
            ValueRef::Integer(whole) => Self::Whole(whole),
            ValueRef::Real(real) => Self::Real(real),
            ValueRef::Text(text) => Self::Text(String::from_utf8_lossy(text).into_owned()),
            ValueRef::Null | ValueRef::Blob(_) => Self::Missing,
        }
    }
}

/// No run has more rounds.
const MOST_ROUNDS: usize = 1_000_000;

/// The rows of one replicate: for each round its values, in the order of [`Store::quantities`].
pub type ReplicateRows = Vec<Vec<Option<f64>>>;

impl Store {
    /// What its rows follow from.
    ///
    /// # Errors
    /// [`crate::Error::File`] if the store cannot be read.
    pub fn identity(&self) -> Result<Identity> {
        self.query(|c| {
            let mut select = c.prepare("SELECT name, value FROM identity ORDER BY rowid")?;
            select.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<rusqlite::Result<_>>().map(Identity)
        })
    }

    /// How far it is.
    ///
    /// # Errors
    /// [`crate::Error::File`] if the store cannot be read.
    pub fn counts(&self) -> Result<Counts> {
        let count = |sql: &str| self.query(|c| c.query_row(sql, [], |row| row.get::<_, i64>(0))).map(|n| n as usize);
        Ok(Counts {
            cells: count("SELECT count(*) FROM cells")?,
            asked: count("SELECT coalesce(sum(replicates), 0) FROM cells")?,
            done: count("SELECT count(*) FROM rows WHERE round = 0")?,
            failed: count("SELECT count(*) FROM failures")?,
            rows: count("SELECT count(*) FROM rows")?,
        })
    }

    /// The names of the measured quantities.
    ///
    /// # Errors
    /// [`crate::Error::File`] if the store cannot be read.
    pub fn quantities(&self) -> Result<Vec<String>> {
        self.query(|c| Ok(names(&c.prepare("SELECT * FROM rows")?).split_off(3)))
    }

    /// The names of a tidy view's columns.
    ///
    /// # Errors
    /// [`crate::Error::File`] if the store cannot be read.
    pub fn tidy_columns(&self, view: Tidy) -> Result<Vec<String>> {
        self.query(|c| Ok(names(&c.prepare(&format!("SELECT * FROM {}", view.view()))?)))
    }

    /// Calls `f` with every record of a tidy view, sorted by cell, replicate and round.
    ///
    /// # Errors
    /// [`crate::Error::File`] if the store cannot be read; whatever `f` returns.
    pub fn for_each(&self, view: Tidy, mut f: impl FnMut(&[Field]) -> Result<()>) -> Result<()> {
        let wrong = |error| database(self.path(), error);
        let mut select = self.connection.prepare(&format!("SELECT * FROM {}", view.view())).map_err(wrong)?;
        let columns = select.column_count();
        let mut rows = select.query([]).map_err(wrong)?;
        while let Some(row) = rows.next().map_err(wrong)? {
            let fields: rusqlite::Result<Vec<Field>> = (0..columns).map(|i| row.get_ref(i).map(Field::from)).collect();
            f(&fields.map_err(wrong)?)?;
        }
        Ok(())
    }

    /// One column of the view `tidy` as numbers, NaN where there is none.
    ///
    /// # Errors
    /// [`crate::Error::File`] if the store cannot be read.
    pub fn column(&self, name: &str) -> Result<Vec<f64>> {
        let number = |row: &Row<'_>| {
            Ok(match row.get_ref(0)? {
                ValueRef::Integer(whole) => whole as f64,
                ValueRef::Real(real) => real,
                _ => f64::NAN,
            })
        };
        let sql = format!("SELECT {} FROM tidy", quoted(name));
        self.query(|c| c.prepare(&sql)?.query_map([], number)?.collect())
    }

    /// One column of the view `tidy` as words; empty if it holds numbers.
    ///
    /// # Errors
    /// [`crate::Error::File`] if the store cannot be read.
    pub fn words(&self, name: &str) -> Result<Vec<String>> {
        let column = quoted(name);
        self.query(|c| {
            let any = format!("SELECT EXISTS (SELECT 1 FROM tidy WHERE typeof({column}) = 'text')");
            if !c.query_row(&any, [], |row| row.get::<_, bool>(0))? {
                return Ok(Vec::new());
            }
            let word = |row: &Row<'_>| row.get::<_, Option<String>>(0).map(Option::unwrap_or_default);
            c.prepare(&format!("SELECT CAST({column} AS TEXT) FROM tidy"))?.query_map([], word)?.collect()
        })
    }

    /// The numbers of a cell's replicates with their rows, without those that failed. A round that is not there has no values.
    ///
    /// # Errors
    /// [`crate::Error::File`] if the store cannot be read.
    pub fn replicates_of(&self, ordinal: usize) -> Result<Vec<(usize, ReplicateRows)>> {
        let sql = "SELECT * FROM rows WHERE cell = ? ORDER BY replicate, round";
        self.query(|c| {
            let mut select = c.prepare_cached(sql)?;
            let mut rows = select.query([ordinal as i64])?;
            let mut replicates: Vec<(usize, ReplicateRows)> = Vec::new();
            while let Some(row) = rows.next()? {
                let values: Vec<Option<f64>> =
                    (3..row.as_ref().column_count()).map(|i| row.get(i)).collect::<rusqlite::Result<_>>()?;
                let replicate = row.get::<_, i64>(1)? as usize;
                if replicates.last().is_none_or(|(last, _)| *last != replicate) {
                    replicates.push((replicate, Vec::new()));
                }
                // A round has its own place, whether or not those before it are there. (No run has as many rounds as the limit.)
                let round = usize::try_from(row.get::<_, i64>(2)?).unwrap_or(usize::MAX);
                if let Some((_, rounds)) = replicates.last_mut().filter(|_| round <= MOST_ROUNDS) {
                    let nothing = vec![None; values.len()];
                    rounds.resize(rounds.len().max(round), nothing);
                    rounds.push(values);
                }
            }
            Ok(replicates)
        })
    }

    /// The place of the cell with an id; `None` if there is none.
    ///
    /// # Errors
    /// [`crate::Error::File`] if the store cannot be read.
    pub fn find(&self, id: CellId) -> Result<Option<usize>> {
        let sql = "SELECT cell FROM cells WHERE id = ?";
        self.query(|c| c.query_row(sql, [id.to_string()], |row| row.get(0)).optional())
            .map(|cell: Option<i64>| cell.map(|cell| cell as usize))
    }

    /// The places and ids of its cells, in their order.
    ///
    /// # Errors
    /// [`crate::Error::File`] if the store cannot be read.
    pub fn ids(&self) -> Result<Vec<(usize, String)>> {
        let entry = |row: &Row<'_>| Ok((row.get::<_, i64>(0)? as usize, row.get(1)?));
        self.query(|c| c.prepare("SELECT cell, id FROM cells ORDER BY cell")?.query_map([], entry)?.collect())
    }

    /// The first replicate that failed, and why, as a sentence.
    ///
    /// # Errors
    /// [`crate::Error::File`] if the store cannot be read.
    pub fn first_failure(&self) -> Result<Option<String>> {
        let sql = "SELECT 'replicate ' || replicate || ' of cell ' || id || ': ' || error
            FROM failures JOIN cells USING (cell) ORDER BY cell, replicate LIMIT 1";
        self.query(|c| c.query_row(sql, [], |row| row.get(0)).optional())
    }

    /// How many replicates are done of each cell of which any is, by the cell's ordinal.
    ///
    /// # Errors
    /// [`crate::Error::File`] if the store cannot be read.
    pub fn done(&self) -> Result<BTreeMap<usize, usize>> {
        let sql = "SELECT cell, count(*) FROM rows WHERE round = 0 GROUP BY cell";
        let pair = |row: &Row<'_>| Ok((row.get::<_, i64>(0)? as usize, row.get::<_, i64>(1)? as usize));
        self.query(|c| c.prepare(sql)?.query_map([], pair)?.collect())
    }

    /// How many replicates failed of each cell of which any did, by the cell's ordinal.
    ///
    /// # Errors
    /// [`crate::Error::File`] if the store cannot be read.
    pub fn failures(&self) -> Result<BTreeMap<usize, usize>> {
        let pair = |row: &Row<'_>| Ok((row.get::<_, i64>(0)? as usize, row.get::<_, i64>(1)? as usize));
        self.query(|c| c.prepare("SELECT cell, count(*) FROM failures GROUP BY cell")?.query_map([], pair)?.collect())
    }

    /// The (cell, replicate) that are done or failed.
    ///
    /// # Errors
    /// [`crate::Error::File`] if the store cannot be read.
    pub fn settled(&self) -> Result<BTreeSet<(u32, u32)>> {
        let sql = "SELECT cell, replicate FROM rows WHERE round = 0 UNION ALL SELECT cell, replicate FROM failures";
        self.query(|c| c.prepare(sql)?.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect())
    }
}

fn names(statement: &rusqlite::Statement<'_>) -> Vec<String> {
    statement.column_names().map(str::to_owned).collect()
}
