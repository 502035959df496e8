//! The report: one page that loads nothing, the same in Markdown, and the ledger's summary spliced into a document.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::study_common::{Bench, PROBE, records};
use selfreward::experiment;
use selfreward::papers::{self, PAPERS, printed};
use selfreward::plot::{Axis, Datum, Figure, Heatmap, Panel, Series, Style};
use selfreward::report::html::formula;
use selfreward::report::markup::Markup;
use selfreward::report::record::short;
use selfreward::report::time::{seconds_between, span};
use selfreward::report::{Record, gallery, splice};
use serde_json::{Value, json};

/// What no page may take at its word.
const HOSTILE: &str = r#"</p></script><script>alert(1)</script> "quoted" & *starred* | [link](x)"#;

/// A folder with the store of a definition whose analysis is hostile, and its report.
fn reported() -> Bench {
    let definition = PROBE.replace("\"A probe of the harness.\"", &format!("'''\n{HOSTILE}\n'''"));
    let bench = Bench::with("probe.toml", &definition);
    bench.expect(0, "run probe.toml --quick --out runs --quiet");
    bench.expect(0, "report --quiet");
    bench
}

fn read(bench: &Bench, name: &str) -> String {
    fs::read_to_string(bench.path(name)).unwrap()
}

/// Every tag is closed where its parent ends, and every `<` outside scripts and styles begins a tag.
pub fn assert_balanced(markup: &str) {
    const VOID: [&str; 7] = ["meta", "link", "rect", "line", "circle", "br", "img"];
    let mut open: Vec<String> = Vec::new();
    let mut rest = markup.strip_prefix("<!DOCTYPE html>").unwrap_or(markup);
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        let end = rest.find('>').expect("a tag ends");
        let (tag, after) = (&rest[..end], &rest[end + 1..]);
        assert!(!tag.contains('<'), "a tag in a tag: {tag}");
        assert_eq!(tag.matches('"').count() % 2, 0, "an open attribute: {tag}");
        rest = after;
        let name = tag.trim_start_matches('/').split_whitespace().next().unwrap().trim_end_matches('/');
        assert!(name.chars().all(|c| c.is_ascii_alphanumeric()), "no tag: <{tag}>");
        match tag.strip_prefix('/') {
            Some(_) => assert_eq!(open.pop().as_deref(), Some(name), "closes another element"),
            None if tag.ends_with('/') || VOID.contains(&name) => (),
            None => {
                open.push(name.to_owned());
                if name == "script" || name == "style" {
                    rest = &rest[rest.find(&format!("</{name}>")).expect("a script ends")..];
                }
            }
        }
    }
    assert_eq!(open, Vec::<String>::new(), "elements that are never closed");
}

/// The values of an attribute, one for each row of the ledger.
fn attributes(page: &str, name: &str) -> Vec<String> {
    let rows = page.split("<tr id=\"claim-").skip(1);
    rows.map(|row| row.split(&format!("{name}=\"")).nth(1).unwrap().split('"').next().unwrap().to_owned()).collect()
}

#[test]
fn a_page_is_well_formed_escapes_what_it_is_given_loads_nothing_and_comes_out_the_same_again() {
    let bench = reported();
    let page = read(&bench, "report/report.html");
    assert_balanced(&page);

    assert!(!page.contains("<script>alert"), "a text of the definition became markup");
    assert!(
        page.contains("&lt;/p&gt;&lt;/script&gt;&lt;script&gt;alert(1)"),
        "the text of the definition is not there"
    );

    // Links lead away, to papers alone; nothing is loaded from where they lead.
    let rest = page.replace("href=\"https://arxiv.org/abs/", "").replace("url = {https://arxiv.org/abs/", "");
    let addresses: Vec<&str> = rest.match_indices("http").map(|(at, _)| &rest[at..(at + 30).min(rest.len())]).collect();
    let known =
        |address: &&&str| !address.starts_with("http://www.w3.org/2000/svg") && !address.starts_with("http-equiv");
    assert_eq!(addresses.iter().filter(known).collect::<Vec<_>>(), Vec::<&&str>::new());
    for loading in [" src=", "url(", "@import", "<iframe", "<object", "fetch(", "XMLHttpRequest", "import("] {
        assert!(!page.contains(loading), "{loading} may load something");
    }

    bench.expect(0, "report --quiet -o again");
    for name in ["report.html", "report.md", "figures/probe.svg", "figures/probe.pdf", "figures/probe.csv"] {
        let [first, again] =
            ["report", "again"].map(|folder| fs::read(bench.path(&format!("{folder}/{name}"))).unwrap());
        assert!(first == again, "{name} differs");
    }
}

