//! Every measured quantity against plain double sums over textbook softmax probabilities, on random ragged instances.

use crate::common::*;
use selfreward::instance::{Instance, Parameter};
use selfreward::metrics::{measure, policy as state, step};
use selfreward::process::Square;
use selfreward::seed::Seed;

const RAGGED: [usize; 5] = [4, 1, 3, 2, 6];

/// E_x f(x).
fn mean(instance: &Instance, f: impl Fn(usize) -> f64) -> f64 {
    instance.weights().iter().enumerate().map(|(x, p)| p * f(x)).sum()
}

fn modal(p: &[f64]) -> usize {
    (0..p.len()).fold(0, |best, y| if p[y] > p[best] { y } else { best })
}

fn close(name: &str, measured: f64, expected: f64) {
    assert!((measured - expected).abs() <= 1e-11 * (1.0 + expected.abs()), "{name}: {measured} against {expected}");
}

#[test]
fn quantities_equal_plain_sums() {
    for seed in 0..20 {
        let instance = dense_instance(&RAGGED, 4, 1.0 + seed as f64 / 4.0, seed);
        let beta = 0.7;
        let process = process(Square::default(), beta, 6, 2);
        let rounds: Vec<_> =
            process.on(&instance).unwrap().start(Seed::from_number(seed)).map(Result::unwrap).collect();
        let base = &rounds[0].policy;
        let deltas = [0.5, 0.2];
        for pair in rounds.windows(2) {
            let m = measure(&instance, base, &pair[1], beta, &deltas);
            let (p0, p, q) = (probabilities(base), probabilities(&pair[0].policy), probabilities(&pair[1].policy));
            let top = |q: &[f64]| q[modal(q)];
            close("kappa", m.policy.kappa, mean(&instance, |x| 1.0 / top(&q[x])));
            close("kappa − 1", m.policy.kappa_minus_one, mean(&instance, |x| 1.0 / top(&q[x])) - 1.0);
            close("entropy", m.policy.entropy, mean(&instance, |x| -q[x].iter().map(|q| q * q.ln()).sum::<f64>()));
            close("kl", m.policy.kl, mean(&instance, |x| -top(&q[x]).ln()));
            close("drift", m.policy.drift, mean(&instance, |x| f64::from(u8::from(modal(&q[x]) != modal(&p0[x])))));
            let least = q.iter().map(|q| top(q)).fold(1.0, f64::min);
            close("min_confidence", m.policy.min_confidence, least);
            let margin = |q: &Vec<f64>| {
                let others = q.iter().enumerate().filter(|(y, _)| *y != modal(q)).map(|(_, q)| *q).fold(0.0, f64::max);
                top(q).ln() - others.ln()
            };
            close("margin", m.policy.margin, q.iter().map(margin).fold(f64::INFINITY, f64::min));
            let theta = pair[1].theta.to_vector();
            let theta0 = instance.base().to_vector();
            close("theta_norm", m.policy.theta_norm, theta.dot(&theta).sqrt());
            let cosine = theta.dot(&theta0) / (theta.dot(&theta) * theta0.dot(&theta0)).sqrt();
            close("cosine", m.policy.cosine.unwrap(), cosine);
            let s = m.step.unwrap();
            for (i, delta) in deltas.into_iter().enumerate() {
                let below = |x: usize, y: usize| f64::from(u8::from(q[x][y] <= 1.0 - delta));
                close("failure", m.policy.failure[i], mean(&instance, |x| below(x, modal(&q[x]))));
                close("base_failure", m.policy.base_failure[i], mean(&instance, |x| below(x, modal(&p0[x]))));
                close("comparator_failure", s.comparator_failure[i], mean(&instance, |x| below(x, modal(&p[x]))));
            }
            let expected =
                |pi: &[Vec<f64>]| mean(&instance, |x| (0..p[x].len()).map(|y| pi[x][y] * p[x][y].ln()).sum());
            let best = mean(&instance, |x| top(&p[x]).ln());
            close("gap", s.gap, best - expected(&q));
            let concentrability = mean(&instance, |x| (0..p[x].len()).map(|y| q[x][y].powi(2) / p[x][y]).sum());
            close("concentrability", s.concentrability, concentrability);
            close("excess", s.excess, (concentrability / mean(&instance, |x| 1.0 / top(&p[x]))).sqrt());
            // ε² as the double sum over pairs of its definition, not as a variance.
            let double = mean(&instance, |x| {
                let k = p[x].len();
                let reward = |y: usize| beta * (q[x][y] / p[x][y]).ln() - p[x][y].ln();
                (0..k)
                    .flat_map(|y| (0..k).map(move |z| (y, z)))
                    .map(|(y, z)| p[x][y] * p[x][z] * (reward(y) - reward(z)).powi(2))
                    .sum()
            });
            close("population_loss", s.population_loss, double);
        }
    }
}

