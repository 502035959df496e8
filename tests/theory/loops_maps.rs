//! The maps of named loops (U1, U3, L5, L6, L10): closed forms at two responses against iteration, laws of selected draws against all
//! sequences of draws, optima against other ways to find them.

use rand::{Rng, RngExt};
use selfreward::papers::loops::theory::labels::flipped_odds;
use selfreward::papers::loops::theory::laws::{
    log_binomials, log_complement, log_odds, log_sum, normalised, of_log_odds, softplus, tilted,
};
use selfreward::papers::loops::theory::orders::{Loop, Order};
use selfreward::papers::loops::theory::recursions::{
    accumulated, filtered, regression, replayed, selective, standardised, verified, win_rate,
};
use selfreward::papers::loops::theory::selections::{adaptive, best_of, curated, gated, plurality};
use selfreward::papers::loops::theory::unified::{Affine, Regime, loop_map};
use selfreward::papers::loops::theory::votes::{
    log_vote, majority_reward, order_at_zero, slope_at_half, vote, vote_log_odds,
};
use selfreward::seed::{Purpose, Seed};

fn stream(number: u64) -> impl Rng {
    Seed::from_number(number).rng(Purpose::Laws, 0, 0)
}

/// A law, in probabilities and in logarithms.
fn random_law(rng: &mut impl Rng, responses: usize) -> (Vec<f64>, Vec<f64>) {
    let odds: Vec<f64> = (0..responses).map(|_| rng.random_range(-2.0f64..2.0).exp()).collect();
    let total: f64 = odds.iter().sum();
    let law: Vec<f64> = odds.into_iter().map(|odds| odds / total).collect();
    let logs = law.iter().map(|p| p.ln()).collect();
    (law, logs)
}

fn close(logs: &[f64], law: &[f64], what: &str) {
    assert_eq!(logs.len(), law.len());
    for (log, mass) in logs.iter().zip(law) {
        assert!((log.exp() - mass).abs() < 1e-12, "{what}: {} against {mass}", log.exp());
    }
}

/// Every sequence of n draws with its probability.
fn sequences(law: &[f64], n: usize, mut f: impl FnMut(&[usize], f64)) {
    for number in 0..law.len().pow(n as u32) {
        let mut left = number;
        let draws: Vec<usize> = (0..n)
            .map(|_| {
                let y = left % law.len();
                left /= law.len();
                y
            })
            .collect();
        f(&draws, draws.iter().map(|&y| law[y]).product());
    }
}

/// Oracles: e^x in another order, and the derivative of softplus.
#[test]
fn logarithms_of_sums_keep_their_digits() {
    assert_eq!(log_sum([f64::NEG_INFINITY; 3]), f64::NEG_INFINITY);
    assert!((log_sum([0.0, -1.0, -2.0]).exp() - (1.0 + (-1f64).exp() + (-2f64).exp())).abs() < 1e-14);
    for log in [-1e-300, -1e-9, -0.4, -0.6, -30.0] {
        let expected: f64 = if log > -1e-3 { -log * (1.0 + log / 2.0) } else { 1.0 - log.exp() };
        assert!((log_complement(log) - expected.ln()).abs() < 1e-12 * (1.0 + expected.ln().abs()), "{log}");
    }
    for odds in [-800.0, -40.0, 0.0, 0.3, 700.0] {
        let [right, wrong] = of_log_odds(odds);
        assert!((right - wrong - odds).abs() < 1e-15 * (1.0 + odds.abs()));
        assert!((log_sum([right, wrong])).abs() < 1e-15);
        assert_eq!(softplus(odds), -wrong);
    }
    // The lesser probability e^{−800} keeps its digits, and the larger says what it lacks to 1.
    let law = normalised(&[5.0, 5.0 - 45.0, f64::NEG_INFINITY]);
    assert!((law[0] + (-45f64).exp()).abs() < 1e-30 && (law[1] + 45.0).abs() < 1e-13 && law[2] == f64::NEG_INFINITY);
    assert_eq!(log_odds(&law, &[false, false, true]), f64::NEG_INFINITY);
    let choose: Vec<f64> = log_binomials(6).into_iter().map(f64::exp).collect();
    assert!(choose.iter().zip([1.0, 6.0, 15.0, 20.0, 15.0, 6.0, 1.0]).all(|(a, b): (&f64, f64)| (a - b).abs() < 1e-12));
    let dead = [0.0, f64::NEG_INFINITY];
    assert_eq!(tilted(&[(1.0, &[0.5f64.ln(); 2]), (0.0, &dead)]), [-2f64.ln(); 2]);
}

