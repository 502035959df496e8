//! Laws with responses of probability 0: no quantity is NaN, and each is what plain sums say.

use std::sync::Arc;

use selfreward::instance::{FeatureMap, Instance, Parameter};
use selfreward::logits::{Atom, LogitTable};
use selfreward::metrics::chain::{self, Transition};
use selfreward::metrics::{policy, step};
use selfreward::policy::Policy;

const DEAD: f64 = f64::NEG_INFINITY;

fn table(rows: &[&[f64]]) -> LogitTable {
    let mut table = LogitTable::default();
    rows.iter().for_each(|row| table.push_dense(row));
    table
}

fn of(rows: &[&[f64]]) -> Policy {
    Policy::from_logits(Arc::new(table(rows)))
}

/// Probabilities by their definition.
fn probs(row: &[f64]) -> Vec<f64> {
    let total: f64 = row.iter().map(|logit| logit.exp()).sum();
    row.iter().map(|logit| logit.exp() / total).collect()
}

/// Σ over the responses that count.
fn sum(p: &[f64], f: impl Fn(usize) -> f64) -> f64 {
    p.iter().enumerate().filter(|(_, p)| **p > 0.0).map(|(y, p)| p * f(y)).sum()
}

fn close(found: f64, expected: f64) {
    let same = found == expected || (found - expected).abs() < 1e-13 * expected.abs().max(1.0);
    assert!(same, "{found} {expected}");
}

const OLD: [&[f64]; 2] = [&[1.0, 0.5, DEAD, 0.0], &[0.0, DEAD]];
const ALIVE: [&[f64]; 2] = [&[2.0, 0.5, DEAD, 1.0], &[0.0, DEAD]];
const DYING: [&[f64]; 2] = [&[2.0, DEAD, DEAD, 1.0], &[0.0, DEAD]];
const REVIVED: [&[f64]; 2] = [&[2.0, 0.5, 1.0, 1.0], &[0.0, DEAD]];
const WEIGHTS: [f64; 2] = [0.75, 0.25];

#[test]
fn quantities_of_a_policy_are_plain_sums() {
    let old = of(&OLD);
    let p = probs(OLD[0]);
    close(policy::entropy(&WEIGHTS, &old), -0.75 * sum(&p, |y| p[y].ln()));
    close(policy::kappa(&WEIGHTS, &old), 0.75 / p[0] + 0.25);
    close(policy::margin(&WEIGHTS, &old), 0.5);
    assert_eq!(policy::margin(&[0.0, 1.0], &old), f64::INFINITY);
    assert_eq!(policy::failure(&WEIGHTS, &old, 0.5), if p[0] <= 0.5 { 0.75 } else { 0.0 });
    let theta = Parameter::tabular(table(&OLD));
    assert_eq!(theta.norm(), f64::INFINITY);
    let base = Parameter::tabular(table(&[&[1.0, 0.0, 0.0, 0.0], &[0.0, 0.0]]));
    let instance = Instance::new(WEIGHTS.to_vec(), FeatureMap::one_hot(vec![4, 2]), base, None).unwrap();
    close(policy::logit_rounding(&instance, &theta), f64::EPSILON);
    assert!(theta.cosine(instance.base()).is_nan(), "the direction of an infinite vector is not known");
}

#[test]
fn quantities_of_a_step_are_plain_sums() {
    let old = of(&OLD);
    let p = probs(OLD[0]);
    for (row, kept) in [(ALIVE, true), (DYING, false)] {
        let (new, q) = (of(&row), probs(row[0]));
        let concentrability: f64 = (0..4).filter(|&y| q[y] > 0.0).map(|y| q[y] * q[y] / p[y]).sum();
        close(step::concentrability(&WEIGHTS, &old, &new), 0.75 * concentrability + 0.25);
        close(step::gap(&WEIGHTS, &old, &new), 0.75 * sum(&q, |y| p[0].ln() - p[y].ln()));
        let loss = step::population_loss(&WEIGHTS, &old, &new, 0.5);
        let difference = |y: usize, z: usize| 0.5 * ((q[y] / p[y]).ln() - (q[z] / p[z]).ln()) - (p[y].ln() - p[z].ln());
        if kept {
            close(loss, 0.75 * sum(&p, |y| sum(&p, |z| difference(y, z).powi(2))));
        } else {
            assert_eq!(loss, f64::INFINITY);
        }
    }
    // A response that had nothing has something: infinitely more.
    let revived = of(&REVIVED);
    assert_eq!(step::concentrability(&WEIGHTS, &old, &revived), f64::INFINITY);
    assert_eq!(step::gap(&WEIGHTS, &old, &revived), f64::INFINITY);
    assert!(step::population_loss(&WEIGHTS, &old, &revived, 0.5).is_finite());
    // One response alone is in no pair.
    assert_eq!(step::population_loss(&[0.0, 1.0], &of(&OLD), &of(&[OLD[0], &[DEAD, 0.0]]), 0.5), 0.0);
}

