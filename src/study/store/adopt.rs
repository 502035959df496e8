//! Going on with a store: under the definition that it was made with, or under one that has changed since.
//!
//! Rows belong to cells, and a cell is known by its values. So a comment, another analysis, more or fewer values of a grid, their
//! order, new parts and another number of replicates change which rows are asked for, and none of those that are there. The
//! store is brought to the new definition in one transaction. Where rows have no cell any more, the store as it was is kept
//! beside it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::carry::Origin;
use super::create::{about, write_identity};
use super::place::{Access, beside, uri};
use super::publish::{draft_name, publish, sweep};
use super::schema::{Filling, fill_cells, study_tables};
use super::{Store, digest};
use crate::study::provenance::Identity;
use crate::study::{CellId, Shard, Study};
use crate::{Error, Result};

/// Replicates that are done or failed and that the new definition does not ask for.
struct LeftOut {
    replicates: usize,
    /// The first of them, in words.
    first: Option<String>,
}

/// The tables that are made anew.
const TABLES: [&str; 4] = ["digests", "failures", "rows", "cells"];

impl Store {
    /// Refuses if its rows would not be those of this study and build.
    ///
    /// # Errors
    /// [`Error::File`] that says what differs.
    pub fn refuse_resume(&self, study: &Study, shard: Shard, expected: &Identity) -> Result<()> {
        let differences = self.identity()?.row_differences(expected, "in the store", "now");
        if !differences.is_empty() {
            let message = format!("belongs to another run and cannot be resumed: {}", differences.join("; "));
            return Err(Error::file(self.path(), message));
        }
        if shard == Shard::WHOLE || self.has_definition(expected)? {
            return Ok(());
        }
        // A cell that went to another shard would be computed there again, and its rows here would be lost.
        self.left_out(study, shard)?.first.map_or(Ok(()), |first| {
            let message = format!(
                "cannot be resumed as a shard: the definition has changed, and {first} belongs to no cell of shard {shard} \
                 now; join the shards with `selfreward merge`, and go on with `selfreward run --resume` on the joined store"
            );
            Err(Error::file(self.path(), message))
        })
    }

    /// Opens a store to go on with it; no other process may use it. If the definition has changed, the store is brought to it;
    /// what a person should know of that is given beside it.
    ///
    /// # Errors
    /// As [`Store::open`] and [`Store::refuse_resume`]; [`Error::File`] if another process uses it or if it cannot be written.
    pub fn resume(path: &Path, study: &Study, shard: Shard, expected: &Identity) -> Result<(Self, Option<String>)> {
        let store = Self::open_for(path, Access::Write)?;
        store.refuse_resume(study, shard, expected)?;
        store.lock()?;
        sweep(path)?;
        // What is damaged is not gone on with, and gets no new digest.
        store.check_rows()?;
        store.query(digest::complete)?;
        let note = if store.has_definition(expected)? { None } else { store.adopt(study, shard, expected)? };
        Ok((store, note))
    }

    fn has_definition(&self, expected: &Identity) -> Result<bool> {
        Ok(self.identity()?.get("definition") == expected.get("definition"))
    }

    /// Brings the store to a definition.
    fn adopt(&self, study: &Study, shard: Shard, identity: &Identity) -> Result<Option<String>> {
        let left = self.left_out(study, shard)?;
        let kept = left.first.is_some().then(|| self.keep_as_it_was()).transpose()?;
        let rebuilt = !self.is_laid_out_for(study, shard)?;
        self.query(|c| c.execute_batch("BEGIN IMMEDIATE"))?;
        let adopted = self.write_anew(study, shard, identity, rebuilt).map_err(|error| about(self.path(), error));
        adopted.and_then(|()| self.query(|c| c.execute_batch("COMMIT"))).inspect_err(|_| {
            drop(self.connection.execute_batch("ROLLBACK"));
        })?;
        Ok(left.first.zip(kept).map(|(first, kept)| {
            format!(
                "{}: the definition asks for {} of its replicates no more (first {first}); the store as it was is kept as {}",
                self.path().display(),
                left.replicates,
                kept.display()
            )
        }))
    }

