//! `--json`, on commands that print a table: the document in its place, or beside it in a file.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::Args;

use super::{Failure, Outputs, print};
use crate::Result;

/// The flag.
#[derive(Clone, Debug, Args)]
pub struct Json {
    /// Print JSON in place of the table; with =FILE write the JSON into this file, and print the table
    #[arg(long = "json", value_name = "FILE", num_args = 0..=1, require_equals = true)]
    asked: Option<Option<PathBuf>>,
}

/// What is shown of a result.
#[derive(Debug)]
pub enum Shown {
    /// The table alone.
    Table,
    /// The document alone.
    Document,
    /// The table, and the document in this file of a folder.
    Both(Outputs, OsString),
}

impl Json {
    /// What is to be shown. The file can be written to, and is none of those that the command reads; one that exists is replaced.
    ///
    /// # Errors
    /// [`crate::Error::Argument`] or [`crate::Error::File`] with the file.
    pub fn claim<P: Into<PathBuf>>(&self, inputs: impl IntoIterator<Item = P>) -> Result<Shown> {
        Ok(match &self.asked {
            None => Shown::Table,
            Some(None) => Shown::Document,
            Some(Some(file)) => {
                let outputs = Outputs::claim_file("--json", file, true)?.sparing(inputs)?;
                Shown::Both(outputs, file.file_name().unwrap_or_default().to_owned())
            }
        })
    }
}

impl Shown {
    /// Shows a result; the table is printed whether or not the file could be written.
    ///
    /// # Errors
    /// [`Failure::Failed`] if stdout or the file cannot be written.
    pub fn show(&self, table: impl FnOnce() -> String, document: &str) -> std::result::Result<(), Failure> {
        match self {
            Self::Table => print(table().trim_end()),
            Self::Document => print(document.trim_end()),
            Self::Both(outputs, name) => {
                let written = outputs.write(name, format!("{}\n", document.trim_end()));
                print(table().trim_end())?;
                written.map_err(Failure::failed)
            }
        }
    }
}
