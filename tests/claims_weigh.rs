//! Every verdict of every rule, reached on made-up evidence; and the rules on worlds whose truth is known.
//!
//! What weighs sees numbers and a rule alone, so numbers and a rule are all that these tests give it.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use selfreward::claims::weigh::Exponent;
use selfreward::claims::{Axes, Case, Comparison, Curve, CurvePoint, Evidence, Place, Ratio, Rule, Weighed, weigh};
use selfreward::seed::Seed;
use selfreward::stats::decay::Law;
use selfreward::study::definition::Verdict;

/// As many statistical decisions as a ledger may hold.
const DECISIONS: usize = 20;

fn decide(rule: Rule, evidence: &Evidence) -> Weighed {
    weigh(rule, evidence, DECISIONS, &Seed::from_number(1)).unwrap()
}

fn case(size: usize, comparisons: &[(f64, f64, bool)]) -> Case {
    Case {
        place: Place { experiment: "made-up", cell: size, replicate: 0, size },
        comparisons: comparisons.iter().map(|&(m, b, informative)| Comparison::new(m, b, 0.0, informative)).collect(),
        ..Case::default()
    }
}

#[test]
fn exact_statements_reach_every_verdict() {
    let holds = decide(Rule::Always, &Evidence::Cases(vec![case(1, &[(0.5, 1.0, true), (0.9, 1.0, true)])]));
    assert_eq!(holds.verdict, Verdict::Holds);
    // The tightest comparison is the one shown.
    assert_eq!((holds.measured.unwrap().value, holds.bound), (0.9, Some(1.0)));
    assert!((holds.slack.unwrap() - 0.1).abs() < 1e-12);

    let vacuous = decide(Rule::Always, &Evidence::Cases(vec![case(1, &[(0.5, 7.0, false)])]));
    assert_eq!((vacuous.verdict, vacuous.nonvacuous), (Verdict::HoldsVacuously, 0.0));

    // One exceeding comparison among many, and the smallest of the instances that show one is the witness.
    let mut cases: Vec<Case> = (0..100).map(|i| case(i + 10, &[(0.5, 1.0, true)])).collect();
    cases[40] = case(50, &[(1.1, 1.0, true)]);
    cases[60] = case(20, &[(1.01, 1.0, true)]);
    let violated = decide(Rule::Always, &Evidence::Cases(cases));
    assert_eq!((violated.verdict, violated.witness.unwrap().size), (Verdict::Violated, 20));

    let mut unmet = case(1, &[(5.0, 1.0, true)]);
    unmet.assumptions = vec![("unique modes", false)];
    let unmet = decide(Rule::Always, &Evidence::Cases(vec![unmet]));
    assert_eq!(unmet.verdict, Verdict::NotApplicable);
    assert!(unmet.note.contains("unique modes") && unmet.assumptions == [("unique modes", 0.0)], "{unmet:?}");

    assert_eq!(decide(Rule::Always, &Evidence::Cases(Vec::new())).verdict, Verdict::NotApplicable);
    // A side that is no number does not pass for holding.
    let nan = decide(Rule::Always, &Evidence::Cases(vec![case(1, &[(f64::NAN, 1.0, true)])]));
    assert_eq!(nan.verdict, Verdict::Violated);
}

#[test]
fn rounding_is_allowed_and_nothing_more() {
    let comparison = |measured: f64| {
        let comparison = Comparison::new(measured, 1.0, 1e-12, true);
        Evidence::Cases(vec![Case { comparisons: vec![comparison], ..Case::default() }])
    };
    assert_eq!(decide(Rule::Always, &comparison(1.0 + 0.9e-12)).verdict, Verdict::Holds);
    assert_eq!(decide(Rule::Always, &comparison(1.0 + 1.1e-12)).verdict, Verdict::Violated);
}

/// Replicates of which so many exceed their bound.
fn replicates(failing: usize, all: usize, informative: bool) -> Evidence {
    let one = |i: usize| case(i, &[(if i < failing { 2.0 } else { 0.5 }, 1.0, informative)]);
    Evidence::Cases((0..all).map(one).collect())
}

