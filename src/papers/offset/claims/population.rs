//! The population loop with an offset: natural-gradient descent on the entropy, its loss, and where it is after t rounds (M1–M3).
//!
//! What the process and [`crate::metrics::misspecification`] compute through least squares of graded rows is held against plain sums and
//! an SVD ([`crate::metrics::plain_step`]), whose digits are as good as the condition of F allows.

use super::super::theory::population::{scaled_parameter, shares};
use super::{AUDIT, has_differences, is_population};
use crate::Result;
use crate::claims::cases::step_by_step;
use crate::claims::premises::has_offset;
use crate::claims::{Case, Claim, Comparison, Control, Statement, Trial};
use crate::metrics::Quantity;
use crate::metrics::named::{
    APPROXIMATION_ERROR, ENTROPY, ENTROPY_DESCENT, ESTIMATION_ERROR, FISHER_MAX, FISHER_MIN, GRADIENT_DISTANCE,
    LOGIT_ROUNDING, NATURAL_DISTANCE, NATURAL_STEP, NULL_DISTANCE, OFFSET_PROBE, OFFSET_STEP, PARAMETER_PROBE,
    REWARD_VARIANCE, SECOND_MOMENT, SHARPENED_SHARE, THETA_NORM,
};
use crate::process::fit::Data;

/// The claims of this file.
pub(super) const CLAIMS: &[Claim] = &[
    Claim {
        note: "where the eigenvalues of F_t lie within a factor of 10⁸; what lies across the span of all feature differences changes no policy (M3)",
        ..Claim::exact(
            "M1",
            "population update: Pθ_{t+1} = Pθ_t − F_t⁺∇E_xH(π_θ)/β at θ_t: natural-gradient descent on the conditional entropy",
            "natural gradient (ours)",
            AUDIT,
            Statement::Replicates(natural_gradient),
            &[Control::replicates("M1.plain", "Pθ_{t+1} = Pθ_t − ∇E_xH(π_θ)/β", AUDIT, plain_gradient)],
        )
    },
    Claim {
        note: "the derivative of the entropy in 1/β, relative to the tabular loop's, where F_t is conditioned within 10⁸",
        ..Claim::exact(
            "M2",
            "for every θ_{t+1} the population loss is ε_app² + e², e = ‖β(θ_{t+1} − θ_t) − ψ_t‖_G; ε_app² = 2(1 − R²)E_xVar s_t, and R² E_xVar s_t is the fall of the entropy in 1/β",
            "loss of the misspecified class (ours)",
            AUDIT,
            Statement::Replicates(loss),
            &[Control::replicates("M2.excess", "the loss is e², where ε_app > 0", AUDIT, loss_without_floor)],
        )
    },
    Claim {
        note: "where the eigenvalues of F_t lie within a factor of 10⁸",
        ..Claim::exact(
            "M3",
            "population update with an offset: (β/(1+β))^t Pθ_t = Pθ_0 + Σ_{s<t} β⁻¹(β/(1+β))^{s+1} a_s, and (I − P)θ_t = (I − P)θ_0",
            "iteration in the population (ours)",
            AUDIT,
            Statement::Replicates(iteration),
            &[Control::replicates(
                "M3.one-shot",
                "T rounds at β equal one at β', 1 + 1/β' = (1 + 1/β)^T",
                AUDIT,
                one_shot,
            )],
        )
    },
];

/// Beyond this condition of F a plain inverse knows too little: half the digits of a double are gone.
const CONDITION: f64 = 1e8;

/// What is said of the condition.
const CONDITIONED: &str = "eigenvalues of F within a factor of 10⁸";

/// The condition of F_t.
fn condition(trial: &Trial<'_>, t: usize) -> Result<f64> {
    Ok(trial.get(&FISHER_MAX, t)? / trial.get(&FISHER_MIN, t)?)
}

