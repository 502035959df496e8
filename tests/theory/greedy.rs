//! Proposition 4.3 by exact enumeration of token trees.

use crate::support::assert_refuses;
use proptest::prelude::*;
use selfreward::theory::greedy::{greedy_must_succeed, greedy_trap, majority_scale, overtaking_scale};

/// A token-level policy over V^L, as the conditional law of the next token given a prefix.
struct Tree<'a> {
    vocabulary: usize,
    length: usize,
    next: &'a dyn Fn(&[usize]) -> Vec<f64>,
}

impl Tree<'_> {
    /// Every sequence with its probability, by enumeration.
    fn sequences(&self) -> Vec<(Vec<usize>, f64)> {
        let mut all = vec![(Vec::new(), 1.0)];
        for _ in 0..self.length {
            all = all
                .into_iter()
                .flat_map(|(prefix, probability)| {
                    let law = (self.next)(&prefix);
                    (0..self.vocabulary).map(move |token| {
                        let longer: Vec<usize> = prefix.iter().copied().chain([token]).collect();
                        (longer, probability * law[token])
                    })
                })
                .collect();
        }
        all
    }

    fn greedy(&self) -> Vec<usize> {
        let mut prefix = Vec::new();
        for _ in 0..self.length {
            let law = (self.next)(&prefix);
            let best = (0..self.vocabulary).fold(0, |best, token| if law[token] > law[best] { token } else { best });
            prefix.push(best);
        }
        prefix
    }
}

/// The policy of the proposition: token 0 starts (and continues) y*, token 1 is the trap.
fn trap(p: f64, eta: f64, vocabulary: usize) -> impl Fn(&[usize]) -> Vec<f64> {
    move |prefix| {
        let mut law = vec![1.0 / vocabulary as f64; vocabulary];
        if prefix.is_empty() {
            let rest = if vocabulary > 2 { (1.0 - 2.0 * p - eta) / (vocabulary - 2) as f64 } else { 0.0 };
            law = vec![rest; vocabulary];
            (law[0], law[1]) = (p, p + eta);
        } else if prefix.iter().all(|token| *token == 0) {
            law = vec![0.0; vocabulary];
            law[0] = 1.0;
        }
        law
    }
}

proptest! {
    #![proptest_config(ProptestConfig { rng_seed: prop::test_runner::RngSeed::Fixed(3), failure_persistence: None, ..Default::default() })]

    /// The bound's verdict and value agree with the enumerated policy: the largest rival's probability, and whether y* is
    /// the unique optimum that greedy decoding misses.
    #[test]
    fn trap_agrees_with_enumeration(p in 0.02f64..0.49, share in 0.01f64..1.0, vocabulary in 3usize..7, length in 1usize..5) {
        let eta = share * (1.0 - 2.0 * p);
        let bound = greedy_trap(p, eta, vocabulary as f64, length as f64).unwrap();
        let next = trap(p, eta, vocabulary);
        let tree = Tree { vocabulary, length, next: &next };
        let sequences = tree.sequences();
        let total: f64 = sequences.iter().map(|(_, probability)| probability).sum();
        prop_assert!((total - 1.0).abs() < 1e-12);
        let optimum = vec![0; length];
        let rival = sequences.iter().filter(|(s, _)| *s != optimum).map(|(_, q)| *q).fold(0.0, f64::max);
        prop_assert!((bound.value() - rival).abs() < 1e-12);
        let trapped = rival < p && tree.greedy()[0] == 1;
        prop_assert_eq!(!bound.vacuous(), trapped);
    }

    /// Above 1/2 greedy decoding finds the optimum of every policy. Oracle: enumeration of random token trees whose
    /// optimum is pushed above 1/2.
    #[test]
    fn greedy_succeeds_above_one_half(
        weights in prop::collection::vec(0.001f64..1.0, 200), vocabulary in 2usize..5, length in 1usize..4, push in 0.0f64..40.0,
    ) {
        let target: Vec<usize> = (0..length).map(|step| (step * 7 + vocabulary) % vocabulary).collect();
        let next = |prefix: &[usize]| {
            let code = prefix.iter().fold(1, |code, token| code * vocabulary + token);
            let mut law: Vec<f64> = (0..vocabulary).map(|token| weights[(code * vocabulary + token) % 200]).collect();
            if target.starts_with(prefix) {
                law[target[prefix.len()]] += push;
            }
            let total: f64 = law.iter().sum();
            law.iter().map(|weight| weight / total).collect()
        };
        let tree = Tree { vocabulary, length, next: &next };
        let (best, probability) = tree.sequences().into_iter().max_by(|a, b| a.1.total_cmp(&b.1)).unwrap();
        if greedy_must_succeed(probability.min(1.0)).unwrap() {
            prop_assert_eq!(tree.greedy(), best);
        }
    }
}

