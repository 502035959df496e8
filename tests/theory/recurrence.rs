//! Lemmas C.3 and C.4.

use crate::support::{assert_refuses, oracle};
use approx::assert_relative_eq;
use proptest::prelude::*;
use selfreward::theory::recurrence::{Contraction, fixed_point, integral_form, linear_form, recurrence};

/// The map with a given coefficient: γ = μ = 1, no statistical part.
fn map(coefficient: f64) -> Contraction {
    Contraction::new(1.0, 1.0, 0.0, coefficient, 1.0).unwrap()
}

/// Oracle: quadrature of 1 + ∫_1^{1/μ} min(1, K u/(u−1)) du in 50-digit arithmetic (tests/oracles/theory.py).
#[test]
fn integral_form_is_the_integral_of_the_tail() {
    for (gap, mu, value) in oracle("integral") {
        assert_relative_eq!(integral_form(gap, mu).unwrap().value(), value, max_relative = 1e-12);
    }
    assert_eq!(integral_form(0.0, 0.3).unwrap().value(), 1.0);
    assert_eq!(integral_form(0.1, 1.0).unwrap().value(), 1.0);
}

/// Oracle: the fixed point by iterating the map in 50-digit arithmetic, its slope by numerical differentiation.
#[test]
fn fixed_point_and_factor_are_those_of_the_map() {
    for (coefficient, _, value) in oracle("fixed_point") {
        assert_relative_eq!(map(coefficient).fixed_point(), value, max_relative = 1e-13);
    }
    for (coefficient, _, value) in oracle("factor") {
        assert_relative_eq!(map(coefficient).factor(), value, max_relative = 1e-13);
    }
}

/// The linear form does not follow from the integral form: at K = 0.1, μ = 0.2 it is 1.5 against 1.858. The law of m =
/// max π that attains the tail bound, P[1/m > u] = min(1, K u/(u−1)) up to 1/μ, has κ = 1.858 and breaks the hypothesis of
/// the linear form: E[1−m] = 0.31 > K. Oracle: midpoint sums over that law's quantiles.
#[test]
fn integral_and_linear_form_rest_on_different_arguments() {
    let (gap, mu) = (0.1, 0.2);
    assert_relative_eq!(linear_form(gap, mu).unwrap().value(), 1.5, max_relative = 1e-14);
    assert!((integral_form(gap, mu).unwrap().value() - 1.858).abs() < 5e-4);
    // The u exceeded with probability s is where K u/(u−1) = s, u = s/(s−K), at most 1/μ.
    let points = 1_000_000;
    let (mut kappa, mut missing) = (0.0, 0.0);
    for index in 0..points {
        let s = (f64::from(index) + 0.5) / f64::from(points);
        let u = if s > gap { (s / (s - gap)).min(1.0 / mu) } else { 1.0 / mu };
        kappa += u / f64::from(points);
        missing += (1.0 - 1.0 / u) / f64::from(points);
    }
    assert_relative_eq!(kappa, integral_form(gap, mu).unwrap().value(), max_relative = 1e-5);
    assert!((missing - 0.31).abs() < 0.005, "{missing}");
}

/// The linear form cannot be improved: m = μ with probability K/(1−μ) and 1 otherwise has E[1−m] = K and E[1/m] =
/// 1 + K/μ. Oracle: that two-point law, summed.
#[test]
fn linear_form_is_attained() {
    for (gap, mu) in [(0.1, 0.2), (0.4, 0.5), (0.05, 0.9)] {
        let share = gap / (1.0 - mu);
        let (missing, kappa) = (share * (1.0 - mu), share / mu + (1.0 - share));
        assert_relative_eq!(missing, gap, max_relative = 1e-14);
        assert_relative_eq!(linear_form(gap, mu).unwrap().value(), kappa, max_relative = 1e-12);
    }
}

