//! The commands `selfreward bound` and `selfreward plan`.

use std::io::Write;

use assert_cmd::Command;
use predicates::prelude::*;
use serde_json::Value;

fn selfreward(arguments: &str) -> Command {
    let mut command = Command::cargo_bin("selfreward").unwrap();
    command.args(arguments.split_whitespace());
    command
}

fn json(arguments: &str) -> Value {
    let output = selfreward(&format!("{arguments} --json")).assert().code(0).get_output().stdout.clone();
    serde_json::from_slice(&output).unwrap()
}

/// Refused with exit code 2, nothing on standard output, and one line of error that contains every word.
fn refused(arguments: &str, words: &[&str]) {
    let output = selfreward(arguments).assert().code(2).stdout(predicate::str::is_empty()).get_output().clone();
    let error = String::from_utf8(output.stderr).unwrap();
    for word in words {
        assert!(error.contains(word), "`{arguments}`: no {word} in {error}");
    }
}

/// One call of every bound with the least it needs.
const CALLS: [&str; 41] = [
    "single-step --n 1e6 --kappa0 3 --class-size 1000",
    "hard-instance --n 1e6 --prompts 64 --kappa0 9",
    "epsilon --n 1e6 --class-size 1000 --range 2",
    "epsilon --n 1e6 --dim 16 --radius 4",
    "one-step --kappa 2 --gamma 0.5 --epsilon 0.01 --beta 0.01",
    "recurrence --kappa 2 --gamma 0.5 --mu 0.3 --epsilon 0.01 --beta 0.01",
    "fixed-point --gamma 0.5 --mu 0.3 --epsilon 0.01 --beta 0.01",
    "iterative --n 1e6 --rounds 3 --kappa0 3 --gamma 0.5 --mu 0.3 --log-class-size 7 --range 1",
    "linear-softmax --n 1e6 --rounds 3 --kappa0 3 --gamma 0.5 --mu 0.3 --dim 16 --radius 10",
    "iterations --kappa0 30 --gamma 0.5 --mu 0.3 --n 1e8 --dim 16 --radius 10",
    "iterations --kappa0 30 --gamma 0.5 --mu 0.3 --rounds 4 --class-size 100 --range 1",
    "exact-recovery --n 1000 --rank 16 --leverage 40",
    "zero-failure --responses 8 --gamma 0.5 --beta 0.1",
    "effective-dimension --lambda 0.01 --regime exponential --rate 0.5 --scale 1",
    "effective-dimension --lambda 0.01 --regime polynomial --exponent 2 --scale 1",
    "effective-dimension --lambda 0.01 --regime spiked --rank 3 --tail 0.1",
    "covering-number --dim 16 --radius 4 --eta 0.1",
    "hard-instance --n 1000 --prompts 8 --kappa0 3 --rounds 2 --mass 0.5 --beta 0.05 --delta 0.3",
    "best-of-n --probabilities 0.5,0.3,0.2 --best-of 3",
    "adaptive-draws --probabilities 0.5,0.3,0.2 --mu 1.7",
    "drift --epsilon 0.063 --beta 0.7 --gamma 0.6 --mu 0.4 --omega 0.05",
    "misspecified-excess --n 4096 --trace 2.14 --leverage 15 --sup 9.5 --spread 0.88 --rank 3 --s 0.3 --x 3.69",
    "misspecified-excess --n 4096 --trace 2.14 --leverage 15 --sup 9.5 --spread 0.88 --rank 3",
    "misspecified-failure --kappa 1.4 --concentrability 1.6 --approximation 0.01 --estimation 0.02 --beta 0.05 --gamma 1.2 --mu 0.55",
    "acceptance --log-class-size 5 --n 400 --rho 0.1",
    "acceptance --class-size 3 --n 10",
    "feedback-map --acceptance 0.1 --start 0.12 --rounds 50",
    "curriculum --difficulties 1,6,9,12 --transfer 6 --n 200",
    "sft --log-class-size 35.2 --n 800 --best-of 20 --modes 0.2,1 --weights 0.6,0.4",
    "sft --class-size 1000 --n 800 --best-of 20 --modes 0.2 --weights 1 --eta 0.1 --rho 0.1 --delta 0.3",
    "bayes-floor --prompts 16 --responses 9 --mass 0.6 --n 200 --best-of 2",
    "offline-sharpening --kappa0 1.5 --c-conc 3 --c-loss 4 --log-class-size 3 --n 1e6 --beta 0.05 --margin 0.5",
    "excitation --eigenvalues 0.1,0.2 --beta 0.5",
    "excitation --eigenvalues 0.1 --beta 0.5 --alpha 0.3 --eta -1 --lambda 0.01 --components 2 --radius 10",
    "grpo-time --start 0.2 --beta 10",
    "replay-threshold --beta 0.5 --lambda 0.6",
    "rise-then-fall --right 0.8 --right-gap 2 --wrong-gap 0.1 --beta 1 --rounds 5",
    "loop-map --alpha 0.3 --eta 0.5 --beta 0.8 --log-odds 0.7 --external 0.4 --rounds 2",
    "loop-map --preset frozen-reward --beta 0.8 --log-odds 0.7",
    "vote --start 0.6 --best-of 5 --rounds 3",
    "vote --start 0.6 --best-of 4 --beta 0.25",
];

