//! What a reader of the report's page meets: profiles, contents, violated and printed statements, symbols, papers, names of series, texts for
//! those who do not see figures, and commands that work when they are pasted.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::LazyLock;

use crate::report::assert_balanced;
use crate::study_common::{Bench, PROBE};
use selfreward::metrics;
use selfreward::papers::{self, Reference, reference::software};
use selfreward::plot::{Axis, Figure, Heatmap, Panel, Series, Style};
use selfreward::report::html::prose::{self, Addresses};
use selfreward::report::markup::{Markup, escaped};
use selfreward::report::symbols::SYMBOLS;
use selfreward::report::{alt, naming};
use serde_json::Value;

/// The page of [`quick`].
static PAGE: LazyLock<String> = LazyLock::new(|| quick().1);

/// A folder with the quick rows of an experiment of a second, and its page.
fn quick() -> (Bench, String) {
    let bench = Bench::with("probe.toml", PROBE);
    bench.expect(0, "run real_spectrum --quick --quiet");
    bench.expect(0, "report runs/real_spectrum-quick.sqlite --quiet");
    let page = read(&bench, "report/report.html");
    (bench, page)
}

fn read(bench: &Bench, name: &str) -> String {
    fs::read_to_string(bench.path(name)).unwrap()
}

/// What stands between two texts, each time.
fn between<'a>(page: &'a str, begin: &str, end: &str) -> Vec<&'a str> {
    page.split(begin).skip(1).map(|rest| rest.split(end).next().unwrap()).collect()
}

/// What stands in the page's one element of this name.
fn inside(element: &str) -> &'static str {
    let [text] = between(&PAGE, &format!("<{element}>"), &format!("</{element}>"))[..] else { panic!("{element}") };
    text
}

/// The text of markup that holds no elements.
fn text(markup: &str) -> String {
    let signs = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")];
    signs.iter().fold(markup.to_owned(), |text, (name, sign)| text.replace(name, sign))
}

/// Oracles: the definition's own text, and the profile that the store was run with.
#[test]
fn prose_of_the_full_profile_stands_beside_full_rows_alone() {
    let analysis = "The three regimes of Assumption G.3";
    let (bench, page) = quick();
    let definition = selfreward::experiment::find("real_spectrum").unwrap().definition().unwrap();
    let figures = &definition.figures;
    assert!(!figures.is_empty() && definition.analysis.contains(analysis));
    let count = |page: &str, profile: &str| page.matches(&format!("class=\"profile {profile}\"")).count();
    // The header, the chapter, and each figure.
    assert_eq!((count(&page, "quick"), count(&page, "full")), (2 + figures.len(), 0));
    assert!(!page.contains(analysis) && page.contains("experiments/definitions/real_spectrum.toml"));
    assert!(figures.iter().all(|figure| !page.contains("class=\"caption\"") && !page.contains(&escaped(&figure.alt))));
    let markdown = read(&bench, "report/report.md");
    assert!(
        !markdown.contains("three regimes of Assumption") && markdown.contains("All rows are of the quick profile.")
    );

    bench.expect(0, "run real_spectrum --full --quiet");
    bench.expect(0, "report runs/real_spectrum-full.sqlite --quiet");
    let page = read(&bench, "report/report.html");
    assert_eq!((count(&page, "quick"), count(&page, "full")), (0, 2 + figures.len()));
    assert!(page.contains(analysis) && !page.contains("experiments/definitions/real_spectrum.toml"));
    assert!(figures.iter().all(|figure| page.contains(&format!("aria-label=\"{}", escaped(&figure.alt)))));
    assert_eq!(page.matches("class=\"caption\"").count(), figures.len());

    // A definition of one's own says what it says of the rows that one has.
    bench.expect(0, "run probe.toml --quick --quiet");
    bench.expect(0, "report runs/probe-quick.sqlite --quiet");
    assert!(read(&bench, "report/report.html").contains("A probe of the harness."));
}

