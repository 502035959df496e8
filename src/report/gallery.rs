//! The gallery: every figure of every experiment, with what is said of it, in Markdown beside the figures.

use std::path::Path;

use super::chapter::paragraphs;
use super::markdown::escaped;
use super::record::{Record, Row};
use crate::claims::ledger::word;
use crate::experiment::{self, Drawing, Experiment, Table};
use crate::study::Definition;
use crate::study::definition::Verdict;
use crate::{Error, Result, files, papers};

/// The page of all rows of the ledger, as it is named from the gallery: both stand in folders of the same one.
const LEDGER: &str = "../docs/ledger.md";

/// What stands above the figures.
const OPENING: &str = "# Gallery\n\n\
    Every figure, experiment by experiment. `selfreward report --gallery figures/README.md` wrote this page from the tables beside the \
    figures, the experiments' definitions and the ledger.\n\n\
    The tables were measured in the full profile: `selfreward run NAME --full` computes an experiment's rows again, `selfreward reproduce` \
    those of all. `selfreward plot figures/NAME.csv --out DIR` draws a figure again from its table, as SVG, PNG and PDF.\n\n";

/// The gallery of the tables in a folder.
///
/// # Errors
/// [`Error::File`] with the table that is missing, or is not its figure's; [`Error::Argument`] for an experiment of which nothing is said.
pub fn text(folder: &Path, ledger: &Record) -> Result<String> {
    let mut text = OPENING.to_owned();
    for experiment in experiment::ALL {
        text.push_str(&format!("- [{}](#{}): {}\n", experiment.name, experiment.name, escaped(experiment.about)));
    }
    for experiment in experiment::ALL {
        text.push_str(&chapter(experiment, folder, ledger)?);
    }
    Ok(text)
}

/// An experiment: its claims, figures, analysis and commands.
fn chapter(experiment: &Experiment, folder: &Path, ledger: &Record) -> Result<String> {
    let definition = experiment.definition()?;
    let mut text = format!("\n## {}\n\n{}.\n\n", experiment.name, escaped(experiment.about).trim_end_matches('.'));
    text.push_str(&claims(&definition, ledger));
    for drawing in experiment.drawings {
        text.push_str(&figure(drawing, &definition, folder)?);
    }
    let analysis = paragraphs(&definition.analysis).into_iter().map(|paragraph| escaped(&paragraph) + "\n\n");
    text.push_str("<details><summary>Analysis</summary>\n\n");
    text.extend(analysis);
    text.push_str(&format!("</details>\n\n```sh\nselfreward run {} --full\n", experiment.name));
    let tables = experiment.drawings.iter().map(|drawing| format!("selfreward plot figures/{}.csv\n", drawing.name));
    text.extend(tables);
    Ok(text + "```\n")
}

/// The rows of the ledger that an experiment bears on, with their verdicts: those that its definition names, and those of claims that are
/// weighed on its rows.
fn claims(definition: &Definition, ledger: &Record) -> String {
    let named = |row: &&Row| {
        let number = definition.claims.contains_key(row.number()) && row.expected != Some(Verdict::Violated);
        definition.claims.contains_key(&row.id) || number || is_weighed_on(&row.id, &definition.name)
    };
    let row = |row: &Row| format!("[{}]({LEDGER}#{}) {}", escaped(&row.id), row.id, word(&row.verdict));
    let rows: Vec<String> = ledger.claims.iter().filter(named).map(row).collect();
    if rows.is_empty() { String::new() } else { format!("Claims: {}.\n\n", rows.join(", ")) }
}

/// Whether a claim is weighed on rows of an experiment.
fn is_weighed_on(claim: &str, experiment: &str) -> bool {
    let mut claims = papers::claims().filter(|listed| listed.claim.id == claim);
    claims.any(|listed| listed.claim.sources.iter().any(|source| source.experiment == experiment))
}

/// A figure with its texts.
fn figure(drawing: &Drawing, definition: &Definition, folder: &Path) -> Result<String> {
    let name = drawing.name;
    let said = definition.figure(name).ok_or_else(|| {
        Error::argument("figure", format!("no {name}"), format!("[[figure]] in the definition of {}", definition.name))
    })?;
    let path = folder.join(format!("{name}.csv"));
    let about = |error: Error| Error::file(&path, format!("cannot be drawn: {error}"));
    let table = Table::parse(&files::text(&path, "the table of a figure")?).map_err(about)?;
    let figure = (drawing.figure)(&table).map_err(about)?;
    let setting = figure.subtitle.map_or_else(String::new, |subtitle| format!("*{}* ", escaped(&subtitle)));
    Ok(format!(
        "### {}\n\n![{}]({name}.png)\n\n{}\n\n{setting}([table]({name}.csv), [SVG]({name}.svg))\n\n",
        escaped(&figure.title),
        escaped(&said.alt),
        escaped(&said.caption),
    ))
}
