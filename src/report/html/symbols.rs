//! The table of symbols.

use super::formula::formula;
use crate::report::markup::Markup;
use crate::report::symbols::SYMBOLS;

/// Appends the section.
pub fn section(main: &mut Markup) {
    main.within("section", &[("id", "symbols")], |section| {
        section.element("h2", &[], "Symbols");
        section.element(
            "p",
            &[],
            "Logarithms are natural, and information is in nats. A column is the name of a measured quantity in tables, JSON and \
             stores; “printed” is a statement as a paper has it, “explicit” one with every constant.",
        );
        section.within("table", &[("class", "symbols")], |table| {
            table.within("thead", &[], |head| {
                head.within("tr", &[], |tr| {
                    ["symbol", "meaning", "column"].iter().for_each(|name| tr.element("th", &[("scope", "col")], name));
                });
            });
            table.within("tbody", &[], |body| {
                for symbol in SYMBOLS {
                    body.within("tr", &[], |tr| {
                        tr.within("th", &[("scope", "row")], |th| formula(th, symbol.sign));
                        tr.within("td", &[], |td| formula(td, symbol.meaning));
                        tr.within("td", &[], |td| {
                            if !symbol.column.is_empty() {
                                td.element("code", &[], symbol.column);
                            }
                        });
                    });
                }
            });
        });
    });
}
