//! Claim C10 with the simulator's own empirical minimiser: ε ≤ ε_n with probability at least 1 − ρ, and a test that can fail.

use crate::common::{policy, process};
use crate::support::binomial_tail;
use selfreward::instance::{FeatureMap, Instance, Parameter};
use selfreward::logits::LogitTable;
use selfreward::metrics::step::population_loss;
use selfreward::process::Square;
use selfreward::seed::Seed;
use selfreward::theory::one_step::{Class, epsilon};

const RUNS: u64 = 1500;
const RHO: f64 = 0.05;
/// Each one-sided test rejects a true statement with at most this probability; about 80 are made.
const FALSE_ALARM: f64 = 1e-9;
const PROMPTS: usize = 4;
const GAP: f64 = 1.0;
const BETA: f64 = 0.1;

/// Four prompts of two responses, each pair of which comes up with probability `hit`, and one prompt that says nothing.
fn instance(hit: f64) -> Instance {
    let q = 1.0 / (1.0 + GAP.exp());
    let weight = hit / (2.0 * q * (1.0 - q));
    assert!(weight * PROMPTS as f64 <= 1.0, "the instance does not exist: take a larger n");
    let mut table = LogitTable::default();
    let mut weights = vec![weight; PROMPTS];
    (0..PROMPTS).for_each(|_| table.push_dense(&[GAP / 2.0, -GAP / 2.0]));
    table.push_dense(&[0.0]);
    weights.push(1.0 - weight * PROMPTS as f64);
    let mut responses = vec![2; PROMPTS];
    responses.push(1);
    Instance::new(weights, FeatureMap::one_hot(responses), Parameter::tabular(table), None).unwrap()
}

/// ε of `RUNS` rounds of empirical risk minimisation.
fn losses(instance: &Instance, n: u64, label: &str) -> Vec<f64> {
    let process = process(Square::default(), BETA, n, 1);
    let base = policy(instance, instance.base());
    let loss = |run: u64| {
        let seed = Seed::from_number(19).child(label, run);
        let round = process.on(instance).unwrap().start(seed).last().unwrap().unwrap();
        population_loss(instance.weights(), &base, &round.policy, BETA).sqrt()
    };
    (0..RUNS).map(loss).collect()
}

/// Worst case of the minimiser nearest to θ_t: an unseen prompt keeps its logits, so its share of ε² is hit·gap². With
/// hit = (f ε_n/gap)² the claim at f·ε_n fails iff a prompt stays unseen, which has probability near 4(1 − hit)^n. Oracle of the
/// failure frequency: inclusion and exclusion over the four prompts, Σ (−1)^{j+1} C(4,j) (1 − j·hit)^n.
#[test]
fn empirical_minimisers_are_covered_and_the_test_can_fail() {
    let n = 200_000u64;
    let theta_norm = GAP * (PROMPTS as f64 / 2.0).sqrt();
    // Realizable with equality; one-hot differences have norm √2.
    let radius = (1.0 + 1.0 / BETA) * theta_norm;
    let range = BETA * radius * 2f64.sqrt() + (1.0 + BETA) * GAP;
    let class = Class::Linear { dim: PROMPTS as f64, radius, theta_norm: Some(theta_norm), range: Some(range) };
    let bound = epsilon(&class, n as f64, BETA, RHO).unwrap();
    assert!(!bound.vacuous() && !bound.refuted());
    let mut largest_rejected = None;
    for step in (1..=40).rev() {
        let factor = f64::from(step) / 200.0;
        let hit = (factor * bound.value() / GAP).powi(2) * (1.0 + 1e-9);
        let losses = losses(&instance(hit), n, &format!("{step}"));
        let above = |level: f64| losses.iter().filter(|epsilon| **epsilon > level).count() as u64;
        assert!(
            binomial_tail(above(bound.value()), RUNS, RHO) > FALSE_ALARM,
            "coverage 1 − ρ is refuted at hit = {hit}"
        );
        let failures = above(factor * bound.value());
        let miss = |j: i32| (n as f64 * (-f64::from(j) * hit).ln_1p()).exp();
        let law = (4.0 * miss(1) - 6.0 * miss(2) + 4.0 * miss(3) - miss(4)).clamp(1e-12, 1.0 - 1e-12);
        assert!(binomial_tail(failures, RUNS, law) > FALSE_ALARM, "f = {factor}: {failures} failures, law {law}");
        assert!(
            binomial_tail(RUNS - failures, RUNS, 1.0 - law) > FALSE_ALARM,
            "f = {factor}: {failures} failures, law {law}"
        );
        if largest_rejected.is_none() && binomial_tail(failures, RUNS, RHO) <= FALSE_ALARM {
            largest_rejected = Some(factor);
        }
    }
    let factor = largest_rejected.expect("some f < 1 is rejected");
    println!("nearest empirical minimiser, linear class: the largest rejected factor of epsilon_n is {factor}");
    assert!(factor < 0.2);
}
