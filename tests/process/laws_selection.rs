//! Laws of best-of-N, of powers and of mixtures.

use crate::laws_common::*;
use selfreward::process::law::{Distribution, Law, best_of, mixture, power};

/// The best of each sequence, the first drawn on a tie.
fn brute_best(probabilities: &[f64], ranking: &[f64], n: usize) -> Vec<f64> {
    let mut law = vec![0.0; probabilities.len()];
    sequences(probabilities, n, |sequence, weight| {
        let best = sequence.iter().copied().reduce(|best, y| {
            // Literals of the laws that are equal are equal to the bit.
            if ranking[y] > ranking[best] { y } else { best }
        });
        law[best.unwrap()] += weight;
    });
    law
}

/// Oracle: all sequences of draws, ranked by the law itself and by others with ties and zeros.
#[test]
fn best_of_is_the_law_of_all_sequences() {
    for law in small_laws() {
        let rankings = small_laws().into_iter().filter(|ranking| ranking.len() == law.len());
        for ranking in rankings {
            let (candidates, ranks) = (written(&law), written(&ranking));
            for n in 1..=5 {
                let found = best_of(at(&candidates), at(&ranks), n as u64).unwrap();
                let expected = brute_best(&law, &ranking, n);
                assert_close(&probabilities(&found), &expected, 1e-13, &format!("{law:?} by {ranking:?}, n = {n}"));
            }
        }
    }
}

/// The control example of the specification: ties go to the first drawn, not to the least index.
#[test]
fn ties_are_uniform() {
    let table = written(&[0.2, 0.2, 0.3, 0.3]);
    let found = best_of(at(&table), at(&table), 3).unwrap();
    assert_close(&probabilities(&found), &[0.032, 0.032, 0.468, 0.468], 1e-14, "N = 3");
}

/// Levels are chains of log-probabilities that differ by less than 1e-12. Oracle: with all four in one level nothing is
/// selected; with a gap the upper two win as often as the best of n lies there.
#[test]
fn near_ties_are_ties() {
    let selected = |gap: f64| {
        let table = lumped(&[(0, 0.0), (1, 0.7e-12), (2, 0.7e-12 + gap), (3, 1.4e-12 + gap)], 0.0, 0);
        probabilities(&best_of(at(&table), at(&table), 5).unwrap())
    };
    assert_close(&selected(0.7e-12), &[0.25; 4], 1e-11, "one level");
    let (low, high) = (0.5f64.powi(6), (1.0 - 0.5f64.powi(5)) / 2.0);
    assert_close(&selected(2e-12), &[low, low, high, high], 1e-11, "two levels");
    // At log π near −100 the tolerance is a hundred times as wide.
    let deep = |gap: f64| {
        let table = lumped(&[(0, 0.0), (1, -100.0), (2, -100.0 - gap)], 0.0, 0);
        let law = best_of(at(&table), at(&table), 2).unwrap();
        law.log_prob(1) - law.log_prob(2)
    };
    assert!(deep(5e-11).abs() < 1e-10, "a tie");
    assert!(
        (deep(2e-10) - 3f64.ln()).abs() < 1e-8,
        "of two equal responses ranked apart, three of four pairs have the upper one"
    );
}

/// Two responses with log-odds L: 1 − p' = (1−p)^N = (1+e^L)^{−N}. Oracle: the series of the logarithm. A double near
/// −690 is spaced by 1.1e-13, so that 1 − p' itself is right to about 1e-13: its logarithm is right to its last places.
#[test]
fn a_loser_keeps_its_digits() {
    let series = |x: f64| -x * (1.0 - x * (1.0 / 2.0 - x * (1.0 / 3.0 - x * (1.0 / 4.0 - x * (1.0 / 5.0 - x / 6.0)))));
    for (log_odds, n) in
        [(-12.0f64, 1u64), (-12.0, 1_000_000), (-14.5, 1_000_000_000), (-20.0, 1_000_000_000), (-8.0, 2_000_000)]
    {
        let table = lumped(&[(0, log_odds), (1, 0.0)], 0.0, 0);
        // Ranked so that the rare response is the better one.
        let ranking = written(&[0.6, 0.4]);
        let law = best_of(at(&table), at(&ranking), n).unwrap();
        let expected = n as f64 * series(log_odds.exp());
        let rounding = 2.0 * f64::EPSILON * expected.abs();
        assert!((law.log_prob(1) - expected).abs() <= rounding, "{log_odds} {n}: {} {expected}", law.log_prob(1));
        let win = if expected > -0.5 { (-expected.exp_m1()).ln() } else { (-expected.exp()).ln_1p() };
        let rounding = (1e-14 + rounding) * win.abs();
        assert!((law.log_prob(0) - win).abs() <= rounding, "{log_odds} {n}: {} {win}", law.log_prob(0));
    }
    // p near 1: 1 − p' = 1e-300 and far below, where the likely response is at 1 − 1e-300.
    for (log_doubt, n) in [(-10.0, 69), (-230.0, 3), (-600.0, 7), (-1e-3, 690_000)] {
        let log_likely =
            if log_doubt > -0.5 { (-f64::exp_m1(log_doubt)).ln() } else { f64::ln_1p(-f64::exp(log_doubt)) };
        let table = lumped(&[(0, log_likely), (1, log_doubt)], 0.0, 0);
        let ranking = written(&[0.6, 0.4]);
        let law = best_of(at(&table), at(&ranking), n).unwrap();
        let expected = n as f64 * log_doubt;
        assert!((law.log_prob(1) / expected - 1.0).abs() < 1e-15, "{} {expected}", law.log_prob(1));
        assert_eq!(law.log_prob(0), -expected.exp(), "the likely response is known by its distance from 1");
        let again = law.distribution();
        assert!((again.log_prob(1) / expected - 1.0).abs() < 1e-15);
        assert!((again.head.doubt() - expected.exp()).abs() <= 1e-12 * expected.exp());
    }
}

