//! The fit of a round against a plain one on exactly the same data, which are walked through draw by draw.

use std::collections::BTreeMap;

use crate::common::*;
use crate::loops_common::*;
use crate::loops_fits::*;
use ndarray::Array1;
use selfreward::instance::Instance;
use selfreward::process::multinomial::binomial;
use selfreward::process::{Batch, Labels, Loop, Snapshot, Step};
use selfreward::seed::{Purpose, Seed};

const BETA: f64 = 0.8;
const SAMPLES: u64 = 60;

fn instance(seed: u64) -> Instance {
    let instance = dense_instance(&[4, 1, 3, 2], [3, 2, 9][seed as usize % 3], 1.2, seed);
    let rows = |start: f64, size: f64| -> Vec<Vec<f64>> {
        let count = |x: usize| instance.features().responses(x);
        (0..4).map(|x| (0..count(x)).map(|y| size * (start + x as f64 + 1.7 * y as f64).sin()).collect()).collect()
    };
    let marks: Vec<Vec<bool>> = rows(0.0, 1.0).iter().map(|row| row.iter().map(|&v| v > 0.0).collect()).collect();
    let (offset, reward) = (table(&rows(0.3, 0.6)), table(&rows(2.1, 0.8)));
    instance.with_offset(offset).unwrap().with_reward(reward).unwrap().with_correct(correct(&marks)).unwrap()
}

/// Counts of pairs y < z over all batches.
fn pairs_once(batches: &[Batch]) -> BTreeMap<(usize, usize, usize), f64> {
    let mut counts = BTreeMap::new();
    for batch in batches {
        for (x, y, z, count) in pairs_of(&batch.pairs()) {
            *counts.entry((x, y.min(z), y.max(z))).or_insert(0.0) += count;
        }
    }
    counts
}

/// The labels, each pair as it was drawn: (x, y, z, count, wins).
fn labels(batches: &[Batch]) -> Vec<(usize, usize, usize, f64, f64)> {
    let mut all = Vec::new();
    for batch in batches {
        let labelling = batch.labels.as_ref().unwrap();
        batch.pairs().for_each(|seen| {
            let mut rng = batch.seed().rng(Purpose::Labelling, batch.round, seen.prompt);
            for pair in seen.pairs {
                let win = labelling.prefers(seen.prompt, pair.a, pair.b);
                let wins = match labelling.labels {
                    Labels::Hard => win * pair.count as f64,
                    Labels::Smooth { .. } => binomial(pair.count, win, 1.0 - win, &mut rng) as f64,
                };
                all.push((seen.prompt, pair.a as usize, pair.b as usize, pair.count as f64, wins));
            }
        });
    }
    all
}

/// A round's fit, and the plain one on the same data.
struct Both {
    found: Array1<f64>,
    /// The plain fit; only without a ball.
    expected: Array1<f64>,
    /// The gradient of the loss at what was found.
    gradient: Array1<f64>,
    /// Differences that were seen.
    seen: Vec<Array1<f64>>,
    /// What stays where nothing is seen: θ_ref, or θ_t for a likelihood.
    stays: Array1<f64>,
}

