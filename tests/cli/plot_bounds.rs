//! `plot --bound`: each bound on cells of which it speaks against the calculator, and nothing where it is void or says nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use crate::study_common::{Bench, records};

/// One cell each of the linear class, the hard instance, a finite class, and fixed logits that features do not follow.
const ZOO: &str = r#"
name = "zoo"
[[part]]
name = "linear"
[part.base.instance]
kind = "gaussian"
prompts = 10
responses = 4
dim = 3
[part.base.process]
beta = 1.0
rounds = 2
samples = 10000
[part.base.measure]
also = ["step_drift"]
[part.full]
replicates = 3
[part.quick]
replicates = 3

[[part]]
name = "hard"
[part.base.instance]
kind = "hard"
prompts = 8
kappa0 = 3.0
[part.base.process]
beta = 1.0
rounds = 2
samples = 64
[part.full]
replicates = 3
[part.quick]
replicates = 3

[[part]]
name = "finite"
[part.base.instance]
kind = "tabular"
prompts = 5
responses = 4
[part.base.process]
update = "finite-class"
beta = 1.0
rounds = 2
samples = 100000
[part.full]
replicates = 3
[part.quick]
replicates = 3

[[part]]
name = "fixed"
[part.base.instance]
kind = "gaussian"
prompts = 10
responses = 4
dim = 3
offset = { along = 0.0, noise = 0.5 }
[part.base.process]
beta = 1.0
rounds = 2
samples = 10000
[part.full]
replicates = 3
[part.quick]
replicates = 3
"#;

const STORE: &str = "runs/zoo-quick.sqlite";

fn computed() -> Bench {
    let bench = Bench::with("zoo.toml", ZOO);
    bench.expect(0, "run zoo.toml --quick --out runs --quiet");
    bench
}

fn table(bench: &Bench, name: &str) -> Vec<BTreeMap<String, String>> {
    records(&fs::read_to_string(bench.path(&format!("runs/{name}.csv"))).unwrap())
}

fn number(text: &str) -> f64 {
    text.parse().unwrap_or_else(|_| panic!("{text:?} is no number"))
}

/// Oracle: `selfreward bound` with the flags that stand in the table.
#[test]
fn each_bound_is_drawn_somewhere_as_the_calculator_gives_it() {
    let bench = computed();
    for (bound, y, part, more) in [
        ("one-step", "failure", "linear", ""),
        ("recurrence", "kappa", "linear", ""),
        ("fixed-point", "kappa", "linear", ""),
        ("drift", "step_drift", "linear", "--bound-set omega=0.1"),
        ("misspecified-failure", "failure", "fixed", "--bound-set approximation=0.1 --bound-set estimation=0.1"),
        ("linear-softmax", "failure", "linear", ""),
        ("epsilon", "population_loss", "linear", ""),
        ("epsilon", "population_loss", "finite", ""),
        ("epsilon", "population_loss", "finite", "--bound-set dim=20 --bound-set radius=9"),
        ("iterations", "failure", "linear", ""),
        ("iterations", "failure", "linear", "--bound-set rounds=3"),
        ("iterations", "failure", "finite", ""),
        ("iterative", "failure", "finite", ""),
        ("single-step", "failure", "finite", "--where t==1"),
        ("single-step", "failure", "hard", "--bound-set class-size=64 --where t==1"),
        ("hard-instance", "failure", "hard", ""),
        ("zero-failure", "min_confidence", "linear", ""),
        ("exact-recovery", "failure", "linear", "--bound-set rank=3 --bound-set leverage=9"),
        ("bayes-floor", "failure", "hard", "--bound-set best-of=2"),
        ("feedback-map", "failure", "linear", "--bound-set acceptance=0.5 --bound-set start=0.2"),
    ] {
        bench.expect(
            0,
            &format!("plot {STORE} --x samples --y {y} --where part=={part} --bound {bound} {more} --name b --quiet"),
        );
        let points = table(&bench, "b");
        let point =
            points.iter().find(|point| !point[bound].is_empty()).unwrap_or_else(|| panic!("{bound}: {points:?}"));
        let flags = &point[&format!("{bound}_flags")];
        let answer: serde_json::Value =
            serde_json::from_str(&bench.expect(0, &format!("bound {bound} {flags} --json"))).unwrap();
        // What is not finite is null there: no n sheds the initial model.
        let value = answer["value"].as_f64().unwrap_or(f64::INFINITY);
        let shown = if bound == "epsilon" { value * value } else { value };
        assert_eq!(number(&point[bound]), shown, "{bound} {flags}");
        let has = |flag: &str| flags.contains(&format!("--{flag} "));
        match (bound, part, more) {
            ("epsilon", _, "--bound-set dim=20 --bound-set radius=9") => assert!(has("dim") && !has("log-class-size")),
            ("epsilon" | "iterations", "finite", _) => assert!(has("log-class-size") && has("range") && !has("radius")),
            ("epsilon", ..) => assert!(has("dim") && has("radius") && has("theta-norm"), "{flags}"),
            ("iterations", _, "") => assert!(has("n") && !has("rounds"), "the least T: {flags}"),
            ("iterations", ..) => assert!(has("rounds") && !has("n"), "the least n: {flags}"),
            _ => {}
        }
        fs::remove_file(bench.path("runs/b.csv")).unwrap();
    }
}

