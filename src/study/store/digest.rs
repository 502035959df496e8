//! A digest of each replicate, by which a number that changed on its way through years and disks is found.
//!
//! It is the first 16 bytes of a SHA-256. Of a replicate that is done: for each round, `round`, t as 8 bytes, and for each
//! quantity that is not NULL, sorted by name, its name, a zero byte, and the 8 bytes of the double (−0 as 0; all numbers little
//! endian). Of one that failed: `failure` and the error. A NULL has no part in it, and neither has a column that only other
//! cells measure, so that a column may come and go.

use rusqlite::types::{Value as Sql, ValueRef};
use rusqlite::{Connection, OptionalExtension, Row, Rows};
use sha2::{Digest, Sha256};

use super::schema::{DIGESTS, ROW_COLUMNS, cell_record};
use super::{Store, database};
use crate::study::Study;
use crate::{Error, Result};

/// Replicates that were written, and are there no more.
const WITHOUT_ROWS: &str = "SELECT cell, replicate FROM digests
    WHERE (cell, replicate) NOT IN (SELECT cell, replicate FROM rows)
    AND (cell, replicate) NOT IN (SELECT cell, replicate FROM failures) ORDER BY cell, replicate";

/// Bytes of a digest.
const BYTES: usize = 16;

/// The quantities of a store in the order in which they are hashed.
#[derive(Debug)]
pub(super) struct Digester {
    /// Name and column, sorted by name.
    quantities: Vec<(String, usize)>,
}

impl Digester {
    /// For rows with these quantities, in the order of their columns.
    pub fn new(quantities: Vec<String>) -> Self {
        let mut quantities: Vec<(String, usize)> =
            quantities.into_iter().enumerate().map(|(column, name)| (name, column)).collect();
        quantities.sort();
        Self { quantities }
    }

    /// Of a replicate that is done.
    pub fn of_rounds(&self, rounds: &[Vec<Option<f64>>]) -> [u8; BYTES] {
        let mut hash = Sha256::new();
        for (t, values) in rounds.iter().enumerate() {
            self.round(&mut hash, t as i64, |column| {
                // SQLite keeps NaN as NULL.
                let value = values[column].filter(|value| !value.is_nan());
                value.map_or(ValueRef::Null, ValueRef::Real)
            });
        }
        cut(hash)
    }

    /// Of one that failed.
    pub fn of_failure(error: &str) -> [u8; BYTES] {
        cut(Sha256::new_with_prefix("failure").chain_update(error))
    }

    fn round<'a>(&self, hash: &mut Sha256, t: i64, value: impl Fn(usize) -> ValueRef<'a>) {
        hash.update("round");
        hash.update(t.to_le_bytes());
        for (name, column) in &self.quantities {
            // SQLite keeps −0 as 0.
            let bits = match value(*column) {
                ValueRef::Null => continue,
                ValueRef::Real(real) => (real + 0.0).to_bits(),
                ValueRef::Integer(whole) => (whole as f64).to_bits(),
                // No number can have become this.
                ValueRef::Text(_) | ValueRef::Blob(_) => {
                    hash.update("no number");
                    continue;
                }
            };
            hash.update(name);
            hash.update([0]);
            hash.update(bits.to_le_bytes());
        }
    }
}

fn cut(hash: Sha256) -> [u8; BYTES] {
    let mut digest = [0; BYTES];
    digest.copy_from_slice(&hash.finalize()[..BYTES]);
    digest
}

/// A replicate that is not what was written.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Damage {
    cell: i64,
    replicate: i64,
    what: &'static str,
}

/// Calls `f` with the digest of every replicate that is in a store.
fn each_replicate(
    connection: &Connection,
    mut f: impl FnMut(i64, i64, [u8; BYTES]) -> rusqlite::Result<()>,
) -> rusqlite::Result<()> {
    let mut select = connection.prepare("SELECT * FROM rows ORDER BY cell, replicate, round")?;
    let names = select.column_names().skip(ROW_COLUMNS).map(str::to_owned).collect();
    let digester = Digester::new(names);
    let mut rows = select.query([])?;
    let mut open: Option<((i64, i64), Sha256)> = None;
    while let Some(row) = rows.next()? {
        let key = (row.get(0)?, row.get(1)?);
        if open.as_ref().is_some_and(|(other, _)| *other != key)
            && let Some(((cell, replicate), hash)) = open.take()
        {
            f(cell, replicate, cut(hash))?;
        }
        let (_, hash) = open.get_or_insert_with(|| (key, Sha256::new()));
        let value = |column: usize| row.get_ref(ROW_COLUMNS + column).unwrap_or(ValueRef::Null);
        digester.round(hash, row.get(2)?, value);
    }
    if let Some(((cell, replicate), hash)) = open {
        f(cell, replicate, cut(hash))?;
    }
    let mut select = connection.prepare("SELECT cell, replicate, error FROM failures ORDER BY cell, replicate")?;
    let mut failures = select.query([])?;
    while let Some(row) = failures.next()? {
        let text = row.get_ref(2)?;
        let error = text.as_bytes().map(String::from_utf8_lossy).unwrap_or_default();
        f(row.get(0)?, row.get(1)?, Digester::of_failure(&error))?;
    }
    Ok(())
}

/// Whether a store has digests; those of earlier versions have none.
pub(super) fn has_digests(connection: &Connection) -> rusqlite::Result<bool> {
    connection.table_exists(Some("main"), "digests")
}

