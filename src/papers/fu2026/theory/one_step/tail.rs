//! Tails of the implicit reward: Lemmas J.1 and J.2 of the companion paper (arXiv 2412.01951), corrected.
//!
//! With X = |β log(π/π_t)(y) − β log(π/π_t)(y')|, y, y' ~ π_t independently given x, β ≤ 1 and 𝒞 = E (π_t/π)^β over x and
//! y ~ π_t: E e^X ≤ 2 E (π/π_t)^β E (π_t/π)^β ≤ 2𝒞 prompt by prompt, and Markov's inequality gives the tail. 𝒞 ≥ 1 by
//! Jensen's inequality. In the linear softmax class X ≤ R always, so that no tail is needed there.

use crate::error::Result;
use crate::papers::bound::Bound;
use crate::papers::check;

/// The threshold log(2𝒞) + s that X exceeds with probability at most e^{−s}.
///
/// `ratio_moment` = 𝒞 ≥ 1, `s` ≥ 0.
pub fn reward_tail(ratio_moment: f64, s: f64) -> Result<Bound> {
    let value = log_twice(ratio_moment)? + check::nonnegative("s", s)?;
    Ok(Bound::new("reward-tail", value, s == 0.0).with("probability", (-s).exp()).assuming("beta at most 1"))
}

/// The threshold log(2𝒞 + s) of the *printed* lemma. It is **false** that X exceeds it with probability at most e^{−s}:
/// binary π_t with p = 0.01, π giving that response p², β = 1, s = 95 is a counterexample. Kept as a negative control.
///
/// `ratio_moment` = 𝒞 ≥ 1, `s` ≥ 0.
pub fn reward_tail_as_printed(ratio_moment: f64, s: f64) -> Result<f64> {
    Ok((2.0 * check::at_least_one("ratio_moment", ratio_moment)? + check::nonnegative("s", s)?).ln())
}

/// E X⁴ ≤ k⁴ + 4(k³ + 3k² + 6k + 6), k = log(2𝒞): k⁴ + ∫_k^∞ 4x³ e^{−(x−k)} dx. `ratio_moment` = 𝒞 ≥ 1.
///
/// ```
/// use selfreward::theory::one_step::fourth_moment;
///
/// // At k = log(2𝒞) = 1 it is 1 + 4(1 + 3 + 6 + 6).
/// assert!((fourth_moment(1f64.exp() / 2.0)?.value() - 65.0).abs() < 1e-12);
/// # Ok::<(), selfreward::Error>(())
/// ```
pub fn fourth_moment(ratio_moment: f64) -> Result<Bound> {
    let k = log_twice(ratio_moment)?;
    let value = k.powi(4) + 4.0 * (k.powi(3) + 3.0 * k * k + 6.0 * k + 6.0);
    Ok(Bound::new("fourth-moment", value, false).with("log_twice_ratio_moment", k).assuming("beta at most 1"))
}

/// P_{y~π_t}[π_t(y|x) ≤ e^{−τ}] ≤ K(x) e^{−τ}: at most K(x) responses, each of at most that probability.
/// `responses` = K(x) ≥ 1, `tau` = τ ≥ 0.
pub fn low_probability_mass(responses: f64, tau: f64) -> Result<f64> {
    Ok(check::count("responses", responses)? * (-check::nonnegative("tau", tau)?).exp())
}

fn log_twice(ratio_moment: f64) -> Result<f64> {
    Ok((2.0 * check::at_least_one("ratio_moment", ratio_moment)?).ln())
}
