//! The thresholds of the rules, each approached from both sides on made-up evidence.
//!
//! Oracle: the numbers that the documentation of each rule states, written out here, and public statistics.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use selfreward::claims::falsifier::Found;
use selfreward::claims::weigh::Exponent;
use selfreward::claims::{Axes, Case, Comparison, Curve, CurvePoint, Evidence, Place, Ratio, Rule, Weighed, weigh};
use selfreward::papers;
use selfreward::seed::Seed;
use selfreward::stats::{Law, Measured, compare_decays};
use selfreward::study::definition::Verdict;

fn decide(rule: Rule, evidence: &Evidence, decisions: usize) -> Weighed {
    weigh(rule, evidence, decisions, &Seed::from_number(1)).unwrap()
}

/// A curve over t = 1, 2, … without noise: the same value in each of three replicates.
fn exact(values: &[f64]) -> Vec<CurvePoint> {
    let point = |(i, value): (usize, &f64)| CurvePoint { cell: 0, x: i as f64 + 1.0, values: vec![*value; 3] };
    values.iter().enumerate().map(point).collect()
}

fn curve(points: Vec<CurvePoint>) -> Evidence {
    Evidence::Curves(vec![Curve { label: "made-up".to_owned(), points, ..Curve::default() }])
}

/// Between an exponential (0) and a power law (1), on a logarithmic scale.
fn between(share: f64) -> Vec<f64> {
    let value = |t: i32| ((share - 1.0) * 0.3 * f64::from(t - 1) - share * 1.2 * f64::from(t).ln()).exp();
    (1..=10).map(value).collect()
}

/// By how much the AICc of the exponential exceeds the least, with 2% of model error.
fn disadvantage(values: &[f64]) -> f64 {
    let point = |(i, value): (usize, &f64)| Measured::of(i as f64 + 1.0, &[*value; 3]);
    let points: Vec<Measured> = values.iter().enumerate().map(point).collect();
    let decays = compare_decays(&points, 0.02).unwrap();
    decays.iter().find(|decay| decay.law == Law::Exponential).unwrap().delta
}

/// Another law is preferred decisively from a difference of 10 in AICc on, with a model error of 2%. Halving or doubling that error
/// multiplies the differences by about four, so this fixes both.
#[test]
fn another_law_is_decisive_from_ten_on() {
    let at = |wanted: f64| {
        let (mut low, mut high) = (0.0, 1.0);
        for _ in 0..60 {
            let middle = 0.5 * (low + high);
            if disadvantage(&between(middle)) < wanted { low = middle } else { high = middle }
        }
        let values = between(high);
        assert!((disadvantage(&values) / wanted - 1.0).abs() < 1e-3, "{}", disadvantage(&values));
        decide(Rule::Decay(Law::Exponential), &curve(exact(&values)), 20).verdict
    };
    // The law preferred before that is the one with a floor, which contains the exponential.
    assert_eq!([7.1, 9.5, 10.5, 14.1].map(at), [Verdict::Holds, Verdict::Holds, Verdict::Violated, Verdict::Violated]);
}

/// A curve excludes something at every point: no part of what a rule on curves says is vacuous.
#[test]
fn curves_are_nowhere_vacuous() {
    for rule in [Rule::Decay(Law::Exponential), Rule::Exponent(Exponent::AtMost(-0.5))] {
        assert_eq!(decide(rule, &curve(exact(&between(0.0))), 20).nonvacuous, 1.0);
    }
}

/// Five points of a curve are enough to tell the laws of decay apart, four are not.
#[test]
fn five_points_are_enough_for_a_law() {
    let at = |count: usize| decide(Rule::Decay(Law::Exponential), &curve(exact(&between(0.0)[..count])), 20).verdict;
    assert_eq!([4, 5, 9].map(at), [Verdict::Inconclusive, Verdict::Holds, Verdict::Holds]);
}

