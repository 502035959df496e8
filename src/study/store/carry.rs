//! Rows carried from one set of tables into another: a cell is known by its id, whatever place it has in either grid.

use rusqlite::{Connection, OptionalExtension};

use super::quoted;
use super::schema::ROW_COLUMNS;

/// The tables that rows come from, in the same connection: `source.rows` of an attached store, or `main.old_rows`.
#[derive(Clone, Copy, Debug)]
pub(in crate::study) struct Origin<'a> {
    /// The database.
    pub database: &'a str,
    /// What comes before the name of each table.
    pub prefix: &'a str,
}

impl Origin<'_> {
    fn table(self, name: &str) -> String {
        format!("{}.{}{name}", self.database, self.prefix)
    }

    fn has_digests(self, connection: &Connection) -> rusqlite::Result<bool> {
        connection.table_exists(Some(self.database), format!("{}digests", self.prefix).as_str())
    }

    /// Cells of both, those that come as `old`, those that are there as `new`.
    fn pairs(self) -> String {
        format!("{} old CROSS JOIN main.cells new ON new.id = old.id", self.table("cells"))
    }

    /// The columns of a table that both have, after the first so many.
    fn shared(self, connection: &Connection, table: &str, first: usize) -> rusqlite::Result<Vec<String>> {
        let names = |table: &str| -> rusqlite::Result<Vec<String>> {
            let select = connection.prepare(&format!("SELECT * FROM {table}"))?;
            Ok(select.column_names().map(quoted).collect())
        };
        let there = names(&format!("main.{table}"))?;
        Ok(names(&self.table(table))?.into_iter().skip(first).filter(|name| there.contains(name)).collect())
    }

    /// Carries all replicates of cells that are there, as far as the cells ask for them; what is there already stays.
    pub fn carry(self, connection: &Connection) -> rusqlite::Result<()> {
        let quantities = self.shared(connection, "rows", ROW_COLUMNS)?;
        self.copy(connection, "rows", "round", &quantities)?;
        self.copy(connection, "failures", "error", &[])?;
        if self.has_digests(connection)? {
            self.copy(connection, "digests", "digest", &[])?;
        }
        Ok(())
    }

    fn copy(self, connection: &Connection, table: &str, last: &str, more: &[String]) -> rusqlite::Result<()> {
        let names: String = more.iter().map(|name| format!(", {name}")).collect();
        let values: String = more.iter().map(|name| format!(", one.{name}")).collect();
        connection.execute_batch(&format!(
            "INSERT OR IGNORE INTO main.{table} (cell, replicate, {last}{names})
             SELECT new.cell, one.replicate, one.{last}{values}
             FROM {} CROSS JOIN {} one ON one.cell = old.cell
             WHERE one.replicate < new.replicates ORDER BY old.cell, one.replicate",
            self.pairs(),
            self.table(table),
        ))
    }

    /// The first record that both hold, but not the same: its table, and its place in words.
    pub fn conflict(self, connection: &Connection) -> rusqlite::Result<Option<(&'static str, String)>> {
        // The number of replicates is no value of a cell, and neither is its place in a grid.
        let values = self.shared(connection, "cells", 2)?.into_iter().filter(|name| *name != quoted("replicates"));
        let sql = format!(
            "SELECT 'cell ' || old.id FROM {} WHERE {} LIMIT 1",
            self.pairs(),
            differ("old", "new", &values.collect::<Vec<_>>())
        );
        if let Some(place) = first(connection, &sql)? {
            return Ok(Some(("cells", place)));
        }
        let quantities = self.shared(connection, "rows", ROW_COLUMNS)?;
        let sql = format!(
            "SELECT 'cell ' || old.id || ', replicate ' || one.replicate || ', round ' || one.round
             FROM {} CROSS JOIN {} one ON one.cell = old.cell
             CROSS JOIN main.rows two ON two.cell = new.cell AND two.replicate = one.replicate AND two.round = one.round
             WHERE {} LIMIT 1",
            self.pairs(),
            self.table("rows"),
            differ("one", "two", &quantities)
        );
        if let Some(place) = first(connection, &sql)? {
            return Ok(Some(("rows", place)));
        }
        let sql = format!(
            "SELECT 'cell ' || old.id || ', replicate ' || one.replicate
             FROM {} CROSS JOIN {} one ON one.cell = old.cell
             CROSS JOIN main.failures two ON two.cell = new.cell AND two.replicate = one.replicate
             WHERE one.error IS NOT two.error LIMIT 1",
            self.pairs(),
            self.table("failures"),
        );
        Ok(first(connection, &sql)?.map(|place| ("failures", place)))
    }

    /// The first replicate that is done here and failed there, or the other way round; in words.
    pub fn contradiction(self, connection: &Connection) -> rusqlite::Result<Option<String>> {
        for (here, there) in [("failures", "rows"), ("rows", "failures")] {
            let sql = format!(
                "SELECT 'cell ' || old.id || ', replicate ' || one.replicate
                 FROM {} CROSS JOIN {} one ON one.cell = old.cell
                 CROSS JOIN main.{there} two ON two.cell = new.cell AND two.replicate = one.replicate LIMIT 1",
                self.pairs(),
                self.table(here),
            );
            if let Some(place) = first(connection, &sql)? {
                return Ok(Some(place));
            }
        }
        Ok(None)
    }

    /// The first replicate that is done or failed in a cell that is not there, or beyond what that cell asks for; in words.
    pub fn homeless(self, connection: &Connection) -> rusqlite::Result<Option<String>> {
        for table in ["rows", "failures"] {
            let sql = format!(
                "SELECT 'replicate ' || one.replicate || ' of cell ' || old.id || ' (part ' || old.part || ')'
                 FROM {} old CROSS JOIN {} one ON one.cell = old.cell LEFT JOIN main.cells new ON new.id = old.id
                 WHERE new.cell IS NULL OR one.replicate >= new.replicates LIMIT 1",
                self.table("cells"),
                self.table(table),
            );
            if let Some(place) = first(connection, &sql)? {
                return Ok(Some(place));
            }
        }
        Ok(None)
    }
}

fn first(connection: &Connection, sql: &str) -> rusqlite::Result<Option<String>> {
    connection.query_row(sql, [], |row| row.get(0)).optional()
}

fn differ(a: &str, b: &str, columns: &[String]) -> String {
    if columns.is_empty() {
        return "0".to_owned();
    }
    columns.iter().map(|name| format!("{a}.{name} IS NOT {b}.{name}")).collect::<Vec<_>>().join(" OR ")
}
