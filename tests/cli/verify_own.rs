//! Claims on stores of one's own definitions: `verify --from`, `run` and `report`, against plain arithmetic on exported rows.

use std::collections::BTreeMap;
use std::fs;

use serde_json::Value;

use crate::study_common::{Bench, records};

/// Steps of the paper's loop, with the proof's chain.
const STEPS: &str = r#"
name = "mine"
claims = { C9 = "holds" }
[[part]]
name = "steps"
[part.base.instance]
kind = "gaussian"
prompts = 20
responses = 4
dim = 6
[part.base.process]
beta = 0.25
rounds = 3
[part.base.measure]
chain = true
delta = [0.5, 0.1]
[part.grid]
"process.samples" = [32, 128]
[part.full]
replicates = 4
[part.quick]
replicates = 2
"#;

const STORE: &str = "runs/mine-full.sqlite";

/// The rows of a ledger, by id.
fn rows(json: &str) -> BTreeMap<String, Value> {
    let ledger: Value = serde_json::from_str(json).unwrap();
    let rows = ledger["claims"].as_array().unwrap().iter();
    rows.map(|row| (row["id"].as_str().unwrap().to_owned(), row.clone())).collect()
}

/// What a command prints, whatever comes out.
fn printed(bench: &Bench, line: &str) -> String {
    String::from_utf8(bench.run(line).stdout).unwrap()
}

fn exported(bench: &Bench) -> Vec<BTreeMap<String, String>> {
    bench.expect(0, &format!("export {STORE} --csv rows --force"));
    records(&fs::read_to_string(bench.path("rows/rows.csv")).unwrap())
}

/// Oracle: the comparison F ≤ F° on every exported row, and the ratio that is nearest to the bound.
#[test]
fn a_claim_of_the_definition_is_weighed_on_its_rows_as_plain_arithmetic_has_it() {
    let bench = Bench::with("mine.toml", STEPS);
    let said = bench.expect(0, "run mine.toml");
    assert!(said.contains("mine (full, seed 1), all its parts") && said.contains("C9 "), "{said}");
    assert!(said.contains("1 row: 1 holds; all as expected") && !said.contains("C1 "), "{said}");
    let number = |row: &BTreeMap<String, String>, name: &str| row[name].parse::<f64>().unwrap();
    let mut sides = Vec::new();
    for row in exported(&bench).iter().filter(|row| row["round"] != "0") {
        assert_eq!(number(row, "nesting"), 0.0);
        for delta in ["0.5", "0.1"] {
            sides.push((number(row, &format!("failure_{delta}")), number(row, &format!("comparator_failure_{delta}"))));
        }
    }
    // Two values of n, four replicates, three steps, two δ.
    assert_eq!(sides.len(), 2 * 4 * 3 * 2);
    assert!(sides.iter().all(|(own, comparator)| own <= comparator));
    let saying = sides.iter().filter(|(_, comparator)| comparator + 1e-12 < 1.0);
    let nearest = saying.map(|(own, comparator)| own / (comparator + 1e-12)).fold(0.0, f64::max);
    let row = rows(&bench.expect(0, &format!("verify C9 --from {STORE} --json")))["C9"].clone();
    assert_eq!((row["verdict"].as_str(), row["expected"].as_str()), (Some("holds"), Some("holds")));
    assert!((1.0 - row["slack"].as_f64().unwrap() - nearest).abs() < 1e-12, "{row}");
    assert_eq!((row["evidence"]["cells"].as_u64(), row["evidence"]["replicates"].as_u64()), (Some(2), Some(8)));
    assert_eq!(row["store"], serde_json::json!({"name": "mine", "profile": "full", "seed": 1}));
    // Its false variant is caught on these rows as it is on others.
    let reversed = sides.iter().filter(|(own, comparator)| *comparator > own + 1e-9).count();
    assert!(reversed > 0);
    let controls = bench.expect(0, &format!("verify C9 --controls --json --from {STORE}"));
    let controls: Value = serde_json::from_str(&controls).unwrap();
    assert_eq!(controls["controls"][0]["caught"], true, "{controls}");
    let says = format!("exceeds in {reversed} of {}", sides.len());
    assert!(controls["controls"][0]["comparison"].as_str().unwrap().starts_with(&says), "{says}: {controls}");
    // A report has it in the store's chapter.
    bench.expect(0, &format!("report {STORE} --quiet"));
    let markdown = fs::read_to_string(bench.path("report/report.md")).unwrap();
    assert!(markdown.contains("| C9 | "), "{markdown}");
    let page = fs::read_to_string(bench.path("report/report.html")).unwrap();
    assert!(page.contains("<tr id=\"mine-claim-C9\"") && page.contains("href=\"#mine-claim-C9\""));
}

