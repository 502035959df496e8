//! The right-hand sides of the sharpening mechanism against enumeration, chains, sums and optimisation by search.

use selfreward::papers::huang2024::theory::adaptive::{
    adaptive_draws, most_draws, most_draws_simply, most_miss, most_miss_simply, stopping,
};
use selfreward::papers::huang2024::theory::autoregressive::{BASE, RADIUS, law as sequences_of, most_of_optimum};
use selfreward::papers::huang2024::theory::best_of_n::{
    Levels, best_of_law, best_of_n, concentrability, divergence, most_concentrability, most_divergence,
};
use selfreward::papers::huang2024::theory::printed::{
    coverage_draws, draws, draws_as_printed, miss_as_printed, near_mode_coverage, near_mode_coverage_as_printed,
    potential, potential_as_printed,
};
use selfreward::papers::huang2024::theory::sharpened::{
    enough_sharpening, exploration, failure_by_divergence, objective, sharpened,
};

/// Every sequence of `length` responses, with its probability.
fn sequences(law: &[f64], length: u32, mut f: impl FnMut(&[usize], f64)) {
    for number in 0..law.len().pow(length) {
        let mut left = number;
        let sequence: Vec<usize> = (0..length)
            .map(|_| {
                let y = left % law.len();
                left /= law.len();
                y
            })
            .collect();
        f(&sequence, sequence.iter().map(|&y| law[y]).product());
    }
}

fn laws() -> Vec<Vec<f64>> {
    vec![
        vec![1.0],
        vec![0.5, 0.5],
        vec![0.9, 0.1],
        vec![0.0, 1.0],
        vec![0.2, 0.5, 0.3],
        vec![0.25, 0.25, 0.5],
        vec![0.6, 0.0, 0.4],
        vec![0.2, 0.2, 0.3, 0.3],
        vec![0.7, 0.1, 0.15, 0.05],
    ]
}

fn close(found: f64, expected: f64, relative: f64, what: &str) {
    assert!((found - expected).abs() <= relative * expected.abs(), "{what}: {found:e}, expected {expected:e}");
}

/// Oracle: all K^N sequences, the first of the likeliest kept, ranked by the law itself and by others.
#[test]
fn best_of_n_is_the_law_of_all_sequences() {
    for law in laws() {
        for ranking in laws().into_iter().filter(|ranking| ranking.len() == law.len()) {
            for n in 1..=5 {
                let mut expected = vec![0.0; law.len()];
                sequences(&law, n, |sequence, weight| {
                    let best = sequence.iter().copied().reduce(|a, b| if ranking[b] > ranking[a] { b } else { a });
                    expected[best.unwrap()] += weight;
                });
                let found = best_of_law(&law, &ranking, f64::from(n)).unwrap();
                for y in 0..law.len() {
                    close(found[y], expected[y], 1e-13, &format!("{law:?} by {ranking:?}, N = {n}, {y}"));
                }
            }
        }
    }
}

/// Levels are chains of close log-probabilities; a mode of 1e-300 keeps its digits: N draws hit it N times as often.
#[test]
fn levels_and_small_masses() {
    // At log ¼ levels part at 1.386e-12; a chain may be longer.
    let chain = [0.0, 1.2e-12, 2.4e-12, -1.6e-12].map(|step| 0.25 * (1.0 + step));
    assert_eq!(Levels::new(&chain, &chain).unwrap().of, [1, 1, 1, 0]);
    assert_eq!(Levels::new(&[0.5, 0.3, 0.2], &[0.5, 0.3, 0.2]).unwrap().of, [2, 1, 0]);
    let rare = [1e-300, 1.0];
    let found = best_of_law(&rare, &[0.6, 0.4], 1000.0).unwrap();
    close(found[0], 1e-297, 1e-12, "a rare mode");
    close(best_of_law(&[0.9, 0.1], &[0.9, 0.1], 64.0).unwrap()[1], 1e-64, 1e-12, "a rare loser");
}

/// Oracle for the bounds: they are the limits of many equally likely levels, from below.
#[test]
fn concentrability_and_divergence_tend_to_their_bounds() {
    for n in [2.0, 3.0, 7.0] {
        let many = 20_000;
        let law: Vec<f64> = (0..many).map(|y| (1.0 + 1e-9 * f64::from(y)) / f64::from(many)).collect();
        let total: f64 = law.iter().sum();
        let law: Vec<f64> = law.into_iter().map(|mass| mass / total).collect();
        let kept = best_of_law(&law, &law, n).unwrap();
        let (spread, distance) = (concentrability(&law, &kept), divergence(&law, &kept));
        let (most, far) = (most_concentrability(n).unwrap(), most_divergence(n).unwrap());
        assert!(spread < most && spread > 0.999 * most, "{n}: {spread} {most}");
        assert!(distance < far && distance > 0.999 * far, "{n}: {distance} {far}");
    }
    assert_eq!(concentrability(&[0.5, 0.5], &[0.5, 0.5]), 1.0);
    assert_eq!(divergence(&[1.0, 0.0], &[0.5, 0.5]), f64::INFINITY);
}

