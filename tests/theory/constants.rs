//! The caps and tolerances of the right-hand sides, each tried on both sides within a factor of two.
//!
//! Oracle: the numbers that the documentation of each bound states, written out here.

use selfreward::theory::effective_dimension::{Spectrum, effective_dimension};
use selfreward::theory::greedy::greedy_must_succeed;
use selfreward::theory::iterative::{Setting, explicit};
use selfreward::theory::one_step::{Class, Regularisation, epsilon, exact_recovery};
use selfreward::theory::rates::local_exponent;
use selfreward::theory::single_step::{Mass, hard_instance, responses_for, worst_mass};

/// Δ = min(0.9, √(M(κ₀−1)/(4n))): with M = 4 and κ₀ = 2 the root is 1/√n, so a root beyond 0.9 needs a κ₀ of its own.
#[test]
fn the_worst_mass_leaves_the_sentinel_a_tenth() {
    let at = |root: f64| worst_mass(1.0, 4.0, 1.0 + root * root).unwrap();
    for root in [0.1, 0.5, 0.8, 0.899] {
        assert!((at(root) - root).abs() < 1e-12, "{root}: {}", at(root));
    }
    for root in [0.901, 0.92, 0.95, 1.0, 3.0, 1e6] {
        assert!((at(root) - 0.9).abs() < 1e-15, "{root}: {}", at(root));
    }
}

/// K ≥ 2 labels need κ₀ − 1 ≥ Δ/4, and K ≤ 2^53.
#[test]
fn labels_of_the_hard_instance_are_from_two_to_two_to_the_53() {
    let at = |excess: f64| responses_for(1.0 + excess, 0.5).ok();
    assert_eq!(at(0.9 * 0.125), None);
    assert_eq!(at(1.1 * 0.125), Some(2));
    // K = 4(κ₀ − 1) + 1.
    assert!(at(2f64.powi(51) * 0.99).is_some());
    assert_eq!(at(2f64.powi(51) * 1.01), None);
}

/// Resolved prompts count as staying so if what turns back is at most 1% of the value; the smaller β is, the less turns back.
#[test]
fn turning_back_is_neglected_up_to_a_hundredth() {
    let at = |beta: f64| hard_instance(1000.0, 3, 8.0, 9.0, Mass::Worst, beta, 0.5).unwrap();
    let share = |beta: f64| {
        let bound = at(beta);
        bound.intermediate("turn_backs").unwrap() * bound.intermediate("mass").unwrap() / 8.0 / bound.value()
    };
    let met = |wanted: f64| {
        let (mut low, mut high) = (0.05, 10.0);
        for _ in 0..100 {
            let middle = 0.5 * (low + high);
            if share(middle) < wanted { low = middle } else { high = middle }
        }
        assert!((share(low) / wanted - 1.0).abs() < 1e-9, "{}", share(low));
        let bound = at(low);
        bound.assumptions().iter().find(|one| one.name.contains("turn back")).unwrap().met
    };
    assert_eq!([0.0071, 0.0141].map(met), [Some(true), Some(false)]);
}

/// "A number of rounds, at least 1; at most a million".
#[test]
fn rounds_are_from_one_to_a_million() {
    let at = |rounds: u32| local_exponent(1e6, rounds).is_ok();
    assert_eq!([0, 1, 1_000_000, 1_000_001].map(at), [false, true, true, false]);
}

fn setting(gamma: f64, radius: f64, theta_norm: f64) -> Setting {
    Setting {
        class: Class::Linear { dim: 3.0, radius, theta_norm: Some(theta_norm), range: None },
        beta: Regularisation::Fixed(1.0),
        kappa0: 2.3,
        gamma,
        mu: 0.3,
        rho: 0.05,
        excess: 1.0,
    }
}

/// Whether some assumption with this in its name is refuted by the numbers given.
fn refuted(setting: &Setting, rounds: u32, name: &str) -> bool {
    let bound = explicit(setting, 1e6, rounds, 0.5).unwrap();
    let named: Vec<_> = bound.assumptions().iter().filter(|one| one.name.contains(name)).collect();
    assert!(!named.is_empty(), "{name}");
    named.iter().any(|one| one.met == Some(false))
}

/// Norms may be too large by 1e-12 of themselves, which is rounding: γ ≤ 2‖θ_t‖, (1+1/β)^T ‖θ_0‖ ≤ B with ‖θ_0‖ ≥ γ/2, its growth
/// within ‖θ_t‖, and (1+1/β)‖θ_t‖ ≤ B. β = 1 doubles norms.
#[test]
fn norms_fit_up_to_rounding() {
    for (excess, expected) in [(0.0, false), (0.7e-12, false), (1.4e-12, true), (1e-6, true)] {
        let more = 1.0 + excess;
        assert_eq!(refuted(&setting(2.0 * more, 1e6, 1.0), 1, "gamma <= 2 theta_norm"), expected, "{excess}");
        assert_eq!(refuted(&setting(2.0 * more, 4.0, 1.0), 2, "radius for T rounds"), expected, "{excess}");
        assert_eq!(refuted(&setting(2.0 * more, 1e6, 2.0), 2, "theta_norm holds the growth"), expected, "{excess}");
        assert_eq!(refuted(&setting(0.1, 2.0, more), 1, "the ball inactive"), expected, "{excess}");
        let class = Class::Linear { dim: 2.0, radius: 2.0, theta_norm: Some(more), range: None };
        assert_eq!(epsilon(&class, 100.0, 1.0, 0.05).unwrap().refuted(), expected, "{excess}");
    }
}

/// The leverage is at least the rank, up to 1e-12 of it; the trace at most 1, up to 1e-9.
#[test]
fn traces_are_what_they_are_up_to_rounding() {
    let leverage = |less: f64| exact_recovery(100.0, 4.0, 4.0 * (1.0 - less), 0.05).unwrap().refuted();
    assert_eq!([0.0, 0.7e-12, 1.4e-12].map(leverage), [false, false, true]);
    let trace = |more: f64| {
        let spectrum = Spectrum::new(vec![0.5 + more, 0.25, 0.25]).unwrap();
        effective_dimension(&spectrum, 0.1).unwrap().refuted()
    };
    assert_eq!([0.0, 0.7e-9, 1.4e-9].map(trace), [false, false, true]);
}

/// Greedy decoding must succeed above one half.
#[test]
fn greedy_decoding_must_succeed_above_one_half() {
    let at = |probability: f64| greedy_must_succeed(probability).unwrap();
    assert_eq!([0.45, 0.5, 0.5 + 1e-15, 0.55].map(at), [false, false, true, true]);
}
