//! Corollary 5.7 and the planner.

use crate::support::assert_refuses;
use proptest::prelude::*;
use selfreward::theory::iterations::{least_rounds, least_samples};
use selfreward::theory::iterative::{Setting, explicit};
use selfreward::theory::linear_softmax::growing;
use selfreward::theory::one_step::{Class, Regularisation};
use selfreward::theory::plan::plan;

fn setting(class: Class, kappa0: f64) -> Setting {
    Setting { class, beta: Regularisation::OverSqrtN(1.0), kappa0, gamma: 0.5, mu: 0.3, rho: 0.05, excess: 1.0 }
}

fn linear(kappa0: f64) -> Setting {
    setting(Class::Linear { dim: 8.0, radius: 20.0, theta_norm: None, range: None }, kappa0)
}

fn finite(kappa0: f64) -> Setting {
    setting(Class::Finite { log_size: 7.0, range: 1.0 }, kappa0)
}

/// Initial and stable term of C18 and κ_∞, read off the explicit bound at n and T (another module).
fn terms(setting: &Setting, n: f64, rounds: u32) -> (f64, f64, f64) {
    let bound = explicit(setting, n, rounds, 0.5).unwrap();
    let (factor, kappa_inf) = (bound.intermediate("factor").unwrap(), bound.intermediate("kappa_inf").unwrap());
    (setting.kappa0.sqrt() * factor.powf(0.5 * f64::from(rounds - 1)), kappa_inf.sqrt(), kappa_inf)
}

/// Oracle: the terms at the answer, one round before it, one sample before it, and at many larger n.
#[test]
fn least_rounds_and_least_samples_are_least() {
    for kappa0 in [1.5, 10.0, 1e4] {
        for setting in [linear(kappa0), finite(kappa0)] {
            for n in [100.0, 1e5, 1e8, 1e12] {
                let rounds = least_rounds(&setting, n).unwrap().value() as u32;
                let sheds = |rounds| {
                    let (initial, stable, _) = terms(&setting, n, rounds);
                    initial <= stable
                };
                assert!(sheds(rounds) && (rounds == 1 || !sheds(rounds - 1)));
                assert!(f64::from(rounds) <= 2.0 + kappa0.log2());
            }
            for rounds in 2..9 {
                let bound = least_samples(&setting, rounds).unwrap();
                let n = bound.value();
                let sheds = |n: f64, slack: f64| {
                    let (initial, stable, kappa_inf) = terms(&setting, n, rounds);
                    kappa_inf < kappa0 && initial <= stable * slack
                };
                // One sample fewer moves the terms by about 1/(2n), far above rounding; at the answer they may be equal.
                assert!(!bound.vacuous() && !sheds(n - 1.0, 1.0), "{kappa0} {rounds} {n}");
                assert!(
                    (0..60).all(|step| sheds((n * 1.3f64.powi(step)).floor(), 1.0 + 1e-14)),
                    "{kappa0} {rounds} {n}"
                );
            }
        }
    }
}

#[test]
fn one_round_sheds_nothing() {
    let bound = least_samples(&finite(3.0), 1).unwrap();
    assert!(bound.value().is_infinite() && bound.vacuous() && bound.refuted());
    assert_eq!(least_samples(&finite(1.0), 1).unwrap().value(), 1.0);
    // A fixed β keeps κ_∞ above 1 + β/(γμ) at every n: no n makes the bound informative.
    let fixed = Setting { beta: Regularisation::Fixed(5.0), ..finite(3.0) };
    assert!(least_samples(&fixed, 6).unwrap().value().is_infinite());
}

/// A fixed β keeps κ_∞ above a limit, here 10 at T = 2 and κ₀ = 12, that the search must not look below. Oracle: the terms of
/// the explicit bound one sample before the answer, at it, and at many larger n; the answer in full is 138262.
#[test]
fn a_fixed_beta_sheds_the_initial_model_above_its_limit() {
    let class = Class::Finite { log_size: 1.0, range: 1.0 };
    let beta = Regularisation::Fixed(0.2846);
    let setting = Setting { class, beta, kappa0: 12.0, gamma: 1.0, mu: 0.1, rho: 0.05, excess: 1.0 };
    let sheds = |n: f64| {
        let (initial, stable, kappa_inf) = terms(&setting, n, 2);
        kappa_inf < 12.0 && initial <= stable * (1.0 + 1e-14)
    };
    let bound = least_samples(&setting, 2).unwrap();
    assert_eq!(bound.value(), 138_262.0);
    assert!(!bound.vacuous() && !bound.refuted() && !sheds(138_261.0));
    assert!((0..200).all(|step| sheds((138_262.0 * 1.3f64.powi(step)).floor())));
    // A limit that does not shed κ₀ (h > 0 there) promises nothing, though κ_∞ < κ₀ at large n.
    let never = Setting { kappa0: 24.0, ..setting };
    assert!(terms(&never, 1e30, 2).2 < 24.0 && least_samples(&never, 2).unwrap().value().is_infinite());
}

