//! One experiment on the page: analysis, findings, figures with their tables.

use super::{formula, ledger, profile, spaced};
use crate::plot::Figure;
use crate::report::markup::{Markup, data_uri, escaped, json_for_script};
use crate::report::points::points;
use crate::report::{Chapter, Picture, Record, Row};
use crate::words::{agreeing, counted};

/// Appends the section.
pub fn section(main: &mut Markup, chapter: &Chapter, record: &Record) {
    main.within("section", &[("id", &chapter.name), ("class", "chapter")], |section| {
        section.within("h2", &[], |h2| {
            h2.text(&spaced(&chapter.name));
            h2.text(" ");
            profile(h2, chapter.profile);
        });
        if !chapter.about.is_empty() {
            section.element("p", &[("class", "about")], chapter.about);
        }
        if let Some(misfit) = &chapter.misfit {
            section.element("p", &[("class", "warning")], &format!("A definition of one's own: this store {misfit}."));
        }
        claims(section, chapter, record);
        own(section, chapter);
        if !chapter.counts.complete() {
            let counts = chapter.counts;
            let text = format!(
                "{} of {} {} done: this is of these alone.",
                counts.done,
                counted(counts.asked, "replicate"),
                agreeing(counts.asked, "is", "are")
            );
            section.element("p", &[("class", "warning")], &text);
        }
        analysis(section, chapter);
        findings(section, chapter);
        for picture in &chapter.pictures {
            match picture {
                Ok(picture) => figure(section, chapter, picture),
                Err(reason) => {
                    section.element("p", &[("class", "warning")], &format!("A figure could not be drawn: {reason}"))
                }
            }
        }
        section.within("p", &[("class", "commands")], |p| {
            chapter.commands().iter().for_each(|command| p.element("code", &[], command));
        });
    });
}

/// The analysis, beside the rows that it speaks of.
fn analysis(section: &mut Markup, chapter: &Chapter) {
    if chapter.analysis.is_empty() {
        return;
    }
    if chapter.shows_analysis() {
        section.within("div", &[("class", "analysis")], |div| {
            chapter.analysis.iter().for_each(|paragraph| div.within("p", &[], |p| formula(p, paragraph)));
        });
        return;
    }
    section.within("p", &[("class", "profiled")], |p| {
        p.text("The analysis of this experiment speaks of the full profile, and these rows are of the quick one: it stands in ");
        p.element("code", &[], &format!("experiments/definitions/{}.toml", chapter.name));
        p.text(", and in ");
        p.element("a", &[("href", "#full")], "the full report");
        p.text(".");
    });
}

/// The claims that the experiment bears on, with their verdicts in this report.
fn claims(section: &mut Markup, chapter: &Chapter, record: &Record) {
    if chapter.claims.is_empty() {
        return;
    }
    section.within("p", &[("class", "claims")], |p| {
        p.text("Bears on ");
        let rank = |claim: &&String| record.claims.iter().position(|row| row.id == **claim || row.number() == *claim);
        let mut claims: Vec<&String> = chapter.claims.keys().collect();
        claims.sort_by_key(rank);
        for claim in claims {
            let found = match &chapter.own {
                None => record.find(claim).map(|row| (String::new(), row)),
                Some(own) => own.find(claim).map(|row| (place(chapter), row)),
            };
            match found {
                Some((place, row)) => p.within("a", &[("href", &format!("#{place}claim-{}", row.id))], |a| {
                    a.text(claim);
                    if row.id == *claim {
                        a.text(" ");
                        ledger::badge(a, row.verdict);
                    }
                }),
                None => p.text(claim),
            }
            p.text(" ");
        }
    });
}

/// Before the names of claims in the chapter of a store of someone's own.
fn place(chapter: &Chapter) -> String {
    format!("{}-", chapter.name)
}

/// The verdicts on the rows of a store of someone's own.
fn own(section: &mut Markup, chapter: &Chapter) {
    let Some(own) = &chapter.own else { return };
    if let Some(ledger) = &own.ledger {
        section.element("h3", &[], "What claims say of its rows");
        let rows: Vec<&Row> = ledger.chapters().into_iter().flat_map(|(_, rows)| rows).collect();
        ledger::table(section, &rows, &place(chapter));
    }
    own.remarks.iter().for_each(|remark| section.element("p", &[("class", "about")], remark));
}

