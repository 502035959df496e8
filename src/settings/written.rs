//! Values as they are kept and written: one number in one form, tables in the order of their declaration.

use serde::{Serialize, Serializer};
use toml::{Table, Value};

use super::{Form, Inner};

impl Form {
    /// A value of this form with each number that need not be whole as a float: `4` and `4.0` are one value.
    pub(crate) fn settled(self, value: &Value) -> Value {
        match (self, value) {
            (Self::Real | Self::WordOrReal(_), Value::Integer(whole)) => Value::Float(*whole as f64),
            (Self::Reals, Value::Array(list)) => {
                Value::Array(list.iter().map(|value| Self::Real.settled(value)).collect())
            }
            (Self::Tables(keys), Value::Array(list)) => {
                Value::Array(list.iter().map(|value| Self::Keys(keys).settled(value)).collect())
            }
            (_, Value::Table(table)) => {
                let inner = self.inner(table);
                let settled = |(name, value): (&String, &Value)| {
                    let form = inner.iter().find(|(known, _)| known == name);
                    (name.clone(), form.map_or_else(|| value.clone(), |(_, form)| form.settled(value)))
                };
                Value::Table(table.iter().map(settled).collect())
            }
            _ => value.clone(),
        }
    }

    /// The keys of a table of this form, in their order.
    fn inner(self, table: &Table) -> Vec<Inner> {
        match self {
            Self::Keys(keys) | Self::WordOrTable(_, keys) => keys.to_vec(),
            Self::Kinds(kinds) => {
                let word = table.get("kind").and_then(Value::as_str);
                let keys = kinds.iter().find(|(name, _)| Some(*name) == word).map_or(&[][..], |(_, keys)| keys);
                [&[("kind", Self::Word(&[]))], keys].concat()
            }
            _ => Vec::new(),
        }
    }
}

/// A value of a form, to be written.
pub(crate) struct Written<'a>(pub Form, pub &'a Value);

impl Serialize for Written<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match (self.0, self.1) {
            (Form::Tables(keys), Value::Array(list)) => {
                to.collect_seq(list.iter().map(|value| Written(Form::Keys(keys), value)))
            }
            (form @ (Form::Keys(_) | Form::WordOrTable(..) | Form::Kinds(_)), Value::Table(table)) => {
                let inner = form.inner(table);
                to.collect_map(inner.iter().filter_map(|(name, form)| Some((name, Written(*form, table.get(*name)?)))))
            }
            (_, value) => value.serialize(to),
        }
    }
}
