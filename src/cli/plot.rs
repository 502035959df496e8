//! `selfreward plot`: draws figures from stores, or again from the tables beside them. Never simulates.

use std::path::{Path, PathBuf};

use clap::Args;

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
    verbosity: Verbosity,
}

/// Carries the command out.
pub(super) fn run(args: &PlotArgs) -> std::result::Result<(), Failure> {
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
    if missing > 0 && experiment::find(&results.study.definition.name).is_some() {
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
    let outputs = Outputs::claim(folder, &[], true).map_err(Failure::refused)?;
    let mut files = Vec::new();
    for plate in plates(results) {
        files.extend(plate.and_then(|plate| write(&outputs, &plate)).map_err(Failure::failed)?);
    }
    Ok(files)
}

/// Writes a figure and the table that it was drawn from.
fn write(outputs: &Outputs, Plate { name, csv, figure }: &Plate) -> Result<Vec<String>> {
    outputs.write(&format!("{name}.csv"), csv)?;
    plot::save(outputs.folder(), name, figure)?;
    Ok(["csv", "svg", "png"]
        .map(|ending| outputs.folder().join(format!("{name}.{ending}")).display().to_string())
        .into())
}

/// Draws a figure again from its table.
fn redraw(csv: &Path, folder: &Path) -> std::result::Result<Vec<String>, Failure> {
    let read = || -> Result<(String, Figure)> {
        let text = files::text(csv, "a table (CSV) that `selfreward plot` wrote")?;
        let name = csv.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let table = Table::parse(&text)?;
        let figure = match experiment::drawing(&name) {
            Some(drawing) => (drawing.figure)(&table)?,
            None if generic::fits(&table) => generic::figure(&name, &table)?,
            None => {
                return Err(Error::file(csv, "is no table beside a figure; expected one that `selfreward plot` wrote"));
            }
        };
        Ok((name, figure))
    };
    let context = |error: Error| match error {
        named @ Error::File { .. } => Failure::refused(named),
        other => Failure::Refused(anyhow::Error::new(other).context(csv.display().to_string())),
    };
    let (name, figure) = read().map_err(context)?;
    let outputs = Outputs::claim(folder, &[], true).map_err(Failure::refused)?;
    plot::save(outputs.folder(), &name, &figure).map_err(Failure::failed)?;
    Ok(["svg", "png"].map(|ending| folder.join(format!("{name}.{ending}")).display().to_string()).into())
}
