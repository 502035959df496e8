//! Thresholds of loops, located by bisection on measured runs, against their formulas: population runs here, sampled ones in
//! `loops_thresholds_sampled`, and those of L7 in `loops_thresholds_mixture`.

use std::borrow::Cow;
use std::sync::Arc;

use crate::common::*;
use crate::loops_common::*;
use selfreward::Error;
use selfreward::instance::{FeatureMap, Instance, Parameter};
use selfreward::process::{Loop, Reference, Reward, Signal, Square, Step};
use selfreward::seed::Seed;

/// One prompt, two answers, the first of them correct.
pub fn two_answers(log_odds: f64) -> Instance {
    let one_hot = FeatureMap::one_hot(vec![2]);
    let theta = Parameter::tabular(table(&[vec![log_odds, 0.0]]));
    Instance::new(vec![1.0], one_hot, theta, None).unwrap().with_correct(correct(&[vec![true, false]])).unwrap()
}

/// The population run of these keys: log-odds of the first answer by round, until the run ends or crashes.
fn log_odds(keys: &str, instance: &Instance) -> (Vec<f64>, bool) {
    followed(&format!("population = true\n{keys}"), instance)
}

/// The run of these keys: log-odds of the first answer to the first prompt by round, until the run ends or crashes.
pub fn followed(keys: &str, instance: &Instance) -> (Vec<f64>, bool) {
    let process: Loop = settle(keys).unwrap_or_else(|error| panic!("{error}: {keys}"));
    let mut odds = Vec::new();
    for round in process.on(instance).unwrap().start(Seed::from_number(1)) {
        match round {
            Ok(round) => {
                let row = row(&round.policy, 0);
                odds.push(row[0] - row[1]);
            }
            Err(Error::Overflow { .. }) => return (odds, true),
            Err(error) => panic!("{error}: {keys}"),
        }
    }
    (odds, false)
}

/// The place in (low, high) at which `holds` changes from false to true.
pub fn located(mut low: f64, mut high: f64, holds: impl Fn(f64) -> bool) -> f64 {
    assert!(!holds(low) && holds(high), "the threshold lies outside [{low}, {high}]");
    for _ in 0..40 {
        let middle = 0.5 * (low + high);
        *(if holds(middle) { &mut high } else { &mut low }) = middle;
    }
    0.5 * (low + high)
}

/// U1: |m| = 1 with m = α + η/β. A run comes to rest if its increments shrink.
#[test]
fn loops_come_to_rest_where_the_multiplier_is_within_one() {
    for (alpha, eta, at, low) in [
        // live-reward-frozen-reference: β > 1.
        (0.0, 1.0, 1.0, 0.3),
        // spin: β > 1/2, where m = −1.
        (1.0, -1.0, 0.5, 0.3),
        (0.3, 0.5, 0.5 / 0.7, 0.3),
        (0.3, -1.0, 1.0 / 1.3, 0.3),
    ] {
        let rests = |beta: f64| {
            let keys = format!(
                "beta = {beta:?}\nrounds = 12\nreward = {{ self = {eta:?}, external = 1.0 }}\nreference = {{ current = {alpha:?} }}"
            );
            let (odds, crashed) = log_odds(&keys, &two_answers(0.7));
            assert!(!crashed);
            let increments: Vec<f64> = odds.windows(2).map(|pair| (pair[1] - pair[0]).abs()).collect();
            increments[11] < increments[10]
        };
        let found = located(low, 4.0, rests);
        assert!((found - at).abs() < 1e-9, "α = {alpha}, η = {eta}: {found} against {at}");
    }
}

/// L11: a small preference dies if and only if λ ≥ 1/(1+β). At log-odds ℓ the map's own error is of order ℓ².
#[test]
fn replay_forgets_from_its_threshold_on() {
    for beta in [0.25, 0.5, 1.0, 2.0, 5.0] {
        let forgets = |lambda: f64| {
            let keys = format!("preset = \"replay\"\nbeta = {beta:?}\nrounds = 20\nmemory = {{ replay = {lambda:?} }}");
            let (odds, _) = log_odds(&keys, &two_answers(1e-3));
            odds[20] < odds[0]
        };
        let found = located(1e-3, 0.999, forgets);
        assert!((found - 1.0 / (1.0 + beta)).abs() < 1e-5, "β = {beta}: {found}");
    }
}

/// L10: the correct set gains if and only if a > f, wherever one half is.
#[test]
fn a_verifier_helps_below_its_own_true_positive_rate() {
    for a in [0.3, 0.9] {
        let hurts = |f: f64| {
            let keys = format!(
                "preset = \"verifier-filter\"\nrounds = 3\naccept = {{ true_positive = {a:?}, false_positive = {f:?} }}"
            );
            let (odds, _) = log_odds(&keys, &two_answers(0.4));
            odds[3] < odds[0]
        };
        let found = located(0.01, 0.99, hurts);
        assert!((found - a).abs() < 1e-9, "a = {a}: {found}");
    }
}

