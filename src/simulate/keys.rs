//! The configuration's keys: the one list from which unknown keys are refused and the help is written.

use std::sync::LazyLock;

use toml::{Table, Value};

use super::kinds;
use crate::metrics::also;
use crate::nearest::nearest;
use crate::process;
pub use crate::settings::Key;
use crate::settings::{Form, known};
use crate::{Error, Result};

/// Counts, and numbers of replicates, fit into 32 bits: stores and draws keep them so.
pub const MOST: u64 = u32::MAX as u64;

/// How many there are of something: one at least.
pub(super) const COUNT: Form = Form::Whole(1, MOST);

/// The words of `measure.also`: all quantities that it can ask for, and `all`.
const ALSO: &[&str] = &{
    let mut names = ["all"; also::QUANTITIES.len() + 1];
    let mut i = 0;
    while i < also::QUANTITIES.len() {
        names[i] = also::QUANTITIES[i].quantity.name;
        i += 1;
    }
    names
};

macro_rules! keys {
    ($($section:literal { $($name:literal: $form:expr, $meaning:literal, $default:literal;)* })*) => {
        &[$($(Key {
            section: $section,
            name: $name,
            form: $form,
            of: &[],
            meaning: $meaning,
            default: $default,
        },)*)*]
    };
}

const MEASURE_AND_RUN: &[Key] = keys! {
    "measure" {
        "delta": Form::Reals, "list of δ in (0, 1) for the failure rates", "[0.5, 0.1]";
        "chain": Form::Switch, "also measure both sides of every step of the proof, by sums over pairs of responses: O(K²) a prompt", "false";
        "also": Form::Words(ALSO), "list of further quantities, or \"all\" in it for all of them", "none for the paper's loop on the kinds npz to random without offset; else those that cost little and can exist there";
        "levels": Form::Integers, "levels of prompts at which accuracy and correct_probability are measured, too", "[]";
    }
    "run" {
        "replicates": COUNT, "R, 1 to 2^32 - 1; each redraws everything that is random", "10";
        "first_replicate": Form::Whole(0, MOST), "number of the first replicate; each number has its own seed, so a single replicate can be run again", "0";
        "seed": Form::Seed, "a whole number, or \"0x\" and 64 hexadecimal digits", "1";
        "same_instance": Form::Switch, "give all replicates the instance of replicate 0", "false";
    }
};

/// All keys, in the order in which the help shows them.
pub fn keys() -> &'static [Key] {
    static KEYS: LazyLock<Vec<Key>> =
        LazyLock::new(|| [kinds::keys(), &process::settings::keys(), MEASURE_AND_RUN].concat());
    &KEYS
}

/// What a dotted key holds, `process.samples` or `instance.spectrum.rate`; `None` for a key that does not exist.
///
/// ```
/// use selfreward::simulate::{Form, keys::form};
///
/// assert!(matches!(form("process.samples"), Some(Form::Whole(1, _))));
/// assert!(matches!(form("instance.spectrum.rate"), Some(Form::Real)));
/// assert!(form("process.smples").is_none());
/// ```
pub fn form(key: &str) -> Option<Form> {
    let (section, rest) = key.split_once('.')?;
    let (name, inner) = rest.split_once('.').map_or((rest, None), |(name, inner)| (name, Some(inner)));
    let form = keys().iter().find(|key| key.section == section && key.name == name)?.form;
    inner.map_or(Some(form), |inner| form.of_key(inner))
}

