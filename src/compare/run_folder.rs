//! Reads what `selfreward simulate --out` wrote: every value of every replicate.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::Value;
use toml::Table;

use crate::experiment::CellRows;
use crate::metrics::Reader;
use crate::simulate::summary::Column;
use crate::simulate::{Config, output};
use crate::study::store::ReplicateRows;
use crate::study::{Cell, CellId};
use crate::{Error, Result, files};

/// The file of a folder of a run that holds its values.
pub const RUN: &str = "trajectory.json";

/// The rows of a run, from its folder or from the document itself.
///
/// # Errors
/// [`Error::File`] if the document cannot be read, is of another schema, or does not hold a value for each replicate and round; if the
/// `config.toml` beside it is another configuration's.
pub fn read(path: &Path) -> Result<CellRows> {
    let file = if path.is_dir() { path.join(RUN) } else { path.to_owned() };
    let text = files::text(&file, "the trajectory.json of `selfreward simulate --out`")?;
    let document: Value = serde_json::from_str(&text).map_err(|error| {
        Error::file(&file, format!("is no JSON ({error}); expected the trajectory.json of `selfreward simulate --out`"))
    })?;
    let rows = of_document(&document).map_err(|message| Error::file(&file, message))?;
    let beside = file.with_file_name("config.toml");
    if path.is_dir() && beside.is_file() {
        let config: Config = files::text(&beside, "a configuration (TOML)")?
            .parse()
            .map_err(|error: Error| error.at(beside.display().to_string()))?;
        if config != rows.cell.config {
            return Err(Error::file(beside, format!("is another configuration than that of {RUN}; expected that one")));
        }
    }
    Ok(rows)
}

fn of_document(document: &Value) -> std::result::Result<CellRows, String> {
    let schema = document.get("schema").and_then(Value::as_u64);
    if schema != Some(u64::from(output::SCHEMA)) {
        let found = document.get("schema").unwrap_or(&Value::Null);
        return Err(format!("has schema {found}; expected schema {} of `selfreward simulate --out`", output::SCHEMA));
    }
    let table: Table = document
        .get("config")
        .and_then(|config| serde_json::from_value(config.clone()).ok())
        .ok_or("holds no configuration; expected the trajectory.json of `selfreward simulate --out`")?;
    let config = Config::from_table(&table).map_err(|error| format!("its configuration: {error}"))?;
    let (replicates, rounds) = (config.run.replicates, config.process.rounds);
    let entries = document.get("rounds").and_then(Value::as_array).ok_or("holds no rounds")?;
    if entries.len() != rounds + 1 {
        return Err(format!("holds {} rounds; expected t = 0 to {rounds}", entries.len()));
    }
    let columns = Column::all(&config.wanted());
    let nothing = vec![None; columns.len()];
    let mut rows: Vec<ReplicateRows> = vec![vec![nothing; rounds + 1]; replicates];
    for (t, entry) in entries.iter().enumerate() {
        if entry.get("t").and_then(Value::as_u64) != Some(t as u64) {
            return Err(format!("its rounds are out of order at t = {t}"));
        }
        for (place, column) in columns.iter().enumerate() {
            let Some(values) = values_of(entry, column) else { continue };
            let name = column.name();
            if values.len() != replicates {
                return Err(format!("{name} at t = {t} has {} values; expected {replicates}", values.len()));
            }
            for (replicate, value) in values.iter().enumerate() {
                let number = number(value).ok_or_else(|| format!("{name} at t = {t}: {value} is no number"))?;
                rows[replicate][t][place] = number;
            }
        }
    }
    let numbers = (config.run.first_replicate..).take(replicates).collect();
    let quantities = Arc::new(columns.iter().map(Column::name).collect());
    let cell = Cell { ordinal: 0, id: CellId(0), part: String::new(), config };
    Ok(CellRows { cell, numbers, replicates: rows, quantities })
}

/// The values of a column in a round; `None` where it does not exist.
fn values_of<'a>(entry: &'a Value, column: &Column) -> Option<&'a Vec<Value>> {
    let quantity = entry.get(column.quantity.name)?;
    let cell = match column.quantity.read {
        Reader::Scalar(_) => quantity,
        Reader::PerDelta(_) => quantity.get(column.delta?.1.to_string())?,
        Reader::PerLevel(_) => quantity.get(column.level?.1.to_string())?,
    };
    cell.get("values")?.as_array()
}

/// A number as the document writes it; the inner `None` is NaN.
fn number(value: &Value) -> Option<Option<f64>> {
    match value {
        Value::Null => Some(None),
        Value::String(word) if word == "inf" => Some(Some(f64::INFINITY)),
        Value::String(word) if word == "-inf" => Some(Some(f64::NEG_INFINITY)),
        value => value.as_f64().map(Some),
    }
}

/// Where the files lie that a run's folder is read from.
pub fn files_of_run(path: &Path) -> Vec<PathBuf> {
    if path.is_dir() { vec![path.join(RUN), path.join("config.toml")] } else { vec![path.to_owned()] }
}
