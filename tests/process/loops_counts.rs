//! What a run adds up: draws, rounds of lower rank, rounds without a prompt, optima at infinity; by hand on tiny loops.

use crate::common::*;
use crate::loops_common::*;
use selfreward::instance::Instance;
use selfreward::process::Round;

fn instance() -> Instance {
    let instance = tabular_and_dense(&[vec![1.1, 0.0, -0.3], vec![0.2], vec![0.4, 0.0]], &[0.5, 0.2, 0.3]).0;
    let instance = instance.with_reward(table(&[vec![0.3, 0.1, 0.0], vec![0.0], vec![0.2, 0.0]])).unwrap();
    instance.with_correct(correct(&[vec![true, false, false], vec![true], vec![false, true]])).unwrap()
}

fn run(keys: &str, instance: &Instance, seed: u64) -> Vec<Round> {
    rounds(&settle(keys).unwrap_or_else(|error| panic!("{keys}: {error}")), instance, seed)
}

fn draws(round: &Round) -> Option<f64> {
    round.step.as_ref().unwrap().so_far.draws
}

/// Two responses a triple, each the best of N; votes on top; one response a draw for a likelihood.
#[test]
fn draws_are_counted_by_hand() {
    let n = 30.0;
    let cases: &[(&str, f64, f64)] = &[
        ("", 2.0 * n, 0.0),
        ("update = \"gradient\"", 2.0 * n, 0.0),
        ("update = \"logistic\"\nridge = 0.1", 2.0 * n, 0.0),
        ("update = \"win-rate\"", 2.0 * n, 0.0),
        ("best_of = 5", 10.0 * n, 0.0),
        ("best_of = 5\nchoose = \"reward\"\nreward = \"external\"", 10.0 * n, 0.0),
        ("candidates = { base_share = 0.3 }", 2.0 * n, 0.0),
        ("reward = { vote_of = 7 }", 9.0 * n, 0.0),
        ("reward = { vote_of = 7 }\nbest_of = 2", 11.0 * n, 0.0),
        ("memory = \"all\"", 2.0 * n, 0.0),
        // A third of the responses are there already.
        ("memory = { replay = 0.3 }", 2.0 * n * 0.7, 0.0),
        ("update = \"likelihood\"", n, 0.0),
        ("update = \"likelihood\"\nbest_of = 5", 5.0 * n, 0.0),
        ("update = \"likelihood\"\naccept = { vote_of = 5 }", 5.0 * n, 0.0),
        ("update = \"likelihood\"\naccept = { true_positive = 0.2, false_positive = 0.1 }", n, 0.0),
        ("update = \"likelihood\"\nmemory = { replay = 0.3 }\nbest_of = 2", 2.0 * n * 0.7, 0.0),
        // What the first round drew is drawn once; votes are of each round.
        ("memory = \"kept\"", 0.0, 2.0 * n),
        ("update = \"logistic\"\nridge = 0.1\nmemory = \"kept\"", 0.0, 2.0 * n),
        ("reward = { vote_of = 7 }\nmemory = \"kept\"", 7.0 * n, 2.0 * n),
        ("update = \"likelihood\"\nbest_of = 4\nmemory = \"kept\"", 0.0, 4.0 * n),
        // The first batch of π_0 comes before the first fit.
        ("update = \"likelihood\"\nmemory = \"all\"", n, n),
        ("update = \"likelihood\"\nmemory = \"all\"\nbest_of = 4", 4.0 * n, n),
        // A gate that takes everything, and one that takes nothing: one try, all tries.
        ("update = \"likelihood\"\naccept = { confidence_gate = 0.0, tries = 6 }", n, 0.0),
        (
            "update = \"likelihood\"\naccept = { confidence_gate = 1.0, tries = 6 }\nridge = 50.0\nprompts = { confidence_at_most = 0.99 }",
            6.0 * n,
            0.0,
        ),
    ];
    for (keys, each, first) in cases {
        let all = run(&format!("{keys}\nsamples = 30\nrounds = 3"), &instance(), 3);
        for (t, round) in all.iter().enumerate().skip(1) {
            let found = draws(round).unwrap();
            let expected = first + each * t as f64;
            assert!((found - expected).abs() < 1e-9, "{keys}, round {t}: {found} against {expected}");
        }
    }
    // Remembered pairs meet votes of the round: 2 + 7 a fresh pair, 7 a remembered one.
    let all = run("reward = { vote_of = 7 }\nmemory = \"all\"\nsamples = 30\nrounds = 3", &instance(), 3);
    assert_eq!([1, 2, 3].map(|t| draws(&all[t]).unwrap()), [9.0 * n, (18.0 + 7.0) * n, (27.0 + 21.0) * n]);
    for keys in ["", "update = \"likelihood\"", "update = \"win-rate\"", "update = \"population\""] {
        let population = if keys.contains("population") { "" } else { "population = true" };
        assert_eq!(draws(&run(&format!("{keys}\n{population}\nrounds = 2"), &instance(), 3)[2]), None, "{keys}");
    }
}

/// Mean and second moment of the draws for one candidate, by its prompt's law.
type Moments<'m> = &'m dyn Fn(&[f64]) -> (f64, f64);

