//! What a key is given on the command line: one value, or a list of values to go through.

use toml::Value;

use crate::simulate::keys::form;
use crate::{Error, Result};

/// What a key is given.
///
/// A list is an axis, unless the key's value is a list itself; there a list of lists is one.
///
/// ```
/// use selfreward::simulate::config::{Given, parse_setting};
///
/// let given = |text: &str| parse_setting(text).and_then(|(key, value)| Given::read(&key, value));
/// assert!(matches!(given("process.samples=[64, 1024]")?, Given::Each(values) if values.len() == 2));
/// assert!(matches!(given("measure.delta=[0.5, 0.1]")?, Given::One(_)));
/// assert!(matches!(given("measure.delta=[[0.5], [0.5, 0.1]]")?, Given::Each(values) if values.len() == 2));
/// # Ok::<(), selfreward::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub enum Given {
    /// One value.
    One(Value),
    /// These values in turn: at least one, no two of them the same.
    Each(Vec<Value>),
}

impl Given {
    /// What a dotted key is given by a value. The values of a list are checked by the key's form; a single value, or a key that does not
    /// exist, is left for the configuration to be checked.
    ///
    /// # Errors
    /// [`Error::Argument`] with the key, the value and what was expected, for an empty list, a value that the key cannot have, or one
    /// that is there twice.
    pub fn read(key: &str, value: Value) -> Result<Self> {
        let Some(form) = form(key) else { return Ok(Self::One(value)) };
        let list = match value {
            Value::Array(list) if !form.is_list() || list.first().is_some_and(Value::is_array) => list,
            other => return Ok(Self::One(other)),
        };
        if list.is_empty() {
            return Err(Error::argument(key, "[]", format!("{}, or a list with at least one value", form.expected())));
        }
        let mut read: Vec<Value> = Vec::new();
        for (place, value) in list.iter().enumerate() {
            let name = format!("{key}[{place}]");
            let settled = form.settled(&form.read(&name, value)?);
            if read.contains(&settled) {
                return Err(Error::argument(name, value, "no value twice"));
            }
            read.push(settled);
        }
        Ok(Self::Each(list))
    }
}
