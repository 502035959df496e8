//! A slow, plain loop: candidates are drawn one by one as a person would, labelled, accepted and fitted by Newton's method on the loss
//! written out. Its statistics after two rounds against those of the fast path, for loops of mixed choices.

use crate::common::*;
use crate::loops_common::*;
use crate::loops_fits::*;
use ndarray::Array1;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use selfreward::instance::{Instance, Parameter};
use selfreward::seed::Seed;

const BETA: f64 = 0.8;
const SAMPLES: usize = 6;
const RIDGE: f64 = 0.05;
const RUNS: [u64; 2] = [1500, 6000];

type Row = Vec<f64>;

/// What a draw may look at: a prompt's laws.
struct Seen<'a> {
    now: &'a Row,
    base: &'a Row,
    reward: &'a Row,
    correct: &'a [bool],
}

fn draw(law: &[f64], rng: &mut ChaCha8Rng) -> usize {
    let mut left = rng.random::<f64>() * law.iter().sum::<f64>();
    law.iter()
        .position(|p| {
            left -= p;
            left < 0.0
        })
        .unwrap_or(law.len() - 1)
}

fn exp(row: &[f64]) -> Row {
    row.iter().map(|log| log.exp()).collect()
}

/// The likeliest by a ranking.
fn best(draws: &[usize], ranking: &[f64]) -> usize {
    *draws.iter().max_by(|&&a, &&b| ranking[a].total_cmp(&ranking[b])).unwrap()
}

fn vote(law: &[f64], n: usize, rng: &mut ChaCha8Rng) -> usize {
    let draws: Vec<usize> = (0..n).map(|_| draw(law, rng)).collect();
    let count = |y: usize| draws.iter().filter(|&&d| d == y).count();
    let most = (0..law.len()).map(count).max().unwrap();
    let winners: Vec<usize> = (0..law.len()).filter(|&y| count(y) == most).collect();
    winners[rng.random_range(0..winners.len())]
}

