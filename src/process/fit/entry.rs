//! The list of fits: the name of each in a configuration, the keys that it has, and how it is made from them.

use toml::{Table, Value};

use super::{Choice, Fit, finite_class, gradient, labels, likelihood, logistic, square, win_rate};
use crate::Result;
use crate::settings::{Form, Key, Section};

/// A fit by its name.
#[derive(Clone, Copy)]
pub struct Entry {
    /// Its name, the value of `process.update`.
    pub name: &'static str,
    /// What it is, in a few words.
    pub about: &'static str,
    /// The keys that it has, beside those of every loop.
    pub keys: &'static [Key],
    /// Defaults that are written out, as TOML.
    pub defaults: &'static [(&'static str, &'static str)],
    /// Makes it from `[process]`.
    pub make: fn(&Section<'_>) -> Result<Box<dyn Fit>>,
}

/// All fits, in the order in which the help shows them. A fit of one's own is a file with its entry, and a line here.
pub const FITS: &[Entry] = &[
    square::POPULATION,
    square::ERM,
    finite_class::ENTRY,
    gradient::ENTRY,
    logistic::ENTRY,
    win_rate::ENTRY,
    likelihood::ENTRY,
];

/// Keys that several fits have.
pub(super) const RIDGE: Key = Key::of_process("ridge", Form::Real, "λ ≥ 0: adds λ‖θ − θ_ref‖² to the loss", "0.0");
pub(super) const POPULATION: Key =
    Key::of_process("population", Form::Switch, "minimise the expected loss; samples then only sets β = c/√n", "false");
pub(super) const JUDGE_NOISE: Key =
    Key::of_process("judge_noise", Form::Real, "σ ≥ 0: standard deviation of the self-judge's noise", "0.0");
pub(super) const CHOICE: Key = Key::of_process(
    "choice",
    Form::Word(&["nearest", "min-norm", "random", "worst"]),
    "nearest | min-norm (erm, win-rate), nearest | random | worst (finite-class): which of the empirical minimisers",
    "\"nearest\"",
);

impl Entry {
    /// The fit of a name.
    pub fn named(name: &str) -> Option<&'static Self> {
        FITS.iter().find(|entry| entry.name == name)
    }

    /// Fills in the defaults.
    pub(crate) fn fill(&self, process: &mut Table) {
        for (key, text) in self.defaults {
            if !process.contains_key(*key) {
                let parsed: Table = format!("value = {text}").parse().expect("defaults are written as TOML");
                process.insert((*key).to_owned(), parsed["value"].clone());
            }
        }
    }
}

/// The keys of all fits, each once, with the fits that have it.
pub(crate) fn keys() -> Vec<Key> {
    let mut keys: Vec<Key> = Vec::new();
    for key in [CHOICE].iter().chain(FITS.iter().flat_map(|entry| entry.keys)) {
        if keys.iter().all(|known| known.name != key.name) {
            let has = |entry: &&Entry| entry.keys.iter().any(|own| own.name == key.name);
            let of: Vec<&'static str> = FITS.iter().filter(has).map(|entry| entry.name).collect();
            // One list for each key, made once a process.
            keys.push(Key { of: Vec::leak(of), ..*key });
        }
    }
    keys
}

/// `choice` for a square loss.
pub(super) fn choice(process: &Section<'_>) -> Result<Choice> {
    match process.word("choice") {
        None | Some("nearest") => Ok(Choice::Nearest),
        Some("min-norm") => Ok(Choice::MinNorm),
        Some(other) => {
            let name = process.word("update").unwrap_or("erm");
            let expected = format!("\"nearest\" or \"min-norm\" for the update \"{name}\"");
            Err(process.wrong("choice", format!("\"{other}\""), &expected))
        }
    }
}

/// `judge_noise`, which the expected loss has none of.
pub(super) fn judge_noise(process: &Section<'_>) -> Result<f64> {
    let noise = process.not_negative("judge_noise")?;
    if noise > 0.0 && process.switch("population") {
        let expected = "0 with population = true: the expected loss has no sampled judge";
        return Err(process.wrong("judge_noise", noise, expected));
    }
    Ok(noise)
}

/// Whether a table of `[process]` minimises an expected loss, and draws nothing.
pub(crate) fn is_population(process: &Table) -> bool {
    let named = process.get("update").and_then(Value::as_str) == Some(square::POPULATION.name);
    named || process.get("population").and_then(Value::as_bool) == Some(true)
}

/// The keys that a label law has.
pub(super) const LABELS: Key = labels::KEY;
