//! Laws of rules that draw until they are content: the adaptive rule and the confidence gate.

use crate::laws_common::*;
use selfreward::process::law::{adaptive, best_of, gate};
use selfreward::seed::{Purpose, Seed};

/// P[N = k, y kept] of the adaptive rule by all sequences, up to `times` draws; rows by time from 1. Sequences go on
/// only while the rule has not stopped.
fn brute_adaptive(law: &[f64], ranking: &[f64], mu: f64, times: usize) -> Vec<Vec<f64>> {
    fn go(law: &[f64], ranking: &[f64], mu: f64, best: Option<usize>, weight: f64, joint: &mut [Vec<f64>], k: usize) {
        if k > joint.len() || weight == 0.0 {
            return;
        }
        for y in 0..law.len() {
            let best = best.filter(|&best| ranking[best] >= ranking[y]).unwrap_or(y);
            let weight = weight * law[y];
            // The literals below are such that μ/π is never a whole number but where the quotient is exact.
            if ranking[best] * k as f64 >= mu {
                joint[k - 1][best] += weight;
            } else {
                go(law, ranking, mu, Some(best), weight, joint, k + 1);
            }
        }
    }
    let mut joint = vec![vec![0.0; law.len()]; times];
    go(law, ranking, mu, None, 1.0, &mut joint, 1);
    joint
}

/// Oracle: all sequences up to nine draws, ranked by the law itself and by others with ties and zeros.
#[test]
fn the_adaptive_rule_is_that_of_all_sequences() {
    let mut weighed = 0;
    for law in small_laws().into_iter().filter(|law| law[0] != 1e-6) {
        for ranking in small_laws().into_iter().filter(|ranking| ranking.len() == law.len()) {
            if law.iter().zip(&ranking).all(|(p, q)| p * q == 0.0) {
                continue;
            }
            for mu in [0.3, 0.55, 0.8, 1.0, 1.3, 2.2] {
                let (candidates, ranks) = (written(&law), written(&ranking));
                let found = adaptive(at(&candidates), at(&ranks), mu).unwrap();
                let times = if law.len() == 4 { 7 } else { 9 };
                let expected = brute_adaptive(&law, &ranking, mu, times);
                let mut going = 1.0;
                for (k, row) in (1..).zip(&expected) {
                    let label = format!("{law:?} by {ranking:?}, mu {mu}, time {k}");
                    let joint: Vec<f64> = (0..law.len() as u32).map(|y| found.log_joint(k, y).exp()).collect();
                    assert_close(&joint, row, 1e-12, &label);
                    going -= row.iter().sum::<f64>();
                    assert!((found.log_survival(k).exp() - going).abs() < 1e-13, "{label}");
                    weighed += 1;
                }
                assert_eq!(found.log_survival(0), 0.0);
            }
        }
    }
    assert!(weighed > 1000);
}

/// The law and the mean against the joint law, summed time by time until nothing is left, and against Σ Q(<μ/k)^k.
#[test]
fn the_law_and_the_mean_sum_the_joint_law() {
    let mut laws = small_laws();
    laws.push((1..=11).map(|y| f64::from(y * y) / 506.0).collect());
    for law in laws.into_iter().filter(|law| law[0] != 1e-6) {
        let table = written(&law);
        for mu in [0.5, 1.0, 1.7, 4.0, 11.5] {
            let found = adaptive(at(&table), at(&table), mu).unwrap();
            let mut sums = vec![0.0; law.len()];
            let (mut mean, mut survival) = (0.0, 1.0f64);
            for k in 1.. {
                let joint: Vec<f64> = (0..law.len() as u32).map(|y| found.log_joint(k, y).exp()).collect();
                sums.iter_mut().zip(&joint).for_each(|(sum, p)| *sum += p);
                mean += survival;
                let below: f64 = law.iter().filter(|p| **p * (k as f64) < mu * (1.0 - 1e-12)).sum();
                survival = below.powf(k as f64);
                let label = format!("{law:?}, mu {mu}, time {k}");
                assert!((found.log_survival(k).exp() - survival).abs() < 1e-13, "{label}");
                if survival < 1e-17 {
                    break;
                }
            }
            for (p, sum) in probabilities(&found.law).into_iter().zip(sums) {
                // What comes after the last time has 1e-17 together.
                assert!((p - sum).abs() <= 1e-12 * sum + 1e-17, "{law:?}, mu {mu}: {p} {sum}");
            }
            assert!((found.mean_draws / mean - 1.0).abs() < 1e-13, "{law:?}, mu {mu}: {} {mean}", found.mean_draws);
        }
    }
}

