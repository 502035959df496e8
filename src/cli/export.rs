//! `selfreward export`: rows in tidy form.

use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use clap::Args;

use super::{Failure, Outputs, Verbosity};
use crate::study::store::Tidy;
use crate::study::{Store, export};
use crate::{Error, Result};

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
    let store = Store::open(&args.store).map_err(Failure::refused)?;
    if let Some(folder) = &args.form.csv {
        let outputs = Outputs::claim(folder, &FILES, args.force).map_err(Failure::refused)?;
        csv(&store, &outputs).map_err(Failure::failed)?;
        args.verbosity.say(format!("wrote {} to {}", FILES.join(", "), folder.display()));
        return Ok(());
    }
    if let Some(file) = &args.form.npz {
        let (folder, name) = split(file).map_err(Failure::refused)?;
        let outputs = Outputs::claim(folder, &[name], args.force).map_err(Failure::refused)?;
        outputs.stream(name, |out| export::npz(&store, out)).map_err(Failure::failed)?;
        args.verbosity.say(format!("wrote {}", file.display()));
        return Ok(());
    }
    let mut out = BufWriter::new(std::io::stdout().lock());
    match export::json(&store, &mut out) {
        // A reader that has seen enough is no failure.
        Err(_) if out.flush().is_err_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe) => Ok(()),
        other => other.map_err(Failure::failed),
    }
}

fn csv(store: &Store, outputs: &Outputs) -> Result<()> {
    outputs.stream(FILES[0], |file| export::csv(store, Tidy::Rows, file))?;
    outputs.stream(FILES[1], |file| export::csv(store, Tidy::Failures, file))?;
    outputs.write(FILES[2], format!("{:#}\n", export::provenance(store)?))
}

fn split(file: &Path) -> Result<(&Path, &str)> {
    let name = file.file_name().and_then(|name| name.to_str());
    let name = name.ok_or_else(|| Error::argument("--npz", file.display(), "the path of a file"))?;
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    Ok((folder, name))
}