/// What a vector A⁺f of this `length` is known to, A the weighed rows of F_t (AᵀA = F_t) and f known to the rounding of logits: relative
/// to its length by the condition of F_t, for a residual of the size `residual` by what A⁺ makes of its rounding.
fn solved(trial: &Trial<'_>, t: usize, length: f64, residual: f64) -> Result<f64> {
    let (largest, least) = (trial.get(&FISHER_MAX, t)?, trial.get(&FISHER_MIN, t)?);
    let relative = 1e-9 + 64.0 * f64::EPSILON * largest / least;
    let rounding = 16.0 * trial.get(&LOGIT_ROUNDING, t)? / least.sqrt();
    Ok(relative * length + rounding + 64.0 * f64::EPSILON * residual * largest.sqrt() / least)
}

fn natural_gradient(trial: &Trial<'_>) -> Result<Option<Case>> {
    step(trial, &NATURAL_DISTANCE)
}

fn plain_gradient(trial: &Trial<'_>) -> Result<Option<Case>> {
    step(trial, &GRADIENT_DISTANCE)
}

/// The distance of βP(θ_{t+1} − θ_t) from what it is said to be.
fn step(trial: &Trial<'_>, distance: &'static Quantity) -> Result<Option<Case>> {
    if !is_population(trial) || !has_differences(&*trial.instance()?) {
        return Ok(None);
    }
    step_by_step(
        trial,
        CONDITIONED,
        |t| Ok(condition(trial, t)? <= CONDITION),
        |t| {
            let ends = trial.get(&THETA_NORM, t)? + trial.get(&THETA_NORM, t + 1)?;
            let residual = trial.get(&APPROXIMATION_ERROR, t + 1)?;
            let tolerance =
                solved(trial, t, trial.get(&NATURAL_STEP, t)?, residual)? + 16.0 * f64::EPSILON * trial.beta() * ends;
            Ok(vec![Comparison::identity(trial.get(distance, t + 1)?, 0.0, tolerance)])
        },
    )
}

/// The three parts of a round's loss.
struct Loss {
    whole: f64,
    approximation: f64,
    estimation: f64,
    tolerance: f64,
}

impl Loss {
    fn of(trial: &Trial<'_>, t: usize) -> Result<Self> {
        let whole = trial.get(&SECOND_MOMENT, t + 1)?;
        let square = |of: &'static Quantity| trial.get(of, t + 1).map(|root| root * root);
        let (approximation, estimation) = (square(&APPROXIMATION_ERROR)?, square(&ESTIMATION_ERROR)?);
        // The double sum is of log-probabilities, of a mean size E|log π_t| = H(π_t).
        let rewards = 16.0 * f64::EPSILON * (1.0 + 2.0 * trial.beta()) * (1.0 + trial.get(&ENTROPY, t)?);
        let error = trial.residual_rounding(t + 1, whole.sqrt())? + rewards;
        let tolerance = 1e-9 * (approximation + estimation) + 2.0 * whole.sqrt() * error + error * error;
        Ok(Self { whole, approximation, estimation, tolerance })
    }
}

/// Whether rounds fit the paper's pairs, in whatever way, in a class of features that differ.
fn is_split(trial: &Trial<'_>) -> Result<bool> {
    let process = &trial.simulation().process;
    let own = process.is_self_rewarding() && process.fit.data() == Data::Pairs;
    Ok(own && has_differences(&*trial.instance()?))
}

fn loss(trial: &Trial<'_>) -> Result<Option<Case>> {
    if !is_split(trial)? {
        return Ok(None);
    }
    step_by_step(
        trial,
        "",
        |_| Ok(true),
        |t| {
            let Loss { whole, approximation, estimation, tolerance } = Loss::of(trial, t)?;
            let mut comparisons = vec![Comparison::identity(whole, approximation + estimation, tolerance)];
            let variance = trial.get(&REWARD_VARIANCE, t)?;
            // Where every law is uniform, or sure beyond doubles, there is nothing to follow, and no share of it.
            if variance > f64::MIN_POSITIVE {
                let share = trial.get(&SHARPENED_SHARE, t + 1)?;
                let rounding = trial.reward_rounding(t, variance.sqrt())?;
                let known = 1e-9 * variance + 4.0 * variance.sqrt() * rounding + rounding * rounding;
                comparisons.push(Comparison::identity(approximation, 2.0 * (1.0 - share) * variance, 2.0 * known));
                if condition(trial, t)? <= CONDITION {
                    let descent = trial.get(&ENTROPY_DESCENT, t)?;
                    let tolerance = 1e-6 * variance + known + differences(trial, t, variance)?;
                    comparisons.push(Comparison::identity(descent, share * variance, tolerance));
                }
            }
            Ok(comparisons)
        },
    )
}

