//! The ledger's summary, set between two marks of a document.

use super::markdown::{escaped, table_row};
use super::record::{Cited, Record, Row};
use crate::{Error, Result};

/// The name of the ledger's marks.
pub const LEDGER: &str = "ledger";

/// The document with a text between the marks `<!-- NAME -->` and `<!-- /NAME -->` in place of what stood there; nothing else is touched.
///
/// # Errors
/// [`Error::Argument`] unless each mark stands there once, the first before the second.
pub fn between(document: &str, name: &str, text: &str) -> Result<String> {
    let (begin, end) = (format!("<!-- {name} -->"), format!("<!-- /{name} -->"));
    let marks = [&begin, &end].map(|mark| document.matches(mark.as_str()).count());
    let expected = || format!("`{begin}` and after it `{end}`, each once");
    if marks != [1, 1] {
        return Err(Error::argument("marks", format!("{} and {}", marks[0], marks[1]), expected()));
    }
    match (document.split_once(&begin), document.split_once(&end)) {
        (Some((before, _)), Some((inside, after))) if inside.len() > before.len() => {
            Ok(format!("{before}{begin}\n\n{text}\n{end}{after}"))
        }
        _ => Err(Error::argument("marks", "in the wrong order", expected())),
    }
}

/// The document with the ledger's summary between its marks.
///
/// # Errors
/// As [`between`].
pub fn spliced(document: &str, ledger: &Record) -> Result<String> {
    between(document, LEDGER, &summary(ledger))
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
