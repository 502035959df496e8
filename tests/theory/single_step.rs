//! Theorem 4.1 in budget and risk form, and Remark 4.2.

use crate::support::{assert_refuses, oracle};
use approx::assert_relative_eq;
use proptest::prelude::*;
use selfreward::theory::single_step::{
    autoregressive_kappa0, budget, critical_token_probability, near_uniform_kappa0, risk_asymptote, risk_root,
    single_step, unresolved_share,
};

/// Oracle: bisection of w e^w = x in 50-digit arithmetic (tests/oracles/theory.py), from next to the branch point −1/e to
/// −1e-300.
#[test]
fn lower_branch_of_lambert_w_is_exact_to_1e13() {
    for (x, _, w) in oracle("lambert") {
        assert_relative_eq!(lambert_w::lambert_wm1(x), w, max_relative = 1e-13);
    }
}

/// Oracle: bisection of ε²(1 + log(κ₀/ε)) = v in 50-digit arithmetic; κ₀ = 1e170 sends the argument of W out of the doubles.
#[test]
fn risk_root_solves_its_equation() {
    for (v, kappa0, root) in oracle("risk") {
        assert_relative_eq!(risk_root(v, kappa0).unwrap().unwrap(), root, max_relative = 1e-12);
    }
}

#[test]
fn risk_root_exists_up_to_its_maximum_and_is_below_one_up_to_one_plus_log() {
    // Oracle: the left side of the risk equation has its maximum eκ₀²/2 at ε = κ₀√e, and the value 1 + log κ₀ at ε = 1.
    for kappa0 in [1.0f64, 2.5, 1e4] {
        let most = std::f64::consts::E * kappa0 * kappa0 / 2.0;
        assert_eq!(risk_root(most * 1.000_001, kappa0).unwrap(), None);
        let root = risk_root(most * (1.0 - 1e-12), kappa0).unwrap().unwrap();
        assert_relative_eq!(root, kappa0 * 0.5f64.exp(), max_relative = 1e-5);
        let at_one = 1.0 + kappa0.ln();
        assert!(risk_root(at_one * 0.999_999, kappa0).unwrap().unwrap() < 1.0);
        assert!(kappa0 == 1.0 || risk_root(at_one * 1.000_001, kappa0).unwrap().unwrap() > 1.0);
        let n = |share: f64| (1e6 * kappa0 / (at_one * share)).round();
        assert!(!single_step(n(0.999), kappa0, 1e6, 1.0).unwrap().vacuous());
        let beyond = single_step(n(1.001), kappa0, 1e6, 1.0).unwrap();
        assert!(beyond.vacuous() && beyond.value() == 1.0 && beyond.refuted());
    }
}

#[test]
fn asymptote_approaches_the_root_from_above() {
    let ratio = |v: f64| risk_asymptote(v, 7.0).unwrap() / risk_root(v, 7.0).unwrap().unwrap();
    // 1 − log(−w)/w in the expansion of W₋₁: the ratio tends to 1 like √(1 + log L/L), L = log((eκ₀)²/(2v)).
    for v in [1e-2f64, 1e-5, 1e-10, 1e-40, 1e-200] {
        let l = 2.0 + 2.0 * 7f64.ln() - (2.0 * v).ln();
        let predicted = (1.0 + l.ln() / l).sqrt();
        assert!(ratio(v) > 1.0);
        assert!((ratio(v) - predicted).abs() < 1.5 * (l.ln() / l).powi(2), "{v}: {} {predicted}", ratio(v));
    }
    assert!(ratio(1e-200) < 1.01);
}

#[test]
fn autoregressive_base_at_the_critical_token_probability_needs_all_its_samples() {
    // Oracle: a policy that gives α to the modal token in each of L independent positions has max probability α·…·α.
    let (n, length) = (4096.0, 6.0);
    let alpha = critical_token_probability(n, length).unwrap();
    assert_relative_eq!(alpha, 0.25, max_relative = 1e-14);
    let sequence = (0..6).fold(1.0, |probability, _| probability * alpha);
    assert_relative_eq!(autoregressive_kappa0(alpha, length).unwrap(), 1.0 / sequence, max_relative = 1e-12);
    assert_relative_eq!(autoregressive_kappa0(alpha, length).unwrap(), n, max_relative = 1e-12);
}

/// Remark 4.2's constant floor at κ₀ = n: with the class of the hard instance, log#Π = M log K and K = 2κ₀ + 1 (Δ → 1),
/// the root does not fall; with log#Π held fixed it falls like 1/√log n, so the remark needs log#Π to grow with log κ₀.
#[test]
fn constant_floor_needs_a_class_that_grows() {
    let root = |n: f64, log_class: f64| risk_root(0.1 * n * log_class / n, n).unwrap().unwrap();
    let of_class = |n: f64| root(n, 4.0 * (2.0 * n + 1.0).ln());
    let fixed = |n: f64| root(n, 4.0);
    assert!(of_class(1e200) > 0.95 * of_class(1e3));
    assert!(fixed(1e200) < 0.2 * fixed(1e3));
    // ε²(1 + log(n/ε)) = 0.4: between √(0.4/(1 + log n − log ε)) at ε = 1 and at ε = 1e-3.
    let l = 1.0 + 1e200f64.ln();
    assert!((0.4 / (l + 7.0)).sqrt() < fixed(1e200) && fixed(1e200) < (0.4 / l).sqrt());
}

