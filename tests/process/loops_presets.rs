//! The population round of every preset equals its recursion, which is written out here from the definition of the loop: sums over
//! all sequences of draws, levels sorted by hand, logistic losses by a plain Newton method.

use crate::loops_common::*;
use ndarray::{Array1, Array2};
use selfreward::Error;
use selfreward::instance::{FeatureMap, Instance, Parameter};
use selfreward::process::PRESETS;
use selfreward::seed::Seed;

/// log π, prompt by prompt.
type Rows = Vec<Vec<f64>>;

/// One prompt of a loop.
struct Prompt<'a> {
    beta: f64,
    base: &'a [f64],
    now: &'a [f64],
    reward: &'a [f64],
    correct: &'a [bool],
    round: usize,
}

/// Log-probabilities below this are not compared: products of them leave the range of the oracles' doubles.
const FLOOR: f64 = -250.0;

fn exp(logs: &[f64]) -> Vec<f64> {
    logs.iter().map(|log| log.exp()).collect()
}

fn logs_of(law: &[f64]) -> Vec<f64> {
    law.iter().map(|p| p.ln()).collect()
}

fn combine(rows: &[(&[f64], f64)]) -> Vec<f64> {
    let sum = |y: usize| rows.iter().map(|(row, weight)| weight * row[y]).sum();
    log_softmax(&(0..rows[0].0.len()).map(sum).collect::<Vec<f64>>())
}

fn tied(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-9 * (1.0 + a.abs())
}

/// P(the plurality of n draws is y), ties uniform.
fn plurality(law: &[f64], n: usize) -> Vec<f64> {
    let mut result = vec![0.0; law.len()];
    sequences(law, n, |draws, probability| {
        let count = |y: usize| draws.iter().filter(|&&draw| draw == y).count();
        let most = (0..law.len()).map(count).max().unwrap();
        let winners: Vec<usize> = (0..law.len()).filter(|&y| count(y) == most).collect();
        winners.iter().for_each(|&y| result[y] += probability / winners.len() as f64);
    });
    result
}

/// P(the likeliest of n draws is y), ties uniform over the draws.
fn best_of(logs: &[f64], n: usize) -> Vec<f64> {
    let law = exp(logs);
    let mut result = vec![0.0; law.len()];
    sequences(&law, n, |draws, probability| {
        let top = draws.iter().map(|&y| logs[y]).fold(f64::NEG_INFINITY, f64::max);
        let best: Vec<usize> = draws.iter().copied().filter(|&y| tied(logs[y], top)).collect();
        best.iter().for_each(|&y| result[y] += probability / best.len() as f64);
    });
    result
}

/// The stopping rule N_μ = inf{k: 1/max π ≤ k/μ}: the law of the likeliest draw, by walking over (k, likeliest so far).
fn adaptive(logs: &[f64], mu: f64) -> Vec<f64> {
    let law = exp(logs);
    let (mut result, mut alive) = (vec![0.0; law.len()], law.clone());
    for k in 1..2_000_000 {
        for y in 0..law.len() {
            if 1.0 / law[y] <= k as f64 / mu * (1.0 + 1e-12) {
                result[y] += std::mem::take(&mut alive[y]);
            }
        }
        if alive.iter().all(|&mass| mass < 1e-290) {
            break;
        }
        let mut next = vec![0.0; law.len()];
        for (y, &mass) in alive.iter().enumerate().filter(|(_, mass)| **mass > 0.0) {
            // A tie keeps the draw that came first, which has the law of the tie's members.
            for z in 0..law.len() {
                let better = logs[z] > logs[y] && !tied(logs[z], logs[y]);
                next[if better { z } else { y }] += mass * law[z];
            }
        }
        alive = next;
    }
    result
}

fn gate(law: &[f64], confidence: f64, tries: i32) -> Vec<f64> {
    let accepted: f64 = law.iter().filter(|&&p| p >= confidence).sum();
    let refused: f64 = law.iter().filter(|&&p| p < confidence).sum();
    let kept = |&p: &f64| {
        if p >= confidence { p * (1.0 - refused.powi(tries)) / accepted } else { p * refused.powi(tries - 1) }
    };
    law.iter().map(kept).collect()
}

