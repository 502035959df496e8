//! The population loop in closed form, and the exponents it predicts (F6, C19, C22).

use crate::error::{Error, Result};
use crate::papers::check;

/// s_t = (1 + 1/β)^t: after `rounds` = t ≥ 0 population rounds π_t ∝ π_0^{s_t} (Eq. 12 iterated). `beta` > 0.
pub fn population_scale(beta: f64, rounds: u32) -> Result<f64> {
    Ok((1.0 + 1.0 / check::positive("beta", beta)?).powf(f64::from(rounds)))
}

/// The β' at which one population round does what T = `rounds` ≥ 1 do at `beta` > 0: 1 + 1/β' = (1 + 1/β)^T. It is 0
/// where the scale leaves the doubles.
///
/// ```
/// use selfreward::theory::rates::equivalent_beta;
///
/// // Two rounds at β = 1 scale by 4 = 1 + 1/β'.
/// assert!((equivalent_beta(1.0, 2)? - 1.0 / 3.0).abs() < 1e-15);
/// # Ok::<(), selfreward::Error>(())
/// ```
pub fn equivalent_beta(beta: f64, rounds: u32) -> Result<f64> {
    let log_growth = (1.0 / check::positive("beta", beta)?).ln_1p() * f64::from(check::rounds(rounds)?);
    Ok(1.0 / log_growth.exp_m1())
}

/// The condition number of the population loop, κ(π_t) = E_x Σ_y exp(−s_t g(x,y)).
///
/// `prompts` holds p(x) ≥ 0 and the gaps g(x,y) = log π_0(y*_0|x) − log π_0(y|x) ≥ 0 of every response, the modal one's
/// 0 among them; `scale` = s_t > 0.
///
/// ```
/// use selfreward::theory::rates::population_kappa;
///
/// // Two responses at a gap of log 2: κ_0 = 3/2, and κ = 1 + 2^(−s).
/// let gaps = [0.0, 2f64.ln()];
/// assert!((population_kappa([(1.0, &gaps[..])], 1.0)? - 1.5).abs() < 1e-15);
/// assert!((population_kappa([(1.0, &gaps[..])], 4.0)? - 1.0625).abs() < 1e-15);
/// # Ok::<(), selfreward::Error>(())
/// ```
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

/// What is left of κ_t − 1 after t = `rounds` > 0 rounds of tabular ERM where the base model's confidences form a continuum:
/// two responses a prompt, π_0(y*|x) uniform on (1/2, 1), m = `pairs` > 0 pairs a prompt and round, `beta` > 0. Returned in two parts.
///
/// *Prompts never touched*: with u = 1 − π_0(y*|x), of density 2 on (0, 1/2), and u/(1−u) the prompt's part of κ − 1, it is
/// ∫ 2u/(1−u) e^{−2m u(1−u) t} du, which tends to 2/(2mt)².
///
/// *Near-ties, sharpened once*: the gap log((1−u)/u) has the density 1/2 at 0, and one touch multiplies it by s = 1 + 1/β. Then
/// 1 − π = u' has the log-uniform density 1/(2s u'), so that every scale of t finds prompts it has not touched again:
/// ∫ (1/(2s u')) u' e^{−2m u' t} du' = 1/(4 s m t). This part wins in the end: κ_t − 1 falls as 1/t.
///
/// Leading order in 1/s and 1/t: the gap is taken as near 0, and the rounds that the first touch takes are not taken off t.
pub fn continuum_surplus(pairs: f64, beta: f64, rounds: f64) -> Result<(f64, f64)> {
    let (pairs, rounds) = (check::positive("pairs", pairs)?, check::positive("rounds", rounds)?);
    let scale = population_scale(beta, 1)?;
    // Simpson's rule in w, u = w³/2, which crowds its points where u is small.
    const CELLS: u32 = 4000;
    let untouched = |index: u32| {
        let w = f64::from(index) / f64::from(CELLS);
        let u = 0.5 * w.powi(3);
        3.0 * w * w * u / (1.0 - u) * (-2.0 * pairs * u * (1.0 - u) * rounds).exp()
    };
    let weight = |index: u32| match index {
        0 | CELLS => 1.0,
        odd if odd % 2 == 1 => 4.0,
        _ => 2.0,
    };
    let sum: f64 = (0..=CELLS).map(|index| weight(index) * untouched(index)).sum();
    Ok((sum / (3.0 * f64::from(CELLS)), 1.0 / (4.0 * scale * pairs * rounds)))
}
