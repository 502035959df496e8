//! `plot` with flags that say what is shown: points against `export`, bounds against `bound`, documents, and what is refused.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Read;

use selfreward::experiment::query::{self, Style};
use selfreward::experiment::{Table, generic};
use selfreward::plot::Figure;

use crate::study_common::{Bench, records};

/// Twelve cells of one part.
const GRID: &str = r#"
name = "grid"
[[part]]
name = "tabular"
[part.base.instance]
kind = "tabular"
prompts = 12
responses = 4
[part.base.process]
beta = 1.0
rounds = 2
[part.base.measure]
delta = [0.25, 0.5]
[part.grid]
"instance.bump" = [0.5, 1.0, 2.0]
"process.samples" = [16, 64, 256, 1024]
[part.full]
replicates = 4
[part.quick]
replicates = 3
"#;

const STORE: &str = "runs/grid-quick.sqlite";

fn computed() -> Bench {
    let bench = Bench::with("grid.toml", GRID);
    bench.expect(0, "run grid.toml --quick --out runs --quiet");
    bench
}

fn table(bench: &Bench, file: &str) -> Vec<BTreeMap<String, String>> {
    records(&fs::read_to_string(bench.path(file)).unwrap())
}

fn number(text: &str) -> f64 {
    text.parse().unwrap_or_else(|_| panic!("{text:?} is no number"))
}

/// Oracle: sums over the rows that `export` writes.
#[test]
fn points_are_means_over_the_replicates_of_one_cell() {
    let bench = computed();
    bench.expect(0, &format!("export {STORE} --csv rows --quiet"));
    let rows = table(&bench, "rows/rows.csv");
    bench.expect(
        0,
        &format!("plot {STORE} --x samples --y failure,entropy --delta 0.25,0.5 --by bump --name q --quiet"),
    );
    let points = table(&bench, "runs/q.csv");
    assert_eq!(points.len(), 12 * 3);
    for point in &points {
        let column = if point["quantity"] == "entropy" { "entropy [nats]" } else { &point["quantity"] };
        let of_cell = rows.iter().filter(|row| {
            number(&row["process.samples"]) == number(&point["x"])
                && format!("bump = {}", number(&row["instance.bump"])) == point["series"]
                && row["round"] == "2"
        });
        let values: Vec<f64> = of_cell.map(|row| number(&row[column])).collect();
        assert_eq!(values.len(), 3, "{point:?}");
        let mean = values.iter().sum::<f64>() / 3.0;
        assert!((number(&point["mean"]) - mean).abs() <= 1e-12 * mean.abs(), "{point:?}: {mean}");
        assert_eq!((point["t"].as_str(), point["replicates"].as_str()), ("2", "3"));
        // A share's interval exists whatever the values are, and holds the mean.
        if point["quantity"] != "entropy" {
            assert!(number(&point["lo"]) <= mean + 1e-12 && mean <= number(&point["hi"]) + 1e-12, "{point:?}");
        }
    }
    // Another round, and some of the cells.
    bench.expect(0, &format!("plot {STORE} --x samples --y drift --by bump --where t==1&&samples>16 --name r --quiet"));
    let points = table(&bench, "runs/r.csv");
    assert_eq!(points.len(), 9);
    for point in points {
        let same = |row: &&BTreeMap<String, String>| row["cell"] == point["cell"] && row["round"] == "1";
        let values: Vec<f64> = rows.iter().filter(same).map(|row| number(&row["drift"])).collect();
        assert!((number(&point["mean"]) - values.iter().sum::<f64>() / 3.0).abs() < 1e-12);
    }
}

#[test]
fn all_cells_are_drawn_however_many() {
    let bench = computed();
    bench.expect(0, &format!("plot {STORE} --y kappa_minus_one --by bump,samples --name all --quiet"));
    let points = table(&bench, "runs/all.csv");
    let series: BTreeSet<&str> = points.iter().map(|point| point["series"].as_str()).collect();
    let cells: BTreeSet<&str> = points.iter().map(|point| point["cell"].as_str()).collect();
    assert_eq!((series.len(), cells.len(), points.len()), (12, 12, 12 * 3));
    let svg = fs::read_to_string(bench.path("runs/all.svg")).unwrap();
    // Powers of two throughout are written as such.
    let powers = [("16", "2⁴"), ("64", "2⁶"), ("256", "2⁸"), ("1024", "2¹⁰")];
    let entry = |label: &str| {
        let (bump, samples) = label.split_once("samples = ").unwrap();
        let power = powers.iter().find(|(number, _)| *number == samples).unwrap().1;
        format!("{bump}samples = {power}\n")
    };
    assert!(series.iter().all(|label| svg.contains(&entry(label))), "each curve has its entry");
    // Without flags: four colours in three rows of panels.
    bench.expect(0, &format!("plot {STORE} --quiet"));
    let svg = fs::read_to_string(bench.path("runs/grid.svg")).unwrap();
    for label in
        ["bump = 0.5: condition", "bump = 1: condition", "bump = 2: condition", "samples = 2⁴", "samples = 2¹⁰"]
    {
        assert!(svg.contains(label), "{label}");
    }
    let curves =
        svg.lines().filter(|line| line.starts_with("<polyline") && line.contains("stroke-width=\"16\"")).count();
    assert!(curves >= 12 + 12, "twelve of kappa, twelve of drift, at least: {curves}");
    assert!(!svg.contains("the first"), "{svg:.600}");
}