/// Responses whose probability no double holds, at the top and in the middle of the ranking. Oracle: with x that small,
/// n draws hit it with probability n x.
#[test]
fn what_no_double_holds_is_multiplied() {
    // In the middle, (a+x)³ − a³ for an x of 1e-12.
    let table = lumped(&[(0, 0.0), (1, -27.0), (2, 0.0)], 0.0, 0);
    let law = best_of(at(&table), at(&written(&[0.2, 0.3, 0.5])), 3).unwrap();
    let (a, x) = (at(&table).log_prob(0).exp(), at(&table).log_prob(1).exp());
    let expected = (x * (3.0 * a * a + 3.0 * a * x + x * x)).ln();
    assert!((law.log_prob(1) - expected).abs() < 1e-14, "{} {expected}", law.log_prob(1));
    let table = lumped(&[(0, 0.0), (1, -800.0), (2, -1.0), (3, -5000.0)], 0.0, 0);
    let ranking = written(&[0.1, 0.2, 0.3, 0.4]);
    let law = best_of(at(&table), at(&ranking), 1000).unwrap();
    let log_most = -(-1f64).exp().ln_1p();
    // All draws are the least ranked response or this one, one of them is this one, e^−800 times less likely.
    let middle = -800.0 + 1000f64.ln() + 1000.0 * log_most;
    assert!((law.log_prob(1) - middle).abs() < 1e-12, "{} {middle}", law.log_prob(1));
    let top = -5000.0 + log_most + 1000f64.ln();
    assert!((law.log_prob(3) - top).abs() < 2e-12, "{} {top}", law.log_prob(3));
}

/// Probabilities whose doubles are exact: π = 2^-k for k = 1 to 30 and 2^-30 again. Oracle: Q_j = 2^{−k+1} (less likely
/// responses and the response itself), so that the masses Q_j^N − Q_{j−1}^N are powers of two times 1 − 2^{−N}.
#[test]
fn many_levels_keep_their_digits() {
    let masses: Vec<f64> = (1..=30).chain([30]).map(|k| 0.5f64.powi(k)).collect();
    let table = written(&masses);
    for n in [2u64, 3, 7, 30] {
        let law = best_of(at(&table), at(&table), n).unwrap();
        for k in 1..=29u32 {
            let expected = -(f64::from(k) - 1.0) * n as f64 * 2f64.ln() + (-(0.5f64.powi(n as i32))).ln_1p();
            let found = law.log_prob(k - 1);
            assert!((found - expected).abs() <= 4e-15 * expected.abs().max(0.1), "{n} {k}: {found} {expected}");
        }
        // The last level has two responses.
        let expected = -29.0 * n as f64 * 2f64.ln() - 2f64.ln();
        assert!((law.log_prob(30) / expected - 1.0).abs() < 4e-15);
    }
}

/// Semigroup: T rounds at N, ranked by the current or by the base law, are one at N^T. Oracle: the same function at
/// N^T, itself weighed above.
#[test]
fn rounds_multiply() {
    let mut laws = small_laws();
    laws.push((1..=12).map(|y| f64::from(y * y) / 650.0).collect());
    for law in laws {
        let base = written(&law);
        for (n, rounds) in [(2u64, 3u32), (3, 3), (4, 2), (9, 2), (1, 3), (5, 1)] {
            let once = best_of(at(&base), at(&base), n.pow(rounds)).unwrap();
            for by_base in [false, true] {
                let mut current: Law = power(at(&base), 1.0).unwrap();
                for _ in 0..rounds {
                    let candidates = current.distribution();
                    let ranking = if by_base { at(&base) } else { candidates };
                    current = best_of(candidates, ranking, n).unwrap();
                }
                assert_same_logs(&current, &once, 1e-13, &format!("{law:?}, {rounds} rounds of {n}, {by_base}"));
            }
        }
    }
}

