//! From round to round: Lemmas C.3 and C.4 (C16, C17).

use std::sync::Arc;

use ndarray::arr2;
use rand::RngExt;

use super::AUDIT;
use crate::Result;
use crate::claims::cases::{single, step_by_step};
use crate::claims::{Case, Claim, Comparison, Control, Level, Replay, Rule, Statement, Trial};
use crate::instance::{DenseFeatures, FeatureMap, Instance, Parameter};
use crate::metrics::Quantity;
use crate::metrics::named::{CHAIN_CONCENTRABILITY, KAPPA, MARGIN, MIN_CONFIDENCE, SECOND_MOMENT};
use crate::seed::{Purpose, Seed};
use crate::simulate::Config;
use crate::simulate::config::UpdateConfig;
use crate::study::Profile;
use crate::study::definition::Verdict;
use crate::theory::one_step::comparator_gap;
use crate::theory::rates::population_scale;
use crate::theory::recurrence::{Contraction, integral_form, linear_form};

/// The claims of this file.
pub const CLAIMS: &[Claim] = &[
    Claim {
        id: "C16.linear",
        says: "κ_{t+1} ≤ min(1/μ, 1 + K_t/μ), K_t = [(√κ_t + √C_{π_{t+1}/π_t})ε + β log κ_t]/γ_t",
        level: Level::Exact,
        result: "Lemma C.3, relaxed",
        expected: Verdict::Holds,
        sources: AUDIT,
        statement: Statement::Replicates(linear),
        rule: Rule::Always,
        note: "rests on Lemma C.1 before Markov's inequality, not on the integral form",
        controls: &[Control::constructed(
            "C16.linear-root",
            "κ ≤ 1 + K/√μ, on the two-point law that attains 1 + K/μ",
            linear_root,
        )],
    },
    Claim {
        id: "C16.integral",
        says: "where K_t < 1−μ: κ_{t+1} ≤ 1 + K_t/μ + K_t log((1−μ)(1−K_t)/(μK_t))",
        level: Level::Exact,
        result: "Lemma C.3, Eq. 56",
        expected: Verdict::Holds,
        sources: AUDIT,
        statement: Statement::Replicates(integral),
        rule: Rule::Always,
        note: "rests on the tail P[1/max π_{t+1} > u] ≤ min(1, K_t u/(u−1)) alone",
        controls: &[Control::constructed(
            "C16.sign",
            "the logarithm's sign flipped, on the tail law that attains Eq. 56",
            flipped_sign,
        )],
    },
    Claim {
        id: "C16.from-integral",
        says: "κ ≤ 1 + K/μ for every law with P[1/max π > u] ≤ min(1, K u/(u−1)): the linear form by dropping Eq. 56's logarithm",
        level: Level::Exact,
        result: "the relaxation after Eq. 56",
        expected: Verdict::Violated,
        sources: &[],
        statement: Statement::Constructed(dropped_logarithm),
        rule: Rule::Always,
        note: "a hidden step: the linear form is true, but does not follow in this way",
        controls: &[],
    },
    Claim {
        id: "C16.every-response",
        says: "every response keeps a probability of at least μ = min_t min_x max_y π_t (the hypothesis of Lemma C.3 as printed)",
        level: Level::Exact,
        result: "hypothesis of Lemma C.3",
        expected: Verdict::Violated,
        sources: &[],
        statement: Statement::Constructed(every_response),
        rule: Rule::Always,
        note: "the proof needs it of the modal response only (Definition 5.2); a policy that sharpens drives the others to 0",
        controls: &[],
    },
    Claim {
        id: "C17",
        says: "κ_{t+1} ≤ 1 + C√κ_t for all t gives κ_T ≤ κ_∞ + λ^T(κ_0 − κ_∞), κ_∞ = ((C+√(C²+4))/2)², λ = C/(C+√(C²+4))",
        level: Level::Exact,
        result: "Lemma C.4",
        expected: Verdict::Holds,
        sources: &[],
        statement: Statement::Constructed(unrolled),
        rule: Rule::Always,
        note: "on the scalar map itself, which attains the recurrence",
        controls: &[
            Control::constructed("C17.half-factor", "the same with λ/2", unrolled_with_half_the_factor),
            Control::constructed("C17.no-floor", "the same with 1 for κ_∞", unrolled_to_one),
        ],
    },
    Claim {
        id: "C17.trajectory",
        says: "κ_T ≤ κ_∞ + λ^T(κ_0 − κ_∞) on measured runs, C = ((1 + r̄)ε + β)/(γμ) with the run's own ε, γ, μ, r̄",
        level: Level::Exact,
        result: "Lemmas C.3, C.4",
        expected: Verdict::Holds,
        sources: AUDIT,
        statement: Statement::Replicates(trajectory),
        rule: Rule::Always,
        note: "informative where κ_∞ < κ_0 only",
        controls: &[Control::replicates(
            "C17.trajectory-no-floor",
            "κ_T ≤ 1 + λ^T(κ_0 − 1): 1 for κ_∞",
            AUDIT,
            trajectory_to_one,
        )],
    },
];