/// Oracle: the chain over (k, likeliest so far), time by time.
#[test]
fn the_adaptive_rule_is_its_chain() {
    for law in laws() {
        for mu in [0.3, 0.55, 0.8, 1.3, 2.2, 3.7] {
            let (mut kept, mut mean, mut best) = (vec![0.0; law.len()], 0.0, law.clone());
            for k in 1..4000 {
                mean += best.iter().sum::<f64>();
                for y in 0..law.len() {
                    if law[y] * f64::from(k) >= mu {
                        kept[y] += std::mem::take(&mut best[y]);
                    }
                }
                let mut next = vec![0.0; law.len()];
                for y in 0..law.len() {
                    for z in 0..law.len() {
                        next[if law[z] > law[y] { z } else { y }] += best[y] * law[z];
                    }
                }
                best = next;
            }
            let rule = stopping(&law, mu).unwrap();
            let label = format!("{law:?}, mu {mu}");
            close(rule.draws, mean, 1e-12, &label);
            (0..law.len()).for_each(|y| close(rule.law[y], kept[y], 1e-11, &format!("{label}, {y}")));
            close(rule.law.iter().sum::<f64>(), 1.0, 1e-13, &label);
            // Lemma I.1 and what lies between.
            let simple = most_draws_simply(&rule, mu);
            assert!(rule.draws <= most_draws(&rule) * (1.0 + 1e-12) && most_draws(&rule) <= simple * (1.0 + 1e-12));
            assert!(rule.miss <= most_miss(&rule) * (1.0 + 1e-12) && most_miss(&rule) <= most_miss_simply(&rule, mu));
        }
    }
    // What is rare beside a mode that is all but sure ends no draws; a flat law stops at once and at the end.
    let rare = [1e-9, 1e-9 / 2.0, 1.0 - 1.5e-9];
    assert!((stopping(&rare, 2.0).unwrap().draws - 3.0).abs() < 1e-15);
    let flat: Vec<f64> = vec![1e-4; 10_000];
    let rule = stopping(&flat, 1.5).unwrap();
    assert_eq!((rule.draws, rule.miss, rule.modes), (15_000.0, 0.0, 10_000.0));
}

/// π*_β against the maximum of J_β on a fine grid of the simplex; its gain against β KL.
#[test]
fn the_sharpened_law_is_the_optimum() {
    let (base, beta) = ([0.5, 0.3, 0.2], 0.7);
    let best = sharpened(&base, beta).unwrap();
    let most = objective(&base, &best, beta).unwrap();
    let steps = 200;
    let mut nearest = f64::NEG_INFINITY;
    for i in 0..=steps {
        for j in 0..=steps - i {
            let law = [i, j, steps - i - j].map(|k| f64::from(k) / f64::from(steps));
            let reached = objective(&base, &law, beta).unwrap();
            assert!(reached <= most + 1e-12);
            let distance: f64 = law.iter().zip(&best).filter(|(p, _)| **p > 0.0).map(|(p, q)| p * (p / q).ln()).sum();
            close(most - reached, beta * distance, 1e-9, "regret");
            nearest = nearest.max(reached);
        }
    }
    assert!(most - nearest < 1e-4);
    // K = 2 at the gap: 1 − π*_β(y*) = 1/(1 + (1+g)^{1+1/β}), at most δ/2 from the stated β on.
    for (gap, delta) in [(0.1, 0.3), (0.9, 0.01), (0.5, 0.5)] {
        let inverse = enough_sharpening(gap, 2.0, delta).unwrap();
        let doubt = 1.0 / (1.0 + (1.0f64 + gap).powf(1.0 + inverse));
        assert!(doubt <= 0.5 * delta, "{gap} {delta}: {doubt}");
    }
    assert_eq!(failure_by_divergence(0.01, 0.5).unwrap(), 0.24);
    // T below d/… : each term is at most 4.
    assert_eq!(exploration(1.0, 4.0).unwrap(), 4.0);
    close(exploration(60.0, 1.0).unwrap(), 8.0 / 5f64.ln() * 241f64.ln(), 1e-15, "exploration");
}

/// Oracle: softmax by hand, and a scan of the ball.
#[test]
fn two_tokens() {
    assert!((sequences_of(BASE)[2] - 1.0 / 3.0).abs() < 1e-15);
    let mut most = 0.0f64;
    for k in 0..100_000 {
        let angle = std::f64::consts::TAU * f64::from(k) / 1e5;
        most = most.max(sequences_of([RADIUS * angle.cos(), RADIUS * angle.sin()])[2]);
    }
    assert!((most - most_of_optimum()).abs() < 1e-9 && (most - 0.3636).abs() < 5e-5);
}

