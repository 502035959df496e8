//! The report as one page that loads nothing: style, script, drawings and tables stand in it.

mod chapter;
mod contents;
mod formula;
mod found;
mod ledger;
mod papers;
mod printed;
pub mod prose;
mod provenance;
mod symbols;
mod violated;

pub use formula::formula;

use super::markup::Markup;
use super::{Report, commands};
use crate::study::Profile;

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
            contents::list(body, report);
            body.within("main", &[], |main| {
                found::section(main, report);
                violated::section(main, &report.ledger);
                ledger::section(main, &report.ledger);
                printed::section(main, &report.ledger);
                symbols::section(main);
                for chapter in &report.chapters {
                    chapter::section(main, chapter, &report.ledger);
                }
                papers::section(main, &report.ledger);
                provenance::section(main, report);
            });
            body.element("div", &[("id", "says"), ("aria-live", "polite"), ("class", "unseen")], "");
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
    header.within("h1", &[], |h1| {
        h1.text("The theory of self-rewarding language models, checked by experiment ");
        profile(h1, ledger.profile);
    });
    header.within("p", &[], |p| {
        p.text("Every statement of ");
        for (index, paper) in ledger.papers.iter().enumerate() {
            p.text(if index == 0 { "" } else { "; " });
            printed::heading(p, &paper.key, &paper.citation, &paper.link);
        }
        p.text(
            ", in an explicit form, weighed against measured rows. Beneath it every experiment: what it shows, what was found, and \
             each figure with its table.",
        );
    });
    report.headline().iter().for_each(|line| header.element("p", &[("class", "summary")], line));
    header.within("p", &[("class", "profiled"), ("id", "full")], |p| match report.profile() {
        Some(Profile::Full) => p.text("All rows are of the full profile."),
        of => {
            p.text(match of {
                Some(_) => "All rows are of the quick profile: the same experiments on fewer values and with fewer replicates. ",
                None => "Some rows are of the quick profile, others of the full one: each figure says of which it is. ",
            });
            p.text("Texts that speak of the full profile are left out beside quick rows. ");
            p.element("code", &[], commands::FULL);
            p.text(" computes the full profile, as far as it is not there, and makes the report of it; it says at its start how long that takes.");
        }
    });
    for remark in &report.remarks {
        header.element("p", &[("class", "warning")], remark);
    }
    header.element(
        "p",
        &[],
        "The commands on this page work one after another in a shell in the folder of the program's sources, after",
    );
    header.within("p", &[("class", "commands")], |p| {
        commands::SETUP.iter().for_each(|command| p.element("code", &[], command));
    });
    header.element("button", &[("type", "button"), ("id", "theme"), ("class", "control")], "Dark");
}

/// The name of a profile as a badge.
fn profile(markup: &mut Markup, profile: Profile) {
    markup.element("span", &[("class", &format!("profile {profile}"))], &format!("{profile} profile"));
}

/// An experiment's name as words.
fn spaced(name: &str) -> String {
    name.replace('_', " ")
}
