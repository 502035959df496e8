//! The exact law of the hard instance (Theorem 4.1) against brute force.

use approx::assert_relative_eq;
use proptest::prelude::*;
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use selfreward::theory::single_step::{HardInstance, Mass, hard_instance, realised_kappa0, responses_for, worst_mass};

/// Oracle: the expectation over the number of pairs at one prompt, E[Δ (1−2q(1−q))^N] with N ~ Bin(nT, Δ/M), summed
/// term by term with the binomial probabilities built by their recurrence; q(1−q) is summed over label pairs.
fn failure_by_sum(prompts: u32, mass: f64, responses: u32, pairs: u32) -> f64 {
    let base: Vec<f64> =
        (0..responses).map(|label| if label == 0 { 2.0 } else { 1.0 } / f64::from(responses + 1)).collect();
    let mut resolving = 0.0;
    for (first, p) in base.iter().enumerate() {
        for (second, q) in base.iter().enumerate() {
            if (first == 0) != (second == 0) {
                resolving += p * q;
            }
        }
    }
    let hit = mass / f64::from(prompts);
    let mut probability = (1.0 - hit).powi(pairs as i32);
    let mut total = 0.0;
    for drawn in 0..=pairs {
        total += probability * mass * (1.0 - resolving).powi(drawn as i32);
        probability *= f64::from(pairs - drawn) / f64::from(drawn + 1) * hit / (1.0 - hit);
    }
    total
}

#[test]
fn exact_law_is_the_binomial_expectation() {
    for (prompts, mass, responses, n, rounds) in
        [(1, 0.9, 2, 1, 1), (3, 0.5, 7, 40, 1), (8, 0.3, 33, 60, 3), (64, 0.07, 200, 500, 2), (5, 0.2, 3, 900, 1)]
    {
        let instance = HardInstance::new(f64::from(prompts), mass, u64::from(responses)).unwrap();
        let law = instance.expected_failure(f64::from(n), rounds).unwrap().value();
        assert_relative_eq!(law, failure_by_sum(prompts, mass, responses, n * rounds), max_relative = 1e-12);
    }
}

#[test]
fn worst_mass_is_the_maximiser_where_the_approximation_holds() {
    // Oracle: a grid search of the exact law over Δ, with the labels a real number so that rounding does not blur it:
    // q = Δ/(κ₀ − 1 + Δ) solves κ₀ = 1 − Δ + Δ/q.
    let (n, prompts, kappa0) = (1e10, 64.0, 9.0);
    let law = |mass: f64| {
        let q = mass / (kappa0 - 1.0 + mass);
        mass * (-2.0 * q * (1.0 - q) * mass / prompts * n).exp()
    };
    let best = (1..40_000).map(|step| f64::from(step) * 1e-8).max_by(|a, b| law(*a).total_cmp(&law(*b))).unwrap();
    assert_relative_eq!(worst_mass(n, prompts, kappa0).unwrap(), best, max_relative = 1e-3);
}

/// At the worst Δ the failure rate is within a few percent of √(M(κ₀−1)/(4n)) e^{−T/2}, has slope −1/2 in n at every T, and
/// T rounds of n are one round of nT. Oracle: those closed forms, written out here.
#[test]
fn worst_instance_has_slope_one_half_and_is_geometric_in_rounds() {
    let at = |n: f64, rounds, kappa0| hard_instance(n, rounds, 64.0, kappa0, Mass::Worst, 1.0 / n.sqrt(), 0.5).unwrap();
    for kappa0 in [3.0, 9.0] {
        for rounds in 1..5 {
            let n = 2f64.powi(26);
            let bound = at(n, rounds, kappa0);
            let closed = (64.0 * (kappa0 - 1.0) / (4.0 * n)).sqrt() * (-0.5 * f64::from(rounds)).exp();
            assert_relative_eq!(bound.intermediate("asymptote").unwrap(), closed, max_relative = 1e-12);
            assert_relative_eq!(bound.value(), closed, max_relative = 0.02);
            assert!(!bound.refuted() && !bound.vacuous());
            let slope = (at(4.0 * n, rounds, kappa0).value() / bound.value()).ln() / 4f64.ln();
            assert!((slope + 0.5).abs() < 0.01, "{slope}");
            let mass = Mass::Given(bound.intermediate("mass").unwrap());
            let once = hard_instance(n * f64::from(rounds), 1, 64.0, kappa0, mass, 1e-4, 0.5).unwrap();
            assert_relative_eq!(once.value(), bound.value(), max_relative = 1e-9);
        }
    }
    // Violations are flagged: δ = 0.9 lets an unresolved prompt pass where q > 0.1; a large β resolves nothing.
    let small = |beta, delta| hard_instance(100.0, 2, 4.0, 1.9, Mass::Given(0.8), beta, delta).unwrap();
    assert!(small(0.9, 0.5).refuted() && small(0.1, 0.9).refuted() && !small(0.02, 0.5).refuted());
}