/// What is written down is expected, whatever the theory says.
#[test]
fn a_verdict_other_than_the_definitions_is_a_contradiction() {
    let bench = Bench::with("mine.toml", &STEPS.replace("C9 = \"holds\"", "C9 = \"violated\""));
    let complaint = bench.complaint(3, "run mine.toml --quiet");
    assert!(complaint.contains("C9 on mine (holds: "), "{complaint}");
    assert!(bench.complaint(3, &format!("verify --from {STORE} --quiet")).contains("C9 on mine"));
    // A shard is a part of a grid, and no evidence on claims.
    assert_eq!(bench.expect(0, "run mine.toml --quiet --shard 1/2 --out shard"), "");
}

/// A claim whose quantities are not there names the key that brings them; one of several parts without them settles nothing.
#[test]
fn what_a_claim_lacks_is_named() {
    let bench = Bench::with("mine.toml", &STEPS.replace("chain = true", "").replace("claims = { C9 = \"holds\" }", ""));
    assert_eq!(bench.expect(0, "run mine.toml --quiet"), "");
    let complaint = bench.complaint(4, &format!("verify C9 --from {STORE}"));
    assert!(
        complaint.contains("C9 on mine (not-applicable: ") && complaint.contains("`measure.chain = true`"),
        "{complaint}"
    );
    let row = rows(&bench.expect(4, &format!("verify C9 --from {STORE} --json")))["C9"].clone();
    assert_eq!((row["verdict"].as_str(), row["evidence"]["replicates"].as_u64()), (Some("not-applicable"), Some(0)));
    // Of those that nobody asked for it is said how many there are; programs have them all.
    let table = printed(&bench, &format!("verify --from {STORE}"));
    assert!(!table.contains("\nC9 ") && table.contains("further claims have nothing to say of these rows"), "{table}");
    let all = rows(&printed(&bench, &format!("verify --from {STORE} --json")));
    assert_eq!(all["C9"]["verdict"], "not-applicable");
    let whole = printed(&bench, &format!("verify --from {STORE} -v"));
    assert!(whole.contains("\nC9 ") && whole.contains("`measure.chain = true`"), "{whole}");

    let second = STEPS[STEPS.find("[[part]]").unwrap()..].replace("\"steps\"", "\"bare\"").replace("chain = true", "");
    bench.write("mine.toml", &format!("{STEPS}{second}"));
    let complaint = bench.complaint(4, "run mine.toml --force --quiet");
    assert!(
        complaint.contains("C9 on mine (inconclusive: ") && complaint.contains("`measure.chain = true`"),
        "{complaint}"
    );
}

/// Names that no claim has are refused before anything is computed; a store that bears them opens all the same.
#[test]
fn unknown_claims_are_refused_where_they_are_written_and_said_where_they_are_read() {
    let bench = Bench::with("bad.toml", &STEPS.replace("C9 = ", "\"C9.nestign\" = "));
    let complaint = bench.complaint(2, "run bad.toml");
    assert!(
        complaint.contains("bad.toml") && complaint.contains("claims.C9.nestign = \"holds\": expected"),
        "{complaint}"
    );
    assert_eq!(complaint.trim_end().lines().count(), 1, "{complaint}");
    assert!(!bench.path("runs").exists());
    bench.write("mine.toml", STEPS);
    bench.expect(0, "run mine.toml --quiet");
    let database = rusqlite::Connection::open(bench.path(STORE)).unwrap();
    let changed = database.execute("UPDATE identity SET value = replace(value, 'C9 =', 'own =')", []).unwrap();
    assert!(changed > 0);
    drop(database);
    let warning = bench.complaint(0, &format!("verify C9 --from {STORE}"));
    assert!(warning.starts_with("warning: ") && warning.contains("no claim is called: own"), "{warning}");
    bench.expect(0, &format!("plot {STORE} --quiet"));
    bench.expect(0, &format!("report {STORE} --quiet"));
    assert!(fs::read_to_string(bench.path("report/report.md")).unwrap().contains("no claim is called: own"));
}