    fn write_anew(
        &self,
        study: &Study,
        shard: Shard,
        identity: &Identity,
        rebuilt: bool,
    ) -> std::result::Result<(), Filling> {
        let connection = &self.connection;
        connection.execute("DELETE FROM identity", [])?;
        write_identity(connection, identity)?;
        if !rebuilt {
            return Ok(());
        }
        connection.execute_batch("DROP VIEW tidy; DROP VIEW failed")?;
        for table in TABLES {
            connection.execute_batch(&format!("ALTER TABLE {table} RENAME TO old_{table}"))?;
        }
        connection.execute_batch(&study_tables(study))?;
        fill_cells(connection, study, shard)?;
        Origin { database: "main", prefix: "old_" }.carry(connection)?;
        for table in TABLES {
            connection.execute_batch(&format!("DROP TABLE old_{table}"))?;
        }
        Ok(())
    }

    /// Whether its tables are already those of a study, so that the text of the definition is all that has changed.
    fn is_laid_out_for(&self, study: &Study, shard: Shard) -> Result<bool> {
        let keys = study.definition.grid_keys();
        let columns: Vec<String> = study.columns().iter().map(crate::simulate::summary::Column::name).collect();
        let named = self.query(|c| {
            let cells = c.prepare("SELECT * FROM cells")?;
            Ok(cells.column_names().skip(super::schema::CELL_COLUMNS.len()).eq(keys.iter().map(String::as_str)))
        })?;
        if !named || self.quantities()? != columns {
            return Ok(false);
        }
        let mut ordinals = study.shard(shard);
        ordinals.sort_unstable();
        let records = self.records()?;
        if records.len() != ordinals.len() {
            return Ok(false);
        }
        for (ordinal, (cell, id, replicates)) in ordinals.into_iter().zip(records) {
            if cell != ordinal || id != study.id(ordinal).to_string() || replicates != study.replicates(ordinal) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Place, id and replicates of its cells.
    fn records(&self) -> Result<Vec<(usize, String, usize)>> {
        self.query(|c| {
            let mut select = c.prepare("SELECT cell, id, replicates FROM cells ORDER BY cell")?;
            let record = |row: &rusqlite::Row<'_>| {
                Ok((row.get::<_, i64>(0)? as usize, row.get(1)?, row.get::<_, i64>(2)? as usize))
            };
            select.query_map([], record)?.collect()
        })
    }

    fn left_out(&self, study: &Study, shard: Shard) -> Result<LeftOut> {
        let asked: BTreeMap<CellId, usize> =
            study.shard(shard).into_iter().map(|ordinal| (study.id(ordinal), study.replicates(ordinal))).collect();
        let mut left = LeftOut { replicates: 0, first: None };
        let sql = "SELECT id, part, replicate FROM
            (SELECT cell, replicate FROM rows WHERE round = 0 UNION ALL SELECT cell, replicate FROM failures)
            JOIN cells USING (cell)";
        self.query(|c| {
            let mut select = c.prepare(sql)?;
            let mut rows = select.query([])?;
            while let Some(row) = rows.next()? {
                let (id, replicate): (String, i64) = (row.get(0)?, row.get(2)?);
                let most = id.parse().ok().and_then(|id: CellId| asked.get(&id));
                if most.is_none_or(|&most| replicate as usize >= most) {
                    left.replicates += 1;
                    if left.first.is_none() {
                        let part: String = row.get(1)?;
                        left.first = Some(format!("replicate {replicate} of cell {id} of part {part}"));
                    }
                }
            }
            Ok(())
        })?;
        Ok(left)
    }

    /// Keeps a copy of the store beside it, under a name that no file has.
    fn keep_as_it_was(&self) -> Result<PathBuf> {
        let copy = (1..)
            .map(|number| beside(self.path(), &format!(".before-{number}")))
            .find(|copy| !copy.exists())
            .expect("some number is free");
        let draft = draft_name(&copy)?;
        self.query(|c| c.execute("VACUUM INTO ?1", [uri(&draft, Access::Draft)]))?;
        publish(&draft, &copy, false).inspect_err(|_| drop(std::fs::remove_file(&draft)))?;
        Ok(copy)
    }
}