/// E N_μ ≤ a + (1−gP*)^a/(gP*) and P[miss y*] ≤ (1−gP*)^a, which is attained where the others never stop before y*
/// does; one response stops at ⌈μ⌉, at whole numbers too.
#[test]
fn the_adaptive_rule_obeys_its_bounds() {
    let one = lumped(&[], 0.0, 1);
    for (mu, draws) in [(0.2, 1.0), (1.0, 1.0), (2.2, 3.0), (3.0, 3.0), (1e6, 1e6)] {
        let found = adaptive(at(&one), at(&one), mu).unwrap();
        assert_eq!((found.mean_draws, found.law.log_prob(0)), (draws, 0.0));
        let mut rng = Seed::from_number(1).rng(Purpose::Responses, 0, 0);
        assert_eq!(found.draws(0, 1_000_000_000_000_000, &mut rng), draws as u128 * 1_000_000_000_000_000);
    }
    // 1.1/.1 is a bit above 11 in doubles.
    let ten = lumped(&[], 0.0, 10);
    assert_eq!(adaptive(at(&ten), at(&ten), 1.1).unwrap().mean_draws, 11.0);
    for law in small_laws() {
        let top = law.iter().copied().fold(0.0, f64::max);
        let ties = law.iter().filter(|p| **p == top).count() as f64;
        let table = written(&law);
        for mu in [0.5, 1.3, 2.0, 4.0] {
            let found = adaptive(at(&table), at(&table), mu).unwrap();
            let a = (mu / top * (1.0 - 1e-12)).ceil();
            let miss = (1.0 - ties * top).max(0.0).powf(a);
            assert!(found.mean_draws <= a + miss / (ties * top) + 1e-12, "{law:?} {mu}");
            let missed: f64 =
                law.iter().zip(probabilities(&found.law)).filter(|(p, _)| **p < top).map(|(_, q)| q).sum();
            assert!(missed <= miss * (1.0 + 1e-12) + 1e-15, "{law:?} {mu}: {missed} {miss}");
        }
    }
}