/// The population update on generic instances, over n and over two sizes of θ_0, along which the claim's own rows do not vary.
const RATES: &str = r#"
name = "mine"
[[part]]
name = "rates"
[part.base.instance]
kind = "gaussian"
prompts = 400
responses = 4
dim = 8
[part.base.process]
update = "population"
beta_over_sqrt_n = 1.0
rounds = 2
[part.base.measure]
delta = [0.1]
[part.grid]
"process.samples" = [16, 64, 256, 1024, 4096, 16384]
"instance.theta_norm" = [0.5, 4.0]
[part.full]
replicates = 4
[part.quick]
replicates = 2
"process.samples" = [256]
"#;

/// Oracle: plain least squares of log mean failure on log (1+√n)², for each size of θ_0 and T apart, over the larger half of the n at
/// which ten prompts fail. A fit of both sizes together would be another.
#[test]
fn curves_are_drawn_along_what_a_claims_own_rows_vary_along_alone() {
    let bench = Bench::with("mine.toml", RATES);
    bench.expect(0, "run mine.toml --quiet");
    let rows_of_store = exported(&bench);
    let slope = |theta: Option<&str>, round: &str| -> f64 {
        let mut means: BTreeMap<u64, Vec<f64>> = BTreeMap::new();
        for row in rows_of_store.iter().filter(|row| row["round"] == round) {
            if theta.is_none_or(|theta| row["instance.theta_norm"] == theta) {
                means
                    .entry(row["process.samples"].parse().unwrap())
                    .or_default()
                    .push(row["failure_0.1"].parse().unwrap());
            }
        }
        let points: Vec<(f64, f64)> = means
            .iter()
            .filter(|(_, values)| values.iter().sum::<f64>() * 400.0 >= 10.0)
            .map(|(&n, values)| {
                let mean = values.iter().sum::<f64>() / values.len() as f64;
                (2.0 * (1.0 + (n as f64).sqrt()).ln(), mean.ln())
            })
            .collect();
        let points = &points[points.len() / 2..];
        let count = points.len() as f64;
        let (x, y) = (points.iter().map(|p| p.0).sum::<f64>() / count, points.iter().map(|p| p.1).sum::<f64>() / count);
        points.iter().map(|p| (p.0 - x) * (p.1 - y)).sum::<f64>()
            / points.iter().map(|p| (p.0 - x).powi(2)).sum::<f64>()
    };
    let output = bench.run(&format!("verify C19 --from {STORE} --json"));
    let row = rows(&String::from_utf8(output.stdout).unwrap())["C19"].clone();
    let measured = |end: &str| row["measured"][end].as_f64().unwrap_or_else(|| panic!("{row}"));
    let apart: Vec<f64> =
        ["0.5", "4"].iter().flat_map(|theta| ["1", "2"].map(|round| slope(Some(theta), round))).collect();
    assert!(apart.iter().any(|slope| (slope - measured("value")).abs() < 1e-9), "{apart:?} {row}");
    let together = ["1", "2"].map(|round| slope(None, round));
    assert!(together.iter().all(|slope| (slope - measured("value")).abs() > 1e-3), "{together:?} {row}");
    // With one n there is no curve, and that is what is said.
    bench.expect(0, "run mine.toml --quick --quiet");
    let complaint = bench.complaint(4, "verify C19 --from runs/mine-quick.sqlite");
    assert!(
        complaint.contains("C19 on mine (not-applicable: ")
            && complaint.contains("process.samples has one value only (a grid over it has several)")
    );
}

