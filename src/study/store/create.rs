//! A new store: made beside its place, then moved there.

use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::types::Value as Sql;
use rusqlite::{Connection, params_from_iter};

use super::{APPLICATION, PATIENCE, SCHEMA, Store, database, quoted};
use crate::simulate::summary::Column;
use crate::study::cell::{json, value_of};
use crate::study::provenance::Identity;
use crate::study::{Shard, Study};
use crate::{Error, Result, draft};

/// Columns of `cells` before those of the grid keys.
pub(super) const CELL_COLUMNS: [&str; 5] = ["cell", "id", "part", "seed", "replicates"];

impl Store {
    /// Makes the store of a study's shard, with its cells and no rows, and locks it.
    ///
    /// # Errors
    /// [`Error::File`] if it cannot be written, if it exists and `replace` is not set, or if another process uses it.
    pub fn create(path: &Path, study: &Study, shard: Shard, identity: &Identity, replace: bool) -> Result<Self> {
        if replace {
            Self::remove(path)?;
        }
        let (draft, connection) = Self::draft(path)?;
        let filled = Self::fill(&connection, path, study, shard, identity);
        let closed = filled.and_then(|()| connection.close().map_err(|(_, error)| database(path, error)));
        closed.and_then(|()| Self::publish(&draft, path)).inspect_err(|_| drop(fs::remove_file(&draft)))?;
        let store = Self::open(path)?;
        store.lock()?;
        Ok(store)
    }

    /// An empty database beside `path`, in which nothing is safe until it is published.
    pub(in crate::study) fn draft(path: &Path) -> Result<(PathBuf, Connection)> {
        let folder = folder_of(path);
        fs::create_dir_all(folder).map_err(|error| Error::file(folder, format!("cannot be made a folder: {error}")))?;
        sweep(path)?;
        let place = folder.join(format!("{}{}.part", draft_prefix(path), std::process::id()));
        draft::note(&place);
        let connection = Connection::open(&place).map_err(|error| database(path, error))?;
        let settings = "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF";
        connection.execute_batch(settings).map_err(|error| database(path, error))?;
        Ok((place, connection))
    }

    /// Makes the tables of a draft, with a study's cells and no rows; `path` is the file that errors are about.
    pub(in crate::study) fn fill(
        connection: &Connection,
        path: &Path,
        study: &Study,
        shard: Shard,
        identity: &Identity,
    ) -> Result<()> {
        fill(connection, study, shard, identity).map_err(|error| match error {
            Filling::Database(error) => database(path, error),
            Filling::Study(error) => error,
        })
    }

    /// Moves a finished draft to its place, unless something stands there.
    pub(in crate::study) fn publish(draft: &Path, path: &Path) -> Result<()> {
        let sync = fs::File::open(draft).and_then(|file| file.sync_all());
        sync.map_err(|error| Error::file(path, format!("cannot be written: {error}")))?;
        // A journal without its store is what is left of a store that was deleted; it must not be rolled into this one.
        if !path.exists() {
            remove_if_there(&journal_of(path))?;
        }
        // A hard link, unlike a rename, never replaces a file.
        fs::hard_link(draft, path).map_err(|error| match error.kind() {
            std::io::ErrorKind::AlreadyExists => {
                Error::file(path, "exists already; --resume goes on with it, --force replaces it")
            }
            _ => Error::file(path, format!("cannot be written: {error}")),
        })?;
        fs::remove_file(draft).map_err(|error| Error::file(draft, format!("cannot be removed: {error}")))
    }

    /// Removes a store (or whatever stands in its place) unless another process uses it.
    pub(in crate::study) fn remove(path: &Path) -> Result<()> {
        if path.is_file()
            && let Ok(connection) = Connection::open(path)
            && connection.busy_timeout(PATIENCE).is_ok()
            && let Err(error) = connection.execute_batch("BEGIN EXCLUSIVE; ROLLBACK")
            && matches!(error.sqlite_error_code(), Some(rusqlite::ErrorCode::DatabaseBusy))
        {
            return Err(database(path, error));
        }
        remove_if_there(path)?;
        remove_if_there(&journal_of(path))
    }
}

enum Filling {
    Database(rusqlite::Error),
    Study(Error),
}

impl From<rusqlite::Error> for Filling {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(error)
    }
}

impl From<Error> for Filling {
    fn from(error: Error) -> Self {
        Self::Study(error)
    }
}

