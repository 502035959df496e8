//! The sharpened law π*_β ∝ π_0^{1+1/β}, the optimum of J_β(π) = E_π log π_0 − βKL(π‖π_0) (S10).

use super::best_of_n::divergence;
use crate::error::Result;
use crate::papers::check;

/// J_β(π) at one prompt, nats; −∞ where π has mass that π_0 lacks.
///
/// # Errors
/// [`crate::Error::Argument`] unless β is a finite number above 0.
pub fn objective(base: &[f64], law: &[f64], beta: f64) -> Result<f64> {
    let beta = check::positive("beta", beta)?;
    let reward: f64 = base.iter().zip(law).filter(|(_, mass)| **mass > 0.0).map(|(base, mass)| mass * base.ln()).sum();
    Ok(reward - beta * divergence(base, law))
}

/// π*_β at one prompt.
///
/// # Errors
/// As [`objective`].
///
/// ```
/// use selfreward::papers::huang2024::theory::sharpened::sharpened;
///
/// let law = sharpened(&[0.75, 0.25], 0.5)?;
/// // Log-odds grow by 1 + 1/β = 3: 27 to 1.
/// assert!((law[0] - 27.0 / 28.0).abs() < 1e-15);
/// # Ok::<(), selfreward::Error>(())
/// ```
pub fn sharpened(base: &[f64], beta: f64) -> Result<Vec<f64>> {
    let power = 1.0 + 1.0 / check::positive("beta", beta)?;
    let most = base.iter().copied().fold(0.0, f64::max);
    let odds: Vec<f64> = base.iter().map(|mass| (power * (mass / most).ln()).exp()).collect();
    let total: f64 = odds.iter().sum();
    Ok(odds.into_iter().map(|odds| odds / total).collect())
}

/// β^{-1} from which on π*_β(y*) ≥ 1 − δ/2 where max π_0 ≥ (1+g)π_0 off y*: 2g^{-1} log(2K/δ).
///
/// # Errors
/// [`crate::Error::Argument`] for g or δ outside (0, 1), or K no whole number above 0.
pub fn enough_sharpening(gap: f64, responses: f64, delta: f64) -> Result<f64> {
    let gap = check::open_unit("gap", gap)?;
    let responses = check::count("responses", responses)?;
    let delta = check::open_unit("delta", delta)?;
    Ok(2.0 / gap * (2.0 * responses / delta).ln())
}

/// What P_x[π(y*) ≤ 1−δ] is at most, where KL = E_x KL(π‖π*_β) and π*_β(y*) ≥ 1 − δ/2 at all prompts: 12·KL/δ.
///
/// # Errors
/// [`crate::Error::Argument`] for δ outside (0, 1).
pub fn failure_by_divergence(divergence: f64, delta: f64) -> Result<f64> {
    Ok(12.0 * divergence / check::open_unit("delta", delta)?)
}

/// What Σ_{t≤T} (E^{(t)}⟨u_t,Δφ⟩)²/max(λ, Σ_{i<t}E^{(i)}⟨u_t,Δφ⟩²) is at most for λ ≥ max‖u_t‖² and features in the unit ball:
/// min(4T, (8/log 5)·d·log(1+4T/d)).
///
/// # Errors
/// [`crate::Error::Argument`] unless T and d are whole numbers, at least 1.
pub fn exploration(rounds: f64, dim: f64) -> Result<f64> {
    let (rounds, dim) = (check::count("rounds", rounds)?, check::count("dim", dim)?);
    Ok((4.0 * rounds).min(8.0 / 5f64.ln() * dim * (4.0 * rounds / dim).ln_1p()))
}