/// The oracle is `selfreward verify` on the same store.
#[test]
fn rows_carry_what_filters_look_at_and_the_verdicts_are_those_of_verify() {
    let bench = Bench::with("probe.toml", PROBE);
    bench.expect(0, "run real_spectrum --quick --quiet");
    bench.expect(0, "report runs/real_spectrum-quick.sqlite --quiet");
    let page = read(&bench, "report/report.html");
    let output = bench.run("verify --from runs/real_spectrum-quick.sqlite --json");
    let ledger: Value = serde_json::from_slice(&output.stdout).unwrap();
    // The page shows, paper by paper, violated rows first, then those that say something, then the rest; JSON keeps the catalogue's order.
    let mut claims = ledger["claims"].as_array().unwrap().clone();
    let papers = ledger["papers"].as_array().unwrap();
    claims.sort_by_key(|claim| {
        let rank = match claim["verdict"].as_str().unwrap() {
            "violated" => 0,
            "holds" | "inconclusive" => 1,
            _ => 2,
        };
        (papers.iter().position(|paper| paper["key"] == claim["paper"]), rank)
    });
    let of = |key: &str| claims.iter().map(|claim| claim[key].as_str().unwrap().to_owned()).collect::<Vec<_>>();
    assert_eq!(attributes(&page, "data-verdict"), of("verdict"));
    assert_eq!(attributes(&page, "data-level"), of("level"));
    let expected = claims.iter().map(|claim| if claim["verdict"] == claim["expected"] { "yes" } else { "no" });
    assert_eq!(attributes(&page, "data-expected"), expected.collect::<Vec<_>>());
    // Each row says what it compared, on the page and in Markdown as in JSON.
    let markdown = read(&bench, "report/report.md");
    for claim in &claims {
        let text = claim["comparison"].as_str().unwrap();
        let (mut html, row) = (Markup::default(), format!("claim-{}", claim["id"].as_str().unwrap()));
        html.text(text);
        let row = page.split(&format!("<tr id=\"{row}\"")).nth(1).unwrap().split("</tr>").next().unwrap();
        assert!(row.contains(&html.finish()), "{text} is not in {row}");
    }
    assert!(markdown.contains("- Compared: ") && markdown.contains("what was compared"));
    // Constructed laws need no rows; most other claims have none here.
    assert!(of("verdict").iter().any(|verdict| verdict == "holds"));
    assert!(of("verdict").iter().any(|verdict| verdict == "not-applicable"));
    // A filter's button says how many rows it leaves.
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    of("verdict").into_iter().for_each(|verdict| *counts.entry(verdict).or_default() += 1);
    for (verdict, count) in counts {
        assert!(
            page.contains(&format!("data-value=\"{verdict}\" aria-pressed=\"false\">{verdict} {count}<")),
            "{verdict}"
        );
    }
}

/// The oracle is the CSV beside the figure.
#[test]
fn hover_values_and_the_linked_table_are_those_of_the_csv() {
    let bench = reported();
    let page = read(&bench, "report/report.html");
    let csv = read(&bench, "report/figures/probe.csv");
    let json = page.split("class=\"points\">").nth(1).unwrap().split("</script>").next().unwrap();
    let points: Value = serde_json::from_str(json).unwrap();
    let points = points["points"].as_array().unwrap();
    assert!(!points.is_empty());
    let rows = records(&csv);
    for point in points {
        let (x, y) = (point[4].as_f64().unwrap(), point[5].as_f64().unwrap());
        // The figure's abscissa is t; it shows means, and kappa less 1.
        let is = |text: &String, value: f64| text.parse::<f64>().is_ok_and(|v| (v - value).abs() <= 1e-12 * v.abs());
        let of_round = rows.iter().filter(|row| is(&row["t"], x));
        let mut means = of_round.flat_map(|row| row.iter().filter(|(name, _)| name.ends_with("_mean")));
        let found = means.any(|(name, text)| is(text, if name == "kappa_mean" { y + 1.0 } else { y }));
        assert!(found, "({x}, {y}) is in no row of the table");
    }
    let link = page.split("href=\"data:text/csv;charset=utf-8,").nth(1).unwrap().split('"').next().unwrap();
    let mut bytes = Vec::new();
    let mut rest = link.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let (byte, after) = if byte == b'%' {
            (u8::from_str_radix(std::str::from_utf8(&after[..2]).unwrap(), 16).unwrap(), &after[2..])
        } else {
            (byte, after)
        };
        bytes.push(byte);
        rest = after;
    }
    assert_eq!(String::from_utf8(bytes).unwrap(), csv);
}