/// Oracle: the map applied round by round, and where 400 rounds of it lead.
#[test]
fn powers_of_the_multiplier_are_rounds_and_name_the_regime() {
    for alpha in [0.0, 0.3, 1.0] {
        for eta in [-1.0, 0.0, 0.5, 1.0] {
            for beta in [0.4, 0.5, 0.8, 1.0, 1.5, 4.0] {
                let (start, external) = (0.7, 0.45);
                let map = Affine::of(alpha, eta, beta, start, external).unwrap();
                // β(ℓ' − ℓ_ref) = ηℓ + Δr°, solved for ℓ'.
                let by_hand = |now: f64| (beta * (alpha * now + (1.0 - alpha) * start) + eta * now + external) / beta;
                let mut now = start;
                let mut all = vec![now];
                for t in 1..=400 {
                    now = by_hand(now);
                    all.push(now);
                    if t <= 40 {
                        let stated = map.after(t);
                        assert!((stated - now).abs() < 1e-11 * (1.0 + now.abs()), "{alpha} {eta} {beta} {t}");
                        assert!((map.next(all[t as usize - 1]) - now).abs() < 1e-12 * (1.0 + now.abs()));
                    }
                }
                let step = |t: usize| all[t] - all[t - 1];
                let expected = match map.regime() {
                    Regime::Converges => (all[400] - map.fixed_point().unwrap()).abs() < 1e-4,
                    Regime::Linear => (all[400] - start - 400.0 * map.constant).abs() < 1e-9 * all[400].abs(),
                    Regime::TwoCycle => (all[400] - all[398]).abs() < 1e-12 && (all[400] - all[399]).abs() > 0.1,
                    Regime::Grows => step(60) * step(59) > 0.0 && step(60).abs() > step(40).abs(),
                    Regime::Alternates => step(60) * step(59) < 0.0 && step(60).abs() > step(40).abs(),
                };
                assert!(expected, "{alpha} {eta} {beta}: {:?}", map.regime());
                let bound = loop_map(alpha, eta, beta, start, external, 7).unwrap();
                assert!((bound.value() - all[7]).abs() < 1e-12 * (1.0 + all[7].abs()));
                assert_eq!(bound.intermediate("fixed_point"), map.fixed_point());
                assert!(bound.assumptions()[0].name.contains(map.regime().words()));
            }
        }
    }
    assert!(loop_map(1.0, 1.0, 0.0, 1.0, 0.0, 1).is_err() && loop_map(1.0, 1.0, 1.0, f64::NAN, 0.0, 1).is_err());
}

/// Whole numbers without end, in digits of 2^32, the least first: what the rounds below are computed with.
#[derive(Clone, Debug)]
struct Whole(Vec<u32>);

impl Whole {
    fn times(&self, other: u64) -> Self {
        let (low, high) = (other & 0xffff_ffff, other >> 32);
        let (mut digits, mut carry) = (Vec::new(), 0u128);
        for place in 0..self.0.len() + 3 {
            let digit = |at: usize| u128::from(self.0.get(at).copied().unwrap_or(0));
            let above = if place > 0 { digit(place - 1) * u128::from(high) } else { 0 };
            let sum = digit(place) * u128::from(low) + above + carry;
            digits.push(sum as u32);
            carry = sum >> 32;
        }
        Self(digits)
    }

