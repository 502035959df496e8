//! `selfreward report`: one page of everything that stores show; the ledger, spliced into a document; the gallery of all figures.

use std::path::{Path, PathBuf};

use clap::Args;

use super::order::{Existing, Order, compute};
use super::outputs::files_of_store;
use super::progress::duration;
use super::reproduce::orders;
use super::run::Settings;
use super::{Failure, Jobs, Outputs, print, stop_flag};
use crate::experiment::{self, Results};
use crate::report::{Record, Report, gallery, html, markdown, splice, stores};
use crate::study::Profile;
use crate::{Error, Result, draft, files};

/// The folder in which stores are looked for, and computed if there are none.
const RUNS: &str = "runs";
const FILES: [&str; 2] = ["report.html", "report.md"];

/// Write the ledger, every figure and where all of it comes from as one page that works from disk, and in Markdown
#[derive(Debug, Args)]
#[command(after_help = super::EXIT_CODES)]
pub struct ReportArgs {
    /// The stores [default: the newest of each experiment below runs, a full one before a quick one; if there is none, the
    /// quick profile of all experiments is run first]
    #[arg(value_name = "STORE")]
    stores: Vec<PathBuf>,
    /// Compute the full profile of all experiments first, as far as it is not in runs/reproduce-full, and report on that; how long this
    /// takes is said at its start, and a second time it goes on where it was interrupted
    #[arg(long, conflicts_with_all = ["stores", "splice", "gallery"])]
    full: bool,
    /// Where report.html and report.md go, and the latter's figures into its folder figures; they are replaced
    #[arg(short, long, value_name = "DIR", default_value = "report")]
    out: PathBuf,
    /// Write the summary of a ledger between the marks `<!-- ledger -->` and `<!-- /ledger -->` of this file instead, and all its rows
    /// between `<!-- statements -->` and `<!-- /statements -->`; the file has the one, the other, or both
    #[arg(long, value_name = "FILE", conflicts_with_all = ["stores", "out"], group = "document")]
    splice: Option<PathBuf>,
    /// Write the gallery of all figures into this file instead, from the tables in its folder
    #[arg(long, value_name = "FILE", conflicts_with_all = ["stores", "out"], group = "document")]
    gallery: Option<PathBuf>,
    /// The ledger whose verdicts are written there
    #[arg(long, value_name = "FILE", default_value = "docs/ledger.json", requires = "document")]
    ledger: PathBuf,
    #[command(flatten)]
    settings: Settings,
}

/// Carries the command out.
pub(super) fn run(args: &ReportArgs) -> std::result::Result<(), Failure> {
    args.settings.locks.apply();
    if let Some(document) = &args.gallery {
        return write_gallery(document, &args.ledger).map_err(Failure::refused);
    }
    if let Some(document) = &args.splice {
        return splice_into(document, &args.ledger).map_err(Failure::refused);
    }
    let outputs = Outputs::claim(&args.out, &FILES, true).map_err(Failure::refused)?;
    let results = if args.full {
        full(args)?
    } else if args.stores.is_empty() {
        found(args)?
    } else {
        open(&args.stores).map_err(Failure::refused)?
    };
    stores::check(&results).map_err(Failure::refused)?;
    let stores: Vec<PathBuf> = results.iter().flat_map(|one| files_of_store(one.store.path())).collect();
    let outputs = outputs.sparing(stores).map_err(Failure::refused)?;
    let figures = outputs.within(markdown::FIGURES).map_err(Failure::refused)?;
    let jobs = Jobs::new(args.settings.jobs, usize::MAX, args.settings.verbosity);
    let report = jobs.run(|| Report::new(results))?.map_err(Failure::failed)?;
    if let Err(error) = write(&report, &outputs, &figures) {
        // What was weighed is shown, whether or not it could be written.
        print(markdown::text(&report).trim_end())?;
        return Err(Failure::failed(error));
    }
    args.settings.verbosity.say(format!("wrote {}", args.out.join("report.html").display()));
    let failures = report.failures();
    if failures.is_empty() {
        Ok(())
    } else {
        Err(Failure::Failed(anyhow::anyhow!("not drawn: {}", failures.join("; "))))
    }
}

