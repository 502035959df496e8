//! The report as one page that loads nothing: style, script, drawings and tables stand in it.

mod chapter;
mod formula;
mod ledger;
mod provenance;

pub use formula::formula;

use super::Report;
use super::markup::Markup;

const STYLE: &str = include_str!("../page.css");
const SCRIPT: &str = include_str!("../page.js");

/// Nothing may be loaded, whatever the page says; only what stands in it is used.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:";

/// The page.
pub fn page(report: &Report) -> String {
    let mut page = Markup::default();
    page.trusted("<!DOCTYPE html>\n");
    page.within("html", &[("lang", "en")], |html| {
        html.within("head", &[], head);
        html.within("body", &[], |body| {
            body.within("header", &[], |header| heading(header, report));
            body.within("main", &[], |main| {
                ledger::section(main, &report.ledger);
                for chapter in &report.chapters {
                    chapter::section(main, chapter, &report.ledger);
                }
                provenance::section(main, report);
            });
            body.within("script", &[], |script| script.trusted(SCRIPT));
        });
    });
    page.trusted("\n");
    page.finish()
}

fn head(head: &mut Markup) {
    head.void("meta", &[("charset", "utf-8")]);
    head.void("meta", &[("http-equiv", "Content-Security-Policy"), ("content", POLICY)]);
    head.void("meta", &[("name", "viewport"), ("content", "width=device-width, initial-scale=1")]);
    head.void("link", &[("rel", "icon"), ("href", "data:,")]);
    head.element("title", &[], "selfreward: the theory of self-rewarding language models, checked");
    head.within("style", &[], |style| style.trusted(STYLE));
}

fn heading(header: &mut Markup, report: &Report) {
    let ledger = &report.ledger;
    header.element("h1", &[], "The theory of self-rewarding language models, checked by experiment");
    header.within("p", &[], |p| {
        let papers: Vec<&str> = ledger.papers.iter().map(|paper| paper.citation.as_str()).collect();
        p.text(&format!(
            "Every statement of {}, in an explicit form, weighed against measured rows. Beneath it every experiment: what it \
             shows, what was found, and each figure with its table.",
            papers.join("; ")
        ));
    });
    report.headline().iter().for_each(|line| header.element("p", &[("class", "summary")], line));
    for remark in &report.remarks {
        header.element("p", &[("class", "warning")], remark);
    }
    header.element("button", &[("type", "button"), ("id", "theme"), ("class", "control")], "Dark");
    header.within("nav", &[("aria-label", "Contents")], |nav| {
        nav.element("a", &[("href", "#ledger")], "Ledger");
        for chapter in &report.chapters {
            nav.element("a", &[("href", &format!("#{}", chapter.name))], &spaced(&chapter.name));
        }
        nav.element("a", &[("href", "#provenance")], "Provenance");
    });
}

/// An experiment's name as words.
fn spaced(name: &str) -> String {
    name.replace('_', " ")
}

#[cfg(test)]
mod tests {
    use super::{SCRIPT, STYLE};

    /// The page is for browsers from 2022 on (Firefox 102, Chrome 100, Safari 15.4); these came later, or not to all of them.
    #[test]
    fn the_page_uses_nothing_newer_than_its_browsers() {
        let style = [
            "light-dark(",
            "color-mix(",
            ":has(",
            "@container",
            "@layer",
            "@scope",
            "oklch(",
            "&:",
            "& ",
            "dvh",
            "subgrid",
        ];
        let script = [
            "ariaPressed =",
            ".ariaPressed",
            ".at(",
            "structuredClone",
            "showPopover",
            "findLast",
            "toSorted",
            "toReversed",
            "hasOwn",
            "groupBy",
            "import ",
            "await ",
            "replaceAll",
            "??=",
            "||=",
            "Promise.withResolvers",
            "checkVisibility",
        ];
        for (text, newer) in [(STYLE, &style[..]), (SCRIPT, &script[..])] {
            for feature in newer {
                assert!(!text.contains(feature), "{feature}");
            }
        }
    }

    /// Every colour that is used has a plain value, in both modes.
    #[test]
    fn every_variable_has_a_value_in_both_modes() {
        let (light, rest) = STYLE.split_once("@media screen and").unwrap();
        let (system, rest) = rest.split_once("@media screen {").unwrap();
        let (button, _) = rest.split_once("* {").unwrap();
        let used: Vec<&str> = STYLE.split("var(").skip(1).filter_map(|rest| rest.split(')').next()).collect();
        assert!(used.len() > 20);
        for name in used {
            for mode in [light, system, button] {
                assert!(mode.contains(&format!("{name}: #")), "{name}");
            }
        }
    }
}