fn findings(section: &mut Markup, chapter: &Chapter) {
    match &chapter.findings {
        Ok(findings) if findings.is_empty() => (),
        Ok(findings) => {
            section.element("h3", &[], "What was found");
            section.within("ul", &[("class", "findings")], |ul| {
                for finding in findings {
                    let (class, sign) =
                        if finding.expected { ("expected", "✓ ") } else { ("surprise", "✗ not expected: ") };
                    ul.element("li", &[("class", class)], &format!("{sign}{}", finding.statement));
                }
            });
        }
        Err(reason) => {
            section.element("p", &[("class", "warning")], &format!("Findings could not be looked for: {reason}"))
        }
    }
}

/// A figure with its controls, its numbers for the script, and its table.
fn figure(section: &mut Markup, chapter: &Chapter, picture: &Picture) {
    let Picture { plate, drawn, narrow, said } = picture;
    let (id, style) = (format!("figure-{}", plate.name), format!("--width: {}", width(picture)));
    let class = if is_broad(picture) { "plate broad" } else { "plate" };
    section.within("figure", &[("class", class), ("id", &id), ("style", &style)], |figure| {
        figure.within("div", &[("class", "tools control")], |tools| {
            for (action, label, title) in
                [("in", "+", "Zoom in"), ("out", "−", "Zoom out"), ("home", "1:1", "The whole figure")]
            {
                tools.element("button", &[("type", "button"), ("data-zoom", action), ("title", title)], label);
            }
            tools.element("span", &[("class", "hint")], "click, then wheel or drag, or arrow keys; or pinch");
        });
        figure.within("div", &[("class", "plot")], |plot| {
            let text = escaped(&format!("{} ({} profile)", picture.alt(), chapter.profile));
            let wide = if narrow.is_some() { "wide" } else { "only" };
            plot.trusted(&labelled(&drawn.svg, wide, &plate.figure, &text));
            if let Some(narrow) = narrow {
                plot.trusted(&labelled(&narrow.svg, "narrow", &plate.figure, &text));
            }
            plot.element("div", &[("class", "tip"), ("hidden", "")], "");
        });
        figure.within("script", &[("type", "application/json"), ("class", "points")], |script| {
            script.trusted(&json_for_script(&points(picture)));
        });
        figure.within("figcaption", &[], |caption| {
            profile(caption, chapter.profile);
            caption.text(" ");
            caption.within("span", &[("class", "title")], |span| formula(span, &format!("{}. ", plate.figure.title)));
            let file = format!("{}.csv", plate.name);
            caption.element(
                "a",
                &[("href", &data_uri("text/csv", &plate.csv)), ("download", &file), ("class", "csv")],
                &file,
            );
        });
        if let Some(said) = said {
            figure.within("p", &[("class", "caption")], |p| formula(p, &said.caption));
        }
        figure.within("details", &[("class", "table control")], |details| {
            details.element("summary", &[], "table");
            details.element("div", &[("class", "scroll")], "");
        });
    });
}

/// The width that a drawing has unless it is told otherwise, in pixels.
fn width(picture: &Picture) -> u32 {
    let stated = picture.drawn.svg.split("width=\"").nth(1).and_then(|rest| rest.split('"').next());
    stated.and_then(|width| width.parse().ok()).unwrap_or_default()
}

/// Whether a drawing is read on paper only at the whole width of a page.
fn is_broad(picture: &Picture) -> bool {
    width(picture) >= 1000
}

/// A drawing as an image that can be focused, with what it shows in words for those who do not see it. A heat map stays on white:
/// its dots and crosses tell values apart by being white or dark on a colour.
fn labelled(svg: &str, width: &str, figure: &Figure, text: &str) -> String {
    let paper = if figure.panels.iter().any(|panel| panel.heatmap.is_some()) { " paper" } else { "" };
    svg.replacen(
        "<svg ",
        &format!("<svg class=\"drawing {width}{paper}\" tabindex=\"0\" role=\"img\" aria-label=\"{text}\" "),
        1,
    )
}
