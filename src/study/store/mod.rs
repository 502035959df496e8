//! The run store: one SQLite file for each run, written in transactions.
//!
//! | table | one row for each | columns |
//! | --- | --- | --- |
//! | `identity` | thing that rows follow from | `name`, `value` ([`Identity`]) |
//! | `cells` | cell | `cell` (place in the grid), `id`, `part`, `seed`, `replicates`, and every grid key |
//! | `rows` | (cell, replicate, round) | `cell`, `replicate`, `round`, and every measured quantity |
//! | `failures` | replicate that failed | `cell`, `replicate`, `error` |
//! | `sessions` | process that worked on it | times, host, threads, outcome |
//!
//! The view `tidy` joins `cells` and `rows`. A value that does not exist, and NaN, are NULL.
//!
//! A store appears whole: it is made beside its place and moved there, so a process killed at any moment leaves either no
//! store or one that opens again with every committed row. A process that writes holds SQLite's exclusive lock.

mod create;
mod read;
mod session;
mod write;

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::provenance::Identity;
use super::{Profile, Shard, Study};
use crate::files::{absent, refuse_folder};
use crate::{Error, Result};

pub use read::{Counts, Field, ReplicateRows, Tidy};
pub use session::Session;
pub(in crate::study) use write::reason;
pub use write::{Outcome, Writer};

/// Version of the tables, kept in `user_version`.
pub const SCHEMA: i64 = 1;
/// Marks the file as a store, kept in `application_id`: "slfr".
const APPLICATION: i64 = 0x736c_6672;
/// What is expected of a path that names one.
const STORE: &str = "a store made by `selfreward run`";
/// How long to wait for another process that reads or writes.
const PATIENCE: Duration = Duration::from_millis(500);

/// The name of the store of a study's shard.
pub fn file_name(experiment: &str, profile: Profile, shard: Shard) -> String {
    format!("{experiment}-{profile}{}.sqlite", shard.suffix())
}

/// An open store.
#[derive(Debug)]
pub struct Store {
    path: PathBuf,
    connection: Connection,
}

impl Store {
    /// Opens a store that exists, and checks it from end to end.
    ///
    /// # Errors
    /// [`Error::File`] if it does not exist, is no store, is damaged, has a later schema, or is locked by another process.
    pub fn open(path: &Path) -> Result<Self> {
        refuse_folder(path, STORE)?;
        if !path.exists() {
            return Err(absent(path, STORE));
        }
        // Writable if it can be: a run that was killed left a journal, which opening rolls back.
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags).map_err(|error| database(path, error))?;
        let store = Self { path: path.to_owned(), connection };
        store.query(|c| c.busy_timeout(PATIENCE))?;
        let pragma = |name: &str| store.query(|c| c.pragma_query_value(None, name, |row| row.get::<_, i64>(0)));
        if pragma("application_id")? != APPLICATION {
            return Err(Error::file(path, "is no store of selfreward; expected a file made by `selfreward run`"));
        }
        let schema = pragma("user_version")?;
        if schema != SCHEMA {
            return Err(Error::file(path, format!("has schema {schema}; this version reads schema {SCHEMA}")));
        }
        let check: String = store.query(|c| c.pragma_query_value(None, "quick_check", |row| row.get(0)))?;
        if check != "ok" {
            return Err(Error::file(
                path,
                format!("is damaged ({}); its rows cannot be trusted", check.trim().replace('\n', "; ")),
            ));
        }
        Ok(store)
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The study that it belongs to, made anew from the definition, profile and seed that it holds.
    ///
    /// # Errors
    /// As for any definition; [`Error::File`] if an entry is missing.
    pub fn study(&self) -> Result<Study> {
        let identity = self.identity()?;
        let get =
            |name: &str| identity.get(name).ok_or_else(|| Error::file(&self.path, format!("has no entry {name:?}")));
        let definition = super::Definition::parse(get("definition")?)?;
        let profile = if get("profile")? == Profile::Quick.name() { Profile::Quick } else { Profile::Full };
        let study = Study::new(definition, profile, parse_seed(get("seed")?)?)?;
        for (ordinal, id) in self.ids()? {
            if ordinal >= study.cells() || study.id(ordinal).to_string() != id {
                let message =
                    format!("knows cell {ordinal} as {id}, which this build does not: it was made by another build");
                return Err(Error::file(&self.path, message));
            }
        }
        Ok(study)
    }

    /// Refuses if its rows would not be those of this study, shard and build.
    ///
    /// # Errors
    /// [`Error::File`] that says what differs.
    pub fn match_identity(&self, expected: &Identity) -> Result<()> {
        let differences = self.identity()?.differences(expected, "in the store", "now");
        if differences.is_empty() {
            return Ok(());
        }
        let message = format!("belongs to another run and cannot be resumed: {}", differences.join("; "));
        Err(Error::file(&self.path, message))
    }

    /// Opens a store to go on with it: it must be that of this very run, and no other process may use it.
    ///
    /// # Errors
    /// As [`Store::open`]; [`Error::File`] that says what differs, or that another process uses it.
    pub fn resume(path: &Path, expected: &Identity) -> Result<Self> {
        let store = Self::open(path)?;
        store.match_identity(expected)?;
        store.lock()?;
        create::sweep(path)?;
        Ok(store)
    }

    /// Takes the exclusive lock, and keeps it until the store is dropped.
    ///
    /// # Errors
    /// [`Error::File`] if another process reads or writes.
    pub fn lock(&self) -> Result<()> {
        self.query(|c| c.execute_batch("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; COMMIT"))
    }

    /// Asks SQLite, and says of an error which file and what to do.
    fn query<T>(&self, ask: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T> {
        ask(&self.connection).map_err(|error| database(&self.path, error))
    }
}

/// A seed as it stands in an identity.
///
/// # Errors
/// [`Error::Argument`] for a text that is no seed.
pub fn parse_seed(text: &str) -> Result<crate::simulate::config::SeedConfig> {
    use crate::simulate::config::SeedConfig;
    let seed = text.parse().map_or_else(|_| SeedConfig::Text(text.to_owned()), SeedConfig::Number);
    seed.resolve().map(|_| seed)
}

/// An error of SQLite as one sentence for people.
pub(super) fn database(path: &Path, error: rusqlite::Error) -> Error {
    let message = match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            "is locked by another process; wait for it to end".to_owned()
        }
        Some(ErrorCode::DiskFull) => {
            "the disk is full; every committed row is kept, make room and go on with --resume".to_owned()
        }
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied | ErrorCode::CannotOpen) => {
            format!("cannot be written to ({error}); expected a file and folder that can be")
        }
        Some(ErrorCode::NotADatabase) => {
            "is no store of selfreward; expected a file made by `selfreward run`".to_owned()
        }
        Some(ErrorCode::DatabaseCorrupt) => format!("is damaged ({error}); its rows cannot be trusted"),
        _ => format!("cannot be used: {error}"),
    };
    Error::file(path, message)
}

/// A name as SQL writes it.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