/// Without an n the answer still says what the corollary's own line is and what it would assume.
#[test]
fn an_answer_of_no_n_keeps_its_assumptions() {
    let (none, some) = (least_samples(&finite(3.0), 1).unwrap(), least_samples(&finite(3.0), 2).unwrap());
    assert!(none.intermediate("corollary_samples").unwrap() > some.intermediate("corollary_samples").unwrap());
    for assumption in none.assumptions() {
        assert!(some.assumptions().iter().any(|other| other.name == assumption.name), "{}", assumption.name);
    }
    assert!(none.assumptions().len() + 1 == some.assumptions().len());
}

/// A radius that the answer's n outgrows is flagged, as the explicit bound at that n and T flags it. Oracle: that bound's
/// refuted assumptions.
#[test]
fn iterations_flag_a_radius_that_is_too_small() {
    let class = Class::Linear { dim: 4.0, radius: 20.0, theta_norm: None, range: None };
    let setting = Setting { class, kappa0: 12.0, gamma: 1.0, mu: 0.1, ..setting(class, 12.0) };
    let bound = least_samples(&setting, 3).unwrap();
    let whole = explicit(&setting, bound.value(), 3, 0.5).unwrap();
    let refuted = |bound: &selfreward::theory::Bound, name: &str| {
        bound.assumptions().iter().any(|a| a.met == Some(false) && a.name.starts_with(name))
    };
    for name in ["unit features: gamma", "radius for T rounds"] {
        assert!(refuted(&bound, name) && refuted(&whole, name), "{name}");
    }
    let class = Class::Linear { dim: 4.0, radius: 1e4, theta_norm: None, range: None };
    let roomy = Setting { class, beta: Regularisation::Fixed(0.05), ..setting };
    assert!(!least_samples(&roomy, 3).unwrap().refuted());
}

/// A total that is smaller but violates an assumption is named, not denied.
#[test]
fn a_cheaper_plan_that_is_violated_is_named() {
    let class = Class::Linear { dim: 4.0, radius: 1e6, theta_norm: None, range: None };
    let plans = plan(&Setting { gamma: 1.0, mu: 0.5, ..setting(class, 100.0) }, 0.1, 0.5, 3).unwrap();
    let best = plans.best.unwrap();
    assert!(plans.promised && best.rounds == 1);
    assert!(plans.plans[1..].iter().all(|plan| plan.total < best.total && !plan.refuted.is_empty()));
    assert!(plans.reason.contains("keeps the assumptions") && plans.reason.contains("T = 2, 3"), "{}", plans.reason);
}

/// The corollary's line log κ₀/log(γμ√n) carries no complexity, and the bound it is drawn from does: at one γμ√n = 10^6 a
/// larger class keeps C above 1, hence λ near 1/2 and T near log₂ κ₀, while the line stays at 2. Oracle: λ of the map at that
/// C, with T from counting halvings.
#[test]
fn the_corollarys_line_hides_the_complexity_of_the_class() {
    let at = |log_size| {
        let class = Class::Finite { log_size, range: 1.0 };
        let setting = Setting { gamma: 0.5, mu: 0.2, ..setting(class, 2f64.powi(40)) };
        least_rounds(&setting, 1e14).unwrap()
    };
    let (small, large) = (at(10.0), at(1e12));
    assert_eq!(small.intermediate("corollary_rounds"), large.intermediate("corollary_rounds"));
    assert!(large.intermediate("corollary_rounds").unwrap().ceil() == 3.0 && small.value() == 4.0);
    assert!(large.intermediate("contraction").unwrap() > 5.0 && !large.vacuous());
    let halvings = (40.0 - large.intermediate("kappa_inf").unwrap().log2()).floor();
    assert!(large.value() >= halvings, "{} {halvings}", large.value());
}

/// More samples never ask for more rounds, and the corollary's own line is logarithmic in κ₀.
#[test]
fn rounds_fall_with_samples() {
    let rounds = |n: f64| least_rounds(&linear(1e6), n).unwrap().value();
    let informative: Vec<f64> = (6..20).map(|exponent| rounds(10f64.powi(exponent))).collect();
    assert!(informative.windows(2).all(|pair| pair[1] <= pair[0]), "{informative:?}");
    let line = |kappa0: f64| least_rounds(&linear(kappa0), 1e8).unwrap().intermediate("corollary_rounds").unwrap();
    assert!((line(1e8) / line(1e2) - 4.0).abs() < 1e-9);
}

