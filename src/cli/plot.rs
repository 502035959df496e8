//! `selfreward plot`: draws figures from stores, or again from the tables beside them. Never simulates.

mod asked;
mod look;

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use asked::QueryArgs;
use look::{Look, LookArgs};

use clap::Args;

use super::locks::Locks;
use super::outputs::files_of_store;
use super::{Failure, Outputs, Verbosity, as_flag};
use crate::experiment::query::{self, Answer, Source, Style};
use crate::experiment::{self, Plate, Results, Table, generic, plates};
use crate::plot::{self, Figure};
use crate::study::Profile;
use crate::words::{agreeing, counted};
use crate::{Error, Result, files};

/// Draw the figure of a store and write its table, or draw it again from the table; never simulates
///
/// Without flags that say what is shown, an experiment's own figures are drawn. With them, any measured quantity is, of one store or
/// several, against t or any key: each point is the mean over the replicates of one cell with its 95% interval. Nothing is averaged
/// over cells: where several would fall on one point, the key that tells them apart is named.
#[derive(Debug, Args)]
pub struct PlotArgs {
    /// Stores (SQLite) or folders with one, what `selfreward simulate --out` wrote (the folder, or its trajectory.csv), or the CSV
    /// that lies beside a figure
    #[arg(value_name = "STORE|CSV|DIR", required = true)]
    sources: Vec<PathBuf>,
    /// Where the files go; figures of these names are replaced [default: the folder of the store or CSV]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    #[command(flatten)]
    locks: Locks,
    #[command(flatten)]
    verbosity: Verbosity,
    // Last, for the headings of their help.
    #[command(flatten)]
    query: QueryArgs,
    #[command(flatten)]
    look: LookArgs,
}

/// Carries the command out.
pub(super) fn run(args: &PlotArgs) -> std::result::Result<(), Failure> {
    args.locks.apply();
    let look = args.look.read(args.query.log()).map_err(Failure::refused)?;
    let written = match args.sources.as_slice() {
        [source] if is_drawn_again(source) => redraw(source, args, &look)?,
        [source] if !args.query.asks() && !Source::is_trajectory(source) => {
            let results = Results::open(source).map_err(Failure::refused)?;
            draw_all(&results, &folder_beside(args, results.store.path()), &look, args.verbosity)?
        }
        sources => answer(sources, args, &look)?,
    };
    written.iter().for_each(|name| args.verbosity.say(format!("wrote {name}")));
    Ok(())
}

/// Whether a path is the table of a figure.
fn is_drawn_again(source: &Path) -> bool {
    let name = source.file_stem().unwrap_or_default().to_string_lossy();
    source.extension().is_some_and(|ending| ending == "csv")
        && (experiment::drawing(&name).is_some() || !Source::is_trajectory(source))
}

/// Where the files go that lie beside a path.
fn folder_beside(args: &PlotArgs, path: &Path) -> PathBuf {
    let beside = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    args.out.clone().unwrap_or_else(|| beside.to_owned())
}

/// Draws what the flags ask for.
fn answer(paths: &[PathBuf], args: &PlotArgs, look: &Look) -> std::result::Result<Vec<String>, Failure> {
    if let Some(table) = paths.iter().find(|path| is_drawn_again(path)) {
        let expected =
            "stores, or what `selfreward simulate --out` wrote: the table of a figure is drawn again by itself";
        return Err(Failure::refused(Error::argument("STORE", table.display(), expected)));
    }
    let query = args.query.query(look).map_err(Failure::refused)?;
    let mut sources: Vec<Source> = Vec::new();
    for path in paths {
        let source = Source::open(path).map_err(Failure::refused)?;
        if sources.iter().any(|known| crate::draft::same(known.path(), source.path())) {
            return Err(Failure::refused(Error::argument("STORE", asked::listed(paths), "no source twice")));
        }
        sources.push(source);
    }
    Source::tell_apart(&mut sources);
    for results in sources.iter().filter_map(Source::results) {
        warn_of_missing(results, args.verbosity)?;
    }
    let Answer { mut plate, remarks, asked } = query::answer(&sources, &query).map_err(Failure::refused)?;
    plate.name = look.name.clone().unwrap_or(plate.name);
    // Drawn here, so that what cannot be drawn is refused before a folder is made.
    plate.figure.to_svg().map_err(as_flag).map_err(Failure::refused)?;
    let folder = folder_beside(args, sources[0].path());
    let table = folder.join(format!("{}.csv", plate.name));
    refuse_another(&table, &asked).map_err(Failure::refused)?;
    let inputs = sources.iter().flat_map(|source| files_of_store(source.path()));
    let outputs = Outputs::claim(&folder, &[], true).and_then(|outputs| outputs.sparing(inputs));
    let outputs = outputs.map_err(Failure::refused)?;
    remarks.iter().for_each(|remark| args.verbosity.say(remark));
    write(&outputs, &plate).map_err(Failure::failed)
}

/// Refuses to replace a table that holds something else than what was asked.
fn refuse_another(table: &Path, asked: &str) -> Result<()> {
    if !table.exists() {
        return Ok(());
    }
    let known = files::text(table, "a table").and_then(|text| Table::parse(&text)).ok();
    match known.and_then(|known| query::asked(&known)) {
        Some(known) if known == asked => Ok(()),
        _ => Err(Error::file(
            table,
            "exists already and holds something else than what is asked; --name gives another name",
        )),
    }
}

