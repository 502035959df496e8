//! Quantities of correct responses and of flips, against plain sums and closed forms.

use std::sync::Arc;

use selfreward::instance::Correct;
use selfreward::logits::{Atom, LogitTable};
use selfreward::metrics::correctness::{
    acceptance_condition, accuracy_of, circle_angle, correct_probability, correct_probability_of, log_odds,
};
use selfreward::metrics::flips::{drift_mass, flip_loss};
use selfreward::metrics::policy::disagreement;
use selfreward::policy::Policy;
use selfreward::simulate::run::replicate;
use selfreward::simulate::{Config, Simulation};
use std::sync::atomic::AtomicBool;

fn policy(rows: &[&[f64]]) -> Policy {
    let mut table = LogitTable::default();
    rows.iter().for_each(|row| table.push_dense(row));
    Policy::from_logits(Arc::new(table))
}

fn softmax(logits: &[f64]) -> Vec<f64> {
    let total: f64 = logits.iter().map(|logit| logit.exp()).sum();
    logits.iter().map(|logit| logit.exp() / total).collect()
}

fn close(found: Option<f64>, expected: f64) {
    let found = found.unwrap();
    assert!((found - expected).abs() < 1e-14 * expected.abs().max(1.0), "{found} {expected}");
}

#[test]
fn correct_masses_are_plain_sums_over_known_prompts() {
    let rows: [&[f64]; 4] = [&[0.3, -1.0, 2.0], &[1.0, 1.5], &[0.0, 0.0, 0.0], &[5.0, 1.0]];
    let weights = [0.4, 0.3, 0.2, 0.1];
    let correct = Correct::new(vec![Some(vec![0, 1]), Some(vec![1]), None, Some(vec![1])], |x| rows[x].len()).unwrap();
    let policy = policy(&rows);
    let p: Vec<Vec<f64>> = rows.iter().map(|row| softmax(row)).collect();
    let rho = [p[0][0] + p[0][1], p[1][1], f64::NAN, p[3][1]];
    let mean = |f: &dyn Fn(f64) -> f64| (0.4 * f(rho[0]) + 0.3 * f(rho[1]) + 0.1 * f(rho[3])) / 0.8;
    close(correct_probability(&weights, &policy, &correct), mean(&|rho| rho));
    close(acceptance_condition(&weights, &policy, &correct), mean(&|rho| 1.0 / rho));
    close(circle_angle(&weights, &policy, &correct), mean(&|rho| rho.sqrt().acos()));
    close(log_odds(&weights, &policy, &correct), mean(&|rho| (rho / (1.0 - rho)).ln()));
    // Modes are 2, 1, 0, 0: right at prompt 1 alone.
    close(accuracy_of(&weights, &policy, &correct, |_| true), 0.3 / 0.8);
    close(accuracy_of(&weights, &policy, &correct, |x| x >= 1), 0.3 / 0.4);
    close(correct_probability_of(&weights, &policy, &correct, |x| x == 3), rho[3]);
    assert_eq!(correct_probability_of(&weights, &policy, &correct, |x| x == 2), None);
    assert_eq!(accuracy_of(&weights, &policy, &correct, |_| false), None);
}

