//! The law of curation.

use crate::laws_common::*;
use selfreward::process::law::curation;
use selfreward::process::law::curation::{Method, curation_by};

/// Which draw of each sequence is kept, by the definition.
fn brute_curation(law: &[f64], rewards: &[f64], k: usize) -> Vec<f64> {
    let mut kept = vec![0.0; law.len()];
    sequences(law, k, |sequence, weight| {
        let total: f64 = sequence.iter().map(|&y| rewards[y].exp()).sum();
        sequence.iter().for_each(|&y| kept[y] += weight * rewards[y].exp() / total);
    });
    kept
}

fn rewards() -> Vec<Vec<f64>> {
    vec![
        vec![0.0],
        vec![0.0, 1.0],
        vec![3.0, -5.0],
        vec![1.0, 0.0, 0.0],
        vec![-2.0, 0.5, 4.0],
        vec![0.0, 1.0, 2.0, 0.0],
        vec![-30.0, 0.25, 7.0, 7.0],
    ]
}

fn table_of(rewards: &[f64]) -> selfreward::logits::LogitTable {
    let mut table = selfreward::logits::LogitTable::default();
    table.push_dense(rewards);
    table
}

/// Oracle: all sequences of draws; both methods.
#[test]
fn curation_is_the_law_of_all_sequences() {
    for law in small_laws() {
        for reward in rewards().into_iter().filter(|reward| reward.len() == law.len()) {
            let (candidates, reward_table) = (written(&law), table_of(&reward));
            for k in 1..=5 {
                let expected = brute_curation(&law, &reward, k);
                for method in [Method::Auto, Method::Enumeration, Method::Integral] {
                    let found = curation_by(method, at(&candidates), reward_table.row(0), k as u64).unwrap();
                    let label = format!("{law:?} rewarded {reward:?}, k = {k}, {method:?}");
                    assert_close(&probabilities(&found), &expected, 3e-13, &label);
                }
            }
        }
    }
}

/// The two methods against each other, beyond what sequences reach: many distinct rewards, many draws, tails far below
/// a double's range.
#[test]
fn the_integral_is_the_enumeration() {
    let many: Vec<f64> = (1..=8).map(|y| f64::from(y) / 36.0).collect();
    let spread: Vec<f64> = (0..8).map(|y| f64::from(y * y) / 5.0 - 3.0).collect();
    let far = [-900.0, 40.0, 300.0, -20.0, 0.0];
    let steep = lumped(&[(0, 0.0), (1, -800.0), (2, -500.0), (3, -1.0), (4, -40.0)], 0.0, 0);
    let cases = [
        (written(&many), table_of(&spread), vec![2, 5, 12]),
        (steep, table_of(&far), vec![2, 3, 17, 40]),
        (written(&[0.5, 0.5]), table_of(&[0.0, 1.0]), vec![2, 64, 1000]),
        (written(&[1e-9, 1.0 - 1e-9]), table_of(&[5.0, 0.0]), vec![2, 64, 1000]),
    ];
    for (candidates, reward, draws) in &cases {
        for &k in draws {
            let found = curation_by(Method::Integral, at(candidates), reward.row(0), k).unwrap();
            let expected = curation_by(Method::Enumeration, at(candidates), reward.row(0), k).unwrap();
            assert_same_logs(&found, &expected, 1e-12, &format!("k = {k}"));
        }
    }
}

