//! Sessions: the record of each process that worked on a store.

use rusqlite::params;

use super::Store;
use crate::Result;
use crate::study::provenance::machine;

/// SQLite's clock in ISO 8601, UTC: times stand in the provenance alone.
const NOW: &str = "strftime('%Y-%m-%dT%H:%M:%SZ', 'now')";

/// One process that worked on a store.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Session {
    /// When it started, ISO 8601, UTC.
    pub started: String,
    /// When it ended; `None` while it runs, or if it was killed.
    pub ended: Option<String>,
    /// How it ended: `done`, `failures`, `interrupted`, or an error.
    pub outcome: Option<String>,
    /// Its threads.
    pub jobs: usize,
    /// Whether it went on with rows of an earlier one.
    pub resumed: bool,
    /// The machine's name.
    pub host: String,
    /// Its processor.
    pub cpu: String,
    /// Operating system and architecture.
    pub system: String,
    /// The process's number.
    pub process: String,
}

impl Store {
    /// Records that this process starts; gives the session's number.
    ///
    /// # Errors
    /// [`crate::Error::File`] if the store cannot be written.
    pub fn begin_session(&self, jobs: usize, resumed: bool) -> Result<i64> {
        let machine = machine();
        let of = |name: &str| {
            machine.iter().find(|(entry, _)| *entry == name).map_or("unknown", |(_, value)| value.as_str())
        };
        let insert = format!(
            "INSERT INTO sessions (started, jobs, resumed, host, cpu, system, process) VALUES ({NOW}, ?1, ?2, ?3, ?4, ?5, ?6)"
        );
        self.query(|c| {
            c.execute(&insert, params![jobs as i64, resumed, of("host"), of("cpu"), of("system"), of("process")])?;
            Ok(c.last_insert_rowid())
        })
    }

    /// Records that it ended, and how.
    ///
    /// # Errors
    /// [`crate::Error::File`] if the store cannot be written.
    pub fn end_session(&self, session: i64, outcome: &str) -> Result<()> {
        let update = format!("UPDATE sessions SET ended = {NOW}, outcome = ?1 WHERE session = ?2");
        self.query(|c| c.execute(&update, params![outcome, session])).map(|_| ())
    }

    /// Records that this process was asked to stop, in case that it is cut off before it records its end.
    ///
    /// # Errors
    /// [`crate::Error::File`] if the store cannot be written.
    pub(in crate::study) fn note_interruption(&self) -> Result<()> {
        let update = format!(
            "UPDATE sessions SET ended = {NOW}, outcome = 'interrupted'
            WHERE session = (SELECT max(session) FROM sessions) AND ended IS NULL AND process = ?1"
        );
        self.query(|c| c.execute(&update, [std::process::id().to_string()])).map(|_| ())
    }

    /// All sessions, in their order.
    ///
    /// # Errors
    /// [`crate::Error::File`] if the store cannot be read.
    pub fn sessions(&self) -> Result<Vec<Session>> {
        let columns = "started, ended, outcome, jobs, resumed, host, cpu, system, process";
        self.query(|c| {
            let mut select = c.prepare(&format!("SELECT {columns} FROM sessions ORDER BY session"))?;
            let session = |row: &rusqlite::Row<'_>| {
                Ok(Session {
                    started: row.get(0)?,
                    ended: row.get(1)?,
                    outcome: row.get(2)?,
                    jobs: row.get::<_, i64>(3)? as usize,
                    resumed: row.get(4)?,
                    host: row.get(5)?,
                    cpu: row.get(6)?,
                    system: row.get(7)?,
                    process: row.get(8)?,
                })
            };
            select.query_map([], session)?.collect()
        })
    }
}