    fn plus(&self, other: &Self) -> Self {
        let (mut digits, mut carry) = (Vec::new(), 0u64);
        for place in 0..self.0.len().max(other.0.len()) + 1 {
            let digit = |of: &Self| u64::from(of.0.get(place).copied().unwrap_or(0));
            let sum = digit(self) + digit(other) + carry;
            digits.push(sum as u32);
            carry = sum >> 32;
        }
        Self(digits)
    }

    /// It over 2^places, to a double's digits.
    fn over(&self, places: u32) -> f64 {
        let term = |(place, digit): (usize, &u32)| f64::from(*digit) * 2f64.powi(32 * place as i32 - places as i32);
        self.0.iter().enumerate().filter(|(_, digit)| **digit > 0).map(term).sum()
    }
}

/// Oracle: Σ_{s<t} m^s in whole numbers of any length, m = 1 + j/2^q, by S' = mS + 1: next to m = 1 a quotient of doubles has no digits.
#[test]
fn log_odds_next_to_a_multiplier_of_one_keep_their_digits() {
    for (numerator, places, rounds) in
        [(1i64, 30u32, 40u32), (-3, 30, 35), (5, 24, 60), (1, 50, 30), (-1, 12, 80), (7, 8, 90)]
    {
        let m = ((1i64 << places) + numerator) as u64;
        // After t rounds the sum is of 2^{-q(t−1)}.
        let (mut sum, mut unit) = (Whole(vec![1]), Whole(vec![1]));
        for t in 1..=rounds {
            let exact = sum.over(places * (t - 1));
            let map = Affine::of(1.0, numerator as f64 / (1u64 << places) as f64, 1.0, 0.0, 1.0).unwrap();
            assert!((map.after(t) / exact - 1.0).abs() < 1e-14 * f64::from(t), "{numerator}/2^{places}, {t}");
            unit = unit.times(1 << places);
            sum = sum.times(m).plus(&unit);
        }
    }
    // A million rounds of m = 1 ± 10⁻⁹: t + t(t−1)/2·(m−1) + t(t−1)(t−2)/6·(m−1)² + ….
    for excess in [1e-9f64, -1e-9, 1e-20, 1e-310] {
        let (t, map) = (1e6, Affine::of(1.0, excess, 1.0, 0.0, 1.0).unwrap());
        let series = t + t * (t - 1.0) / 2.0 * excess * (1.0 + (t - 2.0) / 3.0 * excess);
        assert!((map.after(1_000_000) / series - 1.0).abs() < 1e-9, "{excess}");
    }
}

