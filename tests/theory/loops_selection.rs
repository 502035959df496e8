//! Curation and the gate of `papers::loops::theory` against sums over all sequences of draws.

use selfreward::papers::loops::theory::curation::least_mean;
use selfreward::papers::loops::theory::gate::{gated, odds_factors};

/// Every sequence of `length` indices below `count`.
fn sequences(count: usize, length: u32) -> impl Iterator<Item = Vec<usize>> {
    (0..count.pow(length)).map(move |number| (0..length).map(|i| number / count.pow(i) % count).collect())
}

/// Oracle: E[Σw²/Σw] over all sequences of K draws, w = e^r. Tight where rewards are all but equal.
#[test]
fn curation_gains_at_least_the_stated_part_of_the_variance() {
    for (law, rewards) in [([0.2, 0.5, 0.3], [0.0, 1.0, -0.7]), ([0.6, 0.1, 0.3], [0.001, 0.0, 0.002])] {
        let weight = |y: usize| f64::exp(rewards[y]);
        let mean: f64 = (0..3).map(|y| law[y] * weight(y)).sum();
        let variance: f64 = (0..3).map(|y| law[y] * (weight(y) - mean).powi(2)).sum();
        let most = (0..3).map(weight).fold(0.0, f64::max);
        for draws in 1..=6u32 {
            let kept: f64 = sequences(3, draws)
                .map(|drawn| {
                    let sum = |power: i32| drawn.iter().map(|&y| weight(y).powi(power)).sum::<f64>();
                    drawn.iter().map(|&y| law[y]).product::<f64>() * sum(2) / sum(1)
                })
                .sum();
            let least = least_mean(mean, variance, most, f64::from(draws)).unwrap();
            assert!(kept >= least - 1e-15, "{draws}: {kept} {least}");
            if most - 1.0 < 0.01 {
                assert!((kept - mean) <= 1.01 * (least - mean) + 1e-15, "{draws}: {} {}", kept - mean, least - mean);
            }
        }
    }
}

/// Oracle: all sequences of R draws, of which the first accepted one is kept, or the last.
#[test]
fn a_gate_keeps_what_walking_through_all_draws_keeps() {
    let law = [0.1, 0.35, 0.25, 0.3];
    for marks in [[false, true, false, true], [false; 4], [true; 4], [true, false, false, false]] {
        for tries in 1..=6u32 {
            let (mut kept, mut mean) = ([0.0; 4], 0.0);
            for drawn in sequences(4, tries) {
                let weight: f64 = drawn.iter().map(|&y| law[y]).product();
                let k = drawn.iter().position(|&y| marks[y]).unwrap_or(tries as usize - 1);
                kept[drawn[k]] += weight;
                mean += weight * (k + 1) as f64;
            }
            let gated = gated(&law, &marks, tries).unwrap();
            assert!((gated.mean_tries - mean).abs() < 1e-12, "{marks:?} {tries}");
            assert!(gated.law.iter().zip(kept).all(|(a, b)| (a - b).abs() < 1e-13), "{marks:?} {tries}");
        }
    }
    assert!(gated(&law, &[true; 4], 0).is_err() && odds_factors(1.5, 0.1).is_err());
}