#[test]
fn traps_exist_just_below_one_half_and_not_at_it() {
    assert!(!greedy_trap(0.499, 0.001, 3.0, 2.0).unwrap().vacuous());
    assert!(greedy_trap(0.5, 1e-9, 3.0, 2.0).unwrap().vacuous());
    assert!(!greedy_must_succeed(0.5).unwrap() && greedy_must_succeed(0.500_000_1).unwrap());
    // One token: the trap is itself the better sequence. Two tokens of a vocabulary: no room for remaining mass.
    assert!(greedy_trap(0.3, 0.1, 9.0, 1.0).unwrap().vacuous());
    assert!(greedy_trap(0.3, 0.1, 2.0, 3.0).unwrap().vacuous());
    assert!(!greedy_trap(0.25, 0.5, 2.0, 3.0).unwrap().vacuous());
    assert_refuses(greedy_trap(1.0, 0.1, 3.0, 2.0), "probability");
    assert_refuses(greedy_trap(0.3, 0.0, 3.0, 2.0), "gap");
    assert_refuses(greedy_must_succeed(0.0), "probability");
}

/// Oracle: powers of the sequences' probabilities, summed and compared, on both sides of the scale.
#[test]
fn scales_of_recovery_and_of_majority_separate_misses_from_finds() {
    for (p, trap, m, others) in [(0.4, 0.5, 2, 4), (0.2, 0.3, 2, 5), (0.1, 0.35, 5, 7)] {
        let rest = (1.0 - p - trap) / others as f64;
        let recovery = overtaking_scale(p, trap, m as f64).unwrap();
        let finds = |s: f64| f64::powf(p, s) > m as f64 * f64::powf(trap / m as f64, s);
        assert!(!finds(recovery * (1.0 - 1e-9)) && finds(recovery * (1.0 + 1e-9)));
        let sequences: Vec<f64> =
            std::iter::repeat_n(trap / m as f64, m).chain(std::iter::repeat_n(rest, others)).collect();
        let share = |s: f64| p.powf(s) / (p.powf(s) + sequences.iter().map(|q| q.powf(s)).sum::<f64>());
        let gaps: Vec<f64> = sequences.iter().map(|q| (p / q).ln()).collect();
        let majority = majority_scale(&gaps).unwrap();
        assert!(share(majority * (1.0 - 1e-9)) < 0.5 && share(majority * (1.0 + 1e-9)) > 0.5);
        assert!(recovery < majority, "sufficient, not necessary");
    }
    // Closed form: k equal rivals.
    assert!((majority_scale(&[0.3; 8]).unwrap() - 8f64.ln() / 0.3).abs() < 1e-13);
    assert_eq!(majority_scale(&[0.3]).unwrap(), 0.0);
    assert_eq!(overtaking_scale(0.3, 0.2, 1.0).unwrap(), 0.0);
    assert_refuses(overtaking_scale(0.3, 0.6, 2.0), "mass");
    assert_refuses(majority_scale(&[]), "gaps");
    assert_refuses(majority_scale(&[0.1, 0.0]), "gaps");
}
