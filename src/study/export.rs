//! Export in tidy form: one record for each cell, replicate and round, sorted by these.
//!
//! A column whose values have a unit carries it in its name: `margin [nats]`. Two honest runs of one study export the same
//! bytes; where and when they ran stands in [`provenance`] alone.

use std::io::{self, Seek, Write};

use ndarray::Array1;
use serde_json::{Map, Value, json};

use super::store::{Field, SCHEMA, Store, Tidy};
use crate::instance::npz::NpzWriter;
use crate::metrics::every_quantity;
use crate::simulate::output::{number, plain};
use crate::{Error, Result};

/// A view as CSV.
///
/// # Errors
/// [`Error::File`] if the store cannot be read or the text cannot be written.
pub fn csv(store: &Store, view: Tidy, out: impl Write) -> Result<()> {
    let wrong = |error: csv::Error| Error::file(store.path(), format!("cannot be exported: {error}"));
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(store.tidy_columns(view)?.iter().map(|name| titled(name))).map_err(wrong)?;
    store.for_each(view, |fields| writer.write_record(fields.iter().map(text)).map_err(wrong))?;
    writer.flush().map_err(|error| wrong(error.into()))
}

/// Rows and failures as one JSON document.
///
/// # Errors
/// [`Error::File`] if the store cannot be read or the text cannot be written.
pub fn json(store: &Store, mut out: impl Write) -> Result<()> {
    let identity = store.identity()?;
    let entry = |name: &str| json!(identity.get(name));
    let (experiment, profile, seed) = (entry("experiment"), entry("profile"), entry("seed"));
    let wrong = |error: std::io::Error| Error::file(store.path(), format!("cannot be exported: {error}"));
    write!(out, "{{\"schema\":{SCHEMA},\"experiment\":{experiment},\"profile\":{profile},\"seed\":{seed}")
        .map_err(wrong)?;
    for (name, view) in [("rows", Tidy::Rows), ("failures", Tidy::Failures)] {
        let columns: Vec<String> = store.tidy_columns(view)?.iter().map(|name| titled(name)).collect();
        write!(out, ",\n\"{name}\":[").map_err(wrong)?;
        let mut separator = "\n";
        store.for_each(view, |fields| {
            let record: Map<String, Value> = columns.iter().cloned().zip(fields.iter().map(value)).collect();
            write!(out, "{separator}{}", Value::Object(record)).map_err(wrong)?;
            separator = ",\n";
            Ok(())
        })?;
        write!(out, "]").map_err(wrong)?;
    }
    writeln!(out, "}}").and_then(|()| out.flush()).map_err(wrong)
}

/// Rows as a NumPy archive: one array of doubles for each column of numbers, NaN where a value does not exist; the columns of
/// words `part` and `cell` and the grid keys that are words as `NAME.json`, a JSON list of strings in UTF-8 bytes.
///
/// # Errors
/// [`Error::File`] if the store cannot be read or the archive cannot be written.
pub fn npz(store: &Store, out: impl Write + Seek) -> Result<()> {
    let wrong = |error: io::Error| Error::file(store.path(), format!("cannot be exported: {error}"));
    let mut archive = NpzWriter::new_compressed(out);
    for name in &store.tidy_columns(Tidy::Rows)? {
        let words = store.words(name)?;
        if words.is_empty() {
            archive.add_array(titled(name), &Array1::from(store.column(name)?)).map_err(wrong)?;
        } else {
            let list = Array1::from(json!(words).to_string().into_bytes());
            archive.add_array(format!("{name}.json"), &list).map_err(wrong)?;
        }
    }
    archive.finish().map(|_| ()).map_err(wrong)
}

/// What the rows follow from, how far they are, and every session that computed them.
///
/// # Errors
/// [`Error::File`] if the store cannot be read.
pub fn provenance(store: &Store) -> Result<Value> {
    let identity: Map<String, Value> =
        store.identity()?.0.into_iter().map(|(name, value)| (name, value.into())).collect();
    Ok(json!({ "schema": SCHEMA, "identity": identity, "counts": store.counts()?, "sessions": store.sessions()? }))
}

/// A column's name with its unit.
fn titled(name: &str) -> String {
    let same = |quantity: &&crate::metrics::Quantity| quantity.name == name;
    match every_quantity().find(same).and_then(|quantity| quantity.unit()) {
        Some(unit) => format!("{name} [{unit}]"),
        None => name.to_owned(),
    }
}

fn text(field: &Field) -> String {
    match field {
        Field::Missing => String::new(),
        Field::Whole(whole) => whole.to_string(),
        Field::Real(real) => plain(*real),
        Field::Text(text) => text.clone(),
    }
}

fn value(field: &Field) -> Value {
    match field {
        Field::Missing => Value::Null,
        Field::Whole(whole) => json!(whole),
        Field::Real(real) => number(*real),
        Field::Text(text) => json!(text),
    }
}