/// A shell is the oracle: in the folder of a clean clone, with the program where the first command puts it, all commands work, in their order
/// and a second time.
#[cfg(unix)]
#[test]
fn commands_on_the_page_work_one_after_another() {
    use std::os::unix::fs::symlink;
    let bench = Bench::with("probe.toml", PROBE);
    bench.expect(0, "run real_spectrum --quick --out elsewhere --quiet");
    bench.expect(0, "run probe.toml --quick --seed 7 --out elsewhere --quiet");
    bench.expect(0, "report elsewhere/real_spectrum-quick.sqlite elsewhere/probe-quick.sqlite --quiet");
    let page = read(&bench, "report/report.html");
    let blocks = between(&page, "<p class=\"commands\">", "</p>");
    let commands: Vec<String> = blocks.iter().flat_map(|block| between(block, "<code>", "</code>")).map(text).collect();
    assert!(commands.len() >= 9, "{commands:?}");
    assert!(commands.iter().all(|command| !command.contains("elsewhere")), "{commands:?}");
    assert!(commands[0].starts_with("cargo build --release --locked --bin selfreward"), "{commands:?}");

    let clone = bench.path("clone");
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    fs::create_dir_all(clone.join("target/release")).unwrap();
    fs::copy(bench.path("probe.toml"), clone.join("probe.toml")).unwrap();
    symlink(root.join("data"), clone.join("data")).unwrap();
    symlink(env!("CARGO_BIN_EXE_selfreward"), clone.join("target/release/selfreward")).unwrap();
    // The program is built already. Verdicts may contradict or stay open: exit codes 3 and 4 are answers.
    let lines: Vec<String> = commands[1..].iter().map(|line| format!("{line} || test $? -ge 3 || exit 9\n")).collect();
    for time in ["the first time", "a second time"] {
        let output = Command::new("sh").args(["-c", &lines.concat()]).current_dir(&clone).output().unwrap();
        assert!(output.status.success(), "{time}: {}", String::from_utf8_lossy(&output.stderr));
    }
    assert!(clone.join("runs/reproduce-quick/real_spectrum-quick.sqlite").is_file());
    assert!(clone.join("report/report.html").is_file());
}

#[test]
fn a_full_report_is_one_command_and_its_help_says_how_long_it_takes() {
    let bench = Bench::with("probe.toml", PROBE);
    let help = bench.expect(0, "report --help").split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(help.contains("--full") && help.contains("how long this takes is said at its start"), "{help}");
    let complaint = bench.complaint(2, "report --full runs/probe-quick.sqlite");
    assert!(complaint.contains("--full"), "{complaint}");
}

/// Every link on the page leads somewhere, and no two places have one name.
#[test]
fn links_lead_to_places_on_the_page() {
    let page: &str = &PAGE;
    assert_balanced(page);
    let ids = between(page, " id=\"", "\"");
    let places: BTreeSet<&str> = ids.iter().copied().collect();
    assert_eq!(ids.len(), places.len(), "a name twice");
    let links = between(page, "href=\"#", "\"");
    assert!(links.len() > 100, "{}", links.len());
    let lost: Vec<&&str> = links.iter().filter(|link| !places.contains(*link)).collect();
    assert_eq!(lost, Vec::<&&str>::new());
    // The contents name every section of the page, in its order.
    let nav = page.split("<nav ").nth(1).unwrap().split("</nav>").next().unwrap();
    let sections: Vec<&str> = between(page, "<section id=\"", "\"");
    assert_eq!(between(nav, "href=\"#", "\""), sections);
    assert_eq!(sections[..5], ["found", "violated", "ledger", "printed", "symbols"]);
}

/// Oracles: the ledger as JSON, and the papers' tables of printed statements.
#[test]
fn violated_statements_come_first_and_printed_ones_stand_beside_verdicts() {
    let (bench, page) = quick();
    let output = bench.run("verify --from runs/real_spectrum-quick.sqlite --json");
    let ledger: Value = serde_json::from_slice(&output.stdout).unwrap();
    let claims = ledger["claims"].as_array().unwrap();
    let violated = claims.iter().filter(|claim| claim["verdict"] == "violated");
    let violated: Vec<&str> = violated.map(|claim| claim["id"].as_str().unwrap()).collect();
    assert!(!violated.is_empty());
    let cards = page.split("<div class=\"card\"").skip(1).map(|card| card.split("</div>").next().unwrap());
    let cards: Vec<&str> = cards.collect();
    assert_eq!(cards.iter().map(|card| between(card, "data-violated=\"", "\"")[0]).collect::<Vec<_>>(), violated);
    let set = |formula: &str| {
        let mut markup = Markup::default();
        selfreward::report::html::formula(&mut markup, formula);
        markup.finish()
    };
    for (id, card) in violated.iter().zip(&cards) {
        for quoted in papers::quoted(id) {
            assert!(card.contains(&set(quoted.says)), "{id}: {}", quoted.says);
        }
    }
    let section = page.split("<section id=\"printed\"").nth(1).unwrap().split("</section>").next().unwrap();
    for quoted in papers::PAPERS.iter().flat_map(|paper| paper.quoted) {
        let weighed: Vec<&Value> =
            claims.iter().filter(|claim| quoted.claims.iter().any(|id| claim["id"] == *id)).collect();
        let says = set(quoted.says);
        let Some(row) = section.split("<tr>").find(|row| row.contains(&says) && row.contains(&escaped(quoted.place)))
        else {
            assert!(weighed.is_empty(), "{} is not shown", quoted.place);
            continue;
        };
        for claim in weighed {
            let link = format!("href=\"#claim-{}\"", claim["id"].as_str().unwrap());
            let verdict = row.split(&link).nth(1).unwrap_or_else(|| panic!("{link} is not in {row}"));
            assert!(verdict.split("</a>").next().unwrap().contains(claim["verdict"].as_str().unwrap()), "{row}");
        }
    }
}

