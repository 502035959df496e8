//! The statistical error ε_n (Eqs. 32–38, Appendix F) and exact recovery, by simulation of their worst cases.

use crate::support::{assert_refuses, binomial_tail};
use approx::assert_relative_eq;
use proptest::prelude::*;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use selfreward::theory::one_step::{Class, epsilon, exact_recovery};

const RUNS: u64 = 3000;
const RHO: f64 = 0.05;
/// Every binomial test below rejects a true coverage of 1 − ρ with at most this probability.
const FALSE_ALARM: f64 = 1e-7;

/// Runs, out of `RUNS`, in which one of `prompts` prompts stays without an informative pair, each pair being informative
/// at a given prompt with probability `hit`.
fn runs_with_an_unseen_prompt(prompts: usize, hit: f64, n: u64, rng: &mut ChaCha8Rng) -> u64 {
    let unseen = |rng: &mut ChaCha8Rng| {
        let mut seen = vec![false; prompts];
        for _ in 0..n {
            let prompt = (rng.random::<f64>() / hit) as usize;
            if prompt < prompts {
                seen[prompt] = true;
            }
        }
        seen.contains(&false)
    };
    (0..RUNS).filter(|_| unseen(rng)).count() as u64
}

/// Coverage of f·ε_n where it is hardest to cover, for f = 1 and then downward: the largest f that the exact binomial
/// test rejects.
///
/// Worst case: every prompt can be hit alone, its unseen direction is free, and the adversarial empirical minimiser puts
/// the full range R there. Its population loss is then hit·R², just above (f ε_n)² when hit = (f ε_n/R)² (1 + 1e-9), so
/// that the claim fails iff a prompt is unseen.
fn largest_rejected_factor(class: &Class, prompts: usize, n: u64, beta: f64, seed: u64) -> f64 {
    let bound = epsilon(class, n as f64, beta, RHO).unwrap();
    let relative = bound.value() / bound.intermediate("range").unwrap();
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut rejects = |factor: f64| {
        let hit = (factor * relative).powi(2) * (1.0 + 1e-9);
        assert!(hit * prompts as f64 <= 1.0, "the instance does not exist: take a larger n");
        let failures = runs_with_an_unseen_prompt(prompts, hit, n, &mut rng);
        binomial_tail(failures, RUNS, RHO) <= FALSE_ALARM
    };
    assert!(!rejects(1.0), "coverage 1 - rho is refuted");
    (1..50).rev().map(|step| f64::from(step) / 50.0).find(|factor| rejects(*factor)).unwrap()
}

/// Finite class: the truth and for each of N prompts a policy that differs from it there only, by R. Fails at f where
/// N (1 − hit)^n > ρ, about f² < log(N/ρ)/(8 log(#Π/ρ)), f < 1/√8 = 0.354: the factor 8 of Bernstein's inequality is what
/// is lost, since L̂ = 0 needs only P[L̂ = 0] ≤ (1 − L/R²)^n.
#[test]
fn finite_class_is_covered_and_the_test_can_fail() {
    let (prompts, n) = (6usize, 600);
    let class = Class::Finite { log_size: (prompts as f64 + 1.0).ln(), range: 2.0 };
    let factor = largest_rejected_factor(&class, prompts, n, 0.1, 11);
    println!("finite class: the largest rejected factor of epsilon_n is {factor}");
    assert!((0.26..0.36).contains(&factor), "{factor}");
}

/// Linear class: θ_t = 0 and Δφ = ±2e_j at the j-th of d prompts, so that an unseen prompt leaves θ = B e_j free and
/// |⟨βθ, Δφ⟩| = 2βB = R, the range itself. Fails at f about √(log(d/ρ)/(8 (d log(1+5√n) + log(1/ρ)))) = 0.14.
#[test]
fn linear_class_is_covered_and_the_test_can_fail() {
    let (dim, n, beta) = (4usize, 4000, 0.1);
    let class = Class::Linear { dim: dim as f64, radius: 3.0, theta_norm: Some(0.0), range: None };
    let factor = largest_rejected_factor(&class, dim, n, beta, 12);
    println!("linear class: the largest rejected factor of epsilon_n is {factor}");
    assert!((0.08..0.16).contains(&factor), "{factor}");
}

