//! What the papers print, statement by statement, each with the verdicts on the forms that are checked of it.

use super::formula::formula;
use super::{ledger, papers};
use crate::papers::{PAPERS, Paper, Quoted, Reference, reference};
use crate::report::markup::Markup;
use crate::report::{Record, Row};

/// Whether there is a printed statement that a row weighs.
pub fn any(ledger: &Record) -> bool {
    PAPERS.iter().any(|paper| shown(paper, ledger).next().is_some())
}

/// The statements of a paper of which at least one row weighs something.
fn shown<'a>(paper: &'a Paper, ledger: &'a Record) -> impl Iterator<Item = &'a Quoted> {
    paper.quoted.iter().filter(|quoted| rows(quoted, ledger).next().is_some())
}

/// The rows that weigh a statement.
fn rows<'a>(quoted: &'a Quoted, ledger: &'a Record) -> impl Iterator<Item = &'a Row> {
    quoted.claims.iter().filter_map(|id| ledger.claims.iter().find(|row| row.id == *id))
}

/// Appends the section, if there is anything to show.
pub fn section(main: &mut Markup, record: &Record) {
    if !any(record) {
        return;
    }
    main.within("section", &[("id", "printed")], |section| {
        section.element("h2", &[], "Printed statements");
        section.element(
            "p",
            &[],
            "What the papers print, in the notation of this page and in short, each beside the verdicts on the explicit forms that \
             are checked of it.",
        );
        for paper in PAPERS {
            let mut statements = shown(paper, record).peekable();
            if statements.peek().is_none() {
                continue;
            }
            section.within("h3", &[], |h3| heading(h3, paper.key, paper.citation, paper.link));
            section.within("table", &[("class", "printed")], |table| {
                table.within("thead", &[], |head| {
                    head.within("tr", &[], |tr| {
                        for name in ["where", "it prints", "what is checked"] {
                            tr.element("th", &[("scope", "col")], name);
                        }
                    });
                });
                table.within("tbody", &[], |body| statements.for_each(|quoted| row(body, quoted, record)));
            });
        }
    });
}

fn row(body: &mut Markup, quoted: &Quoted, record: &Record) {
    body.within("tr", &[], |tr| {
        tr.element("th", &[("scope", "row")], quoted.place);
        tr.within("td", &[], |td| formula(td, quoted.says));
        tr.within("td", &[], |td| {
            for row in rows(quoted, record) {
                td.within("a", &[("href", &format!("#claim-{}", row.id)), ("class", "verdict")], |a| {
                    a.text(&format!("{} ", row.id));
                    ledger::badge(a, row.verdict);
                });
                td.text(" ");
            }
        });
    });
}

/// The name of a paper's part of the page, with a link to the paper where it is on arXiv.
pub fn heading(markup: &mut Markup, key: &str, citation: &str, link: &str) {
    let papers: Vec<&Reference> = reference::arxiv_numbers(link).filter_map(Reference::of_arxiv).collect();
    let mut text = format!("{key}: {citation}");
    if let [paper] = papers[..] {
        // The link says the number.
        text = text.replace(&format!(" (arXiv {})", paper.arxiv), "");
        markup.text(&format!("{text}, "));
        papers::arxiv(markup, paper.arxiv);
    } else {
        markup.text(&text);
    }
}