/// The oracle is the list of measured quantities.
#[test]
fn columns_of_symbols_are_measured_and_no_sign_has_two_meanings() {
    let known: Vec<&str> = metrics::every_quantity().map(|quantity| quantity.name).collect();
    for symbol in SYMBOLS {
        assert!(symbol.column.is_empty() || known.contains(&symbol.column), "{} is not measured", symbol.column);
        assert_eq!(SYMBOLS.iter().filter(|other| other.sign == symbol.sign).count(), 1, "{}", symbol.sign);
    }
    let of = |column: &str| SYMBOLS.iter().find(|symbol| symbol.column == column).map(|symbol| symbol.sign);
    assert_eq!((of("kappa"), of("margin"), of("failure")), (Some("κ_t"), Some("γ_t"), Some("F_t(δ)")));
}

/// The oracle is `selfreward cite`.
#[test]
fn papers_are_linked_and_cited() {
    let (bench, page) = (Bench::with("probe.toml", PROBE), &PAGE);
    for key in ["fu2026", "huang2024"] {
        let paper = selfreward::papers::reference::REFERENCES.iter().find(|paper| paper.key == key).unwrap();
        let Reference { arxiv, title, .. } = paper;
        assert!(page.contains(&format!("<a href=\"https://arxiv.org/abs/{arxiv}\"")), "{key}");
        assert!(page.contains(&escaped(title)), "{key}");
        let entry = bench.expect(0, &format!("cite {key}"));
        assert!(page.contains(&escaped(&paper.bibtex())) && entry.contains(&paper.bibtex()), "{key}");
    }
    assert!(page.contains(&escaped(&software())));
}

fn panels() -> Figure {
    let line = |style, color| Series::unlabelled(style, color, [(1.0, 0.5), (2.0, 0.25), (4.0, f64::NAN)]);
    let named = |name: &str, style, color| Series { label: Some(name.to_owned()), ..line(style, color) };
    let axes = || (Axis::log("samples"), Axis::linear("failure rate"));
    let panel = |title: &str| Panel::new(title, axes().0, axes().1);
    Figure::new("Two panels")
        .panel(panel("left").series(named("measured", Style::Markers, 0)).series(named("bound", Style::Dashed, 0)))
        .panel(
            panel("right")
                .series(line(Style::LineMarkers, 0))
                .series(line(Style::Line, 0))
                .series(line(Style::Dotted, 3)),
        )
}

/// What has no entry in its own legend is called as its like elsewhere: marks as marks, lines as lines.
#[test]
fn series_without_a_label_are_called_as_their_like() {
    let figure = panels();
    let names: Vec<String> = (0..3).map(|series| naming::name(&figure, 1, series)).collect();
    assert_eq!(names, ["measured", "bound", "right"]);
    let measured = figure.panels[1].series.iter().map(naming::is_measured).collect::<Vec<_>>();
    assert_eq!(measured, [true, false, false]);
}

