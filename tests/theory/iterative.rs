//! Whole runs: Theorems 5.3 and 6.2, uniform and round by round.

use crate::support::assert_refuses;
use approx::assert_relative_eq;
use proptest::prelude::*;
use selfreward::theory::iterative::{RoundConstants, Setting, Shape, complete_spans, explicit, round_by_round};
use selfreward::theory::linear_softmax::{growing, own_round_epsilon, realizable_radius};
use selfreward::theory::one_step::{Class, Regularisation, epsilon, one_step};
use selfreward::theory::rates::{equivalent_beta, local_exponent, population_kappa, population_scale};
use selfreward::theory::recurrence::recurrence;

const OVER_SQRT: Regularisation = Regularisation::OverSqrtN(1.0);

fn linear(dim: f64, radius: f64) -> Setting {
    Setting {
        class: Class::Linear { dim, radius, theta_norm: None, range: None },
        beta: OVER_SQRT,
        kappa0: 2.3,
        gamma: 0.75,
        mu: 0.3,
        rho: 0.05,
        excess: 1.0,
    }
}

fn finite() -> Setting {
    Setting { class: Class::Finite { log_size: 5.0, range: 0.8 }, ..linear(1.0, 1.0) }
}

/// One prompt's law, raised to a power and normalised; over its maximum, so that a large power does not underflow it all.
fn power(policy: &[f64], exponent: f64) -> Vec<f64> {
    let powered: Vec<f64> = policy.iter().map(|p| (p / best(policy)).powf(exponent)).collect();
    let total: f64 = powered.iter().sum();
    powered.iter().map(|p| p / total).collect()
}

fn best(policy: &[f64]) -> f64 {
    policy.iter().copied().fold(0.0, f64::max)
}

fn kappa(policies: &[Vec<f64>]) -> f64 {
    policies.iter().map(|policy| 1.0 / best(policy)).sum::<f64>() / policies.len() as f64
}

fn margin(policies: &[Vec<f64>]) -> f64 {
    let of = |policy: &Vec<f64>| {
        let mut sorted = policy.clone();
        sorted.sort_by(|a, b| b.total_cmp(a));
        (sorted[0] / sorted[1]).ln()
    };
    policies.iter().map(of).fold(f64::INFINITY, f64::min)
}

fn failure(policies: &[Vec<f64>], delta: f64) -> f64 {
    policies.iter().filter(|policy| best(policy) <= 1.0 - delta).count() as f64 / policies.len() as f64
}

/// ε of C10's regression and √(C/κ), from `old` to `new`, summed from their definitions.
fn errors(old: &[Vec<f64>], new: &[Vec<f64>], beta: f64) -> (f64, f64) {
    let (mut loss, mut concentrability) = (0.0, 0.0);
    for (p, q) in old.iter().zip(new) {
        for y in 0..p.len() {
            concentrability += q[y] * q[y] / p[y];
            for z in 0..p.len() {
                let implicit = beta * ((q[y] / p[y]).ln() - (q[z] / p[z]).ln());
                loss += p[y] * p[z] * (implicit - (p[y] / p[z]).ln()).powi(2);
            }
        }
    }
    ((loss / old.len() as f64).sqrt(), (concentrability / old.len() as f64 / kappa(old)).sqrt())
}

prop_compose! {
    fn runs()(prompts in 1usize..5, responses in 2usize..5)(
        base in prop::collection::vec(prop::collection::vec(0.05f64..1.0, responses), prompts),
        noise in prop::collection::vec(prop::collection::vec(prop::collection::vec(-1.0f64..1.0, responses), prompts), 1..5),
    ) -> (Vec<Vec<f64>>, Vec<Vec<Vec<f64>>>) {
        (base.iter().map(|row| power(row, 1.0)).collect(), noise)
    }
}