/// Oracle: `selfreward bound` with the flags that stand in the table; and the constants by plain maxima over the exported rows.
#[test]
fn bounds_are_those_of_the_calculator() {
    let bench = computed();
    bench.expect(0, &format!("export {STORE} --csv rows --quiet"));
    let rows = table(&bench, "rows/rows.csv");
    let line =
        "--x samples --y failure,kappa_minus_one --delta 0.5 --by bump --bound one-step,recurrence --name b --quiet";
    bench.expect(0, &format!("plot {STORE} {line}"));
    let points = table(&bench, "runs/b.csv");
    assert_eq!(points.len(), 24);
    // Each call is a process: some of the points do.
    for point in points.iter().step_by(5) {
        let (bound, less) = if point["quantity"] == "failure_0.5" { ("one-step", 0.0) } else { ("recurrence", 1.0) };
        let flags = &point[&format!("{bound}_flags")];
        let answer: serde_json::Value =
            serde_json::from_str(&bench.expect(0, &format!("bound {bound} {flags} --json"))).unwrap();
        assert_eq!(number(&point[bound]), answer["value"].as_f64().unwrap() - less, "{bound} {flags}");
        assert_eq!(point[&format!("{bound}_vacuous")] == "yes", answer["vacuous"].as_bool().unwrap());
        let worst = |column: &str, round: &str, pick: fn(f64, f64) -> f64| {
            let fits = |row: &&BTreeMap<String, String>| row["cell"] == point["cell"] && row["round"] == round;
            rows.iter().filter(fits).map(|row| number(&row[column])).reduce(pick).unwrap()
        };
        let words: Vec<&str> = flags.split(' ').collect();
        let given = |flag: &str| number(words[words.iter().position(|word| *word == flag).expect(flag) + 1]);
        assert_eq!(given("--kappa"), worst("kappa", "1", f64::max));
        assert_eq!(given("--gamma"), worst("margin [nats]", "1", f64::min));
        assert_eq!(given("--epsilon"), worst("population_loss [nats²]", "2", f64::max).sqrt());
        assert_eq!(given("--concentrability"), worst("concentrability", "2", f64::max));
        assert_eq!(given("--beta"), 1.0);
    }
    // What no cell says is asked for, by name; what is given is used.
    let message = bench.complaint(2, &format!("plot {STORE} --x samples --y failure --by bump --bound iterative"));
    assert!(message.contains("class-size, range are missing"), "{message}");
    let set = "--bound iterative --bound-set class-size=100 --bound-set range=3 --name i --quiet";
    bench.expect(0, &format!("plot {STORE} --x samples --y failure --by bump {set}"));
    let point = &table(&bench, "runs/i.csv")[0];
    let answer = bench.expect(0, &format!("bound iterative {} --json", point["iterative_flags"]));
    let answer: serde_json::Value = serde_json::from_str(&answer).unwrap();
    assert_eq!(number(&point["iterative"]), answer["value"].as_f64().unwrap());
    assert!(point["iterative_flags"].contains("--class-size 100 --range 3"), "{point:?}");
}