/// Every plan is least by the explicit bound, and the best total is the least of those that keep their assumptions.
#[test]
fn plans_are_least() {
    for setting in [
        finite(3.0),
        finite(60.0),
        setting(Class::Linear { dim: 4.0, radius: 1e9, theta_norm: None, range: None }, 3.0),
    ] {
        let plans = plan(&setting, 0.1, 0.5, 6).unwrap();
        assert_eq!(plans.plans.len(), 6);
        for plan in &plans.plans {
            let n = plan.samples.unwrap();
            let bound = |n: f64| explicit(&setting, n, plan.rounds, 0.5).unwrap().value();
            assert!(bound(n) <= 0.1 && bound(n - 1.0) > 0.1 && plan.bound == Some(bound(n)));
            assert_eq!(plan.total, Some(n * f64::from(plan.rounds)));
        }
        let kept = plans.plans.iter().filter(|plan| plan.refuted.is_empty());
        let least = kept.map(|plan| plan.total.unwrap()).fold(f64::INFINITY, f64::min);
        assert_eq!(plans.best.unwrap().total, Some(least));
        assert!(plans.promised);
    }
}

/// A radius that the needed n outgrows is named as what stands in the way, and so is a term that never falls.
#[test]
fn unkept_promises_say_why() {
    let small = plan(&linear(3.0), 0.1, 0.5, 4).unwrap();
    assert!(!small.promised && small.best.is_some() && small.reason.contains("radius"), "{}", small.reason);
    let stuck = Setting { beta: Regularisation::Fixed(1.0), ..finite(3.0) };
    let never = plan(&stuck, 0.1, 0.5, 3).unwrap();
    assert!(!never.promised && never.best.is_none() && never.reason.contains("regularisation"), "{}", never.reason);
    assert!(never.plans.iter().all(|plan| plan.samples.is_none()));
}

#[test]
fn bad_arguments_name_themselves() {
    assert_refuses(plan(&finite(3.0), 0.0, 0.5, 3), "target_failure");
    assert_refuses(plan(&finite(3.0), 0.1, 1.0, 3), "delta");
    assert_refuses(plan(&finite(3.0), 0.1, 0.5, 0), "rounds");
    assert_refuses(plan(&finite(0.3), 0.1, 0.5, 2), "kappa0");
    assert_refuses(least_rounds(&finite(3.0), 0.5), "n");
    assert_refuses(least_samples(&finite(3.0), 0), "rounds");
}

proptest! {
    #![proptest_config(ProptestConfig { rng_seed: prop::test_runner::RngSeed::Fixed(3), failure_persistence: None, ..Default::default() })]

    /// A stricter target, a smaller δ or a larger κ₀ never asks for fewer samples.
    #[test]
    fn plans_are_monotone(target in 0.01f64..0.5, delta in 0.1f64..0.9, kappa0 in 1.01f64..50.0) {
        let least = |target, delta, kappa0| plan(&finite(kappa0), target, delta, 1).unwrap().plans[0].samples.unwrap();
        let base = least(target, delta, kappa0);
        prop_assert!(least(0.9 * target, delta, kappa0) >= base);
        prop_assert!(least(target, 0.9 * delta, kappa0) >= base);
        prop_assert!(least(target, delta, 1.1 * kappa0) >= base);
    }
}

/// "(κ₀^{1/T}/(γμ))²", by hand: κ₀ = 8 at T = 3 is (2/(1/2·1/4))² = 256.
#[test]
fn the_corollarys_own_samples_by_hand() {
    let class = Class::Finite { log_size: 5.0, range: 0.8 };
    let setting = Setting { kappa0: 8.0, gamma: 0.5, mu: 0.25, ..setting(class, 8.0) };
    let samples = least_samples(&setting, 3).unwrap().intermediate("corollary_samples").unwrap();
    assert!((samples / 256.0 - 1.0).abs() < 1e-12, "{samples}");
}

/// Where the ball is too small, what a growing class would need is the least n of one round. Oracle: that bound itself, there and one
/// sample before.
#[test]
fn the_least_n_of_a_growing_class_is_least() {
    let class = Class::Linear { dim: 4.0, radius: 20.0, theta_norm: None, range: None };
    let setting = Setting { gamma: 1.0, mu: 0.5, ..setting(class, 12.0) };
    let plans = plan(&setting, 0.1, 0.5, 3).unwrap();
    let told = plans.reason.split("one round needs at least n = ").nth(1).unwrap();
    let n: f64 = told.split(' ').next().unwrap().parse().unwrap();
    let failure = |n: f64| growing(&setting, 4.0, 0.5, n, 1, 0.5).unwrap().value();
    assert!(failure(n) <= 0.1 && failure(n - 1.0) > 0.1, "{n}: {} {}", failure(n), failure(n - 1.0));
}