proptest! {
    #![proptest_config(ProptestConfig { rng_seed: prop::test_runner::RngSeed::Fixed(3), failure_persistence: None, ..Default::default() })]

    /// The uniform and the round-by-round bound hold for *every* sequence of policies whose measured constants they are
    /// given, here sharpened ones with arbitrary errors. Oracle: the sequence itself, all its quantities summed. The finite
    /// class's range is chosen so that ε_n equals the largest measured ε.
    #[test]
    fn both_forms_hold_on_arbitrary_sequences(
        (base, noise) in runs(), beta in 0.2f64..3.0, size in prop_oneof![0.0f64..0.02, 0.0f64..1.0], delta in 0.05f64..0.95,
    ) {
        let mut run = vec![base];
        for shifts in &noise {
            let old = run.last().unwrap();
            let new = old.iter().zip(shifts).map(|(policy, shift)| {
                let sharp = power(policy, 1.0 + 1.0 / beta);
                let moved: Vec<f64> = sharp.iter().zip(shift).map(|(p, s)| p.max(1e-200) * (size * s).exp()).collect();
                power(&moved, 1.0)
            });
            run.push(new.collect());
        }
        let rounds = noise.len();
        let margins: Vec<f64> = run[..rounds].iter().map(|policies| margin(policies)).collect();
        prop_assume!(margins.iter().all(|gamma| *gamma > 1e-6));
        let mu = run[1..].iter().flatten().map(|policy| best(policy)).fold(1.0, f64::min);
        let measured: Vec<(f64, f64)> = (0..rounds).map(|t| errors(&run[t], &run[t + 1], beta)).collect();
        let observed = failure(&run[rounds], delta);

        let constants: Vec<_> = (0..rounds)
            .map(|t| RoundConstants { gamma: margins[t], epsilon: measured[t].0, excess: measured[t].1 })
            .collect();
        let own = round_by_round(kappa(&run[0]), mu, beta, delta, &constants).unwrap();
        prop_assert!(observed <= own.value() * (1.0 + 1e-9));
        prop_assert!(kappa(&run[rounds - 1]) <= own.intermediate("kappa_last").unwrap() * (1.0 + 1e-9));

        let most = |of: fn(&(f64, f64)) -> f64| measured.iter().map(of).fold(1e-9, f64::max);
        let (worst_epsilon, excess) = (most(|m| m.0), most(|m| m.1));
        let (n, rho, log_size) = (1000.0, 0.05, 2.0);
        let range = worst_epsilon / (8.0 * (log_size + (rounds as f64 / rho).ln()) / n).sqrt();
        let setting = Setting {
            class: Class::Finite { log_size, range },
            beta: Regularisation::Fixed(beta),
            kappa0: kappa(&run[0]),
            gamma: margins.iter().copied().fold(f64::INFINITY, f64::min),
            mu,
            rho,
            excess,
        };
        let uniform = explicit(&setting, n, rounds as u32, delta).unwrap();
        prop_assert!((uniform.intermediate("epsilon").unwrap() / worst_epsilon - 1.0).abs() < 1e-9);
        prop_assert!(observed <= uniform.value() * (1.0 + 1e-9));
        prop_assert!(kappa(&run[rounds - 1]) <= uniform.intermediate("kappa_last").unwrap() * (1.0 + 1e-9));
        // Sharper in turn: iterating the recurrence itself, then each round's own constants.
        prop_assert!(uniform.intermediate("iterated").unwrap() <= uniform.value() * (1.0 + 1e-9));
        prop_assert!(own.value() <= uniform.intermediate("iterated").unwrap() * (1.0 + 1e-9));
    }

    /// Complete spans: the population loop itself (ε = 0, r̄ ≤ 1). Oracle: powers of the base policy; κ by its gaps.
    #[test]
    fn complete_spans_bound_the_population_loop((base, noise) in runs(), beta in 0.2f64..3.0, delta in 0.05f64..0.95) {
        let rounds = noise.len() as u32;
        let at = |t: u32| -> Vec<Vec<f64>> {
            base.iter().map(|policy| power(policy, population_scale(beta, t).unwrap())).collect()
        };
        let gamma = margin(&base);
        prop_assume!(gamma > 1e-6);
        let mu = at(1).iter().map(|policy| best(policy)).fold(1.0, f64::min);
        for t in 0..rounds {
            // The hypothesis of the bound, where the powers stay inside the doubles.
            if at(t + 1).iter().flatten().all(|p| *p > 1e-280) {
                let (epsilon, excess) = errors(&at(t), &at(t + 1), beta);
                prop_assert!(epsilon < 1e-6 && excess <= 1.0 + 1e-9);
            }
        }
        let bound = complete_spans(kappa(&base), gamma, mu, beta, delta, rounds).unwrap();
        prop_assert!(failure(&at(rounds), delta) <= bound.value() * (1.0 + 1e-9));
        prop_assert!(kappa(&at(rounds - 1)) <= bound.intermediate("kappa_last").unwrap() * (1.0 + 1e-9));

        let gaps: Vec<Vec<f64>> = base.iter().map(|p| p.iter().map(|q| (best(p) / q).ln()).collect()).collect();
        let share = 1.0 / base.len() as f64;
        let by_gaps = population_kappa(gaps.iter().map(|g| (share, g.as_slice())), population_scale(beta, rounds).unwrap());
        prop_assert!((by_gaps.unwrap() / kappa(&at(rounds)) - 1.0).abs() < 1e-9);
        // C22: the same loop in one round at β'.
        let once = population_scale(equivalent_beta(beta, rounds).unwrap(), 1).unwrap();
        prop_assert!((once / population_scale(beta, rounds).unwrap() - 1.0).abs() < 1e-9);
    }

    /// Round by round the bound rises with κ₀, β and every ε and r̄, and falls with μ, δ and every γ.
    #[test]
    fn round_by_round_is_monotone(
        kappa0 in 1.0f64..50.0, mu in 0.05f64..0.9, beta in 1e-4f64..0.5, delta in 0.05f64..0.9, changed in 0usize..4,
        constants in prop::collection::vec((0.1f64..5.0, 0.0f64..0.5, 0.0f64..3.0), 4),
    ) {
        let rounds: Vec<_> = constants
            .iter()
            .map(|&(gamma, epsilon, excess)| RoundConstants { gamma, epsilon, excess })
            .collect();
        let at = |k, m, b, d, r: &[RoundConstants]| round_by_round(k, m, b, d, r).unwrap().value();
        let (base, slack) = (at(kappa0, mu, beta, delta, &rounds), 1.0 + 1e-12);
        let with = |change: fn(&mut RoundConstants)| {
            let mut other = rounds.clone();
            change(&mut other[changed]);
            at(kappa0, mu, beta, delta, &other)
        };
        for more in [
            at(1.1 * kappa0, mu, beta, delta, &rounds),
            at(kappa0, mu, 1.1 * beta, delta, &rounds),
            with(|round| round.epsilon = 1.1 * round.epsilon + 1e-3),
            with(|round| round.excess *= 1.1),
        ] {
            prop_assert!(more * slack >= base);
        }
        for less in [
            at(kappa0, 1.1 * mu, beta, delta, &rounds),
            at(kappa0, mu, beta, 1.1 * delta, &rounds),
            with(|round| round.gamma *= 1.1),
        ] {
            prop_assert!(less <= base * slack);
        }
    }

    /// The explicit bound falls with n, γ, μ, δ, ρ and rises with κ₀, r̄ and the class, and tends to 0 with n.
    #[test]
    fn explicit_bound_is_monotone(
        n in 100u64..100_000_000, rounds in 1u32..12, kappa0 in 1.0f64..50.0, gamma in 0.01f64..3.0, mu in 0.05f64..0.9,
        rho in 0.001f64..0.5, excess in 0.5f64..3.0, delta in 0.05f64..0.9, use_linear in any::<bool>(),
    ) {
        let class = if use_linear { linear(8.0, 30.0).class } else { finite().class };
        let base = Setting { class, beta: OVER_SQRT, kappa0, gamma, mu, rho, excess };
        let at = |setting: Setting, n: f64, delta: f64| explicit(&setting, n, rounds, delta).unwrap().value();
        let (n, slack) = (n as f64, 1.0 + 1e-12);
        let value = at(base, n, delta);
        prop_assert!(at(base, 2.0 * n, delta) <= value * slack);
        prop_assert!(at(base, 1e40, delta) < 1e-10);
        prop_assert!(at(base, n, 1.05 * delta) <= value * slack);
        let lowering = [
            Setting { gamma: 1.1 * gamma, ..base },
            Setting { mu: 1.1 * mu, ..base },
            Setting { rho: 1.1 * rho, ..base },
        ];
        for setting in lowering {
            prop_assert!(at(setting, n, delta) <= value * slack);
        }
        let larger = match class {
            Class::Finite { log_size, range } => {
                [Class::Finite { log_size: 1.1 * log_size, range }, Class::Finite { log_size, range: 1.1 * range }]
            }
            Class::Linear { dim, radius, theta_norm, range } => [
                Class::Linear { dim: dim + 1.0, radius, theta_norm, range },
                Class::Linear { dim, radius: 1.1 * radius, theta_norm, range },
            ],
        };
        let larger = larger.map(|class| Setting { class, ..base });
        for setting in larger.into_iter().chain([Setting { kappa0: 1.1 * kappa0, ..base }, Setting { excess: 1.1 * excess, ..base }]) {
            prop_assert!(at(setting, n, delta) * slack >= value);
        }
    }
}

