//! What was found, before all details: the project's findings, each with its figure and its row of the ledger on the page.

use super::prose::{self, Addresses, PLACE};
use crate::report::Report;
use crate::report::markup::Markup;
use crate::study::Profile;

/// The document that holds them.
pub const FINDINGS: &str = include_str!("../../../docs/findings.md");

/// Appends the section, if the report has an experiment that findings may speak of.
pub fn section(main: &mut Markup, report: &Report) {
    if !is_shown(report) {
        return;
    }
    main.within("section", &[("id", "found")], |section| {
        section.element("h2", &[], "What we found");
        if report.ledger.profile != Profile::Full {
            section.element(
                "p",
                &[("class", "profiled")],
                "Numbers in this section are of the full profile; all that follows it on this page is of the quick one.",
            );
        }
        section.within("div", &[("class", "prose")], |div| prose::document(div, FINDINGS, &OnPage(report)));
    });
}

/// Whether the page has the section.
pub fn is_shown(report: &Report) -> bool {
    report.chapters.iter().any(|chapter| chapter.built_in)
}

/// Links of the findings as links on the page: to rows, figures, chapters and papers. The other documents are not at hand.
struct OnPage<'a>(&'a Report);

impl Addresses for OnPage<'_> {
    fn link(&self, address: &str) -> Option<String> {
        if address.starts_with("https://arxiv.org/") {
            return Some(address.to_owned());
        }
        if let Some(place) = address.strip_prefix('#') {
            return FINDINGS.contains(&format!("id=\"{place}\"")).then(|| format!("#{PLACE}{place}"));
        }
        self.image(address).map(|id| format!("#{id}"))
    }

    fn image(&self, address: &str) -> Option<String> {
        let file = address.split(['#', '?']).next()?.rsplit('/').next()?;
        let (name, ending) = file.rsplit_once('.')?;
        let drawn = ["svg", "png", "pdf", "csv"].contains(&ending);
        let mut pictures = self.0.chapters.iter().flat_map(|chapter| &chapter.pictures).flatten();
        (drawn && pictures.any(|picture| picture.plate.name == name)).then(|| format!("figure-{name}"))
    }
}
