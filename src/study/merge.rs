//! Stores of shards joined into one.

use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension};

use super::Shard;
use super::store::{Counts, Store, database, quoted};
use crate::{Error, Result};

/// Joins stores of one study into a new one that equals that of the unsharded run; gives how far it is.
///
/// # Errors
/// [`Error::File`] if a store cannot be read, if two stores belong to different runs (it says what differs), if rows that both
/// hold differ, or if `out` exists and `replace` is not set.
pub fn merge(inputs: &[PathBuf], out: &Path, replace: bool) -> Result<Counts> {
    let stores = inputs.iter().map(|path| Store::open(path)).collect::<Result<Vec<Store>>>()?;
    let [first, others @ ..] = stores.as_slice() else {
        return Err(Error::argument("stores", 0, "at least one store to merge"));
    };
    let identity = first.identity()?.unsharded();
    for other in others {
        let differences = identity.differences(&other.identity()?.unsharded(), "in the first store", "in this one");
        if !differences.is_empty() {
            let message = format!("cannot be merged with {}: {}", first.path().display(), differences.join("; "));
            return Err(Error::file(other.path(), message));
        }
    }
    let study = first.study()?;
    // Reading connections are closed, so that the files can be attached.
    drop(stores);
    let same =
        |path: &PathBuf| fs::canonicalize(path).ok().is_some_and(|path| fs::canonicalize(out).ok() == Some(path));
    if inputs.iter().any(same) {
        return Err(Error::file(out, "is one of the stores to merge; expected another file"));
    }
    if out.exists() && !replace {
        return Err(Error::file(out, "exists already; --force overwrites it"));
    }
    let (draft, connection) = Store::draft(out)?;
    let joined = Store::fill(&connection, out, &study, Shard::WHOLE, &identity)
        .and_then(|()| join(&connection, inputs))
        .and_then(|()| connection.close().map_err(|(_, error)| database(out, error)))
        .and_then(|()| if replace { Store::remove(out) } else { Ok(()) })
        .and_then(|()| Store::publish(&draft, out));
    joined.inspect_err(|_| drop(fs::remove_file(&draft)))?;
    Store::open(out)?.counts()
}

/// The tables of a store that is being joined, and what their records are known by.
const TABLES: [(&str, &[&str]); 3] =
    [("cells", &["cell"]), ("rows", &["cell", "replicate", "round"]), ("failures", &["cell", "replicate"])];

fn join(connection: &Connection, inputs: &[PathBuf]) -> Result<()> {
    for path in inputs {
        let wrong = |error| database(path, error);
        connection.execute("ATTACH DATABASE ?1 AS source", [path.to_string_lossy()]).map_err(wrong)?;
        connection.execute_batch("BEGIN").map_err(wrong)?;
        for (table, keys) in TABLES {
            if let Some(place) = conflict(connection, table, keys).map_err(wrong)? {
                let message = format!("holds {table} that differ from those of the stores before it, first at {place}");
                return Err(Error::file(path, message));
            }
            let columns = columns(connection, table).map_err(wrong)?.join(", ");
            let copy = format!("INSERT OR IGNORE INTO main.{table} ({columns}) SELECT {columns} FROM source.{table}");
            connection.execute_batch(&copy).map_err(wrong)?;
        }
        if let Some(place) = contradiction(connection).map_err(wrong)? {
            let message = format!("and the stores before it disagree on whether a replicate failed, first {place}");
            return Err(Error::file(path, message));
        }
        let columns = "started, ended, outcome, jobs, resumed, host, cpu, system, process";
        let sessions =
            format!("INSERT INTO main.sessions ({columns}) SELECT {columns} FROM source.sessions ORDER BY session");
        connection.execute_batch(&format!("{sessions}; COMMIT; DETACH DATABASE source")).map_err(wrong)?;
    }
    Ok(())
}

/// The columns of a table of the attached store, quoted.
fn columns(connection: &Connection, table: &str) -> rusqlite::Result<Vec<String>> {
    let select = connection.prepare(&format!("SELECT * FROM source.{table}"))?;
    Ok(select.column_names().map(quoted).collect())
}

/// The first key under which both hold a record, but not the same.
fn conflict(connection: &Connection, table: &str, keys: &[&str]) -> rusqlite::Result<Option<String>> {
    let pairs = |columns: &[String], word: &str, operator: &str| {
        let pair = |name: &String| format!("a.{name} {operator} b.{name}");
        columns.iter().map(pair).collect::<Vec<_>>().join(word)
    };
    let quoted_keys: Vec<String> = keys.iter().map(|key| quoted(key)).collect();
    let place = keys.iter().map(|key| format!("'{key} ' || a.{key}")).collect::<Vec<_>>().join(" || ', ' || ");
    let sql = format!(
        "SELECT {place} FROM source.{table} a JOIN main.{table} b ON {} WHERE {} LIMIT 1",
        pairs(&quoted_keys, " AND ", "="),
        pairs(&columns(connection, table)?, " OR ", "IS NOT"),
    );
    let mut select = connection.prepare(&sql)?;
    let mut rows = select.query([])?;
    rows.next()?.map(|row| row.get(0)).transpose()
}

/// The first replicate that one store has done and another saw fail.
fn contradiction(connection: &Connection) -> rusqlite::Result<Option<String>> {
    let sql = "SELECT 'cell ' || cell || ', replicate ' || replicate
        FROM main.failures JOIN main.rows USING (cell, replicate) LIMIT 1";
    connection.query_row(sql, [], |row| row.get(0)).optional()
}