const UNIQUE: &str = "modal responses of π_t are unique (γ_t > 0)";

fn linear(trial: &Trial<'_>) -> Result<Option<Case>> {
    surplus(trial, |gap, mu| Ok(linear_form(gap, mu)?.value()))
}

fn integral(trial: &Trial<'_>) -> Result<Option<Case>> {
    surplus(trial, |gap, mu| Ok(integral_form(gap, mu)?.value()))
}

/// κ_{t+1} against a form of Lemma C.3.
fn surplus(trial: &Trial<'_>, form: impl Fn(f64, f64) -> Result<f64>) -> Result<Option<Case>> {
    step_by_step(
        trial,
        UNIQUE,
        |t| Ok(trial.get(&MARGIN, t)? > 0.0),
        |t| {
            let get = |quantity: &'static Quantity| trial.get(quantity, t + 1);
            // Where C leaves the doubles ε may have vanished in them: their product is not known, and nothing is said.
            if !get(&CHAIN_CONCENTRABILITY)?.is_finite() || !get(&SECOND_MOMENT)?.is_finite() {
                return Ok(vec![Comparison::unlimited(get(&KAPPA)?, f64::INFINITY, 0.0)]);
            }
            let (kappa, gamma) = (trial.get(&KAPPA, t)?, trial.get(&MARGIN, t)?.min(f64::MAX));
            let epsilon = get(&SECOND_MOMENT)?.sqrt();
            let gap =
                comparator_gap(kappa, get(&CHAIN_CONCENTRABILITY)?.max(1.0), epsilon, trial.beta(), kappa.ln(), gamma)?;
            let mu = get(&MIN_CONFIDENCE)?;
            let bound = form(gap.value(), mu)?;
            // What K_t was rounded by is divided by μ.
            let tolerance = trial.rounding(t + 1, bound / mu)?;
            Ok(vec![Comparison::new(get(&KAPPA)?, bound, tolerance, 1.0 / mu)])
        },
    )
}

/// Random K and μ with K < 1 − μ, where the forms of Lemma C.3 say something.
fn gaps(seed: &Seed, profile: Profile) -> Vec<(f64, f64)> {
    let mut rng = seed.rng(Purpose::Laws, 0, 0);
    let count = if profile == Profile::Quick { 200 } else { 2000 };
    (0..count)
        .map(|_| {
            let mu: f64 = rng.random_range(-6.0f64..-0.1).exp();
            ((1.0 - mu) * rng.random_range(-8.0f64..-0.01).exp(), mu)
        })
        .collect()
}

/// The law of max π on {μ, 1} with E[1 − max π] = K has κ = 1 + K/μ exactly.
fn linear_root(seed: &Seed, profile: Profile) -> Result<Vec<Case>> {
    let case = |(gap, mu): (f64, f64)| single(Comparison::unlimited(1.0 + gap / mu, 1.0 + gap / mu.sqrt(), 1e-12 / mu));
    Ok(gaps(seed, profile).into_iter().map(case).collect())
}

/// κ = 1 + ∫_1^{1/μ} min(1, K u/(u−1)) du of the law whose tail is that, by Simpson's rule on the two smooth pieces.
///
/// min is 1 up to u = 1/(1−K); beyond, the substitution u = 1 + e^v makes the integrand K(1 + e^{−v})e^v = K(e^v + 1).
fn kappa_of_tail(gap: f64, mu: f64) -> f64 {
    let knee = gap / (1.0 - gap);
    let (low, high) = (knee.ln(), (1.0 / mu - 1.0).ln());
    let step = (high - low) / 512.0;
    let weight = |i: usize| match i {
        0 | 512 => 1.0,
        i if i % 2 == 1 => 4.0,
        _ => 2.0,
    };
    let sum: f64 = (0..=512).map(|i| weight(i) * gap * ((low + i as f64 * step).exp() + 1.0)).sum();
    1.0 + knee + sum * step / 3.0
}

fn flipped_sign(seed: &Seed, profile: Profile) -> Result<Vec<Case>> {
    gaps(seed, profile)
        .into_iter()
        .map(|(gap, mu)| {
            let linear = 1.0 + gap / mu;
            let logarithm = integral_form(gap, mu)?.value() - linear;
            Ok(single(Comparison::unlimited(kappa_of_tail(gap, mu), linear - logarithm, 1e-6 / mu)))
        })
        .collect()
}

fn dropped_logarithm(seed: &Seed, profile: Profile) -> Result<Vec<Case>> {
    let case = |(gap, mu): (f64, f64)| single(Comparison::unlimited(kappa_of_tail(gap, mu), 1.0 + gap / mu, 1e-6 / mu));
    Ok(gaps(seed, profile).into_iter().map(case).collect())
}

