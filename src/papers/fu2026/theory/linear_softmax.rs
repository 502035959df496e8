//! What the linear softmax class adds to the bounds on whole runs (Theorem 6.2): a parameter that must stay inside its
//! ball while it grows by 1 + 1/β a round, and constants of each round's own.

use crate::error::Result;
use crate::papers::bound::Bound;
use crate::papers::check;
use crate::theory::iterative::{RoundConstants, Setting, complete_spans, round_by_round};
use crate::theory::one_step::{Class, epsilon};

/// Growth beyond which the regularisation term of a round is no longer followed: it has long left the sum.
const MOST_GROWTH: f64 = 1e100;

/// What rounding may add to a norm before it counts as too large.
const ROUNDING: f64 = 1.0 + 1e-12;

/// The least radius that keeps T = `rounds` rounds realizable from a base parameter of norm `theta0_norm` ≥ 0:
/// B = (1 + 1/β)^T ‖θ₀‖ (Assumption 5.1; at the learned iterates too, since ‖θ_{t+1}‖ ≤ (1 + 1/β)‖θ_t‖).
///
/// ```
/// use selfreward::theory::linear_softmax::realizable_radius;
///
/// // At β = 1 the norm doubles each round.
/// assert_eq!(realizable_radius(0.5, 1.0, 4)?, 8.0);
/// # Ok::<(), selfreward::Error>(())
/// ```
pub fn realizable_radius(theta0_norm: f64, beta: f64, rounds: u32) -> Result<f64> {
    let growth = 1.0 + 1.0 / check::positive("beta", beta)?;
    Ok(growth.powf(f64::from(check::rounds(rounds)?)) * check::nonnegative("theta0_norm", theta0_norm)?)
}

/// ε_{n,t} with constants of round t's own: the class is the ball of radius (1 + 1/β)‖θ_t‖, in which the minimiser
/// nearest to θ_t lies, so R_t = 4(1+β)‖θ_t‖.
///
/// `dim` = d ≥ 1, `theta_norm` = ‖θ_t‖ > 0, `n` ≥ 1, `beta` > 0, `rho` in (0, 1) (ρ/T in a run of T rounds).
pub fn own_round_epsilon(dim: f64, theta_norm: f64, n: f64, beta: f64, rho: f64) -> Result<Bound> {
    let theta_norm = check::positive("theta_norm", theta_norm)?;
    let beta = check::positive("beta", beta)?;
    let radius = (1.0 + 1.0 / beta) * theta_norm;
    epsilon(&Class::Linear { dim, radius, theta_norm: Some(theta_norm), range: None }, n, beta, rho)
}

/// The bound round by round where margin and norm both grow by 1 + 1/β a round, as in the population loop: γ_t =
/// (1+1/β)^t γ, ‖θ_t‖ = (1+1/β)^t ‖θ₀‖, so that ε_{n,t}/γ_t stays what it was in the first round.
///
/// `setting` gives κ₀, γ = γ₀, μ, ρ, r̄, β and d (its radius and norm are not used); `theta0_norm` = ‖θ₀‖ > 0, at least
/// γ/2 with unit features.
pub fn growing(setting: &Setting, dim: f64, theta0_norm: f64, n: f64, rounds: u32, delta: f64) -> Result<Bound> {
    setting.check()?;
    let beta = setting.beta.at(check::count("n", n)?);
    let rho = setting.rho / f64::from(check::rounds(rounds)?);
    let epsilon = own_round_epsilon(dim, theta0_norm, n, beta, rho)?.value();
    let constants: Vec<_> = (0..rounds)
        .map(|t| {
            let growth = (1.0 + 1.0 / beta).powf(f64::from(t)).min(MOST_GROWTH);
            RoundConstants { gamma: setting.gamma * growth, epsilon: epsilon * growth, excess: setting.excess }
        })
        .collect();
    round_by_round(setting.kappa0, setting.mu, beta, delta, &constants)
}

/// Lists what the margin asks of the ball in every round, as far as the numbers given can refute it: γ ≤ 2‖θ_t‖ with unit
/// features, and room for T = `rounds` rounds of growth from ‖θ₀‖ ≥ γ/2. Nothing for a finite class.
pub(crate) fn assume_room(bound: Bound, setting: &Setting, beta: f64, rounds: u32) -> Result<Bound> {
    let Class::Linear { radius, .. } = setting.class else { return Ok(bound) };
    let least_norm = 0.5 * setting.gamma;
    let needed = realizable_radius(least_norm, beta, rounds)?;
    Ok(bound
        .with("least_radius", needed)
        .unless(least_norm > setting.class.theta_norm(beta) * ROUNDING, "unit features: gamma <= 2 theta_norm")
        .unless(
            needed > radius * ROUNDING,
            "radius for T rounds of growth: (1 + 1/beta)^T |theta_0| <= radius, |theta_0| >= gamma/2",
        ))
}

/// Adds to the uniform bound what only the linear class knows: whether the radius can be met, and the round-by-round
/// bound from the smallest ‖θ₀‖ that agrees with γ and grows into `theta_norm` by round T−1.
pub(crate) fn report(uniform: Bound, setting: &Setting, n: f64, rounds: u32, delta: f64) -> Result<Bound> {
    let Class::Linear { dim, .. } = setting.class else { return Ok(uniform) };
    let beta = setting.beta.at(n);
    let theta_norm = setting.class.theta_norm(beta);
    let least_norm = 0.5 * setting.gamma;
    let earlier_growth = (1.0 + 1.0 / beta).powf(f64::from(rounds - 1));
    let theta0_norm = (theta_norm / earlier_growth).max(least_norm);
    let own = growing(setting, dim, theta0_norm, n, rounds, delta)?;
    let complete = complete_spans(setting.kappa0, setting.gamma, setting.mu, beta, delta, rounds)?;
    let bound = uniform
        .with("complete_spans", complete.value())
        .with("theta_norm", theta_norm)
        .with("theta0_norm", theta0_norm)
        .with("round_by_round", own.value());
    Ok(assume_room(bound, setting, beta, rounds)?
        .assuming("for complete_spans only: the span of feature differences is complete in every round")
        .assuming("for round_by_round only: margin and norm grow by 1 + 1/beta a round from gamma and theta0_norm")
        .unless(
            least_norm * earlier_growth > theta_norm * ROUNDING,
            "for round_by_round only: theta_norm holds the growth, (1 + 1/beta)^(T-1) gamma/2 <= theta_norm",
        ))
}