/// A power law of exponent −1/2 with noise of relative size `noise`, the same draws for every size, about exact means.
fn noisy(noise: f64) -> Evidence {
    let mut rng = ChaCha8Rng::seed_from_u64(5);
    let point = |i: i32| {
        let x = 4.0 * 1.15f64.powi(i);
        let draws: Vec<f64> = (0..60).map(|_| rng.random_range(-1.0..1.0)).collect();
        let mean = draws.iter().sum::<f64>() / 60.0;
        CurvePoint {
            cell: i as usize,
            x,
            values: draws.iter().map(|d| x.powf(-0.5) * (1.0 + noise * (d - mean))).collect(),
        }
    };
    curve((0..8).map(point).collect())
}

/// The length of the 95% interval from which on a rule on exponents decides nothing: found by bisection in the size of the noise. The
/// figure shows the interval at the level 0.01 of a single decision, which is longer by 2.576/1.960 as the means are of 60 replicates.
fn longest(exponent: Exponent) -> f64 {
    let (mut low, mut high) = (1e-3, 1.0);
    for _ in 0..40 {
        let middle = 0.5 * (low + high);
        match decide(Rule::Exponent(exponent), &noisy(middle), 1).verdict {
            Verdict::Holds => low = middle,
            Verdict::Inconclusive => high = middle,
            other => panic!("{other:?} at {middle}"),
        }
    }
    let figure = decide(Rule::Exponent(exponent), &noisy(low), 1).measured.unwrap();
    (figure.hi - figure.lo) * 1.960 / 2.576
}

/// "A number" needs an interval shorter than 0.1, "a number or lower" one shorter than 0.25.
#[test]
fn exponents_need_short_intervals() {
    let equals = longest(Exponent::Equals(-0.5));
    assert!((0.095..0.105).contains(&equals), "{equals}");
    let at_most = longest(Exponent::AtMost(-0.5));
    assert!((0.2375..0.2625).contains(&at_most), "{at_most}");
}

/// Two means over a constant shape: the first, at the smaller n, gives the constant 1; the second lies above it by `errors` of its
/// standard errors.
fn above(errors: f64) -> Evidence {
    let ratio = |cell: usize, samples: f64, values: Vec<f64>| {
        let axes = Axes { samples, rounds: f64::NAN, kappa0: f64::NAN, complexity: f64::NAN };
        Ratio { cell, values, shape: 1.0, informative: true, axes }
    };
    // Values 1 ± 1e-3 in equal parts: the standard error of the mean of R is 1e-3/√(R−1).
    let (count, spread) = (50, 1e-3);
    let error = spread / f64::from(count - 1).sqrt();
    let values = (0..count).map(|i| 1.0 + errors * error + if i % 2 == 0 { spread } else { -spread }).collect();
    Evidence::Ratios(vec![ratio(0, 10.0, vec![1.0; 50]), ratio(1, 20.0, values)])
}

/// A held-out mean lies above the frozen constant by more than five standard errors, or it does not count.
#[test]
fn a_shape_is_exceeded_from_five_errors_on() {
    let at = |errors: f64| decide(Rule::Shape, &above(errors), 1).verdict;
    // A mean that equals the constant exactly does not lie above it.
    let Evidence::Ratios(mut level) = above(0.0) else { unreachable!() };
    level.iter_mut().for_each(|ratio| ratio.values = vec![1.0; 50]);
    assert_eq!(decide(Rule::Shape, &Evidence::Ratios(level), 1).verdict, Verdict::Holds);
    assert_eq!([3.6, 4.9, 5.1, 7.0].map(at), [Verdict::Holds, Verdict::Holds, Verdict::Violated, Verdict::Violated]);
}

