//! Arrays by name: those of an archive, or those that are at hand.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::instance::{Lent, Storage};
use crate::{Error, Result};

/// What errors call the place of arrays that are at hand.
pub const AT_HAND: &str = "arrays";

/// An array in C order.
#[derive(Clone, Debug, PartialEq)]
pub struct Array<T> {
    /// The length of each axis.
    pub shape: Vec<usize>,
    /// As many values as the product of these.
    pub values: Vec<T>,
}

/// The values of an array that is at hand.
#[derive(Clone, Debug, PartialEq)]
pub enum Values {
    /// Numbers.
    Floats(Array<f64>),
    /// Whole numbers.
    Wholes(Array<i128>),
    /// Truth values, 0 or 1.
    Truths(Array<i128>),
    /// Numbers that something else owns, in C order: `phi` is used where it lies, other arrays are copied.
    Lent64 {
        /// The length of each axis.
        shape: Vec<usize>,
        /// As many values as the product of these.
        values: Arc<dyn Lent<f64>>,
    },
    /// As [`Values::Lent64`], in single precision: `phi` is converted row by row, where its rows are asked for.
    Lent32 {
        /// The length of each axis.
        shape: Vec<usize>,
        /// As many values as the product of these.
        values: Arc<dyn Lent<f32>>,
    },
}

/// An array of features in C order, where its numbers lie.
#[derive(Debug)]
pub(super) struct Stored {
    pub shape: Vec<usize>,
    pub storage: Storage,
}

impl Stored {
    pub fn held(Array { shape, values }: Array<f64>) -> Self {
        Self { shape, storage: Storage::Owned(values) }
    }
}

impl Values {
    fn kind(&self) -> &'static str {
        match self {
            Self::Floats(_) | Self::Lent64 { .. } | Self::Lent32 { .. } => "numbers",
            Self::Wholes(_) => "whole numbers",
            Self::Truths(_) => "truth values",
        }
    }

    /// The shape, and how many values there are.
    fn extent(&self) -> (&[usize], usize) {
        match self {
            Self::Floats(array) => (&array.shape, array.values.len()),
            Self::Wholes(array) | Self::Truths(array) => (&array.shape, array.values.len()),
            Self::Lent64 { shape, values } => (shape, values.values().len()),
            Self::Lent32 { shape, values } => (shape, values.values().len()),
        }
    }
}

/// Arrays that are at hand, by the names that a file would give them. A clone copies those that are held, not those that are lent.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct InMemory(BTreeMap<String, Values>);

impl InMemory {
    /// These, and one more; an array of the same name gives way.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, values: Values) -> Self {
        self.0.insert(name.into(), values);
        self
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Where arrays are taken from.
pub(super) trait Arrays {
    /// Whether there is an array of this name.
    fn has(&self, name: &str) -> bool;

    /// Refuses arrays of other names than these.
    fn refuse_others(&self, names: &[&str]) -> Result<()>;

    /// Numbers; `None` if there is no such array.
    fn floats(&mut self, name: &str) -> Result<Option<Array<f64>>>;

    /// Numbers that are left where they lie, if they are lent; `None` if there is no such array.
    fn features(&mut self, name: &str) -> Result<Option<Stored>> {
        Ok(self.floats(name)?.map(Stored::held))
    }

    /// Whole numbers; `None` if there is no such array.
    fn wholes(&mut self, name: &str) -> Result<Option<Array<i128>>>;

    /// Truth values, also given as whole numbers; `None` if there is no such array.
    fn truths(&mut self, name: &str) -> Result<Option<Array<i128>>>;

    /// What is wrong with an array.
    fn wrong(&self, name: &str, what: &str) -> Error;
}

impl InMemory {
    fn of_kind(&self, name: &str, expected: &str) -> Error {
        let kind = self.0.get(name).map_or("nothing", Values::kind);
        self.wrong(name, &format!("holds {kind}: expected {expected}"))
    }

    /// The array, if it has as many values as its shape says.
    fn get(&self, name: &str) -> Result<Option<&Values>> {
        let Some(values) = self.0.get(name) else { return Ok(None) };
        let (shape, count) = values.extent();
        let needed = shape.iter().try_fold(1usize, |product, &axis| product.checked_mul(axis));
        if needed == Some(count) {
            return Ok(Some(values));
        }
        let needed = needed.map_or_else(|| "more than 2^64".to_owned(), |needed| needed.to_string());
        Err(self.wrong(name, &format!("has shape {shape:?}: expected {needed} values, not {count}")))
    }
}

impl Arrays for InMemory {
    fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    fn refuse_others(&self, names: &[&str]) -> Result<()> {
        match self.0.keys().find(|name| !names.contains(&name.as_str())) {
            Some(name) => Err(self.wrong(name, &format!("is not known: expected only {}", names.join(", ")))),
            None => Ok(()),
        }
    }

    fn floats(&mut self, name: &str) -> Result<Option<Array<f64>>> {
        let copy = |Stored { shape, storage }| Array { shape, values: storage.into_doubles() };
        Ok(self.features(name)?.map(copy))
    }

    fn features(&mut self, name: &str) -> Result<Option<Stored>> {
        let stored = match self.get(name)? {
            None => return Ok(None),
            Some(Values::Lent64 { shape, values }) => {
                Stored { shape: shape.clone(), storage: Storage::Lent64(Arc::clone(values)) }
            }
            Some(Values::Lent32 { shape, values }) => {
                Stored { shape: shape.clone(), storage: Storage::Lent32(Arc::clone(values)) }
            }
            // Taken, as each is asked for once: large arrays are not there twice.
            Some(Values::Floats(_)) => match self.0.remove(name) {
                Some(Values::Floats(Array { shape, values })) => Stored { shape, storage: Storage::Owned(values) },
                _ => return Ok(None),
            },
            Some(_) => return Err(self.of_kind(name, "numbers")),
        };
        Ok(Some(stored))
    }

    fn wholes(&mut self, name: &str) -> Result<Option<Array<i128>>> {
        match self.get(name)? {
            None => Ok(None),
            Some(Values::Wholes(array)) => Ok(Some(array.clone())),
            Some(_) => Err(self.of_kind(name, "whole numbers")),
        }
    }

    fn truths(&mut self, name: &str) -> Result<Option<Array<i128>>> {
        match self.get(name)? {
            None => Ok(None),
            Some(Values::Wholes(array) | Values::Truths(array)) => Ok(Some(array.clone())),
            Some(_) => Err(self.of_kind(name, "truth values, or whole numbers")),
        }
    }

    fn wrong(&self, name: &str, what: &str) -> Error {
        Error::file(std::path::Path::new(AT_HAND), format!("array {name:?} {what}"))
    }
}