/// Oracle: by hand. A fixed point is where (ηℓ + Δr°)/β vanishes, and stays however large m is; the rest leaves the doubles with the
/// sign of its distance from it.
#[test]
fn log_odds_stay_at_the_fixed_point_and_leave_the_doubles_with_their_sign() {
    let last = |alpha, eta, beta, start, external, t| loop_map(alpha, eta, beta, start, external, t).unwrap();
    for t in [1, 2, 50, 53, 54, 55, 1023, 1024, 2000, 1_000_000] {
        assert_eq!(last(1.0, 1.0, 1.0, 1.0, -1.0, t).value(), 1.0, "{t}");
        assert_eq!(last(1.0, -1.0, 0.3, 0.3, 0.3, t).value(), 0.3, "{t}");
        assert_eq!(last(1.0, 1.0, 1.0, 0.0, 0.0, t).value(), 0.0, "{t}");
        assert_eq!(last(1.0, -1.0, 0.5, 0.7, 0.7, t).value(), 0.7, "{t}");
        let bound = last(1.0, -1.0, 0.3, 0.3, 0.3, t);
        assert!(bound.assumptions()[0].name.contains("stay") && bound.intermediate("bounded") == Some(1.0));
        assert_eq!((bound.intermediate("fixed_point"), bound.intermediate("distance")), (Some(0.3), Some(0.0)));
    }
    // 2^t, at t = 1023 the last power in the doubles; then its logarithm.
    assert!((last(1.0, 1.0, 1.0, 1.0, 0.0, 1023).value() / 2f64.powi(1023) - 1.0).abs() < 1e-12);
    let (infinite, negative) = (last(1.0, 1.0, 1.0, 1.0, 0.0, 1024), last(1.0, 1.0, 1.0, -1.0, 0.0, 2000));
    assert_eq!((infinite.value(), infinite.intermediate("probability")), (f64::INFINITY, Some(1.0)));
    assert_eq!((negative.value(), negative.intermediate("probability")), (f64::NEG_INFINITY, Some(0.0)));
    assert!((infinite.intermediate("log_size").unwrap() / (1024.0 * 2f64.ln()) - 1.0).abs() < 1e-12);
    assert!(!infinite.vacuous() && !negative.vacuous() && infinite.intermediate("log_size").is_some());
    // m = −1.5 from either side of 1.
    for (start, even) in [(2.0, f64::INFINITY), (0.5, f64::NEG_INFINITY)] {
        assert_eq!(last(1.0, -1.0, 0.4, start, 1.0, 4000).value(), even);
        assert_eq!(last(1.0, -1.0, 0.4, start, 1.0, 4001).value(), -even);
    }
    // A distance of 10⁻³⁰⁰ from the fixed point needs more rounds.
    let slow = last(1.0, 1.0, 1.0, 1e-300, 0.0, 1100).value();
    assert!((slow.ln() - 1100.0 * 2f64.ln() - 1e-300f64.ln()).abs() < 1e-10);
    assert_eq!(last(1.0, 0.0, 1.0, 1e10, 1e308, 1000).value(), f64::INFINITY);
    // A start far above the fixed point leaves nothing behind.
    assert!((last(1.0, -1.0, 2.0, 1e10, 1.0, 200).value() - 1.0).abs() < 1e-14);
    // m = 0: the second round stays where the first one led.
    assert_eq!(last(1.0, -1.0, 1.0, 2.0, 0.5, 1).value(), 0.5);
    assert_eq!(last(1.0, -1.0, 1.0, 2.0, 0.5, 9).value(), 0.5);
    for (alpha, eta, beta, start, external) in [
        (1.0, 1.0, 1e-309, 1.0, 0.0),
        (1.0, 1e300, 1e-300, 1.0, 0.0),
        (1.0, 0.0, 1e-300, 1.0, 1e300),
        (-1e308, 0.0, 1.0, 1e10, 0.0),
        (1.0, 1e300, 1.0, 1e300, 0.0),
    ] {
        let error = loop_map(alpha, eta, beta, start, external, 3).unwrap_err().to_string();
        assert!(error.contains("beta") && error.contains("doubles"), "{error}");
    }
}

/// Oracle: plain recursion over random loops, where it does not lose more than its rounding; never NaN.
#[test]
fn rounds_at_once_are_rounds_one_by_one() {
    let mut rng = stream(31);
    for _ in 0..4000 {
        let alpha = [0.0, 0.3, 1.0][rng.random_range(0..3)];
        let beta = 10f64.powf(rng.random_range(-1.5..1.5));
        let (eta, start, external) =
            (rng.random_range(-1.0..1.0), rng.random_range(-3.0..3.0), rng.random_range(-3.0..3.0));
        let map = Affine::of(alpha, eta, beta, start, external).unwrap();
        let (mut now, mut largest) = (start, f64::abs(start));
        for t in 1..=200 {
            now = map.next(now);
            largest = largest.max(now.abs());
            // What rounding did in one round grows like |m|^t; ℓ_t may pass 0.
            let error = 1e-13 * f64::from(t) * (1.0 + largest) * map.multiplier.abs().max(1.0);
            let grown = 1e-15 * map.multiplier.abs().powi(t) * (1.0 + map.constant.abs());
            let stated = map.after(t as u32);
            assert!(
                !stated.is_nan() && (!now.is_finite() || (stated - now).abs() <= error + 20.0 * grown),
                "{map:?} {t}"
            );
        }
        assert!(!map.after(1_000_000).is_nan());
    }
}