#[test]
fn bad_arguments_name_themselves() {
    for (outcome, name) in [
        (worst_mass(0.0, 4.0, 3.0).map(|_| ()), "n = 0"),
        (worst_mass(10.0, 0.0, 3.0).map(|_| ()), "prompts = 0"),
        (worst_mass(10.0, 4.0, 1.0).map(|_| ()), "kappa0 = 1"),
        (responses_for(3.0, 1.0).map(|_| ()), "mass = 1"),
        (responses_for(1.01, 0.5).map(|_| ()), "kappa0 = 1.01"),
        (responses_for(1e300, 0.5).map(|_| ()), "kappa0 = 1"),
        (realised_kappa0(0.5, 1).map(|_| ()), "responses = 1"),
        (HardInstance::new(4.0, f64::NAN, 5).map(|_| ()), "mass = NaN"),
    ] {
        let message = outcome.unwrap_err().to_string();
        assert!(message.starts_with(name), "{message}");
    }
}

/// One informative prompt under tabular ERM: T rounds of pairs, each at this prompt with probability `hit`; the minimiser
/// nearest to θ sharpens every connected component of seen pairs by (θ − its mean)/β. Returns whether the prompt fails.
fn informative_prompt_fails(
    responses: usize,
    hit: f64,
    (n, rounds): (u32, u32),
    (beta, delta): (f64, f64),
    rng: &mut impl Rng,
) -> bool {
    let mut logits = vec![0.0; responses];
    logits[0] = 2f64.ln();
    let law = |logits: &[f64]| {
        let most = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let weights: Vec<f64> = logits.iter().map(|logit| (logit - most).exp()).collect();
        let total: f64 = weights.iter().sum();
        weights.into_iter().map(|weight| weight / total).collect::<Vec<_>>()
    };
    for _ in 0..rounds {
        let probabilities = law(&logits);
        let mut component: Vec<usize> = (0..responses).collect();
        for _ in 0..n {
            if rng.random::<f64>() >= hit {
                continue;
            }
            let mut draw = || {
                let mut u = rng.random::<f64>();
                probabilities
                    .iter()
                    .position(|p| {
                        u -= p;
                        u < 0.0
                    })
                    .unwrap_or(0)
            };
            let (first, second) = (component[draw()], component[draw()]);
            component.iter_mut().filter(|c| **c == second).for_each(|c| *c = first);
        }
        let old = logits.clone();
        for y in 0..responses {
            let members: Vec<f64> = (0..responses).filter(|z| component[*z] == component[y]).map(|z| old[z]).collect();
            logits[y] += (old[y] - members.iter().sum::<f64>() / members.len() as f64) / beta;
        }
    }
    law(&logits).into_iter().fold(0.0, f64::max) <= 1.0 - delta
}

/// The hypotheses of the law, not only its sum: one pair resolves, larger components too, unresolved prompts do not move,
/// resolved ones do not turn back. Oracle: the update itself. False-alarm rate 2e-8: 20000 prompts a case fail
/// independently, so |failures − mean| ≤ 5.8 standard deviations, up to the binomial's skewness; seed pinned.
#[test]
fn exact_law_is_that_of_the_tabular_update() {
    let mut rng = ChaCha8Rng::seed_from_u64(4);
    for (responses, hit, n, rounds, beta, delta) in [
        (7, 0.05, 60, 1, 0.05, 0.3),
        (7, 0.05, 60, 3, 0.05, 0.3),
        (3, 0.3, 4, 2, 0.05, 0.4),
        (40, 0.2, 30, 4, 0.04, 0.5),
    ] {
        // Δ/M = hit with M = 2.
        let instance = HardInstance::new(2.0, 2.0 * hit, responses as u64).unwrap();
        assert!(instance.unresolved_fails(delta).unwrap() && instance.one_pair_resolves(beta, delta).unwrap());
        assert!(instance.turn_backs(f64::from(n), rounds, beta).unwrap() < 1e-4);
        let expected = instance.expected_failure(f64::from(n), rounds).unwrap().value() / (2.0 * hit);
        let runs = 20_000;
        let failures = (0..runs)
            .filter(|_| informative_prompt_fails(responses, hit, (n, rounds), (beta, delta), &mut rng))
            .count() as f64;
        let deviation = (f64::from(runs) * expected * (1.0 - expected)).sqrt();
        assert!((failures - f64::from(runs) * expected).abs() <= 5.8 * deviation, "{failures} {expected}");
    }
}