#[test]
fn every_bound_has_the_json_form() {
    for call in CALLS {
        let bound = json(&format!("bound {call}"));
        let keys: Vec<_> = bound.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(keys, ["name", "value", "intermediates", "assumptions", "vacuous"], "{call}");
        assert_eq!(bound["name"].as_str(), call.split_whitespace().next());
        assert!(bound["value"].is_f64() && bound["vacuous"].is_boolean(), "{call}");
        let plain = |value: &serde_json::Value| value.is_number() || value.is_null();
        let numbers = |value: &serde_json::Value| value.as_array().is_some_and(|list| list.iter().all(plain));
        assert!(bound["intermediates"].as_object().unwrap().values().all(|value| plain(value) || numbers(value)));
        for assumption in bound["assumptions"].as_array().unwrap() {
            assert!(assumption["name"].is_string() && (assumption["met"].is_boolean() || assumption["met"].is_null()));
        }
        assert!(!bound["assumptions"].as_array().unwrap().is_empty(), "{call} assumes nothing");
        let name = call.split_whitespace().next().unwrap();
        selfreward(&format!("bound {call}")).assert().code(0).stdout(predicate::str::starts_with(format!("{name} = ")));
    }
}

/// What leaves the doubles is null and (but for log-odds) vacuous, never a number that is not one.
#[test]
fn overflow_is_null_and_vacuous() {
    for call in [
        "one-step --kappa 1e4 --gamma 1 --epsilon 1e9 --beta 0.5 --delta 1e-300",
        "iterative --n 100 --rounds 3 --kappa0 1e4 --gamma 1e-30 --mu 1e-300 --log-class-size 0.5 --range 1e300",
        "covering-number --dim 10 --radius 1e300 --eta 1e-300",
        "iterations --kappa0 3 --gamma 1 --mu 0.5 --rounds 1 --dim 4 --radius 9",
    ] {
        let bound = json(&format!("bound {call}"));
        assert!(bound["value"].is_null() && bound["vacuous"] == true, "{call}");
    }
    let swept = selfreward("bound epsilon --n 1e6 --dim 4 --radius 9 --theta-norm 0.001..0.009:3").assert().code(0);
    assert!(String::from_utf8(swept.get_output().stdout.clone()).unwrap().trim_start().starts_with("theta_norm"));
}

#[test]
fn list_names_every_bound_in_one_line_below_its_paper() {
    let output = selfreward("bound --list").assert().code(0).get_output().stdout.clone();
    let text = String::from_utf8(output).unwrap();
    // An empty line parts the papers.
    let names: Vec<_> = text.lines().filter_map(|line| line.split_whitespace().next()).collect();
    let expected = [
        "fu2026:",
        "single-step",
        "hard-instance",
        "epsilon",
        "one-step",
        "recurrence",
        "fixed-point",
        "iterative",
        "linear-softmax",
        "iterations",
        "exact-recovery",
        "zero-failure",
        "effective-dimension",
        "covering-number",
        "huang2024:",
        "best-of-n",
        "sft",
        "adaptive-draws",
        "bayes-floor",
        "offline-sharpening",
        "task-centric:",
        "acceptance",
        "feedback-map",
        "curriculum",
        "loops:",
        "loop-map",
        "excitation",
        "grpo-time",
        "vote",
        "rise-then-fall",
        "replay-threshold",
        "offset:",
        "drift",
        "misspecified-excess",
        "misspecified-failure",
    ];
    assert_eq!(names, expected);
}

/// Oracle: the definitions of the defaults.
#[test]
fn defaults_are_those_documented() {
    let same = |short: &str, long: &str| {
        assert_eq!(json(&format!("bound {short}"))["value"], json(&format!("bound {long}"))["value"], "{short}");
    };
    same(CALLS[0], "single-step --n 1e6 --kappa0 3 --class-size 1000 --constant 1");
    same(CALLS[1], "hard-instance --n 1e6 --prompts 64 --kappa0 9 --rounds 1 --mass worst --beta 0.001 --delta 0.5");
    same(CALLS[3], "epsilon --n 1e6 --dim 16 --radius 4 --beta 0.001 --rho 0.05 --theta-norm 0.003996003996003996");
    same(CALLS[4], "one-step --kappa 2 --gamma 0.5 --epsilon 0.01 --beta 0.01 --delta 0.5 --concentrability 2");
    same(CALLS[5], "recurrence --kappa 2 --gamma 0.5 --mu 0.3 --epsilon 0.01 --beta 0.01 --concentrability 2");
    same(CALLS[6], "fixed-point --gamma 0.5 --mu 0.3 --epsilon 0.01 --beta 0.01 --excess 1");
    same("epsilon --n 100 --class-size 1000 --range 2", "epsilon --n 100 --log-class-size 6.907755278982137 --range 2");
}

