//! When the empirical update equals the population update, and when that ends all failures (ours).

use crate::error::Result;
use crate::papers::bound::Bound;
use crate::papers::check;

/// Exact recovery (`exact-recovery`): the probability r e^{−n/L} at most with which n pairs leave the span of feature
/// differences incomplete. Otherwise ERM = population update, so ε = 0 and C_{π_{t+1}/π_t} ≤ κ_t (ball inactive).
///
/// Matrix Chernoff bound for (E ΔφΔφᵀ)^{−1/2} Σ ΔφΔφᵀ (E ΔφΔφᵀ)^{−1/2}: its mean is n on an r-dimensional space, every
/// summand is at most L, and P[λ_min = 0] ≤ r e^{−n/L}. `n` ≥ 1, `rank` = r = rank Cov_t ≥ 1, `leverage` = L ≥ r the
/// largest Δφᵀ(E ΔφΔφᵀ)⁺Δφ of a pair of positive probability (its mean is r), `rho` = ρ in (0, 1): the least n at which
/// the bound is at most ρ is among the intermediates.
///
/// ```
/// use selfreward::theory::one_step::exact_recovery;
///
/// // 10 directions, each seen by a tenth of the pairs: 10 e^(−n/10) directions are missing at most, on average.
/// assert!((exact_recovery(100.0, 10.0, 10.0, 0.01)?.value() - 10.0 * (-10f64).exp()).abs() < 1e-15);
/// # Ok::<(), selfreward::Error>(())
/// ```
pub fn exact_recovery(n: f64, rank: f64, leverage: f64, rho: f64) -> Result<Bound> {
    let n = check::count("n", n)?;
    let rank = check::count("rank", rank)?;
    let leverage = check::positive("leverage", leverage)?;
    let failure = |n: f64| rank * (-n / leverage).exp();
    let least = (leverage * (rank.ln() - check::open_unit("rho", rho)?.ln())).ceil().max(1.0);
    let value = failure(n);
    Ok(Bound::new("exact-recovery", value, value >= 1.0)
        .with("least_n", least)
        .with("failure_at_least_n", failure(least))
        .assuming("ball inactive: (1 + 1/beta) |theta_t| <= B")
        .checked("leverage is at least rank, the mean of the leverages", leverage >= rank * (1.0 - 1e-12)))
}

/// The zero-failure threshold (`zero-failure`): after an update that equals the population's, every prompt gives its
/// modal response a probability of at least 1/(1 + (K−1) e^{−γ_t(1+1/β)}). Above 1 − δ: F(δ) = 0 after that round.
///
/// `responses` = K = max_x K(x) ≥ 1, `gamma` = γ_t > 0, `beta` = β > 0, `delta` in (0, 1).
///
/// ```
/// use selfreward::theory::one_step::zero_failure;
///
/// // Two responses at a margin of log 2, β = 1: odds 4 to 1 after the round.
/// let after = zero_failure(2.0, 2f64.ln(), 1.0, 0.5)?;
/// assert!((after.value() - 0.8).abs() < 1e-14 && !after.vacuous());
/// # Ok::<(), selfreward::Error>(())
/// ```
pub fn zero_failure(responses: f64, gamma: f64, beta: f64, delta: f64) -> Result<Bound> {
    let others = check::count("responses", responses)? - 1.0;
    let sharpened = check::positive("gamma", gamma)? * (1.0 + 1.0 / check::positive("beta", beta)?);
    let delta = check::open_unit("delta", delta)?;
    let odds_against = others * (-sharpened).exp();
    let value = 1.0 / (1.0 + odds_against);
    // 1/(1+o) ≤ 1−δ as o(1−δ) ≥ δ, which keeps a δ below the spacing of the doubles near 1.
    Ok(Bound::new("zero-failure", value, odds_against * (1.0 - delta) >= delta)
        .with("margin_after", sharpened)
        .with("failure_probability", odds_against / (1.0 + odds_against))
        .assuming("the empirical update equals the population update (complete span, ball inactive)")
        .assuming("modal responses are unique, with margin at least gamma on every prompt"))
}
