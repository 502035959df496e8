//! The declaration of one key.

use super::Form;

/// One key of a configuration file.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// Its section.
    pub section: &'static str,
    /// Its name.
    pub name: &'static str,
    /// What it holds.
    pub form: Form,
    /// The kinds of instance or update that have it; empty for all.
    pub of: &'static [&'static str],
    /// What it means, and its range.
    pub meaning: &'static str,
    /// Its default as TOML, or what happens without it.
    pub default: &'static str,
}

impl Key {
    /// A key of `[process]` that every update has.
    pub const fn of_process(name: &'static str, form: Form, meaning: &'static str, default: &'static str) -> Self {
        Self { section: "process", name, form, of: &[], meaning, default }
    }

    /// A key of `[instance]`; the kinds that have it are written where keys are collected.
    pub const fn of_instance(name: &'static str, form: Form, meaning: &'static str, default: &'static str) -> Self {
        Self { section: "instance", name, form, of: &[], meaning, default }
    }
}