#[test]
fn ranges_are_evenly_spaced_in_the_logarithm() {
    let rows = json("bound epsilon --n 1e3..1e12:20 --dim 16 --radius 4");
    let rows = rows.as_array().unwrap();
    assert_eq!(rows.len(), 20);
    let n = |row: usize| rows[row]["intermediates"]["n"].as_f64().unwrap();
    assert_eq!((n(0), n(19)), (1e3, 1e12));
    for (index, row) in rows.iter().enumerate() {
        assert_eq!(n(index).fract(), 0.0);
        assert!((n(index).log10() - (3.0 + 9.0 * index as f64 / 19.0)).abs() < 1e-3);
        assert_eq!(row, &json(&format!("bound epsilon --n {} --dim 16 --radius 4", n(index))));
    }
    let table = selfreward("bound fixed-point --gamma 0.1..1:3 --mu 0.3 --epsilon 0.01 --beta 0.01").assert().code(0);
    let lines = String::from_utf8(table.get_output().stdout.clone()).unwrap();
    assert_eq!(lines.lines().count(), 4);
    assert!(lines.lines().next().unwrap().trim_start().starts_with("gamma"));
    let wide = json("bound fixed-point --gamma 0.1..1:3 --mu 0.3 --epsilon 0.01 --beta 0.01");
    assert!((wide[1]["intermediates"]["gamma"].as_f64().unwrap() - 0.1f64.sqrt()).abs() < 1e-15);
}

#[test]
fn vacuity_follows_its_definition() {
    for (call, vacuous) in [
        ("one-step --kappa 2 --gamma 0.5 --epsilon 0.01 --beta 0.01", false),
        ("one-step --kappa 2 --gamma 0.01 --epsilon 0.01 --beta 0.01", true),
        ("recurrence --kappa 2 --gamma 0.01 --mu 0.3 --epsilon 0.1 --beta 0.1", true),
        ("fixed-point --gamma 0.5 --mu 0.3 --epsilon 0.1 --beta 0.1", false),
        ("fixed-point --gamma 0.5 --mu 0.3 --epsilon 0.1 --beta 0.1 --kappa0 1.5", true),
        ("zero-failure --responses 100 --gamma 0.1 --beta 1", true),
        ("zero-failure --responses 100 --gamma 0.1 --beta 0.01", false),
        ("exact-recovery --n 10 --rank 16 --leverage 40", true),
        ("single-step --n 10 --kappa0 3 --class-size 1000000", true),
    ] {
        assert_eq!(json(&format!("bound {call}"))["vacuous"], vacuous, "{call}");
    }
}

#[test]
fn spectrum_files_are_read_and_checked() {
    let file = |text: &str| {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        file
    };
    let call = |file: &tempfile::NamedTempFile| {
        format!("bound effective-dimension --lambda 0.1 --spectrum {}", file.path().display())
    };
    let bound = json(&call(&file("0.6\n0.3\n\n0.1\n")));
    // Oracle: 0.6/0.7 + 0.3/0.4 + 0.1/0.2 by hand.
    assert!((bound["value"].as_f64().unwrap() - (6.0 / 7.0 + 0.75 + 0.5)).abs() < 1e-14);
    refused(&call(&file("0.3\n0.6\n")), &["--spectrum", "0.6", "non-increasing"]);
    refused(&call(&file("0.3\n-0.1\n")), &["--spectrum", "-0.1"]);
    refused(&call(&file("0.3\nhalf\n")), &["--spectrum", "half", "line 2"]);
    refused(&call(&file("")), &["--spectrum"]);
    refused("bound effective-dimension --lambda 0.1 --spectrum /nowhere/at/all", &["--spectrum", "/nowhere/at/all"]);
}