/// At T = 1 the explicit bound is the oracle bound with ε_n of C10 and C = r̄² κ₀: two modules composed.
#[test]
fn one_round_is_the_oracle_bound_with_the_statistical_error() {
    for setting in [finite(), linear(16.0, 400.0), Setting { excess: 2.5, ..finite() }] {
        let n = 1e6;
        let error = epsilon(&setting.class, n, setting.beta.at(n), setting.rho).unwrap().value();
        let concentrability = setting.excess * setting.excess * setting.kappa0;
        let oracle =
            one_step(setting.kappa0, setting.gamma, error, setting.beta.at(n), 0.3, Some(concentrability)).unwrap();
        assert_relative_eq!(explicit(&setting, n, 1, 0.3).unwrap().value(), oracle.value(), max_relative = 1e-12);
    }
}

/// Round by round, κ̄ follows Lemma C.3 with the constants of each round: another module, itself held to its oracles.
#[test]
fn rounds_follow_the_recurrence() {
    let (mu, beta, delta) = (0.2, 0.01, 0.4);
    let rounds: Vec<_> = [(0.5, 0.02, 1.0), (1.5, 0.03, 3.0), (0.9, 0.0, 1.2)]
        .map(|(gamma, epsilon, excess)| RoundConstants { gamma, epsilon, excess })
        .into();
    let mut kappa = 4.0;
    for (t, round) in rounds.iter().enumerate() {
        let concentrability = round.excess * round.excess * kappa;
        let step = recurrence(kappa, round.gamma, mu, round.epsilon, beta, Some(concentrability)).unwrap();
        let run = round_by_round(4.0, mu, beta, delta, &rounds[..=t]).unwrap();
        assert_relative_eq!(run.intermediate("kappa_last").unwrap(), kappa, max_relative = 1e-12);
        assert_relative_eq!(run.intermediate("kappa_next").unwrap(), step.value(), max_relative = 1e-12);
        assert_relative_eq!(run.value(), step.intermediate("comparator_gap").unwrap() / delta, max_relative = 1e-12);
        assert!(step.value() > 1.0 && step.value() < 1.0 / mu);
        kappa = step.value();
    }
}