/// A million equal responses beside a favoured one, and a ranking that does not know where the candidates are. Oracle:
/// closed forms.
#[test]
fn large_prompts_and_foreign_rankings() {
    let table = lumped(&[(0, 5.0)], 0.0, 1_000_000);
    let distribution = at(&table);
    let (p, q) = (distribution.log_prob(0).exp(), distribution.log_prob(1).exp());
    let found = adaptive(distribution, distribution, 2.0).unwrap();
    let (a, b) = ((2.0 / p).ceil(), (2.0 / q).ceil());
    // Up to b only the favoured one stops; at b everything does.
    let going = (1e6 * q).ln() * a;
    let mean = a + (going.exp() - ((1e6 * q).ln() * b).exp()) / p;
    assert!((found.mean_draws / mean - 1.0).abs() < 1e-12, "{} {mean}", found.mean_draws);
    let missed = b * (-p).ln_1p();
    assert!((found.law.log_prob(7) - (missed - 1e6f64.ln())).abs() < 1e-9 * missed.abs());
    // The ranking's likeliest response is never drawn; of those drawn the ranking says 1e-3.
    let candidates = written(&[0.0, 0.4, 0.6]);
    let ranking = written(&[0.998, 1e-3, 1e-3]);
    let found = adaptive(at(&candidates), at(&ranking), 1.5).unwrap();
    assert!((found.mean_draws - 1500.0).abs() < 1e-9);
    assert_close(&probabilities(&found.law), &[0.0, 0.4, 0.6], 1e-12, "foreign");
    // The same with probability e^−800.
    let candidates = lumped(&[(0, -800.0), (1, 0.4f64.ln()), (2, 0.6f64.ln())], 0.0, 0);
    let found = adaptive(at(&candidates), at(&ranking), 1.5).unwrap();
    assert!((found.mean_draws - 1500.0).abs() < 1e-9, "{}", found.mean_draws);
    assert!((found.law.log_prob(0) + 800.0 - 1500f64.ln()).abs() < 1e-10, "{}", found.law.log_prob(0));
    let nothing = written(&[1.0, 0.0, 0.0]);
    let error = adaptive(at(&candidates), at(&nothing), 1.5).unwrap_err().to_string();
    assert_eq!(
        error,
        "a candidate of the adaptive rule with mu = 1.5 needs inf draws on average, the limit is 1e15 draws"
    );
    for mu in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert!(
            adaptive(at(&ten_equal()), at(&ten_equal()), mu).unwrap_err().to_string().contains("expected a finite")
        );
    }
}

fn ten_equal() -> selfreward::logits::LogitTable {
    lumped(&[], 0.0, 10)
}

/// Draws of tries up to so many candidates, compared with the law of one candidate's time: means and variances at 6.5
/// deviations (8e-11 each where normal; counts of 10^4 and more candidates), and chi-square on the law of single times,
/// below 1e-10 each.
fn check_times(label: &str, times: &[(u64, f64)], mut draw: impl FnMut(u64, u64) -> u128) {
    let total: f64 = times.iter().map(|(_, p)| p).sum();
    let moment = |power: i32| times.iter().map(|(k, p)| (*k as f64).powi(power) * p / total).sum::<f64>();
    let mean = moment(1);
    let central = |power: i32| times.iter().map(|(k, p)| (*k as f64 - mean).powi(power) * p / total).sum::<f64>();
    let variance = central(2);
    let mut seen = vec![0u64; times.len()];
    let runs = 20_000;
    for run in 0..runs {
        let time = draw(1, run) as u64;
        seen[times.iter().position(|(k, _)| *k == time).unwrap_or_else(|| panic!("{label}: time {time}"))] += 1;
    }
    let (mut square, mut cells, mut tail_seen, mut tail) = (0.0, 0, 0.0, 0.0);
    for (seen, (_, p)) in seen.iter().zip(times) {
        let expected = runs as f64 * p / total;
        if expected > 20.0 {
            square += (*seen as f64 - expected).powi(2) / expected;
            cells += 1;
        } else {
            tail_seen += *seen as f64;
            tail += expected;
        }
    }
    if tail > 20.0 {
        square += (tail_seen - tail).powi(2) / tail;
        cells += 1;
    } else {
        // Fewer than 20 are expected: 80 are seen with probability below e^{−80 log 4 + 60} < 1e-21.
        assert!(tail_seen < 80.0, "{label}: {tail_seen}, expected {tail}");
    }
    // Chi-square of f degrees exceeds f + 2√(fx) + 2x with probability e^{−x} at most (Laurent and Massart); x = 30
    // leaves room for the counts' being no normal variables.
    let freedom = f64::from(cells - 1);
    let limit = freedom + 2.0 * (freedom * 30.0).sqrt() + 60.0;
    assert!(square <= limit, "{label}: chi-square {square} of {freedom} degrees");
    for count in [100_000u64, 1_000_000_000_000] {
        let (mut sum, mut squares) = (0.0, 0.0);
        let many = 2000;
        for run in 0..many {
            let away = draw(count, runs + run) as f64 - mean * count as f64;
            sum += away;
            squares += away * away;
        }
        if variance == 0.0 {
            assert!(sum.abs() <= 1e-12 * mean * count as f64, "{label}: {sum}");
        }
        // Sums are far from normal where a rare time has most of the variance.
        let kurtosis = (central(4) / variance.powi(2) - 3.0) / count as f64;
        if variance == 0.0 || kurtosis > 0.01 {
            continue;
        }
        // The sum of exact counts near 10^12 is a double within 1e-4, its standard deviation is 10^6.
        let z = sum / (variance * count as f64 * many as f64).sqrt();
        assert!(z.abs() < 6.5, "{label}: z of the mean {z} at {count}");
        let z = (squares / (variance * count as f64) - many as f64) / ((2.0 + kurtosis) * many as f64).sqrt();
        assert!(z.abs() < 7.0, "{label}: z of the variance {z} at {count}");
    }
}