#[test]
fn bad_input_is_refused_with_the_flag_its_value_and_its_range() {
    refused("bound nonsense", &["nonsense", "single-step"]);
    refused("bound iteratve --n 9", &["iteratve", "; the nearest is iterative\n"]);
    refused("bound singlestep --n 9", &["singlestep", "; the nearest is single-step\n"]);
    refused("bound --list epsilon", &["--list"]);
    refused("bound epsilon --n 0 --dim 3 --radius 1", &["--n", "0", "at least 1"]);
    refused("bound epsilon --n 10.5 --dim 3 --radius 1", &["--n", "10.5", "whole"]);
    refused("bound epsilon --n ten --dim 3 --radius 1", &["--n", "ten"]);
    refused("bound epsilon --n nan --dim 3 --radius 1", &["--n", "NaN"]);
    refused("bound epsilon --n 10 --dim 3 --radius 1 --rho 1", &["--rho", "1", "between 0 and 1"]);
    refused("bound epsilon --n 10 --dim 3", &["--radius"]);
    refused("bound epsilon --n 10", &["class-size", "dim"]);
    refused("bound epsilon --n 10 --dim 3 --radius 1 --class-size 10 --range 1", &["not to be given", "--dim"]);
    refused("bound epsilon --n 10 --class-size 0.5 --range 1", &["--class-size", "0.5"]);
    refused("bound epsilon --n 10 --class-size 10 --log-class-size 2 --range 1", &["--class-size"]);
    refused("bound one-step --kappa 2 --gamma -1 --epsilon 0.1 --beta 0.1", &["--gamma", "-1", "above 0"]);
    refused("bound one-step --kappa 2 --gamma 1 --epsilon 0.1", &["--beta"]);
    refused("bound one-step --kappa 0.5 --gamma 1 --epsilon 0.1 --beta 0.1", &["--kappa", "0.5", "at least 1"]);
    refused("bound one-step --kappa 2 --gamma 1 --epsilon 0.1 --beta 0.1 --delta 1.5", &["--delta", "1.5"]);
    refused("bound zero-failure --responses 5 --gamma 1 --beta 0.1 --n 100", &["--n", "100", "not to be given"]);
    refused("bound hard-instance --n 10 --prompts 4 --kappa0 3 --mass wurst", &["--mass", "wurst", "worst"]);
    refused("bound hard-instance --n 10 --prompts 4 --kappa0 1", &["--kappa0", "above 1"]);
    refused("bound iterations --kappa0 3 --gamma 1 --mu 1 --dim 3 --radius 1", &["--n"]);
    refused("bound iterations --kappa0 3 --gamma 1 --mu 1 --dim 3 --radius 1 --n 9 --rounds 2", &["--n", "rounds"]);
    refused("bound effective-dimension --lambda 1 --regime linear", &["--regime", "linear", "spiked"]);
    refused(
        "bound effective-dimension --lambda 1 --regime spiked --rank 2 --tail 1 --rate 2",
        &["--rate", "not to be given"],
    );
    refused("bound epsilon --n 1..10:1 --dim 3 --radius 1", &["--n", "1..10:1", "POINTS"]);
    refused("bound epsilon --n 0..10:5 --dim 3 --radius 1", &["--n", "0..10:5"]);
    refused("bound epsilon --n 1..10:5 --dim 3..4:2 --radius 1", &["--n", "--dim", "one flag"]);
    refused("bound epsilon --frequency 3", &["--frequency"]);
    refused("bound", &["bound"]);
}

/// The errors of overflow and of a class of one policy name flags that exist.
#[test]
fn derived_numbers_are_blamed_on_the_flags_they_come_from() {
    refused("bound single-step --n 1000 --kappa0 1e308 --log-class-size 1e10", &["--kappa0", "log_class_size"]);
    refused("bound epsilon --n 1000 --dim 4 --radius 1e308 --beta 10", &["--radius", "finite"]);
    refused("bound epsilon --n 1000 --dim 4 --radius 1e-300 --beta 1e-100", &["--radius"]);
    refused("bound single-step --n 1000 --kappa0 3 --class-size 1", &["--class-size", "at least 2"]);
}

/// A least n is of use only in full, and a table keeps the columns that its first row has not.
#[test]
fn whole_answers_are_in_full_and_tables_keep_every_column() {
    let call = "bound iterations --kappa0 1e6 --gamma 1e-4 --mu 0.1 --log-class-size 9 --range 1 --rounds";
    let n = json(&format!("{call} 9"))["value"].as_f64().unwrap();
    assert!(n > 1e12 && n < 1e16, "{n}");
    selfreward(&format!("{call} 9")).assert().stdout(predicate::str::starts_with(format!("iterations = {}", n as u64)));
    let table = selfreward(&format!("{call} 1..6:4")).assert().code(0).get_output().stdout.clone();
    let table = String::from_utf8(table).unwrap();
    let rows: Vec<Vec<&str>> = table.lines().map(|line| line.split_whitespace().collect()).collect();
    let column = rows[0].iter().position(|name| *name == "kappa_inf").unwrap();
    assert!(rows[1][column] == "-" && rows[4][column].parse::<f64>().unwrap() > 1.0, "{table}");
}

#[test]
fn plan_has_the_json_form_and_marks_the_least_total() {
    let plans =
        json("plan --kappa0 3 --target-failure 0.1 --gamma 0.5 --mu 0.3 --class-size 1000 --range 1 --max-rounds 5");
    let keys: Vec<_> = plans.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(keys, ["plans", "best", "promised", "reason"]);
    let rows = plans["plans"].as_array().unwrap();
    assert_eq!(rows.len(), 5);
    for (index, row) in rows.iter().enumerate() {
        let (rounds, samples) = (row["rounds"].as_u64().unwrap(), row["samples"].as_u64().unwrap());
        assert_eq!((rounds, row["total"].as_u64().unwrap()), (index as u64 + 1, samples * rounds));
        let at = |n: u64| {
            json(&format!(
                "bound iterative --n {n} --rounds {rounds} --kappa0 3 --gamma 0.5 --mu 0.3 --class-size 1000 --range 1"
            ))["value"]
                .as_f64()
                .unwrap()
        };
        assert_eq!(at(samples), row["bound"].as_f64().unwrap());
        assert!(at(samples) <= 0.1 && at(samples - 1) > 0.1);
        assert!(plans["best"]["total"].as_u64().unwrap() <= row["total"].as_u64().unwrap());
    }
    assert_eq!(plans["promised"], true);
    selfreward("plan --kappa0 3 --target-failure 0.1 --gamma 0.5 --mu 0.3 --class-size 1000 --range 1")
        .assert()
        .code(0)
        .stdout(predicate::str::contains("<- least total kept").count(1));
}