#[test]
fn probabilistic_statements_reach_every_verdict() {
    let rule = Rule::WithProbability { rho: 0.1 };
    assert_eq!(decide(rule, &replicates(2, 200, true)).verdict, Verdict::Holds);
    assert_eq!(decide(rule, &replicates(0, 200, false)).verdict, Verdict::HoldsVacuously);
    assert_eq!(decide(rule, &replicates(60, 200, true)).verdict, Verdict::Violated);
    // Replicates in which no bound says anything are no trials: half of the others fail, which 1000 vacuous ones do not hide.
    let (Evidence::Cases(mut mixed), Evidence::Cases(vacuous)) = (replicates(40, 80, true), replicates(0, 1000, false))
    else {
        unreachable!()
    };
    mixed.extend(vacuous);
    assert_eq!(decide(rule, &Evidence::Cases(mixed)).verdict, Verdict::Violated);
    let few = decide(rule, &replicates(0, 20, true));
    assert_eq!(few.verdict, Verdict::Inconclusive);
    // Oracle: with no failure the upper end of level α is 1 − α^{1/N}, so N = log α / log(1−ρ) replicates settle it.
    let level: f64 = 0.01 / DECISIONS as f64;
    let needed = (level.ln() / 0.9f64.ln()).ceil() as usize - 20;
    assert!(few.note.contains(&format!("{needed} more replicates")), "{}", few.note);
    // Several failing rounds of one replicate count once.
    let many_rounds: Vec<Case> =
        (0..200).map(|i| case(i, &[(if i == 0 { 2.0 } else { 0.5 }, 1.0, true); 50])).collect();
    let weighed = decide(rule, &Evidence::Cases(many_rounds));
    assert_eq!((weighed.verdict, weighed.measured.unwrap().value), (Verdict::Holds, 0.005));
}

/// The chance of "violated" at a true probability of exactly ρ is at most the level, summed over the binomial law (oracle: the
/// probabilities themselves, by their recurrence).
#[test]
fn a_true_probabilistic_statement_is_rejected_no_more_often_than_the_level_says() {
    let (rho, all) = (0.1f64, 120usize);
    let mut probability = (1.0 - rho).powi(all as i32);
    let mut rejected = 0.0;
    for k in 0..=all {
        if decide(Rule::WithProbability { rho }, &replicates(k, all, true)).verdict == Verdict::Violated {
            rejected += probability;
        }
        probability *= (all - k) as f64 / (k + 1) as f64 * rho / (1.0 - rho);
    }
    assert!(rejected <= 0.01 / DECISIONS as f64 && rejected > 0.0, "{rejected}");
}

/// Curves measured = scale·x^slope with relative noise, R replicates.
fn power_curves(slope: f64, noise: f64, replicates: usize) -> Evidence {
    let mut rng = ChaCha8Rng::seed_from_u64(7);
    let points = (0..8)
        .map(|i| {
            let x = f64::from(4 << i);
            let values = (0..replicates).map(|_| x.powf(slope) * (1.0 + noise * rng.random_range(-1.0..1.0))).collect();
            CurvePoint { cell: i as usize, x, values }
        })
        .collect();
    Evidence::Curves(vec![Curve { label: "made-up".to_owned(), points }])
}

#[test]
fn exponents_reach_every_verdict() {
    let half = Rule::Exponent(Exponent::Equals(-0.5));
    assert_eq!(decide(half, &power_curves(-0.5, 0.2, 40)).verdict, Verdict::Holds);
    assert_eq!(decide(half, &power_curves(-0.75, 0.2, 40)).verdict, Verdict::Violated);
    assert_eq!(decide(half, &power_curves(-0.45, 0.02, 40)).verdict, Verdict::Violated);
    // A flat curve is no −1/2, and an interval longer than 0.1 is no test.
    assert_eq!(decide(half, &power_curves(0.0, 0.2, 40)).verdict, Verdict::Violated);
    assert_eq!(decide(half, &power_curves(-0.5, 0.9, 4)).verdict, Verdict::Inconclusive);
    let at_most = Rule::Exponent(Exponent::AtMost(-0.5));
    assert_eq!(decide(at_most, &power_curves(-0.9, 0.2, 40)).verdict, Verdict::Holds);
    assert_eq!(decide(at_most, &power_curves(-0.3, 0.2, 40)).verdict, Verdict::Violated);
}

