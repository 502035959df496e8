//! The exact law of one round on instances small enough to enumerate every sample: all sequences of draws with their labels, votes and
//! acceptances, each fitted plainly; against frequencies over seeds.

use crate::common::*;
use crate::loops_common::*;
use crate::loops_fits::*;
use ndarray::Array1;
use selfreward::instance::{FeatureMap, Instance, Parameter};
use selfreward::process::Loop;
use selfreward::seed::Seed;
use statrs::distribution::{ChiSquared, ContinuousCDF};

const BETA: f64 = 0.8;
const RUNS: u64 = 6000;

/// One draw of a sample with its probability.
type Draws<D> = Vec<(D, f64)>;

/// An outcome: all probabilities of π_1.
type Outcome = Vec<f64>;

fn outcome(instance: &Instance, theta: &Array1<f64>) -> Outcome {
    log_probs(&instance.policy(&parameter(instance, theta))).concat().iter().map(|log| log.exp()).collect()
}

/// θ as the instance's kind of parameter.
fn parameter(instance: &Instance, theta: &Array1<f64>) -> Parameter {
    match instance.features() {
        FeatureMap::Dense(_) => Parameter::Dense(theta.clone()),
        FeatureMap::OneHot(responses) => {
            let mut values = theta.to_vec().into_iter();
            Parameter::tabular(table(
                &responses.iter().map(|&k| values.by_ref().take(k as usize).collect()).collect::<Vec<_>>(),
            ))
        }
    }
}

/// The law of the outcome over all samples of n draws; the order of a sample does not matter to a fit.
fn exact<D: Copy>(draws: &Draws<D>, n: usize, fit: impl Fn(&[D]) -> Outcome) -> Vec<(Outcome, f64)> {
    let mut law: Vec<(Outcome, f64)> = Vec::new();
    let mut chosen = vec![0; n];
    loop {
        // Multisets by ascending index, with the number of their orders.
        let mut orders: f64 = (1..=n).map(|i| i as f64).product();
        for value in 0..draws.len() {
            let times = chosen.iter().filter(|&&c| c == value).count();
            orders /= (1..=times).map(|i| i as f64).product::<f64>();
        }
        let sample: Vec<D> = chosen.iter().map(|&i| draws[i].0).collect();
        let probability = orders * chosen.iter().map(|&i| draws[i].1).product::<f64>();
        if probability > 0.0 {
            let outcome = fit(&sample);
            match law.iter_mut().find(|(known, _)| close(known, &outcome)) {
                Some(entry) => entry.1 += probability,
                None => law.push((outcome, probability)),
            }
        }
        let Some(at) = (0..n).rev().find(|&i| chosen[i] + 1 < draws.len()) else { break };
        let next = chosen[at] + 1;
        chosen[at..].fill(next);
    }
    let total: f64 = law.iter().map(|entry| entry.1).sum();
    assert!((total - 1.0).abs() < 1e-12, "{total}");
    law
}

fn close(a: &Outcome, b: &Outcome) -> bool {
    a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-7)
}

/// Pearson's χ² of π_1 over seeds against its law, cells below 20 expected hits merged; 1e-9 of false alarm.
fn check(keys: &str, instance: &Instance, n: usize, law: &[(Outcome, f64)]) {
    for sampling in ["auto", "draws", "counts"] {
        let keys = format!("{keys}\nbeta = {BETA:?}\nsamples = {n}\nrounds = 1\nsampling = \"{sampling}\"");
        let process = settle(&keys).unwrap_or_else(|error| panic!("{keys}: {error}"));
        let runs = if sampling == "auto" { RUNS } else { RUNS / 3 };
        let hits = hits(&process, instance, law, runs, &keys);
        let (mut statistic, mut cells) = (0.0, 0);
        let (mut rest, mut rest_hits) = (0.0, 0.0);
        for ((_, probability), &hits) in law.iter().zip(&hits) {
            let expected = probability * runs as f64;
            if expected < 20.0 {
                (rest, rest_hits) = (rest + expected, rest_hits + hits);
            } else {
                statistic += (hits - expected).powi(2) / expected;
                cells += 1;
            }
        }
        if rest >= 20.0 {
            statistic += (rest_hits - rest).powi(2) / rest;
            cells += 1;
        }
        assert!(cells > 1, "{keys}: {law:?}");
        let most = ChiSquared::new(f64::from(cells - 1)).unwrap().inverse_cdf(1.0 - 1e-9);
        assert!(statistic < most, "{keys}: χ² {statistic} of {cells} cells");
    }
}