/// Oracle: closed forms of two responses, where 1 − ρ is far below the rounding of ρ.
#[test]
fn angles_and_conditions_keep_their_digits() {
    let correct = Correct::new(vec![Some(vec![0])], |_| 2).unwrap();
    for gap in [1.0, 40.0, 200.0, 700.0f64] {
        let right = policy(&[&[gap, 0.0]]);
        let angle = circle_angle(&[1.0], &right, &correct).unwrap();
        // tan² of the angle is (1−ρ)/ρ = e^−gap.
        assert!((angle.tan() - (-gap / 2.0).exp()).abs() < 1e-14 * (-gap / 2.0).exp(), "{gap}");
        let wrong = policy(&[&[-gap, 0.0]]);
        let condition = acceptance_condition(&[1.0], &wrong, &correct).unwrap();
        assert!((condition - (1.0 + gap.exp())).abs() < 1e-13 * condition, "{gap}: {condition}");
    }
    // Far beyond what a probability can say.
    for gap in [2.0, -3000.0, 1e12] {
        assert_eq!(log_odds(&[1.0], &policy(&[&[gap, 0.0]]), &correct), Some(gap));
    }
    let dead = policy(&[&[f64::NEG_INFINITY, 0.0]]);
    assert_eq!(log_odds(&[1.0], &dead, &correct), Some(f64::NEG_INFINITY));
    let (alive, both) =
        (policy(&[&[0.0, f64::NEG_INFINITY]]), policy(&[&[0.0, f64::NEG_INFINITY], &[f64::NEG_INFINITY, 0.0]]));
    assert_eq!(log_odds(&[1.0], &alive, &correct), Some(f64::INFINITY));
    assert_eq!(log_odds(&[0.5, 0.5], &both, &Correct::new(vec![Some(vec![0]); 2], |_| 2).unwrap()), None);
    assert_eq!(acceptance_condition(&[1.0], &dead, &correct), Some(f64::INFINITY));
    assert_eq!(circle_angle(&[1.0], &dead, &correct), Some(std::f64::consts::FRAC_PI_2));
    assert_eq!(correct_probability(&[1.0], &dead, &correct), Some(0.0));
    // No correct response at all, and none of many that share one logit.
    let none = Correct::new(vec![Some(vec![])], |_| 2).unwrap();
    assert_eq!(acceptance_condition(&[1.0], &dead, &none), Some(f64::INFINITY));
    let mut table = LogitTable::default();
    table.push([Atom { response: 7, logit: 3.0 }], 0.0, 999_999);
    let many = Policy::from_logits(Arc::new(table));
    let correct = Correct::new(vec![Some(vec![3, 7])], |_| 1_000_000).unwrap();
    let expected = (3f64.exp() + 1.0) / (3f64.exp() + 999_999.0);
    close(correct_probability(&[1.0], &many, &correct), expected);
    close(log_odds(&[1.0], &many, &correct), ((3f64.exp() + 1.0) / 999_998.0).ln());
}

#[test]
fn flips_are_plain_sums() {
    let before: [&[f64]; 4] = [&[1.0, 0.0, -1.0], &[0.5, 0.25], &[0.0, 2.0, 1.0], &[9.0, 0.0]];
    let after: [&[f64]; 4] = [&[0.0, 0.0, 1.0], &[0.5, 0.2], &[3.0, 2.0, 2.5], &[0.0, 9.0]];
    let weights = [0.5, 0.2, 0.3, 0.0];
    let (old, new) = (policy(&before), policy(&after));
    let p: Vec<Vec<f64>> = before.iter().map(|row| softmax(row)).collect();
    let beta = 0.3;
    let flip = |x: usize, from: usize, to: usize| {
        2.0 * p[x][from] * p[x][to] * ((1.0 + beta) * (p[x][from] / p[x][to]).ln()).powi(2)
    };
    close(Some(flip_loss(&weights, &old, &new, beta)), 0.5 * flip(0, 0, 2) + 0.3 * flip(2, 1, 0));
    close(drift_mass(&weights, &old, &new), p[0][2].min(p[2][0]));
    assert_eq!(drift_mass(&weights, &old, &old), None);
    assert_eq!(flip_loss(&weights, &old, &old, beta), 0.0);
}