/// A statement that some runs violate is none of all; the run that violates it here is saved under the store's name, and replays.
#[test]
fn a_printed_error_is_expected_of_no_other_rows_and_its_witness_replays() {
    let bench = Bench::with("mine.toml", &STEPS.replace("[32, 128]", "[8, 32]"));
    bench.expect(0, "run mine.toml --quiet");
    let table = bench.expect(0, &format!("verify C8 --from {STORE} --out found"));
    assert!(table.contains("no verdict expected"), "{table}");
    let all = rows(&fs::read_to_string(bench.path("found/ledger.json")).unwrap());
    assert_eq!((&all["C8"]["verdict"], &all["C8"]["expected"]), (&"holds".into(), &"holds".into()));
    let row = &all["C8.simplification"];
    assert_eq!(
        (&row["verdict"], &row["expected"], &row["as_expected"]),
        (&"violated".into(), &Value::Null, &true.into())
    );
    assert_eq!(row["witness"]["saved"], "C8.simplification-mine.toml");
    assert_eq!(row["witness"]["experiment"], "mine");
    bench.expect(0, "simulate --config found/C8.simplification-mine.toml --out again --quiet");
    // The replay's rows are those of the store.
    let (cell, replicate) = (row["witness"]["cell"].as_u64().unwrap(), row["witness"]["replicate"].to_string());
    let stored = exported(&bench);
    let cells: Vec<String> = ["8", "32"].map(str::to_owned).to_vec();
    let stored =
        stored.iter().filter(|row| row["process.samples"] == cells[cell as usize] && row["replicate"] == replicate);
    let again = records(&fs::read_to_string(bench.path("again/trajectory.csv")).unwrap());
    let kappas: Vec<f64> = stored.map(|row| row["kappa"].parse().unwrap()).collect();
    let replayed: Vec<f64> = again.iter().map(|row| row["kappa_mean"].parse().unwrap()).collect();
    assert_eq!((kappas.len(), &replayed), (4, &kappas));
}

/// Each store is weighed by itself, with what it draws while weighing; the same rows do not count twice.
#[test]
fn stores_are_weighed_one_by_one() {
    let bench = Bench::with("mine.toml", STEPS);
    bench.expect(0, "run mine.toml --quick --quiet");
    bench.expect(0, "run mine.toml --quick --quiet --seed 2 --out other");
    let (one, other) = ("runs/mine-quick.sqlite", "other/mine-quick.sqlite");
    let ledger: Value =
        serde_json::from_str(&bench.expect(0, &format!("verify C9 --from {one} {other} --json"))).unwrap();
    let seeds: Vec<&Value> = ledger["claims"].as_array().unwrap().iter().map(|row| &row["store"]["seed"]).collect();
    assert_eq!(seeds, [&Value::from(1), &Value::from(2)]);
    let complaint = bench.complaint(2, &format!("verify C9 --from {one} {one}"));
    assert!(complaint.contains("such a one of mine is there already"), "{complaint}");
    // A constructed claim says the same beside any store, and says so; unasked it is left out.
    let table = bench.expect(0, &format!("verify C11 --from {one}"));
    assert!(table.contains("constructed, whatever the store holds"), "{table}");
    assert!(!rows(&printed(&bench, &format!("verify --from {one} --json"))).contains_key("C11"));
    // Cells without rows leave no grid to judge.
    let database = rusqlite::Connection::open(bench.path(one)).unwrap();
    for table in ["rows", "digests"] {
        assert!(database.execute(&format!("DELETE FROM {table} WHERE cell = 0"), []).unwrap() > 0);
    }
    drop(database);
    let complaint = bench.complaint(2, &format!("verify C9 --from {one}"));
    assert!(complaint.contains("1 cell that the claims look at has no rows"), "{complaint}");
}

/// The rows of a ledger that is printed, whatever the exit code.
fn weighed(bench: &Bench, line: &str) -> BTreeMap<String, Value> {
    rows(&printed(bench, line))
}