/// Oracle: all sequences of N answers; a central difference; a ratio next to 0.
#[test]
fn a_vote_is_a_sum_over_all_sequences_of_answers() {
    for n in 1..=9usize {
        for p in [0.01f64, 0.3, 0.5, 0.6, 0.97] {
            let (mut right, mut wrong) = (0.0, 0.0);
            sequences(&[p, 1.0 - p], n, |draws, chance| {
                let firsts = draws.iter().filter(|&&y| y == 0).count();
                let share = if 2 * firsts == n { 0.5 } else { f64::from(u8::from(2 * firsts > n)) };
                right += chance * share;
                wrong += chance * (1.0 - share);
            });
            let odds = p.ln() - (-p).ln_1p();
            let [log_right, log_wrong] = log_vote(of_log_odds(odds), n as f64).unwrap();
            assert!((log_right - right.ln()).abs() < 1e-12 && (log_wrong - wrong.ln()).abs() < 1e-12, "{n} {p}");
            assert!((vote_log_odds(odds, n as f64).unwrap() - (right / wrong).ln()).abs() < 1e-12);
            let rewarded = majority_reward(odds, n as f64, 0.25).unwrap();
            assert!((rewarded - odds - 4.0 * (right - wrong)).abs() < 1e-12);
            let bound = vote(p, n as f64, 2, Some(0.25)).unwrap();
            assert!((bound.intermediate("one_round").unwrap() - right).abs() < 1e-12);
            let expected = vote(right, n as f64, 1, None).unwrap().value();
            assert!((bound.value() - expected).abs() < 1e-12, "{n} {p}");
        }
        let at = |p: f64| vote(p, n as f64, 1, None).unwrap().value();
        let slope = (8.0 * (at(0.501) - at(0.499)) - (at(0.502) - at(0.498))) / 0.012;
        assert!((slope - slope_at_half(n as f64).unwrap()).abs() < 1e-8, "{n}");
        let (order, log_coefficient) = order_at_zero(n as f64).unwrap();
        let ratio = vote_log_odds(-60.0, n as f64).unwrap() + 60.0 * order - log_coefficient;
        assert!(ratio.abs() < 1e-12 * 60.0 * order, "{n}: {ratio}");
    }
    assert!(
        vote(0.5, 2001.0, 1, None).is_err() && vote(1.0, 3.0, 1, None).is_err() && vote(0.5, 2.5, 1, None).is_err()
    );
    assert!((vote(0.501, 2000.0, 1, None).unwrap().value() - 0.535_6).abs() < 1e-3);
}