type OneLaw = Box<dyn Fn(Distribution<'_>, Distribution<'_>) -> Law>;

/// Oracle: the same row with every response written out, beside another row whose atoms are other responses.
#[test]
fn lumped_rows_have_the_laws_of_written_out_ones() {
    let candidates = lumped(&[(1, 1.0), (4, -2.0)], 0.25, 5);
    let other = lumped(&[(0, 0.5), (4, 3.0), (6, -1.0)], -0.75, 4);
    let (candidates_out, other_out) = (unlumped(&candidates), unlumped(&other));
    let laws: Vec<(&str, OneLaw)> = vec![
        ("best of 3", Box::new(|a, b| best_of(a, b, 3).unwrap())),
        ("best of 1000", Box::new(|a, b| best_of(a, b, 1000).unwrap())),
        ("power", Box::new(|a, _| power(a, 1.7).unwrap())),
        ("mixture", Box::new(|a, b| mixture(a, b, 0.3).unwrap())),
    ];
    for (name, law) in laws {
        let found = law(at(&candidates), at(&other));
        assert_same_logs(&found, &law(at(&candidates_out), at(&other_out)), 1e-14, name);
        let total: f64 = probabilities(&found).iter().sum();
        assert!((total - 1.0).abs() < 1e-14, "{name}: {total}");
    }
}

/// Oracle: the winner of n draws among a million equal responses and a favoured one, in closed form; the law has two
/// entries.
#[test]
fn a_million_responses_are_one() {
    let table = lumped(&[(500_000, 3.0)], 0.0, 1_000_000);
    let law = best_of(at(&table), at(&table), 1_000_000_000).unwrap();
    assert_eq!(law.atoms.len(), 1);
    let log_others = -(3f64.exp() / 1e6).ln_1p();
    assert!((law.log_prob(7) - (1e9 * log_others - 1e6f64.ln())).abs() < 1e-9, "{}", law.log_prob(7));
    assert_eq!(law.log_prob(500_000), 0.0);
}

/// Oracle: powers and sums of the probabilities; logarithms in the tails.
#[test]
fn powers_and_mixtures_are_what_they_say() {
    for law in small_laws() {
        let table = written(&law);
        for s in [0.0f64, 0.5, 1.0, 2.0, 7.5] {
            let powers: Vec<f64> = law.iter().map(|p| if *p > 0.0 { p.powf(s) } else { 0.0 }).collect();
            let total: f64 = powers.iter().sum();
            let expected: Vec<f64> = powers.iter().map(|p| p / total).collect();
            assert_close(&probabilities(&power(at(&table), s).unwrap()), &expected, 1e-13, &format!("{law:?}^{s}"));
        }
        for other in small_laws().into_iter().filter(|other| other.len() == law.len()) {
            for share in [0.0, 0.3, 1.0] {
                let second = written(&other);
                let found = mixture(at(&table), at(&second), share).unwrap();
                let expected: Vec<f64> = law.iter().zip(&other).map(|(p, q)| share * p + (1.0 - share) * q).collect();
                assert_close(&probabilities(&found), &expected, 1e-13, &format!("{share} of {law:?}, {other:?}"));
            }
        }
    }
    let steep = lumped(&[(0, 0.0), (1, -1e5)], 0.0, 0);
    assert_eq!(power(at(&steep), 3.0).unwrap().log_prob(1), -3e5);
    let reversed = lumped(&[(0, -1e5), (1, 0.0)], 0.0, 0);
    let mixed = mixture(at(&steep), at(&reversed), 1e-9).unwrap();
    assert!((mixed.log_prob(0) - 1e-9f64.ln()).abs() < 1e-14);
    assert!((mixed.log_prob(1) / (-1e-9f64).ln_1p() - 1.0).abs() < 2e-15);
}

#[test]
fn arguments_out_of_range_are_refused() {
    let table = written(&[0.5, 0.5]);
    assert_eq!(
        best_of(at(&table), at(&table), 0).unwrap_err().to_string(),
        "best_of = 0: expected a whole number, at least 1"
    );
    for s in [-1.0, f64::NAN, f64::INFINITY] {
        assert!(power(at(&table), s).unwrap_err().to_string().contains("expected a finite number ≥ 0"));
    }
    for share in [-0.1, 1.1, f64::NAN] {
        assert!(mixture(at(&table), at(&table), share).unwrap_err().to_string().contains("expected a probability"));
    }
}
