//! `selfreward simulate` on autoregressive instances: the configuration's keys, the outputs, the refusals.

use assert_cmd::Command;
use serde_json::Value;

/// Runs a configuration with settings laid over it.
fn simulate(config: &str, settings: &[&str]) -> assert_cmd::assert::Assert {
    let folder = tempfile::TempDir::new().unwrap();
    let path = folder.path().join("c.toml");
    std::fs::write(&path, config).unwrap();
    let mut command = Command::cargo_bin("selfreward").unwrap();
    command.arg("simulate").arg("--config").arg(path).args(["--json", "-q"]);
    for setting in settings {
        command.args(["--set", setting]);
    }
    command.assert()
}

fn document(config: &str, settings: &[&str]) -> Value {
    serde_json::from_slice(&simulate(config, settings).success().get_output().stdout).unwrap()
}

const TRAP: &str = "[instance]\nkind = 'autoregressive'\nprompts = 20\nvocab = 4\nlength = 3\ntrap = { p = 0.4, eta = 0.1 }\n[process]\nbeta = 0.5\nsamples = 400\nrounds = 4\n[run]\nreplicates = 3\n";

fn mean(document: &Value, t: usize, quantity: &str) -> f64 {
    document["rounds"][t][quantity]["mean"].as_f64().unwrap_or_else(|| panic!("{quantity} at t = {t}"))
}

/// Closed forms at t = 0: greedy decoding never finds the optimum of the trap, which has probability p. At the end most
/// policies are sure of their modes, where greedy decoding must find them.
#[test]
fn rounds_lead_out_of_the_trap() {
    let run = document(TRAP, &[]);
    assert_eq!(run["config"]["instance"]["trap"]["eta"], 0.1);
    assert!((mean(&run, 0, "base_probability") - 0.4).abs() < 1e-12);
    assert!((mean(&run, 0, "kappa") - 2.5).abs() < 1e-11);
    assert_eq!((mean(&run, 0, "greedy_modal"), mean(&run, 0, "greedy_base")), (0.0, 0.0));
    assert!(run["rounds"][0]["accuracy"].is_null());
    assert!(mean(&run, 4, "greedy_modal") > 0.95, "{}", mean(&run, 4, "greedy_modal"));
    // What is sure of its mode is found by greedy decoding.
    for t in 0..=4 {
        let sure = 1.0 - run["rounds"][t]["failure"]["0.5"]["mean"].as_f64().unwrap();
        assert!(mean(&run, t, "greedy_modal") >= sure - 1e-12);
    }
    let again = document(&format!("{}seed = 2\n", TRAP), &[]);
    assert_ne!(mean(&run, 2, "kappa"), mean(&again, 2, "kappa"));
}

/// κ_0 = α^(−L); a key set on the command line drops the one that it excludes.
#[test]
fn top_replaces_trap_on_the_command_line() {
    let run = document(TRAP, &["instance.top=0.5", "instance.vocab=3", "instance.length=6"]);
    assert!((mean(&run, 0, "kappa") - 64.0).abs() < 1e-9);
    assert_eq!(mean(&run, 0, "greedy_modal"), 1.0);
    assert!(run["config"]["instance"]["trap"].is_null());
    let back = document(
        &TRAP.replace("trap = { p = 0.4, eta = 0.1 }", "top = 0.5"),
        &["instance.trap={ p = 0.3, eta = 0.1 }"],
    );
    assert!((mean(&back, 0, "base_probability") - 0.3).abs() < 1e-12);
}

#[test]
fn other_kinds_have_no_greedy_quantities() {
    let run = document("[instance]\nkind = 'tabular'\nprompts = 3\nresponses = 4\n", &[]);
    let round = &run["rounds"][0];
    assert!(round["greedy_modal"].is_null() && round["greedy_base"].is_null());
    // One logit of 1 among four.
    let e = std::f64::consts::E;
    assert!((mean(&run, 0, "base_probability") - e / (e + 3.0)).abs() < 1e-14);
}

#[test]
fn configurations_that_cannot_be_are_refused() {
    let top = TRAP.replace("trap = { p = 0.4, eta = 0.1 }", "top = 0.5");
    for (config, settings, words) in [
        (TRAP.replace("trap =", "top = 0.5\ntrap ="), vec![], vec!["[instance]", "top and trap", "only one"]),
        (top.replace("top = 0.5\n", ""), vec![], vec!["instance.top", "absent", "trap"]),
        (top.replace("vocab = 4\n", ""), vec![], vec!["instance.vocab", "absent"]),
        (TRAP.to_owned(), vec!["instance.trap.q=1.0"], vec!["instance.trap.q", "instance.trap.eta"]),
        (TRAP.to_owned(), vec!["instance.trap={ p = 0.4 }"], vec!["eta"]),
        (TRAP.to_owned(), vec!["instance.trap.p=0.5"], vec!["instance.trap.p", "0.5", "below 1/2"]),
        (TRAP.to_owned(), vec!["instance.trap.eta=0.5"], vec!["instance.trap.eta", "0.5", "1 - 2p"]),
        (TRAP.to_owned(), vec!["instance.length=1"], vec!["instance.length", "(p + eta)/p = 1.25"]),
        (TRAP.to_owned(), vec!["instance.length=40"], vec!["instance.length", "40", "2^32"]),
        (top.clone(), vec!["instance.top=0.1"], vec!["instance.top", "0.1", "1/vocab = 0.25"]),
        (top.clone(), vec!["instance.prompts=0"], vec!["instance.prompts = 0", "from 1 to"]),
        (
            top,
            vec!["instance.top=0.6", "instance.vocab=2", "instance.length=31", "instance.prompts=1000"],
            vec!["the limit is", "TB"],
        ),
        (
            "[instance]\nkind = 'tabular'\nprompts = 3\nresponses = 4\ntop = 0.5\n".to_owned(),
            vec![],
            vec!["instance.top", "autoregressive"],
        ),
    ] {
        let output = simulate(&config, &settings).code(2).stdout("").get_output().clone();
        let stderr = String::from_utf8(output.stderr).unwrap();
        words.iter().for_each(|word| assert!(stderr.contains(word), "{word:?} is missing from: {stderr}"));
    }
}