#[test]
fn a_law_of_one_kind_is_not_drawn_on_another() {
    let bench = computed();
    let line = "--x part --y failure --bound hard-instance --name h";
    let message = bench.complaint(2, &format!("plot {STORE} {line} --where part==linear"));
    assert!(message.contains("kind = \"hard\"") && message.contains("\"gaussian\""), "{message}");
    let said = bench.run(&format!("plot {STORE} {line} --where part!=finite"));
    let said = String::from_utf8(said.stderr).unwrap();
    assert!(said.contains("hard-instance is not drawn for 2 cells"), "{said}");
    for point in table(&bench, "h") {
        assert_eq!(point["hard-instance"].is_empty(), point["part"] != "hard", "{point:?}");
    }
    let svg = fs::read_to_string(bench.path("runs/h.svg")).unwrap();
    assert!(svg.contains("\nlaw hard-instance\n") && !svg.contains("bound hard-instance"), "{svg:.300}");
}

#[test]
fn the_lower_bound_of_a_single_step_stands_at_its_step() {
    let bench = computed();
    let line = format!("plot {STORE} --y failure --where part==finite --bound single-step");
    bench.expect(0, &format!("{line} --where t>=0 --name s --quiet"));
    let drawn: Vec<String> = table(&bench, "s")
        .into_iter()
        .filter(|point| !point["single-step"].is_empty())
        .map(|p| p["t"].clone())
        .collect();
    assert_eq!(drawn, ["1"]);
    let read = |name: &str| fs::read_to_string(bench.path(&format!("runs/{name}.svg"))).unwrap();
    assert!(read("s").contains("\nlower bound single-step, hidden constant 1\n"));
    let table_text = fs::read_to_string(bench.path("runs/s.csv")).unwrap();
    assert!(table_text.contains("; lower bound single-step: worst"), "{table_text}");
    bench.expect(0, &format!("{line} --bound-set constant=0.25 --name c --quiet"));
    assert!(read("c").contains("lower bound single-step, hidden constant 0.25"));
    // Drawn again from the table, it is called so, too.
    let first = read("s");
    bench.expect(0, "plot runs/s.csv --quiet");
    assert!(read("s") == first);
    let message = bench.complaint(2, &format!("{line} --where t==2"));
    assert!(message.contains("t = 1"), "{message}");
}

