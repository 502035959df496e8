//! Thresholds of L7 (two kinds of prompts), located by bisection on measured runs, against their formulas: where accuracy rises at first, and
//! where it falls in the end.

use crate::common::*;
use crate::loops_common::*;
use crate::loops_thresholds::located;
use selfreward::instance::Instance;
use selfreward::instance::answers::{Answers, Group};

/// A share w of prompts whose favourite is right and leads by a, and others whose favourite is wrong and leads by b.
fn mixture(share: f64, a: f64, b: f64) -> Instance {
    let groups = vec![Group { share, gap: a, right: true }, Group { share: 1.0 - share, gap: b, right: false }];
    Answers { groups, responses: 2 }.instance().unwrap()
}

fn slope(gap: f64) -> f64 {
    (-gap).exp() / (1.0 + (-gap).exp()).powi(2)
}

/// log σ(−x).
fn log_tail(x: f64) -> f64 {
    -softplus(x).0
}

/// One round at 1/β = 10^−6, of the expected loss and of 10^5 pairs. Targets have no noise: once both answers to a prompt were seen, pairs
/// give what the expectation gives.
const SHORT: [&str; 2] = ["population = true", "samples = 100000"];

/// Where J_1 > J_0. A round moves gaps by 10^−6 of their size, or by 10^−6: J bends by less than 10^−7 of its slope on that way, and J is
/// known to 10^−15, a billionth of what it moves by.
fn rises_from(keys: &str, a: f64, b: f64) -> f64 {
    located(1e-3, 0.999, |share| {
        let instance = mixture(share, a, b);
        let process = settle(&format!("{keys}\nrounds = 1")).unwrap_or_else(|error| panic!("{error}: {keys}"));
        let known = instance.correct().unwrap().clone();
        let accuracy: Vec<f64> = rounds(&process, &instance, 1)
            .iter()
            .map(|round| {
                let mass = |x: usize| known.masses(&round.policy, x).unwrap().0;
                share * mass(0) + (1.0 - share) * mass(1)
            })
            .collect();
        accuracy[1] > accuracy[0]
    })
}

/// Self-rewarding rises at the start if and only if waσ'(a) > (1−w)bσ'(b).
#[test]
fn self_rewarding_rises_at_first_above_its_share_of_right_favourites() {
    for (a, b) in [(2.0, 0.1), (0.5, 2.0), (2.0, 0.5)] {
        let at = b * slope(b) / (a * slope(a) + b * slope(b));
        for mode in SHORT {
            let found = rises_from(&format!("update = \"erm\"\nbeta = 1e6\n{mode}"), a, b);
            assert!((found - at).abs() < 1e-6, "a = {a}, b = {b}, {mode}: {found} against {at}");
        }
    }
}

/// A vote of infinitely many, which hard labels of win rates are at half of their β, if and only if wσ'(a) > (1−w)σ'(b).
#[test]
fn votes_rise_at_first_above_another_share() {
    for (a, b) in [(2.0, 0.1), (0.5, 2.0), (2.0, 0.5)] {
        let at = slope(b) / (slope(a) + slope(b));
        for mode in SHORT {
            let found = rises_from(&format!("update = \"win-rate\"\nlabels = \"hard\"\nbeta = 5e5\n{mode}"), a, b);
            assert!((found - at).abs() < 1e-6, "a = {a}, b = {b}, {mode}: {found} against {at}");
        }
    }
}

/// Whether J lies above its limit w after the last round of the expected loss, from where it falls to it: J − w = (1−w)σ(−odds of wrong
/// favourites) − wσ(−odds of right ones), in logarithms.
fn ends_above(keys: &str, instance: &Instance) -> bool {
    let process = settle(&format!("population = true\n{keys}")).unwrap_or_else(|error| panic!("{error}: {keys}"));
    let last = rounds(&process, instance, 1).pop().unwrap();
    let left = |x: usize| {
        let row = row(&last.policy, x);
        instance.weights()[x].ln() + log_tail(row[0] - row[1])
    };
    left(1) > left(0)
}

/// In the end self-rewarding falls if and only if b < a. After 10 rounds at β = 1 gaps are 1024 times what they were, and the two tails are
/// equal where 1024(b − a) = log((1−w)/w): that is how far b is from a there.
#[test]
fn self_rewarding_falls_in_the_end_where_wrong_favourites_lead_by_less() {
    for (share, a) in [(0.8f64, 2.0), (0.3, 0.5), (0.5, 1.0)] {
        let falls = |b: f64| ends_above("update = \"erm\"\nbeta = 1.0\nrounds = 10", &mixture(share, a, b));
        let found = located(0.5 * a, 1.5 * a, |b| !falls(b));
        let away = ((1.0 - share) / share).ln() / 1024.0;
        assert!((found - a - away).abs() < 1e-9, "w = {share}, a = {a}: {found}");
        assert!((found - a).abs() <= away.abs() + 1e-9);
    }
}

/// Where both lead by as much it falls if and only if w < ½.
#[test]
fn equal_leads_fall_below_a_half_of_right_favourites() {
    for gap in [0.3, 1.0, 2.5] {
        let falls = |share: f64| ends_above("update = \"erm\"\nbeta = 1.0\nrounds = 10", &mixture(share, gap, gap));
        let found = located(0.1, 0.9, |share| !falls(share));
        assert!((found - 0.5).abs() < 1e-9, "{gap}: {found}");
    }
}

/// Votes fall in the end if and only if we^−a < (1−w)e^−b. After 25 rounds gaps have grown by 25, and σ(−x) is e^−x to e^−25 = 1.4e-11 of it.
#[test]
fn votes_fall_in_the_end_by_shares_and_leads() {
    for (share, a) in [(0.8f64, 2.0), (0.2, 0.5), (0.4, 1.0)] {
        let keys = "update = \"win-rate\"\nlabels = \"hard\"\nbeta = 0.5\nrounds = 25";
        let at = a + ((1.0 - share) / share).ln();
        let found = located(0.5 * at, 1.5 * at, |b| !ends_above(keys, &mixture(share, a, b)));
        assert!((found - at).abs() < 1e-9, "w = {share}, a = {a}: {found} against {at}");
    }
}