#[test]
fn vacuity_and_informativeness_are_flagged() {
    assert!(!recurrence(2.0, 1.0, 0.25, 0.01, 0.1, None).unwrap().vacuous());
    assert!(recurrence(2.0, 0.01, 0.25, 0.01, 0.1, None).unwrap().vacuous());
    let limit = fixed_point(1.0, 0.5, 0.01, 0.01, 1.0, None).unwrap();
    assert!(!limit.vacuous());
    assert!(!fixed_point(1.0, 0.5, 0.01, 0.01, 1.0, Some(limit.value() * 1.001)).unwrap().vacuous());
    assert!(fixed_point(1.0, 0.5, 0.01, 0.01, 1.0, Some(limit.value())).unwrap().vacuous());
}

#[test]
fn limits() {
    // κ = 1, ε = 0: nothing to sharpen. C → 0: κ_∞ → 1 and λ → 0. C → ∞: λ → 1/2, κ_∞/C² → 1.
    assert_eq!(recurrence(1.0, 0.3, 0.5, 0.0, 0.2, None).unwrap().value(), 1.0);
    assert_relative_eq!(map(1e-9).fixed_point(), 1.0, epsilon = 2e-9);
    assert!(map(1e-9).factor() < 1e-9);
    assert_relative_eq!(map(1e9).fixed_point(), 1e18, max_relative = 1e-12);
    assert!(
        map(1e200).factor() <= 0.5
            && map(1e200).unrolled(3.0, 0).value() == 3.0
            && !map(1e200).unrolled(3.0, 2).value().is_nan()
    );
}

#[test]
fn bad_arguments_name_themselves() {
    assert_refuses(recurrence(0.5, 1.0, 0.5, 0.1, 0.1, None), "kappa");
    assert_refuses(recurrence(2.0, 0.0, 0.5, 0.1, 0.1, None), "gamma");
    assert_refuses(recurrence(2.0, 1.0, 1.5, 0.1, 0.1, None), "mu");
    assert_refuses(recurrence(2.0, 1.0, 0.5, -0.1, 0.1, None), "epsilon");
    assert_refuses(recurrence(2.0, 1.0, 0.5, 0.1, 0.0, None), "beta");
    assert_refuses(recurrence(2.0, 1.0, 0.5, 0.1, 0.1, Some(0.5)), "concentrability");
    assert_refuses(fixed_point(1.0, 0.5, 0.1, 0.1, -1.0, None), "excess");
    assert_refuses(fixed_point(1.0, 0.5, 0.1, 0.1, 1.0, Some(0.0)), "kappa0");
}