#[test]
fn what_cannot_be_shown_is_refused_with_what_would_help() {
    let bench = computed();
    let before = fs::read_dir(bench.path("runs")).unwrap().count();
    for (line, words) in [
        ("--x samples --y failure", vec!["instance.bump (0.5, 1, 2)", "--by instance.bump", "--facet instance.bump"]),
        ("--y failure --by bump", vec!["process.samples (16, 64, 256, 1024)", "--by process.samples"]),
        ("--x samples --y failure --by bump --where t>=1", vec!["t (1, 2)", "--by t"]),
        ("--x nothing --y failure", vec!["--x = nothing", "process.samples"]),
        ("--x sampels --by bump", vec!["--x = sampels", "the nearest is process.samples"]),
        ("--y failures", vec!["--y = failures", "the nearest is failure"]),
        ("--y step_gain", vec!["--y = step_gain"]),
        ("--y correct_probability", vec!["--y = correct_probability", "measure.also"]),
        ("--y accuracy --by bump,samples", vec!["--y = accuracy", "defined in none"]),
        ("--y failure --delta 0.3", vec!["--delta = 0.3", "0.25, 0.5"]),
        ("--y drift --delta 0.5", vec!["--delta = 0.5", "depends on no delta"]),
        ("--y drift --level 3", vec!["--level = 3", "depends on no level"]),
        ("--y drift,drift", vec!["--y = drift", "twice"]),
        ("--x samples --by samples", vec!["--by = process.samples"]),
        ("--where samples==65", vec!["--where = process.samples == 65", "16, 64, 256, 1024", "nearest is 64"]),
        ("--where samples=64", vec!["--where = samples=64", "=="]),
        ("--where t==3", vec!["--where = t == 3"]),
        ("--where t==1||t==2", vec!["--where", "joined by `and`"]),
        ("--x part --by bump,samples --log x", vec!["--log = x", "holds words"]),
        ("--bound one-steps --by bump,samples", vec!["--bound = one-steps", "the nearest is one-step"]),
        ("--y drift --by bump,samples --bound one-step", vec!["--bound = one-step", "--y failure"]),
        ("--y failure --by bump,samples --bound one-step --where t==0", vec!["--bound = one-step", "at least 1"]),
        ("--y failure --bound one-step --bound-set nothing=1", vec!["--bound-set", "flag = nothing"]),
        ("--y failure --bound one-step --bound-set rho=0.1", vec!["--bound-set = rho", "kappa, gamma, epsilon, beta"]),
        ("--y failure --bound one-step --bound-set beta=1..2:3", vec!["--bound-set", "one number"]),
        ("--width 3", vec!["--width = 3", "3.25in"]),
        ("--width 1in --by bump,samples", vec!["--width = 96px", "room"]),
        ("--width 3in --height 1in --by bump,samples", vec!["--height = 96px", "room"]),
        ("--name a/b", vec!["--name", "without folder"]),
    ] {
        let message = bench.complaint(2, &format!("plot {STORE} {line} --quiet"));
        assert!(words.iter().all(|word| message.contains(word)), "{line}: {message}");
        assert_eq!(message.trim_end().lines().count(), 1, "{line}: {message}");
    }
    assert_eq!(fs::read_dir(bench.path("runs")).unwrap().count(), before, "nothing was written");
}

#[test]
fn a_table_gives_the_figure_again_and_is_replaced_by_its_like_alone() {
    let bench = computed();
    let line = format!("plot {STORE} --x samples --y failure --by bump --log xy --width 3.25in --quiet");
    bench.expect(0, &line);
    let name = "runs/grid-quick-failure_0.25-by-samples-bump";
    let read = |ending: &str| fs::read(bench.path(&format!("{name}{ending}"))).unwrap();
    let (svg, csv) = (read(".svg"), read(".csv"));
    fs::remove_file(bench.path(&format!("{name}.svg"))).unwrap();
    bench.expect(0, &format!("plot {name}.csv --quiet"));
    assert!(read(".svg") == svg && read(".csv") == csv, "the table says all of the figure");
    // What looks otherwise lies beside it.
    bench.expect(0, &format!("plot {name}.csv --title Mine --quiet"));
    assert!(read(".svg") == svg && String::from_utf8(read("-titled.svg")).unwrap().contains("Mine"));
    bench.complaint(2, &format!("plot {name}.csv --y drift"));
    // The same again is the same; something else under its name is not.
    bench.expect(0, &line);
    assert!(read(".svg") == svg);
    let other = format!("plot {STORE} --x samples --y drift --by bump --name grid-quick-failure_0.25-by-samples-bump");
    assert!(bench.complaint(2, &other).contains("--name gives another name"));
    assert!(read(".csv") == csv);
}