/// What differences of entropies are known to. An entropy has the rounding of its size, and what logits are known to moves it by its own
/// spread; steps are such that log-odds change by 10⁻³, and change at most by 2‖ψ‖ at a step of 1, features being at most 1.
fn differences(trial: &Trial<'_>, t: usize, variance: f64) -> Result<f64> {
    let entropy = f64::EPSILON * trial.get(&ENTROPY, t)? + trial.get(&LOGIT_ROUNDING, t)? * variance.sqrt();
    Ok(1e4 * trial.get(&NATURAL_STEP, t)? * entropy)
}

fn loss_without_floor(trial: &Trial<'_>) -> Result<Option<Case>> {
    if !is_split(trial)? {
        return Ok(None);
    }
    step_by_step(
        trial,
        "ε_app > 0",
        |t| Ok(trial.get(&APPROXIMATION_ERROR, t + 1)? > 0.0),
        |t| {
            let Loss { whole, estimation, tolerance, .. } = Loss::of(trial, t)?;
            Ok(vec![Comparison::identity(whole, estimation, tolerance)])
        },
    )
}

fn iteration(trial: &Trial<'_>) -> Result<Option<Case>> {
    after_rounds(trial, |offsets| offsets.to_vec())
}

/// As if every round met the least squares of the first.
fn one_shot(trial: &Trial<'_>) -> Result<Option<Case>> {
    after_rounds(trial, |offsets| vec![offsets[0]; offsets.len()])
}

/// Coordinates of Pθ_t against the closed form with these coordinates of a_0, a_1, …; without an offset there is none.
fn after_rounds(trial: &Trial<'_>, seen: impl Fn(&[f64]) -> Vec<f64>) -> Result<Option<Case>> {
    if !is_population(trial) || !has_offset(trial.simulation()) || !has_differences(&*trial.instance()?) {
        return Ok(None);
    }
    let mut case = Case::default();
    case.place.size = trial.size();
    let (beta, start) = (trial.beta(), trial.get(&PARAMETER_PROBE, 0)?);
    let (mut offsets, mut known, mut conditioned) = (Vec::new(), vec![], true);
    for t in 1..=trial.rounds() {
        let before = t - 1;
        conditioned &= condition(trial, before)? <= CONDITION;
        if !conditioned {
            break;
        }
        offsets.push(trial.get(&OFFSET_PROBE, before)?);
        let residual = trial.get(&APPROXIMATION_ERROR, t)?;
        known.push(solved(trial, before, trial.get(&OFFSET_STEP, before)?, residual)?);
        let shares = shares(beta, t)?;
        let scale = (beta / (1.0 + beta)).powi(t as i32);
        let left = scale * trial.get(&PARAMETER_PROBE, t)?;
        let rounding = 1e-9 * (trial.get(&THETA_NORM, 0)? + scale * trial.get(&THETA_NORM, t)?);
        let tolerance = rounding + shares.iter().zip(&known).map(|(share, known)| share * known).sum::<f64>();
        case.comparisons.push(Comparison::identity(left, scaled_parameter(beta, start, &seen(&offsets))?, tolerance));
        let moved = 1e-9 * (trial.get(&THETA_NORM, 0)? + trial.get(&THETA_NORM, t)?);
        case.comparisons.push(Comparison::identity(trial.get(&NULL_DISTANCE, t)?, 0.0, moved));
    }
    case.assumptions.push((CONDITIONED, !case.comparisons.is_empty()));
    Ok(Some(case))
}