fn hits(process: &Loop, instance: &Instance, law: &[(Outcome, f64)], runs: u64, keys: &str) -> Vec<f64> {
    let mut hits = vec![0.0; law.len()];
    let checked = process.on(instance).unwrap_or_else(|error| panic!("{keys}: {error}"));
    for run in 0..runs {
        let round = checked.start(Seed::from_number(177).child("exact", run)).last().unwrap().unwrap();
        let found: Outcome = log_probs(&round.policy).concat().iter().map(|log| log.exp()).collect();
        let at = law.iter().position(|(known, _)| close(known, &found));
        hits[at.unwrap_or_else(|| panic!("{keys}: {found:?} is impossible"))] += 1.0;
    }
    hits
}

fn dense() -> Instance {
    equipped(dense_instance(&[3, 2], 2, 1.1, 7))
}

fn tabular() -> Instance {
    equipped(tabular_and_dense(&[vec![0.5, 0.0, -0.3], vec![0.2, 0.0]], &[0.6, 0.4]).0)
}

fn equipped(instance: Instance) -> Instance {
    let instance = instance.with_offset(table(&[vec![0.3, -0.25, 0.1], vec![-0.1, 0.25]])).unwrap();
    let instance = instance.with_reward(table(&[vec![0.7, -0.4, 0.2], vec![0.5, -0.3]])).unwrap();
    instance.with_correct(correct(&[vec![true, false, false], vec![false, true]])).unwrap()
}

fn around(instance: &Instance, ridge: f64) -> Around<'_> {
    let theta = instance.base().to_vector();
    Around { instance, beta: BETA, ridge, reference: theta.clone(), start: theta }
}

fn law(instance: &Instance) -> Vec<Vec<f64>> {
    log_probs(&instance.policy(instance.base())).iter().map(|row| row.iter().map(|log| log.exp()).collect()).collect()
}

/// All draws of a pair from these laws.
fn pairs(instance: &Instance, law: &[Vec<f64>]) -> Draws<(usize, usize, usize)> {
    let mut draws = Vec::new();
    for (x, row) in law.iter().enumerate() {
        for y in 0..row.len() {
            (0..row.len()).for_each(|z| draws.push(((x, y, z), instance.weights()[x] * row[y] * row[z])));
        }
    }
    draws
}

/// Each draw with everything that may come with it; what comes out the same is put together.
fn with<D: Copy, E: Copy + PartialEq>(draws: &Draws<D>, outcomes: impl Fn(D) -> Draws<E>) -> Draws<E> {
    let mut all: Draws<E> = Vec::new();
    for &(draw, p) in draws {
        for (outcome, q) in outcomes(draw) {
            match all.iter_mut().find(|(known, _)| *known == outcome) {
                Some(entry) => entry.1 += p * q,
                None => all.push((outcome, p * q)),
            }
        }
    }
    all.retain(|entry| entry.1 > 0.0);
    all
}

/// A labelled pair with y < z, and what it is to meet; `None` where y = z.
type Labelled = Option<(usize, usize, usize, f64)>;

fn ordered((x, y, z): (usize, usize, usize), value: f64, mirrored: f64) -> Labelled {
    match y.cmp(&z) {
        std::cmp::Ordering::Less => Some((x, y, z, value)),
        std::cmp::Ordering::Greater => Some((x, z, y, mirrored)),
        std::cmp::Ordering::Equal => None,
    }
}

fn listed(sample: &[Labelled], shift: f64) -> Vec<Pair> {
    let weight = 1.0 / sample.len() as f64;
    let pair = |&(x, y, z, value): &(usize, usize, usize, f64)| Pair { x, y, z, weight, value: value + shift };
    sample.iter().flatten().map(pair).collect()
}

fn plurality(row: &[f64], n: usize) -> Vec<f64> {
    let mut result = vec![0.0; row.len()];
    sequences(row, n, |draws, probability| {
        let count = |y: usize| draws.iter().filter(|&&draw| draw == y).count();
        let most = (0..row.len()).map(count).max().unwrap();
        let winners: Vec<usize> = (0..row.len()).filter(|&y| count(y) == most).collect();
        winners.iter().for_each(|&y| result[y] += probability / winners.len() as f64);
    });
    result
}