/// Oracle: all sequences of draws.
#[test]
fn selected_draws_are_sums_over_all_sequences() {
    let mut rng = stream(5);
    for responses in [2, 3, 4] {
        let (law, logs) = random_law(&mut rng, responses);
        let reward: Vec<f64> = (0..responses).map(|_| rng.random_range(-1.0..1.0)).collect();
        for n in 1..=5usize {
            let [mut best, mut most, mut kept] = [0, 1, 2].map(|_| vec![0.0; responses]);
            sequences(&law, n, |draws, chance| {
                let top = draws.iter().copied().max_by(|&y, &z| law[y].total_cmp(&law[z])).unwrap();
                best[top] += chance;
                let count = |y: usize| draws.iter().filter(|&&draw| draw == y).count();
                let largest = (0..responses).map(count).max().unwrap();
                let winners: Vec<usize> = (0..responses).filter(|&y| count(y) == largest).collect();
                winners.iter().for_each(|&y| most[y] += chance / winners.len() as f64);
                let total: f64 = draws.iter().map(|&y| reward[y].exp()).sum();
                draws.iter().for_each(|&y| kept[y] += chance * reward[y].exp() / total);
            });
            close(&best_of(&logs, n as f64).unwrap(), &best, "best of");
            close(&plurality(&logs, n as f64).unwrap(), &most, "plurality");
            close(&curated(&logs, &reward, n as f64).unwrap(), &kept, "curation");
        }
    }
    // Equal responses share what their level has in proportion to π.
    let tied = best_of(&[0.2f64, 0.2, 0.3, 0.3].map(f64::ln), 3.0).unwrap();
    close(&tied, &[0.032, 0.032, 0.468, 0.468], "ties");
    // At two responses the doubt of the mode is a power, with its digits where 1 − p has none.
    let sure = best_of(&of_log_odds(200.0), 4.0).unwrap();
    assert!((sure[1] + 800.0).abs() < 1e-10 && (sure[0] - sure[1] - 800.0).abs() < 1e-10);
    assert!(best_of(&tied, 0.0).is_err() && plurality(&tied, 65.0).is_err());
}

/// Oracle: a walk over (k, likeliest draw so far) until nothing goes on.
#[test]
fn the_stopping_rule_is_a_walk_over_its_draws() {
    let mut rng = stream(6);
    for mu in [0.5, 1.0, 2.2, 4.0] {
        for responses in [2, 3, 5] {
            let (law, logs) = random_law(&mut rng, responses);
            let (mut kept, mut alive) = (vec![0.0; responses], law.clone());
            for k in 1..200_000 {
                for y in 0..responses {
                    if 1.0 / law[y] <= f64::from(k) / mu {
                        kept[y] += std::mem::take(&mut alive[y]);
                    }
                }
                if alive.iter().all(|mass| *mass == 0.0) {
                    break;
                }
                let mut next = vec![0.0; responses];
                for y in 0..responses {
                    for z in 0..responses {
                        next[if law[z] > law[y] { z } else { y }] += alive[y] * law[z];
                    }
                }
                alive = next;
            }
            close(&adaptive(&logs, mu).unwrap(), &kept, "adaptive");
        }
    }
    // One response in four ways: the rule stops at the second draw, whatever it is.
    let even = adaptive(&[0.5f64.ln(); 2], 1.0).unwrap();
    close(&even, &[0.5; 2], "tie");
    assert!(adaptive(&even, 0.0).is_err());
}

/// Oracle: all sequences of R tries.
#[test]
fn the_gate_is_a_sum_over_its_tries() {
    let mut rng = stream(7);
    for tries in 1..=4usize {
        let (law, logs) = random_law(&mut rng, 3);
        for confidence in [0.05, law[0], 0.4] {
            let mut kept = vec![0.0; 3];
            sequences(&law, tries, |draws, chance| {
                let first = draws.iter().copied().find(|&y| law[y] >= confidence * (1.0 - 1e-14));
                kept[first.unwrap_or(draws[tries - 1])] += chance;
            });
            close(&gated(&logs, confidence * (1.0 - 1e-14), tries as f64), &kept, "gate");
        }
    }
}

/// The root of an increasing function.
fn root(f: impl Fn(f64) -> f64) -> f64 {
    let (mut low, mut high) = (-100.0, 100.0);
    for _ in 0..200 {
        let middle = f64::midpoint(low, high);
        if f(middle) > 0.0 { high = middle } else { low = middle }
    }
    f64::midpoint(low, high)
}