/// Population rounds on random two-response policies: the least probability against the least confidence.
fn every_response(seed: &Seed, profile: Profile) -> Result<Vec<Case>> {
    let mut rng = seed.rng(Purpose::Laws, 0, 0);
    let count = if profile == Profile::Quick { 50 } else { 500 };
    (0..count)
        .map(|_| {
            let (gap, beta): (f64, f64) = (rng.random_range(0.1..3.0), rng.random_range(0.1..2.0));
            let mode = |t: u32| population_scale(beta, t).map(|scale| 1.0 / (1.0 + (-gap * scale).exp()));
            let confidence = (0..=4).map(mode).collect::<Result<Vec<f64>>>()?.into_iter().fold(1.0, f64::min);
            let least = 1.0 - mode(4)?;
            let replay = Some(binary_population(gap, beta, 4)?);
            Ok(Case { replay, ..single(Comparison::probability(confidence, least, 1e-12)) })
        })
        .collect()
}

/// Population rounds on a single prompt with two responses.
fn binary_population(gap: f64, beta: f64, rounds: usize) -> Result<Arc<Replay>> {
    let features = DenseFeatures::new(arr2(&[[1.0], [0.0]]), &[2])?;
    let instance = Instance::new(vec![1.0], FeatureMap::dense(features), Parameter::Dense(vec![gap].into()), None)?;
    let mut config = Config::default();
    (config.process.update, config.process.beta, config.process.rounds) =
        (UpdateConfig::POPULATION, Some(beta), rounds);
    config.run.replicates = 1;
    Ok(Arc::new(Replay { config, instance }))
}

/// Runs of the scalar map κ ↦ 1 + C√κ from random κ_0 and C, against a bound of κ_∞, λ, κ_0 and T.
fn runs(seed: &Seed, profile: Profile, bound: impl Fn(&Contraction, f64, u32) -> f64) -> Result<Vec<Case>> {
    let mut rng = seed.rng(Purpose::Laws, 0, 0);
    let count = if profile == Profile::Quick { 200 } else { 2000 };
    (0..count)
        .map(|_| {
            let coefficient = rng.random_range(-7.0f64..5.0).exp();
            let kappa0 = 1.0 + rng.random_range(-5.0f64..12.0).exp();
            // With γ = μ = 1, β = C and no statistical error the map's coefficient is C.
            let map = Contraction::new(1.0, 1.0, 0.0, coefficient, 1.0)?;
            let mut kappa = kappa0;
            let comparisons = (1..=8).map(|t| {
                kappa = map.apply(kappa);
                let bound = bound(&map, kappa0, t);
                // Above κ_0 it would not even say that κ does not grow.
                Comparison::new(kappa, bound, 64.0 * f64::EPSILON * (kappa0 + map.fixed_point()), kappa0)
            });
            Ok(Case { comparisons: comparisons.collect(), ..Case::default() })
        })
        .collect()
}

fn unrolled(seed: &Seed, profile: Profile) -> Result<Vec<Case>> {
    runs(seed, profile, |map, kappa0, t| map.unrolled(kappa0, t).value())
}

fn unrolled_with_half_the_factor(seed: &Seed, profile: Profile) -> Result<Vec<Case>> {
    runs(seed, profile, |map, kappa0, t| {
        let limit = map.fixed_point();
        limit + (0.5 * map.factor()).powi(t as i32) * (kappa0 - limit)
    })
}

fn unrolled_to_one(seed: &Seed, profile: Profile) -> Result<Vec<Case>> {
    runs(seed, profile, |map, kappa0, t| 1.0 + map.factor().powi(t as i32) * (kappa0 - 1.0))
}

fn trajectory(trial: &Trial<'_>) -> Result<Option<Case>> {
    along(trial, |map, kappa0, t| map.unrolled(kappa0, t).value())
}

fn trajectory_to_one(trial: &Trial<'_>) -> Result<Option<Case>> {
    along(trial, |map, kappa0, t| 1.0 + map.factor().powi(t as i32) * (kappa0 - 1.0))
}

/// κ_t along a run against a bound of the run's own map, κ_0 and t.
fn along(trial: &Trial<'_>, bound: impl Fn(&Contraction, f64, u32) -> f64) -> Result<Option<Case>> {
    let rounds = trial.rounds();
    let run = trial.constants(rounds)?;
    let applies = run.gamma() > 0.0 && run.gamma().is_finite();
    let mut case = Case { assumptions: vec![(UNIQUE, applies)], ..Case::default() };
    case.place.size = trial.size();
    if !applies {
        return Ok(Some(case));
    }
    // Where r̄ leaves the doubles ε may have vanished in them.
    let known = run.epsilon().is_finite() && run.excess().is_finite();
    case.assumptions.push(("r̄ is a double", known));
    if !known {
        return Ok(Some(case));
    }
    let (map, kappa0, mu) = (run.contraction()?, run.kappa0, run.mu());
    for t in 1..=rounds {
        let bound = bound(&map, kappa0, t as u32);
        let tolerance = trial.rounding(t, bound / mu)?;
        case.comparisons.push(Comparison::new(trial.get(&KAPPA, t)?, bound, tolerance, kappa0));
    }
    Ok(Some(case))
}
