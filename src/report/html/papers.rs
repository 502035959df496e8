//! The papers that statements come from: where they are, and how to cite them and this program.

use crate::papers::reference::{Origin, Reference, software};
use crate::papers::{self};
use crate::report::Record;
use crate::report::markup::Markup;

/// The papers that the rows of a ledger come from, each once, in the ledger's order.
pub fn references(ledger: &Record) -> Vec<&'static Reference> {
    let mut references: Vec<&'static Reference> = Vec::new();
    for row in &ledger.claims {
        for claim in papers::claims().filter(|claim| claim.id == row.id) {
            for paper in Origin::of_claim(&claim).papers {
                if !references.contains(&paper) {
                    references.push(paper);
                }
            }
        }
    }
    references
}

/// Appends the section.
pub fn section(main: &mut Markup, ledger: &Record) {
    main.within("section", &[("id", "papers")], |section| {
        section.element("h2", &[], "Papers, and how to cite");
        section.element(
            "p",
            &[],
            "What a row says is cited by the paper that its row names; a statement that is marked as ours by this program's entry, \
             too.",
        );
        let references = references(ledger);
        section.within("ul", &[("class", "papers")], |ul| {
            for paper in &references {
                ul.within("li", &[("id", &format!("cite-{}", paper.key))], |li| {
                    let authors: Vec<String> =
                        paper.authors.iter().map(|(family, given)| format!("{given} {family}")).collect();
                    li.text(&format!("{}: “{}”, {}, ", authors.join(", "), paper.title, paper.year));
                    arxiv(li, paper.arxiv);
                    li.text(".");
                });
            }
        });
        let entries: Vec<String> = references.iter().map(|paper| paper.bibtex()).chain([software()]).collect();
        section.within("details", &[("class", "bibtex")], |details| {
            details.element("summary", &[], "BibTeX entries");
            details.within("pre", &[], |pre| pre.element("code", &[], &entries.join("\n\n")));
        });
    });
}

/// A link to a paper. It leads away; the page itself loads nothing of it.
pub fn arxiv(markup: &mut Markup, number: &str) {
    let address = format!("https://arxiv.org/abs/{number}");
    markup.element("a", &[("href", &address), ("rel", "noreferrer")], &format!("arXiv {number}"));
}
