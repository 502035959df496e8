//! `selfreward report`: one page of everything that stores show; and the ledger's summary, spliced into a document.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use clap::Args;

use super::order::{Existing, compute};
use super::reproduce::orders;
use super::run::Settings;
use super::{Failure, Outputs, stop_flag, with_jobs};
use crate::experiment::{self, Results};
use crate::report::{Record, Report, html, markdown, splice, stores};
use crate::study::Profile;
use crate::{Error, Result, files};

/// The folder in which stores are looked for, and computed if there are none.
const RUNS: &str = "runs";

/// Write the ledger, every figure and where all of it comes from as one page that works from disk, and in Markdown
#[derive(Debug, Args)]
#[command(after_help = super::EXIT_CODES)]
pub struct ReportArgs {
    /// The stores [default: the newest of each experiment below runs, a full one before a quick one; if there is none, the
    /// quick profile of all experiments is run first]
    #[arg(value_name = "STORE")]
    stores: Vec<PathBuf>,
    /// Where report.html and report.md go, and the latter's figures into its folder figures; they are replaced
    #[arg(short, long, value_name = "DIR", default_value = "report")]
    out: PathBuf,
    /// Write the summary of a ledger between the marks `<!-- ledger -->` and `<!-- /ledger -->` of this file instead
    #[arg(long, value_name = "FILE", conflicts_with_all = ["stores", "out"])]
    splice: Option<PathBuf>,
    /// The ledger that is spliced in
    #[arg(long, value_name = "FILE", default_value = "docs/ledger.json", requires = "splice")]
    ledger: PathBuf,
    #[command(flatten)]
    settings: Settings,
}

/// Carries the command out.
pub(super) fn run(args: &ReportArgs) -> std::result::Result<(), Failure> {
    if let Some(document) = &args.splice {
        return splice_into(document, &args.ledger).map_err(Failure::refused);
    }
    let outputs = Outputs::claim(&args.out, &[], true).map_err(Failure::refused)?;
    let results = if args.stores.is_empty() { found(args)? } else { open(&args.stores).map_err(Failure::refused)? };
    stores::check(&results).map_err(Failure::refused)?;
    let jobs = args.settings.jobs.map(NonZeroUsize::get);
    let report = with_jobs(jobs, || Report::new(results))?.map_err(Failure::failed)?;
    write(&report, &outputs).map_err(Failure::failed)?;
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
    compute(&orders, &args.settings, &stop_flag()?)?;
    orders.iter().map(|order| Results::open(order.path())).collect::<Result<_>>().map_err(Failure::failed)
}

fn write(report: &Report, outputs: &Outputs) -> Result<()> {
    let figures = Outputs::claim(&outputs.folder().join(markdown::FIGURES), &[], true)?;
    for picture in report.chapters.iter().flat_map(|chapter| &chapter.pictures).flatten() {
        figures.write(&format!("{}.svg", picture.plate.name), &picture.drawn.svg)?;
        figures.write(&format!("{}.csv", picture.plate.name), &picture.plate.csv)?;
    }
    outputs.write("report.md", markdown::text(report))?;
    outputs.write("report.html", html::page(report))
}

fn splice_into(document: &Path, ledger: &Path) -> Result<()> {
    let about = |path: &Path, error: Error| Error::file(path, error.to_string());
    let json = serde_json::from_str(&files::text(ledger, "a ledger as JSON")?)
        .map_err(|error| Error::file(ledger, format!("is no JSON: {error}")))?;
    let record = Record::read(json).map_err(|error| about(ledger, error))?;
    let text = splice::spliced(&files::text(document, "a document with a ledger")?, &record)
        .map_err(|error| about(document, error))?;
    let folder = document.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let name = document.file_name().unwrap_or_default().to_string_lossy();
    Outputs::claim(folder, &[], true)?.write(&name, text)
}
