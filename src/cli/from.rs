//! `--from FILE` of the calculators: flags that were not given, from the base policy of a file.

use std::path::Path;
use std::rc::Rc;

use serde_json::{Map, Value, json};

use super::Verbosity;
use super::bound::number;
use super::source::Source;
use crate::Error;
use crate::describe::Measured;
use crate::describe::given::line;
use crate::instance::FeatureMap;
use crate::papers::{Fallback, Quantity};

/// Flags that were taken, with their values.
pub type Taken = Vec<(&'static str, Quantity)>;

/// A flag with its value, for people.
pub fn shown(flag: &str, quantity: &Quantity) -> String {
    let value = match quantity {
        Quantity::Number(value) => number(*value),
        Quantity::List(values) => format!("{} numbers", values.len()),
        other => other.to_string(),
    };
    format!("{} = {value}", flag.replace('-', "_"))
}

/// A file that gives flags.
#[derive(Debug)]
pub struct From {
    name: String,
    measured: Rc<Measured>,
    remarks: Vec<String>,
}

impl From {
    /// Reads the file, or the configuration, of which it is the instance of the first replicate.
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        let source = Source::read(path, Vec::new())?;
        let (name, replicate) = (source.name(), source.first_replicate());
        let name = if source.is_file() { name } else { format!("{name}, replicate {replicate}") };
        let (measured, _, remarks) = source.measure(replicate, None)?;
        Ok(Self { name, measured: Rc::new(measured), remarks })
    }

    /// What gives the flags.
    pub fn fallback(&self) -> Rc<dyn Fallback> {
        Rc::clone(&self.measured) as Rc<dyn Fallback>
    }

    /// Refuses a bound that is void for the file, whatever else is given.
    pub fn refuse_void(&self, bound: &str) -> Result<(), Error> {
        self.measured.void(bound).map_or(Ok(()), |reason| Err(Error::file(&self.name, reason)))
    }

    /// What it has for a flag of a bound: its number, or why it has none.
    pub fn number(&self, bound: &str, flag: &'static str, taken: &mut Taken) -> Result<f64, String> {
        match self.measured.give(bound, flag) {
            Some(Ok(Quantity::Number(value))) => {
                taken.push((flag, Quantity::Number(value)));
                Ok(value)
            }
            Some(Err(reason)) => Err(reason),
            _ => Err("no file gives it".to_owned()),
        }
    }

    /// ‖θ_0‖ of dense features; of a table it says little, since logits that are shifted prompt by prompt are the same policy.
    pub fn norm(&self) -> Option<f64> {
        let instance = self.measured.instance();
        matches!(instance.features(), FeatureMap::Dense(_)).then(|| instance.base().norm())
    }

    /// Says which values came from the file, and what they are.
    pub fn say(&self, bound: &str, taken: &Taken, verbosity: Verbosity) {
        self.remarks.iter().for_each(|remark| verbosity.say(remark));
        for (flag, quantity) in taken {
            let meaning = line(bound, flag).map_or("", |given| given.meaning);
            verbosity.say(format!("{} (from {}: {meaning})", shown(flag, quantity), self.name));
        }
    }

    /// The same for JSON: the file and the values by their names.
    pub fn json(&self, taken: &Taken) -> Value {
        let value = |quantity: &Quantity| match quantity {
            Quantity::Number(value) => json!(value),
            Quantity::List(values) => json!(values),
            other => json!(other.to_string()),
        };
        let values: Map<String, Value> =
            taken.iter().map(|(flag, quantity)| (flag.replace('-', "_"), value(quantity))).collect();
        json!({ "file": self.name, "values": values })
    }

    /// An error that names a flag nobody gave, with where its value comes from.
    pub fn blamed(&self, error: Error, taken: &Taken) -> Error {
        match error {
            Error::Argument { name, value, expected }
                if taken.iter().any(|(flag, _)| flag.replace('-', "_") == name.replace('-', "_")) =>
            {
                Error::Argument { name, value: format!("{value} (from {})", self.name), expected }
            }
            other => other,
        }
    }
}
