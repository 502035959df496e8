//! One step: Lemma C.1 to Eq. 43, and the companion's Lemma 4.1 (C1–C9).
//!
//! Left-hand sides are the chain's own double sums ([`crate::metrics::chain`]); right-hand sides are `theory`'s functions of
//! measured quantities.

use super::AUDIT;
use crate::Result;
use crate::claims::cases::step_by_step;
use crate::claims::{Case, Claim, Comparison, Control, Statement, Trial};
use crate::metrics::Quantity;
use crate::metrics::named::{
    BASELINE_LEFT, BASELINE_RIGHT, CHAIN_COMPARATOR_CONCENTRABILITY, CHAIN_CONCENTRABILITY, CHAIN_GAP,
    COMPARATOR_FAILURE, COMPARATOR_REGRET, DEVIATION_COMPARATOR, DEVIATION_POLICY, ENTROPY, FAILURE, IDENTITY_RESIDUAL,
    KAPPA, KL_COMPARATOR, KL_POLICY, MARGIN, NESTING, OBJECTIVE_COMPARATOR, OBJECTIVE_POLICY, OPTIMAL_CONCENTRABILITY,
    SECOND_MOMENT,
};
use crate::seed::{Purpose, Seed};
use crate::study::Profile;
use crate::study::definition::Verdict;
use crate::theory::one_step;

