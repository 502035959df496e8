//! Labels (L1, L3, L4, L2, L17) and mixtures of prompts (L7): closed forms against minimisation, enumeration, samples and finite differences.

use rand::{Rng, RngExt};
use rand_distr::{Distribution, StandardNormal};
use selfreward::papers::loops::theory::labels::{
    fair_judge_odds, flip_step, flipped_label, flipped_odds, hard_label, hard_win_rate_odds, judge_trace, label_floor,
    temperature_factor, win_rate_logits,
};
use selfreward::papers::loops::theory::mixture::{
    Growth, Mixture, between_votes, gaps_let_it_fall, grown, rise_then_fall,
};
use selfreward::papers::loops::theory::votes::majority_reward;
use selfreward::process::Labels;
use selfreward::seed::{Purpose, Seed};

fn stream(number: u64) -> impl Rng {
    Seed::from_number(number).rng(Purpose::Laws, 0, 0)
}

fn sigma(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// The least of a convex function of one number, by ternary search.
fn least(f: impl Fn(f64) -> f64) -> f64 {
    let (mut low, mut high) = (-200.0, 200.0);
    for _ in 0..400 {
        let (a, b) = (low + (high - low) / 3.0, high - (high - low) / 3.0);
        if f(a) < f(b) { high = b } else { low = a }
    }
    0.5 * (low + high)
}

/// Oracle: the expected logistic loss of the log-odds that a fit adds, at K = 2, minimised by ternary search.
#[test]
fn flipped_labels_move_log_odds_to_where_the_expected_loss_is_least() {
    for odds in [-3.0, -0.4, 0.0, 0.1, 1.0, 4.0] {
        for (beta, temperature) in [(0.25, 1.0), (1.0, 0.5), (4.0, 2.0)] {
            for flip in [0.0, 0.05, 0.15, 0.3, 0.49] {
                let win = flip + (1.0 - 2.0 * flip) * sigma(odds / temperature);
                let loss = |v: f64| win * (-v).exp().ln_1p() + (1.0 - win) * v.exp().ln_1p();
                let expected = odds + least(loss) / beta;
                let found = flipped_odds(odds, beta, temperature, flip).unwrap();
                assert!(
                    (found - expected).abs() < 1e-5 / beta,
                    "{odds} {beta} {temperature} {flip}: {found} {expected}"
                );
                if flip == 0.0 {
                    let factor = temperature_factor(beta, temperature).unwrap();
                    assert!((found - factor * odds).abs() < 1e-12 * (1.0 + found.abs()));
                } else {
                    assert!((found - odds).abs() <= flip_step(beta, flip).unwrap() * (1.0 + 1e-12));
                }
            }
        }
    }
    // Far out the step is the largest one, and nothing overflows.
    assert!((flipped_odds(1e6, 1.0, 1.0, 0.1).unwrap() - 1e6 - 9f64.ln()).abs() < 1e-9);
    assert!(flipped_odds(1.0, 1.0, 1.0, 0.5).is_err() && flipped_odds(f64::NAN, 1.0, 1.0, 0.1).is_err());
}

/// Oracle: least squares over all pairs of two responses from ν by coordinate descent on the logits, each pair's target P(y ≻ y') − ½.
#[test]
fn win_rates_solve_the_regression_on_labels() {
    let mut rng = stream(2);
    for _ in 0..20 {
        let responses = rng.random_range(2..=5usize);
        let numbers = |rng: &mut dyn Rng| -> Vec<f64> { (0..responses).map(|_| StandardNormal.sample(rng)).collect() };
        let (reference, reward, raw) = (numbers(&mut rng), numbers(&mut rng), numbers(&mut rng));
        let total: f64 = raw.iter().map(|value| value.exp()).sum();
        let law: Vec<f64> = raw.iter().map(|value| value.exp() / total).collect();
        let beta = rng.random_range(0.3..3.0);
        let flip = rng.random_range(0.0..0.3);
        let prefers = |y: usize, z: usize| flip + (1.0 - 2.0 * flip) * sigma(reward[y] - reward[z]);
        let found = win_rate_logits(&reference, &law, beta, prefers).unwrap();
        let mut logits = reference.clone();
        for _ in 0..4000 {
            for y in 0..responses {
                // Of the pairs with y: β(Δlog π − Δlog ρ) is to be P − ½, weighed by ν(y').
                let others = (0..responses).filter(|&z| z != y);
                let (mut sum, mut mass) = (0.0, 0.0);
                for z in others {
                    sum += law[z] * (logits[z] - reference[z] + (prefers(y, z) - 0.5) / beta);
                    mass += law[z];
                }
                logits[y] = reference[y] + sum / mass;
            }
        }
        for y in 1..responses {
            let [a, b] = [&found, &logits].map(|logits| logits[y] - logits[0]);
            assert!((a - b).abs() < 1e-9, "{a} {b}");
        }
    }
    assert_eq!(hard_win_rate_odds(-2.0, 0.25).unwrap(), -4.0);
    assert_eq!(hard_win_rate_odds(0.0, 0.25).unwrap(), 0.0);
    assert!(win_rate_logits(&[0.0], &[0.5, 0.5], 1.0, |_, _| 0.5).is_err());
}

/// Oracle: means over draws of a judge whose two responses have a noise of their own each, by least squares in an orthonormal basis.
#[test]
fn a_judges_noise_of_a_response_counts_twice() {
    let mut rng = stream(3);
    let (deviation, rank, n) = (0.3, 3usize, 400);
    let (mut losses, runs) = (Vec::new(), 2000);
    for _ in 0..runs {
        // Pairs along each of r orthogonal directions of unit length, n/r of each: G = I/r.
        let mut loss = 0.0;
        for _ in 0..rank {
            let each = n / rank;
            let noise: f64 = (0..each)
                .map(|_| {
                    let [one, other]: [f64; 2] = std::array::from_fn(|_| StandardNormal.sample(&mut rng));
                    deviation * (one - other)
                })
                .sum::<f64>();
            loss += (noise / each as f64).powi(2) / rank as f64;
        }
        losses.push((n / rank * rank) as f64 * loss);
    }
    let mean = losses.iter().sum::<f64>() / runs as f64;
    let expected = judge_trace(deviation, rank as f64).unwrap();
    let error = expected * (2.0 / (rank * runs) as f64).sqrt();
    assert!((mean - expected).abs() < 6.0 * error, "{mean} {expected}");
    assert_eq!(label_floor(3.0).unwrap(), 12.0);
    assert_eq!(fair_judge_odds(3.0, 0.5).unwrap(), 9.0);
    assert!(judge_trace(-1.0, 2.0).is_err() && label_floor(-1.0).is_err());
}

/// Oracles: a fine grid of s or u for rises, ends and tops; central differences for the sign of the derivative; J near its limit in logarithms.
#[test]
fn mixtures_rise_fall_and_turn_where_a_grid_says() {
    let mut rng = stream(4);
    let (mut turned, mut fell) = (0, 0);
    for _ in 0..300 {
        let mixture =
            Mixture::new(rng.random_range(0.05..0.95), rng.random_range(0.05..3.0), rng.random_range(0.05..3.0))
                .unwrap();
        for growth in [Growth::Multiplied, Growth::Added] {
            let start = if growth == Growth::Multiplied { 1.0 } else { 0.0 };
            let j = |amount: f64| mixture.accuracy(growth, amount);
            let h = 1e-4;
            let slope = (j(start + h) - j(start - h)) / (2.0 * h);
            if slope.abs() > 1e-6 {
                assert_eq!(mixture.rises_at_first(growth), slope > 0.0, "{mixture:?} {growth:?} {slope}");
            }
            // J − w = (1−w)σ(−b) − wσ(−a) at the grown gaps: above 0 in the end where it falls, in logarithms.
            let far = if growth == Growth::Multiplied { 50.0 / mixture.right_gap.min(mixture.wrong_gap) } else { 40.0 };
            let (a, b) = match growth {
                Growth::Multiplied => (far * mixture.right_gap, far * mixture.wrong_gap),
                Growth::Added => (mixture.right_gap + far, mixture.wrong_gap + far),
            };
            let above = ((1.0 - mixture.right).ln() - b) - (mixture.right.ln() - a);
            if above.abs() > 4.0 * 1f64.exp().max((mixture.right / (1.0 - mixture.right)).ln().abs())
                || growth == Growth::Added
            {
                assert_eq!(mixture.falls_in_the_end(growth), above > 0.0, "{mixture:?} {growth:?}");
            }
            if let Some(peak) = mixture.peak(growth) {
                turned += 1;
                let top = j(peak);
                for step in 1..400 {
                    let other = start + (peak - start) * 2.0 * f64::from(step) / 400.0;
                    assert!(j(other) <= top + 1e-12, "{mixture:?} {growth:?}: {other} beats {peak}");
                }
            } else if mixture.falls_in_the_end(growth) {
                fell += 1;
                // It falls from the start on.
                assert!((0..200).all(|step| {
                    let amount = start + 0.05 * f64::from(step);
                    j(amount + 0.05) <= j(amount) + 1e-12
                }));
            }
        }
    }
    assert!(turned > 50 && fell > 20, "{turned} {fell}");
}

/// Oracle: the numbers of the largest of J_0, …, J_T, and of the formula written out.
#[test]
fn the_bound_tells_the_round_of_the_top() {
    for (w, a, b) in [(0.8, 2.0, 0.1), (0.4, 2.0, 0.5), (0.8, 0.5, 2.0), (0.6, 1.0, 0.3)] {
        for beta in [0.7, 1.0, 3.0, 10.0] {
            let bound = rise_then_fall(&Mixture::new(w, a, b).unwrap(), beta, 400).unwrap();
            let list = |name: &str| bound.lists().iter().find(|(known, _)| *known == name).unwrap().1.clone();
            for (name, round, growth) in [
                ("accuracies", "peak_round", Growth::Multiplied),
                ("accuracies_of_infinitely_many_votes", "vote_peak_round", Growth::Added),
            ] {
                let all = list(name);
                for (t, j) in all.iter().enumerate() {
                    let amount = grown(growth, beta, t as f64);
                    let expected = match growth {
                        Growth::Multiplied => w * sigma(amount * a) + (1.0 - w) * (1.0 - sigma(amount * b)),
                        Growth::Added => w * sigma(a + amount) + (1.0 - w) * (1.0 - sigma(b + amount)),
                    };
                    assert!((j - expected).abs() < 1e-12);
                }
                let largest = (0..all.len()).fold(0, |best, t| if all[t] > all[best] + 1e-15 { t } else { best });
                if let Some(told) = bound.intermediate(round) {
                    assert_eq!(told, largest as f64, "{w} {a} {b} {beta} {name}");
                }
            }
            assert_eq!(bound.value(), list("accuracies")[400]);
        }
    }
    assert!(rise_then_fall(&Mixture { right: 1.0, right_gap: 1.0, wrong_gap: 1.0 }, 1.0, 3).is_err());
    assert!(rise_then_fall(&Mixture { right: 0.5, right_gap: 1.0, wrong_gap: 1.0 }, 1.0, 20_000).is_err());
}

/// Oracle: J at a large scale beside its limit, of prompts with gaps of their own.
#[test]
fn the_least_gap_decides_the_end() {
    let mut rng = stream(5);
    let mut fell = 0;
    for _ in 0..200 {
        let gaps = |rng: &mut dyn Rng| -> Vec<(f64, f64)> {
            (0..4).map(|_| (rng.random_range(0.2..2.0), rng.random_range(0.01..0.2))).collect()
        };
        let (right, wrong) = (gaps(&mut rng), gaps(&mut rng));
        let beside = |s: f64| -> f64 {
            let sum = |list: &[(f64, f64)]| list.iter().map(|(gap, p)| p * sigma(-s * gap)).sum::<f64>();
            sum(&wrong) - sum(&right)
        };
        // At s = 1000 gaps that differ by 1/100 are e¹⁰ apart.
        let mut all: Vec<f64> = right.iter().chain(&wrong).map(|(gap, _)| *gap).collect();
        all.sort_by(f64::total_cmp);
        if all[1] - all[0] > 0.01 && all[0] < 0.7 {
            let falls = gaps_let_it_fall(&right, &wrong).unwrap();
            assert_eq!(falls, beside(1000.0) > 0.0, "{right:?} {wrong:?}");
            fell += usize::from(falls);
        }
    }
    assert!(fell > 20, "{fell}");
    assert_eq!(gaps_let_it_fall(&[], &[]), None);
}

/// Oracles: σ by tanh, flips counted by cases, and the law that the fit draws labels from.
#[test]
fn a_flipped_label_is_won_as_often_as_cases_say() {
    let mut rng = stream(6);
    for _ in 0..500 {
        let (difference, temperature): (f64, f64) = (rng.random_range(-6.0..6.0), rng.random_range(0.2..5.0));
        let flip = rng.random_range(0.0..0.5);
        let clean = 0.5 + 0.5 * (0.5 * difference / temperature).tanh();
        let cases = (1.0 - flip) * clean + flip * (1.0 - clean);
        let found = flipped_label(difference, temperature, flip);
        assert!((found - cases).abs() < 1e-14, "{found} {cases}");
        assert!((Labels::Smooth { temperature, flip }.prefers(difference) - found).abs() < 1e-14);
    }
    for difference in [-2.0, 0.0, 1e-300] {
        assert_eq!(Labels::Hard.prefers(difference), hard_label(difference));
    }
    assert_eq!([-1.0, 0.0, 1.0].map(hard_label), [0.0, 0.5, 1.0]);
}

/// Oracle: gaps of a vote of N round by round, the vote's law summed over all outcomes. A bound that is of use is near for many voters.
#[test]
fn votes_of_many_lie_where_hoeffding_says() {
    for (w, a, b) in [(0.8, 2.0, 0.1), (0.8, 2.0, 1.5), (0.2, 0.5, 1.0), (0.4, 1.0, 1.0)] {
        for (votes, width) in [(5.0, 1.0), (101.0, 0.9), (1999.0, 0.05)] {
            for beta in [0.5, 1.0, 4.0] {
                let bounds = between_votes(&Mixture::new(w, a, b).unwrap(), votes, beta, 10).unwrap();
                let (mut right, mut wrong) = (a, b);
                for (t, (least, most)) in bounds.into_iter().enumerate() {
                    let j = w * sigma(right) + (1.0 - w) * sigma(-wrong);
                    assert!(
                        least <= j + 1e-12 && j <= most + 1e-12,
                        "{w} {a} {b} {votes} {beta} {t}: {least} {j} {most}"
                    );
                    assert!(most - least < width, "{w} {a} {b} {votes} {beta} {t}: {least} {most}");
                    [right, wrong] = [right, wrong].map(|gap| majority_reward(gap, votes, beta).unwrap());
                }
            }
        }
    }
    assert!(between_votes(&Mixture::new(0.5, 1.0, 1.0).unwrap(), 0.5, 1.0, 1).is_err());
}

/// Oracle: limits. 1/β that is infinite leaves the start as it is and makes all sure in a round; a top beyond all rounds is the top.
#[test]
fn growth_and_tops_are_numbers_for_every_beta() {
    for beta in [5e-324, 1e-320, 1e-308, 1e-300, 1e-3, 1e10, 1e200, 1e308] {
        assert_eq!(grown(Growth::Multiplied, beta, 0.0), 1.0);
        assert_eq!(grown(Growth::Added, beta, 0.0), 0.0);
        assert!(grown(Growth::Multiplied, beta, 1.0) >= 1.0 && grown(Growth::Added, beta, 1.0) > 0.0);
        let bound = rise_then_fall(&Mixture::new(0.8, 2.0, 0.1).unwrap(), beta, 3).unwrap();
        let lists = bound.lists().iter().flat_map(|(_, list)| list.clone());
        assert!(lists.chain([bound.value()]).all(|j| (0.79..0.89).contains(&j)), "{beta}");
        for name in ["start", "peak_accuracy", "vote_peak_accuracy"] {
            assert!((0.79..0.89).contains(&bound.intermediate(name).unwrap()), "{beta} {name}");
        }
    }
    // (1 + 1/β)^t in the ordinary range.
    assert!((grown(Growth::Multiplied, 0.25, 3.0) - 125.0).abs() < 1e-10);
    assert!((grown(Growth::Multiplied, 4.0, 2.0) - 1.5625).abs() < 1e-14);
}