/// Where a hypothesis fails the law does: at β = 5 one pair no longer resolves, and the flag says so.
#[test]
fn the_law_needs_its_hypotheses() {
    let instance = HardInstance::new(2.0, 0.1, 7).unwrap();
    assert!(!instance.one_pair_resolves(5.0, 0.3).unwrap());
    let mut rng = ChaCha8Rng::seed_from_u64(5);
    let failures =
        (0..2000).filter(|_| informative_prompt_fails(7, 0.05, (60, 1), (5.0, 0.3), &mut rng)).count() as f64 / 2000.0;
    assert!(failures > instance.expected_failure(60.0, 1).unwrap().value() / 0.1 + 0.2);
}

proptest! {
    #![proptest_config(ProptestConfig { rng_seed: prop::test_runner::RngSeed::Fixed(3), failure_persistence: None, ..Default::default() })]

    /// Oracle: the defining property of rounding, and the definition κ₀ = E_x[1 / max_y π₀] summed prompt by prompt.
    #[test]
    fn rounding_moves_the_condition_number_by_at_most_a_quarter_mass(
        kappa0 in 1.5f64..1e6, mass in 1e-6f64..0.9, prompts in 1u32..9,
    ) {
        let responses = responses_for(kappa0, mass).unwrap();
        let realised = realised_kappa0(mass, responses).unwrap();
        prop_assert!((realised - kappa0).abs() <= mass / 4.0 + 1e-9 * kappa0);
        let share = mass / f64::from(prompts);
        let by_prompt: f64 = (0..prompts).map(|_| share * (responses as f64 + 1.0) / 2.0).sum();
        prop_assert!((realised - (1.0 - mass + by_prompt)).abs() <= 1e-12 * realised);
    }

    /// More pairs never raise the failure rate, the Poisson limit lies above the law ((1−x)^n ≤ e^{−nx}), and only nT
    /// counts.
    #[test]
    fn law_falls_with_pairs_and_rounds(mass in 0.001f64..0.9, responses in 2u64..10_000, n in 1u32..1_000_000) {
        let instance = HardInstance::new(16.0, mass, responses).unwrap();
        let at = |n: u32, rounds| instance.expected_failure(f64::from(n), rounds).unwrap().value();
        prop_assert!(at(n + 1, 1) <= at(n, 1));
        prop_assert!(at(n, 1) <= mass);
        prop_assert!(at(n, 1) <= instance.poisson_failure(f64::from(n), 1).unwrap().value() * (1.0 + 1e-12));
        let once = at(4 * n, 1);
        prop_assert!((at(n, 4) - once).abs() <= 1e-9 * once + 1e-300);
    }
}

/// Oracle: 2 Var u summed over all pairs of labels, as E (u(y) − u(y'))², u = βθ' − (1+β)θ with θ' written out label by label.
#[test]
fn losses_of_an_unresolved_prompt_are_sums_over_pairs() {
    let ln2 = std::f64::consts::LN_2;
    for (labels, beta) in [(2usize, 0.5), (3, 1.0), (7, 0.02), (60, 3.0)] {
        let instance = HardInstance::new(4.0, 0.5, labels as u64).unwrap();
        let base: Vec<f64> = (0..labels).map(|y| if y == 0 { 2.0 } else { 1.0 } / (labels as f64 + 1.0)).collect();
        let loss = |next: &dyn Fn(usize) -> f64| {
            let u = |y: usize| beta * next(y) - (1.0 + beta) * if y == 0 { ln2 } else { 0.0 };
            let pairs = (0..labels).flat_map(|y| (0..labels).map(move |other| (y, other)));
            pairs.map(|(y, other)| base[y] * base[other] * (u(y) - u(other)).powi(2)).sum::<f64>()
        };
        let kept = loss(&|y| if y == 0 { ln2 } else { 0.0 });
        let misled = loss(&|y| if y == labels - 1 { (1.0 + 1.0 / beta) * ln2 } else { 0.0 });
        assert_relative_eq!(instance.kept_loss(), kept, max_relative = 1e-12);
        assert_relative_eq!(instance.misled_loss(beta).unwrap(), misled, max_relative = 1e-12);
    }
}
