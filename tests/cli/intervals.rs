//! The intervals that `simulate` prints and writes.

use crate::study_common::Bench;
use serde_json::Value;

/// A share whose replicates often agree by chance: its mean is 0.486 over 2000 replicates.
const RARE: &str = "[instance]\nkind = \"tabular\"\nprompts = 1\nresponses = 2\nbump = 0.4\n\
                    [process]\nupdate = \"erm\"\nsamples = 1\nbeta = 0.01\nrounds = 2\n[measure]\ndelta = [0.5]\n";

fn document(bench: &Bench, arguments: &str) -> Value {
    let output = bench.expect(0, &format!("simulate --config rare.toml --json --quiet {arguments}"));
    serde_json::from_str(&output).unwrap()
}

/// Every interval of a share lies in [0, 1]; it is of no width only where it is said to be exact; and where all replicates agree
/// the interval still holds the mean of many, but for the few that a level of 95% allows.
#[test]
fn a_share_has_an_interval_within_its_range_whatever_the_seed() {
    let bench = Bench::with("rare.toml", RARE);
    let many = document(&bench, "--set run.replicates=2000");
    let (mut agreed, mut held) = (0, 0);
    for seed in 1..=20 {
        let few = document(&bench, &format!("--set run.replicates=3 --seed {seed}"));
        for (t, round) in few["rounds"].as_array().unwrap().iter().enumerate() {
            for name in ["drift", "min_confidence", "base_probability"] {
                let cell = &round[name];
                let number = |key: &str| cell[key].as_f64().unwrap_or_else(|| panic!("{name}: {cell}"));
                let (lo, mean, hi) = (number("lo"), number("mean"), number("hi"));
                assert!(0.0 <= lo && lo <= mean && mean <= hi && hi <= 1.0, "{name} {cell}");
                assert_eq!(lo == hi, cell["interval"] == "exact", "{name} {cell}");
                let values = cell["values"].as_array().unwrap();
                if t > 0 && values.iter().all(|value| value == &values[0]) {
                    agreed += 1;
                    let truth = many["rounds"][t][name]["mean"].as_f64().unwrap();
                    held += usize::from(lo <= truth && truth <= hi);
                }
            }
        }
    }
    assert!(agreed > 5 && 10 * held >= 9 * agreed, "{held} of {agreed}");
}

/// Without an upper end there is no interval from a few replicates, and the outputs say why.
#[test]
fn too_few_replicates_are_said() {
    let bench = Bench::with("rare.toml", RARE);
    let few = document(&bench, "--set run.replicates=10");
    let kappa = &few["rounds"][2]["kappa"];
    assert!(kappa["lo"].is_null() && kappa["hi"].is_null() && kappa["interval"] == "too few replicates", "{kappa}");
    let start = &few["rounds"][0]["kappa"];
    assert!(start["interval"] == "exact" && start["lo"] == start["mean"] && start["hi"] == start["mean"], "{start}");
    let many = document(&bench, "--set run.replicates=40");
    let kappa = &many["rounds"][2]["kappa"];
    assert!(kappa["interval"] == "student-t" && kappa["lo"].as_f64().unwrap() >= 1.0, "{kappa}");
    let one = document(&bench, "--set run.replicates=1");
    assert_eq!(one["rounds"][2]["drift"]["interval"], "single replicate");
}

/// The table shows intervals as their ends, says what a lone mean is, and is folded to a width that a terminal has.
#[test]
fn the_table_says_what_its_cells_are() {
    let bench = Bench::with("rare.toml", RARE);
    let text = bench.expect(0, "simulate --config rare.toml --quiet --set run.replicates=3 --seed 7");
    assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
    assert!(!text.contains('±') && text.contains("[0, 0.708]"), "{text}");
    let legend = "(3 replicates: mean [95% interval]; a mean alone is exact; [?] no interval: too few replicates)";
    assert!(text.contains(legend), "{text}");
    assert_eq!(
        text.matches("\nt  ").count() + usize::from(text.starts_with("t  ")),
        text.split("\n\n").count(),
        "{text}"
    );
}