/// Adds the digests that are missing, of replicates that came from a store without.
pub(in crate::study) fn complete(connection: &Connection) -> rusqlite::Result<()> {
    if !has_digests(connection)? {
        connection.execute_batch(DIGESTS)?;
    }
    let settled = "SELECT (SELECT count(*) FROM rows WHERE round = 0) + (SELECT count(*) FROM failures)
        - (SELECT count(*) FROM digests)";
    if connection.query_row(settled, [], |row| row.get::<_, i64>(0))? == 0 {
        return Ok(());
    }
    let mut insert = connection.prepare("INSERT OR IGNORE INTO digests VALUES (?, ?, ?)")?;
    each_replicate(connection, |cell, replicate, digest| {
        insert.execute(rusqlite::params![cell, replicate, digest]).map(|_| ())
    })
}

impl Store {
    /// Compares the rows and cells with what was written, and refuses if something differs. A store of an earlier version, which
    /// has no digests, is taken as it is.
    ///
    /// # Errors
    /// [`Error::File`] with the first cell and replicate that differ, or if the store cannot be read.
    pub fn check(&self, study: &Study) -> Result<()> {
        self.check_rows()?;
        self.refuse(self.damaged_cells(study, 1)?)
    }

    /// As [`Store::check`], for the rows alone.
    ///
    /// # Errors
    /// As [`Store::check`].
    pub(in crate::study) fn check_rows(&self) -> Result<()> {
        self.refuse(self.damaged_rows(1)?)
    }

    /// All that differs from what was written, one phrase each, at most so many; `None` if there is nothing to compare with.
    ///
    /// # Errors
    /// [`Error::File`] if the store cannot be read.
    pub fn damages(&self, study: &Study, most: usize) -> Result<Option<Vec<String>>> {
        let full: String = self.query(|c| c.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0)))?;
        let mut damages = self.damaged_rows(most)?;
        let has = self.query(has_digests)?;
        damages.extend(self.damaged_cells(study, most)?);
        if full != "ok" {
            damages.insert(0, format!("the file ({}) is", full.replace('\n', "; ")));
        }
        damages.truncate(most);
        Ok((has || !damages.is_empty()).then_some(damages))
    }

    fn refuse(&self, damages: Vec<String>) -> Result<()> {
        damages.first().map_or(Ok(()), |first| {
            let message =
                format!("is damaged: {first} not as it was written; `selfreward show --check` lists all that differs");
            Err(Error::file(self.path(), message))
        })
    }

    /// Replicates whose rows, or error, are not those that were written.
    fn damaged_rows(&self, most: usize) -> Result<Vec<String>> {
        let damages = self.query(|c| {
            let mut damages = Vec::new();
            if !has_digests(c)? {
                return Ok(damages);
            }
            let mut known = c.prepare("SELECT digest FROM digests WHERE cell = ? AND replicate = ?")?;
            each_replicate(c, |cell, replicate, digest| {
                let written: Option<Vec<u8>> = known.query_row([cell, replicate], |row| row.get(0)).optional()?;
                let what = match written {
                    Some(written) if written == digest => return Ok(()),
                    Some(_) => "is",
                    None => "has no digest and is perhaps",
                };
                if damages.len() < most {
                    damages.push(Damage { cell, replicate, what });
                }
                Ok(())
            })?;
            let mut select = c.prepare(WITHOUT_ROWS)?;
            let mut lost = select.query([])?;
            while let Some(row) = lost.next()?.filter(|_| damages.len() < most) {
                damages.push(Damage { cell: row.get(0)?, replicate: row.get(1)?, what: "has lost its rows and is" });
            }
            Ok(damages)
        })?;
        damages.into_iter().map(|damage| self.described(&damage)).collect()
    }

    fn described(&self, damage: &Damage) -> Result<String> {
        let sql = "SELECT id || ' (part ' || part || ')' FROM cells WHERE cell = ?";
        let cell: Option<String> = self.query(|c| c.query_row(sql, [damage.cell], |row| row.get(0)).optional())?;
        let cell = cell.unwrap_or_else(|| format!("number {}, which the store does not list,", damage.cell));
        Ok(format!("replicate {} of cell {cell} {}", damage.replicate, damage.what))
    }

    /// Cells whose record is not the one that follows from the definition.
    fn damaged_cells(&self, study: &Study, most: usize) -> Result<Vec<String>> {
        if !self.query(has_digests)? {
            return Ok(Vec::new());
        }
        let keys = study.definition.grid_keys();
        let wrong = |error| database(self.path(), error);
        let mut select = self.connection.prepare("SELECT * FROM cells ORDER BY cell").map_err(wrong)?;
        let names: Vec<String> = select.column_names().map(str::to_owned).collect();
        let mut rows: Rows<'_> = select.query([]).map_err(wrong)?;
        let mut damages = Vec::new();
        while let Some(row) = rows.next().map_err(wrong)? {
            let ordinal: i64 = row.get(0).map_err(wrong)?;
            let expected = cell_record(study, ordinal as usize, &keys)?;
            let differs = |place: usize| stored(row, place) != expected.get(place).cloned();
            if let Some(place) = (0..names.len()).find(|&place| differs(place))
                && damages.len() < most
            {
                let id = study.id(ordinal as usize);
                damages.push(format!("{} of cell {id} (part {}) is", names[place], study.part(ordinal as usize)));
            }
        }
        Ok(damages)
    }
}

fn stored(row: &Row<'_>, place: usize) -> Option<Sql> {
    row.get(place).ok()
}