/// Q4b: from ℓ_0 ≥ −1.54 on the threshold is β_c, asinh β_c − √(1+β_c²)/β_c = ℓ_0/2, found here by its own bisection; below it is
/// cosh(ℓ_0/2)/|ℓ_0|. Near a tangent the loop takes π/√(distance) rounds to pass, so that 3000 rounds resolve a few 1e-6.
#[test]
fn a_frozen_reference_holds_normalised_advantages_from_its_threshold_on() {
    let critical =
        |start: f64| located(0.01, 20.0, |beta: f64| beta.asinh() - (1.0 + beta * beta).sqrt() / beta > start / 2.0);
    for (start, at) in [
        (0.0, critical(0.0)),
        (-1.0, critical(-1.0)),
        (-2.0, 1f64.cosh() / 2.0),
        (-3.0, 1.5f64.cosh() / 3.0),
        (-5.0, 2.5f64.cosh() / 5.0),
    ] {
        let bounded = |beta: f64| {
            let keys = format!("preset = \"grpo-frozen-reference\"\nbeta = {beta:?}\nrounds = 3000");
            !log_odds(&keys, &two_answers(start)).1
        };
        let found = located(0.8 * at, 1.2 * at, bounded);
        assert!((found / at - 1.0).abs() < 2e-5, "ℓ_0 = {start}: {found} against {at}");
    }
}

/// Win rates that no key of the process can write: those of a key come from log π or from a reward, and such preferences have no circle.
/// So the reward of Q5's map, Pμ_t with μ_t = λπ_t + (1−λ)π_0, is a signal of one's own.
#[derive(Debug)]
struct Circle {
    gap: f64,
    lambda: f64,
}

impl Signal for Circle {
    fn reward<'a>(&self, step: &Step<'a>) -> selfreward::Result<Reward<'a>> {
        let mean = |y: u32| self.lambda * step.policy().prob(0, y) + (1.0 - self.lambda) * step.base.policy.prob(0, y);
        // Each of three answers wins against the next with probability ½ + a, and against the one before with ½ − a.
        let wins = |y: u32| 0.5 + self.gap * (mean((y + 1) % 3) - mean((y + 2) % 3));
        let table = table(&[(0..3).map(wins).collect()]);
        Ok(Reward { linear: Cow::Owned(step.theta().zeros()), remainder: Some(Arc::new(table)), vote: None })
    }
}

/// Q5: the uniform point is unstable if and only if α² + a²λ²/(3β²) > 1. A run from a base policy 10^−6 beside it is at rest if its increments
/// shrink; their linear map is √(α² + a²λ²/(3β²)) times a rotation, and what is quadratic is a millionth of it. So the growth is known to
/// about 10^−6, and β, of which it changes by 1 − α² a unit of log β at the threshold, to 10^−6/(1 − α²) of itself.
#[test]
fn preferences_in_a_circle_rest_from_their_threshold_on() {
    let base = Parameter::tabular(table(&[vec![1e-6, 0.0, -0.4e-6]]));
    let instance = Instance::new(vec![1.0], FeatureMap::one_hot(vec![3]), base, None).unwrap();
    for (alpha, lambda, gap) in [(0.3, 1.0, 0.3), (0.6, 0.7, 0.3), (0.9, 0.3, 0.5)] {
        // Pairs that are drawn show the same map once each is among them.
        for samples in [None, Some(10_000)] {
            let rests = |beta: f64| {
                let fit = if samples.is_none() { Square::population() } else { Square::default() };
                let process = Loop {
                    signal: Box::new(Circle { gap, lambda }),
                    reference: Reference::Mixed(alpha),
                    fit: Box::new(fit),
                    samples: samples.unwrap_or(1),
                    beta,
                    rounds: 8,
                    ..Loop::default()
                };
                let rows: Vec<Vec<f64>> =
                    rounds(&process, &instance, 1).iter().map(|round| log_probs(&round.policy).remove(0)).collect();
                let moved = |pair: &[Vec<f64>]| pair[0].iter().zip(&pair[1]).map(|(a, b)| (b - a).powi(2)).sum::<f64>();
                let increments: Vec<f64> = rows.windows(2).map(moved).collect();
                increments[7] < increments[6]
            };
            let at = gap * lambda / (3.0 * (1.0 - alpha * alpha)).sqrt();
            let found = located(0.5 * at, 2.0 * at, rests);
            let room = 2e-6 / (1.0 - alpha * alpha);
            assert!((found / at - 1.0).abs() < room, "α = {alpha}, λ = {lambda}, {samples:?}: {found} against {at}");
        }
    }
}