/// Oracles: derivatives of the losses that the loops minimise, set to 0 by bisection; plain sums over responses.
#[test]
fn optima_and_mixtures_follow_from_their_definitions() {
    let sigmoid = |x: f64| 1.0 / (1.0 + (-x).exp());
    for (odds, beta, temperature, flip) in [(0.6, 0.8, 0.7, 0.3), (-1.3, 2.0, 1.0, 0.1), (2.0, 1.0, 1.5, 0.0)] {
        // The slope in ℓ' of −P log σ(h) − (1−P) log σ(−h), h = β(ℓ' − ℓ).
        let preferred = flip + (1.0 - 2.0 * flip) * sigmoid(odds / temperature);
        let slope = |next: f64| sigmoid(beta * (next - odds)) - preferred;
        let found = flipped_odds(odds, beta, temperature, flip).unwrap();
        assert!((found - root(slope)).abs() < 1e-12, "{found}");
        // Of the square loss on a reward: the derivative of Σπ(y)π(z)(β(Δlog π' − Δlog ρ) − Δg)² vanishes at two responses with its
        // residual.
        let (reference, reward) = (of_log_odds(0.3), [0.9, -0.2]);
        let next = regression(&reference, &reward, beta);
        assert!((beta * (next[0] - next[1] - 0.3) - 1.1).abs() < 1e-12);
        // Advantages are (1 − ρ)/√(ρ(1−ρ)) and −ρ/√(ρ(1−ρ)).
        let rho = sigmoid(odds);
        let deviation = (rho * (1.0 - rho)).sqrt();
        let law = standardised(&reference, &of_log_odds(odds), &[true, false], beta);
        assert!((law[0] - law[1] - 0.3 - 1.0 / (deviation * beta)).abs() < 1e-12);
    }
    let mut rng = stream(8);
    let ((law, logs), power) = (random_law(&mut rng, 4), 1.7);
    let total: f64 = law.iter().map(|p| p.powf(power)).sum();
    let powered: Vec<f64> = law.iter().map(|p| p.powf(power) / total).collect();
    let replay: Vec<f64> = powered.iter().map(|p| 0.7 * p + 0.3 / 4.0).collect();
    close(&replayed(&logs, power, 0.3), &replay, "replay");
    let batches: Vec<f64> = powered.iter().zip(&law).map(|(new, old)| old + (new - old) / 5.0).collect();
    close(&accumulated(&logs, power, 3), &batches, "accumulate");
    let rates: Vec<f64> = (0..4)
        .map(|y| (0..4).map(|z| law[z] * if z == y { 0.5 } else { f64::from(u8::from(law[z] < law[y])) }).sum())
        .collect();
    let tilt: Vec<f64> = law.iter().zip(&rates).map(|(p, rate)| p * (rate / 0.6f64).exp()).collect();
    let sum: f64 = tilt.iter().sum();
    close(&win_rate(&logs, 0.6), &tilt.iter().map(|mass| mass / sum).collect::<Vec<_>>(), "win rate");
    let marks = [false, true, true, false];
    let passed: Vec<f64> = law.iter().zip(marks).map(|(p, mark)| p * if mark { 0.3 } else { 0.4 }).collect();
    let sum: f64 = passed.iter().sum();
    let filter = filtered(&logs, &marks, 0.3, 0.4);
    close(&filter, &passed.iter().map(|mass| mass / sum).collect::<Vec<_>>(), "filter");
    let start = log_odds(&logs, &marks);
    assert!((log_odds(&filter, &marks) - verified(start, 0.3, 0.4, 1)).abs() < 1e-13);
    assert_eq!(log_odds(&filtered(&logs, &marks, 1.0, 0.0), &marks), f64::INFINITY);
    assert_eq!(filtered(&logs, &[false; 4], 1.0, 0.0), logs);
    let most = law.iter().copied().fold(0.0, f64::max);
    assert_eq!(selective(&logs, most - 1e-9, 1.0), logs);
    assert_eq!(selective(&logs, most + 1e-9, 1.0), regression(&logs, &logs, 1.0));
}