#[test]
fn runs_without_a_store_are_sources_too() {
    let config = "[instance]\nkind = 'tabular'\nprompts = 8\nresponses = 3\n[process]\nbeta = 1.0\nrounds = 2\n\
                  [run]\nreplicates = 3\nseed = 5\n";
    let bench = Bench::with("c.toml", config);
    bench.expect(0, "simulate --config c.toml --set process.samples=16 --out few --quiet");
    bench.expect(0, "simulate --config c.toml --set process.samples=512 --out many --quiet");
    bench.expect(0, "plot few many/trajectory.csv --y drift --out drawn --name both --quiet");
    let points = table(&bench, "drawn/both.csv");
    let labels: BTreeSet<(&str, &str)> =
        points.iter().map(|point| (point["series"].as_str(), point["process.samples"].as_str())).collect();
    assert_eq!(labels.into_iter().collect::<Vec<_>>(), [("few", "16"), ("many", "512")]);
    let means = records(&fs::read_to_string(bench.path("few/trajectory.csv")).unwrap());
    for (point, row) in points.iter().zip(&means) {
        assert_eq!((&point["x"], &point["mean"], &point["hi"]), (&row["t"], &row["drift_mean"], &row["drift_hi"]));
    }
    // By the key in which they differ; and one alone without any flag.
    bench.expect(0, "plot few many --x samples --y drift --by part --where t==2 --out drawn --name by --quiet");
    assert_eq!(table(&bench, "drawn/by.csv").len(), 2);
    bench.expect(0, "plot few --quiet");
    assert!(bench.path("few/few-rounds-by-t.svg").is_file());
    assert!(bench.complaint(2, "plot few few/trajectory.csv --y drift").contains("no source twice"));
    assert!(bench.complaint(2, "plot few --y failure --bound one-step").contains("--bound"));
}

/// Oracle: the number of replicates, and which quantities have an upper end.
#[test]
fn panels_say_where_an_interval_is_missing_and_rounds_are_whole() {
    let few = GRID.replace("\"process.samples\" = [16, 64, 256, 1024]\n", "");
    let bench = Bench::with("grid.toml", &few);
    bench.expect(0, "run grid.toml --quick --out runs --quiet");
    bench.expect(0, &format!("plot {STORE} --quiet"));
    bench.expect(0, &format!("plot {STORE} --y kappa,drift --by bump --name q --quiet"));
    bench.expect(0, &format!("plot {STORE} --y kappa --by bump --where t>=1 --log x --name l --quiet"));
    bench.expect(0, &format!("plot {STORE} --y drift --by bump --name d --quiet"));
    let read =
        |file: &str| Table::parse(&fs::read_to_string(bench.path(&format!("runs/{file}.csv"))).unwrap()).unwrap();
    let ticks = |figure: &Figure| figure.panels[0].x.ticks.iter().map(|(_, text)| text.clone()).collect::<Vec<_>>();
    let usual = generic::figure("grid", &read("grid")).unwrap();
    let asked = |file: &str| query::figure(&read(file), &Style::default()).unwrap();
    assert_eq!(ticks(&usual), ["0", "1", "2"]);
    assert_eq!(ticks(&asked("q")), ["0", "1", "2"]);
    assert_eq!(ticks(&asked("l")), ["1", "2"]);
    // One part alone tells nothing from anything.
    let labels: Vec<_> = usual.panels[0].series.iter().map(|curve| curve.label.clone().unwrap()).collect();
    assert_eq!(labels, ["bump = 0.5", "bump = 1", "bump = 2"]);
    // At t = 0 one instance has the same κ in all three replicates, which is exact; a share has ends whatever is measured.
    let note = "no interval at 6 of 9 points: too few replicates";
    let notes = |figure: &Figure| figure.panels.iter().map(|panel| panel.notes.clone()).collect::<Vec<_>>();
    assert_eq!(notes(&usual), [vec![note.to_owned()], vec![], vec![]]);
    assert_eq!(notes(&asked("q")), [vec![note.to_owned()], vec![]]);
    assert_eq!(notes(&asked("l")), [["no interval: too few replicates"]]);
    let said = |file: &str| asked(file).subtitle.unwrap();
    assert_eq!(said("q"), "Means over 3 replicates, with 95% intervals of drift");
    assert_eq!(said("l"), "t ≥ 1; means over 3 replicates");
    assert_eq!(said("d"), "Means over 3 replicates, with 95% intervals");
}

