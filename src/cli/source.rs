//! An instance that an argument names: that of a file of features or logits, or of a configuration.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use toml::{Table, Value};

use super::overlays::{self, Overlay, located};
use crate::describe::{Measured, Options};
use crate::instance::files as instance_files;
use crate::instance::npz::{NpzFile, Reading};
use crate::simulate::{Config, Simulation, config};
use crate::{Error, Instance, files};

/// n where nothing says otherwise.
const SAMPLES: i64 = 1024;

/// A source whose configuration is read and checked, and its instance not yet made.
#[derive(Debug)]
pub struct Source {
    path: PathBuf,
    config: Config,
    laid: Vec<Overlay>,
    is_file: bool,
}

impl Source {
    /// Reads the configuration, or makes that of the file.
    pub fn read(path: &Path, laid: Vec<Overlay>) -> anyhow::Result<Self> {
        let is_file = is_archive(path);
        let mut table = if is_file { of_file(path)? } else { of_text(path)? };
        overlays::refuse_lists(&laid)?;
        overlays::lay(&mut table, &laid)?;
        let config = Config::from_table(&table).map_err(|error| located(error, path, &laid))?;
        Ok(Self { path: path.to_owned(), config, laid, is_file })
    }

    /// Its name for people.
    pub fn name(&self) -> String {
        self.path.display().to_string()
    }

    /// Whether it is a file of numbers, and not a configuration.
    pub fn is_file(&self) -> bool {
        self.is_file
    }

    /// The first replicate's number.
    pub fn first_replicate(&self) -> usize {
        self.config.run.first_replicate
    }

    /// What is read.
    pub fn inputs(&self) -> Vec<PathBuf> {
        std::iter::once(self.path.clone()).chain(self.config.instance.inputs()).collect()
    }

    /// Makes the instance of a replicate; what a person should know of it are the sentences beside it.
    ///
    /// Features of a file that leave the unit ball are divided by the largest norm, so that they can be described at all.
    pub fn measure(self, replicate: usize, lambda: Option<f64>) -> anyhow::Result<(Measured, Options, Vec<String>)> {
        let made = Self::make(&self.config, replicate);
        let (simulation, instance) = match made {
            Err(error) if self.is_file && !self.rescales() => {
                let config = self.config.instance.clone().with("rescale", true)?;
                let config = Config { instance: config, ..self.config.clone() };
                // Whatever else is wrong is wrong then, too.
                Self::make(&config, replicate).map_err(|_| located(error, &self.path, &self.laid))?
            }
            made => made.map_err(|error| located(error, &self.path, &self.laid))?,
        };
        let rescaled = simulation.config.instance.get("rescale") == Some(true);
        let file: Option<PathBuf> = simulation.config.instance.get("path");
        let norm = match (rescaled, file) {
            (true, Some(file)) => {
                let features = simulation.config.instance.get("features");
                NpzFile::read_as(&file, &Reading { rescale: true, features, ..Reading::default() })?.rescaled_by
            }
            _ => None,
        };
        let process = &simulation.process;
        let options =
            Options { samples: process.samples as f64, beta: process.beta, lambda, deltas: simulation.deltas.clone() };
        let measured = Measured::new(instance);
        let measured = if let Some(norm) = norm { measured.divided_by(norm) } else { measured };
        Ok((measured, options, simulation.remarks))
    }

    fn rescales(&self) -> bool {
        self.config.instance.get("rescale") == Some(true)
    }

    fn make(config: &Config, replicate: usize) -> crate::Result<(Simulation, Arc<Instance>)> {
        let simulation = Simulation::describe(config.clone())?;
        let instance = simulation.instance(replicate)?;
        Ok((simulation, instance))
    }
}

/// Whether a path is that of a NumPy file: by its name, or else by its first bytes.
fn is_archive(path: &Path) -> bool {
    if let Some(ending) = path.extension() {
        if ending == "npz" || ending == "npy" {
            return true;
        }
        if ending == "toml" {
            return false;
        }
    }
    let mut start = Vec::new();
    let read = path.is_file().then(|| instance_files::open(path).ok()).flatten();
    read.is_some_and(|file| file.take(4).read_to_end(&mut start).is_ok())
        && (start == b"PK\x03\x04" || start == b"\x93NUM")
}

/// The configuration of a file.
fn of_file(path: &Path) -> crate::Result<Table> {
    let text = path.to_str().ok_or_else(|| Error::file(path, "is no UTF-8: expected a path that is text"))?;
    // Refused with the file's own words, before a configuration is spoken of.
    drop(instance_files::open(path)?);
    let instance =
        Table::from_iter([("kind", "npz"), ("path", text)].map(|(key, value)| (key.to_owned(), value.into())));
    let process = Table::from_iter([("samples".to_owned(), Value::Integer(SAMPLES))]);
    Ok(Table::from_iter([("instance".to_owned(), instance.into()), ("process".to_owned(), process.into())]))
}

fn of_text(path: &Path) -> anyhow::Result<Table> {
    let text = files::text(path, "a file of features or logits (.npz), or a configuration (TOML)")?;
    config::parse_toml(&text).with_context(|| path.display().to_string())
}