/// Many responses of probability 0 that share one logit.
#[test]
fn a_rest_without_probability_changes_nothing() {
    let lumped = |first: f64, second: f64| {
        let mut table = LogitTable::default();
        let atom = |response, logit| Atom { response, logit };
        table.push([atom(3, first), atom(9, second)], DEAD, 99_998);
        Policy::from_logits(Arc::new(table))
    };
    let (old, new) = (lumped(1.0, 0.0), lumped(2.5, 0.0));
    let (small_old, small_new) = (of(&[&[1.0, 0.0]]), of(&[&[2.5, 0.0]]));
    assert_eq!(old.head(0).modal, 3);
    close(policy::entropy(&[1.0], &old), policy::entropy(&[1.0], &small_old));
    close(step::concentrability(&[1.0], &old, &new), step::concentrability(&[1.0], &small_old, &small_new));
    close(step::gap(&[1.0], &old, &new), step::gap(&[1.0], &small_old, &small_new));
    close(step::population_loss(&[1.0], &old, &new, 0.7), step::population_loss(&[1.0], &small_old, &small_new, 0.7));
}

fn measure(before: &[&[f64]; 2], after: &[&[f64]; 2]) -> chain::ChainMetrics {
    let theta = |rows: &[&[f64]; 2]| Parameter::tabular(table(rows));
    let (old, new) = (of(before), of(after));
    let (from, to) = (theta(before), theta(after));
    let transition = Transition { weights: &WEIGHTS, before: (&from, &old), after: (&to, &new), beta: 0.5, delta: 0.5 };
    chain::measure(&transition).unwrap()
}

#[test]
fn the_chain_of_laws_with_dead_responses_is_a_plain_sum() {
    let (p, q) = (probs(OLD[0]), probs(ALIVE[0]));
    let found = measure(&OLD, &ALIVE);
    let implicit = |y: usize| 0.5 * (q[y] / p[y]).ln();
    let deviation = |y: usize, z: usize| (p[y] / p[z]).ln() - (implicit(y) - implicit(z));
    close(found.second_moment, 0.75 * sum(&p, |y| sum(&p, |z| deviation(y, z).powi(2))));
    close(found.deviation_policy, 0.75 * sum(&q, |y| sum(&p, |z| deviation(y, z).abs())));
    close(found.deviation_comparator, 0.75 * sum(&p, |z| deviation(0, z).abs()));
    close(found.kl_policy, 0.75 * sum(&q, |y| (q[y] / p[y]).ln()));
    close(found.fourth_moment, 0.75 * sum(&p, |y| sum(&p, |z| (implicit(y) - implicit(z)).powi(4))));
    close(found.chain_concentrability, 0.75 * sum(&q, |y| q[y] / p[y]) + 0.25);
    close(found.tail_mean, 0.75 * sum(&p, |y| (p[y] / q[y]).powf(0.5)) + 0.25);
    close(found.parameter_distance, 2f64.sqrt());
    assert!(found.objective_policy.abs() < 1e-15 && found.identity_residual < 1e-15);
}