#[test]
fn figures_are_told_in_words() {
    let text = alt::text(&panels());
    let expected = "Two panels. 2 panels. left: failure rate against samples (logarithmic); measured falls from 0.5 at 1 to 0.25 at 2; \
                    bound falls from 0.5 at 1 to 0.25 at 2. right: measured falls from 0.5 at 1 to 0.25 at 2; \
                    bound falls from 0.5 at 1 to 0.25 at 2; right falls from 0.5 at 1 to 0.25 at 2.";
    assert_eq!(text, expected);
    let heatmap = Heatmap {
        x: vec![0.0, 1.0],
        y: vec![0.0],
        values: vec![vec![f64::NAN, 3.0]],
        label: "drift".to_owned(),
        ..Heatmap::default()
    };
    let rising = Series::new("up", Style::Line, 1, [(1.0, 2.0), (0.0, 1.0)]);
    let flat = Series::new("flat", Style::Line, 2, [(0.0, 1.0), (1.0, 1.0)]);
    let axis = Axis::linear("loop").categories(["first", "second"]);
    let panel = Panel::new("", axis, Axis::linear("")).heatmap(heatmap).series(rising).series(flat);
    assert_eq!(
        alt::text(&Figure::new("Map?").panel(panel)),
        "Map? value against loop; in colours drift, from 3 to 3; up rises from 1 at first to 2 at second; \
         flat goes from 1 at first to 1 at second."
    );
}

struct Known;

impl Addresses for Known {
    fn link(&self, address: &str) -> Option<String> {
        (address == "theory.md").then(|| "#theory".to_owned())
    }

    fn image(&self, address: &str) -> Option<String> {
        address.ends_with("known.png").then(|| "figure-known".to_owned())
    }
}

/// Oracle: what the rules of Markdown make of each, with formulas set and addresses as they are known.
#[test]
fn documents_are_set_as_markdown_says() {
    for (markdown, expected) in [
        ("# Title\n\nA *word* of\n**two** lines.", "<p>A <em>word</em> of <strong>two</strong> lines.</p>\n"),
        ("y\\*\\_t and y\\*_t", "<p>y*<sub>t</sub> and y*<sub>t</sub></p>\n"),
        ("## 1. Head", "<h3>1. Head</h3>\n"),
        (
            "- one\n<!-- numbers -->\n- two\n  goes on\n<!-- /numbers -->\n\nEnd",
            "<ul><li>one</li>\n<li>two goes on</li>\n</ul>\n<p>End</p>\n",
        ),
        ("1. a\n2. b", "<ol><li>a</li>\n<li>b</li>\n</ol>"),
        ("[here](theory.md) and [there](no.md)", "<p><a href=\"#theory\">here</a> and there</p>\n"),
        (
            "![seen](../known.png)![lost](lost.png)",
            "<p><a href=\"#figure-known\" class=\"to-figure\">Figure: seen</a></p>\n",
        ),
        ("```sh\na <b> | c\n```", "<pre class=\"shell\"><code>a &lt;b&gt; | c</code></pre>"),
        (
            "| a | b |\n| --- | --- |\n| x \\| y | `z` |",
            "<table><tr><th>a</th><th>b</th></tr>\n<tr><td>x | y</td><td><code>z</code></td></tr>\n</table>\n",
        ),
        ("<a id=\"here\"></a>\n\n<b>no</b>", "<p><span id=\"found-here\"></span></p>\n<p>&lt;b&gt;no&lt;/b&gt;</p>\n"),
        ("> said\n> so", "<blockquote><p>said so</p>\n</blockquote>"),
        ("2 * 3 * 4 and `unclosed", "<p>2 * 3 * 4 and `unclosed</p>\n"),
    ] {
        let mut markup = Markup::default();
        prose::document(&mut markup, markdown, &Known);
        assert_eq!(markup.finish(), expected, "{markdown}");
    }
}

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
    for (text, newer) in [(inside("style"), &style[..]), (inside("script"), &script[..])] {
        for feature in newer {
            assert!(!text.contains(feature), "{feature}");
        }
    }
}

/// Every colour that is used has a plain value, in both modes.
#[test]
fn every_variable_has_a_value_in_both_modes() {
    let style = inside("style");
    let (light, rest) = style.split_once("@media screen and").unwrap();
    let (system, rest) = rest.split_once("@media screen {").unwrap();
    let (button, _) = rest.split_once("* {").unwrap();
    let used = style.split("var(").skip(1).filter_map(|rest| rest.split(')').next());
    // One with a value to fall back on is a length.
    let used: Vec<&str> = used.filter(|name| !name.contains(',')).collect();
    assert!(used.len() > 20);
    for name in used {
        for mode in [light, system, button] {
            assert!(mode.contains(&format!("{name}: #")), "{name}");
        }
    }
}