#[test]
fn plan_refuses_bad_input_and_says_what_stands_in_the_way() {
    let small = json("plan --kappa0 3 --target-failure 0.1 --gamma 0.5 --mu 0.3 --dim 16 --radius 10");
    assert_eq!(small["promised"], false);
    assert!(small["reason"].as_str().unwrap().contains("radius"));
    assert_eq!(small["plans"].as_array().unwrap().len(), 20);
    refused("plan --kappa0 3 --target-failure 2 --gamma 0.5 --mu 0.3 --dim 16 --radius 9", &["--target-failure", "2"]);
    refused("plan --kappa0 3 --target-failure 0.1 --gamma 0.5 --mu 0.3 --dim 16", &["radius"]);
    refused(
        "plan --kappa0 3 --target-failure 0.1 --gamma 0.5 --mu 0.3 --dim 16 --radius 9 --range 2",
        &["nothing else"],
    );
    refused("plan --kappa0 3 --target-failure 0.1 --gamma 0.5 --mu 1.3 --dim 16 --radius 9", &["--mu", "1.3"]);
    refused("plan --kappa0 3 --target-failure 0.1 --gamma 0.5 --mu 0.3 --dim 16 --radius 9 --max-rounds 0", &["0"]);
    refused("plan --kappa0 3", &["--gamma"]);
}

/// Oracle: two rounds by hand, m = .3 + .5/.8 = .925 and k = .7·.7 + .4/.8 = .99; SPIN's fixed point is ℓ_data.
#[test]
fn log_odds_of_one_loop() {
    let near = |value: &Value, expected: f64| assert!((value.as_f64().unwrap() - expected).abs() < 1e-12, "{value}");
    let bound = json("bound loop-map --alpha 0.3 --eta 0.5 --beta 0.8 --log-odds 0.7 --external 0.4 --rounds 2");
    near(&bound["value"], 0.925 * (0.925 * 0.7 + 0.99) + 0.99);
    near(&bound["intermediates"]["multiplier"], 0.925);
    near(&bound["intermediates"]["fixed_point"], 13.2);
    assert!(bound["assumptions"][0]["name"].as_str().unwrap().contains("tend to the fixed point"));
    let spin = json("bound loop-map --preset spin --beta 2 --log-odds 0.5 --external 3");
    near(&spin["value"], 1.75);
    near(&spin["intermediates"]["fixed_point"], 3.0);
    near(&json("bound loop-map --preset frozen-reward --beta 0.5 --log-odds 0.7 --rounds 3")["value"], 4.9);
    // The paper's loop without any of α, η, Δr°.
    near(&json("bound loop-map --beta 0.5 --log-odds 0.7 --rounds 3")["value"], 18.9);
    refused("bound loop-map --preset spin --beta 2 --log-odds 0.5", &["--external", "nothing"]);
    refused("bound loop-map --preset spun --beta 2 --log-odds 0.5", &["--preset", "spun", "spin"]);
    refused(
        "bound loop-map --preset spin --alpha 1 --external 1 --beta 2 --log-odds 0.5",
        &["--alpha", "not to be given"],
    );
    refused("bound loop-map --beta 0 --log-odds 0.5", &["--beta", "above 0"]);
    refused("bound loop-map --beta 1e-309 --log-odds 0.5", &["--beta", "doubles"]);
    // It stops where it is sure.
    refused("bound loop-map --preset selective-rewriting --beta 2 --log-odds 0.5", &["--preset", "spin"]);
    // At the fixed point for ever; beyond the doubles the policy is sure, which says something.
    near(&json("bound loop-map --beta 1 --log-odds 1 --external -1 --rounds 54")["value"], 1.0);
    near(&json("bound loop-map --preset spin --beta 0.3 --log-odds 0.3 --external 0.3 --rounds 50")["value"], 0.3);
    near(&json("bound loop-map --beta 1 --log-odds 0 --rounds 2000")["value"], 0.0);
    let sure = json("bound loop-map --beta 1 --log-odds 1 --rounds 1024");
    assert!(sure["value"].is_null() && sure["vacuous"] == false);
    near(&sure["intermediates"]["probability"], 1.0);
    near(&sure["intermediates"]["log_size"], 1024.0 * 2f64.ln());
}

/// Oracle: by hand, v_5(.6) = .6⁵ + 5·.6⁴·.4 + 10·.6³·.4², and a vote of four is one of three.
#[test]
fn the_map_of_a_vote() {
    let near = |value: &Value, expected: f64| assert!((value.as_f64().unwrap() - expected).abs() < 1e-12, "{value}");
    let bound = json("bound vote --start 0.6 --best-of 5 --beta 0.25");
    near(&bound["value"], 0.682_56);
    near(&bound["intermediates"]["slope_at_half"], 1.875);
    near(&bound["intermediates"]["order_at_zero"], 3.0);
    near(&bound["intermediates"]["coefficient_at_zero"], 10.0);
    near(&bound["intermediates"]["majority_reward_log_odds"], 1.5f64.ln() + 4.0 * 0.365_12);
    near(&json("bound vote --start 0.6 --best-of 4")["value"], 0.648);
    refused("bound vote --start 1 --best-of 4", &["--start", "between 0 and 1"]);
    refused("bound vote --start 0.6 --best-of 2.5", &["--best-of", "2.5"]);
}