/// The second round of a loop, after a first one that is remembered where the loop does.
fn both(process: &Loop, keys: &str, instance: &Instance, seed: u64) -> Both {
    let seed = Seed::from_number(seed);
    let base = Snapshot::new(instance.base().clone(), instance);
    // Any other policy than the base.
    let current = Snapshot::new(instance.base().scaled(1.3), instance);
    let first = Step::new(process, instance, (&base, &base), 0, &seed, &[]).unwrap();
    let (all, kept) = (keys.contains("memory = \"all\""), keys.contains("memory = \"kept\""));
    let past = if all || kept { first.fresh().to_vec() } else { Vec::new() };
    let step = Step::new(process, instance, (&base, &current), 1, &seed, &past).unwrap();
    let n: u64 = step.batches().iter().map(|batch| batch.samples).sum();
    assert_eq!(n, SAMPLES * (1 + u64::from(all)), "{keys}");
    let n = n as f64;
    let number = |key: &str| -> Option<f64> {
        let line = keys.lines().find(|line| line.starts_with(key))?;
        line.split('=').next_back()?.trim_matches([' ', '}']).parse().ok()
    };
    let alpha = match () {
        () if keys.contains("reference = \"base\"") => 0.0,
        () => number("reference").unwrap_or(1.0),
    };
    let (theta, first) = (current.theta.to_vector(), base.theta.to_vector());
    let around = Around {
        instance,
        beta: BETA,
        ridge: number("ridge").unwrap_or(0.0),
        reference: &theta * alpha + &first * (1.0 - alpha),
        start: theta.clone(),
    };
    let found = minimum(process.fit.as_ref(), &step).to_vector();
    let ball = process.radius.is_some();
    let unless = |fit: &dyn Fn() -> Array1<f64>| if ball { theta.clone() } else { fit() };
    let stays = if keys.contains("likelihood") { theta.clone() } else { around.reference.clone() };
    let (expected, gradient, seen) = if keys.contains("likelihood") {
        let mut masses = Vec::new();
        for batch in step.batches() {
            batch.responses().for_each(|seen| {
                masses.extend(seen.kept.iter().map(|&(y, count)| (seen.prompt, y as usize, count as f64 / n)));
            });
        }
        let differences = |x: usize| (1..instance.features().responses(x)).map(move |y| difference(instance, x, y, 0));
        let seen = masses.iter().flat_map(|mass: &(usize, usize, f64)| differences(mass.0)).collect();
        (unless(&|| around.likelihood(&masses)), around.likelihood_loss(&masses)(&found).1, seen)
    } else if keys.contains("erm") {
        // Rewards by hand: η log π_t + w log π_0 + v r.
        let weights = match () {
            () if keys.contains("reward = \"external\"") => [0.0, 0.0, 1.0],
            () if keys.contains("reward = \"base\"") => [0.0, 1.0, 0.0],
            () if keys.contains("reward = {") => [-0.5, 0.3, 0.7],
            () => [1.0, 0.0, 0.0],
        };
        let (now, base) = (log_probs(&current.policy), log_probs(&base.policy));
        let external = instance.reward().unwrap();
        let reward = |x: usize, y: usize| {
            weights[0] * now[x][y] + weights[1] * base[x][y] + weights[2] * external.row(x).logit(y as u32)
        };
        let mean =
            |x: usize, f: &dyn Fn(usize) -> f64| now[x].iter().enumerate().map(|(y, p)| p.exp() * f(y)).sum::<f64>();
        let scale = |x: usize| {
            let m = mean(x, &|y| reward(x, y));
            if keys.contains("standardise") { mean(x, &|y| (reward(x, y) - m).powi(2)).sqrt().recip() } else { 1.0 }
        };
        let pair = |(&(x, y, z), &count): (&(usize, usize, usize), &f64)| {
            let value = (reward(x, y) - reward(x, z)) * scale(x);
            Pair { x, y, z, weight: count / n, value }
        };
        let pairs = pairs_once(step.batches()).iter().map(pair).collect::<Vec<_>>();
        (unless(&|| around.square(&pairs)), around.square_loss(&pairs)(&found).1, around.directions(&pairs))
    } else {
        let logistic = keys.contains("logistic");
        let of_label = |&(x, y, z, count, wins): &(usize, usize, usize, f64, f64)| {
            let share = wins / count;
            Pair { x, y, z, weight: count / n, value: if logistic { share } else { share - 0.5 } }
        };
        let pairs: Vec<Pair> = labels(step.batches()).iter().map(of_label).collect();
        let seen = around.directions(&pairs);
        if logistic {
            (unless(&|| around.logistic(&pairs)), around.logistic_loss(&pairs)(&found).1, seen)
        } else {
            (unless(&|| around.square(&pairs)), around.square_loss(&pairs)(&found).1, seen)
        }
    };
    Both { found, expected, gradient, seen, stays }
}