/// A share that eight replicates cannot tell from ρ was asked for by nobody: no reason for an exit code other than 0.
#[test]
fn what_nobody_asked_for_and_is_not_settled_is_no_failure() {
    let steps = STEPS.replace("[32, 128]", "[16384, 65536]");
    let bench = Bench::with("mine.toml", &steps);
    bench.expect(0, "run mine.toml --quiet");
    let all = rows(&bench.expect(0, &format!("verify --from {STORE} --json")));
    let row = &all["C10.linear"];
    assert_eq!((row["verdict"].as_str(), row["as_expected"].as_bool()), (Some("inconclusive"), Some(true)), "{row}");
    bench.expect(0, &format!("verify C --from {STORE} --quiet"));
    for name in ["C10.linear", "C10"] {
        let complaint = bench.complaint(4, &format!("verify {name} --from {STORE} --quiet"));
        assert!(complaint.contains("C10.linear on mine (inconclusive: "), "{complaint}");
    }
    // A chapter without a word on these rows is no success; what a name may be is said of its letter alone.
    let complaint = bench.complaint(4, &format!("verify Q --from {STORE} --quiet"));
    assert!(complaint.contains("no claim of Q has anything to say of these rows"), "{complaint}");
    let complaint = bench.complaint(2, &format!("verify Q9 --from {STORE}"));
    assert!(complaint.contains("expected Q for all of its chapter, or one of Q1, ") && !complaint.contains("C16"));
    // Asked for in the definition, it is to be settled.
    bench.write("mine.toml", &steps.replace("C9 = \"holds\"", "\"C10.linear\" = \"holds\""));
    assert!(bench.complaint(4, "run mine.toml --force --quiet").contains("C10.linear on mine (inconclusive: "));
    bench.write("mine.toml", &steps.replace("C9 = \"holds\"", "C10.linear = \"holds\""));
    let complaint = bench.complaint(2, "run mine.toml --force --quiet");
    assert!(complaint.contains("in quotes, \"C10.linear\" = \"holds\""), "{complaint}");
}

/// Of two presets one fails in every replicate, whatever the seed.
const FAILING: &str = r#"
name = "mine"
claims = { C9 = "holds" }
[[part]]
name = "a"
[part.base.instance]
kind = "answers"
responses = 2
groups = [{ share = 1.0, gap = 1.0, right = true }]
[part.base.process]
population = true
rounds = 6
beta = 0.8
[part.base.measure]
chain = true
[part.grid]
"process.preset" = ["self-rewarding", "grpo-mirror"]
[part.full]
replicates = 1
"#;

/// Oracle: the store of the definition without what fails.
#[test]
fn cells_that_fail_for_good_are_left_out_and_the_rest_is_weighed() {
    let bench = Bench::with("mine.toml", FAILING);
    let output = bench.run("run mine.toml --quiet");
    assert_eq!(output.status.code(), Some(1));
    let table = String::from_utf8(output.stdout).unwrap();
    assert!(table.contains("\nC9 ") && table.contains("left out: 1 cell every replicate of which failed"), "{table}");
    let warning = bench.complaint(0, &format!("verify C9 --from {STORE}"));
    assert!(warning.contains("1 cell is left out, since every replicate failed, first replicate 0 of "), "{warning}");
    assert!(!warning.contains("--resume"), "{warning}");
    let found = weighed(&bench, &format!("verify C9 --from {STORE} --json"))["C9"].clone();
    bench.write("good.toml", &FAILING.replace(", \"grpo-mirror\"", ""));
    bench.expect(0, "run good.toml --quiet --out good");
    let good = weighed(&bench, "verify C9 --from good/mine-full.sqlite --json")["C9"].clone();
    for key in ["verdict", "comparison", "evidence", "slack"] {
        assert_eq!(found[key], good[key], "{key}");
    }
    // A cell that was not tried is another matter.
    let database = rusqlite::Connection::open(bench.path(STORE)).unwrap();
    for table in ["failures", "digests"] {
        assert!(database.execute(&format!("DELETE FROM {table} WHERE cell = 1"), []).unwrap() > 0);
    }
    drop(database);
    assert!(bench.complaint(2, &format!("verify C9 --from {STORE}")).contains("`selfreward run --resume`"));
}

