//! The inequalities and identities of the proof, each with its two sides and what rounding may add.
//!
//! Left sides are plain double sums over responses ([`crate::metrics::chain`]); right sides are formulas of [`crate::theory`] on
//! quantities measured by other code (κ_t, γ_t, ε², C_{π_{t+1}/π_t}, KL), but for the deviations and divergences of Eq. 18, which
//! exist as plain sums alone.

use super::step::Step;
use crate::Result;
use crate::theory::one_step as theory;
use crate::theory::recurrence::{integral_form, linear_surplus};

/// The two sides of an inequality `left` ≤ `right` at one step.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sides {
    /// The smaller side.
    pub(super) left: f64,
    /// The larger side; infinite where a factor left the doubles.
    pub(super) right: f64,
    /// What rounding may add to `left` − `right`, see [`Step::unit`].
    pub(super) tolerance: f64,
}

impl Sides {
    fn new(left: f64, right: f64, tolerance: f64) -> Self {
        Self { left, right, tolerance }
    }

    /// Whether the inequality is violated beyond rounding; NaN is a violation.
    pub(super) fn violated(&self) -> bool {
        let holds = self.right == f64::INFINITY || self.left <= self.right + self.tolerance;
        !holds
    }

    /// left/right, `None` where the right side itself is not known to one in a thousand.
    pub(super) fn ratio(&self) -> Option<f64> {
        (self.right > 1e3 * self.tolerance).then(|| self.left / self.right)
    }
}

/// An inequality of the proof.
#[derive(Debug)]
pub(super) struct Inequality {
    /// Its name: the claim, and which of its forms.
    pub(super) name: &'static str,
    /// What it says, in symbols.
    pub(super) formula: &'static str,
    /// Whether small instances attain equality often, so that the audit would notice a factor of 0.99.
    pub(super) attained: bool,
    /// Its two sides, `None` where its hypotheses are not met (γ_t = 0; β > 1 in the companion's lemmas).
    pub(super) sides: fn(&Step) -> Result<Option<Sides>>,
}

macro_rules! inequality {
    ($name:literal, $formula:literal, $attained:literal, $sides:expr) => {
        Inequality { name: $name, formula: $formula, attained: $attained, sides: $sides }
    };
}

/// All inequalities, in the order of the proof.
pub(super) const INEQUALITIES: &[Inequality] = &[
    inequality!("C1", "E[1 − π′(y*)] ≤ gap/γ", true, |s| given(s, regret_by_gap)),
    inequality!("C1 Markov", "F°(δ) ≤ gap/(γδ)", false, |s| given(s, failure_by_gap)),
    inequality!("C4", "E°[r̂] ≤ β KL(π°‖π) + max", true, optimality),
    inequality!("C5", "gap ≤ deviations + βΔKL", true, decomposition),
    inequality!("C6 comparator", "E°|Δr − Δr̂| ≤ √(κ ε²)", false, comparator_change),
    inequality!("C6 learned", "E′|Δr − Δr̂| ≤ √(C′ ε²)", false, learned_change),
    inequality!("C7", "E[1 − π′(y*)] ≤ K", false, |s| given(s, regret_by_oracle)),
    inequality!("C7 Markov", "F°(δ) ≤ K/δ, log κ for KL", false, |s| given(s, failure_by_oracle)),
    inequality!("C8", "C* ≤ κ", true, concentrability),
    inequality!("C9", "F(δ) ≤ F°(δ)", true, nesting),
    inequality!("C16 linear", "κ′ − 1 ≤ min(1/μ − 1, K/μ)", true, |s| given(s, linear)),
    inequality!("C16 integral", "κ′ − 1 ≤ integral form − 1", true, |s| given(s, integral)),
    inequality!("C24", "sup|log π′/π| ≤ 2‖θ′ − θ‖", false, net),
    inequality!("C28 tail", "P[X > k + s] eˢ ≤ 1", false, |s| companion(s, tail)),
    inequality!("C28 moment", "E X⁴ ≤ k⁴ + 4(k³+3k²+6k+6)", false, |s| companion(s, moment)),
];

/// Where the margin is positive, as every claim that divides by it asks.
fn given(step: &Step, sides: fn(&Step) -> Result<Sides>) -> Result<Option<Sides>> {
    let gamma = step.before.margin;
    (gamma > 0.0 && gamma.is_finite()).then(|| sides(step)).transpose()
}

