//! Which columns a configuration has, and what is said of one that it lacks.

use std::sync::atomic::AtomicBool;

use selfreward::absent::{Absent, Why};
use selfreward::metrics::also::QUANTITIES;
use selfreward::simulate::output::{csv, document, table};
use selfreward::simulate::{Beforehand, Config, Simulation, Summary, run};
use selfreward::stats::Method;

const GAUSSIAN: &str = "[instance]\nkind = 'gaussian'\nprompts = 6\nresponses = 3\ndim = 2\n";
const ANSWERS: &str = "[instance]\nkind = 'answers'\nresponses = 2\ngroups = [{ share = 1, gap = 1, right = true }]\n";

fn configured(text: &str) -> selfreward::Result<Simulation> {
    text.parse::<Config>().and_then(Simulation::new)
}

fn columns(text: &str) -> Vec<String> {
    configured(text).unwrap().columns().iter().map(|column| column.name()).collect()
}

/// The columns of the paper's loop on the paper's class, as every store so far has them.
#[test]
fn the_papers_loop_has_the_columns_that_it_had() {
    let expected = "kappa failure_0.5 failure_0.1 base_failure_0.5 base_failure_0.1 drift margin min_confidence entropy kl \
        accuracy base_probability greedy_modal greedy_base theta_norm cosine kappa_minus_one logit_rounding \
        comparator_failure_0.5 comparator_failure_0.1 gap concentrability excess population_loss rank_fraction diversity";
    let expected: Vec<&str> = expected.split_whitespace().collect();
    for process in ["", "update = 'population'", "update = 'gradient'", "update = 'finite-class'", "ridge = 0.1"] {
        assert_eq!(columns(&format!("{GAUSSIAN}[process]\n{process}")), expected, "{process}");
    }
    // The configuration that a run writes down is what it was, too.
    let text = configured(GAUSSIAN).unwrap().config.to_toml();
    assert!(text.contains("[measure]\ndelta = [0.5, 0.1]\nchain = false\n\n[run]"), "{text}");
}

#[test]
fn other_loops_measure_what_costs_little_and_can_exist() {
    let further = |text: &str| {
        let all = columns(text);
        let start = all.iter().position(|name| name == "diversity").unwrap() + 1;
        all[start..].to_vec()
    };
    let flips = ["step_drift", "drift_mass", "flip_loss"];
    let correct = ["correct_probability", "acceptance_condition", "circle_angle", "log_odds"];
    let offset = GAUSSIAN.replace("dim = 2", "dim = 2\noffset = { along = 1, noise = 1 }");
    assert_eq!(further(&offset), [&flips[..], &["draws", "rank_losses"]].concat());
    assert_eq!(further(&format!("{offset}[process]\nupdate = 'population'")), flips);
    assert_eq!(further(ANSWERS), [&correct[..], &flips, &["draws", "rank_losses"]].concat());
    let process = "[process]\nupdate = 'likelihood'\nradius = 9\nprompts = { confidence_at_most = 0.9 }";
    let convex = ["draws", "empty_filters", "at_infinity", "gradient_norm", "condition_number", "newton_steps"];
    assert_eq!(further(&format!("{GAUSSIAN}{process}")), [&flips[..], &convex].concat());
    assert_eq!(further(&format!("{offset}[measure]\nalso = []")), [""; 0]);
    let asked = "[measure]\nalso = ['draws', 'sharpened_share']";
    assert_eq!(further(&format!("{GAUSSIAN}{asked}")), ["sharpened_share", "draws"]);
    let all = further(&format!("{GAUSSIAN}[measure]\nalso = ['draws', 'all']"));
    assert_eq!(all, QUANTITIES.iter().map(|also| also.quantity.name).collect::<Vec<_>>());
    let levels = further(&format!("{ANSWERS}[measure]\nalso = []\nlevels = [0]"));
    assert_eq!(levels, ["accuracy_level_0", "correct_probability_level_0"]);
}