const HARD: &str = r#"
name = "mine"
[[part]]
name = "a"
[part.base.instance]
kind = "hard"
prompts = 8
kappa0 = 4.0
mass = 0.5
[part.base.process]
update = "erm"
beta = 0.01
[part.base.measure]
delta = [0.5]
[part.grid]
"process.samples" = [16, 64]
"process.rounds" = [1, 4]
[part.full]
replicates = 40
"#;

/// Oracle: the two means from exported rows, four rounds of 16 against one of 64.
#[test]
fn rounds_on_a_grid_are_compared_where_a_claims_own_parts_differ_by_them() {
    let bench = Bench::with("mine.toml", HARD);
    bench.expect(0, "run mine.toml --quiet");
    let all = exported(&bench);
    let mean = |samples: &str, rounds: &str| {
        let last = all.iter().filter(|row| {
            row["process.samples"] == samples && row["process.rounds"] == rounds && row["round"] == rounds
        });
        let values: Vec<f64> = last.map(|row| row["failure_0.5"].parse().unwrap()).collect();
        assert_eq!(values.len(), 40);
        values.iter().sum::<f64>() / 40.0
    };
    let distance = (mean("16", "4") - mean("64", "1")).abs();
    let row = weighed(&bench, &format!("verify C22 --from {STORE} --json"))["C22"].clone();
    assert_eq!(row["verdict"], "holds", "{row}");
    assert_eq!(row["evidence"]["cells"], 1, "{row}");
    assert!((row["measured"]["value"].as_f64().unwrap() - distance).abs() < 1e-12, "{distance} {row}");
}

/// The head of a report speaks of all that it holds; what has no store there is none of its rows.
#[test]
fn a_report_says_in_its_head_what_its_own_chapters_contradict() {
    let bench = Bench::with("mine.toml", &FAILING.replace("C9 = \"holds\"", "C9 = \"violated\""));
    assert!(bench.complaint(1, "run mine.toml --quiet").contains("not as expected: C9 on mine (holds: "));
    bench.expect(0, &format!("report {STORE} --quiet"));
    let markdown = fs::read_to_string(bench.path("report/report.md")).unwrap();
    let (head, chapter) = markdown.split_once("## mine (full profile)\n").unwrap();
    let line = head.lines().find(|line| line.starts_with("On the rows of mine, ")).expect(head);
    assert!(line.contains("1 contradict what was expected"), "{line}");
    assert!(!head.contains("not-applicable") && !head.contains("| C9 |") && chapter.contains("| C9 |"), "{head}");
    assert!(chapter.contains("1 cell is left out, since every replicate failed"), "{chapter}");
    let page = fs::read_to_string(bench.path("report/report.html")).unwrap();
    assert!(page.contains(&format!("<p class=\"summary\">{line}</p>")), "{line}");
}

/// Of rows that nobody made to catch them, no false variant is asked to be caught; constructed ones are as ever.
#[test]
fn false_variants_are_not_expected_to_be_caught_on_rows_of_ones_own() {
    let bench = Bench::with("mine.toml", &STEPS.replace("chain = true", ""));
    bench.run("run mine.toml --quiet");
    let line = format!("verify C1 C16 --controls --from {STORE}");
    let table = bench.expect(0, &line);
    assert!(table.contains("untried") && table.contains("nothing is expected"), "{table}");
    let document: Value = serde_json::from_str(&bench.expect(0, &format!("{line} --json"))).unwrap();
    for control in document["controls"].as_array().unwrap() {
        let constructed = control["evidence"] == "constructed";
        assert_eq!(control["expected"], if constructed { "caught".into() } else { Value::Null }, "{control}");
        assert!(!constructed || control["caught"] == true, "{control}");
    }
    assert!(document["controls"].as_array().unwrap().iter().any(|control| control["evidence"] == "constructed"));
    assert!(document["controls"].as_array().unwrap().iter().any(|control| control["caught"] == false));
}