/// Decays over t = 1, …, 10.
fn decay(law: impl Fn(f64) -> f64) -> Evidence {
    let mut rng = ChaCha8Rng::seed_from_u64(11);
    let points = (1..=10)
        .map(|t| {
            let values = (0..60).map(|_| law(f64::from(t)) * (1.0 + 0.1 * rng.random_range(-1.0..1.0))).collect();
            CurvePoint { cell: 0, x: f64::from(t), values }
        })
        .collect();
    Evidence::Curves(vec![Curve { label: "made-up".to_owned(), points }])
}

#[test]
fn decays_are_told_apart() {
    assert_eq!(decide(Rule::Decay(Law::Exponential), &decay(|t| 0.6f64.powf(t))).verdict, Verdict::Holds);
    assert_eq!(decide(Rule::Decay(Law::Exponential), &decay(|t| t.powf(-1.5))).verdict, Verdict::Violated);
    assert_eq!(decide(Rule::Decay(Law::Exponential), &decay(|t| 0.1 + 0.5f64.powf(t))).verdict, Verdict::Violated);
    assert_eq!(decide(Rule::Decay(Law::Exponential), &decay(|_| 0.3)).verdict, Verdict::Violated);
}

/// Means over a grid of n and T, as a multiple of the shape n^{-1/2} T^{-1}.
fn ratios(multiple: impl Fn(f64, f64) -> f64) -> Evidence {
    let mut rng = ChaCha8Rng::seed_from_u64(13);
    let mut all = Vec::new();
    for i in 0..6 {
        for rounds in 1..=4 {
            let (n, t) = (f64::from(16 << (2 * i)), f64::from(rounds));
            let shape = 1.0 / (n.sqrt() * t);
            let mean = multiple(n, t) * shape;
            let values = (0..40).map(|_| mean * (1.0 + 0.2 * rng.random_range(-1.0..1.0))).collect();
            let axes = Axes { samples: n, rounds: t, kappa0: f64::NAN, complexity: f64::NAN };
            all.push(Ratio { cell: 4 * i as usize + rounds as usize, values, shape, informative: true, axes });
        }
    }
    Evidence::Ratios(all)
}

#[test]
fn shapes_reach_every_verdict() {
    assert_eq!(decide(Rule::Shape, &ratios(|_, _| 0.3)).verdict, Verdict::Holds);
    // A measured rate faster than the shape is no violation.
    assert_eq!(decide(Rule::Shape, &ratios(|n, _| 3.0 * n.powf(-0.25))).verdict, Verdict::Holds);
    // The shape falls faster than what is measured: the held-out half lies above the frozen constant.
    assert_eq!(decide(Rule::Shape, &ratios(|n, _| 0.1 * n.powf(0.25))).verdict, Verdict::Violated);
    // Flat in n, so that the constant holds, but rising with T.
    let drifting = decide(Rule::Shape, &ratios(|_, t| 0.1 * t));
    assert_eq!(drifting.verdict, Verdict::Violated);
    assert!(drifting.note.contains("rises with T"), "{}", drifting.note);
    let Evidence::Ratios(mut one) = ratios(|_, _| 0.3) else { unreachable!() };
    one.retain(|ratio| ratio.axes.samples == 16.0);
    assert_eq!(decide(Rule::Shape, &Evidence::Ratios(one)).verdict, Verdict::Inconclusive);
    let Evidence::Ratios(mut vacuous) = ratios(|_, _| 0.3) else { unreachable!() };
    vacuous.iter_mut().for_each(|ratio| ratio.informative = false);
    assert_eq!(decide(Rule::Shape, &Evidence::Ratios(vacuous)).verdict, Verdict::HoldsVacuously);
}