/// Says how many replicates are not done.
fn warn_of_missing(results: &Results, verbosity: Verbosity) -> std::result::Result<(), Failure> {
    let counts = results.store.counts().map_err(Failure::refused)?;
    if counts.done < counts.asked {
        let asked = counted(counts.asked, "replicate");
        verbosity.say(format!(
            "warning: {} of {asked} {} done: a figure of these alone",
            counts.done,
            agreeing(counts.asked, "is", "are")
        ));
    }
    Ok(())
}

/// Where `reproduce` puts figures if nothing is said.
pub(super) fn default_folder(profile: Profile) -> PathBuf {
    match profile {
        Profile::Quick => "figures/quick".into(),
        Profile::Full => "figures".into(),
    }
}

/// Draws all figures of a store as they look best; gives the files.
pub(super) fn draw(
    results: &Results,
    folder: &Path,
    verbosity: Verbosity,
) -> std::result::Result<Vec<String>, Failure> {
    draw_all(results, folder, &Look::default(), verbosity)
}

/// Draws all figures of a store; gives the files.
fn draw_all(
    results: &Results,
    folder: &Path,
    look: &Look,
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
    warn_of_missing(results, verbosity)?;
    let store = files_of_store(results.store.path());
    let outputs = Outputs::claim(folder, &[], true).and_then(|outputs| outputs.sparing(store));
    let outputs = outputs.map_err(Failure::refused)?;
    let mut files = Vec::new();
    for (index, plate) in plates(results).enumerate() {
        if index > 0 && look.name.is_some() {
            let error = Error::argument("--name", look.named(""), "nothing: this experiment has several figures");
            return Err(Failure::refused(error));
        }
        let looking =
            |plate: Plate| Plate { name: look.named(&plate.name), figure: look.applied(plate.figure), csv: plate.csv };
        // More cells than one figure shows is a matter of what is asked, not of this machine.
        let plate = plate.map_err(|error| match recognised.built_in() {
            Some(_) => Failure::failed(error),
            None => Failure::refused(error),
        })?;
        files.extend(write(&outputs, &looking(plate)).map_err(Failure::failed)?);
    }
    Ok(files)
}

/// Writes a figure and the table that it was drawn from.
fn write(outputs: &Outputs, Plate { name, csv, figure }: &Plate) -> Result<Vec<String>> {
    // Drawn first: what cannot be drawn replaces nothing.
    let contents = plot::contents(figure)?;
    let table = format!("{name}.csv");
    outputs.write(&table, csv)?;
    let mut written = vec![outputs.folder().join(table).display().to_string()];
    written.extend(save(outputs, name.as_ref(), contents)?);
    Ok(written)
}

/// Writes a figure's files; gives their paths.
fn save(outputs: &Outputs, name: &OsStr, contents: [Vec<u8>; 3]) -> Result<Vec<String>> {
    let files = plot::files(name);
    for (file, bytes) in files.iter().zip(contents) {
        outputs.write(file, bytes)?;
    }
    Ok(files.iter().map(|file| outputs.folder().join(file).display().to_string()).collect())
}

/// Draws a figure again from its table.
fn redraw(csv: &Path, args: &PlotArgs, look: &Look) -> std::result::Result<Vec<String>, Failure> {
    let stem = csv.file_stem().unwrap_or_default();
    if let Some(flag) = args.query.other_than_log() {
        let expected = "no flag that says what is shown, which the table has settled: those ask a store";
        return Err(Failure::refused(Error::argument(flag, format!("beside {}", csv.display()), expected)));
    }
    let style = Style { log: args.query.log(), ..look.style.clone() };
    let figure = figure_of(csv, &stem.to_string_lossy(), &style).map_err(Failure::refused)?;
    let figure = look.applied(figure);
    let contents = plot::contents(&figure).map_err(|error| Failure::refused(about(csv, error)))?;
    // A file's name may be no text; without flags, its figure has the very same.
    let named = look.named("");
    let name = match (look.name.is_some(), named.is_empty()) {
        (true, _) => named.into(),
        (_, true) => stem.to_owned(),
        _ => {
            let mut name = stem.to_owned();
            name.push(named);
            name
        }
    };
    let outputs = Outputs::claim(&folder_beside(args, csv), &[], true).and_then(|outputs| outputs.sparing([csv]));
    save(&outputs.map_err(Failure::refused)?, &name, contents).map_err(Failure::failed)
}

fn about(csv: &Path, error: Error) -> Error {
    Error::file(csv, format!("cannot be drawn: {error}"))
}

/// The figure of a table whose file has this name. The form of the table decides: an own definition's table may bear the name of an
/// experiment's.
fn figure_of(csv: &Path, name: &str, style: &Style) -> Result<Figure> {
    let text = files::text(csv, "a table (CSV) that `selfreward plot` wrote")?;
    let about = |error: Error| about(csv, error);
    let table = Table::parse(&text).map_err(|error| error.at(csv.display().to_string()))?;
    if table.is_empty() {
        return Err(Error::file(csv, "holds no rows; expected a table that `selfreward plot` wrote"));
    }
    if query::fits(&table) {
        return query::figure(&table, style).map_err(about);
    }
    if style.log.is_some() {
        let expected = "a table that a plot with --x, --y or the like wrote: the axes of other figures are their own";
        return Err(Error::argument("--log", format!("beside {}", csv.display()), expected));
    }
    if generic::fits(&table) {
        return generic::figure(name, &table).map_err(about);
    }
    // What looks otherwise has a name with a word more.
    let own = name.split('-').next().unwrap_or_default();
    let Some(drawing) = experiment::drawing(own) else {
        return Err(Error::file(csv, "is no table beside a figure; expected one that `selfreward plot` wrote"));
    };
    (drawing.figure)(&table).map_err(about)
}