/// The dotted key of a name without its section: of the one section that has such a key, and can hold such a value there.
///
/// # Errors
/// [`Error::Argument`] with the name, its value, and what was expected.
///
/// ```
/// use selfreward::simulate::keys::dotted;
///
/// assert_eq!(dotted("samples", &64.into())?, "process.samples");
/// assert_eq!(dotted("prompts", &50.into())?, "instance.prompts");
/// assert!(dotted("smples", &64.into()).unwrap_err().to_string().contains("samples"));
/// # Ok::<(), selfreward::Error>(())
/// ```
pub fn dotted(name: &str, value: &Value) -> Result<String> {
    if name.contains('.') {
        return Ok(name.to_owned());
    }
    let named: Vec<&Key> = keys().iter().filter(|key| key.name == name).collect();
    let fits: Vec<&Key> = named.iter().copied().filter(|key| key.form.read(name, value).is_ok()).collect();
    match (named.as_slice(), fits.as_slice()) {
        ([key], _) | (_, [key]) => Ok(format!("{}.{name}", key.section)),
        ([], _) => {
            let names: Vec<&str> = keys().iter().map(|key| key.name).collect();
            let nearest = nearest(name, names).unwrap_or_default();
            Err(Error::argument(name, value, format!("a key of the configuration; the nearest is {nearest}")))
        }
        _ => {
            let each = named.iter().map(|key| format!("{}.{name} ({})", key.section, key.form.expected()));
            let each: Vec<String> = each.collect();
            Err(Error::argument(name, value, format!("a value of {}", each.join(" or "))))
        }
    }
}

/// Keys of a section of which a configuration has at most one.
pub type Exclusive = (&'static str, Vec<&'static str>);

/// All lists of keys of which a configuration has at most one; setting one on the command line drops the others of the file.
pub fn exclusive() -> &'static [Exclusive] {
    static EXCLUSIVE: LazyLock<Vec<Exclusive>> = LazyLock::new(|| {
        let mut lists = vec![("process", vec!["beta", "beta_over_sqrt_n"])];
        lists.extend(kinds::exclusive().into_iter().map(|names| ("instance", names)));
        lists.push(("process", vec!["best_of", "adaptive"]));
        lists
    });
    &EXCLUSIVE
}

/// Reads a configuration's table: keys that do not exist are refused, with the nearest one that does, and so are values that are
/// not of their key's form. Whole numbers come out as integers.
///
/// # Errors
/// [`Error::Argument`] with the key, its value, and what was expected.
pub fn read(table: &Table) -> Result<Table> {
    refuse_unknown(table)?;
    let section = |(section, value): (&String, &Value)| {
        let Value::Table(entries) = value else { unreachable!("sections are tables") };
        let entry = |(name, value): (&String, &Value)| {
            let key = keys().iter().find(|key| key.section == section && key.name == name).expect("known");
            Ok((name.clone(), key.form.read(&format!("{section}.{name}"), value)?))
        };
        Ok((section.clone(), Value::Table(entries.iter().map(entry).collect::<Result<Table>>()?)))
    };
    table.iter().map(section).collect()
}

/// Refuses sections and keys that do not exist, naming the nearest one that does.
///
/// # Errors
/// [`Error::Argument`] with the unknown key.
pub fn refuse_unknown(table: &Table) -> Result<()> {
    if table.contains_key("part") {
        let expected = "a configuration; `selfreward run` computes definitions";
        return Err(Error::argument("configuration", "the definition of an experiment", expected));
    }
    let sections: Vec<&str> = keys().chunk_by(|a, b| a.section == b.section).map(|chunk| chunk[0].section).collect();
    for (section, value) in table {
        known(section, "", &sections)?;
        let Value::Table(entries) = value else {
            return Err(Error::argument(section, value, "a section of keys"));
        };
        let names: Vec<&str> = keys().iter().filter(|key| key.section == section).map(|key| key.name).collect();
        entries.keys().try_for_each(|name| known(name, &format!("{section}."), &names))?;
    }
    Ok(())
}

/// Refuses keys that the configured kind does not have.
///
/// # Errors
/// [`Error::Argument`] with the key and the kinds that have it.
pub fn refuse_foreign(table: &Table, section: &str, kind: &str) -> Result<()> {
    let Some(Value::Table(entries)) = table.get(section) else { return Ok(()) };
    for key in keys().iter().filter(|key| key.section == section && !key.of.is_empty()) {
        if let Some(value) = entries.get(key.name)
            && !key.of.contains(&kind)
        {
            let expected = format!("no such key for {kind:?} (it belongs to {})", key.of.join(", "));
            return Err(Error::argument(format!("{section}.{}", key.name), value, expected));
        }
    }
    Ok(())
}