/// Prompts of weight zero enter no extremum and no probability; a single response has margin +∞ and probability one.
#[test]
fn extrema_run_over_prompts_of_positive_weight() {
    let (instance, _) = tabular_and_dense(&[vec![0.1, 0.0], vec![3.0, 0.0], vec![1.0]], &[0.0, 0.75, 0.25]);
    let base = policy(&instance, instance.base());
    assert_eq!(state::margin(instance.weights(), &base), 3.0);
    assert!((state::min_confidence(instance.weights(), &base) - 1.0 / (1.0 + (-3f64).exp())).abs() < 1e-15);
    assert_eq!(instance.rank(), 1);
    let (single, _) = tabular_and_dense(&[vec![1.0], vec![0.0]], &[0.5, 0.5]);
    let base = policy(&single, single.base());
    assert_eq!(state::margin(single.weights(), &base), f64::INFINITY);
    assert_eq!(state::kappa(single.weights(), &base), 1.0);
    assert_eq!(state::failure(single.weights(), &base, 0.1), 0.0);
}

/// The failure rate counts π(y*) = 1 − δ as a failure (π ≤ 1 − δ), and resolves δ far below the spacing of doubles at 1.
#[test]
fn failure_is_exact_at_ties_and_at_tiny_delta() {
    let (instance, _) = tabular_and_dense(&[vec![0.0, 0.0], vec![50.0, 0.0]], &[0.5, 0.5]);
    let base = policy(&instance, instance.base());
    assert_eq!(state::failure(instance.weights(), &base, 0.5), 0.5);
    let doubt = (-50f64).exp();
    assert_eq!(state::failure(instance.weights(), &base, doubt * 1.01), 0.5);
    assert_eq!(state::failure(instance.weights(), &base, doubt * 0.99), 1.0);
}

/// Lumped rows (one logit for many responses) give what written-out rows give.
#[test]
fn lumped_and_written_out_rows_agree() {
    use selfreward::instance::FeatureMap;
    use selfreward::logits::{Atom, LogitTable};
    let (mut lumped, mut written) = (LogitTable::default(), LogitTable::default());
    let (mut lumped_after, mut written_after) = (LogitTable::default(), LogitTable::default());
    let atoms =
        |pairs: &[(u32, f64)]| pairs.iter().map(|&(response, logit)| Atom { response, logit }).collect::<Vec<_>>();
    lumped.push(atoms(&[(1, 0.7), (3, -0.4)]), 0.2, 3);
    written.push_dense(&[0.2, 0.7, 0.2, -0.4, 0.2]);
    lumped_after.push(atoms(&[(1, 2.0), (2, 0.9)]), 0.1, 3);
    written_after.push_dense(&[0.1, 2.0, 0.9, 0.1, 0.1]);
    let make = |table: &LogitTable| {
        let parameter = Parameter::tabular(table.clone());
        let instance = Instance::new(vec![1.0], FeatureMap::one_hot(vec![5]), parameter.clone(), None).unwrap();
        (instance.policy(&parameter), parameter)
    };
    let w = [1.0];
    let ((a, ta), (b, tb)) = (make(&lumped), make(&written));
    let ((a2, ta2), (b2, tb2)) = (make(&lumped_after), make(&written_after));
    close("kappa", state::kappa(&w, &a), state::kappa(&w, &b));
    close("entropy", state::entropy(&w, &a), state::entropy(&w, &b));
    close("margin", state::margin(&w, &a), state::margin(&w, &b));
    close("norm", ta.norm(), tb.norm());
    close("cosine", ta.cosine(&ta2), tb.cosine(&tb2));
    close("gap", step::gap(&w, &a, &a2), step::gap(&w, &b, &b2));
    close("concentrability", step::concentrability(&w, &a, &a2), step::concentrability(&w, &b, &b2));
    close("population loss", step::population_loss(&w, &a, &a2, 0.3), step::population_loss(&w, &b, &b2, 0.3));
    assert_eq!(a.head(0).modal, b.head(0).modal);
}

/// Oracle: the population update has ε = 0, C ≤ κ (cited Lemma 4.1) and no sample.
#[test]
fn population_update_has_zero_loss() {
    let instance = dense_instance(&RAGGED, 4, 3.0, 3);
    let process = process(Square::population(), 0.2, 1, 1);
    let rounds: Vec<_> = process.on(&instance).unwrap().start(Seed::from_number(1)).map(Result::unwrap).collect();
    let m = measure(&instance, &rounds[0].policy, &rounds[1], 0.2, &[0.5]).step.unwrap();
    assert!(m.population_loss < 1e-28);
    assert!(m.excess <= 1.0 + 1e-14);
    assert_eq!((m.rank_fraction, m.diversity), (None, None));
}

/// Where θ leaves the range of a double the run stops and names the round; before that, logits of any size give no NaN.
#[test]
fn growth_ends_with_a_named_round() {
    let (instance, _) = tabular_and_dense(&[vec![1.0, 0.0, -1.0]], &[1.0]);
    let process = process(Square::population(), 1e-60, 1, 20);
    let results: Vec<_> = process.on(&instance).unwrap().start(Seed::from_number(1)).collect();
    assert_eq!(results.len(), 7);
    for round in results[..6].iter().map(|round| round.as_ref().unwrap()) {
        let m = measure(&instance, &results[0].as_ref().unwrap().policy, round, 1e-60, &[0.5]);
        assert!(m.policy.kappa.is_finite() && m.policy.entropy.is_finite() && m.policy.cosine.unwrap() > 0.999_999);
    }
    let error = results[6].as_ref().unwrap_err().to_string();
    assert!(error.starts_with("round 6:"), "{error}");
}