/// The mean number of draws of the stopping rule and of the gate, by sums over sequences of draws; for pairs twice.
#[test]
fn draws_of_stopping_rules_have_their_mean() {
    let instance = instance();
    let laws = log_probs(&instance.policy(instance.base()));
    let laws: Vec<Vec<f64>> = laws.iter().map(|row| row.iter().map(|log| log.exp()).collect()).collect();
    let stopping = |law: &[f64], mu: f64| {
        let (mut mean, mut square, mut alive) = (0.0, 0.0, law.to_vec());
        for k in 1..3000 {
            for y in 0..law.len() {
                if 1.0 / law[y] <= k as f64 / mu {
                    let stopped = std::mem::take(&mut alive[y]);
                    (mean, square) = (mean + k as f64 * stopped, square + (k as f64).powi(2) * stopped);
                }
            }
            let mut next = vec![0.0; law.len()];
            for y in 0..law.len() {
                (0..law.len()).for_each(|z| next[if law[z] > law[y] { z } else { y }] += alive[y] * law[z]);
            }
            alive = next;
        }
        (mean, square)
    };
    let gate = |law: &[f64]| {
        let accepted: f64 = law.iter().filter(|&&p| p >= 0.5).sum();
        let stop =
            |k: u32| if k < 4 { accepted * (1.0 - accepted).powi(k as i32 - 1) } else { (1.0 - accepted).powi(3) };
        let sum = |power: i32| (1..=4).map(|k| stop(k) * f64::from(k).powi(power)).sum();
        (sum(1), sum(2))
    };
    let cases: [(&str, f64, Moments<'_>); 4] = [
        ("update = \"likelihood\"\nadaptive = 2.0", 1.0, &|law| stopping(law, 2.0)),
        ("adaptive = 2.0", 2.0, &|law| stopping(law, 2.0)),
        ("update = \"win-rate\"\nadaptive = 1.5", 2.0, &|law| stopping(law, 1.5)),
        ("update = \"likelihood\"\naccept = { confidence_gate = 0.5, tries = 4 }", 1.0, &gate),
    ];
    for (keys, responses, count) in cases {
        let moments: Vec<(f64, f64)> = laws.iter().map(|law| count(law)).collect();
        let mix = |f: &dyn Fn(&(f64, f64)) -> f64| -> f64 {
            moments.iter().zip(instance.weights()).map(|(m, p)| p * f(m)).sum()
        };
        // Both candidates of a pair have one prompt: given it they are independent.
        let mean = responses * mix(&|m| m.0);
        let variance = mix(&|m| responses * (m.1 - m.0 * m.0) + (responses * m.0).powi(2)) - mean * mean;
        for (samples, runs) in [(1, 4000), (40, 400)] {
            let process = settle(&format!("{keys}\nsamples = {samples}\nrounds = 1")).unwrap();
            let found: Vec<f64> = (0..runs).map(|seed| draws(&rounds(&process, &instance, seed)[1]).unwrap()).collect();
            let total: f64 = found.iter().sum();
            let all = f64::from(samples) * runs as f64;
            let z = (total - all * mean) / (all * variance).sqrt();
            // A sum of at least 4000 bounded terms: 6.5 deviations, 8e-11 each.
            assert!(z.abs() < 6.5, "{keys}, n = {samples}: mean {} against {mean}, z {z}", total / all);
            if samples > 1 {
                // Sums of 40 terms are nearly normal: their squares add up to χ² with 400 degrees of freedom, whose deviation is 28. Twice
                // that is granted for what is not normal, 6.5 times: below 1e-9. Draws that share their randomness miss it by far.
                let expected = f64::from(samples) * mean;
                let squares: f64 = found.iter().map(|draws| (draws - expected).powi(2)).sum();
                let excess = squares / (f64::from(samples) * variance) - runs as f64;
                assert!(excess.abs() < 6.5 * 2.0 * 28.3, "{keys}, n = {samples}: {excess}");
            }
        }
    }
}

/// Rounds of lower rank than all differences of the prompts that may be drawn.
#[test]
fn rank_losses_are_rounds_of_lower_rank() {
    for keys in ["", "update = \"logistic\"\nridge = 0.1", "update = \"win-rate\"", "update = \"gradient\""] {
        // One triple sees a rank of one at most, of three.
        let all = run(&format!("{keys}\nsamples = 1\nrounds = 4"), &instance(), 1);
        assert_eq!(all[4].step.as_ref().unwrap().so_far.rank_losses, Some(4), "{keys}");
        let all = run(&format!("{keys}\nsamples = 100000\nbeta = 3.0\nrounds = 2"), &instance(), 1);
        assert_eq!(all[2].step.as_ref().unwrap().so_far.rank_losses, Some(0), "{keys}");
        // With memory the rank adds up, and what was lost once is found.
        let all = run(&format!("{keys}\nmemory = \"all\"\nsamples = 2\nbeta = 20.0\nrounds = 60"), &instance(), 1);
        let losses: Vec<u64> =
            all[1..].iter().map(|round| round.step.as_ref().unwrap().so_far.rank_losses.unwrap()).collect();
        assert!(losses[0] == 1 && losses[40] == losses[59], "{keys}: {losses:?}");
    }
    let likelihood = run("update = \"likelihood\"\nsamples = 5\nrounds = 1", &instance(), 1);
    assert_eq!(likelihood[1].step.as_ref().unwrap().so_far.rank_losses, None);
    // Only the third prompt, with one difference, is unsure enough to be drawn: its one difference is all there is to see.
    let all = run("prompts = { confidence_at_most = 0.6 }\nsamples = 1000\nbeta = 1000.0\nrounds = 2", &instance(), 1);
    assert_eq!(all[2].step.as_ref().unwrap().so_far.rank_losses, Some(0));
}

/// A round without a prompt changes nothing, draws nothing, and is counted.
#[test]
fn empty_filters_are_counted() {
    for fit in [
        "",
        "update = \"logistic\"\nridge = 0.1",
        "update = \"likelihood\"",
        "population = true",
        "memory = { replay = 0.5 }",
    ] {
        let all = run(&format!("{fit}\nprompts = {{ confidence_at_most = 0.4 }}\nrounds = 3"), &instance(), 1);
        for (t, round) in all.iter().enumerate().skip(1) {
            let so_far = round.step.as_ref().unwrap().so_far;
            assert_eq!(so_far.empty_filters, t as u64, "{fit}");
            assert_eq!(so_far.draws.unwrap_or(0.0), 0.0, "{fit}");
            assert_eq!(round.theta.to_vector(), all[0].theta.to_vector(), "{fit}");
        }
    }
    // The mode of the third prompt has probability .599; one of equal probability is not yet sure.
    let edge = tabular_and_dense(&[vec![0.0, 0.0]], &[1.0]).0;
    let all = run("prompts = { confidence_at_most = 0.5 }\nrounds = 1", &edge, 1);
    assert_eq!(all[1].step.as_ref().unwrap().so_far.empty_filters, 0);
}

/// Separable labels and responses that no sample holds have no finite optimum; a ball makes one.
#[test]
fn optima_at_infinity_are_marked() {
    let separable = "update = \"logistic\"\nlabels = \"hard\"\nrounds = 1";
    let error = settle(separable).unwrap();
    let error =
        error.on(&instance()).unwrap().start(selfreward::seed::Seed::from_number(1)).last().unwrap().unwrap_err();
    assert!(matches!(error, selfreward::Error::NoOptimum { round: 1, .. }), "{error}");
    let ball = run(&format!("{separable}\nradius = 3.0"), &instance(), 1);
    assert!(ball[1].step.as_ref().unwrap().at_infinity);
    assert!((ball[1].theta.norm() - 3.0).abs() < 1e-9);
    let ridge = run(&format!("{separable}\nridge = 0.1"), &instance(), 1);
    assert!(!ridge[1].step.as_ref().unwrap().at_infinity);
    // One response of three at most: the others die.
    let one = run("update = \"likelihood\"\nsamples = 1\nrounds = 1", &instance(), 2);
    let many = run("update = \"likelihood\"\nsamples = 100000\nrounds = 1", &instance(), 2);
    assert!(one[1].step.as_ref().unwrap().at_infinity && !many[1].step.as_ref().unwrap().at_infinity);
}

/// A reference beyond the ball, and a policy so sure that no pair is seen: the answer lies in the ball all the same.
#[test]
fn nothing_seen_leaves_no_ball() {
    let (instance, _) = tabular_and_dense(&[vec![3.0, 0.0]], &[1.0]);
    for keys in ["update = \"logistic\"\nlabels = \"hard\"", "update = \"logistic\"", "update = \"win-rate\"", ""] {
        let keys =
            format!("{keys}\nreference = {{ current = 3.0 }}\nradius = 40.0\nbeta = 0.5\nsamples = 50\nrounds = 6");
        for round in run(&keys, &instance, 4) {
            assert!(round.theta.norm() <= 40.0 * (1.0 + 1e-12), "{keys}, round {}: {}", round.t, round.theta.norm());
        }
    }
}

/// Responses that a round of few samples killed come back where others draw them, as the likeliest even. Oracle: probabilities that
/// sum to one.
#[test]
fn dead_responses_come_back() {
    let (instance, _) = tabular_and_dense(&[vec![0.2, 0.0, -0.1], vec![0.1, 0.0]], &[0.5, 0.5]);
    let mut revived = 0;
    for seed in 0..40 {
        let all = run("update = \"likelihood\"\ncandidates = \"base\"\nsamples = 3\nrounds = 8", &instance, seed);
        for pair in all.windows(2) {
            for x in 0..2 {
                let (old, new) = (&pair[0].policy, &pair[1].policy);
                let sum: f64 = (0..old.row(x).responses() as u32).map(|y| new.prob(x, y)).sum();
                assert!((sum - 1.0).abs() < 1e-12, "seed {seed}, round {}: {sum}", pair[1].t);
                revived += usize::from(old.prob(x, new.head(x).modal) == 0.0);
            }
        }
    }
    assert!(revived > 0, "some mode was dead before");
}
