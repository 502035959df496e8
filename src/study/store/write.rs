//! Writing rows: whole replicates, in transactions.

use rusqlite::Statement;

use super::digest::Digester;
use super::{Store, database};
use crate::study::plan::Unit;
use crate::{Error, Result};

/// What became of one replicate: for each round its values, in the order of the store's columns, or why it failed.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Which replicate.
    pub unit: Unit,
    /// `values[t][column]`; `None` where a quantity does not exist.
    pub values: std::result::Result<Vec<Vec<Option<f64>>>, String>,
}

/// Writes outcomes into a store; see [`Store::writer`].
#[derive(Debug)]
pub struct Writer<'a> {
    store: &'a Store,
    row: Statement<'a>,
    failure: Statement<'a>,
    digest: Statement<'a>,
    digester: Digester,
}

impl Store {
    /// A writer for rows of so many measured quantities, those of [`Study::columns`](crate::study::Study::columns).
    ///
    /// # Errors
    /// [`Error::File`] if the store cannot be written.
    pub fn writer(&self, columns: usize) -> Result<Writer<'_>> {
        let marks = vec!["?"; 3 + columns].join(", ");
        let row = self.query_borrowed(&format!("INSERT INTO rows VALUES ({marks})"))?;
        let failure = self.query_borrowed("INSERT INTO failures VALUES (?, ?, ?)")?;
        // A digest without rows is one of a replicate that was taken out.
        let digest = self.query_borrowed("INSERT OR REPLACE INTO digests VALUES (?, ?, ?)")?;
        let digester = Digester::new(self.quantities()?);
        Ok(Writer { store: self, row, failure, digest, digester })
    }

    /// Lets the file grow to so many pages (of 4096 bytes) and no further, as if the disk ended there.
    ///
    /// # Errors
    /// [`Error::File`] if the store cannot be used.
    pub fn limit_pages(&self, pages: u64) -> Result<()> {
        self.query(|c| c.pragma_update(None, "max_page_count", pages as i64))
    }

    fn query_borrowed(&self, sql: &str) -> Result<Statement<'_>> {
        self.connection.prepare(sql).map_err(|error| database(&self.path, error))
    }
}

impl Writer<'_> {
    /// Starts a transaction.
    ///
    /// # Errors
    /// [`Error::File`] if the store cannot be written.
    pub fn begin(&self) -> Result<()> {
        self.store.query(|c| c.execute_batch("BEGIN IMMEDIATE"))
    }

    /// Ends a transaction: what was written since it began is there for good.
    ///
    /// # Errors
    /// [`Error::File`] if the store cannot be written; the transaction is then undone.
    pub fn commit(&self) -> Result<()> {
        self.store.query(|c| c.execute_batch("COMMIT")).inspect_err(|_| {
            // A commit that failed for want of room leaves the transaction open.
            drop(self.store.connection.execute_batch("ROLLBACK"));
        })
    }

    /// Records that the run was asked to stop.
    ///
    /// # Errors
    /// [`Error::File`] if the store cannot be written.
    pub fn note_interruption(&self) -> Result<()> {
        self.store.note_interruption()
    }

    /// Writes a replicate.
    ///
    /// # Errors
    /// [`Error::File`] if the store cannot be written.
    pub fn write(&mut self, outcome: &Outcome) -> Result<()> {
        self.insert(outcome).map_err(|error| database(&self.store.path, error))
    }

    fn insert(&mut self, outcome: &Outcome) -> rusqlite::Result<()> {
        let (cell, replicate) = (outcome.unit.ordinal, outcome.unit.replicate);
        let digest = match &outcome.values {
            Ok(rounds) => self.digester.of_rounds(rounds),
            Err(error) => Digester::of_failure(error),
        };
        self.digest.execute(rusqlite::params![cell, replicate, digest])?;
        match &outcome.values {
            Ok(rounds) => {
                for (t, values) in rounds.iter().enumerate() {
                    self.row.raw_bind_parameter(1, cell)?;
                    self.row.raw_bind_parameter(2, replicate)?;
                    self.row.raw_bind_parameter(3, t as i64)?;
                    for (column, value) in values.iter().enumerate() {
                        self.row.raw_bind_parameter(4 + column, value)?;
                    }
                    self.row.raw_execute()?;
                }
            }
            Err(error) => drop(self.failure.execute(rusqlite::params![cell, replicate, error])?),
        }
        Ok(())
    }
}

/// Why a replicate failed, in words that are the same on every machine.
pub(in crate::study) fn reason(error: &Error) -> String {
    match error {
        // The limit is that of the machine.
        Error::TooLarge { what, need, .. } => format!("{what} needs {need}, which is too much"),
        other => other.to_string(),
    }
}
