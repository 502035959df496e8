//! Stores of shards joined into one.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::provenance::Identity;
use super::store::{Access, Counts, Origin, Store, complete, database, draft, fill, publish, uri};
use super::{Shard, Study};
use crate::{Error, Result};

/// What became of a merge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merged {
    /// How far the joined store is.
    pub counts: Counts,
    /// The stores that do not exist, in the order in which they were named: of shards that were never started.
    pub missing: Vec<PathBuf>,
}

/// Joins stores of one study into a new one that equals that of the unsharded run. One store is open at a time, however many
/// there are.
///
/// Stores that do not exist are left out: their cells stand in the joined store without rows, so that `run --resume` computes
/// them. The store of a shard is taken once; stores of the whole study (of earlier merges, say) may be several. The first store
/// says what the study is; the definitions of the others may differ from its own, as long as all their rows belong to cells of
/// the first.
///
/// # Errors
/// [`Error::File`] if no store exists, if one cannot be read or is damaged, if two hold the same shard or belong to different
/// runs (it says what differs), if rows that both hold differ, or if `out` exists and `replace` is not set.
pub fn merge(inputs: &[PathBuf], out: &Path, replace: bool) -> Result<Merged> {
    let (inputs, missing): (Vec<PathBuf>, Vec<PathBuf>) = inputs.iter().cloned().partition(|path| path.exists());
    let Some(path) = inputs.first() else {
        return Err(match missing.first() {
            Some(path) => Error::file(path, "does not exist, nor does any other; expected a store to merge"),
            None => Error::argument("stores", 0, "at least one store to merge"),
        });
    };
    let first = First::open(path)?;
    let mut seen = Seen::default();
    for path in &inputs {
        let store = Store::open(path)?;
        let identity = store.identity()?;
        first.refuse_stranger(path, &identity)?;
        seen.refuse_twin(path, identity.get("shard"))?;
        store.check_rows()?;
    }
    if fs::canonicalize(out).is_ok_and(|out| seen.files.contains(&out)) {
        return Err(Error::file(out, "is one of the stores to merge; expected another file"));
    }
    if out.exists() && !replace {
        return Err(Error::file(out, "exists already; --force overwrites it"));
    }
    let (draft, connection) = draft(out)?;
    fill(&connection, out, &first.study, Shard::WHOLE, &first.identity)
        .and_then(|()| join(&connection, &inputs))
        .and_then(|()| complete(&connection).map_err(|error| database(out, error)))
        .and_then(|()| connection.close().map_err(|(_, error)| database(out, error)))
        .and_then(|()| publish(&draft, out, replace))
        .inspect_err(|_| drop(fs::remove_file(&draft)))?;
    Ok(Merged { counts: Store::open(out)?.counts()?, missing })
}

/// The store that says what the study is.
struct First {
    path: PathBuf,
    identity: Identity,
    study: Study,
}

impl First {
    fn open(path: &Path) -> Result<Self> {
        let store = Store::open(path)?;
        Ok(Self { path: path.to_owned(), identity: store.identity()?.unsharded(), study: store.study()? })
    }

    /// Refuses a store of another run.
    fn refuse_stranger(&self, path: &Path, identity: &Identity) -> Result<()> {
        let differences = self.identity.row_differences(&identity.unsharded(), "in the first store", "in this one");
        if differences.is_empty() {
            return Ok(());
        }
        let message = format!("cannot be merged with {}: {}", self.path.display(), differences.join("; "));
        Err(Error::file(path, message))
    }
}

/// The stores that were looked at.
#[derive(Default)]
struct Seen {
    files: BTreeSet<PathBuf>,
    shards: BTreeMap<String, PathBuf>,
}

impl Seen {
    /// Refuses one file twice, and two files of one shard.
    fn refuse_twin(&mut self, path: &Path, shard: Option<&str>) -> Result<()> {
        let file = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        if !self.files.insert(file) {
            return Err(Error::file(path, "is named twice; expected each store once"));
        }
        let Some(shard) = shard.filter(|shard| *shard != Shard::WHOLE.to_string()) else { return Ok(()) };
        if let Some(other) = self.shards.insert(shard.to_owned(), path.to_owned()) {
            let message = format!("holds shard {shard}, as {} does; expected each shard once", other.display());
            return Err(Error::file(path, message));
        }
        Ok(())
    }
}

/// The tables of the store that is being joined.
const SOURCE: Origin<'static> = Origin { database: "source", prefix: "" };

fn join(connection: &Connection, inputs: &[PathBuf]) -> Result<()> {
    for path in inputs {
        let wrong = |error| database(path, error);
        connection.execute("ATTACH DATABASE ?1 AS source", [uri(path, Access::Read)]).map_err(wrong)?;
        connection.execute_batch("BEGIN").map_err(wrong)?;
        let (place, conflict) = (SOURCE.homeless(connection), SOURCE.conflict(connection));
        let (place, conflict) = (place.map_err(wrong)?, conflict.map_err(wrong)?);
        if let Some(place) = place {
            let message = format!(
                "holds rows that the definition of the first store does not ask for, first {place}; name the store with the \
                 widest definition first"
            );
            return Err(Error::file(path, message));
        }
        if let Some((table, place)) = conflict {
            let message = format!("holds {table} that differ from those of the stores before it, first at {place}");
            return Err(Error::file(path, message));
        }
        if let Some(place) = SOURCE.contradiction(connection).map_err(wrong)? {
            let message = format!("and the stores before it disagree on whether a replicate failed, first {place}");
            return Err(Error::file(path, message));
        }
        SOURCE.carry(connection).map_err(wrong)?;
        let columns = "started, ended, outcome, jobs, resumed, host, cpu, system, process";
        let sessions =
            format!("INSERT INTO main.sessions ({columns}) SELECT {columns} FROM source.sessions ORDER BY session");
        connection.execute_batch(&format!("{sessions}; COMMIT; DETACH DATABASE source")).map_err(wrong)?;
    }
    Ok(())
}
