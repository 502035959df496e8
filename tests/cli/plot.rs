//! `plot`, `report` and `verify --from` on definitions of one's own under an experiment's name, and on tables that someone edited.

use std::fs;

use crate::study_common::Bench;

/// A definition that bears an experiment's name and is another.
const NAMESAKE: &str = r#"
name = "rate_vs_n"
[[part]]
name = "erm"
[part.base.instance]
kind = "tabular"
responses = 3
[part.base.process]
beta = 1.0
rounds = 2
[part.base.measure]
delta = [0.5]
[part.grid]
"instance.prompts" = [4, 8]
[part.full]
replicates = 3
[part.quick]
replicates = 2
"#;

#[test]
fn a_definition_of_ones_own_under_an_experiments_name_is_drawn_as_ones_own() {
    let bench = Bench::with("rate_vs_n.toml", NAMESAKE);
    bench.expect(0, "run rate_vs_n.toml --quick --out runs --quiet");
    let said = bench.complaint(0, "plot runs/rate_vs_n-quick.sqlite --out drawn");
    assert!(said.contains("part `hard-worst` is missing"), "{said}");
    let mut files: Vec<_> = fs::read_dir(bench.path("drawn")).unwrap().map(|file| file.unwrap().file_name()).collect();
    files.sort();
    assert_eq!(files, ["rate_vs_n.csv", "rate_vs_n.pdf", "rate_vs_n.png", "rate_vs_n.svg"]);
    let svg = fs::read(bench.path("drawn/rate_vs_n.svg")).unwrap();
    // An experiment has a drawing of this very name: the table decides.
    fs::rename(bench.path("drawn/rate_vs_n.csv"), bench.path("drawn/hard_instance.csv")).unwrap();
    bench.expect(0, "plot drawn/hard_instance.csv");
    assert!(bench.path("drawn/hard_instance.svg").is_file() && !svg.is_empty());
}

#[test]
fn a_report_says_that_a_store_is_not_the_experiments() {
    let bench = Bench::with("rate_vs_n.toml", NAMESAKE);
    bench.expect(0, "run rate_vs_n.toml --quick --out runs --quiet");
    bench.expect(0, "report runs/rate_vs_n-quick.sqlite --quiet");
    let page = fs::read_to_string(bench.path("report/report.html")).unwrap();
    assert!(page.contains("is no store of the built-in experiment rate_vs_n: part `hard-worst` is missing"));
    assert!(page.contains("It is weighed as one of someone"));
    let markdown = fs::read_to_string(bench.path("report/report.md")).unwrap();
    assert!(
        markdown.contains("selfreward run rate\\_vs\\_n.toml") || markdown.contains("selfreward run rate_vs_n.toml")
    );
}

#[test]
fn verify_takes_a_store_that_only_bears_an_experiments_name_as_ones_own() {
    let bench = Bench::with("rate_vs_n.toml", NAMESAKE);
    bench.expect(0, "run rate_vs_n.toml --quick --out runs --quiet");
    let output = bench.run("verify C18 --from runs/rate_vs_n-quick.sqlite");
    let message = String::from_utf8(output.stderr).unwrap();
    let said = ["warning: ", "rate_vs_n-quick.sqlite", "part `hard-worst` is missing", "as a store of one's own"];
    assert!(said.iter().all(|word| message.contains(word)), "{message}");
    let table = String::from_utf8(output.stdout).unwrap();
    assert!(table.contains("\nrate_vs_n (quick, seed 1), all its parts\n"), "{table}");
}

#[test]
fn a_table_that_cannot_be_drawn_is_refused_in_a_line() {
    let bench = Bench::with("hard_instance.csv", "kappa0,t,samples\n");
    let refused = |name: &str, content: &str, word: &str| {
        fs::write(bench.path(name), content).unwrap();
        let message = bench.complaint(2, &format!("plot {name}"));
        assert!(message.contains(name) && message.contains(word), "{message}");
        assert_eq!(message.trim_end().lines().count(), 1, "{message}");
    };
    refused("hard_instance.csv", "kappa0,t,samples\n", "holds no rows");
    refused("hard_instance.csv", "kappa0,t,samples\n2,1,16\n", "replicates");
    refused("hard_instance.csv", "", "holds no rows");
    refused("hard_instance.csv", "a,b\n1\n", "line 2, column 1: a row of 1 cell");
    refused("rate_vs_n_hard.csv", "part,rounds\nhard-worst,1\n", "cannot be drawn");
    refused("mine.csv", "a,b\n1,2\n", "no table beside a figure");
}

#[test]
fn a_file_with_any_name_is_drawn() {
    let definition = NAMESAKE
        .replace("rate_vs_n", "p")
        .replace("kind = \"tabular\"\nresponses = 3", "kind = \"npz\"")
        .replace("\"instance.prompts\" = [4, 8]", "\"instance.path\" = [\"数据.npz\", \"<&>🙂 e\\u0301.npz\"]");
    let bench = Bench::with("p.toml", &definition);
    let data = concat!(env!("CARGO_MANIFEST_DIR"), "/data/docqa_minilm.npz");
    for name in ["数据.npz", "<&>🙂 e\u{301}.npz"] {
        fs::copy(data, bench.path(name)).unwrap();
    }
    bench.expect(0, "run p.toml --quick --out runs --quiet");
    bench.expect(0, "plot runs/p-quick.sqlite --out drawn --quiet");
    let svg = fs::read_to_string(bench.path("drawn/p.svg")).unwrap();
    assert!(svg.contains("path = □□.npz") && svg.contains("&lt;&amp;&gt;□"), "{svg:.2000}");
    assert!(bench.path("drawn/p.png").is_file());
}