fn curation(law: &[f64], reward: &[f64], n: usize) -> Vec<f64> {
    let mut result = vec![0.0; law.len()];
    sequences(law, n, |draws, probability| {
        let total: f64 = draws.iter().map(|&y| reward[y].exp()).sum();
        draws.iter().for_each(|&y| result[y] += probability * reward[y].exp() / total);
    });
    result
}

fn masses(law: &[f64], correct: &[bool]) -> (f64, f64) {
    let mass = |right: bool| law.iter().zip(correct).filter(|entry| *entry.1 == right).map(|entry| entry.0).sum();
    (mass(true), mass(false))
}

fn sigmoid(x: f64) -> f64 {
    softplus(x).1
}

/// argmin over h of Σ π(y)π(z)·[P softplus(−Δh) + (1 − P) softplus(Δh)].
fn logistic(law: &[f64], prefers: impl Fn(usize, usize) -> f64) -> Vec<f64> {
    let k = law.len();
    let loss = |h: &Array1<f64>| {
        let (mut value, mut gradient, mut hessian) = (0.0, Array1::zeros(k), Array2::zeros((k, k)));
        for y in 0..k {
            for z in (0..k).filter(|&z| z != y) {
                let weight = law[y] * law[z] * prefers(y, z);
                let (f, slope, curvature) = softplus(h[z] - h[y]);
                value += weight * f;
                gradient[y] -= weight * slope;
                gradient[z] += weight * slope;
                for (i, j, sign) in [(y, y, 1.0), (z, z, 1.0), (y, z, -1.0), (z, y, -1.0)] {
                    hessian[(i, j)] += sign * weight * curvature;
                }
            }
        }
        (value, gradient, hessian)
    };
    let unit = |y: usize| Array1::from_shape_fn(k, |i| f64::from(i == y) - f64::from(i == 0));
    newton(&loss, &Array1::zeros(k), &(1..k).map(unit).collect::<Vec<_>>()).to_vec()
}

