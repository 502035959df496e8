//! Every verdict of every rule, reached on made-up evidence; and the rules on worlds whose truth is known.
//!
//! What weighs sees numbers and a rule alone, so numbers and a rule are all that these tests give it.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};
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
        place: Place { experiment: "made-up".into(), cell: size, replicate: 0, size },
        comparisons: comparisons
            .iter()
            .map(|&(m, b, informative)| Comparison::new(m, b, 0.0, if informative { f64::INFINITY } else { b }))
            .collect(),
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
}

/// A side that is no number passes neither for holding nor for a violation, in any kind of evidence; what is known decides the rest.
#[test]
fn what_is_no_number_is_unknown() {
    let nan = f64::NAN;
    for sides in [(nan, 1.0), (0.5, nan)] {
        let of = |more: &[(f64, f64, bool)]| {
            let unknown = case(1, &[(sides.0, sides.1, true)]);
            decide(Rule::Always, &Evidence::Cases(vec![unknown, case(2, more)]))
        };
        let nothing = of(&[]);
        assert_eq!((nothing.verdict, nothing.witness), (Verdict::NotApplicable, None));
        assert!(nothing.note.contains("1 could not be compared: a side is no number"), "{}", nothing.note);
        let known = of(&[(0.5, 1.0, true)]);
        assert_eq!((known.verdict, known.measured.unwrap().value), (Verdict::Inconclusive, 0.5));
        assert!(known.note.contains("in all 1 comparisons, but 1 could not"), "{}", known.note);
        let refuted = of(&[(2.0, 1.0, true)]);
        assert_eq!((refuted.verdict, refuted.witness.unwrap().size), (Verdict::Violated, 2));
    }
    let tolerance = Case { comparisons: vec![Comparison::unlimited(0.5, 1.0, nan)], ..Case::default() };
    assert_eq!(decide(Rule::Always, &Evidence::Cases(vec![tolerance])).verdict, Verdict::NotApplicable);

    // Of replicates: unknown ones are no successes, and no failures either.
    let rule = Rule::WithProbability { rho: 0.1 };
    let with_unknown = |failing: usize, unknown: usize| {
        let Evidence::Cases(mut cases) = replicates(failing, 200, true) else { unreachable!() };
        cases.extend((0..unknown).map(|i| case(i, &[(nan, 1.0, true)])));
        decide(rule, &Evidence::Cases(cases)).verdict
    };
    assert_eq!((with_unknown(2, 0), with_unknown(2, 1)), (Verdict::Holds, Verdict::Inconclusive));
    assert_eq!((with_unknown(60, 1), with_unknown(0, 1000)), (Verdict::Violated, Verdict::Inconclusive));

    let Evidence::Curves(mut curves) = power_curves(-0.5, 0.2, 40) else { unreachable!() };
    curves[0].points[3].values[7] = nan;
    let half = decide(Rule::Exponent(Exponent::Equals(-0.5)), &Evidence::Curves(curves));
    assert_eq!((half.verdict, half.unknown.unwrap().count), (Verdict::NotApplicable, 1));
    let Evidence::Curves(mut curves) = decay(|t| 0.6f64.powf(t)) else { unreachable!() };
    curves[0].points[3].values[7] = nan;
    assert_eq!(decide(Rule::Decay(Law::Exponential), &Evidence::Curves(curves)).verdict, Verdict::NotApplicable);
    let Evidence::Ratios(mut all) = ratios(|_, _| 0.3) else { unreachable!() };
    all[5].values[0] = nan;
    assert_eq!(decide(Rule::Shape, &Evidence::Ratios(all)).verdict, Verdict::NotApplicable);
}