/// Oracle: the loops' own formulas at two responses, iterated until the start is left behind.
#[test]
fn the_slopes_in_the_end_are_those_of_the_iterated_loops() {
    let surprise = |odds: f64| if odds > 30.0 { odds } else { (1.0 + odds.exp()).ln() };
    let sigmoid = |x: f64| 1.0 / (1.0 + (-x).exp());
    for (beta, start, flip) in [(0.8f64, 1.2f64, 0.2f64), (2.0, 0.4, 0.05)] {
        let odds = |p: f64, q: f64| p.ln() - q.ln();
        let step = |name: &str, l: f64, t: usize| -> f64 {
            let (p, q) = (sigmoid(l), sigmoid(-l));
            match name {
                "self-rewarding" => l * (1.0 + 1.0 / beta),
                "sharpening-sft" => {
                    let surprise = 4.0 * surprise(l);
                    if surprise > 30.0 { surprise } else { (surprise.exp() - 1.0).ln() }
                }
                "majority-sft" => {
                    let v = |p: f64, q: f64| 10.0 * p.powi(3) * q * q + 5.0 * p.powi(4) * q + p.powi(5);
                    odds(v(p, q), v(q, p))
                }
                "frozen-reward" => l + start / beta,
                "verifier-filter" => l + 9f64.ln(),
                "majority-reward" => {
                    let v = |p: f64, q: f64| 10.0 * p.powi(3) * q * q + 5.0 * p.powi(4) * q + p.powi(5);
                    l + (v(p, q) - v(q, p)) / beta
                }
                "curation" => {
                    let choose = [1.0, 3.0, 3.0, 1.0];
                    let h = |own: f64, p: f64, q: f64, up: f64, down: f64| -> f64 {
                        let of = |k: i32| {
                            let others = f64::from(k) * up + f64::from(3 - k) * down;
                            choose[k as usize] * p.powi(k) * q.powi(3 - k) * 4.0 * own / (own + others)
                        };
                        (0..4).map(of).sum()
                    };
                    let e = 1f64.exp();
                    l + (h(e, p, q, e, 1.0) / h(1.0, p, q, e, 1.0)).ln()
                }
                "win-rate-ipo" => l + 0.5 / beta,
                "preference-dpo" => l + odds(flip * q + (1.0 - flip) * p, (1.0 - flip) * q + flip * p) / beta,
                other => panic!("{other} {t}"),
            }
        };
        for (name, rounds) in [
            ("self-rewarding", 60),
            ("sharpening-sft", 8),
            ("majority-sft", 1),
            ("frozen-reward", 200),
            ("verifier-filter", 60),
            ("majority-reward", 200),
            ("curation", 60),
            ("win-rate-ipo", 200),
            ("preference-dpo", 100),
        ] {
            let mut all = vec![start];
            let mut rounds: usize = rounds;
            (0..rounds).for_each(|t| all.push(step(name, all[t], t)));
            // Where the binomial has left its start behind, and is still a double.
            while name == "majority-sft" && all[rounds] < 60.0 {
                all.push(step(name, all[rounds], rounds));
                rounds += 1;
            }
            let (order, slope) = Loop { name, beta, start, flip }.order().unwrap();
            let straight = |l: f64| if order == Order::DoubleLog { surprise(l).ln() } else { surprise(l) };
            let found = straight(all[rounds]) - straight(all[rounds - 1]);
            let allowed = if name == "majority-sft" { 0.05 } else { 1e-6 };
            assert!((found - slope).abs() < allowed, "{name}, {beta}: {found} against {slope}");
        }
        // Along the circle the angle goes down by half of 1/β.
        let (mut now, slow) = (-2.0, 500.0);
        let angle = |l: f64| sigmoid(l).sqrt().acos();
        let first = angle(now);
        (0..400).for_each(|_| now += 2.0 / slow * (now / 2.0f64).cosh());
        let (order, slope) = Loop { name: "grpo-mirror", beta: slow, start: -2.0, flip: 0.0 }.order().unwrap();
        assert_eq!(order, Order::Angle);
        assert!(((angle(now) - first) / 400.0 / slope - 1.0).abs() < 0.01);
        assert_eq!(Loop { name: "replay", beta, start, flip }.order(), None);
    }
}
