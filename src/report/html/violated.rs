//! The statements that are false as they stand, before all others: what is printed, what was checked, what was seen.

use super::formula::formula;
use super::ledger;
use crate::papers::{printed, quoted};
use crate::report::markup::Markup;
use crate::report::{Record, Row};
use crate::study::definition::Verdict;

/// Appends the section, if a statement is violated.
pub fn section(main: &mut Markup, record: &Record) {
    let rows: Vec<&Row> = record.chapters().into_iter().flat_map(|(_, rows)| rows).collect();
    let rows: Vec<&Row> = rows.into_iter().filter(|row| row.verdict == Verdict::Violated).collect();
    if rows.is_empty() {
        return;
    }
    main.within("section", &[("id", "violated")], |section| {
        section.element("h2", &[], "Violated statements");
        section.element(
            "p",
            &[],
            "Printed forms and hidden steps that are false as they stand, and readings that one might take for granted. The row of the \
             ledger behind each name has the evidence; the form that holds has a row beside it.",
        );
        section.within("div", &[("class", "cards")], |cards| rows.iter().for_each(|row| card(cards, row)));
    });
}

fn card(cards: &mut Markup, row: &Row) {
    cards.within("div", &[("class", "card"), ("data-violated", &row.id)], |card| {
        card.within("h3", &[], |h3| {
            h3.element("a", &[("href", &format!("#claim-{}", row.id))], &row.id);
            h3.text(" ");
            ledger::badge(h3, row.verdict);
            h3.element("span", &[("class", "place")], &row.result);
        });
        let mut said = quoted(&row.id).map(|quoted| (quoted.place, quoted.says)).collect::<Vec<_>>();
        if said.is_empty() {
            said.push(("", printed(&row.id)));
        }
        for (place, says) in said {
            let name = if place.is_empty() { "printed".to_owned() } else { format!("printed, {place}") };
            line(card, &name, |p| formula(p, says));
        }
        line(card, "checked", |p| formula(p, &row.statement));
        line(card, "seen", |p| p.text(&row.comparison_text()));
        if !row.as_expected() {
            line(card, "expected", |p| p.text("another verdict: this one is a surprise"));
        }
    });
}

fn line(card: &mut Markup, name: &str, fill: impl FnOnce(&mut Markup)) {
    card.within("p", &[], |p| {
        p.element("span", &[("class", "key")], &format!("{name}: "));
        fill(p);
    });
}
