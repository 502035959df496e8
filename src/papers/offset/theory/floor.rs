//! What one round promises in a class that misses part of the self-reward (M7).

use crate::error::Result;
use crate::papers::bound::Bound;
use crate::papers::check;

/// What M7 reads off one round, from π_t to π_{t+1}.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Round {
    /// κ_t ≥ 1.
    pub kappa: f64,
    /// C_{π_{t+1}/π_t} ≥ 1.
    pub concentrability: f64,
    /// ε_app ≥ 0, nats.
    pub approximation: f64,
    /// e_n ≥ 0, nats: how far the step may lie from the population's (M5).
    pub estimation: f64,
    /// β > 0.
    pub beta: f64,
    /// γ_t > 0, the margin of π_t, nats.
    pub gamma: f64,
}

/// M7 (`misspecified-failure`): F°(δ) ≤ K_t/δ, K_t = [(√κ_t + √C_{π_{t+1}/π_t}) √(ε_app² + e_n²) + β log κ_t]/γ_t, and κ_{t+1} ≤
/// min(1/μ, 1 + K_t/μ). Where e_n holds with probability 1 − ρ, so does this. The part with ε_app alone,
/// (√κ_t + √C)ε_app/(γ_tδ), is a floor: neither more samples nor a smaller β lowers it.
///
/// `delta` = δ in (0, 1), `mu` = μ in (0, 1] the least confidence of π_{t+1}. Vacuous from 1 on.
///
/// # Errors
/// [`crate::Error::Argument`] for a number out of its range.
///
/// ```
/// use selfreward::papers::offset::theory::floor::{Round, misspecified_failure};
///
/// // ε = √(0.03² + 0.04²) = 0.05, κ = C = 1: K = 2·0.05/γ.
/// let round =
///     Round { kappa: 1.0, concentrability: 1.0, approximation: 0.03, estimation: 0.04, beta: 0.5, gamma: 2.0 };
/// let bound = misspecified_failure(&round, 0.5, 0.8)?;
/// assert!((bound.value() - 0.1).abs() < 1e-15);
/// assert!((bound.intermediate("floor").expect("computed") - 0.06).abs() < 1e-15);
/// # Ok::<(), selfreward::Error>(())
/// ```
pub fn misspecified_failure(round: &Round, delta: f64, mu: f64) -> Result<Bound> {
    let kappa = check::at_least_one("kappa", round.kappa)?;
    let concentrability = check::at_least_one("concentrability", round.concentrability)?;
    let approximation = check::nonnegative("approximation", round.approximation)?;
    let estimation = check::nonnegative("estimation", round.estimation)?;
    let beta = check::positive("beta", round.beta)?;
    let gamma = check::positive("gamma", round.gamma)?;
    let delta = check::open_unit("delta", delta)?;
    let mu = check::positive_unit("mu", mu)?;
    let roots = kappa.sqrt() + concentrability.sqrt();
    let epsilon = approximation.hypot(estimation);
    let (statistical, regularisation) = (roots * epsilon / gamma, beta * kappa.ln() / gamma);
    let gap = statistical + regularisation;
    Ok(Bound::new("misspecified-failure", gap / delta, gap / delta >= 1.0)
        .with("epsilon", epsilon)
        .with("comparator_gap", gap)
        .with("statistical_term", statistical / delta)
        .with("regularisation_term", regularisation / delta)
        .with("kappa_next", (1.0 + gap / mu).min(1.0 / mu))
        .with("floor", roots * approximation / gamma / delta)
        .assuming("modal responses of pi_t are unique, with margin at least gamma on every prompt")
        .assuming("C_{pi_{t+1}/pi_t} is at most the concentrability given")
        .assuming("the step lies within the estimation error given of the population's, in the metric of the loss")
        .assuming("pi_{t+1} gives its modal response at least mu on every prompt"))
}
