//! A new store: made beside its place, then moved there.

use std::fs;
use std::path::Path;

use rusqlite::Connection;

use super::Store;
use super::place::{Access, database};
use super::publish::{draft, publish};
use super::schema::{Filling, fill_cells, fixed_tables, study_tables};
use crate::Result;
use crate::study::provenance::Identity;
use crate::study::{Shard, Study};

impl Store {
    /// Makes the store of a study's shard, with its cells and no rows, and locks it. With `replace`, what stood there is kept
    /// until the new store is whole.
    ///
    /// # Errors
    /// [`crate::Error::File`] if it cannot be written, if it exists and `replace` is not set, or if another process uses it.
    pub fn create(path: &Path, study: &Study, shard: Shard, identity: &Identity, replace: bool) -> Result<Self> {
        let (draft, connection) = draft(path)?;
        fill(&connection, path, study, shard, identity)
            .and_then(|()| connection.close().map_err(|(_, error)| database(path, error)))
            .and_then(|()| publish(&draft, path, replace))
            .inspect_err(|_| drop(fs::remove_file(&draft)))?;
        let store = Self::open_for(path, Access::Write)?;
        store.lock()?;
        Ok(store)
    }
}

/// Makes the tables of a draft, with a study's cells and no rows; `path` is the file that errors are about.
pub(in crate::study) fn fill(
    connection: &Connection,
    path: &Path,
    study: &Study,
    shard: Shard,
    identity: &Identity,
) -> Result<()> {
    filled(connection, study, shard, identity).map_err(|error| about(path, error))
}

/// The error with the file that it is about.
pub(super) fn about(path: &Path, error: Filling) -> crate::Error {
    match error {
        Filling::Database(error) => database(path, error),
        Filling::Study(error) => error,
    }
}

fn filled(
    connection: &Connection,
    study: &Study,
    shard: Shard,
    identity: &Identity,
) -> std::result::Result<(), Filling> {
    connection.execute_batch(&(fixed_tables() + &study_tables(study) + "BEGIN"))?;
    write_identity(connection, identity)?;
    fill_cells(connection, study, shard)?;
    Ok(connection.execute_batch("COMMIT")?)
}

/// Writes what rows follow from.
pub(super) fn write_identity(connection: &Connection, identity: &Identity) -> rusqlite::Result<()> {
    for (name, value) in &identity.0 {
        connection.execute("INSERT INTO identity VALUES (?1, ?2)", [name, value])?;
    }
    Ok(())
}