type Candidate = fn(&Seen<'_>, &mut ChaCha8Rng) -> Option<usize>;
type Target = fn(&Seen<'_>, usize, usize, &mut ChaCha8Rng) -> f64;

enum Learn {
    Square(Target),
    Logistic(Target),
    Likelihood,
}

/// A loop by its keys, and as it is carried out by hand.
struct Plain {
    keys: &'static str,
    candidate: Candidate,
    learn: Learn,
    /// α of the reference.
    alpha: f64,
    /// A share of each round's draws is uniform.
    replay: usize,
    remembers: bool,
    sure: f64,
}

fn bernoulli(p: f64, rng: &mut ChaCha8Rng) -> f64 {
    f64::from(rng.random::<f64>() < p)
}

fn loops() -> Vec<Plain> {
    let plain = Plain {
        keys: "update = \"erm\"\ncandidates = { base_share = 0.4 }\nreference = { current = 0.5 }\nreward = { vote_of = 3 }",
        candidate: |seen, rng| {
            let law = if rng.random::<f64>() < 0.4 { seen.base } else { seen.now };
            Some(draw(&exp(law), rng))
        },
        learn: Learn::Square(|seen, y, z, rng| {
            let winner = vote(&exp(seen.now), 3, rng);
            f64::from(winner == y) - f64::from(winner == z)
        }),
        alpha: 0.5,
        replay: 0,
        remembers: false,
        sure: 1.0,
    };
    vec![
        Plain {
            keys: "update = \"logistic\"\nbest_of = 2\nranked_by = \"base\"\nlabels = { temperature = 0.7, flip = 0.1 }\n\
                   memory = { replay = 0.5 }\nreward = \"external\"",
            candidate: |seen, rng| {
                let law = exp(seen.now);
                Some(best(&[draw(&law, rng), draw(&law, rng)], seen.base))
            },
            learn: Learn::Logistic(|seen, y, z, rng| {
                let win = softplus((seen.reward[y] - seen.reward[z]) / 0.7).1;
                bernoulli(0.1 + 0.8 * win, rng)
            }),
            alpha: 1.0,
            replay: SAMPLES / 2,
            ..plain
        },
        Plain {
            keys: "update = \"win-rate\"\nlabels = \"hard\"\ncandidates = { power = 0.6 }\nmemory = \"all\"\n\
                   reward = { self = 0.5, external = 1.0 }",
            candidate: |seen, rng| Some(draw(&seen.now.iter().map(|log| (0.6 * log).exp()).collect::<Row>(), rng)),
            learn: Learn::Square(|seen, y, z, _| {
                let reward = |y: usize| 0.5 * seen.now[y] + seen.reward[y];
                f64::from(reward(y) > reward(z)) - 0.5
            }),
            alpha: 1.0,
            remembers: true,
            ..plain
        },
        Plain {
            keys: "update = \"likelihood\"\nadaptive = 1.4\naccept = { true_positive = 0.8, false_positive = 0.4 }\nreference = \"base\"",
            candidate: |seen, rng| {
                let law = exp(seen.now);
                let (mut top, mut k) = (draw(&law, rng), 1.0);
                while 1.0 / law[top] > k / 1.4 {
                    top = best(&[top, draw(&law, rng)], &law);
                    k += 1.0;
                }
                (rng.random::<f64>() < if seen.correct[top] { 0.8 } else { 0.4 }).then_some(top)
            },
            learn: Learn::Likelihood,
            alpha: 0.0,
            ..plain
        },
        Plain {
            keys: "update = \"likelihood\"\naccept = { confidence_gate = 0.4, tries = 3 }\nmemory = \"all\"",
            candidate: |seen, rng| {
                let law = exp(seen.now);
                let tries = [draw(&law, rng), draw(&law, rng), draw(&law, rng)];
                Some(tries.into_iter().find(|&y| law[y] >= 0.4).unwrap_or(tries[2]))
            },
            learn: Learn::Likelihood,
            alpha: 1.0,
            remembers: true,
            ..plain
        },
        Plain {
            keys: "update = \"likelihood\"\nbest_of = 3\nchoose = \"reward\"\nreward = \"external\"\nprompts = { confidence_at_most = 0.55 }",
            candidate: |seen, rng| {
                let law = exp(seen.now);
                let draws = [draw(&law, rng), draw(&law, rng), draw(&law, rng)];
                Some(draws[draw(&draws.map(|y| seen.reward[y].exp()), rng)])
            },
            learn: Learn::Likelihood,
            alpha: 1.0,
            sure: 0.55,
            ..plain
        },
        plain,
    ]
}

fn instance() -> Instance {
    let instance = dense_instance(&[3, 2, 3], 3, 1.1, 17);
    let instance =
        instance.with_offset(table(&[vec![0.3, -0.25, 0.1], vec![-0.1, 0.25], vec![0.0, 0.2, -0.3]])).unwrap();
    let instance = instance.with_reward(table(&[vec![0.7, -0.4, 0.2], vec![0.5, -0.3], vec![0.1, 0.6, -0.2]])).unwrap();
    instance.with_correct(correct(&[vec![true, false, false], vec![false, true], vec![true, true, false]])).unwrap()
}

/// π_2, drawn by hand.
fn by_hand(plain: &Plain, instance: &Instance, rng: &mut ChaCha8Rng) -> Vec<f64> {
    let start = instance.base().to_vector();
    let logs = |theta: &Array1<f64>| log_probs(&instance.policy(&Parameter::Dense(theta.clone())));
    let base = logs(&start);
    let rewards: Vec<Row> = (0..base.len())
        .map(|x| (0..base[x].len()).map(|y| instance.reward().unwrap().row(x).logit(y as u32)).collect())
        .collect();
    let right: Vec<Vec<bool>> = (0..base.len())
        .map(|x| (0..base[x].len()).map(|y| instance.correct().unwrap().holds(x, y as u32).unwrap()).collect())
        .collect();
    let mut theta = start.clone();
    let (mut pairs, mut kept, mut n) = (Vec::new(), Vec::new(), 0);
    if plain.remembers && matches!(plain.learn, Learn::Likelihood) {
        for _ in 0..SAMPLES {
            let x = draw(instance.weights(), rng);
            kept.push((x, draw(&exp(&base[x]), rng)));
        }
        n += SAMPLES;
    }
    for _ in 0..2 {
        let now = logs(&theta);
        let open = |x: usize| now[x].iter().all(|log| log.exp() <= plain.sure);
        let weights: Vec<f64> = (0..now.len()).map(|x| if open(x) { instance.weights()[x] } else { 0.0 }).collect();
        if weights.iter().all(|&p| p == 0.0) {
            continue;
        }
        if !plain.remembers {
            (pairs, kept, n) = (Vec::new(), Vec::new(), 0);
        }
        for i in 0..SAMPLES {
            let replayed = i < plain.replay;
            let x = draw(if replayed { instance.weights() } else { &weights }, rng);
            let seen = Seen { now: &now[x], base: &base[x], reward: &rewards[x], correct: &right[x] };
            let one = |rng: &mut ChaCha8Rng| {
                if replayed { Some(rng.random_range(0..now[x].len())) } else { (plain.candidate)(&seen, rng) }
            };
            match &plain.learn {
                Learn::Likelihood => kept.extend(one(rng).map(|y| (x, y))),
                Learn::Square(target) | Learn::Logistic(target) => {
                    let (y, z) = (one(rng).unwrap(), one(rng).unwrap());
                    if y != z {
                        pairs.push((x, y, z, target(&seen, y, z, rng)));
                    }
                }
            }
        }
        n += SAMPLES;
        let share = 1.0 / n as f64;
        let reference = &theta * plain.alpha + &start * (1.0 - plain.alpha);
        let around = Around { instance, beta: BETA, ridge: RIDGE, reference, start: theta.clone() };
        let listed: Vec<Pair> = pairs.iter().map(|&(x, y, z, value)| Pair { x, y, z, weight: share, value }).collect();
        theta = match plain.learn {
            Learn::Square(_) => around.square(&listed),
            Learn::Logistic(_) => around.logistic(&listed),
            Learn::Likelihood => around.likelihood(&kept.iter().map(|&(x, y)| (x, y, share)).collect::<Vec<_>>()),
        };
    }
    exp(&logs(&theta).concat())
}

/// Sums of values and squares of a run's statistics: every probability, and its square.
fn moments(runs: u64, mut run: impl FnMut(u64) -> Vec<f64>) -> Vec<(f64, f64)> {
    let mut sums = Vec::new();
    for number in 0..runs {
        let law = run(number);
        let values: Vec<f64> = law.iter().copied().chain(law.iter().map(|p| p * p)).collect();
        sums.resize(values.len(), (0.0, 0.0));
        sums.iter_mut().zip(values).for_each(|(sum, v)| *sum = (sum.0 + v, sum.1 + v * v));
    }
    let runs = runs as f64;
    // Mean, and the variance of the mean.
    sums.into_iter()
        .map(|(sum, squares)| (sum / runs, (squares / runs - (sum / runs).powi(2)) / (runs - 1.0)))
        .collect()
}

#[test]
fn loops_have_the_statistics_of_loops_by_hand() {
    let instance = instance();
    for plain in loops() {
        let keys = format!("{}\nridge = {RIDGE:?}\nbeta = {BETA:?}\nsamples = {SAMPLES}\nrounds = 2", plain.keys);
        let process = settle(&keys).unwrap_or_else(|error| panic!("{keys}: {error}"));
        let checked = process.on(&instance).unwrap();
        let mut rng = rng(4);
        let slow = moments(RUNS[0], |_| by_hand(&plain, &instance, &mut rng));
        let fast = moments(RUNS[1], |run| {
            let seed = Seed::from_number(55).child("plain", run);
            exp(&log_probs(&checked.start(seed).last().unwrap().unwrap().policy).concat())
        });
        for (i, (slow, fast)) in slow.iter().zip(&fast).enumerate() {
            let z = (slow.0 - fast.0) / (slow.1 + fast.1).sqrt().max(1e-12);
            // Means of 1500 and of 6000 bounded numbers: 96 of them at 6 deviations, 2e-7 in all.
            assert!(z.abs() < 6.0, "{keys}, statistic {i}: {} against {}, z {z}", slow.0, fast.0);
        }
    }
}