#[test]
fn no_quantity_of_the_chain_is_nan() {
    for (before, after) in [(OLD, DYING), (OLD, REVIVED), (DYING, OLD), (DYING, DYING), (REVIVED, DYING)] {
        let found = measure(&before, &after);
        for quantity in chain::QUANTITIES {
            let selfreward::metrics::Reader::Scalar(read) = quantity.read else { panic!("one number") };
            let measurement = selfreward::metrics::Measurement { chain: Some(found.clone()), ..any() };
            assert!(!read(&measurement).unwrap().is_nan(), "{}: {before:?} {after:?}", quantity.name);
        }
    }
    let dying = measure(&OLD, &DYING);
    assert_eq!((dying.second_moment, dying.fourth_moment), (f64::INFINITY, f64::INFINITY));
    assert_eq!((dying.tail_mean, dying.parameter_distance), (f64::INFINITY, f64::INFINITY));
    assert!(dying.kl_policy.is_finite() && dying.chain_concentrability.is_finite());
    let revived = measure(&OLD, &REVIVED);
    assert_eq!((revived.kl_policy, revived.chain_concentrability), (f64::INFINITY, f64::INFINITY));
    assert_eq!((revived.chain_gap, revived.objective_policy), (f64::INFINITY, 0.0));
}

/// A measurement whose other numbers do not matter.
fn any() -> selfreward::metrics::Measurement {
    let base = Parameter::tabular(table(&[&[1.0, 0.0]]));
    let instance = Instance::new(vec![1.0], FeatureMap::one_hot(vec![2]), base, None).unwrap();
    let process = selfreward::process::Loop::default();
    let round = process.on(&instance).unwrap().start(selfreward::seed::Seed::from_number(1)).next().unwrap().unwrap();
    selfreward::metrics::measure(&instance, &round.policy, &round, 1.0, &[0.5])
}

#[test]
fn divergences_are_plain_sums() {
    for (before, after) in [(&OLD, &ALIVE), (&OLD, &DYING), (&ALIVE, &OLD)] {
        let (p, q) = (probs(before[0]), probs(after[0]));
        close(step::divergence(&WEIGHTS, &of(before), &of(after)), 0.75 * sum(&q, |y| (q[y] / p[y]).ln()));
    }
    assert_eq!(step::divergence(&WEIGHTS, &of(&OLD), &of(&REVIVED)), f64::INFINITY);
    assert_eq!(step::divergence(&WEIGHTS, &of(&OLD), &of(&OLD)), 0.0);
}

/// A likelihood's fit of the best of four draws: with as many directions as differences it is that law, with fewer KL from it is the sum
/// over the law of the best of four, which is enumerated.
#[test]
fn what_a_fit_loses_of_its_law() {
    use selfreward::process::{Candidates, Likelihood, Selection};
    use selfreward::{Loop, Seed};
    let features = ndarray::arr2(&[[1.0], [0.2], [-0.5]]);
    let dense = selfreward::instance::DenseFeatures::new(features, &[3]).unwrap();
    let base = Parameter::Dense(vec![1.3].into());
    let instance = Instance::new(vec![1.0], FeatureMap::dense(dense), base, None).unwrap();
    let process = Loop {
        candidates: Candidates { selection: Selection::BestOf(4), ..Candidates::default() },
        fit: Box::new(Likelihood { population: true, ..Likelihood::default() }),
        rounds: 1,
        ..Loop::default()
    };
    let rounds: Vec<_> = process.on(&instance).unwrap().start(Seed::from_number(1)).map(Result::unwrap).collect();
    let [start, end] = [0, 1].map(|t| {
        let policy = &rounds[t].policy;
        (0..3).map(|y| policy.prob(0, y)).collect::<Vec<f64>>()
    });
    // The responses stand in the order of their probabilities.
    let mut law = vec![0.0; 3];
    for draws in 0..81usize {
        let drawn: Vec<usize> = (0..4).map(|i| draws / 3usize.pow(i) % 3).collect();
        law[*drawn.iter().min().unwrap()] += drawn.iter().map(|&y| start[y]).product::<f64>();
    }
    let expected = sum(&law, |y| (law[y] / end[y]).ln());
    let at = selfreward::metrics::also::At::new(&instance, &process, &rounds[1]);
    let found = selfreward::metrics::also::measure(&at, &["fit_divergence"], &[]).fit_divergence.unwrap();
    assert!(expected > 1e-5 && (found - expected).abs() < 1e-12, "{found} {expected}");
}