/// The streams of a PDF, decompressed: each is as long as it says, and ends where it should.
fn streams(pdf: &[u8]) -> Vec<Vec<u8>> {
    let find = |from: usize, what: &[u8]| pdf[from..].windows(what.len()).position(|at| at == what).map(|at| from + at);
    let (mut found, mut from) = (Vec::new(), 0);
    while let Some(at) = find(from, b"<< /Length ") {
        let start = find(at, b">>\nstream\n").unwrap() + 10;
        let entries = String::from_utf8_lossy(&pdf[at..start]).into_owned();
        let length: usize = entries.split(' ').nth(2).unwrap().parse().unwrap();
        assert!(entries.contains("/Filter /FlateDecode"), "{entries}");
        from = start + length;
        assert!(pdf[from..].starts_with(b"\nendstream"), "{entries}");
        let mut stream = Vec::new();
        flate2::read::ZlibDecoder::new(&pdf[start..from]).read_to_end(&mut stream).unwrap();
        found.push(stream);
    }
    found
}

/// The streams that are text: the page's operators, the table of characters.
fn operators(pdf: &[u8]) -> String {
    streams(pdf).into_iter().filter_map(|stream| String::from_utf8(stream).ok()).collect::<Vec<_>>().join("\n")
}

/// The text of a page, as a reader of PDF finds it: numbers of glyphs through the document's own table of characters.
fn page_text(pdf: &[u8]) -> Vec<String> {
    let text = operators(pdf);
    let blocks = text.split("beginbfchar\n").skip(1).map(|block| block.split("endbfchar").next().unwrap());
    let code = |hex: &str| u16::from_str_radix(hex.trim_matches(['<', '>']), 16).unwrap();
    let characters: BTreeMap<u16, String> = blocks
        .flat_map(str::lines)
        .filter_map(|line| line.split_once(' '))
        .map(|(glyph, c)| (code(glyph), String::from_utf16(&[code(c)]).unwrap()))
        .collect();
    // A text with scripts is shown in several parts.
    let parts = |line: &str| line.split('<').skip(1).map(|part| part.split('>').next().unwrap()).collect::<String>();
    let shown = text.lines().filter(|line| line.starts_with("BT ")).map(parts);
    let word = |hex: String| {
        let glyphs = hex.as_bytes().chunks(4).map(|digits| code(std::str::from_utf8(digits).unwrap()));
        glyphs.map(|glyph| characters[&glyph].clone()).collect()
    };
    shown.map(word).collect()
}

#[test]
fn a_pdf_has_its_size_its_font_and_its_text() {
    let bench = computed();
    let line = "--x samples --y failure,drift --by bump --title Überschrift --width 3.25in --name p --quiet";
    bench.expect(0, &format!("plot {STORE} {line}"));
    let pdf = fs::read(bench.path("runs/p.pdf")).unwrap();
    let text = String::from_utf8_lossy(&pdf).into_owned();
    assert!(text.starts_with("%PDF-1.7") && text.ends_with("%%EOF\n"));
    // 3.25 inches of 72 points.
    assert!(text.contains("/MediaBox [0 0 234 "), "{text:.300}");
    assert!(text.contains("/FontFile2") && text.contains("+DejaVuSans") && !text.contains("CreationDate"));
    let words = page_text(&pdf);
    for word in ["Überschrift", "process.samples", "bump = 0.5", "failure rate F(0.25)", "drift P[y*ₜ ≠ y*₀]"] {
        assert!(words.iter().any(|shown| shown == word), "{word}: {words:?}");
    }
    // Sizes are in pixels of 3/4 point: none is below 6 points as printed.
    let page = operators(&pdf);
    let sizes =
        page.lines().filter_map(|line| line.split_once("/F0 ")?.1.split_once(" Tf").map(|(size, _)| number(size)));
    assert!(sizes.map(|size| 0.75 * size).fold(f64::INFINITY, f64::min) >= 6.0);
    // Where every object begins.
    let start: usize = text.rsplit("startxref\n").next().unwrap().lines().next().unwrap().parse().unwrap();
    assert!(pdf[start..].starts_with(b"xref\n"));
    let entries = String::from_utf8_lossy(&pdf[start..]).into_owned();
    for (index, entry) in entries.lines().filter(|line| line.ends_with(" 00000 n ")).enumerate() {
        let at: usize = entry[..10].parse().unwrap();
        assert!(pdf[at..].starts_with(format!("{} 0 obj\n", index + 1).as_bytes()), "{entry}");
    }
    bench.expect(0, &format!("plot {STORE} {line}"));
    assert!(fs::read(bench.path("runs/p.pdf")).unwrap() == pdf, "the same again has the same bytes");
    // Figures without flags have one, too.
    bench.expect(0, &format!("plot {STORE} --quiet"));
    assert!(page_text(&fs::read(bench.path("runs/grid.pdf")).unwrap()).iter().any(|shown| shown == "round t"));
}
