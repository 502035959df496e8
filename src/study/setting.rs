//! What a part sets whatever the profile: the numbers that the words of a figure take from the definition.

use toml::Value;

use super::definition::flatten;
use super::{Definition, Profile};
use crate::{Error, Result};

impl Definition {
    /// The value of a dotted key in a part, as a text takes it; of a list, or of a key of the grid, all values, with commas.
    ///
    /// ```
    /// use selfreward::study::Definition;
    ///
    /// let definition = Definition::parse(
    ///     "
    ///     name = 'demo'
    ///     [[part]]
    ///     name = 'gaussian'
    ///     base = { instance = { kind = 'gaussian', margin = 1.5 }, process = { beta = 2.0 } }
    ///     [part.grid]
    ///     'instance.dim' = [8, 32]
    ///     'process.samples' = [16, 64]
    ///     [part.full]
    ///     replicates = 50
    ///     [part.quick]
    ///     replicates = 5
    ///     'process.samples' = [16]",
    /// )?;
    /// let of = |key| definition.setting("gaussian", key);
    /// assert_eq!((of("instance.margin")?.as_str(), of("process.beta")?.as_str()), ("1.5", "2"));
    /// assert_eq!(of("instance.dim")?, "8, 32");
    /// // Rows of a profile have only its own values.
    /// assert!(of("process.samples").is_err());
    /// # Ok::<(), selfreward::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Argument`] if there is no such part, if the part does not set the key, or if its profiles have different lists.
    pub fn setting(&self, part: &str, key: &str) -> Result<String> {
        let names = || self.parts.iter().map(|part| part.name.as_str()).collect::<Vec<_>>().join(", ");
        let found = self.parts.iter().find(|one| one.name == part);
        let found = found.ok_or_else(|| Error::argument("part", part, format!("one of {}", names())))?;
        let list = |profile| found.grid(profile).axes().find(|axis| axis.key == key).map(|axis| axis.values.clone());
        let (full, quick) = (list(Profile::Full), list(Profile::Quick));
        if full != quick {
            let expected = "a key of which both profiles have the same list";
            return Err(Error::argument(format!("key of {part}"), key, expected));
        }
        let value = full.map(Value::Array).or_else(|| flatten(&found.base).remove(key));
        let value = value.ok_or_else(|| Error::argument(format!("key of {part}"), key, "one that the part sets"))?;
        Ok(shown(&value))
    }
}

/// `4` of 4.0, the text itself of a text, the items of a list.
fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Float(number) => number.to_string(),
        Value::Array(items) => items.iter().map(shown).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}