#[test]
fn of_several_stores_the_full_one_is_taken_and_it_is_said_which() {
    let bench = Bench::with("probe.toml", PROBE);
    bench.expect(0, "run probe.toml --full --out runs/full --quiet");
    bench.expect(0, "run probe.toml --quick --out runs --quiet");
    bench.expect(0, "run probe.toml --full --shard 1/2 --out runs --quiet");
    let said = String::from_utf8(bench.run("report").stderr).unwrap();
    assert!(said.contains("taking runs/full/probe-full.sqlite"), "{said}");
    assert!(said.contains("passed over runs/probe-quick.sqlite"), "{said}");
    assert!(said.contains("passed over runs/probe-full-shard-1-of-2.sqlite"), "{said}");
    let page = read(&bench, "report/report.html");
    assert!(page.contains("runs/full/probe-full.sqlite") && !page.contains("probe-quick.sqlite"));
    let complaint = bench.complaint(2, "report runs/full/probe-full.sqlite runs/probe-quick.sqlite");
    assert!(complaint.contains("second store of probe"), "{complaint}");
}

/// `verify --out` keeps the parts that its claims look at; an experiment's figures compare all parts.
#[test]
fn a_store_with_gaps_is_reported_without_figures_and_the_gap_is_said() {
    let bench = Bench::with("probe.toml", PROBE);
    bench.run("verify C20.continuum --quick --out some --quiet");
    let complaint = bench.complaint(1, "report some/runs/initial_dependence-quick.sqlite");
    assert!(complaint.contains("initial_dependence: 11 cells have no rows yet"), "{complaint}");
    let page = read(&bench, "report/report.html");
    assert!(page.contains("11 cells have no rows yet") && !page.contains("<figure"));
    assert!(
        page.contains("<tr id=\"claim-C20.continuum\" data-verdict=\"violated\""),
        "its rows are weighed all the same"
    );
}

/// The oracle is where the marks are drawn: the middle of their outlines in the SVG.
#[test]
fn numbers_lie_where_their_marks_are_drawn() {
    let points = [(1.0, 0.25), (10.0, 0.5), (100.0, 0.0), (1e5, 0.5), (1000.0, f64::NAN)];
    let axes = || (Axis::log("n").range(0.5, 2000.0), Axis::linear("share").range(-0.1, 1.0));
    let panel = |title: &str| Panel::new(title, axes().0, axes().1);
    let figure = Figure::new("Marks")
        .columns(2)
        .panel(panel("empty"))
        .panel(panel("square marks").series(Series::unlabelled(Style::Markers, 1, points)));
    let drawn = figure.draw().unwrap();
    assert_eq!(drawn.svg, figure.to_svg().unwrap());
    let middles: Vec<(f64, f64)> = drawn
        .svg
        .split("<polygon ")
        .filter(|tag| tag.contains("fill=\"#D55E00\""))
        .map(|tag| {
            let corners: Vec<(f64, f64)> = tag
                .split("points=\"")
                .nth(1)
                .unwrap()
                .split('"')
                .next()
                .unwrap()
                .split_whitespace()
                .map(|pair| pair.split_once(',').unwrap())
                .map(|(x, y)| (x.parse().unwrap(), y.parse().unwrap()))
                .collect();
            let middle = |of: fn(&(f64, f64)) -> f64| {
                let (low, high) = corners.iter().map(of).fold((f64::MAX, f64::MIN), |(l, h), v| (l.min(v), h.max(v)));
                (low + high) / 2.0
            };
            (middle(|corner| corner.0), middle(|corner| corner.1))
        })
        .collect();
    let located: Vec<_> = drawn.located.iter().map(|located| (located.panel, located.datum)).collect();
    let point = |point| (1, Datum::Point { series: 0, point });
    assert_eq!(located, [point(0), point(1), point(2)], "what is out of range or no number has no place");
    for located in &drawn.located {
        // Corners are rounded to whole units.
        let near = |(x, y): &&(f64, f64)| (x - located.at.0).abs() <= 1.0 && (y - located.at.1).abs() <= 1.0;
        assert_eq!(middles.iter().filter(near).count(), 1, "{located:?} among {middles:?}");
    }
}