/// The negative control of Theorem 5.3 with r̄ = 1: K = 3, d = 2, φ = (0,0), (−1,0), (c, −√(1−c²)), θ₀ = (3, 30.0003),
/// n = 10^10, β = 1/√n. Response 3 is never drawn, so the update sees e_1 alone, and π_1 = (0.6, 0, 0.4) fails at δ = 0.3 with
/// probability ≥ 0.998, where the form with r̄ = 1 promises 0.044 at ρ = 0.05. With the run's own r̄ it promises nothing.
#[test]
fn the_printed_form_is_false_without_its_concentrability() {
    let (c, n, delta) = (9.8648e-5f64, 1e10f64, 0.3);
    let beta = 1.0 / n.sqrt();
    let features = [[0.0, 0.0], [-1.0, 0.0], [c, -(1.0 - c * c).sqrt()]];
    let policy = |theta: [f64; 2]| {
        let logits: Vec<f64> = features.iter().map(|f| f[0] * theta[0] + f[1] * theta[1]).collect();
        let most = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        power(&logits.iter().map(|l| (l - most).exp()).collect::<Vec<_>>(), 1.0)
    };
    let theta0 = [3.0f64, 30.0003];
    let (start, end) = (policy(theta0), policy([theta0[0] * (1.0 + 1.0 / beta), theta0[1]]));
    // The chance that response 3 is drawn at all in 2n draws.
    assert!(2.0 * n * start[2] < 0.002);
    assert!((end[0] - 0.6).abs() < 0.01 && best(&end) <= 1.0 - delta);
    let norm = theta0[0].hypot(theta0[1]);
    let class = Class::Linear {
        dim: 2.0,
        radius: realizable_radius(norm, beta, 1).unwrap(),
        theta_norm: Some(norm),
        range: None,
    };
    let kappa0 = 1.0 / start[0];
    let printed =
        Setting { class, beta: OVER_SQRT, kappa0, gamma: (start[0] / start[1]).ln(), mu: 0.6, rho: 0.05, excess: 1.0 };
    let promised = explicit(&printed, n, 1, delta).unwrap();
    assert!(promised.value() < 0.045 && !promised.refuted(), "{}", promised.value());
    let concentrability: f64 = (0..3).map(|y| end[y] * end[y] / start[y]).sum();
    assert!(concentrability > 1.7e12 && (kappa0 - 1.05).abs() < 0.005);
    let honest = Setting { excess: (concentrability / kappa0).sqrt(), ..printed };
    assert!(explicit(&honest, n, 1, delta).unwrap().vacuous());
}