/// D1: what flips cost is part of the loss. Random steps, of any size.
#[test]
fn flips_cost_no_more_than_the_loss() {
    let wave = |i: usize| 6.0 * ((i * i + 7 * i) as f64 * 0.7).sin();
    let mut flipped = 0;
    for number in 0..500 {
        let row = |k: usize| (0..5).map(|y| wave(11 * number + 5 * k + y)).collect::<Vec<f64>>();
        let (old, new) = (policy(&[&row(0)]), policy(&[&row(1)]));
        for beta in [0.05, 0.5, 3.0] {
            let left = flip_loss(&[1.0], &old, &new, beta);
            let right = selfreward::metrics::step::population_loss(&[1.0], &old, &new, beta);
            assert!(left <= right * (1.0 + 1e-12), "{number} {beta}: {left} {right}");
            flipped += usize::from(left > 0.0);
        }
    }
    assert!(flipped > 500);
}

const ACCURACY: &str = "[instance]
kind = 'answers'
responses = 2
groups = [{ share = 0.8, gap = 2, right = true }, { share = 0.2, gap = 0.1, right = false }]
[process]
preset = 'self-rewarding'
update = 'population'
beta = 1.0
rounds = 3
[measure]
levels = [1, 0]";

/// L7's grid: J = wσ(sa) + (1−w)σ(−sb) at s = 2^t: .800, .876, .880, .862, as printed.
#[test]
fn accuracy_rises_and_falls_with_a_mixture_of_prompts() {
    let simulation = Simulation::new(ACCURACY.parse::<Config>().unwrap()).unwrap();
    let rounds = replicate(&simulation, 0, false, &AtomicBool::new(false)).unwrap().rounds;
    let sigma = |u: f64| 1.0 / (1.0 + (-u).exp());
    for (t, (round, printed)) in rounds.iter().zip([0.800, 0.876, 0.880, 0.862]).enumerate() {
        let s = 2f64.powi(t as i32);
        let also = round.also.as_ref().unwrap();
        let expected = 0.8 * sigma(2.0 * s) + 0.2 * sigma(-0.1 * s);
        close(also.correct_probability, expected);
        assert!((expected - printed).abs() < 5e-4);
        close(also.correct_probability_level[0], sigma(-0.1 * s));
        close(also.correct_probability_level[1], sigma(2.0 * s));
        assert_eq!(also.accuracy_level, [Some(0.0), Some(1.0)]);
        assert_eq!(round.policy.accuracy, Some(0.8));
    }
}

/// Oracle: 1 − Σp² by a plain sum over the responses.
#[test]
fn two_answers_differ_with_the_probability_of_all_unequal_pairs() {
    let of = |rows: &[&[f64]], weights: &[f64]| {
        let law = |row: &[f64]| {
            let sum: f64 = row.iter().map(|logit| logit.exp()).sum();
            row.iter().map(|logit| logit.exp() / sum).collect::<Vec<f64>>()
        };
        let one = |row: &&[f64]| 1.0 - law(row).iter().map(|p| p * p).sum::<f64>();
        rows.iter().zip(weights).map(|(row, p)| p * one(row)).sum::<f64>()
    };
    let rows: [&[f64]; 4] = [&[0.3, -1.0, 2.0], &[0.0, 0.0, 0.0], &[1.0], &[2.0, 2.0, -0.5, 0.1]];
    let weights = [0.4, 0.3, 0.1, 0.2];
    close(Some(disagreement(&weights, &policy(&rows))), of(&rows, &weights));
    // Lumped rows: an atom, and many that share one logit; the mode among the atoms, and among the others.
    for (atom, rest) in [(3.0, 0.0), (-1.0, 0.0), (0.0, 0.0), (5.0, 4.0)] {
        let mut table = LogitTable::default();
        table.push([Atom { response: 2, logit: atom }], rest, 6);
        let plain = [rest, rest, atom, rest, rest, rest, rest];
        close(Some(disagreement(&[1.0], &Policy::from_logits(Arc::new(table)))), of(&[&plain], &[1.0]));
    }
    // Digits below the rounding of 1 − Σp²: 2p(1 − p).
    let sure = disagreement(&[1.0], &policy(&[&[80.0, 0.0]]));
    assert!((sure / (2.0 * (-80f64).exp()) - 1.0).abs() < 1e-14, "{sure}");
}