/// Oracle: enumeration by hand of three draws from (.5, .3, .2): differences of the cubes of .2, .5 and 1.
#[test]
fn the_likeliest_of_n_draws() {
    let bound = json("bound best-of-n --probabilities 0.5,0.3,0.2 --best-of 3");
    let near = |value: &Value, expected: f64| assert!((value.as_f64().unwrap() - expected).abs() < 1e-12, "{value}");
    near(&bound["value"], 1.0 - 0.125);
    let law = bound["intermediates"]["law"].as_array().unwrap();
    [0.875, 0.125 - 0.008, 0.008].into_iter().zip(law).for_each(|(expected, found)| near(found, expected));
    let spread = 0.875 * 0.875 / 0.5 + 0.117 * 0.117 / 0.3 + 0.008 * 0.008 / 0.2;
    near(&bound["intermediates"]["concentrability"], spread);
    near(&bound["intermediates"]["concentrability_bound"], 1.8);
    near(&bound["intermediates"]["kl_bound"], 3f64.ln() - 2.0 / 3.0);
    refused(
        "bound best-of-n --probabilities 0.5,0.4 --best-of 3",
        &["--probabilities = numbers with the sum 0.9", "sum to 1"],
    );
    refused("bound best-of-n --probabilities 0.5,0.5 --best-of 0", &["best-of = 0", "a whole number, at least 1"]);
    refused("bound best-of-n --probabilities 0.5,0.5", &["best-of", "best-of-n needs probabilities, best-of"]);
}

/// Oracle: the sum of P[N > k] for (.5, .3, .2) at μ = 1.7, written out: the mode stops from 4 on, the second from 6, the last from 9.
#[test]
fn the_adaptive_rule() {
    let bound = json("bound adaptive-draws --probabilities 0.5,0.3,0.2 --mu 1.7");
    let near = |value: &Value, expected: f64| assert!((value.as_f64().unwrap() - expected).abs() < 1e-12, "{value}");
    let going = |k: i32| if k < 6 { 0.5f64.powi(k) } else { 0.2f64.powi(k) };
    near(&bound["value"], 4.0 + (4..9).map(going).sum::<f64>());
    near(&bound["intermediates"]["first_stop"], 4.0);
    near(&bound["intermediates"]["draws_bound"], 4.0 + 0.0625 / 0.5);
    near(&bound["intermediates"]["draws_bound_simple"], 2.7 / 0.5);
    near(&bound["intermediates"]["miss_bound_simple"], (-1.7f64).exp());
    // The second is kept at 6 as the best of six, or later as the draw that stops; the last at 9 only if all nine are it.
    let last = 0.2f64.powi(9);
    let second = 0.5f64.powi(6) - 0.2f64.powi(6) + 0.3 * (6..9).map(|k| 0.2f64.powi(k)).sum::<f64>();
    near(&bound["intermediates"]["miss"], second + last);
    refused("bound adaptive-draws --probabilities 1 --mu=-1", &["mu = -1", "a finite number above 0"]);
}

/// P[the last level is solved] at difficulties (1, 6, 9, 12), transfer 6 and n = 200 under a curriculum, a mixture and on the hardest
/// level alone: sums over solved sets by a script of its own.
const CHAIN: [f64; 3] = [0.3904891714348775, 0.12078189229258281, 0.004903294194643404];

/// Reward-filtered training. Oracles: log(e^5/0.1)/400 by hand, with the roots of J(1−J) = a; fifty rounds of J ↦ 1 − a/J by hand; the
/// chain's probabilities by a sum over all 2^4 solved sets, done apart.
#[test]
fn reward_filters_have_their_numbers() {
    let number = |bound: &serde_json::Value, name: &str| bound["intermediates"][name].as_f64().unwrap();
    let bound = json("bound acceptance --log-class-size 5 --n 400 --rho 0.1");
    let a = (5.0 + 10f64.ln()) / 400.0;
    assert!((bound["value"].as_f64().unwrap() - a).abs() < 1e-15);
    for name in ["lower_fixed_point", "upper_fixed_point"] {
        let point = number(&bound, name);
        assert!((point * (1.0 - point) - a).abs() < 1e-15, "{name}");
    }
    assert_eq!(number(&bound, "below_a_quarter"), 1.0);
    let wide = json("bound acceptance --class-size 3 --n 10");
    assert_eq!(number(&wide, "below_a_quarter"), 0.0);
    assert!(wide["intermediates"].get("lower_fixed_point").is_none());

    let map = json("bound feedback-map --acceptance 0.1 --start 0.12 --rounds 50");
    let list = map["intermediates"]["guarantees"].as_array().unwrap();
    assert_eq!(list.len(), 51);
    let mut by_hand = 0.12;
    for value in list {
        assert!((value.as_f64().unwrap() - by_hand).abs() < 1e-12);
        by_hand = 1.0 - 0.1 / by_hand;
    }
    assert_eq!(map["value"], list[50]);
    assert!((map["value"].as_f64().unwrap() - 0.5 * (1.0 + 0.6f64.sqrt())).abs() < 1e-12);

    let levels = json("bound curriculum --difficulties 1,6,9,12 --transfer 6 --n 200");
    for (name, expected) in [("curriculum", CHAIN[0]), ("mixture", CHAIN[1]), ("hard_only", CHAIN[2])] {
        assert!((number(&levels, name) - expected).abs() < 1e-9, "{name}: {}", number(&levels, name));
    }
    assert_eq!(levels["value"], levels["intermediates"]["curriculum"]);

    for (call, said) in [
        ("curriculum --difficulties 3,4,5 --transfer 1 --n 100", "--n = 100: expected a multiple of the 3 levels"),
        ("curriculum --difficulties 3,inf --transfer 1 --n 100", "--difficulties = inf: expected a finite number"),
        ("curriculum --difficulties 3,4 --transfer -1 --n 100", "--transfer = -1: expected"),
        ("acceptance --log-class-size -1 --n 10", "--log-class-size = -1: expected"),
        (
            "acceptance --n 10",
            "--class-size = nothing: expected a value; acceptance needs log-class-size or class-size",
        ),
        ("feedback-map --acceptance 0 --start 0.2", "--acceptance = 0: expected"),
        ("feedback-map --acceptance 0.1 --start 1.2", "--start = 1.2: expected a number from 0 to 1"),
    ] {
        let output = selfreward(&format!("bound {call}")).assert().code(2).get_output().stderr.clone();
        let text = String::from_utf8(output).unwrap();
        assert!(text.contains(said), "{call}: {text}");
    }
}