/// The supremum of |⟨βθ − (1+β)θ_t, Δφ⟩| over ‖θ‖ ≤ B and ‖Δφ‖ ≤ 2 is R. Oracle: a search over directions in the plane.
#[test]
fn range_is_the_supremum_over_the_ball() {
    let (beta, radius, norm) = (0.3, 5.0, 0.8);
    let mut most: f64 = 0.0;
    for parameter in 0..360 {
        for difference in 0..360 {
            let (a, b) = (f64::from(parameter).to_radians(), f64::from(difference).to_radians());
            let u = (beta * radius * a.cos() - (1.0 + beta) * norm, beta * radius * a.sin());
            most = most.max((u.0 * 2.0 * b.cos() + u.1 * 2.0 * b.sin()).abs());
        }
    }
    let class = Class::Linear { dim: 2.0, radius, theta_norm: Some(norm), range: None };
    let range = epsilon(&class, 100.0, beta, RHO).unwrap().intermediate("range").unwrap();
    assert_relative_eq!(range, most, max_relative = 1e-12);
    // Where no norm is given: the largest realizable one, R = 4βB; it takes realizability for granted, which is not known.
    let class = Class::Linear { dim: 2.0, radius, theta_norm: None, range: None };
    let bound = epsilon(&class, 100.0, beta, RHO).unwrap();
    assert_relative_eq!(bound.intermediate("range").unwrap(), 4.0 * beta * radius, max_relative = 1e-14);
    let realizable = |bound: &selfreward::theory::Bound| {
        bound.assumptions().iter().find(|a| a.name.starts_with("realizable")).unwrap().met
    };
    assert_eq!(realizable(&bound), None);
    let class = Class::Linear { dim: 2.0, radius, theta_norm: Some(0.999 * radius * beta / (1.0 + beta)), range: None };
    assert_eq!(realizable(&epsilon(&class, 100.0, beta, RHO).unwrap()), Some(true));
    let class = Class::Linear { dim: 2.0, radius, theta_norm: Some(1.001 * radius * beta / (1.0 + beta)), range: None };
    assert!(epsilon(&class, 100.0, beta, RHO).unwrap().refuted());
    // An exact supremum takes its place where it is known: ε_n is then smaller, and never below R/√n.
    let known = |range| {
        let class = Class::Linear { dim: 2.0, radius, theta_norm: Some(norm), range };
        epsilon(&class, 100.0, beta, RHO).unwrap()
    };
    let half = known(Some(most / 2.0));
    assert_eq!(half.intermediate("range"), Some(most / 2.0));
    assert!(half.value() < known(None).value() && half.value() > most / 20.0);
    assert_refuses(
        epsilon(&Class::Linear { dim: 2.0, radius, theta_norm: None, range: Some(0.0) }, 9.0, beta, RHO),
        "range",
    );
}

/// A net of radius η in the ball of radius βB: a greedy η-separated set, which is a net, never has more points than
/// (1 + 2βB/η)^d, the number in the union bound. Oracle: such sets in the plane, built from a fine grid.
#[test]
fn net_fits_its_count() {
    for (scaled_radius, n) in [(1.0f64, 4.0f64), (1.0, 25.0), (1.0, 100.0)] {
        let class = Class::Linear { dim: 2.0, radius: scaled_radius, theta_norm: Some(0.0), range: None };
        let bound = epsilon(&class, n, 1.0, RHO).unwrap();
        let eta = bound.intermediate("net_radius").unwrap();
        let mut net: Vec<(f64, f64)> = Vec::new();
        for i in -150..=150 {
            for j in -150..=150 {
                let (x, y) = (f64::from(i) / 150.0, f64::from(j) / 150.0);
                let apart = |p: &(f64, f64)| (p.0 - x).hypot(p.1 - y) > eta;
                if x.hypot(y) <= 1.0 && net.iter().all(apart) {
                    net.push((x, y));
                }
            }
        }
        let points = (net.len() as f64).ln();
        let bound = bound.intermediate("log_complexity").unwrap();
        assert!(points <= bound && bound <= points + 2.0, "{points} {bound}");
    }
}

/// Exact recovery against exact probabilities. Oracles: (a) one prompt, three equally likely one-hot responses: each edge
/// is drawn with probability 2/9, the graph is connected unless only one edge or none was seen, 3(5/9)^n − 2(3/9)^n; r = 2,
/// E ΔφΔφᵀ has the eigenvalue 2/3 twice, L = 2/(2/3) = 3. (b) M binary prompts, each hit with probability 1/(2M): L = 2M,
/// and inclusion–exclusion Σ_k (−1)^{k+1} C(M,k)(1 − k/(2M))^n, where the bound is nearly attained.
#[test]
fn exact_recovery_bounds_exact_probabilities() {
    for n in 1..60 {
        let exact = 3.0 * (5.0f64 / 9.0).powi(n) - 2.0 * (1.0f64 / 3.0).powi(n);
        let bound = exact_recovery(f64::from(n), 2.0, 3.0, RHO).unwrap();
        assert!(exact <= bound.value());
        assert_eq!(bound.vacuous(), bound.value() >= 1.0);
    }
    let prompts = 8;
    for n in [40, 80, 160, 320] {
        let mut choose = 1.0;
        let mut exact = 0.0;
        for k in 1..=prompts {
            choose *= f64::from(prompts - k + 1) / f64::from(k);
            let term = choose * (1.0 - f64::from(k) / (2.0 * f64::from(prompts))).powi(n);
            exact += if k % 2 == 1 { term } else { -term };
        }
        let bound = exact_recovery(f64::from(n), f64::from(prompts), 2.0 * f64::from(prompts), RHO).unwrap();
        assert!(exact <= bound.value() && (n < 160 || exact > 0.5 * bound.value()), "{exact} {}", bound.value());
    }
}

