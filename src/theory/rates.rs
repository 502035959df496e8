//! The population loop in closed form, and the exponents it predicts (F6, C19, C22).

use crate::error::{Error, Result};
use crate::theory::check;

/// s_t = (1 + 1/β)^t: after `rounds` = t ≥ 0 population rounds π_t ∝ π_0^{s_t} (Eq. 12 iterated). `beta` > 0.
pub fn population_scale(beta: f64, rounds: u32) -> Result<f64> {
    Ok((1.0 + 1.0 / check::positive("beta", beta)?).powf(f64::from(rounds)))
}

/// The β' at which one population round does what T = `rounds` ≥ 1 do at `beta` > 0: 1 + 1/β' = (1 + 1/β)^T. It is 0
/// where the scale leaves the doubles.
pub fn equivalent_beta(beta: f64, rounds: u32) -> Result<f64> {
    let log_growth = (1.0 / check::positive("beta", beta)?).ln_1p() * f64::from(check::rounds(rounds)?);
    Ok(1.0 / log_growth.exp_m1())
}

/// The condition number of the population loop, κ(π_t) = E_x Σ_y exp(−s_t g(x,y)).
///
/// `prompts` holds p(x) ≥ 0 and the gaps g(x,y) = log π_0(y*_0|x) − log π_0(y|x) ≥ 0 of every response, the modal one's
/// 0 among them; `scale` = s_t > 0.
pub fn population_kappa<'a>(prompts: impl IntoIterator<Item = (f64, &'a [f64])>, scale: f64) -> Result<f64> {
    let scale = check::positive("scale", scale)?;
    let mut kappa = 0.0;
    for (probability, gaps) in prompts {
        let probability = check::nonnegative("probability", probability)?;
        if let Some(gap) = gaps.iter().find(|gap| gap.is_nan() || **gap < 0.0) {
            return Err(Error::argument("gaps", gap, "numbers of at least 0"));
        }
        kappa += probability * gaps.iter().map(|gap| (-scale * gap).exp()).sum::<f64>();
    }
    Ok(kappa)
}

/// The local exponent d log F_T / d log n = −(T/2) √n/(1+√n) of a generic instance under β = 1/√n and population
/// updates: F_T ≈ P[margin ≤ c/s_T] ∝ 1/s_T with s_T = (1+√n)^T. It comes from β, not from sampling.
///
/// `n` ≥ 1, `rounds` = T ≥ 1. At a failure threshold δ = 1/2 the exponent is near twice this, since a two-way tie still
/// has probability 1/2.
pub fn local_exponent(n: f64, rounds: u32) -> Result<f64> {
    let root = check::count("n", n)?.sqrt();
    Ok(-0.5 * f64::from(check::rounds(rounds)?) * root / (1.0 + root))
}
