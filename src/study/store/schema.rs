//! The tables of a store, as SQL, and the records of its cells.

use rusqlite::types::Value as Sql;
use rusqlite::{Connection, params_from_iter};

use super::{APPLICATION, SCHEMA, quoted};
use crate::settings::{Form, Key};
use crate::simulate::keys;
use crate::study::cell::{json, value_of};
use crate::study::{Shard, Study};
use crate::{Error, Result};

/// Columns of `cells` before those of the grid keys.
pub(super) const CELL_COLUMNS: [&str; 5] = ["cell", "id", "part", "seed", "replicates"];
/// Columns of `rows` before those of the quantities.
pub(super) const ROW_COLUMNS: usize = 3;
/// The table of digests, which stores of earlier versions lack.
pub(super) const DIGESTS: &str = "CREATE TABLE digests (
    cell INTEGER NOT NULL,
    replicate INTEGER NOT NULL,
    digest BLOB NOT NULL,
    PRIMARY KEY (cell, replicate)
) WITHOUT ROWID;
";

/// What is the same in every store.
pub(super) fn fixed_tables() -> String {
    format!(
        "PRAGMA application_id = {APPLICATION};
PRAGMA user_version = {SCHEMA};
CREATE TABLE identity (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
);
CREATE TABLE sessions (
    session INTEGER PRIMARY KEY,
    started TEXT NOT NULL,
    ended TEXT,
    outcome TEXT,
    jobs INTEGER NOT NULL,
    resumed INTEGER NOT NULL,
    host TEXT NOT NULL,
    cpu TEXT NOT NULL,
    system TEXT NOT NULL,
    process TEXT NOT NULL
);
"
    )
}

/// The tables and views that follow from the study.
pub(super) fn study_tables(study: &Study) -> String {
    let (keys, columns) = (study.definition.grid_keys(), study.columns());
    let cell_keys: String = keys.iter().map(|key| format!(",\n    {}", quoted(key))).collect();
    let quantities: String = columns.iter().map(|column| format!(",\n    {} REAL", quoted(&column.name()))).collect();
    let tidy_keys: String = keys.iter().map(|key| format!(", cells.{}", quoted(key))).collect();
    let tidy_columns: String = columns.iter().map(|column| format!(", rows.{}", quoted(&column.name()))).collect();
    format!(
        "CREATE TABLE cells (
    cell INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    part TEXT NOT NULL,
    seed TEXT NOT NULL,
    replicates INTEGER NOT NULL{cell_keys}
);
CREATE TABLE rows (
    cell INTEGER NOT NULL REFERENCES cells,
    replicate INTEGER NOT NULL,
    round INTEGER NOT NULL{quantities},
    PRIMARY KEY (cell, replicate, round)
) WITHOUT ROWID;
CREATE TABLE failures (
    cell INTEGER NOT NULL REFERENCES cells,
    replicate INTEGER NOT NULL,
    error TEXT NOT NULL,
    PRIMARY KEY (cell, replicate)
) WITHOUT ROWID;
{DIGESTS}CREATE VIEW tidy AS
    SELECT cells.part, cells.id AS cell{tidy_keys}, rows.replicate, rows.round{tidy_columns}
    FROM rows JOIN cells USING (cell) ORDER BY rows.cell, rows.replicate, rows.round;
CREATE VIEW failed AS
    SELECT cells.part, cells.id AS cell{tidy_keys}, failures.replicate, failures.error
    FROM failures JOIN cells USING (cell) ORDER BY failures.cell, failures.replicate;
"
    )
}

/// What may go wrong where SQLite meets a study.
pub(super) enum Filling {
    /// In the database.
    Database(rusqlite::Error),
    /// In the study.
    Study(Error),
}

impl From<rusqlite::Error> for Filling {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(error)
    }
}

impl From<Error> for Filling {
    fn from(error: Error) -> Self {
        Self::Study(error)
    }
}

/// Writes the cells of a shard.
pub(super) fn fill_cells(connection: &Connection, study: &Study, shard: Shard) -> std::result::Result<(), Filling> {
    let keys = study.definition.grid_keys();
    let marks = vec!["?"; CELL_COLUMNS.len() + keys.len()].join(", ");
    let mut insert = connection.prepare(&format!("INSERT INTO cells VALUES ({marks})"))?;
    let mut ordinals = study.shard(shard);
    ordinals.sort_unstable();
    for ordinal in ordinals {
        insert.execute(params_from_iter(cell_record(study, ordinal, &keys)?))?;
    }
    Ok(())
}

/// The record of a cell: [`CELL_COLUMNS`], then the values of the grid keys.
pub(super) fn cell_record(study: &Study, ordinal: usize, keys: &[String]) -> Result<Vec<Sql>> {
    let cell = study.cell(ordinal)?;
    let config = json(&cell.config);
    let part = study.definition.parts.iter().find(|part| part.name == cell.part);
    let mut record = vec![
        Sql::Integer(ordinal as i64),
        Sql::Text(cell.id.to_string()),
        Sql::Text(cell.part),
        Sql::Text(cell.config.run.seed.resolve()?.to_string()),
        Sql::Integer(cell.config.run.replicates as i64),
    ];
    // A switch that is off is no value of a configuration: where a part varies it, off is written all the same.
    let is_off = |key: &str| {
        let varied = part.is_some_and(|part| part.varies(key));
        let name = |known: &&Key| format!("{}.{}", known.section, known.name) == key;
        varied && keys::keys().iter().find(name).is_some_and(|known| matches!(known.form, Form::Switch))
    };
    let absent = |key: &str| if is_off(key) { sql(serde_json::Value::Bool(false)) } else { Sql::Null };
    record.extend(keys.iter().map(|key| value_of(&config, key).map_or_else(|| absent(key), sql)));
    Ok(record)
}

/// A value of a configuration: numbers and words as they are, all else as JSON.
fn sql(value: serde_json::Value) -> Sql {
    match value {
        serde_json::Value::Null => Sql::Null,
        serde_json::Value::String(text) => Sql::Text(text),
        serde_json::Value::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) => Sql::Integer(whole),
            (None, Some(real)) => Sql::Real(real),
            (None, None) => Sql::Null,
        },
        other => Sql::Text(other.to_string()),
    }
}