/// Under β = 1/√n and a radius that T rounds of growth need, B = (1+√n)^T ‖θ₀‖, the uniform bound with one B and one γ is
/// vacuous from T = 2 on at every n, while with each round's own constants it falls below 1 near where it does at T = 1.
#[test]
fn uniform_constants_are_vacuous_from_two_rounds_on_and_own_constants_are_not() {
    let (theta0_norm, delta, dim) = (4.0, 0.5, 16.0);
    let uniform = |exponent: i32, rounds: u32| {
        let n = 10f64.powi(exponent);
        let radius = realizable_radius(theta0_norm, 1.0 / n.sqrt(), rounds).unwrap();
        explicit(&linear(dim, radius), n, rounds, delta).unwrap()
    };
    let own = |exponent: i32, rounds: u32| {
        growing(&linear(dim, 1.0), dim, theta0_norm, 10f64.powi(exponent), rounds, delta).unwrap()
    };
    assert!(uniform(7, 1).vacuous() && !uniform(8, 1).vacuous());
    for rounds in 2..6 {
        assert!((1..40).all(|exponent| uniform(exponent, rounds).vacuous()), "T = {rounds}");
        assert!(own(7, rounds).vacuous() && (8..40).all(|exponent| !own(exponent, rounds).vacuous()), "T = {rounds}");
    }
    // The calculator reports the same: ‖θ₀‖ from the radius, and the bound with growing constants beside the uniform one.
    let reported = uniform(10, 2);
    assert_relative_eq!(reported.intermediate("theta0_norm").unwrap(), theta0_norm, max_relative = 1e-9);
    assert_relative_eq!(reported.intermediate("round_by_round").unwrap(), own(10, 2).value(), max_relative = 1e-9);
    assert!(!own(10, 2_000).value().is_nan());
}