/// Bounds of the sharpening mechanism. Oracles: sums by hand, and for the floor the occupancy of one and two draws.
#[test]
fn budgets_of_sharpening() {
    let value = |call: &str| json(&format!("bound {call}"))["value"].as_f64().unwrap();
    let sft = "sft --log-class-size 35.2 --n 800 --best-of 20 --rho 0.1 --delta 0.5 --modes 0.2,1 --weights 0.6,0.4";
    let h = |delta: f64, eta: f64| 2.0 - 2.0 * ((delta * eta).sqrt() + ((1.0 - delta) * (1.0 - eta)).sqrt());
    let first = |eta: f64| 2.0 * (35.2 + 10f64.ln()) / (800.0 * h(0.5, eta));
    assert!((value(sft) - first(0.8f64.powi(20))).abs() < 1e-12);
    // At a smaller η the first group is beyond it.
    assert!((value(&format!("{sft} --eta 0.001")) - first(0.001) - 0.6).abs() < 1e-12);
    let bound = json(&format!("bound {sft}"));
    let of = |name: &str| bound["intermediates"][name].as_f64().unwrap();
    assert!((of("h") - h(0.5, of("eta"))).abs() < 1e-14 && of("tail_share") == 0.0 && of("first_term") == value(sft));
    assert_eq!(bound["intermediates"]["modes"], serde_json::json!([0.2, 1.0]));
    refused(&format!("bound {sft} --eta 0.5"), &["--eta", "0.5", "below"]);
    refused(&format!("bound {}", sft.replace("0.6,0.4", "0.6,0.3")), &["--weights", "0.6,0.3", "sum is 1"]);
    refused(&format!("bound {}", sft.replace("0.6,0.4", "0.6,0.3,0.1")), &["--weights", "3 numbers", "2 numbers"]);
    refused(&format!("bound {}", sft.replace("0.2,1", "0.2,1.5")), &["--modes", "1.5"]);
    // One prompt draw with one response: nothing seen, the hidden label, another one.
    let (mass, q): (f64, f64) = (0.6, 0.2);
    let weight = mass / 16.0;
    let by_hand = mass * ((1.0 - weight) * (1.0 - 1.0 / 9.0) + weight * (1.0 - q) * (1.0 - 1.0 / 8.0));
    assert!((value("bayes-floor --prompts 16 --responses 9 --mass 0.6 --n 1 --best-of 1") - by_hand).abs() < 1e-14);
    // Two responses: the same label twice, or two.
    let two = (1.0 - q).powi(2) * (1.0 / 8.0 * (1.0 - 1.0 / 8.0) + 7.0 / 8.0 * (1.0 - 1.0 / 7.0));
    let by_hand = mass * ((1.0 - weight) * (1.0 - 1.0 / 9.0) + weight * two);
    assert!((value("bayes-floor --prompts 16 --responses 9 --mass 0.6 --n 1 --best-of 2") - by_hand).abs() < 1e-14);
    refused(
        "bound bayes-floor --prompts 16 --responses 1 --mass 0.6 --n 1 --best-of 2",
        &["--responses", "at least 2"],
    );
    let offline = "offline-sharpening --kappa0 1.5 --c-conc 3 --c-loss 4 --log-class-size 3 --n 1e6 --rho 0.1 --beta 0.05 --margin 0.5 --delta 0.5";
    let bound = json(&format!("bound {offline}"));
    let of = |name: &str| bound["intermediates"][name].as_f64().unwrap();
    let k = 8f64.ln();
    let fourth = k.powi(4) + 4.0 * (k.powi(3) + 3.0 * k * k + 6.0 * k + 6.0);
    assert!((of("fourth_moment") / fourth - 1.0).abs() < 1e-14);
    let eta = of("eta");
    let loss = 4.0 * eta * eta * (3.0 + 10f64.ln()) / 1e6 + 4.0 * (16.0 * (-eta).exp() * fourth).sqrt();
    assert!((of("loss") / loss - 1.0).abs() < 1e-13);
    let regret = (1.5f64.sqrt() + 3f64.sqrt()) * loss.sqrt() + 0.05 * 1.5f64.ln();
    assert!((bound["value"].as_f64().unwrap() / (regret / (0.5 * 1.5f64.ln())) - 1.0).abs() < 1e-13);
    refused(&format!("bound {}", offline.replace("--beta 0.05", "--beta 2")), &["--beta", "2", "at most 1"]);
}