/// The round of a preset, by its definition; `flip` is preference-dpo's.
fn recursion(name: &str, prompt: &Prompt<'_>, flip: f64) -> Vec<f64> {
    let &Prompt { beta, base, now, reward, correct, round } = prompt;
    let law = exp(now);
    let grown = 1.0 + 1.0 / beta;
    let power = || combine(&[(now, grown)]);
    match name {
        "self-rewarding" => power(),
        "sharpening-rlhf" => combine(&[(base, grown)]),
        "live-reward-frozen-reference" => combine(&[(base, 1.0), (now, 1.0 / beta)]),
        "frozen-reward" => combine(&[(now, 1.0), (base, 1.0 / beta)]),
        "spin" => combine(&[(now, 1.0 - 1.0 / beta), (reward, 1.0 / beta)]),
        "preference-dpo" if flip == 0.0 => power(),
        "preference-dpo" => {
            let h = logistic(&law, |y, z| flip + (1.0 - 2.0 * flip) * sigmoid(now[y] - now[z]));
            combine(&[(now, 1.0), (&h, 1.0 / beta)])
        }
        "win-rate-ipo" => {
            let share = |y: usize, z: usize| match () {
                () if tied(now[y], now[z]) => 0.5,
                () => f64::from(now[z] < now[y]),
            };
            let rate = |y: usize| (0..law.len()).map(|z| law[z] * share(y, z)).sum();
            let rates: Vec<f64> = (0..law.len()).map(rate).collect();
            combine(&[(now, 1.0), (&rates, 1.0 / beta)])
        }
        "sharpening-sft" => logs_of(&best_of(now, 4)),
        "sharpening-sft-adaptive" => logs_of(&adaptive(now, 2.0)),
        "majority-sft" => logs_of(&plurality(&law, 5)),
        "majority-reward" => combine(&[(now, 1.0), (&plurality(&law, 5), 1.0 / beta)]),
        "verifier-filter" | "task-centric" => {
            let (a, f) = if name == "task-centric" { (1.0, 0.0) } else { (0.9, 0.1) };
            let kept = |y: usize| now[y] + if correct[y] { f64::ln(a) } else { f64::ln(f) };
            log_softmax(&(0..law.len()).map(kept).collect::<Vec<_>>())
        }
        "confidence-gate" => logs_of(&gate(&law, 0.5, 3)),
        "selective-rewriting" => {
            if law.iter().all(|&p| p <= 0.9) {
                power()
            } else {
                now.to_vec()
            }
        }
        "unfiltered" => now.to_vec(),
        "replay" => {
            let mixed = |log: &f64| 0.5 * log.exp() + 0.5 / law.len() as f64;
            power().iter().map(|log| mixed(log).ln()).collect()
        }
        "accumulate" => {
            let weight = 1.0 / (round as f64 + 2.0);
            power().iter().zip(&law).map(|(log, p)| ((1.0 - weight) * p + weight * log.exp()).ln()).collect()
        }
        "curation" => logs_of(&curation(&law, reward, 4)),
        "grpo-mirror" | "grpo-frozen-reference" => {
            let (right, wrong) = masses(&law, correct);
            let deviation = (right * wrong).sqrt();
            let advantage = |&mark: &bool| {
                let signed = if mark { wrong } else { -right };
                if deviation > 0.0 { signed / deviation } else { 0.0 }
            };
            let advantage: Vec<f64> = correct.iter().map(advantage).collect();
            let reference = if name == "grpo-mirror" { now } else { base };
            combine(&[(reference, 1.0), (&advantage, 1.0 / beta)])
        }
        _ => panic!("no recursion of {name}"),
    }
}

struct Case {
    instance: Instance,
    reward: Rows,
    correct: Vec<Vec<bool>>,
}

/// A one-hot instance with these logits; rewards as given, and those 0 and 1 of correctness for a loop that asks for them.
fn case(logits: &Rows, reward: &Rows, marks: &[Vec<bool>], weights: &[f64], lump: bool, with_reward: bool) -> Case {
    let written = |rows: &Rows| if lump { lumped(rows) } else { table(rows) };
    let one_hot = FeatureMap::one_hot(logits.iter().map(|row| row.len() as u32).collect());
    let theta = Parameter::tabular(written(logits));
    let instance = Instance::new(weights.to_vec(), one_hot, theta, None).unwrap();
    let instance = instance.with_correct(correct(marks)).unwrap();
    let instance = if with_reward { instance.with_reward(written(reward)).unwrap() } else { instance };
    Case { instance, reward: reward.clone(), correct: marks.to_vec() }
}