#[test]
fn wrong_names_and_levels_are_refused() {
    for (text, words) in [
        (format!("{GAUSSIAN}[measure]\nalso = ['draw']"), ["measure.also[0]", "draws"]),
        (format!("{GAUSSIAN}[measure]\nalso = 'draws'"), ["measure.also", "a list of words"]),
        (format!("{GAUSSIAN}[measure]\nalso = ['kappa']"), ["measure.also[0]", "\"kappa\""]),
        (format!("{GAUSSIAN}[measure]\nlevels = [1]"), ["measure.levels[0] = 1", "no correct responses"]),
        (format!("{ANSWERS}[measure]\nlevels = [0, 4]"), ["measure.levels[1] = 4", "a level of some prompt"]),
        (format!("{ANSWERS}[measure]\nlevels = [0, 0]"), ["measure.levels[1] = 0", "no number twice"]),
        (format!("{ANSWERS}[measure]\nlevels = [0.5]"), ["measure.levels", "whole numbers"]),
    ] {
        let error = configured(&text).expect_err(&text).to_string();
        assert!(words.iter().all(|word| error.contains(word)), "{text}: {error}");
    }
}

#[test]
fn outputs_have_the_further_columns() {
    let text = format!("{ANSWERS}[process]\nsamples = 8\nrounds = 2\n[measure]\nlevels = [0]\n[run]\nreplicates = 3");
    let simulation = configured(&text).unwrap();
    let trajectories = run(&simulation, false, &AtomicBool::new(false)).unwrap();
    let summary = Summary::new(&trajectories, &simulation);
    let document = document(&simulation, &summary);
    let draws = |t: usize| document["rounds"][t]["draws"]["values"].clone();
    assert_eq!((draws(1), draws(2)), (serde_json::json!([16.0, 16.0, 16.0]), serde_json::json!([32.0, 32.0, 32.0])));
    assert!(document["rounds"][0]["draws"].is_null());
    let at_start = document["rounds"][0]["correct_probability_level"]["0"]["mean"].as_f64().unwrap();
    assert!((at_start - 1.0 / (1.0 + (-1f64).exp())).abs() < 1e-15);
    let csv = csv(&summary);
    let header = csv.lines().next().unwrap();
    assert!(header.contains(",draws_mean,draws_lo,draws_hi") && header.contains(",accuracy_level_0_mean,"), "{header}");
    let shown = table(&summary, &[], 3, None);
    assert!(shown.contains("P[correct]") && shown.contains("accuracy, level 0"), "{shown}");
    // What follows from n is exact; the policy at the start is one computation.
    let cell = |t: usize, name: &str| summary.rows[t][summary.column(name).unwrap()].clone().unwrap();
    assert_eq!(cell(2, "draws").interval.method, Method::Exact);
    assert_eq!(cell(0, "correct_probability").interval.method, Method::Exact);
    let of = |text: &str| Beforehand::of(&text.parse::<Config>().unwrap()).mean("draws", 1, &[16.0; 3]).method;
    assert_eq!(of(&format!("{GAUSSIAN}[process]\nadaptive = 2.0")), Method::TooFew);
    assert_eq!(of(&format!("{GAUSSIAN}[process]\nbest_of = 2")), Method::Exact);
}

#[test]
fn a_column_that_is_not_there_names_its_remedy() {
    let reason = |column: &str| Absent { column: column.to_owned(), cell: 0, why: Why::NotMeasured }.reason();
    assert!(reason("draws").contains("`measure.also = [\"draws\"]`"));
    assert!(reason("accuracy_level_-2").contains("`measure.levels = [-2]`"));
    assert!(reason("tail_mean").contains("`measure.chain = true`"));
    assert!(reason("failure_0.25").contains("`measure.delta = [0.25]`"));
    assert!(reason("kappa").contains("every run measures it"));
}