/// Where the companion's tail lemmas speak: β ≤ 1, 𝒞 within the doubles.
fn companion(step: &Step, sides: fn(&Step) -> Result<Sides>) -> Result<Option<Sides>> {
    (step.setting.beta <= 1.0 && step.chain.tail_mean.is_finite()).then(|| sides(step)).transpose()
}

fn regret_by_gap(step: &Step) -> Result<Sides> {
    let (regret, gamma) = (step.chain.comparator_regret, step.before.margin);
    let right = theory::suboptimality(step.chain.gap, gamma)?.value();
    Ok(Sides::new(regret, right, step.unit() * (regret / gamma + right)))
}

fn failure_by_gap(step: &Step) -> Result<Sides> {
    let Sides { right, tolerance, .. } = regret_by_gap(step)?;
    let delta = step.setting.delta;
    Ok(Sides::new(step.comparator_failure, right / delta, tolerance / delta))
}

/// Eq. 15 with β KL(π°‖π_t) moved to the right, so that both sides are positive where the mode gains.
fn optimality(step: &Step) -> Result<Option<Sides>> {
    let (chain, beta) = (&step.chain, step.setting.beta);
    let left = chain.objective_comparator + beta * chain.kl_comparator;
    Ok(Some(Sides::new(left, beta * step.before.kl + chain.objective_policy, beta * step.unit())))
}

fn decomposition(step: &Step) -> Result<Option<Sides>> {
    let (chain, beta) = (&step.chain, step.setting.beta);
    // A divergence that is 0 may come out as −1e-16.
    let learned_kl = chain.kl_policy.max(0.0);
    let (comparator, learned) = (chain.deviation_comparator, chain.deviation_policy);
    let right = theory::gap_decomposition(comparator, learned, beta, step.before.kl, learned_kl)?;
    Ok(Some(Sides::new(chain.chain_gap, right, step.unit() * (1.0 + beta))))
}

fn comparator_change(step: &Step) -> Result<Option<Sides>> {
    change_of_measure(step, step.chain.deviation_comparator, step.before.kappa)
}

fn learned_change(step: &Step) -> Result<Option<Sides>> {
    change_of_measure(step, step.chain.deviation_policy, learned_concentrability(step))
}

/// Deviations are known to `unit`·(1 + 2β), on the left and within ε.
fn change_of_measure(step: &Step, left: f64, concentrability: f64) -> Result<Option<Sides>> {
    if concentrability == f64::INFINITY {
        return Ok(Some(Sides::new(left, f64::INFINITY, 0.0)));
    }
    let right = theory::change_of_measure(concentrability, step.chain.population_loss)?;
    let deviation = step.unit() * (1.0 + 2.0 * step.setting.beta);
    Ok(Some(Sides::new(left, right, deviation * (1.0 + concentrability.sqrt()) + step.unit() * right)))
}

/// C_{π_{t+1}/π_t}, at least 1 but for rounding.
fn learned_concentrability(step: &Step) -> f64 {
    step.chain.concentrability.max(1.0)
}

fn regret_by_oracle(step: &Step) -> Result<Sides> {
    let (regret, gamma) = (step.chain.comparator_regret, step.before.margin);
    let right = oracle(step, step.before.kl)?;
    Ok(Sides::new(regret, right, oracle_tolerance(step, right) + step.unit() * regret / gamma))
}

fn failure_by_oracle(step: &Step) -> Result<Sides> {
    let (before, delta) = (&step.before, step.setting.delta);
    let concentrability = learned_concentrability(step);
    let right = if concentrability == f64::INFINITY {
        f64::INFINITY
    } else {
        let epsilon = step.chain.population_loss.sqrt();
        let (beta, given) = (step.setting.beta, Some(concentrability));
        theory::one_step(before.kappa, before.margin, epsilon, beta, delta, given)?.value()
    };
    let regret = step.unit() * step.chain.comparator_regret / before.margin / delta;
    Ok(Sides::new(step.comparator_failure, right, oracle_tolerance(step, delta * right) / delta + regret))
}

/// K_t with this divergence of the comparator.
fn oracle(step: &Step, kl: f64) -> Result<f64> {
    let (before, concentrability) = (&step.before, learned_concentrability(step));
    if concentrability == f64::INFINITY {
        return Ok(f64::INFINITY);
    }
    let epsilon = step.chain.population_loss.sqrt();
    Ok(theory::comparator_gap(before.kappa, concentrability, epsilon, step.setting.beta, kl, before.margin)?.value())
}

