//! What Python gives as a configuration: a file, a dictionary, and keywords, as one table of TOML.

use std::path::PathBuf;

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyFloat, PyInt, PyString};
use selfreward::files;
use selfreward::simulate::config::{parse_toml, set};
use selfreward::simulate::keys::{dotted, exclusive, keys, refuse_unknown};
use toml::{Table, Value};

use crate::failure::raised;

/// The table of a file, a dictionary, or nothing, with layers of settings laid over it, the last one on top; beside arrays the kind may be left out.
pub fn whole(source: Option<&Bound<'_, PyAny>>, layers: &[Bound<'_, PyDict>], arrays: bool) -> PyResult<Table> {
    let mut table = match source {
        None => Table::new(),
        Some(source) => match source.cast::<PyDict>() {
            Ok(dictionary) => of_dictionary(dictionary)?,
            Err(_) => of_file(source)?,
        },
    };
    for settings in layers {
        let mut laid: Vec<(String, String)> = Vec::new();
        for (name, value) in settings {
            let name: String = name.extract()?;
            if let Some(key) = lay_named(&mut table, &name, &value)? {
                note(&mut laid, key, name)?;
            }
        }
        refuse_exclusive(&laid)?;
    }
    if arrays {
        let instance = table.entry("instance").or_insert_with(|| Value::Table(Table::new()));
        if let Some(keys) = instance.as_table_mut() {
            keys.entry("kind").or_insert_with(|| Value::String("npz".to_owned()));
        }
    }
    Ok(table)
}

/// Remembers a key with the name that it was given by; refuses it under a second name.
fn note(laid: &mut Vec<(String, String)>, key: String, name: String) -> PyResult<()> {
    if let Some((_, other)) = laid.iter().find(|(known, _)| *known == key) {
        return Err(PyValueError::new_err(format!("{name} and {other} are one key: expected one of both")));
    }
    laid.push((key, name));
    Ok(())
}

/// Refuses keys of which one is enough, in one breath.
fn refuse_exclusive(laid: &[(String, String)]) -> PyResult<()> {
    for (section, names) in exclusive() {
        let both: Vec<&str> = laid
            .iter()
            .filter(|(key, _)| key.split_once('.').is_some_and(|(of, name)| of == *section && names.contains(&name)))
            .map(|(_, name)| name.as_str())
            .collect();
        if both.len() > 1 {
            return Err(PyValueError::new_err(format!("{}: expected only one of them", both.join(" and "))));
        }
    }
    Ok(())
}

/// Sections of keys, or dotted keys.
fn of_dictionary(dictionary: &Bound<'_, PyDict>) -> PyResult<Table> {
    let mut table = Table::new();
    let mut laid = Vec::new();
    for (name, value) in dictionary {
        let name: String = name.extract()?;
        match value.cast::<PyDict>() {
            // A section, which a dotted key is none of.
            Ok(section) if !name.contains('.') && is_section(&name) => {
                table.entry(name.clone()).or_insert_with(|| Value::Table(Table::new()));
                for (inner, value) in section {
                    let key = format!("{name}.{}", inner.extract::<String>()?);
                    lay(&mut table, &key, &value)?;
                    if !value.is_none() {
                        note(&mut laid, key.clone(), key)?;
                    }
                }
            }
            _ => {
                if let Some(key) = lay_named(&mut table, &name, &value)? {
                    note(&mut laid, key, name)?;
                }
            }
        }
    }
    refuse_exclusive(&laid)?;
    Ok(table)
}

fn is_section(name: &str) -> bool {
    keys().iter().any(|key| key.section == name)
}

fn of_file(source: &Bound<'_, PyAny>) -> PyResult<Table> {
    let path: PathBuf = source
        .extract()
        .map_err(|_| PyTypeError::new_err(format!("config is {}: expected a path, a dict or None", kind_of(source))))?;
    let text = files::text(&path, "a configuration (TOML)").map_err(|error| raised(&error))?;
    parse_toml(&text).map_err(|error| PyValueError::new_err(format!("{}: {error}", path.display())))
}

/// As [`lay`], of a key whose section may be left out; the whole key, where it was laid.
fn lay_named(table: &mut Table, name: &str, value: &Bound<'_, PyAny>) -> PyResult<Option<String>> {
    if !name.contains('.') && keys().iter().all(|key| key.name != name) {
        // It is refused with the nearest key, whatever its value is.
        let shown = toml_of(name, value).or_else(|_| PyResult::Ok(Value::String(value.str()?.to_string())))?;
        dotted(name, &shown).map_err(|error| raised(&error))?;
    }
    if value.is_none() {
        return if name.contains('.') { lay(table, name, value).map(|()| None) } else { Ok(None) };
    }
    let key = dotted(name, &toml_of(name, value)?).map_err(|error| raised(&error))?;
    lay(table, &key, value)?;
    Ok(Some(key))
}

/// Lays a key with its value over a table; None is no value, of a key that there is.
fn lay(table: &mut Table, key: &str, value: &Bound<'_, PyAny>) -> PyResult<()> {
    if value.is_none() {
        let mut alone = Table::new();
        set(&mut alone, key, Value::Boolean(false)).map_err(|error| raised(&error))?;
        return refuse_unknown(&alone).map_err(|error| raised(&error));
    }
    let value = toml_of(key, value)?;
    set(table, key, value).map_err(|error| raised(&error))
}

/// A Python value, or a NumPy one, as TOML.
fn toml_of(key: &str, value: &Bound<'_, PyAny>) -> PyResult<Value> {
    if let Ok(truth) = value.cast::<PyBool>() {
        return Ok(Value::Boolean(truth.is_true()));
    }
    if let Ok(whole) = value.cast::<PyInt>() {
        let whole = whole.extract::<i64>();
        return whole.map(Value::Integer).map_err(|_| {
            PyValueError::new_err(format!("{key} = {value}: expected a whole number between −2^63 and 2^63 − 1"))
        });
    }
    if let Ok(float) = value.cast::<PyFloat>() {
        return Ok(Value::Float(float.extract()?));
    }
    if let Ok(text) = value.cast::<PyString>() {
        return Ok(Value::String(text.extract()?));
    }
    if let Ok(dictionary) = value.cast::<PyDict>() {
        let entry = |(name, inner): (Bound<'_, PyAny>, Bound<'_, PyAny>)| {
            let name: String = name.extract()?;
            Ok((name.clone(), toml_of(&format!("{key}.{name}"), &inner)?))
        };
        return Ok(Value::Table(dictionary.iter().map(entry).collect::<PyResult<Table>>()?));
    }
    // A scalar of NumPy, an array or a list of these.
    if value.hasattr("tolist")? {
        return toml_of(key, &value.call_method0("tolist")?);
    }
    if let Ok(path) = value.call_method0("__fspath__") {
        return Ok(Value::String(path.extract()?));
    }
    let Ok(items) = value.try_iter() else {
        let kind = kind_of(value);
        return Err(PyTypeError::new_err(format!(
            "{key} is {kind}: expected a number, a word, True or False, a list or a dict"
        )));
    };
    items.map(|item| toml_of(key, &item?)).collect::<PyResult<Vec<_>>>().map(Value::Array)
}

/// The name of a value's type.
pub fn kind_of(value: &Bound<'_, PyAny>) -> String {
    value.get_type().name().map_or_else(|_| "of an unknown type".to_owned(), |name| format!("of type {name}"))
}
