//! What a key of a configuration holds: the type and the one range that are checked before anything is read.

use toml::{Table, Value};

use crate::nearest::{nearest, one_of};
use crate::{Error, Result};

/// What a key holds.
#[derive(Clone, Copy, Debug)]
pub enum Form {
    /// One of these words.
    Word(&'static [&'static str]),
    /// A path.
    Path,
    /// `true` or `false`.
    Switch,
    /// A whole number from the one to the other, also written as `1e6`.
    Whole(u64, u64),
    /// A number.
    Real,
    /// A list of numbers.
    Reals,
    /// A list of whole numbers.
    Integers,
    /// A list of some of these words.
    Words(&'static [&'static str]),
    /// A list of tables of these keys, all of them in each.
    Tables(&'static [Inner]),
    /// A seed.
    Seed,
    /// This word, or a number.
    WordOrReal(&'static str),
    /// This word, or a table of these keys.
    WordOrTable(&'static str, &'static [Inner]),
    /// A table of these keys, all of them.
    Keys(&'static [Inner]),
    /// One of these words, or one of these tables.
    WordOrTables(&'static [&'static str], &'static [&'static [Field]]),
    /// A table whose key `kind` says which of these it is, with the keys that it then has.
    Kinds(&'static [(&'static str, &'static [Inner])]),
}

/// A key of a table within a section.
pub type Inner = (&'static str, Form);

/// A key of a table that may be left out: with its default, or `None` where it may not.
pub type Field = (&'static str, Form, Option<f64>);

impl Form {
    /// The value, a whole number as an integer however it was written.
    ///
    /// # Errors
    /// [`Error::Argument`] with the dotted `key`, the value, and what was expected.
    pub fn read(self, key: &str, value: &Value) -> Result<Value> {
        let wrong = || Error::argument(key, value, self.expected());
        match (self, value) {
            (Self::Word(words), Value::String(word)) if !words.contains(&word.as_str()) => {
                Err(Error::argument(key, value, one_of(word, words)))
            }
            (Self::Whole(least, most), _) => {
                whole(value).filter(|number| (least..=most).contains(number)).map(integer).ok_or_else(wrong)
            }
            (Self::WordOrTables(_, tables), Value::Table(table)) => self.read_table(key, value, table, tables),
            (Self::Kinds(kinds), Value::Table(table)) => read_kind(key, table, kinds),
            (Self::Integers, Value::Array(list)) => {
                let whole = list.iter().map(|value| signed(value).map(Value::Integer)).collect::<Option<_>>();
                whole.map(Value::Array).ok_or_else(wrong)
            }
            (Self::Words(words), Value::Array(list)) => {
                let item = |(i, value): (usize, &Value)| Self::Word(words).read(&format!("{key}[{i}]"), value);
                list.iter().enumerate().map(item).collect::<Result<_>>().map(Value::Array)
            }
            (Self::Tables(keys), Value::Array(list)) => {
                let item = |(i, value): (usize, &Value)| Self::Keys(keys).read(&format!("{key}[{i}]"), value);
                list.iter().enumerate().map(item).collect::<Result<_>>().map(Value::Array)
            }
            (Self::Keys(keys) | Self::WordOrTable(_, keys), Value::Table(table)) => read_keys(key, table, keys),
            _ if self.fits(value) => Ok(value.clone()),
            _ => Err(wrong()),
        }
    }

    /// Whether the value is of this form, for forms of one value or a list.
    fn fits(self, value: &Value) -> bool {
        let number = |value: &Value| value.is_float() || value.is_integer();
        match self {
            Self::Word(_) | Self::Path => value.is_str(),
            Self::Switch => value.is_bool(),
            Self::Real => number(value),
            Self::Reals => value.as_array().is_some_and(|list| list.iter().all(number)),
            Self::Seed => value.is_str() || value.as_integer().is_some_and(|number| number >= 0),
            Self::WordOrReal(word) => number(value) || value.as_str() == Some(word),
            Self::WordOrTable(word, _) => value.as_str() == Some(word),
            Self::WordOrTables(words, _) => value.as_str().is_some_and(|word| words.contains(&word)),
            Self::Whole(..) | Self::Keys(_) | Self::Kinds(_) => false,
            Self::Integers | Self::Words(_) | Self::Tables(_) => false,
        }
    }

    /// In words.
    pub fn expected(self) -> String {
        match self {
            Self::Word(words) => format!("one of {}, in quotes", words.join(", ")),
            Self::Path => "a path in quotes".to_owned(),
            Self::Switch => "true or false".to_owned(),
            Self::Whole(least, most) => format!("a whole number from {least} to {}", readable(most)),
            Self::Real => "a number".to_owned(),
            Self::Reals => "a list of numbers".to_owned(),
            Self::Integers => "a list of whole numbers".to_owned(),
            Self::Words(words) => format!("a list of words in quotes: {}", words.join(", ")),
            Self::Tables(keys) => format!("a list of tables {}", written(keys)),
            Self::Seed => "a whole number ≥ 0, or \"0x\" and 64 hexadecimal digits".to_owned(),
            Self::WordOrReal(word) => format!("\"{word}\" or a number"),
            Self::WordOrTable(word, keys) => format!("\"{word}\" or {}", written(keys)),
            Self::WordOrTables(words, tables) => {
                let words = words.iter().map(|word| format!("\"{word}\""));
                words.chain(tables.iter().map(|fields| fields_written(fields))).collect::<Vec<_>>().join(" or ")
            }
            Self::Keys(keys) => written(keys),
            Self::Kinds(kinds) => {
                let names: Vec<&str> = kinds.iter().map(|(name, _)| *name).collect();
                format!("a table {{ kind = …, … }} with kind one of {}", names.join(", "))
            }
        }
    }
}

impl Form {
    /// Whether what it holds is a list.
    pub fn is_list(self) -> bool {
        matches!(self, Self::Reals | Self::Integers | Self::Words(_) | Self::Tables(_))
    }

    /// The form of a key of a table of this form; `None` if no such table has it.
    pub fn of_key(self, name: &str) -> Option<Self> {
        let among = |keys: &[Inner]| keys.iter().find(|(known, _)| *known == name).map(|(_, form)| *form);
        match self {
            Self::Keys(keys) | Self::WordOrTable(_, keys) => among(keys),
            Self::Kinds(kinds) => kinds.iter().find_map(|(_, keys)| among(keys)),
            Self::WordOrTables(_, tables) => {
                tables.iter().copied().flatten().find(|(known, ..)| *known == name).map(|(_, form, _)| *form)
            }
            _ => None,
        }
    }

    /// The one of these tables that has all the keys given, with what is left out filled in.
    fn read_table(self, key: &str, value: &Value, table: &Table, tables: &[&[Field]]) -> Result<Value> {
        let has = |fields: &[Field], name: &str| fields.iter().any(|(known, ..)| *known == name);
        let fits = |fields: &&&[Field]| !table.is_empty() && table.keys().all(|name| has(fields, name));
        let Some(fields) = tables.iter().find(fits) else {
            return Err(Error::argument(key, value, self.expected()));
        };
        let read = |(name, form, default): &Field| {
            let place = format!("{key}.{name}");
            let value = match (table.get(*name), default) {
                (Some(value), _) => form.read(&place, value)?,
                (None, Some(default)) => Value::Float(*default),
                (None, None) => return Err(Error::argument(&place, "absent", form.expected())),
            };
            Ok(((*name).to_owned(), value))
        };
        fields.iter().map(read).collect::<Result<Table>>().map(Value::Table)
    }
}

fn fields_written(fields: &[Field]) -> String {
    let names: Vec<String> = fields.iter().map(|(name, ..)| format!("{name} = …")).collect();
    format!("{{ {} }}", names.join(", "))
}

/// The whole number ≥ 0 that a value is.
fn whole(value: &Value) -> Option<u64> {
    match *value {
        Value::Integer(number) => u64::try_from(number).ok(),
        // Doubles hold every whole number up to 2^53, and TOML's integers all of those.
        Value::Float(number) => {
            let exact = number.fract() == 0.0 && (0.0..=9_007_199_254_740_992.0).contains(&number);
            exact.then_some(number as u64)
        }
        _ => None,
    }
}

/// The whole number of either sign that a value is.
fn signed(value: &Value) -> Option<i64> {
    match *value {
        Value::Integer(number) => Some(number),
        Value::Float(number) if number < 0.0 => {
            whole(&Value::Float(-number)).and_then(|size| 0i64.checked_sub_unsigned(size))
        }
        _ => whole(value).and_then(|number| i64::try_from(number).ok()),
    }
}

fn integer(number: u64) -> Value {
    Value::Integer(i64::try_from(number).expect("ranges end below 2^63"))
}

/// Large powers of ten as such.
fn readable(number: u64) -> String {
    let exponent = number.checked_ilog10().unwrap_or(0);
    if exponent >= 6 && number == 10u64.pow(exponent) { format!("10^{exponent}") } else { number.to_string() }
}

fn written(keys: &[Inner]) -> String {
    let names: Vec<String> = keys.iter().map(|(name, _)| format!("{name} = …")).collect();
    format!("{{ {} }}", names.join(", "))
}

fn read_keys(key: &str, table: &Table, keys: &[Inner]) -> Result<Value> {
    let names: Vec<&str> = keys.iter().map(|(name, _)| *name).collect();
    table.keys().try_for_each(|name| known(name, &format!("{key}."), &names))?;
    let read = |(name, form): &Inner| {
        let place = format!("{key}.{name}");
        let value = table.get(*name).ok_or_else(|| Error::argument(&place, "absent", form.expected()))?;
        Ok(((*name).to_owned(), form.read(&place, value)?))
    };
    keys.iter().map(read).collect::<Result<Table>>().map(Value::Table)
}

fn read_kind(key: &str, table: &Table, kinds: &[(&str, &[Inner])]) -> Result<Value> {
    let names: Vec<&str> = kinds.iter().map(|(name, _)| *name).collect();
    let all: Vec<&str> = kinds.iter().flat_map(|(_, keys)| keys.iter().map(|(name, _)| *name)).collect();
    table.keys().try_for_each(|name| known(name, &format!("{key}."), &[&["kind"], &all[..]].concat()))?;
    let place = format!("{key}.kind");
    let expected = || format!("one of {}, in quotes", names.join(", "));
    let value = table.get("kind").ok_or_else(|| Error::argument(&place, "absent", expected()))?;
    let word = value.as_str().ok_or_else(|| Error::argument(&place, value, expected()))?;
    let Some((_, keys)) = kinds.iter().find(|(name, _)| *name == word) else {
        return Err(Error::argument(place, value, one_of(word, &names)));
    };
    let mut rest = table.clone();
    rest.remove("kind");
    let own: Vec<&str> = keys.iter().map(|(name, _)| *name).collect();
    if let Some((name, value)) = rest.iter().find(|(name, _)| !own.contains(&name.as_str())) {
        let has = if own.is_empty() { "none but kind".to_owned() } else { own.join(", ") };
        return Err(Error::argument(
            format!("{key}.{name}"),
            value,
            format!("no such key for {word:?} (it has {has})"),
        ));
    }
    let Value::Table(mut read) = read_keys(key, &rest, keys)? else { unreachable!("a table of keys is a table") };
    read.insert("kind".to_owned(), value.clone());
    Ok(Value::Table(read))
}

/// Refuses a name that is none of these, with the nearest that is.
///
/// # Errors
/// [`Error::Argument`] with the name.
pub(crate) fn known(name: &str, prefix: &str, names: &[&str]) -> Result<()> {
    if names.contains(&name) {
        return Ok(());
    }
    let expected = match nearest(name, names.iter().copied()) {
        Some(nearest) => format!("a known key; the nearest is {prefix}{nearest}"),
        None => "no key here".to_owned(),
    };
    Err(Error::argument("key", format!("{prefix}{name}"), expected))
}