#[test]
fn least_n_of_exact_recovery_is_least() {
    for (rank, leverage, rho) in [(1.0, 1.0, 0.9), (16.0, 40.0, 0.05), (300.0, 1e5, 1e-9)] {
        let least = exact_recovery(1.0, rank, leverage, rho).unwrap().intermediate("least_n").unwrap();
        assert!(exact_recovery(least, rank, leverage, rho).unwrap().value() <= rho * (1.0 + 1e-12));
        assert!(least == 1.0 || exact_recovery(least - 1.0, rank, leverage, rho).unwrap().value() > rho);
    }
    assert!(exact_recovery(10.0, 5.0, 4.0, RHO).unwrap().refuted());
}

#[test]
fn bad_arguments_name_themselves() {
    let finite = Class::Finite { log_size: 3.0, range: 1.0 };
    assert_refuses(epsilon(&finite, 0.0, 0.1, RHO), "n");
    assert_refuses(epsilon(&finite, 10.0, -0.1, RHO), "beta");
    assert_refuses(epsilon(&finite, 10.0, 0.1, 1.0), "rho");
    assert_refuses(epsilon(&Class::Finite { log_size: -1.0, range: 1.0 }, 10.0, 0.1, RHO), "log_class_size");
    assert_refuses(epsilon(&Class::Finite { log_size: 1.0, range: 0.0 }, 10.0, 0.1, RHO), "range");
    let linear =
        |dim, radius, theta_norm| epsilon(&Class::Linear { dim, radius, theta_norm, range: None }, 10.0, 0.1, RHO);
    assert_refuses(linear(1.5, 1.0, None), "dim");
    assert_refuses(linear(2.0, 0.0, None), "radius");
    assert_refuses(linear(2.0, 1.0, Some(-1.0)), "theta_norm");
    assert_refuses(exact_recovery(10.0, 0.0, 4.0, RHO), "rank");
    assert_refuses(exact_recovery(10.0, 2.0, 0.0, RHO), "leverage");
    assert_refuses(exact_recovery(10.0, 2.0, 4.0, 0.0), "rho");
}

proptest! {
    #![proptest_config(ProptestConfig { rng_seed: prop::test_runner::RngSeed::Fixed(3), failure_persistence: None, ..Default::default() })]

    /// The failure probability of exact recovery falls with n and rises with rank and leverage; its least n falls with ρ.
    #[test]
    fn exact_recovery_is_monotone(n in 1u64..100_000, rank in 1u32..500, leverage in 1.0f64..1e4, rho in 0.001f64..0.8) {
        let at = |n: u64, rank: u32, leverage, rho| exact_recovery(n as f64, f64::from(rank), leverage, rho).unwrap();
        let base = at(n, rank, leverage, rho);
        prop_assert!(at(2 * n, rank, leverage, rho).value() <= base.value());
        prop_assert!(at(n, rank + 1, leverage, rho).value() >= base.value());
        prop_assert!(at(n, rank, 1.1 * leverage, rho).value() >= base.value());
        let least = |bound: selfreward::theory::Bound| bound.intermediate("least_n").unwrap();
        prop_assert!(least(at(n, rank, leverage, 1.1 * rho)) <= least(base));
    }

    /// ε_n falls with n and ρ, rises with the class, its range, its radius and its dimension, and tends to 0.
    #[test]
    fn epsilon_is_monotone(
        n in 1u64..1_000_000_000, beta in 1e-5f64..2.0, rho in 0.001f64..0.9, size in 0.1f64..1e4, range in 0.01f64..1e3,
        dim in 1u32..5000, radius in 0.01f64..1e4,
    ) {
        let n = n as f64;
        let at = |class: Class, n: f64, rho: f64| epsilon(&class, n, beta, rho).unwrap().value();
        let finite = |log_size, range| Class::Finite { log_size, range };
        let linear = |dim: u32, radius| Class::Linear { dim: f64::from(dim), radius, theta_norm: None, range: None };
        for (less, more) in [
            (finite(size, range), finite(1.1 * size, range)),
            (finite(size, range), finite(size, 1.1 * range)),
            (linear(dim, radius), linear(dim + 1, radius)),
            (linear(dim, radius), linear(dim, 1.1 * radius)),
        ] {
            let base = at(less, n, rho);
            prop_assert!(at(more, n, rho) > base);
            prop_assert!(at(less, 2.0 * n, rho) < base);
            prop_assert!(at(less, n, 1.1 * rho) < base);
            prop_assert!(at(less, 1e40, rho) < 1e-12 * range.max(radius));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { rng_seed: prop::test_runner::RngSeed::Fixed(4), failure_persistence: None, ..Default::default() })]

    /// The guaranteed confidence does not depend on δ; a stricter (smaller) δ can only turn it from informative to vacuous.
    #[test]
    fn zero_failure_in_delta(responses in 2u32..100, gamma in 0.01f64..3.0, beta in 0.05f64..3.0, delta in 0.01f64..0.5, more in 0.0f64..0.45) {
        let at = |delta: f64| selfreward::theory::one_step::zero_failure(f64::from(responses), gamma, beta, delta).unwrap();
        let (strict, lax) = (at(delta), at(delta + more));
        prop_assert_eq!(strict.value(), lax.value());
        prop_assert!(strict.vacuous() || !lax.vacuous());
    }
}