/// The minimiser nearest to θ_t lies in the ball of radius (1+1/β)‖θ_t‖, whose range is 4(1+β)‖θ_t‖: ε_{n,t} is proportional
/// to ‖θ_t‖, so that ε_{n,t}/γ_t does not change as both grow.
#[test]
fn own_constants_scale_with_the_parameter() {
    let at = |norm| own_round_epsilon(16.0, norm, 1e6, 1e-3, 0.05).unwrap().value();
    assert_relative_eq!(at(5000.0) / at(0.5), 1e4, max_relative = 1e-10);
    let class = Class::Linear { dim: 16.0, radius: 1001.0 * 2.0, theta_norm: Some(2.0), range: None };
    let bound = epsilon(&class, 1e6, 1e-3, 0.05).unwrap();
    assert_relative_eq!(bound.intermediate("range").unwrap(), 4.0 * 1.001 * 2.0, max_relative = 1e-12);
    assert_relative_eq!(bound.value(), at(2.0), max_relative = 1e-12);
}

/// A radius too small for the margin is refuted: unit features give γ ≤ 2‖θ₀‖, and (1+1/β)^T ‖θ₀‖ must fit.
#[test]
fn radii_that_cannot_be_realizable_are_refuted() {
    let needed = realizable_radius(0.375, 1e-3, 1).unwrap();
    assert!(!explicit(&linear(4.0, 1.001 * needed), 1e6, 1, 0.5).unwrap().refuted());
    assert!(explicit(&linear(4.0, 0.999 * needed), 1e6, 1, 0.5).unwrap().refuted());
    assert!(explicit(&linear(4.0, 1.001 * needed), 1e6, 2, 0.5).unwrap().refuted());
}

/// The run's κ̄ − 1 far below the spacing of the doubles near 1. Oracle: log(1+x) → x, so that each further round multiplies
/// the bound by β/(γμ), here 0.0207, once κ̄ − 1 is small; a κ̄ kept as 1 + K/μ gives 0 or a wrong ratio instead.
#[test]
fn complete_spans_do_not_cancel() {
    let beta = 1.0 / 9350f64.sqrt();
    let at = |rounds| complete_spans(20.0, 1.0, 0.5, beta, 0.5, rounds).unwrap().value();
    for rounds in 9..40 {
        assert_relative_eq!(at(rounds + 1) / at(rounds), beta / 0.5, max_relative = 1e-10);
    }
    assert!(at(15) > 0.0);
    // A finite class has no spans to complete; the linear one says what the number needs.
    assert_eq!(explicit(&finite(), 1e6, 3, 0.5).unwrap().intermediate("complete_spans"), None);
    let bound = explicit(&linear(4.0, 1e9), 1e6, 2, 0.5).unwrap();
    assert!(bound.intermediate("complete_spans").is_some());
    assert!(bound.assumptions().iter().any(|a| a.name.starts_with("for complete_spans only")));
}

/// ‖θ_t‖ ≤ theta_norm in all rounds contradicts growth from γ/2 by (1+1/β)^{T−1} beyond it, and is flagged then.
#[test]
fn a_norm_that_cannot_hold_the_growth_is_refuted() {
    let at = |theta_norm| {
        let class = Class::Linear { dim: 16.0, radius: 4.000_252_986_5e9, theta_norm: Some(theta_norm), range: None };
        explicit(&Setting { class, ..linear(16.0, 1.0) }, 1e9, 2, 0.5).unwrap()
    };
    // γ/2 (1 + √n) = 0.375 · 31623.8 = 11858.9.
    assert!(at(4.0).refuted() && at(11_858.0).refuted() && !at(11_859.0).refuted());
    let refuted: Vec<_> = at(4.0).assumptions().iter().filter(|a| a.met == Some(false)).cloned().collect();
    assert!(refuted.len() == 1 && refuted[0].name.starts_with("for round_by_round only"));
}