fn follows(name: &str, extra: &str, flip: f64, beta: f64, case: &Case) {
    let process = settle(&format!("preset = \"{name}\"\npopulation = true\nbeta = {beta:?}\n{extra}")).unwrap();
    let expected_rounds = if name == "sharpening-rlhf" { 1 } else { 6 };
    assert_eq!(process.rounds, expected_rounds, "{name}");
    let checked = process.on(&case.instance).unwrap();
    let all: Vec<_> = checked.start(Seed::from_number(1)).collect();
    // A reward can be standardised as long as the policy is not sure to the last double.
    let crashes = name.starts_with("grpo") && matches!(all.last(), Some(Err(Error::Overflow { .. })));
    let found: Vec<Rows> = all.iter().flatten().map(|round| log_probs(&round.policy)).collect();
    assert_eq!(all.iter().filter(|round| round.is_err()).count(), usize::from(crashes), "{name}: {:?}", all.last());
    if crashes {
        let least = found[found.len() - 1].iter().flatten().copied().fold(0.0, f64::min);
        assert!(least < -700.0, "{name}: the last round has log-probabilities of {least} at least");
    } else {
        assert_eq!(found.len(), expected_rounds + 1);
    }
    let mut compared = 0;
    let mut now = found[0].clone();
    for (round, found) in found[1..].iter().enumerate() {
        for (x, row) in now.clone().iter().enumerate() {
            let (base, reward, correct) = (&log_probs_of_base(case)[x], &case.reward[x], &case.correct[x]);
            let prompt = Prompt { beta, base, now: row, reward, correct, round };
            now[x] = recursion(name, &prompt, flip);
            let reach = now[x].iter().copied().filter(|log| *log > FLOOR && log.is_finite());
            let low = reach.fold(0.0, f64::min);
            for y in 0..row.len() {
                let (expected, found) = (now[x][y], found[x][y]);
                if expected == f64::NEG_INFINITY || expected < FLOOR {
                    assert!(found < FLOOR + 1.0, "{name}, round {round}, prompt {x}, {y}: {found} is alive");
                    continue;
                }
                compared += 1;
                let error = (expected - found).abs();
                assert!(
                    error < 1e-10 * (1.0 - low),
                    "{name}, {beta}, round {round}, prompt {x}, response {y}: {found} against {expected}"
                );
            }
        }
        // Beyond the floor the oracle has no digits.
        if now.iter().flatten().any(|&log| log < FLOOR && log.is_finite()) {
            break;
        }
        // The wrong are dead; and of the stopping rule what 10⁻¹⁶ of its draws would come to.
        if name != "task-centric" && name != "sharpening-sft-adaptive" {
            assert!(found.iter().flatten().all(|log| log.is_finite()), "{name}, round {round}");
        }
    }
    assert!(compared >= 2, "{name}");
}

fn log_probs_of_base(case: &Case) -> Rows {
    log_probs(&case.instance.policy(case.instance.base()))
}

/// Every preset, with the numbers that it has by default, on an instance.
fn all_follow(beta: f64, make: impl Fn(bool) -> Case) {
    for preset in PRESETS {
        // Correctness is what grpo's reward means; the others' is a table.
        let case = make(!preset.name.starts_with("grpo"));
        let extra = if preset.name == "sharpening-rlhf" { "" } else { "rounds = 6" };
        follows(preset.name, extra, 0.0, beta, &case);
        if preset.name == "preference-dpo" {
            follows(preset.name, "rounds = 6\nlabels = { temperature = 1.0, flip = 0.2 }", 0.2, beta, &case);
        }
    }
    assert_eq!(PRESETS.len(), 21);
}

#[test]
fn presets_follow_their_recursions_on_two_answers() {
    for (log_odds, beta) in [(0.4, 0.8), (1.3, 2.5), (-0.7, 1.0)] {
        let logits = vec![vec![log_odds, 0.0]];
        let reward = vec![log_softmax(&[0.9, -0.3])];
        all_follow(beta, |with| case(&logits, &reward, &[vec![true, false]], &[1.0], false, with));
    }
}

#[test]
fn presets_follow_their_recursions_on_a_ragged_table() {
    let logits = vec![
        vec![0.31, -0.42, 0.17, 1.05],
        vec![0.83],
        vec![-0.55, 0.62, 0.2],
        vec![1.9, 0.0],
        vec![0.2, 0.2, -0.6, 0.2],
    ];
    let reward: Rows =
        [[0.4, -0.9, 0.3, 0.8], [0.0; 4], [0.5, -0.2, 0.1, 0.0], [-0.4, 0.6, 0.0, 0.0], [0.3, 0.1, 0.2, -0.7]]
            .iter()
            .zip(&logits)
            .map(|(row, logits)| log_softmax(&row[..logits.len()]))
            .collect();
    let marks = vec![
        vec![true, false, true, false],
        vec![true],
        vec![false, true, false],
        vec![true, false],
        vec![false, false, true, true],
    ];
    let weights = [0.3, 0.1, 0.25, 0.2, 0.15];
    for beta in [0.8, 1.7] {
        all_follow(beta, |with| case(&logits, &reward, &marks, &weights, false, with));
    }
}

