//! Stores of shards joined into one.

use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension};

use super::provenance::Identity;
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
    let joined = join(&connection, inputs, &identity)
        .and_then(|()| connection.close().map_err(|(_, error)| database(out, error)))
        .and_then(|()| if replace { Store::remove(out) } else { Ok(()) })
        .and_then(|()| Store::publish(&draft, out));
    joined.inspect_err(|_| drop(fs::remove_file(&draft)))?;
    Store::open(out)?.counts()
}

fn join(connection: &Connection, inputs: &[PathBuf], identity: &Identity) -> Result<()> {
    for (index, path) in inputs.iter().enumerate() {
        let wrong = |error| database(path, error);
        connection.execute("ATTACH DATABASE ?1 AS source", [path.to_string_lossy()]).map_err(wrong)?;
        connection.execute_batch("BEGIN").map_err(wrong)?;
        if index == 0 {
            copy_schema(connection).map_err(wrong)?;
        }
        for (table, keys) in
            [("cells", &["cell"][..]), ("rows", &["cell", "replicate", "round"]), ("failures", &["cell", "replicate"])]
        {
            if let Some(place) = conflict(connection, table, keys).map_err(wrong)? {
                let message = format!("holds {table} that differ from those of the stores before it, first at {place}");
                return Err(Error::file(path, message));
            }
            connection
                .execute_batch(&format!("INSERT OR IGNORE INTO main.{table} SELECT * FROM source.{table}"))
                .map_err(wrong)?;
        }
        if let Some(place) = contradiction(connection).map_err(wrong)? {
            return Err(Error::file(
                path,
                format!("and the stores before it disagree on whether a replicate failed, first {place}"),
            ));
        }
        let sessions = "INSERT INTO main.sessions (started, ended, outcome, jobs, resumed, host, cpu, system, process)
            SELECT started, ended, outcome, jobs, resumed, host, cpu, system, process FROM source.sessions ORDER BY session";
        connection.execute_batch(&format!("{sessions}; COMMIT; DETACH DATABASE source")).map_err(wrong)?;
    }
    let whole = |error| database(&inputs[0], error);
    for (name, value) in &identity.0 {
        connection.execute("INSERT INTO identity VALUES (?1, ?2)", [name, value]).map_err(whole)?;
    }
    Ok(())
}

fn copy_schema(connection: &Connection) -> rusqlite::Result<()> {
    let statements: Vec<String> = connection
        .prepare("SELECT sql FROM source.sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid")?
        .query_map([], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    statements.iter().try_for_each(|sql| connection.execute_batch(sql))?;
    for pragma in ["application_id", "user_version"] {
        let value: i64 = connection.pragma_query_value(Some("source"), pragma, |row| row.get(0))?;
        connection.pragma_update(Some("main"), pragma, value)?;
    }
    Ok(())
}

/// The first key under which both hold a record, but not the same.
fn conflict(connection: &Connection, table: &str, keys: &[&str]) -> rusqlite::Result<Option<String>> {
    let select = connection.prepare(&format!("SELECT * FROM source.{table}"))?;
    let columns: Vec<&str> = select.column_names().collect();
    let pairs = |columns: &[&str], word: &str, operator: &str| {
        let pair = |name: &&str| format!("a.{0} {operator} b.{0}", quoted(name));
        columns.iter().map(pair).collect::<Vec<_>>().join(word)
    };
    let place = keys.iter().map(|key| format!("'{key} ' || a.{key}")).collect::<Vec<_>>().join(" || ', ' || ");
    let sql = format!(
        "SELECT {place} FROM source.{table} a JOIN main.{table} b ON {} WHERE {} LIMIT 1",
        pairs(keys, " AND ", "="),
        pairs(&columns, " OR ", "IS NOT"),
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