#[test]
fn cells_of_a_heat_map_have_places_in_their_order() {
    let heatmap = Heatmap {
        x: vec![1.0, 2.0, 3.0],
        y: vec![10.0, 20.0],
        values: vec![vec![0.1; 3], vec![0.2; 3]],
        ..Heatmap::default()
    };
    let panel = Panel::new("map", Axis::linear("x"), Axis::linear("y")).heatmap(heatmap);
    let located = Figure::new("Map").panel(panel).draw().unwrap().located;
    let data: Vec<Datum> = located.iter().map(|located| located.datum).collect();
    let cells = (0..2).flat_map(|row| (0..3).map(move |column| Datum::Cell { column, row }));
    assert_eq!(data, cells.collect::<Vec<_>>());
    assert!(located[0].at.0 < located[1].at.0 && located[0].at.1 > located[3].at.1, "{located:?}");
}

fn ledger() -> Value {
    let claim = |id: &str, verdict: &str, expected: &str, comparison: Value, measured: Value| {
        json!({
            "id": id, "statement": "y*_t | <b>", "level": "exact", "result": "Lemma C.1",
            "evidence": {"instances": 1, "cells": 2, "replicates": 3},
            "comparison": comparison, "measured": measured, "bound": 0.25, "slack": null, "nonvacuous": 1.0, "assumptions": [],
            "verdict": verdict, "expected": expected, "note": "", "witness": null,
        })
    };
    json!({
        "schema": 1, "version": "0.1.0", "profile": "full", "seed": 1,
        "claims": [
            claim("C1", "holds", "holds", json!("tightest: 0.125 ≤ 0.25"), json!({"value": 0.125, "lo": 0.125, "hi": 0.125})),
            claim("C2.printed", "violated", "violated", Value::Null, json!({"value": -1.5, "lo": -2.0, "hi": -1.0})),
            claim("C3", "not-applicable", "holds", json!("nothing was compared"), Value::Null),
            claim("C4", "inconclusive", "holds", json!("1 of 20 runs exceed, 10% allowed"), Value::Null),
        ],
    })
}

const DOCUMENT: &str = "# Title\n\n<!-- ledger -->\nold\n<!-- /ledger -->\n\nEnd, with trailing space \r\n";

#[test]
fn a_summary_is_spliced_between_the_marks_and_nothing_else_is_touched() {
    let record = Record::read(ledger()).unwrap();
    let once = splice::spliced(DOCUMENT, &record).unwrap();
    assert_eq!(splice::spliced(&once, &record).unwrap(), once, "a second time changes nothing");
    let expected = "# Title\n\n<!-- ledger -->\n\n\
        4 statements, full profile, seed 1: holds 1, violated 1, inconclusive 1, not-applicable 1. \
        **Violated means false: 1 is a formula or a step of a proof that is false as printed.** None contradicts what was expected, \
        2 could not be settled here.\n\n\
        <details><summary>The statements that are violated</summary>\n\n\
        | id | where | statement | what was compared |\n\
        | --- | --- | --- | --- |\n\
        | C2.printed | Lemma C.1 | y\\*\\_t \\| \\<b\\> | measured -1.5 \\[-2, -1\\], bound 0.25 |\n\
        \n</details>\n\
        \n<!-- /ledger -->\n\nEnd, with trailing space \r\n";
    assert_eq!(once, expected);
}