fn fill(connection: &Connection, study: &Study, shard: Shard, identity: &Identity) -> std::result::Result<(), Filling> {
    let keys = study.definition.grid_keys();
    connection.execute_batch(&schema(&keys, &study.columns()))?;
    connection.execute_batch("BEGIN")?;
    for (name, value) in &identity.0 {
        connection.execute("INSERT INTO identity VALUES (?1, ?2)", [name, value])?;
    }
    let marks = vec!["?"; CELL_COLUMNS.len() + keys.len()].join(", ");
    let mut insert = connection.prepare(&format!("INSERT INTO cells VALUES ({marks})"))?;
    let mut ordinals = study.shard(shard);
    ordinals.sort_unstable();
    for ordinal in ordinals {
        let cell = study.cell(ordinal)?;
        let config = json(&cell.config);
        let seed = cell.config.run.seed.resolve()?.to_string();
        let fixed = [
            Sql::Integer(ordinal as i64),
            Sql::Text(cell.id.to_string()),
            Sql::Text(cell.part),
            Sql::Text(seed),
            Sql::Integer(cell.config.run.replicates as i64),
        ];
        let values = keys.iter().map(|key| value_of(&config, key).map_or(Sql::Null, sql));
        insert.execute(params_from_iter(fixed.into_iter().chain(values)))?;
    }
    drop(insert);
    Ok(connection.execute_batch("COMMIT")?)
}

/// A value of a configuration: numbers and words as they are, all else as JSON.
fn sql(value: serde_json::Value) -> Sql {
    match value {
        serde_json::Value::Null => Sql::Null,
        serde_json::Value::String(text) => Sql::Text(text),
        serde_json::Value::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) => Sql::Integer(whole),
            (None, Some(real)) => Sql::Real(real),
            (None, None) => Sql::Null,
        },
        other => Sql::Text(other.to_string()),
    }
}

fn schema(keys: &[String], columns: &[Column]) -> String {
    let cell_keys: String = keys.iter().map(|key| format!(",\n    {}", quoted(key))).collect();
    let quantities: String = columns.iter().map(|column| format!(",\n    {} REAL", quoted(&column.name()))).collect();
    let tidy_keys: String = keys.iter().map(|key| format!(", cells.{}", quoted(key))).collect();
    let tidy_columns: String = columns.iter().map(|column| format!(", rows.{}", quoted(&column.name()))).collect();
    format!(
        "PRAGMA application_id = {APPLICATION};
PRAGMA user_version = {SCHEMA};
CREATE TABLE identity (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
);
CREATE TABLE cells (
    cell INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    part TEXT NOT NULL,
    seed TEXT NOT NULL,
    replicates INTEGER NOT NULL{cell_keys}
);
CREATE TABLE rows (
    cell INTEGER NOT NULL REFERENCES cells,
    replicate INTEGER NOT NULL,
    round INTEGER NOT NULL{quantities},
    PRIMARY KEY (cell, replicate, round)
) WITHOUT ROWID;
CREATE TABLE failures (
    cell INTEGER NOT NULL REFERENCES cells,
    replicate INTEGER NOT NULL,
    error TEXT NOT NULL,
    PRIMARY KEY (cell, replicate)
) WITHOUT ROWID;
CREATE TABLE sessions (
    session INTEGER PRIMARY KEY,
    started TEXT NOT NULL,
    ended TEXT,
    outcome TEXT,
    jobs INTEGER NOT NULL,
    resumed INTEGER NOT NULL,
    host TEXT NOT NULL,
    cpu TEXT NOT NULL,
    system TEXT NOT NULL,
    process TEXT NOT NULL
);
CREATE VIEW tidy AS
    SELECT cells.part, cells.id AS cell{tidy_keys}, rows.replicate, rows.round{tidy_columns}
    FROM rows JOIN cells USING (cell) ORDER BY rows.cell, rows.replicate, rows.round;
CREATE VIEW failed AS
    SELECT cells.part, cells.id AS cell{tidy_keys}, failures.replicate, failures.error
    FROM failures JOIN cells USING (cell) ORDER BY failures.cell, failures.replicate;
"
    )
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn draft_prefix(path: &Path) -> String {
    format!(".{}.", path.file_name().unwrap_or_default().to_string_lossy())
}

fn journal_of(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push("-journal");
    name.into()
}

/// Removes drafts of this store that killed processes left behind.
pub(super) fn sweep(path: &Path) -> Result<()> {
    let prefix = draft_prefix(path);
    let folder = folder_of(path);
    let entries = fs::read_dir(folder).map_err(|error| Error::file(folder, format!("cannot be read: {error}")))?;
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with(&prefix) && name.ends_with(".part") {
            remove_if_there(&entry.path())?;
        }
    }
    Ok(())
}

fn remove_if_there(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(Error::file(path, format!("cannot be removed: {error}")))
        }
        _ => Ok(()),
    }
}