/// C19. Oracle: numerical differentiation of log P[margin ≤ c/s_T] for margins uniform near 0, s_T from the population
/// loop; and theory.md's −0.47 at T = 1, n = 2^8.
#[test]
fn local_exponent_is_the_derivative() {
    assert!((local_exponent(256.0, 1).unwrap() + 0.47).abs() < 0.001);
    for (n, rounds) in [(1e2, 1), (1e4, 2), (1e8, 5)] {
        let log_failure = |log_n: f64| -population_scale((-0.5 * log_n).exp(), rounds).unwrap().ln();
        let h = 1e-4;
        let slope = (log_failure(f64::ln(n) + h) - log_failure(f64::ln(n) - h)) / (2.0 * h);
        assert_relative_eq!(local_exponent(n, rounds).unwrap(), slope, max_relative = 1e-6);
    }
}

/// The shape falls like √(log n / n) and splits into a stable and an initial term.
#[test]
fn shape_has_its_rate_and_its_terms() {
    let contraction = finite().rates(1e6, 4).unwrap().contraction;
    let shape = |n, rounds| {
        let shape = Shape { n, rounds, kappa0: 9.0, gamma: 0.5, delta: 0.5, contraction, constant: 1.0 };
        shape.failure(16.0).unwrap()
    };
    let rate = shape(1e8, 4).value() / shape(1e4, 4).value();
    assert_relative_eq!(rate, (2.0f64 / 1e4).sqrt(), max_relative = 1e-12);
    let term = |rounds, name| shape(1e6, rounds).intermediate(name).unwrap();
    assert_relative_eq!(
        term(1, "initial_term") / term(1, "stable_term"),
        3.0 / contraction.fixed_point().sqrt(),
        max_relative = 1e-12
    );
    assert_relative_eq!(term(5, "initial_term") / term(3, "initial_term"), contraction.factor(), max_relative = 1e-12);
}

#[test]
fn bad_arguments_name_themselves() {
    assert_refuses(explicit(&finite(), 0.0, 1, 0.5), "n");
    assert_refuses(explicit(&finite(), 10.0, 0, 0.5), "rounds");
    assert_refuses(explicit(&finite(), 10.0, 1, 0.0), "delta");
    assert_refuses(explicit(&Setting { kappa0: 0.5, ..finite() }, 10.0, 1, 0.5), "kappa0");
    assert_refuses(explicit(&Setting { gamma: 0.0, ..finite() }, 10.0, 1, 0.5), "gamma");
    assert_refuses(explicit(&Setting { mu: 0.0, ..finite() }, 10.0, 1, 0.5), "mu");
    assert_refuses(explicit(&Setting { rho: 1.0, ..finite() }, 10.0, 1, 0.5), "rho");
    assert_refuses(explicit(&Setting { excess: f64::NAN, ..finite() }, 10.0, 1, 0.5), "excess");
    assert_refuses(explicit(&Setting { beta: Regularisation::Fixed(0.0), ..finite() }, 10.0, 1, 0.5), "beta");
    assert_refuses(round_by_round(2.0, 0.5, 0.1, 0.5, &[]), "rounds");
    assert_refuses(equivalent_beta(0.0, 1), "beta");
    assert_refuses(local_exponent(0.0, 1), "n");
    assert_refuses(population_kappa([(1.0, [-1.0].as_slice())], 1.0), "gaps");
}

/// The shape by hand: at T = 1 it is c/(γδ) √(complexity · log n / n) (√κ_∞ + √κ₀).
#[test]
fn the_shape_by_hand() {
    let contraction = finite().rates(1e6, 4).unwrap().contraction;
    let (n, kappa0, gamma, delta, constant) = (1e4, 9.0, 0.5, 0.2, 0.3);
    let shape = Shape { n, rounds: 1, kappa0, gamma, delta, contraction, constant };
    let expected = 3.0 * (5.0 * 1e4f64.ln() / 1e4).sqrt() * (contraction.fixed_point().sqrt() + 3.0);
    assert!((shape.failure(5.0).unwrap().value() / expected - 1.0).abs() < 1e-12);
}
