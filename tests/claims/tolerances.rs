//! What the claims of the catalogue allow for chance and for rounding: levels, standard errors, units in the last place.
//!
//! Rows of a run in which one column is replaced, so that a comparison lies just on either side. Oracle: the numbers in the claims'
//! own statements and documentation, written out here.

use std::sync::atomic::AtomicBool;

use selfreward::claims::{Case, Evidence, Trials};
use selfreward::experiment::CellRows;
use selfreward::metrics::named::THETA_NORM;
use selfreward::papers;
use selfreward::simulate::{Simulation, run};
use selfreward::stats::student_quantile;
use selfreward::theory::linear_softmax::own_round_epsilon;
use selfreward::theory::single_step::{HardInstance, risk_root};

const HARD: &str = "
[instance]
kind = 'hard'
prompts = 64
mass = 'worst'
kappa0 = 9.0
[process]
samples = 4096
beta_over_sqrt_n = 1.0
rounds = 1
[measure]
delta = [0.5]
[run]
replicates = 40
";

const GAUSSIAN: &str = "
[instance]
kind = 'gaussian'
prompts = 20
responses = 4
dim = 6
[process]
samples = 256
beta = 0.5
rounds = 3
[measure]
delta = [0.5]
[run]
replicates = 2
";

fn rows(config: &str) -> CellRows {
    let simulation = Simulation::new(config.parse().unwrap()).unwrap();
    CellRows::of_run(&simulation, &run(&simulation, false, &AtomicBool::new(false)).unwrap())
}

/// The cases of a claim on these rows.
fn cases(id: &str, rows: CellRows) -> Vec<Case> {
    let claim = papers::claims().find(|claim| claim.id == id).unwrap();
    match claim.statement.collect("made-up", &[rows]).unwrap() {
        Evidence::Cases(cases) => cases,
        other => panic!("{other:?}"),
    }
}

/// The same rows with these values of a quantity after t rounds, one for each replicate.
fn with(mut rows: CellRows, quantity: &str, t: usize, values: &[f64]) -> CellRows {
    let column = rows.column(quantity).unwrap();
    rows.replicates.iter_mut().zip(values).for_each(|(replicate, value)| replicate[t][column] = Some(*value));
    rows
}

/// "to 6 standard errors of each mean": those of the exact law, the binomial variance of 64 prompts in 40 replicates.
#[test]
fn the_law_of_the_hard_instance_is_held_to_six_errors() {
    let rows = rows(HARD);
    let simulation = rows.simulation().unwrap();
    let mass = simulation.derived("mass");
    let law = HardInstance::new(64.0, mass, simulation.derived("responses") as u64).unwrap();
    let expected = law.expected_failure(4096.0, 1).unwrap().value();
    let share = expected / mass;
    let error = mass * (share * (1.0 - share) / (64.0 * 40.0)).sqrt();
    let exceeds = |errors: f64| {
        let rows = with(rows.clone(), "failure_0.5", 1, &[expected + errors * error; 40]);
        cases("C13.law", rows).iter().any(Case::exceeds)
    };
    assert_eq!([-6.3, -5.7, 0.0, 5.7, 6.3].map(exceeds), [true, false, false, false, true]);
}

/// A mean whose error is estimated is held to Student's two-sided quantile at 1e-6, here of forty replicates.
#[test]
fn a_mean_of_unknown_error_is_held_to_one_in_a_million() {
    let rows = rows(HARD);
    let simulation = rows.simulation().unwrap();
    let (kappa0, responses) = (simulation.derived("kappa0"), simulation.derived("responses"));
    let root = risk_root(0.05 * kappa0 * 64.0 * responses.ln() / 4096.0, kappa0).unwrap().unwrap();
    // Forty values of mean `mean`, 32 of them `spread` away from it: their mean has the standard error spread·√(32/39/40).
    let quantile = student_quantile(1e-6, 39.0);
    let exceeds = |errors: f64| {
        let mean = 0.5 * root;
        let spread = (root - mean) / errors * (40.0 * 39.0 / 32.0f64).sqrt();
        let values: Vec<f64> = [-1.0, -1.0, 0.0, 1.0, 1.0].map(|side| mean + side * spread).repeat(8);
        cases("C13.risk", with(rows.clone(), "failure_0.5", 1, &values)).iter().any(Case::exceeds)
    };
    // The tail of 39 degrees of freedom falls steeply: half or twice the level are some 3% away.
    assert_eq!([0.98, 1.02].map(|times| exceeds(times * quantile)), [false, true]);
}

/// C10: ε ≤ ε_n at ρ/T with ρ = 1/10, T = 3. The loss of a step is put on either side of that bound's square.
#[test]
fn the_statistical_error_is_held_to_its_bound_at_one_tenth() {
    let rows = rows(GAUSSIAN);
    let norm = rows.values(&THETA_NORM, 1).unwrap();
    let exceeds = |rho: f64| {
        let loss = |norm: &f64| own_round_epsilon(6.0, *norm, 256.0, 0.5, rho / 3.0).unwrap().value().powi(2);
        let losses: Vec<f64> = norm.iter().map(loss).collect();
        let cases = cases("C10.linear", with(rows.clone(), "population_loss", 2, &losses));
        assert_eq!(cases.len(), 2);
        cases.iter().map(Case::exceeds).collect::<Vec<_>>()
    };
    // The bound rises as ρ falls.
    assert_eq!([0.11, 0.09].map(exceeds), [vec![false; 2], vec![true; 2]]);
}

/// Sums may be off by 4096 additions, 2^-52 of their size each; a round's logits are known to `logit_rounding`, which a probability
/// feels eight times (1 + β) over, and a root mean square of residuals β(θ_{t+1}) − (1+β)θ_t likewise.
#[test]
fn rounding_is_that_of_the_numbers() {
    let rows = with(with(rows(GAUSSIAN), "logit_rounding", 1, &[1e-9; 2]), "logit_rounding", 2, &[1e-6; 2]);
    let trials = Trials::of(&rows).unwrap();
    let trial = trials.each().next().unwrap();
    let close = |value: f64, expected: f64| assert!((value / expected - 1.0).abs() < 1e-2, "{value} {expected}");
    close(trial.sum_rounding(3.0), 3.0 * 2f64.powi(-40));
    close(trial.rounding(2, 3.0).unwrap(), 8.0 * 1.5 * (1e-6 + 1e-9) * 3.0);
    close(trial.residual_rounding(2, 0.0).unwrap(), 8.0 * (0.5 * 1e-6 + 1.5 * 1e-9));
    close(trial.reward_rounding(2, 3.0).unwrap(), 4.0 * 1e-6);
    let rows = with(rows.clone(), "logit_rounding", 2, &[0.0; 2]);
    let trials = Trials::of(&rows).unwrap();
    close(trials.each().next().unwrap().reward_rounding(2, 3.0).unwrap(), 16.0 * 4.0 * 2f64.powi(-52));
}