/// Each printed right-hand side at its smallest counterexample, beside its repair.
#[test]
fn errors_of_the_paper() {
    // Lemma F.2: d = T = K = 1, A = 1, λ = 2: ½ ≤ 0.
    assert_eq!(potential_as_printed(1.0, 1.0, 1.0, 2.0).unwrap(), 0.0);
    close(potential(1.0, 1.0, 1.0, 2.0).unwrap(), 0.5, 1e-15, "attained at T = d = 1");
    assert!(potential(2.0, 5.0, 1.0, 0.5).unwrap() <= potential_as_printed(2.0, 5.0, 1.0, 0.5).unwrap());
    // Lemma I.1's proof.
    assert_eq!(miss_as_printed(2.0, 0.5, 1), -3.0);
    // Theorem D.1: one response, δ = ½.
    close(draws_as_printed(1.0, 0.5).unwrap(), 2f64.ln(), 1e-15, "printed");
    let taken = adaptive_draws(&[1.0], 4f64.ln()).unwrap().value();
    assert!(taken == 2.0 && taken <= draws(1.0, 0.5).unwrap());
    // Lemma 4.1': the specification's example and the smaller one.
    let three = [1.0, 0.9, 0.9].map(|odds| odds / 2.8);
    let found = concentrability(&three, &sharpened(&three, 0.01).unwrap());
    assert!((found - 2.80).abs() < 5e-3, "{found}");
    assert!((near_mode_coverage_as_printed(1.0, 0.1).unwrap() - 1.11).abs() < 5e-3);
    assert!(found <= near_mode_coverage(1.0, 0.1, 0.01).unwrap());
    let two = [1.0, 0.9].map(|odds| odds / 1.9);
    let found = concentrability(&two, &sharpened(&two, 0.1).unwrap());
    assert!(found > near_mode_coverage_as_printed(1.0, 0.1).unwrap(), "{found}");
    close(coverage_draws(0.01, 0.1).unwrap(), 100.0 * 10f64.ln(), 1e-15, "one shot");
}

#[test]
fn laws_that_are_none_get_one_error() {
    let error = |law: &[f64]| best_of_n(law, 3.0).unwrap_err().to_string();
    let expected = "expected probabilities, at least 0, that sum to 1 within 1e-9";
    assert_eq!(error(&[0.5, 0.4]), format!("probabilities = numbers with the sum 0.9: {expected}"));
    assert_eq!(error(&[1.5, -0.5]), format!("probabilities = -0.5: {expected}"));
    assert!(error(&[f64::NAN, 1.0]).contains(expected));
    assert!(best_of_n(&[0.5, 0.5 + 5e-10], 3.0).is_ok());
    assert!(best_of_n(&[1.0], 1.5).unwrap_err().to_string().contains("a whole number, at least 1"));
    assert!(adaptive_draws(&[1.0], 0.0).unwrap_err().to_string().contains("a finite number above 0"));
}

/// Oracle: draws, one by one. Shares of 200000 winners lie within 6 standard errors.
#[test]
fn laws_are_those_of_simulated_draws() {
    use rand::{RngExt, SeedableRng};
    let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(7);
    let law = [0.2, 0.2, 0.3, 0.25, 0.05];
    let mut draw = || {
        let mut left: f64 = rng.random();
        law.iter().position(|mass| {
            left -= mass;
            left < 0.0
        })
    };
    let mut one = || draw().unwrap_or(0);
    let (trials, mu) = (200_000, 1.1);
    let (mut best, mut kept, mut total, mut squares) = ([0.0; 5], [0.0; 5], 0.0, 0.0);
    for _ in 0..trials {
        let better = |a: usize, b: usize| if law[b] > law[a] { b } else { a };
        let of_four = (0..3).fold(one(), |now, _| better(now, one()));
        best[of_four] += 1.0;
        let (mut now, mut k) = (one(), 1.0);
        while law[now] * k < mu {
            now = better(now, one());
            k += 1.0;
        }
        kept[now] += 1.0;
        total += k;
        squares += k * k;
    }
    let count = f64::from(trials);
    let near = |found: [f64; 5], expected: &[f64]| {
        for (y, &p) in expected.iter().enumerate() {
            let error = (p * (1.0 - p) / count).sqrt();
            assert!((found[y] / count - p).abs() <= 6.0 * error, "{y}: {} {p}", found[y] / count);
        }
    };
    near(best, &best_of_law(&law, &law, 4.0).unwrap());
    let rule = stopping(&law, mu).unwrap();
    near(kept, &rule.law);
    let (mean, spread) = (total / count, (squares / count - (total / count).powi(2)).sqrt());
    assert!((mean - rule.draws).abs() < 6.0 * spread / count.sqrt(), "{mean} {}", rule.draws);
}