fn open(paths: &[PathBuf]) -> Result<Vec<Results>> {
    paths.iter().map(|path| Results::open(path)).collect()
}

/// The stores that there are; or, where there are none, the quick profile of all experiments.
fn found(args: &ReportArgs) -> std::result::Result<Vec<Results>, Failure> {
    let verbosity = args.settings.verbosity;
    let choice = stores::newest(Path::new(RUNS)).map_err(Failure::refused)?;
    choice.passed_over.iter().for_each(|reason| verbosity.say(format!("passed over {reason}")));
    if !choice.results.is_empty() {
        for results in &choice.results {
            verbosity.say(format!("taking {}", results.store.path().display()));
        }
        return Ok(choice.results);
    }
    verbosity.say(format!("no stores below {RUNS}: running the quick profile of all experiments first"));
    let runs = Path::new(RUNS).join("reproduce-quick");
    let orders = orders(experiment::ALL, Profile::Quick, &args.settings, &runs, Existing::Replace)?;
    compute(&orders, &args.settings, &stop_flag())?;
    orders.iter().map(|order| Results::open(order.path())).collect::<Result<_>>().map_err(Failure::failed)
}

/// The full profile of all experiments, computed as far as it is not there.
fn full(args: &ReportArgs) -> std::result::Result<Vec<Results>, Failure> {
    let runs = Path::new(RUNS).join("reproduce-full");
    let orders = orders(experiment::ALL, Profile::Full, &args.settings, &runs, Existing::Resume)?;
    let seconds = orders.iter().map(Order::seconds).sum();
    args.settings.verbosity.say(format!(
        "the full profile of all experiments takes about {} on one core, less on several, and less what is in {} already",
        duration(seconds),
        runs.display()
    ));
    compute(&orders, &args.settings, &stop_flag())?;
    orders.iter().map(|order| Results::open(order.path())).collect::<Result<_>>().map_err(Failure::failed)
}

fn write(report: &Report, outputs: &Outputs, figures: &Outputs) -> Result<()> {
    for picture in report.chapters.iter().flat_map(|chapter| &chapter.pictures).flatten() {
        figures.write(format!("{}.svg", picture.plate.name), &picture.drawn.svg)?;
        figures.write(format!("{}.pdf", picture.plate.name), picture.plate.figure.to_pdf()?)?;
        figures.write(format!("{}.csv", picture.plate.name), &picture.plate.csv)?;
    }
    outputs.write("report.md", markdown::text(report))?;
    outputs.write("report.html", html::page(report))
}

fn splice_into(document: &Path, ledger: &Path) -> Result<()> {
    // The document is read, too, and is what is to change.
    let outputs = Outputs::claim_file("--splice", document, true)?.sparing([ledger])?;
    let record = read(ledger)?;
    let text = splice::spliced(&files::text(document, "a document with a ledger")?, &record)
        .map_err(|error| Error::file(document, error.to_string()))?;
    outputs.write(document.file_name().unwrap_or_default(), text)
}

fn write_gallery(document: &Path, ledger: &Path) -> Result<()> {
    let text = gallery::text(draft::folder_of(document), &read(ledger)?)?;
    let outputs = Outputs::claim_file("--gallery", document, true)?.sparing([ledger])?;
    outputs.write(document.file_name().unwrap_or_default(), text)
}

/// The ledger in a file.
fn read(ledger: &Path) -> Result<Record> {
    let json = serde_json::from_str(&files::text(ledger, "a ledger as JSON")?)
        .map_err(|error| Error::file(ledger, format!("is no JSON: {error}")))?;
    Record::read(json).map_err(|error| Error::file(ledger, error.to_string()))
}
