//! `compare` of stores: which cells belong together, and which stand alone.

use serde_json::Value;

use crate::study_common::Bench;

fn definition(samples: &str, base: &str) -> String {
    format!(
        "name = 'mine'\n[[part]]\nname = 'p'\n[part.base.instance]\nkind = 'tabular'\nprompts = 6\nresponses = 3\n\
         [part.base.process]\nrounds = 2\nbeta = 1.0\n{base}\n[part.grid]\n'process.samples' = {samples}\n\
         'process.preset' = ['self-rewarding', 'frozen-reward']\n[part.full]\nreplicates = 3\n[part.quick]\nreplicates = 2\n"
    )
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn cells_of_two_stores_match_by_their_values_and_others_are_listed() {
    let bench = Bench::with("a.toml", &definition("[8, 16, 32]", ""));
    bench.write("b.toml", &definition("[16, 32, 64]", "radius = 50.0"));
    bench.expect(0, "run a.toml --quick --out a -q");
    bench.expect(0, "run b.toml --quick --out b -q");
    let document = json(&bench.expect(0, "compare a b --json --y base_probability"));
    let labels: Vec<String> =
        document["pairs"].as_array().unwrap().iter().map(|pair| pair["labels"].to_string()).collect();
    assert_eq!(labels.len(), 4, "{labels:?}");
    assert!(labels[0].contains("\"16\"") && labels.iter().all(|label| !label.contains("\"8\"")), "{labels:?}");
    assert_eq!(document["unmatched"]["a"].as_array().unwrap().len(), 2);
    assert_eq!(document["unmatched"]["b"].as_array().unwrap().len(), 2);
    assert_eq!(document["changes"]["process.radius"]["b"], "50");
    // Cells have seeds of their own, by their values.
    assert!(document["pairs"].as_array().unwrap().iter().all(|pair| pair["pairing"] == "not paired"));
    let text = bench.expect(0, "compare a b -q");
    assert!(text.contains("2 cells of A without a counterpart") && text.contains("process.samples = 8"), "{text}");
    assert!(text.contains("process.radius (A: absent, B: 50)"), "{text}");
    // A store and the same cells with more replicates: those in common are the same rows.
    bench.expect(0, "run a.toml --out full -q");
    let document = json(&bench.expect(0, "compare a full --json --t 1,2"));
    let pairs = document["pairs"].as_array().unwrap();
    assert!(pairs.len() == 6 && pairs.iter().all(|pair| pair["pairing"] == "same instances and streams"));
    let rows = || pairs.iter().flat_map(|pair| pair["rows"].as_array().unwrap());
    assert!(rows().count() >= 60 && rows().all(|row| row["verdict"] == "equal" && row["replicates"]["b"] == 2));
}

#[test]
fn two_values_of_a_key_split_one_store() {
    let bench = Bench::with("a.toml", &definition("[8, 16, 32]", ""));
    bench.expect(0, "run a.toml --quick --out a -q");
    let line = "compare a --by process.preset=self-rewarding,frozen-reward";
    let document = json(&bench.expect(0, &format!("{line} --json --out o --y kappa,base_probability")));
    let pairs = document["pairs"].as_array().unwrap();
    assert_eq!(
        pairs.iter().map(|pair| pair["labels"]["process.samples"].as_str().unwrap()).collect::<Vec<_>>(),
        ["8", "16", "32"]
    );
    assert!(pairs.iter().all(|pair| pair["rows"][0]["t"] == 2 && pair["pairing"] == "not paired"));
    assert!(bench.path("o/compare.png").is_file());
    let cells = bench.expect(0, "show a --cells");
    let ids: Vec<&str> = cells.lines().take(2).filter_map(|line| line.split_whitespace().next()).collect();
    let document = json(&bench.expect(0, &format!("compare a --by cell={},{} --json", ids[0], ids[1])));
    assert_eq!(document["pairs"].as_array().unwrap().len(), 1);
    // Numbers are compared as numbers, and a key may be named by its end.
    let plain = bench.expect(0, "compare a --by process.samples=8,16 --json");
    for other in ["process.samples=8.0,16", "samples=8,1.6e1", "samples=8,16"] {
        assert_eq!(bench.expect(0, &format!("compare a --by {other} --json")), plain, "{other}");
    }
    for (line, words) in [
        ("compare a --by samples=8,8.0", &["process.samples=8,8.0", "both are 8"][..]),
        ("compare a --by ples=8,16", &["--by = ples", "process.samples"]),
        ("compare a --by process.preset=self,frozen-reward", &["self", "the nearest is self-rewarding"]),
        ("compare a --by process.sample=8,16", &["process.sample", "the nearest is process.samples"]),
        ("compare a --by process.samples=8", &["process.samples=8", "two of its values"]),
        ("compare a --by process.samples=8,8", &["process.samples=8,8", "two of its values"]),
        ("compare a a --by process.samples=8,16", &["stores beside --by", "expected one"]),
    ] {
        let message = bench.complaint(2, line);
        assert!(words.iter().all(|word| message.contains(word)), "{line}: {message}");
        assert_eq!(message.trim_end().lines().count(), 1);
    }
}

/// Cells of other values of the key have other values of what goes together with it.
#[test]
fn keys_that_go_together_with_the_one_that_splits_are_set_free() {
    let text = definition("[8, 16]", "")
        .replace("[part.full]", "[part.full]\n")
        .replace("[part.grid]", "[part.grid]\n")
        .replacen("name = 'p'", "name = 'p'\ntogether = [['process.samples', 'process.preset']]", 1);
    let bench = Bench::with("a.toml", &text);
    bench.expect(0, "run a.toml --quick --out a -q");
    let said = bench.expect(0, "compare a --by process.preset=self-rewarding,frozen-reward -q");
    assert!(said.contains("process.samples goes with the key that tells A from B"), "{said}");
    assert!(said.contains("process.samples (A: 8, B: 16)"), "{said}");
}
