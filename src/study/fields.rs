//! Typed access to a table of TOML: what is absent or of another type is refused with its dotted key.

use toml::{Table, Value};

use crate::settings::known;
use crate::{Error, Result};

/// A table and its place in the document.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fields<'a> {
    place: &'a str,
    table: &'a Table,
}

impl<'a> Fields<'a> {
    /// The table at a place: `""` for the document's top.
    pub fn new(place: &'a str, table: &'a Table) -> Self {
        Self { place, table }
    }

    /// Refuses keys that are none of these.
    pub fn refuse_others(self, names: &[&str]) -> Result<()> {
        self.table.keys().try_for_each(|key| known(key, &self.key(""), names))
    }

    /// A text.
    pub fn text(self, key: &str) -> Result<&'a str> {
        self.optional_text(key)?.ok_or_else(|| self.absent(key, "a text in quotes"))
    }

    /// A text, if it is there.
    pub fn optional_text(self, key: &str) -> Result<Option<&'a str>> {
        self.typed(key, Value::as_str, "a text in quotes")
    }

    /// A table.
    pub fn table(self, key: &str) -> Result<&'a Table> {
        self.optional_table(key)?.ok_or_else(|| self.absent(key, "a table"))
    }

    /// A table, if it is there.
    pub fn optional_table(self, key: &str) -> Result<Option<&'a Table>> {
        self.typed(key, Value::as_table, "a table")
    }

    /// Whatever it holds, if it is there.
    pub fn optional(self, key: &str) -> Option<&'a Value> {
        self.table.get(key)
    }

    /// A list of tables.
    pub fn tables(self, key: &'a str) -> Result<impl Iterator<Item = Fields<'a>>> {
        let expected = || format!("tables [[{key}]]");
        let list = self.typed(key, Value::as_array, &expected())?.ok_or_else(|| self.absent(key, &expected()))?;
        if let Some(other) = list.iter().find(|value| !value.is_table()) {
            return Err(Error::argument(self.key(key), other, expected()));
        }
        Ok(list.iter().filter_map(Value::as_table).map(move |table| Fields::new(key, table)))
    }

    fn typed<T>(self, key: &str, read: impl Fn(&'a Value) -> Option<T>, expected: &str) -> Result<Option<T>> {
        let Some(value) = self.optional(key) else { return Ok(None) };
        read(value).map(Some).ok_or_else(|| Error::argument(self.key(key), value, expected))
    }

    fn absent(self, key: &str, expected: &str) -> Error {
        Error::argument(self.key(key), "absent", expected)
    }

    fn key(self, key: &str) -> String {
        if self.place.is_empty() { key.to_owned() } else { format!("{}.{key}", self.place) }
    }
}