/// ε is known to `unit`·(1 + 2β), its factors and the sum to `unit` relative to them.
fn oracle_tolerance(step: &Step, right: f64) -> f64 {
    let roots = step.before.kappa.sqrt() + learned_concentrability(step).sqrt();
    step.unit() * (right + roots * (1.0 + 2.0 * step.setting.beta) / step.before.margin)
}

fn concentrability(step: &Step) -> Result<Option<Sides>> {
    let kappa = step.before.kappa;
    Ok(Some(Sides::new(step.chain.optimal_concentrability, kappa, step.unit() * kappa)))
}

/// Sums of the same weights in the same order, of which one leaves some out: rounding is monotone.
fn nesting(step: &Step) -> Result<Option<Sides>> {
    Ok(Some(Sides::new(step.failure, step.comparator_failure, 0.0)))
}

/// 1/μ − 1 is known to ε.
fn linear(step: &Step) -> Result<Sides> {
    let kl = step.before.kappa.ln();
    let (gap, mu) = (oracle(step, kl)?, step.after.min_confidence);
    let right = linear_surplus(gap, mu);
    Ok(Sides::new(step.after.kappa_minus_one, right, recurrence_tolerance(step, right)))
}

fn integral(step: &Step) -> Result<Sides> {
    let kl = step.before.kappa.ln();
    let value = integral_form(oracle(step, kl)?, step.after.min_confidence)?.value();
    let tolerance = recurrence_tolerance(step, value) + 2.0 * f64::EPSILON * value;
    Ok(Sides::new(step.after.kappa_minus_one, value - 1.0, tolerance))
}

fn recurrence_tolerance(step: &Step, right: f64) -> f64 {
    let regret = step.chain.comparator_regret / step.before.margin;
    f64::EPSILON + step.unit() * (right + regret / step.after.min_confidence)
}

/// Logits are known to dε‖θ‖ (‖φ‖ ≤ 1); two enter each of two log-probabilities, once itself and once in the normaliser.
fn net(step: &Step) -> Result<Option<Sides>> {
    let right = step.chain.parameter_distance / theory::net_radius(1.0)?;
    let logits = 4.0 * (step.setting.dim + 1.0) * f64::EPSILON * (step.before.theta_norm + step.after.theta_norm);
    Ok(Some(Sides::new(step.chain.log_ratio_distance, right, logits + step.unit())))
}

fn tail(step: &Step) -> Result<Sides> {
    Ok(Sides::new(step.chain.tail_excess, 1.0, step.unit()))
}

/// X is known to `unit`, and X³ ≤ 1 + X⁴.
fn moment(step: &Step) -> Result<Sides> {
    // 𝒞 ≥ 1 but for rounding.
    let right = theory::fourth_moment(step.chain.tail_mean.max(1.0))?.value();
    let left = step.chain.fourth_moment;
    Ok(Sides::new(left, right, step.unit() * (left + right)))
}

/// An identity: |left − right|, and what rounding may make of it.
#[derive(Debug)]
pub(super) struct Identity {
    /// Its name: the claim, and what is equal.
    pub(super) name: &'static str,
    /// The residual and its tolerance.
    pub(super) residual: fn(&Step) -> (f64, f64),
}

/// All identities. The residual of C3 is relative to the numbers it is formed from, of which there are eight.
pub(super) const IDENTITIES: &[Identity] = &[
    Identity {
        name: "C2 baseline cancellation",
        residual: |s| ((s.chain.baseline_left - s.chain.baseline_right).abs(), s.unit()),
    },
    Identity { name: "C3 reward of π*_β", residual: |s| (s.chain.identity_residual, 8.0 * f64::EPSILON) },
    Identity { name: "C4 the maximum is 0", residual: |s| (s.chain.objective_policy.abs(), s.unit() * s.setting.beta) },
    Identity {
        name: "C6 C of π° is κ",
        residual: |s| {
            let kappa = s.before.kappa;
            ((s.chain.chain_comparator_concentrability - kappa).abs(), s.unit() * kappa)
        },
    },
    Identity { name: "C9 nested events", residual: |s| (s.chain.nesting, 0.0) },
];
