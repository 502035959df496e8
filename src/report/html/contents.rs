//! The list of contents, which stays in view; the script marks the section that is read.

use super::spaced;
use crate::report::Report;
use crate::report::markup::Markup;
use crate::study::definition::Verdict;

/// Appends the list.
pub fn list(body: &mut Markup, report: &Report) {
    body.within("nav", &[("id", "contents"), ("aria-label", "Contents")], |nav| {
        nav.within("button", &[("type", "button"), ("class", "control fold"), ("aria-expanded", "false")], |button| {
            button.text("Contents");
            button.element("span", &[("class", "here")], "");
        });
        nav.within("ul", &[], |ul| {
            for (id, name) in sections(report) {
                ul.within("li", &[], |li| li.element("a", &[("href", &format!("#{id}"))], &name));
            }
        });
    });
}

/// The sections with their ids, in the order of the page.
pub fn sections(report: &Report) -> Vec<(String, String)> {
    let ledger = &report.ledger;
    let violated = ledger.count(Verdict::Violated);
    let mut sections = Vec::new();
    if super::found::is_shown(report) {
        sections.push(("found", "What we found".to_owned()));
    }
    if violated > 0 {
        sections.push(("violated", format!("Violated statements ({violated})")));
    }
    sections.push(("ledger", "Ledger".to_owned()));
    if super::printed::any(ledger) {
        sections.push(("printed", "Printed statements".to_owned()));
    }
    sections.push(("symbols", "Symbols".to_owned()));
    let mut sections: Vec<(String, String)> = sections.into_iter().map(|(id, name)| (id.to_owned(), name)).collect();
    sections.extend(report.chapters.iter().map(|chapter| (chapter.name.clone(), spaced(&chapter.name))));
    sections.push(("papers".to_owned(), "Papers, and how to cite".to_owned()));
    sections.push(("provenance".to_owned(), "Provenance".to_owned()));
    sections
}