/// M8: with an offset no policy of the class has loss 0.
#[test]
fn what_rests_on_loss_0_is_void_where_logits_are_fixed() {
    let bench = computed();
    for (bound, y) in [
        ("epsilon", "population_loss"),
        ("linear-softmax", "failure"),
        ("iterative", "failure"),
        ("iterations", "failure"),
        ("exact-recovery", "failure"),
        ("zero-failure", "min_confidence"),
    ] {
        let message = bench.complaint(2, &format!("plot {STORE} --y {y} --where part==fixed --bound {bound}"));
        assert!(message.contains("misspecified") && message.contains("M8"), "{bound}: {message}");
    }
    // What rests on the measured loss holds there.
    bench.expect(0, &format!("plot {STORE} --y failure --where part==fixed --bound one-step --name o --quiet"));
    assert!(table(&bench, "o").iter().any(|point| !point["one-step"].is_empty()));
    let said = bench.run(&format!(
        "plot {STORE} --x part --y population_loss --where part!=finite --where part!=hard --bound epsilon --name v"
    ));
    let said = String::from_utf8(said.stderr).unwrap();
    assert!(said.contains("warning: bound epsilon is not drawn for 1 cell") && said.contains("M8"), "{said}");
    let drawn: BTreeSet<String> = table(&bench, "v")
        .into_iter()
        .filter(|point| !point["epsilon"].is_empty())
        .map(|p| p["part"].clone())
        .collect();
    assert_eq!(drawn.into_iter().collect::<Vec<_>>(), ["linear"]);
}

/// A file whose last coordinates stay where θ_0 has them, θ_0 drawn or its own, and the same file in whole.
#[test]
fn a_file_says_itself_whether_logits_are_fixed() {
    let definition = r#"
name = "file"
[[part]]
name = "file"
[part.base.instance]
kind = "npz"
path = "data/smollm_answers.npz"
[part.base.process]
rounds = 1
samples = 64
[part.grid]
"instance.theta_norm" = [2.0]
[part.full]
replicates = 2
[part.quick]
replicates = 2
"#;
    let line = "--y population_loss --bound epsilon --name e --quiet";
    let bench = Bench::with("file.toml", definition);
    let set = |dim: &str| definition.replace("[part.base.process]", &format!("{dim}\n[part.base.process]"));
    for (folder, definition, refused) in [
        ("own", set("").replace("\"instance.theta_norm\" = [2.0]", "\"process.beta\" = [1.0]"), true),
        ("drawn", set(""), true),
        ("lifted", set("offset_as_feature = true"), false),
    ] {
        fs::write(bench.path("file.toml"), definition).unwrap();
        bench.expect(0, &format!("run file.toml --quick --out {folder} --quiet"));
        if refused {
            let message = bench.complaint(2, &format!("plot {folder}/file-quick.sqlite {line}"));
            assert!(message.contains("M8"), "{folder}: {message}");
        } else {
            bench.expect(0, &format!("plot {folder}/file-quick.sqlite {line}"));
        }
    }
}

#[test]
fn what_is_missing_is_what_the_bound_itself_asks_for() {
    let bench = computed();
    for (line, words) in [
        ("--y population_loss --where part==hard --bound epsilon", "dim is missing, say --bound-set dim=VALUE"),
        ("--y failure --where part==linear --bound single-step", "class-size is missing"),
        ("--y failure --where part==linear --bound iterative", "class-size, range are missing"),
        ("--y failure --where part==linear --bound misspecified-failure", "approximation, estimation are missing"),
        ("--y population_loss --where part==linear --bound epsilon --bound-set class-size=9", "range is missing"),
        (
            "--y failure --where part==linear --bound iterations --bound-set rounds=3 --bound-set n=9",
            "either n, for the least T, or rounds",
        ),
        (
            "--y population_loss --where part==linear --bound epsilon --bound-set class-size=9 --bound-set range=1 \
             --bound-set dim=3",
            "dim = 3: expected nothing beside the others",
        ),
    ] {
        let message = bench.complaint(2, &format!("plot {STORE} --where t==1 {line}"));
        assert!(message.contains(words), "{line}: {message}");
    }
}
