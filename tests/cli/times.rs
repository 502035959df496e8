//! The times that documents and `list` tell are those that `tests/times/measure.py` measured.

use serde_json::Value;

const README: &str = include_str!("../../README.md");

fn times() -> Value {
    serde_json::from_str(include_str!("../../docs/times.json")).unwrap()
}

fn wall(command: &str) -> f64 {
    times()["commands"][command]["wall"].as_f64().unwrap_or_else(|| panic!("{command} was not measured"))
}

/// The number of minutes that stands behind these words in the README.
fn minutes_told(words: &str) -> f64 {
    let (_, rest) = README.split_once(words).unwrap_or_else(|| panic!("the README does not say {words:?}"));
    let number: String = rest.trim_start().chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
    let unit = rest.trim_start()[number.len()..].trim_start();
    let number: f64 = number.parse().unwrap_or_else(|_| panic!("no number behind {words:?}"));
    if unit.starts_with("seconds") { number / 60.0 } else { number }
}

/// What is rounded for the eye is within a tenth of what was measured, or half a unit of its last digit.
#[test]
fn the_readme_tells_measured_times() {
    for (words, command) in [
        ("The first build takes", "cargo build --release"),
        ("the tests take", "cargo test --release"),
        ("`reproduce --quick` takes", "selfreward reproduce --quick"),
        ("`verify --quick` takes", "selfreward verify --quick"),
    ] {
        let (told, measured) = (minutes_told(words), wall(command) / 60.0);
        assert!(
            (told - measured).abs() <= f64::max(0.1 * measured, 0.01),
            "{words} {told}, measured {measured} minutes"
        );
    }
}

/// Each experiment has a time; of the full profile, where it was measured.
#[test]
fn every_experiment_was_timed() {
    let times = times();
    assert!(times["experiments"]["quick"].is_object());
    for experiment in selfreward::experiment::ALL {
        for (profile, seconds) in times["experiments"].as_object().unwrap() {
            let seconds = seconds[experiment.name].as_f64();
            assert!(seconds.is_some_and(|seconds| seconds >= 0.0), "{} {profile}", experiment.name);
        }
    }
}
