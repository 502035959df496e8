//! Stores of shards joined into one.

use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension};

use super::Shard;
use super::store::{Counts, Store, database, quoted};
use crate::{Error, Result};

/// What became of a merge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merged {
    /// How far the joined store is.
    pub counts: Counts,
    /// The stores that do not exist, in the order in which they were named: of shards that were never started.
    pub missing: Vec<PathBuf>,
}

/// Joins stores of one study into a new one that equals that of the unsharded run.
///
/// Stores that do not exist are left out: their cells stand in the joined store without rows, so that `run --resume` computes
/// them. The store of a shard is taken once; stores of the whole study (of earlier merges, say) may be several.
///
/// # Errors
/// [`Error::File`] if no store exists, if one cannot be read, if two hold the same shard or belong to different runs (it says
/// what differs), if rows that both hold differ, or if `out` exists and `replace` is not set.
pub fn merge(inputs: &[PathBuf], out: &Path, replace: bool) -> Result<Merged> {
    let (inputs, missing): (Vec<PathBuf>, Vec<PathBuf>) = inputs.iter().cloned().partition(|path| path.exists());
    let stores = inputs.iter().map(|path| Store::open(path)).collect::<Result<Vec<Store>>>()?;
    let Some(first) = stores.first() else {
        return Err(match missing.first() {
            Some(path) => Error::file(path, "does not exist, nor does any other; expected a store to merge"),
            None => Error::argument("stores", 0, "at least one store to merge"),
        });
    };
    refuse_strangers(&stores)?;
    refuse_twins(&stores)?;
    let identity = first.identity()?.unsharded();
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
        .and_then(|()| join(&connection, &inputs))
        .and_then(|()| connection.close().map_err(|(_, error)| database(out, error)))
        .and_then(|()| if replace { Store::remove(out) } else { Ok(()) })
        .and_then(|()| Store::publish(&draft, out));
    joined.inspect_err(|_| drop(fs::remove_file(&draft)))?;
    Ok(Merged { counts: Store::open(out)?.counts()?, missing })
}

/// Refuses stores of different runs.
fn refuse_strangers(stores: &[Store]) -> Result<()> {
    let identity = stores[0].identity()?.unsharded();
    for other in &stores[1..] {
        let differences = identity.differences(&other.identity()?.unsharded(), "in the first store", "in this one");
        if !differences.is_empty() {
            let message = format!("cannot be merged with {}: {}", stores[0].path().display(), differences.join("; "));
            return Err(Error::file(other.path(), message));
        }
    }
    Ok(())
}

/// Refuses one file twice, and two files of one shard.
fn refuse_twins(stores: &[Store]) -> Result<()> {
    let whole = Shard::WHOLE.to_string();
    let mut seen: Vec<(&Path, Option<PathBuf>, String)> = Vec::new();
    for store in stores {
        let file = fs::canonicalize(store.path()).ok();
        let shard = store.identity()?.get("shard").unwrap_or(&whole).to_owned();
        for (other, other_file, other_shard) in &seen {
            if *other_file == file {
                return Err(Error::file(store.path(), "is named twice; expected each store once"));
            }
            if *other_shard == shard && shard != whole {
                let message = format!("holds shard {shard}, as {} does; expected each shard once", other.display());
                return Err(Error::file(store.path(), message));
            }
        }
        seen.push((store.path(), file, shard));
    }
    Ok(())
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
