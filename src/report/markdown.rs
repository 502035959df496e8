//! The report in Markdown; its figures and tables stand as files in a folder beside it.

use super::record::{Cited, Row};
use super::{Chapter, Report, commands, splice};
use crate::papers::printed;

/// The folder of the figures and tables, beside the document.
pub const FIGURES: &str = "figures";

/// The document.
pub fn text(report: &Report) -> String {
    let mut text = String::from("# The theory of self-rewarding language models, checked by experiment\n\n");
    text.push_str(&match report.profile() {
        Some(profile) => format!("All rows are of the {profile} profile.\n\n"),
        None => "Some rows are of the quick profile, others of the full one.\n\n".to_owned(),
    });
    text.push_str(&format!(
        "The commands work one after another in a shell in the folder of the program's sources, after\n\n{}\n",
        commands::SETUP.map(|command| format!("    {command}\n")).concat()
    ));
    for remark in &report.remarks {
        text.push_str(&format!("> {}\n\n", escaped(remark)));
    }
    text.push_str("## Ledger\n\n");
    report.headline().iter().skip(1).for_each(|line| text.push_str(&format!("{}\n\n", escaped(line))));
    text.push_str(&format!("{}\n", splice::summary(&report.ledger)));
    for (paper, rows) in report.ledger.chapters() {
        let of = paper.map_or_else(|| "The paper".to_owned(), Cited::heading);
        text.push_str(&format!("## {}: its statements beside what is checked\n\n", escaped(&of)));
        if let Some(paper) = paper {
            // A document of this project has no address of its own.
            let link = &paper.link;
            text.push_str(&if link.contains("://") {
                format!("<{link}>\n\n")
            } else {
                format!("[{link}]({link})\n\n")
            });
        }
        rows.into_iter().for_each(|row| text.push_str(&statement(row)));
    }
    report.chapters.iter().for_each(|chapter| text.push_str(&self::chapter(chapter)));
    text
}

/// A statement with the paper's words, and what stands behind its verdict.
fn statement(row: &Row) -> String {
    let mut text = format!("### {}: {}\n\n", escaped(&row.id), escaped(&row.verdict_text()));
    text.push_str(&format!("- The paper ({}): {}\n", escaped(&row.result), escaped(printed(&row.id))));
    text.push_str(&format!("- Checked ({}): {}\n", row.level, escaped(&row.statement)));
    text.push_str(&format!("- Compared: {}\n", escaped(&row.comparison_text())));
    text.push_str(&format!("- {}\n- Evidence: {}\n", escaped(&row.note), escaped(&row.evidence_text())));
    if !row.assumptions.is_empty() {
        text.push_str(&format!("- Hypotheses: {}\n", escaped(&row.assumptions_text())));
    }
    text + "\n"
}

fn chapter(chapter: &Chapter) -> String {
    let mut text = format!("## {} ({} profile)\n\n", escaped(&chapter.name.replace('_', " ")), chapter.profile);
    if !chapter.about.is_empty() {
        text.push_str(&format!("{}\n\n", escaped(chapter.about)));
    }
    if let Some(misfit) = &chapter.misfit {
        text.push_str(&format!("> A definition of one's own: this store {}.\n\n", escaped(misfit)));
    }
    if chapter.shows_analysis() {
        chapter.analysis.iter().for_each(|paragraph| text.push_str(&format!("{}\n\n", escaped(paragraph))));
    } else if !chapter.analysis.is_empty() {
        let full = commands::FULL;
        text.push_str(&format!(
            "> The analysis of this experiment speaks of the full profile, and these rows are of the quick one: `{full}` makes the \
             report that has it.\n\n"
        ));
    }
    text.push_str(&own(chapter));
    text.push_str(&findings(chapter));
    for picture in &chapter.pictures {
        text.push_str(&match picture {
            Ok(picture) => {
                let (title, name) = (escaped(&picture.plate.figure.title), &picture.plate.name);
                let caption = picture.said.as_ref().map(|said| format!("{}\n\n", escaped(&said.caption)));
                format!(
                    "![{}]({FIGURES}/{name}.svg)\n\n{title} ({} profile): [{}]({FIGURES}/{name}.csv)\n\n{}",
                    escaped(&picture.alt()),
                    chapter.profile,
                    escaped(&format!("{name}.csv")),
                    caption.unwrap_or_default()
                )
            }
            Err(reason) => format!("> A figure could not be drawn: {}\n\n", escaped(reason)),
        });
    }
    text + &provenance(chapter)
}

/// The verdicts on the rows of a store of someone's own.
fn own(chapter: &Chapter) -> String {
    let Some(own) = &chapter.own else { return String::new() };
    let mut text = String::new();
    if let Some(ledger) = &own.ledger {
        text.push_str(&table_row(["claim", "what it says", "what was compared", "verdict"].map(str::to_owned)));
        text.push_str(&table_row(["---"; 4].map(str::to_owned)));
        for row in ledger.chapters().into_iter().flat_map(|(_, rows)| rows) {
            let compared = format!("{}; {}", row.comparison_text(), row.note);
            let cells = [&row.id, &row.statement, &compared, &row.verdict_text()];
            text.push_str(&table_row(cells.map(|cell| escaped(cell))));
        }
        text.push('\n');
    }
    own.remarks.iter().for_each(|remark| text.push_str(&format!("{}\n\n", escaped(remark))));
    text
}

fn findings(chapter: &Chapter) -> String {
    match &chapter.findings {
        Ok(findings) if findings.is_empty() => String::new(),
        Ok(findings) => {
            let line = |(expected, statement): (bool, &str)| {
                format!("- {}{}\n", if expected { "" } else { "**Not expected:** " }, escaped(statement))
            };
            let lines = findings.iter().map(|finding| line((finding.expected, &finding.statement)));
            format!("Found:\n\n{}\n", lines.collect::<String>())
        }
        Err(reason) => format!("> Findings could not be looked for: {}\n\n", escaped(reason)),
    }
}

fn provenance(chapter: &Chapter) -> String {
    let counts = chapter.counts;
    let mut facts = vec![("store".to_owned(), chapter.store.clone())];
    facts.extend(chapter.identity.iter().filter(|(name, _)| name != "experiment").cloned());
    facts
        .push(("replicates".to_owned(), format!("{} of {} done, {} failed", counts.done, counts.asked, counts.failed)));
    facts.push(("time taken".to_owned(), chapter.time_taken().unwrap_or_else(|| "not known".to_owned())));
    facts.extend(chapter.sessions.iter().map(|session| ("session".to_owned(), Chapter::session_text(session))));
    let mut text = table_row(["from", ""].map(str::to_owned)) + &table_row(["---"; 2].map(str::to_owned));
    facts.iter().for_each(|(name, value)| text.push_str(&table_row([escaped(name), escaped(value)])));
    let commands = chapter.commands().map(|command| format!("    {command}\n"));
    format!("{text}\n{}\n", commands.concat())
}

/// One row of a table, of cells that are Markdown already.
pub fn table_row<const N: usize>(cells: [String; N]) -> String {
    format!("| {} |\n", cells.join(" | "))
}

/// Text on one line with the characters that mean something in Markdown, or in HTML inside it, taken at their word.
pub fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '~' | '#' | '$' | '&' => {
                safe.extend(['\\', character])
            }
            '\n' | '\r' => safe.push(' '),
            other => safe.push(other),
        }
    }
    safe
}