#[test]
fn square_loss_has_its_exact_law() {
    for instance in [dense(), tabular()] {
        let law = law(&instance);
        let logs = log_probs(&instance.policy(instance.base()));
        let draws = pairs(&instance, &law);
        let external = |x: usize, y: usize| instance.reward().unwrap().row(x).logit(y as u32);
        for (keys, reward) in [
            ("", &(|x: usize, y: usize| logs[x][y]) as &dyn Fn(usize, usize) -> f64),
            ("reward = \"external\"", &external),
            ("reward = { self = -0.5, external = 1.0 }", &|x, y| external(x, y) - 0.5 * logs[x][y]),
        ] {
            let aimed = with(&draws, |(x, y, z)| {
                let value = reward(x, y) - reward(x, z);
                vec![(ordered((x, y, z), value, -value), 1.0)]
            });
            let fit = |sample: &[Labelled]| outcome(&instance, &around(&instance, 0.0).square(&listed(sample, 0.0)));
            check(keys, &instance, 3, &exact(&aimed, 3, fit));
        }
    }
}

#[test]
fn votes_have_their_exact_law() {
    for instance in [dense(), tabular()] {
        let law = law(&instance);
        let winner: Vec<Vec<f64>> = law.iter().map(|row| plurality(row, 3)).collect();
        // One vote for each pair: 1 for its winner, and the two share it.
        let voted = with(&pairs(&instance, &law), |(x, y, z)| {
            if y == z {
                return vec![(None, 1.0)];
            }
            let (won, lost) = (winner[x][y], winner[x][z]);
            let with = |value: f64| ordered((x, y, z), value, -value);
            vec![(with(1.0), won), (with(-1.0), lost), (with(0.0), 1.0 - won - lost)]
        });
        let fit = |sample: &[Labelled]| outcome(&instance, &around(&instance, 0.0).square(&listed(sample, 0.0)));
        check("reward = { vote_of = 3 }", &instance, 2, &exact(&voted, 2, fit));
        // The winner's label; with neither as the winner a hard label counts half, without randomness.
        let hard = with(&voted, |pair| vec![(pair.map(|(x, y, z, v)| (x, y, z, v / 2.0)), 1.0)]);
        check(
            "reward = { vote_of = 3 }\nupdate = \"win-rate\"\nlabels = \"hard\"",
            &instance,
            2,
            &exact(&hard, 2, fit),
        );
    }
}

#[test]
fn labels_have_their_exact_law() {
    for instance in [dense(), tabular()] {
        let law = law(&instance);
        let logs = log_probs(&instance.policy(instance.base()));
        let draws = pairs(&instance, &law);
        let hard = with(&draws, |(x, y, z)| {
            let won = f64::from(logs[x][y] > logs[x][z]);
            vec![(ordered((x, y, z), won, 1.0 - won), 1.0)]
        });
        for (labels, temperature, flip) in [("", 1.0, 0.0), ("labels = { temperature = 0.5, flip = 0.2 }", 0.5, 0.2)] {
            let smooth = with(&draws, |(x, y, z)| {
                let win: f64 = flip + (1.0 - 2.0 * flip) * softplus((logs[x][y] - logs[x][z]) / temperature).1;
                vec![(ordered((x, y, z), 1.0, 0.0), win), (ordered((x, y, z), 0.0, 1.0), 1.0 - win)]
            });
            let fit = |sample: &[Labelled]| outcome(&instance, &around(&instance, 0.0).square(&listed(sample, -0.5)));
            check(&format!("update = \"win-rate\"\n{labels}"), &instance, 3, &exact(&smooth, 3, fit));
            if labels.is_empty() {
                check("update = \"win-rate\"\nlabels = \"hard\"", &instance, 3, &exact(&hard, 3, fit));
            }
            let fit = |sample: &[Labelled]| outcome(&instance, &around(&instance, 0.05).logistic(&listed(sample, 0.0)));
            check(&format!("update = \"logistic\"\nridge = 0.05\n{labels}"), &instance, 3, &exact(&smooth, 3, fit));
        }
    }
}

/// A response that was kept; `None` where it was not.
type Kept = Option<(usize, usize)>;

/// Shares on one-hot features, a prompt without any keeps its law; with a ridge on dense ones.
fn likelihood(instance: &Instance, sample: &[Kept]) -> Outcome {
    let share = 1.0 / sample.len() as f64;
    if let FeatureMap::Dense(_) = instance.features() {
        let masses: Vec<(usize, usize, f64)> = sample.iter().flatten().map(|&(x, y)| (x, y, share)).collect();
        return outcome(instance, &around(instance, 0.05).likelihood(&masses));
    }
    let rows = law(instance).into_iter().enumerate().map(|(x, row)| {
        let of = |y: usize| sample.iter().flatten().filter(|&&kept| kept == (x, y)).count() as f64;
        let total: f64 = (0..row.len()).map(of).sum();
        if total == 0.0 { row } else { (0..row.len()).map(|y| of(y) / total).collect() }
    });
    rows.collect::<Vec<_>>().concat()
}

