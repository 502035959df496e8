//! The run store: one SQLite file for each run, written in transactions.
//!
//! | table | one row for each | columns |
//! | --- | --- | --- |
//! | `identity` | thing that rows follow from | `name`, `value` ([`crate::study::provenance::Identity`]) |
//! | `cells` | cell | `cell` (place in the grid), `id`, `part`, `seed`, `replicates`, and every grid key |
//! | `rows` | (cell, replicate, round) | `cell`, `replicate`, `round`, and every measured quantity |
//! | `failures` | replicate that failed | `cell`, `replicate`, `error` |
//! | `digests` | replicate that is done or failed | `cell`, `replicate`, `digest` (see [`Store::check`]) |
//! | `sessions` | process that worked on it | times, host, threads, outcome |
//!
//! The view `tidy` joins `cells` and `rows`. A value that does not exist, and NaN, are NULL.
//!
//! A store appears whole: it is made beside its place and moved there, so a process killed at any moment leaves either no
//! store or one that opens again with every committed row. A process that writes holds SQLite's exclusive lock.

mod adopt;
mod carry;
mod create;
mod digest;
mod place;
mod publish;
mod read;
mod schema;
mod session;
mod write;

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::Connection;

use super::{Profile, Shard, Study};
use crate::files::{absent, refuse_folder};
use crate::{Error, Result};

pub(in crate::study) use carry::Origin;
pub(in crate::study) use create::fill;
pub(in crate::study) use digest::complete;
pub use place::go_without_locks;
pub(in crate::study) use place::{Access, database, uri};
pub(in crate::study) use publish::{draft, publish};
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

/// The shard whose store has a file name, if it is one that [`file_name`] gives, with the name before it: `NAME-PROFILE`.
pub fn shard_of(name: &str) -> Option<(&str, Shard)> {
    let (study, shard) = name.strip_suffix(".sqlite")?.rsplit_once("-shard-")?;
    let shard: Shard = shard.replacen("-of-", "/", 1).parse().ok()?;
    (!study.is_empty() && name == format!("{study}{}.sqlite", shard.suffix())).then_some((study, shard))
}

/// An open store.
#[derive(Debug)]
pub struct Store {
    path: PathBuf,
    connection: Connection,
    /// The file that was opened: another may stand in its place before it is locked.
    file: Option<(u64, u64)>,
}

/// The store that a path stands for: itself, or the one store of a folder, such as `selfreward simulate --out` makes.
///
/// # Errors
/// [`Error::File`] if a folder cannot be read, or holds no store, or several (they are named).
pub fn store_at(path: &Path) -> Result<PathBuf> {
    if !path.is_dir() {
        return Ok(path.to_owned());
    }
    let wrong = |error: std::io::Error| Error::file(path, format!("cannot be read: {error}"));
    let mut stores: Vec<PathBuf> = Vec::new();
    for entry in std::fs::read_dir(path).map_err(wrong)? {
        let file = entry.map_err(wrong)?.path();
        if file.extension().is_some_and(|ending| ending == "sqlite") && file.is_file() {
            stores.push(file);
        }
    }
    stores.sort();
    match stores.as_slice() {
        [one] => Ok(one.clone()),
        [] => Err(Error::file(path, format!("is a folder: expected {STORE}, or a folder with one"))),
        several => {
            let names = several.iter().filter_map(|file| file.file_name()).map(|name| name.to_string_lossy());
            let names = names.collect::<Vec<_>>().join(", ");
            Err(Error::file(path, format!("is a folder: expected one of its stores ({names})")))
        }
    }
}

impl Store {
    /// Opens a store that exists, to read it, and checks its pages from end to end.
    ///
    /// # Errors
    /// [`Error::File`] if it does not exist, is no store, is damaged, has a later schema, or is locked by another process.
    pub fn open(path: &Path) -> Result<Self> {
        Self::open_for(path, Access::Read)
    }

    fn open_for(path: &Path, access: Access) -> Result<Self> {
        refuse_folder(path, STORE)?;
        if crate::draft::is_special(path) {
            return Err(Error::file(path, format!("is a device or a pipe: expected {STORE}")));
        }
        if !path.is_file() {
            return Err(absent(path, STORE));
        }
        let file = place::file_number(path);
        let store = Self { path: path.to_owned(), connection: place::connect(path, access)?, file };
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
        // The driver takes names of columns for text, whatever bytes they are.
        let names: i64 = store.query(|c| {
            let mut select = c.prepare("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL")?;
            let mut rows = select.query([])?;
            let mut wrong = 0;
            while let Some(row) = rows.next()? {
                wrong += i64::from(row.get_ref(0)?.as_bytes().is_ok_and(|sql| std::str::from_utf8(sql).is_err()));
            }
            Ok(wrong)
        })?;
        if names > 0 {
            return Err(Error::file(path, "is damaged (a table's definition is no text); its rows cannot be trusted"));
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

    /// Takes the exclusive lock, and keeps it until the store is dropped.
    ///
    /// # Errors
    /// [`Error::File`] if another process reads or writes, or has put another file in its place.
    pub fn lock(&self) -> Result<()> {
        self.query(|c| c.execute_batch("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; COMMIT"))?;
        if place::file_number(&self.path) != self.file {
            return Err(Error::file(&self.path, "was replaced by another process meanwhile"));
        }
        Ok(())
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

/// A name as SQL writes it.
pub(in crate::study) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
