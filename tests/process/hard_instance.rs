//! The hard instance of Theorem 4.1: failure follows the exact law of claim C13.

use crate::common::process;
use selfreward::Loop;
use selfreward::instance::lower_bound::Hard;
use selfreward::metrics::policy::{failure, kappa};
use selfreward::process::{Sampling, Square};
use selfreward::seed::Seed;
use selfreward::theory::single_step::{HardInstance, realised_kappa0, responses_for, worst_mass};

/// Oracle: E F_T = Δ(1 − 2q(1−q)Δ/M)^{nT}. Unresolved prompts of one run are negatively associated (they share n draws), so the
/// binomial variance bounds that of their number over R independent runs; z at 6 deviations, 24 tests: 4.8e-8 of the budget.
#[test]
fn failure_follows_the_exact_law() {
    let sizes = [(64usize, 3.0, 1u64 << 12, 400), (64, 9.0, 1 << 16, 200), (16, 3.0, 1 << 12, 1000)];
    let ways = [Sampling::Auto, Sampling::Explore];
    for ((prompts, kappa0, n, runs), sampling) in sizes.into_iter().flat_map(|size| ways.map(|way| (size, way))) {
        let mass = worst_mass(n as f64, prompts as f64, kappa0).unwrap();
        let responses = responses_for(kappa0, mass).unwrap();
        let hard = Hard { prompts, responses: responses as u32, mass, verifier: false };
        let law = HardInstance::new(prompts as f64, mass, responses).unwrap();
        let beta = 1.0 / (n as f64).sqrt();
        assert!(law.unresolved_fails(0.5).unwrap() && law.one_pair_resolves(beta, 0.5).unwrap());
        let process = Loop { sampling, ..process(Square::default(), beta, n, 4) };
        let mut unresolved = [0.0; 5];
        for run in 0..runs {
            let seed = Seed::from_number(41).child("replicate", run);
            let instance = hard.draw(&seed).unwrap();
            let base = instance.policy(instance.base());
            let realised = realised_kappa0(mass, responses).unwrap();
            assert!((kappa(instance.weights(), &base) - realised).abs() < 1e-12 * realised);
            for round in process.on(&instance).unwrap().start(seed) {
                let round = round.unwrap();
                unresolved[round.t] += failure(instance.weights(), &round.policy, 0.5) / mass * prompts as f64;
            }
        }
        for (t, &count) in unresolved.iter().enumerate().skip(1) {
            let p = law.expected_failure(n as f64, t as u32).unwrap().value() / mass;
            let total = (prompts as u64 * runs) as f64;
            let z = (count - total * p) / (total * p * (1.0 - p)).sqrt();
            assert!(
                z.abs() < 6.0,
                "{sampling:?}, M = {prompts}, kappa0 = {kappa0}, n = {n}, T = {t}: {count} of {total}, p = {p}, z = {z}"
            );
        }
    }
}

/// n is drawn exactly at sizes where no array of labels would fit: 2^40 triples, millions of labels a prompt.
#[test]
fn huge_label_sets_are_never_written_down() {
    let (prompts, kappa0, n) = (64usize, 16.0, 1u64 << 36);
    let mass = worst_mass(n as f64, prompts as f64, kappa0).unwrap();
    let responses = responses_for(kappa0, mass).unwrap();
    assert!(responses > 500_000);
    let instance =
        Hard { prompts, responses: responses as u32, mass, verifier: false }.draw(&Seed::from_number(1)).unwrap();
    let process = process(Square::default(), 1.0 / (n as f64).sqrt(), n, 1);
    let round = process.on(&instance).unwrap().start(Seed::from_number(1)).last().unwrap().unwrap();
    let law = HardInstance::new(prompts as f64, mass, responses).unwrap();
    let p = law.expected_failure(n as f64, 1).unwrap().value() / mass;
    let count = failure(instance.weights(), &round.policy, 0.5) / mass * prompts as f64;
    // 64 prompts: outside 6 deviations with probability below 1.3e-7 (Hoeffding: 2 exp(−2·64·(6·0.06)²)).
    assert!((count / 64.0 - p).abs() < 0.36, "{count} of 64 unresolved, expected {p}");
}

/// 2^26 labels a prompt: where an exploration finds few of them, it costs a few numbers a prompt, and the law is the same.
#[test]
fn what_does_not_move_costs_nothing() {
    let (prompts, responses, n, rounds, runs) = (64usize, 1u32 << 26, 1u64 << 30, 3, 100);
    let hard = Hard { prompts, responses, mass: 0.5, verifier: false };
    let law = HardInstance::new(prompts as f64, 0.5, u64::from(responses)).unwrap();
    let process =
        Loop { sampling: Sampling::Explore, ..process(Square::default(), 1.0 / (n as f64).sqrt(), n, rounds) };
    let mut unresolved = [0.0; 4];
    for run in 0..runs {
        let seed = Seed::from_number(42).child("replicate", run);
        let instance = hard.draw(&seed).unwrap();
        for round in process.on(&instance).unwrap().start(seed) {
            let round = round.unwrap();
            unresolved[round.t] += failure(instance.weights(), &round.policy, 0.5) / hard.mass * prompts as f64;
        }
    }
    for (t, &count) in unresolved.iter().enumerate().skip(1) {
        let p = law.expected_failure(n as f64, t as u32).unwrap().value() / hard.mass;
        let total = (prompts as u64 * runs) as f64;
        // As above, three tests more: 6e-9 of the budget.
        let z = (count - total * p) / (total * p * (1.0 - p)).sqrt();
        assert!(z.abs() < 6.0, "T = {t}: {count} of {total}, p = {p}, z = {z}");
    }
}

/// The verifier knows the hidden label, and the instance is the same with it and without.
#[test]
fn a_verifier_knows_the_hidden_label() {
    let seed = Seed::from_number(3);
    let hard = |verifier: bool| Hard { prompts: 20, responses: 7, mass: 0.6, verifier }.draw(&seed).unwrap();
    let (plain, known) = (hard(false), hard(true));
    assert!(plain.correct().is_none());
    let policy = known.policy(known.base());
    let correct = known.correct().expect("a verifier");
    for x in 0..known.prompts() {
        let likeliest = policy.head(x).modal;
        assert_eq!(correct.at(x), Some(&[likeliest][..]), "prompt {x}");
        assert_eq!(plain.policy(plain.base()).head(x).modal, likeliest);
    }
}
