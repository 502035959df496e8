//! The law of the plurality answer.

use crate::laws_common::*;
use selfreward::process::law::plurality;
use selfreward::process::law::plurality::{Election, Group};
use statrs::distribution::{Binomial, Discrete, DiscreteCDF};

/// All count vectors of n votes, each with its multinomial probability; the winners share.
fn brute_plurality(probabilities: &[f64], n: usize) -> Vec<f64> {
    fn descend(p: &[f64], left: usize, weight: f64, counts: &mut Vec<usize>, law: &mut [f64]) {
        let at = counts.len();
        if at + 1 == p.len() {
            counts.push(left);
            let weight = weight * p[at].powi(left as i32);
            let most = *counts.iter().max().unwrap();
            let winners = counts.iter().filter(|count| **count == most).count();
            for (y, count) in counts.iter().enumerate() {
                if *count == most {
                    law[y] += weight / winners as f64;
                }
            }
            counts.pop();
            return;
        }
        let mut choose = 1.0;
        for count in 0..=left {
            counts.push(count);
            descend(p, left - count, weight * choose * p[at].powi(count as i32), counts, law);
            counts.pop();
            choose *= (left - count) as f64 / (count + 1) as f64;
        }
    }
    let mut law = vec![0.0; probabilities.len()];
    descend(probabilities, n, 1.0, &mut Vec::new(), &mut law);
    law
}

/// Oracle: all sequences of votes, for the oracle of the other tests as well.
#[test]
fn plurality_is_the_law_of_all_sequences() {
    for law in small_laws() {
        let table = written(&law);
        for n in 1..=5 {
            let mut expected = vec![0.0; law.len()];
            sequences(&law, n, |sequence, weight| {
                let count = |y: usize| sequence.iter().filter(|&&z| z == y).count();
                let most = (0..law.len()).map(count).max().unwrap();
                let winners: Vec<usize> = (0..law.len()).filter(|&y| count(y) == most).collect();
                winners.iter().for_each(|&y| expected[y] += weight / winners.len() as f64);
            });
            assert_close(&brute_plurality(&law, n), &expected, 1e-13, "the oracle");
            let found = plurality(at(&table), n as u64).unwrap();
            assert_close(&probabilities(&found), &expected, 1e-13, &format!("{law:?}, n = {n}"));
        }
    }
}

/// Oracle: all count vectors, up to eight responses, with probabilities down to 1e-40.
#[test]
fn plurality_is_the_law_of_all_counts() {
    let wide = [1e-9, 0.3, 0.2, 0.2, 0.1, 0.1, 0.05, 0.05 - 1e-9];
    let steep = [1.0 - 1.1e-10, 1e-10, 1e-11, 1e-40];
    for (law, votes) in [
        (&wide[..], &[6, 9, 12][..]),
        (&steep, &[3, 4, 7, 20, 33]),
        (&[0.5, 0.3, 0.2], &[50, 101]),
        (&[0.3, 0.25, 0.2, 0.15, 0.1], &[40]),
    ] {
        let table = written(law);
        for &n in votes {
            let found = plurality(at(&table), n as u64).unwrap();
            let expected = brute_plurality(law, n);
            // The most likely response of the steep law is a literal that is off by 1e-17 of 1.
            assert_close(
                &probabilities(&found),
                &expected,
                1e-13 * (1.0 + n as f64 / 10.0),
                &format!("{law:?}, n = {n}"),
            );
        }
    }
}

