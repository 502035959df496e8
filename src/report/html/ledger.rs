//! The ledger on the page: filters, and a row for each statement with the paper's words beside what is checked.

use super::formula::formula;
use super::printed;
use crate::claims::ledger::word;
use crate::papers;
use crate::report::markup::Markup;
use crate::report::record::{LEVELS, Record, Row, VERDICTS};
use crate::study::definition::Verdict;

/// The columns; on a narrow page each cell carries its column's name.
const COLUMNS: [&str; 5] = ["claim", "the paper", "what is checked", "what was compared", "verdict"];

/// Appends the section.
pub fn section(main: &mut Markup, ledger: &Record) {
    main.within("section", &[("id", "ledger")], |section| {
        section.element("h2", &[], "Ledger");
        section.element(
            "p",
            &[],
            "Exact statements must hold on every run, to rounding; explicit ones with probability at least 1 − ρ, constants \
             given; of shapes one constant is calibrated on part of the grid and must hold on the rest. The paper's \
             statements are given in this project's notation.",
        );
        filters(section, ledger);
        for (paper, rows) in ledger.chapters() {
            if let Some(paper) = paper {
                section.within("h3", &[("id", &format!("paper-{}", paper.key))], |h3| {
                    printed::heading(h3, &paper.key, &paper.citation, &paper.link);
                });
            }
            table(section, &rows, "");
        }
    });
}

/// Rows, with a word before their claims' names in the places that links lead to.
pub fn table(section: &mut Markup, rows: &[&Row], place: &str) {
    section.within("table", &[("class", "ledger")], |table| {
        table.within("thead", &[], |head| {
            head.within("tr", &[], |tr| {
                for name in COLUMNS {
                    tr.element("th", &[("scope", "col")], name);
                }
            });
        });
        table.within("tbody", &[], |body| rows.iter().for_each(|claim| row(body, claim, place)));
    });
}

/// Buttons that the script makes work: none pressed shows all.
fn filters(section: &mut Markup, ledger: &Record) {
    let count = |keep: &dyn Fn(&Row) -> bool| ledger.claims.iter().filter(|row| keep(row)).count();
    section.within("div", &[("class", "filters control"), ("id", "filters")], |filters| {
        group(filters, "verdict", VERDICTS.map(|verdict| (word(&verdict), ledger.count(verdict))));
        if ledger.papers.len() > 1 {
            let of = |key: &str| (key.to_owned(), count(&|row| row.paper == key));
            group(filters, "paper", ledger.papers.iter().map(|paper| of(&paper.key)));
        }
        group(filters, "level", LEVELS.map(|level| (level.to_owned(), count(&|row| row.level == level))));
        group(
            filters,
            "expected",
            [("yes", true), ("no", false)]
                .map(|(name, as_expected)| (name.to_owned(), count(&|row| row.as_expected() == as_expected))),
        );
        filters.element("output", &[("id", "shown")], "");
    });
}

fn group(filters: &mut Markup, key: &str, values: impl IntoIterator<Item = (String, usize)>) {
    filters.within("div", &[("role", "group"), ("aria-label", key)], |group| {
        group.element("span", &[("class", "key")], if key == "expected" { "as expected" } else { key });
        for (value, count) in values.into_iter().filter(|(_, count)| *count > 0) {
            let attributes =
                [("type", "button"), ("data-key", key), ("data-value", value.as_str()), ("aria-pressed", "false")];
            group.element("button", &attributes, &format!("{value} {count}"));
        }
    });
}

fn row(body: &mut Markup, claim: &Row, place: &str) {
    let place = format!("{place}claim-{}", claim.id);
    let attributes = [
        ("id", place.clone()),
        ("data-verdict", word(&claim.verdict)),
        ("data-level", claim.level.clone()),
        ("data-expected", if claim.as_expected() { "yes" } else { "no" }.to_owned()),
        ("data-paper", claim.paper.clone()),
    ];
    let attributes: Vec<(&str, &str)> = attributes.iter().map(|(name, value)| (*name, value.as_str())).collect();
    body.within("tr", &attributes, |tr| {
        let cell = |tr: &mut Markup, column: usize, fill: &dyn Fn(&mut Markup)| {
            tr.within("td", &[("data-label", COLUMNS[column])], fill);
        };
        cell(tr, 0, &|td| {
            td.element("a", &[("href", &format!("#{place}")), ("class", "id")], &claim.id);
            td.element("span", &[("class", "level")], &claim.level);
        });
        cell(tr, 1, &|td| {
            td.element("b", &[], &claim.result);
            td.within("div", &[], |div| formula(div, papers::printed(&claim.id)));
        });
        cell(tr, 2, &|td| {
            td.within("div", &[], |div| formula(div, &claim.statement));
            details(td, claim);
        });
        cell(tr, 3, &|td| td.text(&claim.comparison_text()));
        cell(tr, 4, &|td| {
            badge(td, claim.verdict);
            if !claim.as_expected() || claim.expected.is_none_or(|verdict| verdict == Verdict::Violated) {
                let text = match claim.expected {
                    None => "no verdict expected".to_owned(),
                    Some(_) if claim.as_expected() => "as expected".to_owned(),
                    Some(verdict) => format!("expected: {}", word(&verdict)),
                };
                td.element("span", &[("class", if claim.as_expected() { "aside" } else { "aside surprise" })], &text);
            }
        });
    });
}

/// What stands behind a verdict.
fn details(td: &mut Markup, claim: &Row) {
    td.within("details", &[], |details| {
        details.element("summary", &[], "evidence");
        details.element("p", &[], &claim.note);
        details.element("p", &[], &claim.evidence_text());
        if !claim.assumptions.is_empty() {
            details.element(
                "p",
                &[],
                &format!("Hypotheses, with the share of the evidence that meets each: {}", claim.assumptions_text()),
            );
        }
    });
}

/// A verdict as a badge; a sign of its own tells it apart without colour.
pub fn badge(markup: &mut Markup, verdict: Verdict) {
    let sign = match verdict {
        Verdict::Holds => "✓",
        Verdict::HoldsVacuously => "○",
        Verdict::Violated => "✗",
        Verdict::Inconclusive => "?",
        Verdict::NotApplicable => "–",
    };
    let name = word(&verdict);
    markup.element("span", &[("class", &format!("badge {name}"))], &format!("{sign} {name}"));
}
