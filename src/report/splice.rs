//! The ledger's summary and its rows, set between marks of a document.

use super::markdown::{escaped, table_row};
use super::markup;
use super::record::{Cited, Record, Row};
use crate::study::definition::Verdict;
use crate::{Error, Result};

/// The name of the marks of the ledger's summary.
pub const LEDGER: &str = "ledger";

/// The name of the marks of all its rows.
pub const ROWS: &str = "statements";

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

/// The document with what its marks ask for: the ledger's summary, all its rows, or both.
///
/// # Errors
/// As [`between`]; a document without either pair of marks is refused.
pub fn spliced(document: &str, ledger: &Record) -> Result<String> {
    let rows = document.contains(&format!("<!-- {ROWS} -->")) || document.contains(&format!("<!-- /{ROWS} -->"));
    let document = if rows { between(document, ROWS, &tables(ledger))? } else { document.to_owned() };
    let summed = document.contains(&format!("<!-- {LEDGER} -->")) || document.contains(&format!("<!-- /{LEDGER} -->"));
    if rows && !summed { Ok(document) } else { between(&document, LEDGER, &brief(ledger)) }
}

/// Counts by verdict, and for each paper, behind a fold, a table with a row for each statement.
pub fn summary(ledger: &Record) -> String {
    let folds = ledger.chapters().into_iter().map(|(paper, rows)| {
        let of = paper.map_or_else(|| "Every statement".to_owned(), Cited::every_statement);
        fold(&format!("{} with its verdict", escaped(&of)), &table(&rows))
    });
    format!("{}\n{}", counts(ledger), folds.collect::<Vec<_>>().join("\n"))
}

/// Counts by verdict, and behind a fold the rows that are violated.
pub fn brief(ledger: &Record) -> String {
    let violated: Vec<&Row> = ledger.claims.iter().filter(|row| row.verdict == Verdict::Violated).collect();
    let mut text = counts(ledger);
    if !violated.is_empty() {
        let mut rows = table_row(["id", "where", "statement", "what was compared"].map(str::to_owned));
        rows.push_str(&table_row(["---"; 4].map(str::to_owned)));
        for row in violated {
            let cells = [&row.id, &row.result, &row.statement, &row.comparison_text()];
            rows.push_str(&table_row(cells.map(|cell| escaped(cell))));
        }
        text.push_str(&format!("\n{}", fold("The statements that are violated", &rows)));
    }
    text
}

/// For each paper a heading and a table with a row for each statement.
pub fn tables(ledger: &Record) -> String {
    let chapter = |(paper, rows): (Option<&Cited>, Vec<&Row>)| {
        let of = paper.map_or_else(|| "Statements".to_owned(), Cited::heading);
        format!("## {}\n\n{}", escaped(&of), table(&rows))
    };
    ledger.chapters().into_iter().map(chapter).collect::<Vec<_>>().join("\n")
}

/// How many statements came out how, and what the violated ones say.
fn counts(ledger: &Record) -> String {
    let refuted = ledger.refuted_text().map_or_else(String::new, |refuted| format!(" **{refuted}**"));
    format!(
        "{} statements, {} profile, seed {}: {}.{refuted} {}.\n",
        ledger.claims.len(),
        ledger.profile,
        escaped(&ledger.seed_text()),
        ledger.counts(),
        ledger.outcome()
    )
}

fn fold(title: &str, text: &str) -> String {
    format!("<details><summary>{title}</summary>\n\n{text}\n</details>\n")
}

/// A row for each statement, with an anchor of its id.
fn table(rows: &[&Row]) -> String {
    let mut text = table_row(["id", "statement", "level", "what was compared", "verdict"].map(str::to_owned));
    text.push_str(&table_row(["---"; 5].map(str::to_owned)));
    for row in rows {
        let id = format!("<a id=\"{}\"></a>{}", markup::escaped(&row.id), escaped(&row.id));
        let cells = [&row.statement, &row.level, &row.comparison_text(), &row.verdict_text()].map(|cell| escaped(cell));
        let [statement, level, compared, verdict] = cells;
        text.push_str(&table_row([id, statement, level, compared, verdict]));
    }
    text
}