/// k = 1 changes nothing, nor do equal rewards; as k grows the law tends to ∝ ν e^r. Oracle for the limit: that law,
/// from which it is O(1/k) away. With two draws the log-odds of two responses are closed.
#[test]
fn curation_has_its_limits() {
    let (candidates, reward) = (written(&[0.2, 0.5, 0.3]), table_of(&[1.0, 0.0, -1.0]));
    let plain = curation(at(&candidates), reward.row(0), 1).unwrap();
    assert_close(&probabilities(&plain), &[0.2, 0.5, 0.3], 1e-14, "one draw");
    let equal = table_of(&[2.5; 3]);
    let same = curation(at(&candidates), equal.row(0), 7).unwrap();
    assert_close(&probabilities(&same), &[0.2, 0.5, 0.3], 1e-14, "equal rewards");
    let tilted: Vec<f64> = [0.2, 0.5, 0.3].iter().zip([1.0f64, 0.0, -1.0]).map(|(p, r)| p * r.exp()).collect();
    let total: f64 = tilted.iter().sum();
    let limit: Vec<f64> = tilted.iter().map(|p| p / total).collect();
    let away = |k: u64| {
        let found = probabilities(&curation(at(&candidates), reward.row(0), k).unwrap());
        (0..3).map(|y| found[y] / limit[y] - 1.0).collect::<Vec<_>>()
    };
    let (thousand, million) = (away(1_000), away(1_000_000));
    for y in 0..3 {
        assert!(
            thousand[y].abs() < 3e-3 && (thousand[y] / million[y] - 1000.0).abs() < 10.0,
            "{thousand:?} {million:?}"
        );
    }
    assert!(away(1_000_000_000).iter().all(|away| away.abs() < 3e-9), "{:?}", away(1_000_000_000));
    let (p, r) = (0.3f64, 1.7f64);
    let two = curation(at(&written(&[p, 1.0 - p])), table_of(&[r, 0.0]).row(0), 2).unwrap();
    let expected = p * p + 2.0 * p * (1.0 - p) / (1.0 + (-r).exp());
    assert!((two.log_prob(0).exp() / expected - 1.0).abs() < 1e-14);
}

/// Oracle: the rows written out; the rest of a million counts as one.
#[test]
fn lumped_rows_are_curated_like_written_out_ones() {
    let candidates = lumped(&[(1, 1.0), (4, -2.0)], 0.25, 5);
    let reward = lumped(&[(0, 0.5), (4, 3.0), (6, -1.0)], -0.75, 4);
    let (out, reward_out) = (unlumped(&candidates), unlumped(&reward));
    for k in [2, 3, 6, 40] {
        let found = curation(at(&candidates), reward.row(0), k).unwrap();
        assert_same_logs(&found, &curation(at(&out), reward_out.row(0), k).unwrap(), 1e-13, &format!("{k}"));
    }
    let million = lumped(&[(3, 2.0)], 0.0, 1_000_000);
    let reward = lumped(&[(3, 1.0)], 0.0, 1_000_000);
    let found = curation(at(&million), reward.row(0), 2).unwrap();
    let p = at(&million).log_prob(3).exp();
    let expected = p * p + 2.0 * p * (1.0 - p) / (1.0 + (-1f64).exp());
    assert!((found.log_prob(3) - expected.ln()).abs() < 1e-13);
}

#[test]
fn dead_responses_need_no_reward_and_others_do() {
    let candidates = written(&[0.5, 0.0, 0.5]);
    let found = curation(at(&candidates), table_of(&[1.0, f64::NEG_INFINITY, 0.0]).row(0), 3).unwrap();
    assert_eq!(found.log_prob(1), f64::NEG_INFINITY);
    let error =
        |rewards: &[f64], k: u64| curation(at(&candidates), table_of(rewards).row(0), k).unwrap_err().to_string();
    assert!(error(&[1.0, 0.0, f64::NEG_INFINITY], 3).starts_with("reward = -inf: expected a finite number"));
    assert_eq!(error(&[1.0, 0.0, 0.0], 0), "best_of = 0: expected a whole number, at least 1");
    assert!(error(&[1e6, 0.0, 0.0], 3000).contains("points of the integral, for rewards from 0 to 1000000"));
    let many: Vec<f64> = (0..30).map(f64::from).collect();
    let flat = lumped(&[], 0.0, 30);
    let refused = curation_by(Method::Enumeration, at(&flat), table_of(&many).row(0), 20).unwrap_err().to_string();
    assert!(refused.contains("count vectors of 20 draws, the limit is 1e7"), "{refused}");
}