/// Two responses: p' = v_N(p) = P[Bin(N,p) > N/2] + ½P[Bin(N,p) = N/2]. Oracle: the sum of the masses, all terms
/// positive.
#[test]
fn two_responses_have_the_binomial_law() {
    for n in [1u64, 2, 3, 4, 9, 64, 101, 400, 1000] {
        for p in [0.5, 0.45, 0.3, 0.01, 1e-3] {
            let law = Binomial::new(p, n).unwrap();
            // Masses of statrs are within 1e-12 at N = 1000; its tail is compared where it does not underflow.
            let terms =
                (n / 2 + 1..=n).map(|k| law.ln_pmf(k)).chain((n % 2 == 0).then(|| law.ln_pmf(n / 2) - 2f64.ln()));
            let terms: Vec<f64> = terms.collect();
            let top = terms.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let expected = top + terms.iter().map(|term| (term - top).exp()).sum::<f64>().ln();
            let table = written(&[p, 1.0 - p]);
            let found = plurality(at(&table), n).unwrap();
            assert!((found.log_prob(0) - expected).abs() < 3e-12, "{n} {p}: {} {expected}", found.log_prob(0));
            if n % 2 == 1 {
                let tail = law.sf(n / 2);
                assert!((found.log_prob(0).exp() - tail).abs() < 1e-10 * tail, "{n} {p}");
                // An even number of votes is as good as the odd one below it.
                let even = plurality(at(&table), n + 1).unwrap();
                assert_same_logs(&even, &found, 2e-12, &format!("{n} and the next at {p}"));
            }
        }
    }
}

/// A response of probability far below what a double holds wins as (N choose ⌈N/2⌉) p^{⌈N/2⌉} (1 + O(p)); round after
/// round the exponent multiplies.
#[test]
fn rounds_sharpen_doubly_exponentially() {
    let mut log = 1e-12f64.ln();
    for round in 0..6 {
        let table = lumped(&[(0, 0.0), (1, log)], 0.0, 0);
        let law = plurality(at(&table), 9).unwrap();
        let expected = 126f64.ln() + 5.0 * log;
        let found = law.log_prob(1);
        assert!((found / expected - 1.0).abs() < 1e-13, "round {round}: {found} {expected}");
        log = found;
    }
    assert!(log < -4e5);
}

/// Three responses, two of them of probabilities that no double holds. Oracle: the largest term, alone by far.
#[test]
fn rare_responses_win_by_their_likeliest_way() {
    let ln_choose = |n: u32, k: u32| (1..=k).map(|i| (f64::from(n - k + i) / f64::from(i)).ln()).sum::<f64>();
    // Of seven votes a response has at least three where it wins, and three are a tie.
    let (a, b) = (-900.0, -1000.0);
    let table = lumped(&[(0, 0.0), (1, a), (2, b)], 0.0, 0);
    let law = plurality(at(&table), 7).unwrap();
    // (3,4,0): C(7,4) e^{4a}; (3,3,1): ½ 7!/(3!3!1!) e^{3a+b}, smaller by e^{-100}; (2,3,2) smaller still.
    let first = ln_choose(7, 4) + 4.0 * a;
    assert!((law.log_prob(1) - first).abs() < 1e-11, "{} {first}", law.log_prob(1));
    // y = 2: (3,1,3): ½·140 e^{3b+a} beats (3,0,4): 35 e^{4b}, and (2,2,3): 210 e^{3b+2a}.
    let second = 70f64.ln() + 3.0 * b + a;
    assert!((law.log_prob(2) - second).abs() < 1e-11, "{} {second}", law.log_prob(2));
}