/// What violated means goes by who expected it and by the level: a violation that nobody expected is no finding.
#[test]
fn violated_rows_are_told_apart() {
    let mut changed = ledger();
    assert_eq!(splice::brief(&Record::read(changed.clone()).unwrap()).matches("Violated means").count(), 1);
    let (claims, mut extra) = (changed["claims"].as_array_mut().unwrap(), ledger());
    let row = &mut extra["claims"][1];
    row["level"] = json!("shape");
    claims.extend([row.clone(), row.clone()]);
    let row = &mut extra["claims"][1];
    (row["level"], row["result"]) = (json!("exact"), json!("Example J.1, read of rounds"));
    claims.push(row.clone());
    let text = splice::brief(&Record::read(changed.clone()).unwrap());
    assert!(
        text.contains(
            "Violated means false: 1 is a formula or a step of a proof that is false as printed, \
             2 are rates or laws that fail on the instances of the row, \
             1 is true as its paper means it and false in the reading of the row."
        ),
        "{text}"
    );
    for row in changed["claims"].as_array_mut().unwrap() {
        row["expected"] = json!("holds");
    }
    let text = splice::brief(&Record::read(changed).unwrap());
    assert!(!text.contains("Violated means") && text.contains("4 contradict what was expected"), "{text}");
}

#[test]
fn all_rows_are_spliced_between_marks_of_their_own() {
    let record = Record::read(ledger()).unwrap();
    let document = "<!-- statements -->\n<!-- /statements -->\n";
    let expected = "<!-- statements -->\n\n## Statements\n\n\
        | id | statement | level | what was compared | verdict |\n\
        | --- | --- | --- | --- | --- |\n\
        | <a id=\"C2.printed\"></a>C2.printed | y\\*\\_t \\| \\<b\\> | exact | measured -1.5 \\[-2, -1\\], bound 0.25 | violated, as expected |\n\
        | <a id=\"C1\"></a>C1 | y\\*\\_t \\| \\<b\\> | exact | tightest: 0.125 ≤ 0.25 | holds |\n\
        | <a id=\"C4\"></a>C4 | y\\*\\_t \\| \\<b\\> | exact | 1 of 20 runs exceed, 10% allowed | inconclusive (holds expected) |\n\
        | <a id=\"C3\"></a>C3 | y\\*\\_t \\| \\<b\\> | exact | nothing was compared | not-applicable (holds expected) |\n\
        \n<!-- /statements -->\n";
    assert_eq!(splice::spliced(document, &record).unwrap(), expected);
    let both = splice::spliced(&format!("{document}{DOCUMENT}"), &record).unwrap();
    assert_eq!(both, expected.to_owned() + &splice::spliced(DOCUMENT, &record).unwrap());
}

/// The documents of this project are what the program writes today: `selfreward report --splice FILE` and `--gallery FILE` mend them.
#[test]
fn documents_are_what_the_program_writes() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = |name: &str| fs::read_to_string(root.join(name)).unwrap();
    let record = Record::read(serde_json::from_str(&text("docs/ledger.json")).unwrap()).unwrap();
    for name in ["README.md", "docs/ledger.md"] {
        let document = text(name);
        assert!(splice::spliced(&document, &record).unwrap() == document, "report --splice {name} would change it");
    }
    let gallery = gallery::text(&root.join("figures"), &record).unwrap();
    assert!(gallery == text("figures/README.md"), "report --gallery figures/README.md would change it");
}

/// Every figure of every built-in experiment has its texts, and no text is of another figure.
#[test]
fn every_figure_has_an_alternative_text_and_a_caption() {
    for experiment in experiment::ALL {
        let definition = experiment.definition().unwrap();
        let said: Vec<&str> = definition.figures.iter().map(|figure| figure.name.as_str()).collect();
        let drawn: Vec<&str> = experiment.drawings.iter().map(|drawing| drawing.name).collect();
        assert_eq!(said, drawn, "{}", experiment.name);
    }
}

/// A gallery is written from the tables in its own folder, and a table that is missing is named.
#[test]
fn the_gallery_is_of_the_tables_in_its_folder() {
    let bench = Bench::with("ledger.json", &ledger().to_string());
    let complaint = bench.complaint(2, "report --gallery README.md --ledger ledger.json");
    assert!(complaint.contains("real_features.csv"), "{complaint}");
    let complaint = bench.complaint(2, "report --gallery a.md --splice b.md");
    assert!(complaint.contains("--gallery") && complaint.contains("--splice"), "{complaint}");
}