/// Each rule says what it compared; every sentence is true as it stands, of lower bounds and identities, too.
#[test]
fn comparisons_are_said_in_words_and_numbers() {
    let always = |comparisons: &[Comparison]| {
        let case = Case { comparisons: comparisons.to_vec(), ..Case::default() };
        decide(Rule::Always, &Evidence::Cases(vec![case])).comparison
    };
    let at_most = |measured: f64, bound: f64| Comparison::unlimited(measured, bound, 1e-12);
    assert_eq!(always(&[at_most(0.4159, 0.762), at_most(0.1, 0.9)]), "tightest: 0.4159 ≤ 0.762");
    assert_eq!(
        always(&[at_most(2.475, 1.936), at_most(0.1, 0.9)]),
        "exceeds in 1 of 2 comparisons; worst: 2.475 > 1.936"
    );
    // Equal to four digits, and still the larger.
    assert_eq!(always(&[at_most(1.000001, 1.0)]), "exceeds in 1 of 1 comparisons; worst: 1.000001 > 1");
    assert_eq!(always(&[at_most(f64::INFINITY, -1.0)]), "exceeds in 1 of 1 comparisons; worst: ∞ > −1");
    // A tolerance that decides, or is seen in the digits, is said.
    assert_eq!(always(&[Comparison::unlimited(0.42, 0.4, 0.05)]), "tightest: 0.42 ≤ 0.4 + 0.05");
    let lower = Comparison::at_least(0.003327, 0.002746, 0.0);
    assert_eq!(always(&[lower]), "tightest: 0.003327 ≥ 0.002746");
    assert_eq!((lower.sides(), lower.exceeds()), ((0.003327, 0.002746), false));
    assert_eq!(always(&[Comparison::at_least(0.1, 0.2, 0.0)]), "exceeds in 1 of 1 comparisons; worst: 0.1 < 0.2");
    assert_eq!(always(&[Comparison::at_least(0.1, 0.2, 0.15)]), "tightest: 0.1 ≥ 0.2 − 0.15");
    assert_eq!(always(&[Comparison::identity(-0.5, -0.25, 1.0)]), "tightest: |−0.5 + 0.25| = 0.25, 0 up to 1 wanted");
    assert_eq!(always(&[Comparison::identity(3e-15, 0.0, 1e-12)]), "tightest: |3e-15|, 0 up to 1e-12 wanted");
    assert_eq!(
        always(&[Comparison::identity(0.5, 0.25, 0.1)]),
        "exceeds in 1 of 1 comparisons; worst: |0.5 − 0.25| = 0.25 > 0.1"
    );
    let of = |rule: Rule, evidence: &Evidence| decide(rule, evidence).comparison;
    assert_eq!(of(Rule::WithProbability { rho: 0.1 }, &replicates(2, 260, true)), "2 of 260 runs exceed, 10% allowed");
    let exponent = of(Rule::Exponent(Exponent::AtMost(-0.5)), &power_curves(-0.9, 0.2, 40));
    assert!(exponent.starts_with("exponent −0.9") && exponent.ends_with("], at most −0.5 wanted"), "{exponent}");
    let exact = of(Rule::Exponent(Exponent::Equals(-0.5)), &power_curves(-0.5, 0.2, 40));
    assert!(exact.ends_with("], −0.5 wanted"), "{exact}");
    let law = of(Rule::Decay(Law::Exponential), &decay(|t| t.powf(-1.5)));
    assert!(law.starts_with("another law preferred on 1 of 1 curves, exponential wanted"), "{law}");
    let shape = of(Rule::Shape, &ratios(|_, t| 0.1 * t));
    assert!(shape.starts_with("largest held-out ratio 0.4") && shape.ends_with("wanted; rises with T"), "{shape}");
}

/// Of several curves the one that is excluded is shown, though another lies farther off within a longer interval.
#[test]
fn the_curve_that_refutes_is_the_one_that_is_shown() {
    let (Evidence::Curves(mut sharp), Evidence::Curves(wide)) =
        (power_curves(-0.4, 0.02, 40), power_curves(-0.2, 0.99, 3))
    else {
        unreachable!()
    };
    sharp.extend(wide);
    let weighed = decide(Rule::Exponent(Exponent::AtMost(-0.5)), &Evidence::Curves(sharp));
    let figure = weighed.measured.unwrap();
    assert_eq!(weighed.verdict, Verdict::Violated);
    assert!(figure.lo > -0.5 && weighed.comparison.contains("−0.4"), "{}", weighed.comparison);
}

