//! The ledger's summary, set between two marks of a document.

use super::markdown::{escaped, table_row};
use super::record::{Cited, Record, Row};
use crate::{Error, Result};

/// The mark after which the summary begins.
pub const BEGIN: &str = "<!-- ledger -->";
/// The mark before which it ends.
pub const END: &str = "<!-- /ledger -->";

/// The document with the summary in place of what stood between the marks; nothing else is touched.
///
/// # Errors
/// [`Error::Argument`] unless each mark stands there once, the first before the second.
pub fn spliced(document: &str, ledger: &Record) -> Result<String> {
    let marks = [BEGIN, END].map(|mark| document.matches(mark).count());
    let expected = || format!("`{BEGIN}` and after it `{END}`, each once");
    if marks != [1, 1] {
        return Err(Error::argument("marks", format!("{} and {}", marks[0], marks[1]), expected()));
    }
    match (document.split_once(BEGIN), document.split_once(END)) {
        (Some((before, _)), Some((inside, after))) if inside.len() > before.len() => {
            Ok(format!("{before}{BEGIN}\n\n{}\n{END}{after}", summary(ledger)))
        }
        _ => Err(Error::argument("marks", "in the wrong order", expected())),
    }
}

/// Counts by verdict, and for each paper, behind a fold, a table with a row for each statement.
pub fn summary(ledger: &Record) -> String {
    let text = format!(
        "{} statements, {} profile, seed {}: {}. {}.\n\n",
        ledger.claims.len(),
        ledger.profile,
        escaped(&ledger.seed_text()),
        ledger.counts(),
        ledger.outcome()
    );
    let folds = ledger.chapters().into_iter().map(|(paper, rows)| fold(paper, &rows));
    text + &folds.collect::<Vec<_>>().join("\n")
}

/// The rows of a paper behind a fold.
fn fold(paper: Option<&Cited>, rows: &[&Row]) -> String {
    let of = paper.map_or_else(|| "Every statement".to_owned(), Cited::every_statement);
    let mut text = format!("<details><summary>{} with its verdict</summary>\n\n", escaped(&of));
    text.push_str(&table_row(["id", "statement", "level", "what was compared", "verdict"].map(str::to_owned)));
    text.push_str(&table_row(["---"; 5].map(str::to_owned)));
    for row in rows {
        let cells = [&row.id, &row.statement, &row.level, &row.comparison_text(), &row.verdict_text()];
        text.push_str(&table_row(cells.map(|cell| escaped(cell))));
    }
    text + "\n</details>\n"
}