proptest! {
    #![proptest_config(ProptestConfig { rng_seed: prop::test_runner::RngSeed::Fixed(3), failure_persistence: None, ..Default::default() })]

    /// For every law of m on [μ, 1] with E[1−m] = K: E[1/m] is below the linear and the integral form, and the linear form
    /// is never above the integral one. Oracle: the law's own sums.
    #[test]
    fn both_forms_hold_for_every_law(mu in 0.01f64..0.95, law in prop::collection::vec((0.0f64..1.0, 0.01f64..1.0), 1..6)) {
        let total: f64 = law.iter().map(|(_, weight)| weight).sum();
        let (mut kappa, mut gap) = (0.0, 0.0);
        for (position, weight) in law {
            let m = mu + (1.0 - mu) * position;
            kappa += weight / total / m;
            gap += weight / total * (1.0 - m);
        }
        let (linear, integral) = (linear_form(gap, mu).unwrap().value(), integral_form(gap, mu).unwrap().value());
        prop_assert!(kappa <= linear * (1.0 + 1e-12));
        prop_assert!(linear <= integral * (1.0 + 1e-12));
        prop_assert!(integral <= (1.0 + 1e-12) / mu);
    }

    /// κ_{t+1} of Lemma C.3 lies below the map of Lemma C.4 (log κ ≤ √κ), where C = r̄²κ.
    #[test]
    fn lemma_c4_relaxes_lemma_c3(
        kappa in 1.0f64..1e4, gamma in 0.01f64..10.0, mu in 0.01f64..1.0, epsilon in 0.0f64..1.0, beta in 1e-4f64..1.0,
        excess in 1.0f64..9.0,
    ) {
        let exact = recurrence(kappa, gamma, mu, epsilon, beta, Some(excess * excess * kappa)).unwrap().value();
        let relaxed = Contraction::new(gamma, mu, epsilon, beta, excess).unwrap().apply(kappa);
        prop_assert!(exact <= relaxed * (1.0 + 1e-12));
    }

    /// The unrolled bound dominates the iterated map, from above and from below the fixed point, and tends to it.
    #[test]
    fn unrolled_bound_dominates_the_iterates(coefficient in 1e-6f64..30.0, kappa0 in 1.0f64..1e6) {
        let map = map(coefficient);
        let mut kappa = kappa0;
        for round in 0..60 {
            prop_assert!(kappa <= map.unrolled(kappa0, round).value() * (1.0 + 1e-12), "round {round}");
            kappa = map.apply(kappa);
        }
        prop_assert!((map.unrolled(kappa0, 100).value() / map.fixed_point() - 1.0).abs() < 1e-10);
    }

    /// The bound of Lemma C.3 rises with κ, ε, β and C and falls with γ and μ.
    #[test]
    fn recurrence_is_monotone(
        kappa in 1.0f64..100.0, gamma in 0.05f64..10.0, mu in 0.01f64..0.9, epsilon in 0.0f64..0.5, beta in 1e-4f64..0.5,
        concentrability in 1.0f64..100.0,
    ) {
        let at = |k, g, m, e, b, c| recurrence(k, g, m, e, b, Some(c)).unwrap().value();
        let (base, slack) = (at(kappa, gamma, mu, epsilon, beta, concentrability), 1.0 + 1e-12);
        prop_assert!(at(1.1 * kappa, gamma, mu, epsilon, beta, concentrability) * slack >= base);
        prop_assert!(at(kappa, gamma, mu, 1.1 * epsilon, beta, concentrability) * slack >= base);
        prop_assert!(at(kappa, gamma, mu, epsilon, 1.1 * beta, concentrability) * slack >= base);
        prop_assert!(at(kappa, gamma, mu, epsilon, beta, 1.1 * concentrability) * slack >= base);
        prop_assert!(at(kappa, 1.1 * gamma, mu, epsilon, beta, concentrability) <= base * slack);
        prop_assert!(at(kappa, gamma, 1.1 * mu, epsilon, beta, concentrability) <= base * slack);
    }

    /// κ_∞ rises with ε, β and r̄ and falls with γ and μ; the factor stays below 1/2.
    #[test]
    fn fixed_point_is_monotone(
        gamma in 0.01f64..10.0, mu in 0.01f64..0.9, epsilon in 1e-6f64..10.0, beta in 1e-6f64..10.0, excess in 0.1f64..9.0,
    ) {
        let at = |g, m, e, b, r| Contraction::new(g, m, e, b, r).unwrap();
        let base = at(gamma, mu, epsilon, beta, excess);
        let more = base.fixed_point() * (1.0 + 1e-12);
        prop_assert!(at(1.1 * gamma, mu, epsilon, beta, excess).fixed_point() <= more);
        prop_assert!(at(gamma, 1.1 * mu, epsilon, beta, excess).fixed_point() <= more);
        let less = base.fixed_point() * (1.0 - 1e-12);
        prop_assert!(at(gamma, mu, 1.1 * epsilon, beta, excess).fixed_point() >= less);
        prop_assert!(at(gamma, mu, epsilon, 1.1 * beta, excess).fixed_point() >= less);
        prop_assert!(at(gamma, mu, epsilon, beta, 1.1 * excess).fixed_point() >= less);
        prop_assert!(base.factor() < 0.5);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { rng_seed: prop::test_runner::RngSeed::Fixed(4), failure_persistence: None, ..Default::default() })]

    /// More confidence, a smaller limit.
    #[test]
    fn fixed_point_falls_with_mu(gamma in 0.05f64..3.0, mu in 0.05f64..0.5, more in 0.0f64..0.5, epsilon in 0.0f64..0.5, beta in 0.001f64..0.5) {
        let at = |mu: f64| selfreward::theory::recurrence::fixed_point(gamma, mu, epsilon, beta, 1.0, None).unwrap().value();
        prop_assert!(at(mu + more) <= at(mu) * (1.0 + 1e-12));
    }
}