/// Equal responses win equally often, whether they are the rest or not; a favoured one has what is left. Oracle: the
/// row written out and all counts; beyond, two votes change nothing, and three and four have closed forms.
#[test]
fn the_rest_is_one_group() {
    let table = lumped(&[(1, 1.0), (4, -2.0)], 0.25, 5);
    for n in [2, 5, 12, 13] {
        let out = unlumped(&table);
        let found = plurality(at(&table), n).unwrap();
        assert_same_logs(&found, &plurality(at(&out), n).unwrap(), 1e-13, &format!("{n}"));
        let p: Vec<f64> = (0..7).map(|y| at(&table).log_prob(y).exp()).collect();
        assert_close(&probabilities(&found), &brute_plurality(&p, n as usize), 3e-13, &format!("{n}"));
    }
    let million = lumped(&[(9, 13.0)], 0.0, 1_000_000);
    let distribution = at(&million);
    let (p, q) = (distribution.log_prob(9).exp(), distribution.log_prob(0).exp());
    let two = plurality(distribution, 2).unwrap();
    assert!((two.log_prob(0) - q.ln()).abs() < 1e-13);
    // Of three: two or three votes of the favoured one, or one beside two different others, at a third.
    let three = plurality(distribution, 3).unwrap();
    let others = 1e6 * q;
    let expected = p.powi(3) + 3.0 * p * p * others + p * others * (others - q);
    assert!((three.log_prob(9).exp() / expected - 1.0).abs() < 1e-13);
    // Of four: three or more; two beside different others, or beside equal ones at a half; one beside three different
    // ones, at a fourth.
    let four = plurality(distribution, 4).unwrap();
    let pairs = others * (others - q) + 0.5 * others * q;
    let triples = others * (others - q) * (others - 2.0 * q);
    let expected = p.powi(4) + 4.0 * p.powi(3) * others + 6.0 * p * p * pairs + p * triples;
    assert!((four.log_prob(9).exp() / expected - 1.0).abs() < 1e-13);
}

/// Oracle: symmetry. Equal responses win equally often, nearly equal ones in their order.
#[test]
fn many_votes_on_many_responses() {
    let equal = lumped(&[], 0.0, 1000);
    assert!((plurality(at(&equal), 100).unwrap().log_prob(3) + 1000f64.ln()).abs() < 1e-13);
    let nearly: Vec<f64> = (0..40).map(|y| 1.0 + 1e-9 * f64::from(y)).collect();
    let total: f64 = nearly.iter().sum();
    let table = written(&nearly.iter().map(|p| p / total).collect::<Vec<_>>());
    let law = plurality(at(&table), 60).unwrap();
    for y in 0..40 {
        assert!((law.log_prob(y).exp() * 40.0 - 1.0).abs() < 1e-6);
        assert!(y == 0 || law.log_prob(y) > law.log_prob(y - 1), "likelier responses win more often");
    }
}

#[test]
fn what_is_too_large_is_refused() {
    let table = written(&[0.4, 0.6]);
    assert_eq!(plurality(at(&table), 0).unwrap_err().to_string(), "vote_of = 0: expected a whole number, at least 1");
    let error = plurality(at(&table), 3000).unwrap_err().to_string();
    let need = "the plurality law of 3000 votes on 2 distinct probabilities needs 5.4e10 units of work";
    assert_eq!(error, format!("{need} (probabilities times votes cubed), the limit is 2e10 units; fewer votes"));
    assert_eq!(plurality(at(&written(&[1.0])), 1_000_000).unwrap().log_prob(0), 0.0);
}

/// The law before it is normalised sums to one: no number of votes is left out, none counted twice, no tie shared
/// wrongly.
#[test]
fn wins_sum_to_one() {
    for (counts, slope, votes) in [
        (vec![1; 40], 0.1, 100),
        (vec![1; 12], 0.7, 64),
        (vec![1; 3], 0.01, 1000),
        (vec![1, 5, 1, 300, 1], 2.0, 90),
        (vec![1, 1_000_000], 13.0, 64),
        (vec![1; 12], 30.0, 64),
    ] {
        let logits: Vec<f64> = (0..counts.len()).map(|g| -slope * g as f64).collect();
        let norm = logits.iter().zip(&counts).map(|(x, &count)| x.exp() * count as f64).sum::<f64>().ln();
        let groups: Vec<Group> =
            logits.iter().zip(&counts).map(|(&x, &count)| Group { log_prob: x - norm, count }).collect();
        let wins = Election::new(&groups, votes).wins();
        let total: f64 = wins.iter().zip(&counts).map(|(win, &count)| win.exp() * count as f64).sum();
        assert!((total - 1.0).abs() < 1e-12, "{counts:?}, {votes} votes: {total}");
    }
}