const fn claim(
    id: &'static str,
    says: &'static str,
    result: &'static str,
    judge: fn(&Trial<'_>) -> Result<Option<Case>>,
    controls: &'static [Control],
) -> Claim {
    Claim::exact(id, says, result, AUDIT, Statement::Replicates(judge), controls)
}

/// The claims of this file.
pub const CLAIMS: &[Claim] = &[
    claim(
        "C1",
        "E_x[1 − π_{t+1}(y*_t|x)] ≤ (J_t(π°_t) − J_t(π_{t+1}))/γ_t, and F°(δ) ≤ the same/δ",
        "Lemma C.1",
        suboptimality,
        &[Control::replicates("C1.no-margin", "the same without 1/γ_t", AUDIT, suboptimality_without_margin)],
    ),
    claim(
        "C2",
        "E_π f − E_π' f = E_{x, y~π, y'~π'} Δ^f for f = r_t, π = π_{t+1}, π' = π_t",
        "Eq. 11",
        baseline,
        &[Control::replicates(
            "C2.no-baseline",
            "E_π f = E Δ^f: the baseline E_π' f left out",
            AUDIT,
            without_baseline,
        )],
    ),
    Claim {
        controls: &[Control::constructed("C3.own-power", "π*_β ∝ π_t^{1/β} in place of π_t^{1+1/β}", own_power)],
        ..claim("C3", "for π*_β ∝ π_t^{1+1/β}: Δ^{r_t} = β Δ^{log(π*_β/π_t)}", "Eqs. 12–14", identity, &[])
    },
    claim(
        "C4",
        "E_{π°} r̂ − β KL(π°‖π_t) ≤ E_π r̂ − β KL(π‖π_t) with r̂ = β log(π/π_t), π = π_{t+1}",
        "Eq. 15",
        variational,
        &[Control::replicates("C4.no-comparator-kl", "the same without β KL(π°‖π_t)", AUDIT, variational_without_kl)],
    ),
    claim(
        "C5",
        "J_t(π°) − J_t(π) ≤ E_{π°,π_t}|Δ^{r_t} − Δ^{r̂}| + E_{π,π_t}|Δ^{r_t} − Δ^{r̂}| + β KL(π°‖π_t) − β KL(π‖π_t)",
        "Eqs. 16–18",
        decomposition,
        &[Control::replicates(
            "C5.one-deviation",
            "the same without the deviation under π_{t+1}",
            AUDIT,
            decomposition_of_one,
        )],
    ),
    claim(
        "C6",
        "E_{π,π_t} h ≤ √(C_{π/π_t} E_{π_t,π_t} h²) for h = |Δ^{r_t} − Δ^{r̂}|, π = π_{t+1} and π°; and C_{π°/π_t} = κ_t",
        "Lemma C.2",
        change_of_measure,
        &[Control::replicates("C6.no-root", "the same without the square root", AUDIT, change_of_measure_without_root)],
    ),
    claim(
        "C7",
        "F°(δ) ≤ [(√κ_t + √C_{π_{t+1}/π_t}) ε + β KL]/(γ_t δ), E_x[1 − π_{t+1}(y*_t|x)] ≤ the same times δ",
        "Eqs. 39–42",
        oracle,
        &[
            Control::replicates("C7.no-kl", "the same without β KL", AUDIT, oracle_without_kl),
            Control::replicates(
                "C7.no-concentrability",
                "the same without √C_{π_{t+1}/π_t}",
                AUDIT,
                oracle_without_concentrability,
            ),
        ],
    ),
    claim(
        "C7.log",
        "F°(δ) ≤ [(√κ_t + √C_{π_{t+1}/π_t}) ε + β log κ_t]/(γ_t δ)",
        "Eq. 42",
        oracle_with_log,
        &[Control::replicates(
            "C7.log-no-concentrability",
            "the same without √C_{π_{t+1}/π_t}",
            AUDIT,
            log_without_concentrability,
        )],
    ),
    claim(
        "C8",
        "C_{π*_β/π_t} ≤ κ_t",
        "companion's Lemma 4.1",
        optimal_concentrability,
        &[Control::replicates("C8.root", "C_{π*_β/π_t} ≤ √κ_t", AUDIT, optimal_concentrability_root)],
    ),
    Claim {
        expected: Verdict::Violated,
        note: "the paper's simplification for the learned policy; false in general",
        ..claim(
            "C8.simplification",
            "C_{π_{t+1}/π_t} ≤ κ_t for the learned policy too (r̄ ≤ 1)",
            "assumed after Eq. 41",
            simplification,
            &[],
        )
    },
    claim(
        "C9",
        "{π_{t+1}(y*_{t+1}) ≤ 1 − δ} ⊆ {π_{t+1}(y*_t) ≤ 1 − δ}, so F ≤ F°",
        "Eq. 43",
        nesting,
        &[Control::replicates("C9.reversed", "the inclusion the other way round, so F° ≤ F", AUDIT, nesting_reversed)],
    ),
];

/// Whether modal responses are unique; what divides by γ_t says nothing otherwise.
const UNIQUE: &str = "modal responses of π_t are unique (γ_t > 0)";

/// Comparisons of every step whose margin is positive and finite.
fn where_unique(trial: &Trial<'_>, compare: impl Fn(usize, f64) -> Result<Vec<Comparison>>) -> Result<Option<Case>> {
    step_by_step(
        trial,
        UNIQUE,
        |t| Ok(trial.get(&MARGIN, t)? > 0.0),
        |t| {
            // With one response everywhere γ is infinite, and both sides are 0.
            compare(t, trial.get(&MARGIN, t)?.min(f64::MAX))
        },
    )
}

/// Comparisons of every step.
fn always(trial: &Trial<'_>, compare: impl Fn(usize) -> Result<Vec<Comparison>>) -> Result<Option<Case>> {
    step_by_step(trial, "", |_| Ok(true), compare)
}

fn suboptimality(trial: &Trial<'_>) -> Result<Option<Case>> {
    regret(trial, |gap, gamma| Ok(one_step::suboptimality(gap, gamma)?.value()))
}

fn suboptimality_without_margin(trial: &Trial<'_>) -> Result<Option<Case>> {
    regret(trial, |gap, _| Ok(gap))
}

fn regret(trial: &Trial<'_>, bound: impl Fn(f64, f64) -> Result<f64>) -> Result<Option<Case>> {
    where_unique(trial, |t, gamma| {
        let gap = trial.get(&CHAIN_GAP, t + 1)?;
        let bound = bound(gap, gamma)?;
        // The gap is a mean of differences of rewards, each known to its own rounding, and is divided by γ_t.
        let unknown = trial.reward_rounding(t, trial.get(&KL_COMPARATOR, t + 1)? + gap)? / gamma;
        let tolerance = trial.rounding(t + 1, bound.min(1.0))? + unknown;
        let compare = |measured: f64, delta: f64| Comparison::probability(measured, bound / delta, tolerance / delta);
        let mut comparisons = vec![compare(trial.get(&COMPARATOR_REGRET, t + 1)?, 1.0)];
        for &delta in trial.deltas() {
            comparisons.push(compare(trial.at(&COMPARATOR_FAILURE, delta, t + 1)?, delta));
        }
        Ok(comparisons)
    })
}

/// The size of the numbers that both sides of Eq. 11 are formed from: E|log π_t| under both policies.
fn reward_scale(trial: &Trial<'_>, t: usize) -> Result<f64> {
    Ok(trial.get(&KL_COMPARATOR, t + 1)? + trial.get(&CHAIN_GAP, t + 1)? + trial.get(&ENTROPY, t)? + 1.0)
}

fn baseline(trial: &Trial<'_>) -> Result<Option<Case>> {
    always(trial, |t| {
        let tolerance = trial.rounding(t + 1, reward_scale(trial, t)?)?;
        let (left, right) = (trial.get(&BASELINE_LEFT, t + 1)?, trial.get(&BASELINE_RIGHT, t + 1)?);
        // Where a round lifts a response of probability 0 there is no mean reward, and both sides are −∞.
        let infinite = left == right && left.is_infinite();
        Ok(if infinite { Vec::new() } else { vec![Comparison::identity(left, right, tolerance)] })
    })
}

fn without_baseline(trial: &Trial<'_>) -> Result<Option<Case>> {
    always(trial, |t| {
        let tolerance = trial.rounding(t + 1, reward_scale(trial, t)?)?;
        // E_{π_{t+1}} log π_t = −(KL(π°‖π_t) + gap).
        let mean = -(trial.get(&KL_COMPARATOR, t + 1)? + trial.get(&CHAIN_GAP, t + 1)?);
        Ok(vec![Comparison::identity(mean, trial.get(&BASELINE_RIGHT, t + 1)?, tolerance)])
    })
}

fn identity(trial: &Trial<'_>) -> Result<Option<Case>> {
    always(trial, |t| {
        Ok(vec![Comparison::identity(trial.get(&IDENTITY_RESIDUAL, t + 1)?, 0.0, trial.rounding(t + 1, 1.0)?)])
    })
}

/// The residual of Eq. 14 with another power of π_t, on random laws: β Δ^{log(π/π_t)} = (1 − β) Δ^{r_t} for π ∝ π_t^{1/β}.
fn own_power(seed: &Seed, _: Profile) -> Result<Vec<Case>> {
    use rand::RngExt;
    let mut rng = seed.rng(Purpose::Laws, 0, 0);
    let case = |beta: f64, difference: f64| {
        let implicit = beta * (1.0 / beta - 1.0) * difference;
        let comparisons = vec![Comparison::identity(difference, implicit, 64.0 * f64::EPSILON * difference.abs())];
        Case { comparisons, ..Case::default() }
    };
    Ok((0..64).map(|_| case(rng.random_range(0.05..0.8), rng.random_range(0.1..5.0))).collect())
}

/// The size of the objective's terms.
fn objective_scale(trial: &Trial<'_>, t: usize) -> Result<f64> {
    let rewards = trial.beta() * (reward_scale(trial, t)? + trial.get(&KL_POLICY, t + 1)?);
    Ok(rewards + trial.get(&OBJECTIVE_COMPARATOR, t + 1)?.abs())
}

fn variational(trial: &Trial<'_>) -> Result<Option<Case>> {
    variation(trial, 0.0)
}

fn variational_without_kl(trial: &Trial<'_>) -> Result<Option<Case>> {
    variation(trial, trial.beta())
}

/// Eq. 15 with `missing` times KL(π°‖π_t) left out of its left side. Its right side is 0 and its left side negative: the bound
/// is met where their difference is no more than rounding.
fn variation(trial: &Trial<'_>, missing: f64) -> Result<Option<Case>> {
    always(trial, |t| {
        let left = trial.get(&OBJECTIVE_COMPARATOR, t + 1)? + missing * trial.get(&KL_COMPARATOR, t + 1)?;
        let tolerance = trial.rounding(t + 1, objective_scale(trial, t)?)?;
        Ok(vec![Comparison::unlimited(left, trial.get(&OBJECTIVE_POLICY, t + 1)?, tolerance)])
    })
}

fn decomposition(trial: &Trial<'_>) -> Result<Option<Case>> {
    decompose(trial, 1.0)
}

fn decomposition_of_one(trial: &Trial<'_>) -> Result<Option<Case>> {
    decompose(trial, 0.0)
}

/// Eq. 18 with so much of the deviation under π_{t+1}.
fn decompose(trial: &Trial<'_>, share: f64) -> Result<Option<Case>> {
    always(trial, |t| {
        let get = |quantity: &'static Quantity| trial.get(quantity, t + 1);
        let deviations = (get(&DEVIATION_COMPARATOR)?, share * get(&DEVIATION_POLICY)?);
        // A divergence of 0 may be measured as less, by rounding.
        let (comparator, learned) = (get(&KL_COMPARATOR)?.max(0.0), get(&KL_POLICY)?.max(0.0));
        // Where π_{t+1} gives a response of π_t no probability, what is on the right leaves the doubles: nothing is said.
        if ![deviations.0, deviations.1, comparator, learned].iter().all(|number| number.is_finite()) {
            return Ok(Vec::new());
        }
        let bound = one_step::gap_decomposition(deviations.0, deviations.1, trial.beta(), comparator, learned)?;
        // β KL(π_{t+1}‖π_t) is subtracted: rounding is relative to the terms, not to what is left of them.
        let scale = deviations.0 + deviations.1 + trial.beta() * (comparator + learned + 1.0);
        Ok(vec![Comparison::unlimited(get(&CHAIN_GAP)?, bound, trial.rounding(t + 1, scale)?)])
    })
}

fn change_of_measure(trial: &Trial<'_>) -> Result<Option<Case>> {
    always(trial, |t| {
        let get = |quantity: &'static Quantity| trial.get(quantity, t + 1);
        let lemma = |deviation: f64, concentrability: f64| {
            // Where C leaves the doubles E h² may have vanished in them: their product is not known. Where π_{t+1} gives a response of π_t
            // no probability E h² leaves them.
            if !concentrability.is_finite() || !get(&SECOND_MOMENT)?.is_finite() {
                return Ok(Comparison::unlimited(deviation, f64::INFINITY, 0.0));
            }
            // Concentrability of 1 may be measured as 1 less rounding.
            let bound = one_step::change_of_measure(concentrability.max(1.0), get(&SECOND_MOMENT)?)?;
            Ok(Comparison::unlimited(deviation, bound, deviation_rounding(trial, t, bound)?))
        };
        let kappa = trial.get(&KAPPA, t)?;
        Ok(vec![
            lemma(get(&DEVIATION_POLICY)?, get(&CHAIN_CONCENTRABILITY)?)?,
            lemma(get(&DEVIATION_COMPARATOR)?, get(&CHAIN_COMPARATOR_CONCENTRABILITY)?)?,
            Comparison::identity(get(&CHAIN_COMPARATOR_CONCENTRABILITY)?, kappa, trial.rounding(t + 1, kappa)?),
        ])
    })
}

/// A deviation |Δ^{r_t} − Δ^{r̂}| that is small came out of a cancellation of rewards: its rounding is relative to them.
fn deviation_rounding(trial: &Trial<'_>, t: usize, bound: f64) -> Result<f64> {
    let rewards = (1.0 + trial.beta()) * reward_scale(trial, t)?;
    let known = trial.rounding(t + 1, rewards)? * trial.get(&CHAIN_CONCENTRABILITY, t + 1)?.clamp(1.0, f64::MAX).sqrt();
    Ok(trial.rounding(t + 1, bound.min(f64::MAX))? + known)
}

fn change_of_measure_without_root(trial: &Trial<'_>) -> Result<Option<Case>> {
    always(trial, |t| {
        let get = |quantity: &'static Quantity| trial.get(quantity, t + 1);
        let concentrability = get(&CHAIN_CONCENTRABILITY)?;
        let product = concentrability.max(1.0) * get(&SECOND_MOMENT)?;
        let bound = if product.is_finite() { product } else { f64::INFINITY };
        let tolerance = deviation_rounding(trial, t, bound)?;
        Ok(vec![Comparison::unlimited(get(&DEVIATION_POLICY)?, bound, tolerance)])
    })
}

/// Which terms of the oracle bound are kept.
struct Terms {
    kl: bool,
    concentrability: bool,
}

fn oracle(trial: &Trial<'_>) -> Result<Option<Case>> {
    oracle_bound(trial, &Terms { kl: true, concentrability: true })
}

fn oracle_without_kl(trial: &Trial<'_>) -> Result<Option<Case>> {
    oracle_bound(trial, &Terms { kl: false, concentrability: true })
}

fn oracle_without_concentrability(trial: &Trial<'_>) -> Result<Option<Case>> {
    oracle_bound(trial, &Terms { kl: true, concentrability: false })
}

fn oracle_bound(trial: &Trial<'_>, terms: &Terms) -> Result<Option<Case>> {
    where_unique(trial, |t, gamma| {
        let get = |quantity: &'static Quantity| trial.get(quantity, t + 1);
        // Where C leaves the doubles ε may have vanished in them: their product is not known, and nothing is said.
        if !get(&CHAIN_CONCENTRABILITY)?.is_finite() || !get(&SECOND_MOMENT)?.is_finite() {
            return Ok(vec![Comparison::probability(get(&COMPARATOR_REGRET)?, f64::INFINITY, 0.0)]);
        }
        let (kappa, beta) = (trial.get(&KAPPA, t)?, trial.beta());
        let epsilon = get(&SECOND_MOMENT)?.sqrt();
        let learned = if terms.concentrability { get(&CHAIN_CONCENTRABILITY)?.max(1.0) } else { 0.0 };
        let gap = |kl: f64| {
            let full = one_step::comparator_gap(kappa, learned.max(1.0), epsilon, beta, kl, gamma)?.value();
            // √C ≥ 1 stands in the function: taken out again where it is to be left out.
            Ok::<f64, crate::Error>(if terms.concentrability { full } else { full - epsilon / gamma })
        };
        let kl = if terms.kl { get(&KL_COMPARATOR)?.max(0.0) } else { 0.0 };
        let own = gap(kl)?;
        let lift =
            trial.rounding(t + 1, own.min(1.0))? + deviation_rounding(trial, t, 0.0)? * (1.0 + kappa.sqrt()) / gamma;
        let mut comparisons = vec![Comparison::probability(get(&COMPARATOR_REGRET)?, own, lift)];
        for &delta in trial.deltas() {
            let failure = trial.at(&COMPARATOR_FAILURE, delta, t + 1)?;
            comparisons.push(Comparison::probability(failure, own / delta, lift / delta));
        }
        Ok(comparisons)
    })
}

/// The last form of the oracle bound, with log κ_t for the divergence.
fn oracle_with_log(trial: &Trial<'_>) -> Result<Option<Case>> {
    log_bound(trial, true)
}

fn log_without_concentrability(trial: &Trial<'_>) -> Result<Option<Case>> {
    log_bound(trial, false)
}

fn log_bound(trial: &Trial<'_>, concentrability: bool) -> Result<Option<Case>> {
    where_unique(trial, |t, gamma| {
        let get = |quantity: &'static Quantity| trial.get(quantity, t + 1);
        let learned = get(&CHAIN_CONCENTRABILITY)?;
        // Where C leaves the doubles ε may have vanished in them: their product is not known, and nothing is said.
        if !learned.is_finite() || !get(&SECOND_MOMENT)?.is_finite() {
            return Ok(vec![Comparison::probability(get(&COMPARATOR_REGRET)?, f64::INFINITY, 0.0)]);
        }
        let (kappa, epsilon) = (trial.get(&KAPPA, t)?, get(&SECOND_MOMENT)?.sqrt());
        let compare = |&delta: &f64| {
            let kept = if concentrability { learned.max(1.0) } else { 1.0 };
            let full = one_step::one_step(kappa, gamma, epsilon, trial.beta(), delta, Some(kept))?.value();
            // √C ≥ 1 stands in the function: taken out again where it is to be left out.
            let bound = if concentrability { full } else { full - epsilon / gamma / delta };
            let lift = trial.rounding(t + 1, bound.min(1.0))?
                + deviation_rounding(trial, t, 0.0)? * (1.0 + kappa.sqrt()) / gamma / delta;
            let failure = trial.at(&COMPARATOR_FAILURE, delta, t + 1)?;
            Ok(Comparison::probability(failure, bound, lift))
        };
        trial.deltas().iter().map(compare).collect()
    })
}

fn optimal_concentrability(trial: &Trial<'_>) -> Result<Option<Case>> {
    concentrability(trial, &OPTIMAL_CONCENTRABILITY, |kappa| kappa)
}

fn optimal_concentrability_root(trial: &Trial<'_>) -> Result<Option<Case>> {
    concentrability(trial, &OPTIMAL_CONCENTRABILITY, f64::sqrt)
}

fn simplification(trial: &Trial<'_>) -> Result<Option<Case>> {
    concentrability(trial, &CHAIN_CONCENTRABILITY, |kappa| kappa)
}

fn concentrability(trial: &Trial<'_>, quantity: &'static Quantity, bound: fn(f64) -> f64) -> Result<Option<Case>> {
    always(trial, |t| {
        let bound = bound(trial.get(&KAPPA, t)?);
        Ok(vec![Comparison::unlimited(trial.get(quantity, t + 1)?, bound, trial.rounding(t + 1, bound)?)])
    })
}

fn nesting(trial: &Trial<'_>) -> Result<Option<Case>> {
    always(trial, |t| {
        let below = |&delta: &f64| {
            let comparator = trial.at(&COMPARATOR_FAILURE, delta, t + 1)?;
            // The same weights are summed on both sides.
            Ok(Comparison::probability(trial.at(&FAILURE, delta, t + 1)?, comparator, 1e-12))
        };
        let nested = Comparison::probability(trial.get(&NESTING, t + 1)?, 0.0, 0.0);
        std::iter::once(Ok(nested)).chain(trial.deltas().iter().map(below)).collect()
    })
}

fn nesting_reversed(trial: &Trial<'_>) -> Result<Option<Case>> {
    always(trial, |t| {
        let compare = |&delta: &f64| {
            let own = trial.at(&FAILURE, delta, t + 1)?;
            Ok(Comparison::probability(trial.at(&COMPARATOR_FAILURE, delta, t + 1)?, own, 1e-9))
        };
        trial.deltas().iter().map(compare).collect()
    })
}
