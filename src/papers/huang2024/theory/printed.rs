//! Right-hand sides of arXiv 2412.01951 that are false as printed, each beside its repair.

use crate::error::Result;
use crate::papers::check;

/// Lemma F.2 as printed: Σ_t tr(Γ_{t−1}^{-1}A_t) ≤ dK log((T+1)K/λ)/(λ log(1+K/λ)), for A_t ⪰ 0 of trace ≤ K and Γ_t = λI + Σ_{i≤t}A_i.
///
/// # Errors
/// [`crate::Error::Argument`] for numbers out of range.
pub fn potential_as_printed(dim: f64, rounds: f64, trace: f64, lambda: f64) -> Result<f64> {
    let (factor, dim, rounds) =
        (potential_factor(trace, lambda)?, check::count("dim", dim)?, check::count("rounds", rounds)?);
    Ok(dim * factor * ((rounds + 1.0) * trace / lambda).ln())
}

/// The lemma repaired: (K/λ)/log(1+K/λ)·d·log(1+TK/(dλ)).
///
/// x ≤ (c/log(1+c))·log(1+x) for 0 ≤ x ≤ c = K/λ, holds for the eigenvalues of Γ_{t−1}^{-½}A_tΓ_{t−1}^{-½}, and Σ_t log det(I +
/// Γ_{t−1}^{-½}A_tΓ_{t−1}^{-½}) = log det(Γ_T/λ) ≤ d log(1+TK/(dλ)).
///
/// # Errors
/// As [`potential_as_printed`].
pub fn potential(dim: f64, rounds: f64, trace: f64, lambda: f64) -> Result<f64> {
    let (factor, dim, rounds) =
        (potential_factor(trace, lambda)?, check::count("dim", dim)?, check::count("rounds", rounds)?);
    Ok(dim * factor * (rounds * trace / (dim * lambda)).ln_1p())
}

/// (K/λ)/log(1+K/λ).
fn potential_factor(trace: f64, lambda: f64) -> Result<f64> {
    let share = check::positive("trace", trace)? / check::positive("lambda", lambda)?;
    Ok(share / share.ln_1p())
}

/// (1−g/P*)^k, what the proof of Lemma I.1 prints for the probability that k draws miss y*; it is (1−gP*)^k.
pub fn miss_as_printed(modes: f64, most: f64, draws: i32) -> f64 {
    (1.0 - modes / most).powi(draws)
}

/// C_cov·log(1/δ), what Theorem D.1 prints for the draws that one sample costs in the mean, C_cov = E_x[1/π_0(y*|x)].
///
/// # Errors
/// [`crate::Error::Argument`] for δ outside (0, 1), or C_cov < 1.
pub fn draws_as_printed(coverage: f64, delta: f64) -> Result<f64> {
    Ok(check::at_least_one("coverage", coverage)? * -check::open_unit("delta", delta)?.ln())
}

/// (1+log(2/δ))·E_x[1/max π_0], which those draws are at most, at the theorem's μ = log(2/δ).
///
/// # Errors
/// As [`draws_as_printed`].
pub fn draws(kappa: f64, delta: f64) -> Result<f64> {
    Ok(check::at_least_one("kappa", kappa)? * (1.0 + (2.0 / check::open_unit("delta", delta)?).ln()))
}

/// (1−γ)^{-1}·C_γ, what Lemma 4.1′ prints for C_{π*_β/π_0}, C_γ = E_x[1/π_0(Y_γ|x)], Y_γ the responses with π_0 ≥ (1−γ)max π_0.
///
/// # Errors
/// [`crate::Error::Argument`] for γ outside (0, 1), or C_γ < 1.
pub fn near_mode_coverage_as_printed(coverage: f64, gamma: f64) -> Result<f64> {
    Ok(check::at_least_one("coverage", coverage)? / (1.0 - check::open_unit("gamma", gamma)?))
}

/// (1−γ)^{−1/β}·C_γ, which it is at most: π*_β/π_0 = π_0^{1/β}/Σπ_0^{1+1/β}, and the sum is at least π_0(Y_γ)·((1−γ)max π_0)^{1/β}.
///
/// # Errors
/// As [`near_mode_coverage_as_printed`]; [`crate::Error::Argument`] unless β is a finite number above 0.
pub fn near_mode_coverage(coverage: f64, gamma: f64, beta: f64) -> Result<f64> {
    let shrink = -(-check::open_unit("gamma", gamma)?).ln_1p() / check::positive("beta", beta)?;
    Ok(check::at_least_one("coverage", coverage)? * shrink.exp())
}

/// The draws that Example J.1 says sharpening by maximum likelihood needs: log(1/δ)/π_0(y*).
///
/// # Errors
/// [`crate::Error::Argument`] for δ outside (0, 1), or a probability outside (0, 1].
pub fn coverage_draws(probability: f64, delta: f64) -> Result<f64> {
    Ok(-check::open_unit("delta", delta)?.ln() / check::positive_unit("probability", probability)?)
}