#[test]
fn bad_arguments_name_themselves() {
    assert_refuses(single_step(0.0, 3.0, 5.0, 1.0), "n");
    assert_refuses(single_step(10.5, 3.0, 5.0, 1.0), "n");
    assert_refuses(single_step(10.0, 0.99, 5.0, 1.0), "kappa0");
    assert_refuses(single_step(10.0, f64::NAN, 5.0, 1.0), "kappa0");
    assert_refuses(single_step(10.0, 3.0, 0.0, 1.0), "log_class_size");
    assert_refuses(single_step(10.0, 3.0, 5.0, -1.0), "constant");
    assert_refuses(budget(1.0, 3.0, 5.0, 1.0), "failure");
    assert_refuses(autoregressive_kappa0(1.5, 3.0), "alpha");
    assert_refuses(critical_token_probability(10.0, 0.0), "length");
}

proptest! {
    #![proptest_config(ProptestConfig { rng_seed: prop::test_runner::RngSeed::Fixed(3), failure_persistence: None, ..Default::default() })]

    /// Budget and risk form are one equation solved for n and for ε.
    #[test]
    fn budget_and_risk_forms_invert_each_other(failure in 1e-6f64..0.99, kappa0 in 1.0f64..1e6, log_class in 0.1f64..1e4) {
        let n = budget(failure, kappa0, log_class, 0.7).unwrap().value();
        let root = risk_root(0.7 * kappa0 * log_class / n, kappa0).unwrap().unwrap();
        prop_assert!((root / failure - 1.0).abs() < 1e-7, "{root} {failure}");
    }

    /// The risk falls with n and rises with the class and the constant. It rises with κ₀ too: the left side of the equation
    /// grows with κ₀ at a rate ε²/κ₀, the right at v/κ₀ = ε²(1 + log(κ₀/ε))/κ₀, which is more for ε < κ₀.
    #[test]
    fn risk_is_monotone_in_every_argument(n in 10u64..1_000_000_000, kappa0 in 1.0f64..1e3, log_class in 0.1f64..1e3) {
        let n = n as f64;
        let risk = |n: f64, kappa0, log_class, constant| single_step(n, kappa0, log_class, constant).unwrap().value();
        let base = risk(n, kappa0, log_class, 1.0);
        let slack = 1.0 + 1e-12;
        prop_assert!(risk((2.0 * n).round(), kappa0, log_class, 1.0) <= base * slack);
        prop_assert!(risk(n, 1.1 * kappa0, log_class, 1.0) * slack >= base);
        prop_assert!(risk(n, kappa0, 1.1 * log_class, 1.0) * slack >= base);
        prop_assert!(risk(n, kappa0, log_class, 1.1) * slack >= base);
    }
}

/// Oracle: the sum over the number N ~ Bin(n, m) of triples at the prompt of (chance that none of N shows the optimum)^N, with
/// binomial masses by recursion.
#[test]
fn unresolved_share_is_the_mixture_over_the_prompts_triples() {
    for (pairs, mass, q) in [(1usize, 1.0f64, 0.3f64), (40, 0.25, 0.1), (200, 0.01, 0.9)] {
        let mut masses = vec![0.0; pairs + 1];
        masses[0] = 1.0;
        for _ in 0..pairs {
            for k in (0..masses.len()).rev() {
                masses[k] = (1.0 - mass) * masses[k] + if k > 0 { mass * masses[k - 1] } else { 0.0 };
            }
        }
        // Both responses are the optimum, or neither is.
        let none = q * q + (1.0 - q) * (1.0 - q);
        let mixture: f64 = masses.iter().enumerate().map(|(k, mass)| mass * none.powi(k as i32)).sum();
        assert_relative_eq!(unresolved_share(q, mass, pairs as f64).unwrap(), mixture, max_relative = 1e-12);
    }
    // Remark 4.2: e^{−2/M} at n = κ₀.
    let floor = |kappa0: f64| unresolved_share(1.0 / kappa0, 0.25, kappa0).unwrap();
    assert_relative_eq!(floor(1e12), (-0.5f64).exp(), max_relative = 1e-10);
}

/// Oracle: 1/max of the normalised policy.
#[test]
fn near_uniform_kappa0_is_one_over_the_largest_probability() {
    let weights: Vec<f64> = std::iter::once(0.7f64.exp()).chain([1.0; 9]).collect();
    let largest = weights[0] / weights.iter().sum::<f64>();
    assert_relative_eq!(near_uniform_kappa0(10.0, 0.7).unwrap(), 1.0 / largest, max_relative = 1e-14);
    assert_relative_eq!(near_uniform_kappa0(1e6, 0.0).unwrap(), 1e6, max_relative = 1e-14);
    assert_refuses(near_uniform_kappa0(1.0, 0.7), "responses");
    assert_refuses(unresolved_share(0.5, 0.0, 10.0), "weight");
    assert_refuses(unresolved_share(1.0, 0.5, 10.0), "favoured");
}