#[test]
fn rounding_is_allowed_and_nothing_more() {
    let comparison = |measured: f64| {
        let comparison = Comparison::unlimited(measured, 1.0, 1e-12);
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

/// A statement that fails in a single cell of twenty, at 4% of all replicates, is not true of that cell.
#[test]
fn a_failing_cell_is_not_hidden_by_the_others() {
    let (rho, cells, each) = (0.1, 20, 40);
    let world = |failing: usize| {
        let one = |i: usize| {
            let mut case = case(i, &[(if i < failing { 2.0 } else { 0.5 }, 1.0, true)]);
            case.place.cell = i / each;
            case
        };
        decide(Rule::WithProbability { rho }, &Evidence::Cases((0..cells * each).map(one).collect()))
    };
    let violated = world(30);
    assert_eq!(violated.verdict, Verdict::Violated);
    assert!(violated.note.contains("in cell 0 of made-up"), "{}", violated.note);
    // Oracle, summed by hand: P[Bin(40, 0.1) ≥ k] is 1.8e-5 at 14 and 3.5e-6 at 15; a cell's part of the level is 1.25e-5.
    assert_eq!((world(14).verdict, world(15).verdict), (Verdict::Holds, Verdict::Violated));
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
    Evidence::Curves(vec![Curve { label: "made-up".to_owned(), points, ..Curve::default() }])
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
    assert_eq!(decide(half, &power_curves(-0.75, 0.2, 1)).verdict, Verdict::Inconclusive);
    let at_most = Rule::Exponent(Exponent::AtMost(-0.5));
    assert_eq!(decide(at_most, &power_curves(-0.9, 0.2, 40)).verdict, Verdict::Holds);
    assert_eq!(decide(at_most, &power_curves(-0.3, 0.2, 40)).verdict, Verdict::Violated);
}

/// Few replicates, and not the same number at every point: the interval at a level of 1% misses the true exponent in at most that
/// share of 4000 worlds, and in 0.2% at least, or it would be no test. (A share of 1% reaches 68 of 4000 with probability 3e-5, one
/// of 0.5% falls below 8 with probability 1e-3.) With normal quantiles the share is 3%.
#[test]
fn exponent_intervals_cover() {
    let missed = missed(4000, 1, 0.1, &[(16.0, 20), (64.0, 20), (256.0, 4), (1024.0, 4)]);
    assert!((8..68).contains(&missed), "{missed}");
}

/// The same far out, at the level of a row of the ledger, 0.01/15, with as many replicates and as much noise as C27 has: a share equal
/// to the level reaches 27 of 20000 with probability 7e-4, one of a tenth of it reaches 5 with probability 1e-2.
#[test]
fn exponent_intervals_cover_at_the_level_of_a_row() {
    let missed = missed(20_000, 15, 0.25, &[(16.0, 20), (64.0, 20), (256.0, 20)]);
    assert!((5..27).contains(&missed), "{missed}");
}

/// In how many worlds the interval misses the exponent −1/2, at a level of 0.01/`decisions`, with (x, replicates) for points.
fn missed(worlds: u64, decisions: usize, noise: f64, points: &[(f64, usize)]) -> usize {
    let misses = |world: &u64| {
        let mut rng = ChaCha8Rng::seed_from_u64(*world);
        let mut point = |&(x, replicates): &(f64, usize)| {
            let value = |_| x.powf(-0.5) * (1.0 + noise * Distribution::<f64>::sample(&StandardNormal, &mut rng));
            CurvePoint { cell: x as usize, x, values: (0..replicates).map(value).collect() }
        };
        let points = points.iter().map(&mut point).collect();
        let curve = Curve { label: world.to_string(), points, ..Curve::default() };
        let (rule, evidence) = (Rule::Exponent(Exponent::Equals(-0.5)), Evidence::Curves(vec![curve]));
        let figure = weigh(rule, &evidence, decisions, &Seed::from_number(1)).unwrap().measured.unwrap();
        figure.lo > -0.5 || figure.hi < -0.5
    };
    (0..worlds).filter(misses).count()
}

/// A curve without points, or with one, has no exponent: nothing is decided, and nothing breaks off.
#[test]
fn an_exponent_needs_two_points() {
    let Evidence::Curves(curves) = power_curves(-0.5, 0.2, 40) else { unreachable!() };
    for count in [0, 1] {
        let mut few = curves.clone();
        few[0].points.truncate(count);
        let weighed = decide(Rule::Exponent(Exponent::AtMost(-0.5)), &Evidence::Curves(few));
        assert_eq!(weighed.verdict, Verdict::Inconclusive);
        assert!(weighed.note.contains("an exponent needs two"), "{}", weighed.note);
    }
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
    Evidence::Curves(vec![Curve { label: "made-up".to_owned(), points, ..Curve::default() }])
}

#[test]
fn decays_are_told_apart() {
    assert_eq!(decide(Rule::Decay(Law::Exponential), &decay(|t| 0.6f64.powf(t))).verdict, Verdict::Holds);
    assert_eq!(decide(Rule::Decay(Law::Exponential), &decay(|t| t.powf(-1.5))).verdict, Verdict::Violated);
    assert_eq!(decide(Rule::Decay(Law::Exponential), &decay(|t| 0.1 + 0.5f64.powf(t))).verdict, Verdict::Violated);
    // What rises does not decay; what falls by less than its error is not settled.
    let rising = decide(Rule::Decay(Law::Exponential), &decay(|t| 0.3 * 1.1f64.powf(t)));
    assert_eq!(rising.verdict, Verdict::Violated);
    assert!(rising.note.contains("no decay on made-up"), "{}", rising.note);
    assert_eq!(
        decide(Rule::Decay(Law::Exponential), &decay(|t| 0.3 * 0.9985f64.powf(t))).verdict,
        Verdict::Inconclusive
    );
    assert_eq!(decide(Rule::Decay(Law::Exponential), &decay(|_| 0.3)).verdict, Verdict::Violated);
}

/// Four points tell no three laws apart: such a curve decides nothing, and it is said that it was there.
#[test]
fn short_curves_are_no_trials() {
    let exponential = || decay(|t| 0.6f64.powf(t));
    let Evidence::Curves(mut curves) = exponential() else { unreachable!() };
    curves[0].points.truncate(4);
    let short = curves.clone();
    assert_eq!(decide(Rule::Decay(Law::Exponential), &Evidence::Curves(curves)).verdict, Verdict::Inconclusive);
    let mut both = exponential();
    both.extend(Evidence::Curves(short));
    let weighed = decide(Rule::Decay(Law::Exponential), &both);
    assert_eq!((weighed.verdict, weighed.extent.replicates), (Verdict::Holds, 60));
    assert!(weighed.note.contains("1 more have fewer than five points"), "{}", weighed.note);
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
    let mut single = one.clone();
    single.iter_mut().for_each(|ratio| ratio.values.truncate(1));
    assert_eq!(decide(Rule::Shape, &Evidence::Ratios(single)).verdict, Verdict::Inconclusive);
    one.retain(|ratio| ratio.axes.samples == 16.0);
    assert_eq!(decide(Rule::Shape, &Evidence::Ratios(one)).verdict, Verdict::Inconclusive);
    let Evidence::Ratios(mut vacuous) = ratios(|_, _| 0.3) else { unreachable!() };
    vacuous.iter_mut().for_each(|ratio| ratio.informative = false);
    assert_eq!(decide(Rule::Shape, &Evidence::Ratios(vacuous)).verdict, Verdict::HoldsVacuously);
}