#[test]
fn fits_agree_with_plain_ones_on_the_same_data() {
    let slots = [
        "",
        "candidates = { base_share = 0.3 }",
        "best_of = 2",
        "adaptive = 1.5",
        "prompts = { confidence_at_most = 0.6 }",
        "memory = { replay = 0.3 }",
        "memory = \"all\"",
        "memory = \"kept\"",
    ];
    let rewards = [
        "reward = \"external\"",
        "reward = { self = -0.5, base = 0.3, external = 0.7 }",
        "reward = \"base\"\nreference = \"base\"",
        "reference = { current = 0.3 }",
        "standardise = true",
        "reward = \"external\"\nstandardise = true\nreference = \"base\"",
    ];
    let accepts = [
        "accept = { true_positive = 0.8, false_positive = 0.4 }",
        "accept = { vote_of = 3 }",
        "accept = { confidence_gate = 0.35, tries = 2 }",
    ];
    let pairs: Vec<&str> = slots.iter().chain(&rewards).copied().collect();
    let responses: Vec<&str> = slots.iter().chain(&accepts).copied().collect();
    let (mut wrong, mut count) = (Vec::new(), 0);
    for (fit, slots) in [
        ("update = \"erm\"", &pairs),
        ("update = \"erm\"\nridge = 0.05", &pairs),
        ("update = \"win-rate\"", &pairs),
        ("update = \"win-rate\"\nlabels = \"hard\"\nridge = 0.05", &pairs),
        ("update = \"logistic\"\nridge = 0.05", &pairs),
        ("update = \"logistic\"\nlabels = { temperature = 0.8, flip = 0.3 }\nridge = 0.01", &pairs),
        ("update = \"likelihood\"\nridge = 0.05", &responses),
        ("update = \"likelihood\"\nridge = 0.01\nreference = \"base\"", &responses),
    ] {
        for slot in slots {
            let keys = format!("{fit}\n{slot}\nbeta = {BETA:?}\nsamples = {SAMPLES}");
            let process = settle(&keys).unwrap_or_else(|error| panic!("{keys}: {error}"));
            for seed in 0..3 {
                let Both { found, expected, .. } = both(&process, &keys, &instance(seed), seed);
                let error = distance(&found, &expected);
                count += 1;
                assert!(found.iter().chain(&expected).all(|v| v.is_finite()), "{keys}");
                if error >= 1e-8 * (1.0 + expected.dot(&expected).sqrt()) {
                    wrong.push(format!("{}, {seed}: {error:.1e}", keys.replace('\n', "; ")));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
}

/// In a ball: the gradient is −mθ with m ≥ 0, and m = 0 inside; what no pair sees is that of the reference (of θ_t for a likelihood) as
/// far as there is room, or 0 for the minimiser of least norm.
#[test]
fn fits_in_a_ball_satisfy_the_optimality_conditions() {
    let slots = ["", "memory = \"all\"", "memory = \"kept\"", "memory = { replay = 0.3 }", "best_of = 2"];
    let references = ["", "reference = { current = 0.3 }", "reference = \"base\""];
    let (mut inside, mut outside) = (0, 0);
    for fit in [
        "update = \"erm\"",
        "update = \"erm\"\nreward = \"external\"\nchoice = \"min-norm\"",
        "update = \"erm\"\nreward = \"external\"\nridge = 0.02",
        "update = \"win-rate\"",
        "update = \"win-rate\"\nlabels = \"hard\"\nchoice = \"min-norm\"",
        "update = \"logistic\"\nlabels = { temperature = 0.8, flip = 0.3 }",
        "update = \"logistic\"\nridge = 0.02",
        "update = \"likelihood\"",
        "update = \"likelihood\"\nridge = 0.02",
    ] {
        for slot in slots {
            for reference in references {
                for radius in [1.6, 2.2, 5.0] {
                    let keys = format!(
                        "{fit}\n{slot}\n{reference}\nradius = {radius:?}\nbeta = {BETA:?}\nsamples = {SAMPLES}"
                    );
                    let process = settle(&keys).unwrap();
                    for seed in 0..3 {
                        let instance = instance(seed);
                        if process.on(&instance).is_err() {
                            assert!(fit.contains("likelihood") && !reference.is_empty(), "{keys}");
                            continue;
                        }
                        let Both { found, gradient, seen, stays, .. } = both(&process, &keys, &instance, seed);
                        let norm = found.dot(&found).sqrt();
                        assert!(norm.is_finite(), "{keys}");
                        assert!(norm <= radius * (1.0 + 1e-9), "{keys}");
                        let multiplier = -gradient.dot(&found) / (norm * norm);
                        let left = &gradient + &(&found * multiplier);
                        assert!(left.dot(&left).sqrt() < 1e-8, "{keys}, {seed}: {left}");
                        assert!(multiplier > -1e-9, "{keys}, {seed}: {multiplier}");
                        if norm < radius * (1.0 - 1e-6) {
                            assert!(multiplier < 1e-9, "{keys}, {seed}: {multiplier}");
                        }
                        if multiplier > 1e-6 || keys.contains("ridge") {
                            outside += 1;
                            continue;
                        }
                        inside += 1;
                        let basis = gram_schmidt(&seen);
                        let (range, null) = (project(&basis, &found), &found - &project(&basis, &found));
                        let whole = &stays - &project(&basis, &stays);
                        let room = (radius * radius - range.dot(&range)).max(0.0).sqrt();
                        let size = whole.dot(&whole).sqrt().max(1e-300);
                        let kept = if keys.contains("min-norm") { 0.0 } else { (room / size).min(1.0) };
                        assert!(distance(&null, &(&whole * kept)) < 1e-7, "{keys}, {seed}: {null} {whole}");
                    }
                }
            }
        }
    }
    assert!(inside > 100 && outside > 100, "{inside} {outside}");
}