#[test]
fn a_document_without_both_marks_in_order_is_refused_and_left_alone() {
    let bench = Bench::with("ledger.json", &ledger().to_string());
    for document in [
        "no marks\n",
        "<!-- ledger -->\n",
        "<!-- /ledger -->\n<!-- ledger -->\n",
        "<!-- ledger --><!-- ledger --><!-- /ledger -->\n",
    ] {
        bench.write("README.md", document);
        let complaint = bench.complaint(2, "report --splice README.md --ledger ledger.json");
        assert!(complaint.contains("README.md") && complaint.contains("<!-- ledger -->"), "{complaint}");
        assert_eq!(read(&bench, "README.md"), document);
    }
    bench.write("README.md", DOCUMENT);
    bench.expect(0, "report --splice README.md --ledger ledger.json");
    assert_eq!(read(&bench, "README.md"), splice::spliced(DOCUMENT, &Record::read(ledger()).unwrap()).unwrap());
    bench.write("ledger.json", &ledger().to_string().replace("\"schema\":1", "\"schema\":2"));
    let complaint = bench.complaint(2, "report --splice README.md --ledger ledger.json");
    assert!(complaint.contains("ledger.json") && complaint.contains("schema"), "{complaint}");
}

#[test]
fn formulas_are_set_with_subscripts_and_superscripts() {
    for (text, expected) in [
        ("κ_{t+1} ≤ 1", "κ<sub>t+1</sub> ≤ 1"),
        ("C_{π_{t+1}/π_t}", "C<sub>π<sub>t+1</sub>/π<sub>t</sub></sub>"),
        ("n^(−1/2): 10^−4 and d^0.991.", "n<sup>(−1/2)</sup>: 10<sup>−4</sup> and d<sup>0.991</sup>."),
        ("2^12. F_2(0.5)", "2<sup>12</sup>. F<sub>2</sub>(0.5)"),
        ("y*_t < y^", "y*<sub>t</sub> &lt; y<sup></sup>"),
        ("rate_vs_n, E_x", "rate_vs_n, E<sub>x</sub>"),
        ("a_{b", "a<sub>{</sub>b"),
    ] {
        let mut markup = Markup::default();
        formula(&mut markup, text);
        assert_eq!(markup.finish(), expected);
    }
}

#[test]
fn every_claim_has_the_papers_words_and_no_words_are_without_a_claim() {
    for claim in papers::claims() {
        assert!(!printed(claim.id).is_empty(), "{} has no printed form", claim.id);
    }
    for paper in PAPERS {
        for (index, (name, text)) in paper.printed.iter().enumerate() {
            assert!(paper.claims().any(|claim| claim.id == *name || claim.number() == *name), "{name} is no claim");
            assert!(paper.printed[..index].iter().all(|(other, _)| other != name), "{name} stands there twice");
            assert!(!text.is_empty());
        }
    }
    // A part has its own words where there are some, else those of its number.
    assert_eq!(printed("C16.linear"), printed("C16"));
    assert_ne!(printed("C16.every-response"), printed("C16"));
    assert_eq!(printed("C160"), "");
}

/// The oracle for numbers of seconds is `date -u -d … +%s`.
#[test]
fn time_spans_know_leap_years() {
    assert_eq!(seconds_between("1970-01-01T00:00:00Z", "2026-11-24T12:23:21Z"), Some(EPOCH_OF_2026));
    assert_eq!(seconds_between("2028-02-28T23:59:59Z", "2028-03-01T00:00:00Z"), Some(86_401));
    assert_eq!(seconds_between("2100-02-28T00:00:00Z", "2100-03-01T00:00:00Z"), Some(86_400));
    assert_eq!(seconds_between("2026-11-24 12:23:21", "2026-11-24T12:23:21Z"), None);
    assert_eq!(span(36_061), "10:01:01");
}

const EPOCH_OF_2026: i64 = 1795523001;

#[test]
fn numbers_have_four_significant_digits() {
    for (value, text) in [
        (0.0, "0"),
        (0.5, "0.5"),
        (-2.923_4e-6, "-2.923e-6"),
        (350.249_9, "350.2"),
        (99_996.0, "1e5"),
        (12_345.0, "12345"),
        (0.001, "0.001"),
        (1e300, "1e300"),
        (2.0 / 3.0, "0.6667"),
    ] {
        assert_eq!(short(value), text);
    }
}
