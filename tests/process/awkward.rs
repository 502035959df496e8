//! What the generators of awkward instances promise, in numbers: the span, the ties, the decades; where a greedy trap is one.
//!
//! Oracle: the documentation of each generator, its numbers written out here.

use crate::common::*;
use selfreward::instance::Tokens;
use selfreward::instance::greedy_trap::GreedyTrap;
use selfreward::instance::random::{Character, Random};
use selfreward::instance::{Instance, autoregressive};
use selfreward::seed::Seed;

fn random(character: Character, seed: u64) -> Instance {
    Random { prompts: 5, responses: 4, dim: 6, character }.draw(&Seed::from_number(seed)).unwrap()
}

/// The two largest logits of each prompt that has two.
fn best_two(instance: &Instance) -> Vec<(f64, f64)> {
    let policy = policy(instance, instance.base());
    let sorted = |x: usize| {
        let mut logits = row(&policy, x);
        logits.sort_by(|a, b| b.total_cmp(a));
        logits
    };
    (0..instance.prompts()).map(sorted).filter(|logits| logits.len() > 1).map(|logits| (logits[0], logits[1])).collect()
}

#[test]
fn sharp_instances_span_700_nats() {
    for seed in 0..20 {
        let instance = random(Character::Sharp, seed);
        let policy = policy(&instance, instance.base());
        let span = |x: usize| {
            let logits = row(&policy, x);
            let (low, high) = logits.iter().fold((logits[0], logits[0]), |(l, h), v| (l.min(*v), h.max(*v)));
            high - low
        };
        let widest = (0..instance.prompts()).map(span).fold(0.0, f64::max);
        assert!((widest / 700.0 - 1.0).abs() < 1e-12, "{seed}: {widest}");
    }
}

#[test]
fn near_ties_differ_by_a_billionth() {
    for seed in 0..20 {
        let instance = random(Character::NearTie, seed);
        let near = |(first, second): (f64, f64)| ((first - second) / first.abs() / 1e-9 - 1.0).abs() < 1e-3;
        assert!(best_two(&instance).into_iter().any(near), "{seed}: {:?}", best_two(&instance));
    }
}

#[test]
fn weights_spread_over_twelve_decades() {
    for seed in 0..20 {
        let instance = random(Character::Weights, seed);
        let (least, most) =
            instance.weights().iter().fold((f64::INFINITY, 0.0), |(l, m): (f64, f64), p| (l.min(*p), m.max(*p)));
        assert!((most / least / 1e12 - 1.0).abs() < 1e-12, "{seed}: {}", most / least);
    }
}

fn trap(vocab: u32, length: u32, p: f64, eta: f64) -> selfreward::Result<GreedyTrap> {
    GreedyTrap::new(Tokens::new(vocab, length).unwrap(), p, eta)
}

/// "p in [1e-9, 1/2), η ≥ 1e-9".
#[test]
fn traps_are_resolved_to_a_billionth() {
    assert!(trap(4, 3, 0.4, 1.4e-9).is_ok());
    assert!(trap(4, 3, 0.4, 0.7e-9).is_err());
    // 0.4/1.6e-9 = 2.5·10^8 continuations of the trap are needed, and 4^14 = 2.7·10^8 are there.
    assert!(trap(4, 15, 1.6e-9, 0.4).is_ok());
    assert!(trap(4, 15, 0.8e-9, 0.4).is_err());
    assert!(trap(4, 3, 0.5, 0.1).is_err() && trap(4, 3, 0.499, 1e-3).is_ok());
}

/// A first token of probability q has ⌊q/p⌋ + 1 continuations, each below p; q/p within 1e-9 of a whole number counts as that number.
#[test]
fn continuations_stay_below_the_optimum_by_a_billionth() {
    // The trap takes all that y* leaves, so there is no other token: 1 + the trap's continuations are above the floor.
    let atoms = |ratio: f64| {
        let p = 1.0 / (1.0 + ratio);
        trap(3, 4, p, 1.0 - 2.0 * p).unwrap().atoms()
    };
    assert_eq!([2.5, 3.0 - 1.6e-9, 3.0 - 0.6e-9, 3.0, 3.1].map(atoms), [4, 4, 5, 5, 5]);
}

/// A rest of probability 4·2^-52 beside y* and trap is none; a larger one is shared by the other tokens, a smaller one below zero is
/// rounding.
#[test]
fn the_rest_beside_a_trap_is_nothing_up_to_rounding() {
    let at = |rest: f64| trap(4, 3, 0.25, 0.5 - rest * f64::EPSILON);
    // p = 1/4 and the trap's 3/4 need 1 and 4 atoms; two other tokens one more each.
    let atoms = |rest: f64| at(rest).map(|law| law.atoms()).ok();
    assert_eq!([7.0, 3.0, 0.0, -3.0, -7.0].map(atoms), [Some(7), Some(5), Some(5), Some(5), None]);
}

/// The sequences that Proposition 4.3 gives probability 0 share 2^-60 of the mass.
#[test]
fn the_floor_has_mass_two_to_the_minus_60() {
    let law = autoregressive::Law::GreedyTrap(trap(3, 4, 0.3, 0.4).unwrap());
    let instance = autoregressive::Autoregressive { prompts: 1, law }.draw(&Seed::from_number(1)).unwrap();
    let policy = policy(&instance, instance.base());
    let floor = policy.row(0).rest as f64 * policy.head(0).prob(policy.row(0).rest_logit);
    assert!((floor * 2f64.powi(60) - 1.0).abs() < 1e-12, "{floor}");
}