fn stopping(law: &[f64], mu: f64) -> Vec<f64> {
    let (mut result, mut alive) = (vec![0.0; law.len()], law.to_vec());
    for k in 1..2000 {
        for y in 0..law.len() {
            if 1.0 / law[y] <= k as f64 / mu {
                result[y] += std::mem::take(&mut alive[y]);
            }
        }
        let mut next = vec![0.0; law.len()];
        for y in 0..law.len() {
            (0..law.len()).for_each(|z| next[if law[z] > law[y] { z } else { y }] += alive[y] * law[z]);
        }
        alive = next;
    }
    result
}

#[test]
fn responses_have_their_exact_law() {
    for instance in [dense(), tabular()] {
        let ridge = if matches!(instance.features(), FeatureMap::Dense(_)) { "ridge = 0.05" } else { "" };
        let single = law(&instance);
        let each = |f: &dyn Fn(&[f64]) -> Vec<f64>| -> Vec<Vec<f64>> { single.iter().map(|row| f(row)).collect() };
        let best = |row: &[f64]| {
            let mut result = vec![0.0; row.len()];
            sequences(row, 2, |draws, p| result[if row[draws[1]] > row[draws[0]] { draws[1] } else { draws[0] }] += p);
            result
        };
        let gated = |row: &[f64]| {
            let mut result = vec![0.0; row.len()];
            sequences(row, 2, |draws, p| result[if row[draws[0]] >= 0.4 { draws[0] } else { draws[1] }] += p);
            result
        };
        let powered = |row: &[f64]| {
            let masses: Vec<f64> = row.iter().map(|p| p.powf(1.7)).collect();
            masses.iter().map(|mass| mass / masses.iter().sum::<f64>()).collect()
        };
        let laws: Vec<(&str, Vec<Vec<f64>>)> = vec![
            ("", single.clone()),
            ("best_of = 2", each(&best)),
            ("adaptive = 1.3", each(&|row| stopping(row, 1.3))),
            ("candidates = { power = 1.7 }", each(&powered)),
            ("accept = { vote_of = 3 }", each(&|row| plurality(row, 3))),
            ("accept = { confidence_gate = 0.4, tries = 2 }", each(&gated)),
        ];
        let draws = |law: &[Vec<f64>]| -> Draws<(usize, usize)> {
            let of = |(x, row): (usize, &Vec<f64>)| -> Draws<(usize, usize)> {
                row.iter().enumerate().map(|(y, p)| ((x, y), instance.weights()[x] * p)).collect()
            };
            law.iter().enumerate().flat_map(of).collect()
        };
        let fit = |sample: &[Kept]| likelihood(&instance, sample);
        for (keys, law) in &laws {
            let kept = with(&draws(law), |draw| vec![(Some(draw), 1.0)]);
            check(&format!("update = \"likelihood\"\n{ridge}\n{keys}"), &instance, 3, &exact(&kept, 3, fit));
        }
        let right = |(x, y): (usize, usize)| instance.correct().unwrap().holds(x, y as u32).unwrap();
        for (keys, pass) in [
            ("accept = \"correct\"", [1.0, 0.0]),
            ("accept = { true_positive = 0.8, false_positive = 0.3 }", [0.8, 0.3]),
        ] {
            let kept = with(&draws(&single), |draw| {
                let p = if right(draw) { pass[0] } else { pass[1] };
                vec![(Some(draw), p), (None, 1.0 - p)]
            });
            check(&format!("update = \"likelihood\"\n{ridge}\n{keys}"), &instance, 3, &exact(&kept, 3, fit));
        }
        // Of two answers one comes from the loop, one from the uniform law.
        let uniform: Vec<Vec<f64>> = single.iter().map(|row| vec![1.0 / row.len() as f64; row.len()]).collect();
        let (own, data) = (draws(&single), draws(&uniform));
        let mut law: Vec<(Outcome, f64)> = Vec::new();
        for &(y, p) in &own {
            for &(z, q) in &data {
                let outcome = fit(&[Some(y), Some(z)]);
                match law.iter_mut().find(|(known, _)| close(known, &outcome)) {
                    Some(entry) => entry.1 += p * q,
                    None => law.push((outcome, p * q)),
                }
            }
        }
        check(&format!("update = \"likelihood\"\n{ridge}\nmemory = {{ replay = 0.5 }}"), &instance, 2, &law);
    }
}