/// The conditional law of the time. Oracle: the joint law, weighed above.
#[test]
fn the_number_of_draws_follows_the_conditional_law() {
    let law: Vec<f64> = vec![0.05, 0.08, 0.12, 0.15, 0.6];
    for (law, mu) in
        [(law, 2.3), (vec![0.01, 0.01, 0.04, 0.94], 1.2), ((1..=12).map(|y| f64::from(y) / 78.0).collect(), 1.0)]
    {
        let table = written(&law);
        let found = adaptive(at(&table), at(&table), mu).unwrap();
        for y in 0..law.len() as u32 {
            let joint = |k: u64| (found.log_joint(k, y) - found.law.log_prob(y)).exp();
            let times: Vec<(u64, f64)> = (1..4000).map(|k| (k, joint(k))).filter(|(_, p)| *p > 1e-18).collect();
            let total: f64 = times.iter().map(|(_, p)| p).sum();
            assert!((total - 1.0).abs() < 1e-12, "{law:?} {y}: {total}");
            let mut rng = Seed::from_number(11).rng(Purpose::Responses, 0, y as usize);
            check_times(&format!("{law:?}, response {y}"), &times, |count, _| found.draws(y, count, &mut rng));
        }
    }
}

/// Oracle: all sequences of tries, for the law and for the tries.
#[test]
fn the_gate_is_that_of_all_sequences() {
    for law in small_laws() {
        for judge in small_laws().into_iter().filter(|judge| judge.len() == law.len()) {
            for confidence in [0.0, 0.1, 0.25, 0.3, 0.45, 0.5, 0.95, 1.0] {
                for tries in 1..=5usize {
                    let (candidates, judges) = (written(&law), written(&judge));
                    let found = gate(at(&candidates), at(&judges), confidence, tries as u64).unwrap();
                    let (mut expected, mut mean) = (vec![0.0; law.len()], 0.0);
                    sequences(&law, tries, |sequence, weight| {
                        let accepted = sequence.iter().position(|&y| judge[y] >= confidence);
                        let last = accepted.unwrap_or(tries - 1);
                        expected[sequence[last]] += weight;
                        mean += weight * (last + 1) as f64;
                    });
                    let label = format!("{law:?} judged by {judge:?} at {confidence}, {tries} tries");
                    assert_close(&probabilities(&found.law), &expected, 1e-13, &label);
                    assert!((found.mean_tries / mean - 1.0).abs() < 1e-13, "{label}: {} {mean}", found.mean_tries);
                    for y in 0..law.len() {
                        assert_eq!(found.accepts(y as u32), judge[y] >= confidence, "{label}");
                    }
                }
            }
        }
    }
}