/// All decisions of a ledger share a level of 1%: one of a single decision is rejected from P[Bin(N, ρ) ≥ k] < 0.01/4 on (half for all
/// cells together, and the bound of a single cell is the same half). Oracle: the binomial tail, summed here.
#[test]
fn decisions_share_one_percent() {
    let (rho, all) = (0.1f64, 200usize);
    let mut masses = vec![(1.0 - rho).powi(all as i32)];
    for k in 0..all {
        masses.push(masses[k] * (all - k) as f64 / (k + 1) as f64 * rho / (1.0 - rho));
    }
    let tail = |k: usize| masses[k..].iter().sum::<f64>();
    let case = |i: usize, failing: usize| Case {
        place: Place { experiment: "made-up".into(), cell: 0, replicate: i, size: 1 },
        comparisons: vec![Comparison::new(if i < failing { 2.0 } else { 0.5 }, 1.0, 0.0, f64::INFINITY)],
        ..Case::default()
    };
    for decisions in [1, 7, 40] {
        let level = 0.01 / decisions as f64;
        // Twice the tail for all cells together; as much for the only cell.
        let first = (0..=all).find(|&k| 2.0 * tail(k) < level).unwrap();
        let at = |failing: usize| {
            let evidence = Evidence::Cases((0..all).map(|i| case(i, failing)).collect());
            decide(Rule::WithProbability { rho }, &evidence, decisions).verdict
        };
        assert_eq!((at(first - 1), at(first)), (Verdict::Inconclusive, Verdict::Violated), "{decisions}");
        // Half or twice the level would begin elsewhere.
        for factor in [0.5, 2.0] {
            assert_ne!((0..=all).find(|&k| 2.0 * tail(k) < factor * level).unwrap(), first, "{decisions} {factor}");
        }
    }
}

/// A statement with a probability may fail in a tenth of the replicates, C11 in three of a hundred: a fifth less holds, a fifth more does
/// not. Of 20000 replicates, these are 6 standard deviations and more away.
#[test]
fn statements_with_a_probability_may_fail_as_often_as_they_say() {
    let claims = papers::claims().flat_map(|claim| {
        let controls = claim.controls.iter().map(|control| (control.id, control.rule));
        controls.chain([(claim.id, claim.rule)])
    });
    let mut tried = 0;
    for (id, rule) in claims.filter(|(_, rule)| matches!(rule, Rule::WithProbability { .. })) {
        let rho = if id.starts_with("C11") { 0.03 } else { 0.1 };
        let at = |share: f64| {
            let case = |i: usize| Case {
                place: Place { experiment: "made-up".into(), cell: 0, replicate: i, size: 1 },
                comparisons: vec![Comparison::new(if (i as f64) < share * 2e4 { 2.0 } else { 0.5 }, 1.0, 0.0, 9.0)],
                ..Case::default()
            };
            decide(rule, &Evidence::Cases((0..20_000).map(case).collect()), 1).verdict
        };
        assert_eq!((at(0.8 * rho), at(1.2 * rho)), (Verdict::Holds, Verdict::Violated), "{id}");
        tried += 1;
    }
    assert!(tried >= 8, "{tried}");
}

/// A ratio is unbounded if it is above 10^6 and more than doubled in the second half of the search, having grown in the first too.
#[test]
fn a_search_is_unbounded_above_a_million_and_still_doubling() {
    let unbounded = |growth: [f64; 3], bound: f64| {
        let comparison = Some(Comparison::unlimited(growth[2] * bound, bound, 0.0));
        Found { ratio: growth[2], comparison, candidate: None, at: 1, evaluations: 4, growth }.unbounded()
    };
    assert!(unbounded([1.0, 2.0, 1.4e6], 1.0) && !unbounded([1.0, 2.0, 0.7e6], 1.0));
    assert!(unbounded([1.0, 1e7, 2.2e7], 1.0) && !unbounded([1.0, 1e7, 1.9e7], 1.0));
    assert!(!unbounded([1e7, 1e7, 9e7], 1.0));
    assert!(unbounded([1.0, 1.0, f64::INFINITY], 1.0) && !unbounded([1.0, 1.0, f64::INFINITY], 0.0));
}
