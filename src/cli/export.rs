//! `selfreward export`: rows in tidy form.

use std::io::{BufWriter, Write};
use std::path::PathBuf;

use clap::Args;

use super::locks::Locks;
use super::outputs::files_of_store;
use super::{Failure, Outputs, Verbosity, printed};
use crate::Result;
use crate::study::store::{Tidy, store_at};
use crate::study::{Store, export};

const FILES: [&str; 3] = ["rows.csv", "failures.csv", "provenance.json"];

/// Export a store in tidy form: one record for each cell, replicate and round, sorted by these
#[derive(Debug, Args)]
pub struct ExportArgs {
    /// The store
    #[arg(value_name = "STORE")]
    store: PathBuf,
    #[command(flatten)]
    form: Form,
    /// Overwrite files that exist
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    verbosity: Verbosity,
    #[command(flatten)]
    locks: Locks,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct Form {
    /// Write rows.csv, failures.csv and provenance.json into this folder
    #[arg(long, value_name = "DIR")]
    csv: Option<PathBuf>,
    /// Write a NumPy archive: one array for each column
    #[arg(long, value_name = "FILE")]
    npz: Option<PathBuf>,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

/// Carries the command out.
pub(super) fn run(args: &ExportArgs) -> std::result::Result<(), Failure> {
    args.locks.apply();
    let store = store_at(&args.store).and_then(|path| Store::open(&path)).map_err(Failure::refused)?;
    let inputs = || files_of_store(store.path());
    if let Some(folder) = &args.form.csv {
        let outputs = Outputs::claim(folder, &FILES, args.force).and_then(|outputs| outputs.sparing(inputs()));
        csv(&store, &outputs.map_err(Failure::refused)?).map_err(Failure::failed)?;
        args.verbosity.say(format!("wrote {} to {}", FILES.join(", "), folder.display()));
        return Ok(());
    }
    if let Some(file) = &args.form.npz {
        let outputs = Outputs::claim_file("--npz", file, args.force).and_then(|outputs| outputs.sparing(inputs()));
        let name = file.file_name().unwrap_or_default();
        let written = outputs.map_err(Failure::refused)?.stream(name, |file| export::npz(&store, file));
        written.map_err(Failure::failed)?;
        args.verbosity.say(format!("wrote {}", file.display()));
        return Ok(());
    }
    let mut out = Stdout { inner: BufWriter::new(std::io::stdout().lock()), broken: None };
    let exported = export::json(&store, &mut out);
    // An error of stdout is one, whatever was being exported.
    match out.broken {
        Some(error) => printed(Err(error)),
        None => exported.map_err(Failure::failed),
    }
}

/// Stdout, which knows why it could not be written.
struct Stdout<W> {
    inner: W,
    broken: Option<std::io::Error>,
}

impl<W> Stdout<W> {
    fn noted<T>(&mut self, result: std::io::Result<T>) -> std::io::Result<T> {
        result.map_err(|error| {
            let kind = error.kind();
            self.broken.get_or_insert(error);
            kind.into()
        })
    }
}

impl<W: Write> Write for Stdout<W> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let written = self.inner.write(bytes);
        self.noted(written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        let flushed = self.inner.flush();
        self.noted(flushed)
    }
}

fn csv(store: &Store, outputs: &Outputs) -> Result<()> {
    outputs.stream(FILES[0], |file| export::csv(store, Tidy::Rows, file))?;
    outputs.stream(FILES[1], |file| export::csv(store, Tidy::Failures, file))?;
    outputs.write(FILES[2], format!("{:#}\n", export::provenance(store)?))
}