/// Responses that share a logit are kept as one number, together with rewards and correct responses kept so.
#[test]
fn presets_follow_their_recursions_where_responses_share_logits() {
    let logits = vec![vec![0.2, 0.2, 0.2, 0.9], vec![0.4, -0.3], vec![0.1, 0.1, -0.8]];
    let reward: Rows = [[-0.2, -0.2, -0.2, 0.5], [0.3, -0.1, 0.0, 0.0], [0.3, 0.3, -0.2, 0.0]]
        .iter()
        .zip(&logits)
        .map(|(row, logits)| row[..logits.len()].to_vec())
        .collect();
    let reward: Rows = reward.iter().map(|row| log_softmax(row)).collect();
    let marks = vec![vec![false, false, false, true], vec![true, false], vec![true, true, false]];
    for beta in [0.8, 1.7] {
        all_follow(beta, |with| case(&logits, &reward, &marks, &[0.5, 0.2, 0.3], true, with));
    }
}

/// The closed forms of the table for two answers, ℓ' as a function of ℓ.
#[test]
fn presets_follow_their_closed_forms_on_two_answers() {
    let (beta, l, r): (f64, f64, f64) = (0.8, 0.6, 1.1);
    let p = sigmoid(l);
    let logit = |p: f64| (p / (1.0 - p)).ln();
    let binomial = |n: i32, k: i32, p: f64| {
        let choose: f64 = (0..k).map(|i| f64::from(n - i) / f64::from(i + 1)).product();
        choose * p.powi(k) * (1.0 - p).powi(n - k)
    };
    let vote = (3..=5).map(|k| binomial(5, k, p)).sum::<f64>();
    let h: f64 =
        (0..4).map(|k| binomial(3, k, p) * 4.0 * r.exp() / (r.exp() + f64::from(k) * r.exp() + f64::from(3 - k))).sum();
    let grown = sigmoid((1.0 + 1.0 / beta) * l);
    let forms: &[(&str, f64)] = &[
        ("spin", (1.0 - 1.0 / beta) * l + r / beta),
        ("preference-dpo\"\nlabels = { temperature = 0.7, flip = 0.0 }#", (1.0 + 1.0 / (beta * 0.7)) * l),
        (
            "preference-dpo\"\nlabels = { temperature = 0.7, flip = 0.3 }#",
            l + logit(0.3 + 0.4 * sigmoid(l / 0.7)) / beta,
        ),
        ("win-rate-ipo", l + 0.5 / beta),
        ("sharpening-sft", logit(1.0 - (1.0 - p).powi(4))),
        ("majority-sft", logit(vote)),
        ("majority-reward", l + (2.0 * vote - 1.0) / beta),
        ("verifier-filter", l + f64::ln(9.0)),
        ("replay", logit(0.5 * grown + 0.25)),
        ("accumulate", logit(p + (grown - p) / 2.0)),
        ("curation", logit(p * h)),
    ];
    let instance =
        |with: bool| case(&vec![vec![l, 0.0]], &vec![vec![r, 0.0]], &[vec![true, false]], &[1.0], false, with).instance;
    let odds = |keys: &str, with: bool| {
        let name = if keys.contains('#') { keys.replace('#', "") } else { format!("{keys}\"") };
        let process = settle(&format!("preset = \"{name}\nrounds = 1\npopulation = true\nbeta = {beta:?}")).unwrap();
        let last = log_probs(&rounds(&process, &instance(with), 1)[1].policy);
        last[0][0] - last[0][1]
    };
    for (keys, expected) in forms {
        let found = odds(keys, true);
        assert!((found - expected).abs() < 1e-12 * (1.0 + expected.abs()), "{keys}: {found} against {expected}");
    }
    for name in ["grpo-mirror", "grpo-frozen-reference"] {
        let expected = l + 2.0 / beta * (l / 2.0).cosh();
        assert!((odds(name, false) - expected).abs() < 1e-12, "{name}");
    }
}
