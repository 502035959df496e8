//! `selfreward plot`: draws figures from stores, or again from the tables beside them. Never simulates.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use clap::Args;

use super::locks::Locks;
use super::outputs::files_of_store;
use super::{Failure, Outputs, Verbosity};
use crate::experiment::{self, Plate, Results, Table, generic, plates};
use crate::plot::{self, Figure};
use crate::study::Profile;
use crate::words::{agreeing, counted};
use crate::{Error, Result, files};

/// Draw the figure of a store and write its table, or draw it again from the table; never simulates
#[derive(Debug, Args)]
pub struct PlotArgs {
    /// A store (SQLite), or the CSV that lies beside a figure
    #[arg(value_name = "STORE|CSV")]
    source: PathBuf,
    /// Where the files go; files of these names are replaced [default: the folder of the store or CSV]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    #[command(flatten)]
    locks: Locks,
    #[command(flatten)]
    verbosity: Verbosity,
}

/// Carries the command out.
pub(super) fn run(args: &PlotArgs) -> std::result::Result<(), Failure> {
    args.locks.apply();
    let beside = args.source.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let folder = args.out.as_deref().unwrap_or(beside);
    let written = if args.source.extension().is_some_and(|ending| ending == "csv") {
        redraw(&args.source, folder)?
    } else {
        let results = Results::open(&args.source).map_err(Failure::refused)?;
        draw(&results, folder, args.verbosity)?
    };
    written.iter().for_each(|name| args.verbosity.say(format!("wrote {name}")));
    Ok(())
}

/// Where `reproduce` puts figures if nothing is said.
pub(super) fn default_folder(profile: Profile) -> PathBuf {
    match profile {
        Profile::Quick => "figures/quick".into(),
        Profile::Full => "figures".into(),
    }
}

/// Draws all figures of a store; gives the files.
pub(super) fn draw(
    results: &Results,
    folder: &Path,
    verbosity: Verbosity,
) -> std::result::Result<Vec<String>, Failure> {
    let counts = results.store.counts().map_err(Failure::refused)?;
    if counts.done == 0 {
        return Err(Failure::refused(Error::file(
            results.store.path(),
            "holds no rows; compute it with `selfreward run`",
        )));
    }
    // An experiment's figures are made of all its cells; those of any other definition take what there is.
    let missing = results.study.cells() - results.store.done().map_err(Failure::refused)?.len();
    let recognised = results.recognised().map_err(Failure::refused)?;
    if let Some(misfit) = recognised.misfit() {
        let path = results.store.path().display();
        verbosity.say(format!("warning: {path} {misfit}; drawn as a definition of your own"));
    }
    if missing > 0 && recognised.built_in().is_some() {
        let what = format!(
            "{} {} no rows yet; `selfreward run --resume` computes them",
            counted(missing, "cell"),
            agreeing(missing, "has", "have")
        );
        return Err(Failure::refused(Error::file(results.store.path(), what)));
    }
    if counts.done < counts.asked {
        let asked = counted(counts.asked, "replicate");
        verbosity.say(format!(
            "warning: {} of {asked} {} done: a figure of these alone",
            counts.done,
            agreeing(counts.asked, "is", "are")
        ));
    }
    let store = files_of_store(results.store.path());
    let outputs = Outputs::claim(folder, &[], true).and_then(|outputs| outputs.sparing(store));
    let outputs = outputs.map_err(Failure::refused)?;
    let mut files = Vec::new();
    for plate in plates(results) {
        files.extend(plate.and_then(|plate| write(&outputs, &plate)).map_err(Failure::failed)?);
    }
    Ok(files)
}

/// Writes a figure and the table that it was drawn from.
fn write(outputs: &Outputs, Plate { name, csv, figure }: &Plate) -> Result<Vec<String>> {
    let table = format!("{name}.csv");
    outputs.write(&table, csv)?;
    let mut written = vec![outputs.folder().join(table).display().to_string()];
    written.extend(save(outputs, name.as_ref(), figure)?);
    Ok(written)
}

/// Writes a figure as SVG and PNG; gives their paths.
fn save(outputs: &Outputs, name: &OsStr, figure: &Figure) -> Result<Vec<String>> {
    let files = plot::files(name);
    let (svg, png) = plot::drawn(figure)?;
    outputs.write(&files[0], svg)?;
    outputs.write(&files[1], png)?;
    Ok(files.map(|file| outputs.folder().join(file).display().to_string()).into())
}

/// Draws a figure again from its table.
fn redraw(csv: &Path, folder: &Path) -> std::result::Result<Vec<String>, Failure> {
    let name = csv.file_stem().unwrap_or_default();
    let figure = figure_of(csv, &name.to_string_lossy()).map_err(Failure::refused)?;
    let outputs = Outputs::claim(folder, &[], true).and_then(|outputs| outputs.sparing([csv]));
    save(&outputs.map_err(Failure::refused)?, name, &figure).map_err(Failure::failed)
}

/// The figure of a table whose file has this name. The form of the table decides: an own definition's table may bear the name of an
/// experiment's.
fn figure_of(csv: &Path, name: &str) -> Result<Figure> {
    let text = files::text(csv, "a table (CSV) that `selfreward plot` wrote")?;
    let about = |error: Error| Error::file(csv, format!("cannot be drawn: {error}"));
    let table = Table::parse(&text).map_err(|error| error.at(csv.display().to_string()))?;
    if table.is_empty() {
        return Err(Error::file(csv, "holds no rows; expected a table that `selfreward plot` wrote"));
    }
    if generic::fits(&table) {
        return generic::figure(name, &table).map_err(about);
    }
    let Some(drawing) = experiment::drawing(name) else {
        return Err(Error::file(csv, "is no table beside a figure; expected one that `selfreward plot` wrote"));
    };
    let figure = (drawing.figure)(&table).map_err(about)?;
    // Drawn here, so that what cannot be drawn is refused before a folder is made.
    figure.to_svg().map_err(about)?;
    Ok(figure)
}