/// Oracle: the truncated geometric law; and the one of all tries.
#[test]
fn the_number_of_tries_follows_the_conditional_law() {
    let law = [0.1, 0.1, 0.05, 0.75];
    let table = written(&law);
    for (confidence, tries) in [(0.5, 8u64), (0.09, 3), (0.7, 1), (0.05, 7), (0.5, 1000), (0.9, 5)] {
        let found = gate(at(&table), at(&table), confidence, tries).unwrap();
        let refused: f64 = law.iter().filter(|p| **p < confidence).sum();
        for y in 0..4 {
            let weight = |k: u64| refused.powf((k - 1) as f64);
            let times: Vec<(u64, f64)> = if law[y] >= confidence {
                (1..=tries).map(|k| (k, weight(k))).filter(|(_, p)| *p > 1e-18).collect()
            } else {
                vec![(tries, 1.0)]
            };
            let mut rng = Seed::from_number(12).rng(Purpose::Responses, tries as usize, y);
            check_times(&format!("{confidence}, {tries}, response {y}"), &times, |n, _| {
                found.draws(y as u32, n, &mut rng)
            });
        }
    }
    // Rare acceptance: times are nearly uniform up to R = 1000.
    let rare = written(&[1e-9, 1.0 - 1e-9]);
    let judge = written(&[0.9, 0.1]);
    let found = gate(at(&rare), at(&judge), 0.5, 1000).unwrap();
    let weight = |k: u64| ((k - 1) as f64 * (-1e-9f64).ln_1p()).exp();
    let times: Vec<(u64, f64)> = (1..=1000).map(|k| (k, weight(k))).collect();
    let mut rng = Seed::from_number(13).rng(Purpose::Responses, 0, 0);
    check_times("rare", &times, |n, _| found.draws(0, n, &mut rng));
}

/// Digits: a tiny A, a tiny 1 − A, and both thresholds' tolerance. Oracle: series of the closed forms.
#[test]
fn the_gate_keeps_its_digits() {
    let rare = lumped(&[(0, 1e-20f64.ln())], (-1e-20f64).ln_1p() - 10f64.ln(), 10);
    let judge = lumped(&[(0, 3.0)], 0.0, 10);
    let found = gate(at(&rare), at(&judge), 0.5, 1_000_000).unwrap();
    assert!((found.law.log_prob(0) - 1e-14f64.ln()).abs() < 1e-13, "R A to the first order");
    assert!((found.mean_tries - 1e6).abs() < 1e-6);
    let rarer = lumped(&[(0, -800.0)], 0.0, 10);
    let found = gate(at(&rarer), at(&judge), 0.5, 1_000_000).unwrap();
    assert!((found.law.log_prob(0) - (1e5f64.ln() - 800.0)).abs() < 1e-12);
    let sure = lumped(&[(0, 0.0), (1, -600.0)], 0.0, 0);
    let found = gate(at(&sure), at(&sure), 0.5, 50).unwrap();
    assert_eq!(found.law.log_prob(1), -30_000.0);
    assert_eq!((found.mean_tries, found.law.log_prob(0)), (1.0, 0.0));
    let third = lumped(&[], 0.0, 3);
    let accepts = |confidence: f64| gate(at(&third), at(&third), confidence, 2).unwrap().accepts(0);
    assert_eq!([1.0 / 3.0, (1.0 + 5e-13) / 3.0, (1.0 + 2e-12) / 3.0].map(accepts), [true, true, false]);
    // One try, or nothing accepted: the candidates' own law.
    let table = lumped(&[(2, 0.7)], 0.1, 6);
    for (confidence, tries) in [(0.3, 1), (0.99, 9)] {
        let found = gate(at(&table), at(&table), confidence, tries).unwrap();
        assert_same_logs(&found.law, &best_of(at(&table), at(&table), 1).unwrap(), 1e-15, "plain");
        assert_eq!(found.mean_tries, tries as f64);
    }
    for (confidence, tries, text) in
        [(1.5, 3, "confidence_gate = 1.5"), (f64::NAN, 3, "confidence_gate"), (0.5, 0, "tries = 0")]
    {
        assert!(gate(at(&table), at(&table), confidence, tries).unwrap_err().to_string().contains(text));
    }
}