/// J of w = 0.8, a = 2, b = 0.1 at β = 1: 0.8σ(4) + 0.2σ(−0.2) after one round and 0.8σ(8) + 0.2σ(−0.4) after two; with votes
/// 0.8σ(3) + 0.2σ(−1.1) after one.
#[test]
fn rise_then_fall_tells_rounds_ends_and_tops() {
    let bound = json("bound rise-then-fall --right 0.8 --right-gap 2 --wrong-gap 0.1 --beta 1 --rounds 2");
    let part = |name: &str| bound["intermediates"][name].clone();
    let close = |found: &Value, expected: f64| assert!((found.as_f64().unwrap() - expected).abs() < 1e-12, "{found}");
    close(&part("accuracies")[1], 0.8 / (1.0 + (-4f64).exp()) + 0.2 / (1.0 + 0.2f64.exp()));
    close(&bound["value"], 0.8 / (1.0 + (-8f64).exp()) + 0.2 / (1.0 + 0.4f64.exp()));
    close(&part("accuracies_of_infinitely_many_votes")[1], 0.8 / (1.0 + (-3f64).exp()) + 0.2 / (1.0 + 1.1f64.exp()));
    for (name, expected) in [
        ("slopes_upward_at_start", 1.0),
        ("rises_in_first_round", 1.0),
        ("falls_in_the_end", 1.0),
        ("peak_round", 2.0),
        ("vote_peak_round", 1.0),
        ("limit", 0.8),
    ] {
        assert_eq!(part(name), expected, "{name}");
    }
    // Wrong favourites that lead by more: J rises to the end, and there is no top.
    let rising = json("bound rise-then-fall --right 0.8 --right-gap 0.5 --wrong-gap 2 --beta 1 --rounds 2");
    assert_eq!(rising["intermediates"]["falls_in_the_end"], 0.0);
    assert!(rising["intermediates"].get("peak_round").is_none());
    // A first round is no small step: it may fall where the slope is upward, and the other way round.
    for (numbers, slope, first) in [
        ("--right 0.6 --right-gap 0.5 --wrong-gap 2 --beta 1", 0.0, 1.0),
        ("--right 0.5 --right-gap 2 --wrong-gap 0.1 --beta 0.05", 1.0, 0.0),
    ] {
        let bound = json(&format!("bound rise-then-fall {numbers}"));
        assert_eq!(bound["intermediates"]["slopes_upward_at_start"], slope, "{numbers}");
        assert_eq!(bound["intermediates"]["rises_in_first_round"], first, "{numbers}");
    }
    // So small a β that 1/β is infinite: J_0 is what it is, and one round makes all sure.
    let short = json("bound rise-then-fall --right 0.8 --right-gap 2 --wrong-gap 0.1 --beta 1e-320 --rounds 2");
    let part = |name: &str| short["intermediates"][name].clone();
    let start = 0.8 / (1.0 + (-2f64).exp()) + 0.2 / (1.0 + 0.1f64.exp());
    close(&part("start"), start);
    close(&part("accuracies")[0], start);
    assert_eq!((part("accuracies")[1].as_f64(), short["value"].as_f64()), (Some(0.8), Some(0.8)));
    // J_1 = w is above J_0.
    for (round, height) in [("peak_round", "peak_accuracy"), ("vote_peak_round", "vote_peak_accuracy")] {
        assert_eq!((part(round).as_f64(), part(height).as_f64()), (Some(1.0), Some(0.8)));
    }
    // So large a β that a top takes more rounds than doubles can count: J of the top does not depend on β.
    let [long, slow] = ["1e200", "1e4"]
        .map(|beta| json(&format!("bound rise-then-fall --right 0.8 --right-gap 2 --wrong-gap 0.1 --beta {beta}")));
    for height in ["peak_accuracy", "vote_peak_accuracy"] {
        let of = |bound: &Value| bound["intermediates"][height].as_f64().unwrap();
        assert!((of(&long) - of(&slow)).abs() < 1e-8, "{height}");
    }
    let call = |numbers: &str| format!("bound rise-then-fall {numbers} --beta 1");
    for (numbers, words) in [
        ("--right 1 --right-gap 2 --wrong-gap 1", "--right = 1: expected a number strictly between 0 and 1"),
        ("--right 0.5 --right-gap 0 --wrong-gap 1", "--right-gap = 0: expected a finite number above 0"),
        ("--right 0.5 --right-gap 1", "--wrong-gap"),
    ] {
        refused(&call(numbers), &[words]);
    }
}
