//! Three regimes of decay and their effective dimension (Lemma G.4, eigenvalues counted from j = 1).

use std::f64::consts::PI;

use crate::error::{Error, Result};
use crate::papers::bound::Bound;
use crate::papers::check;

/// How the eigenvalues of a covariance matrix decay.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Regime {
    /// λ_j ≤ C e^{−cj}: `rate` = c > 0, `scale` = C > 0.
    Exponential {
        /// c > 0.
        rate: f64,
        /// C > 0.
        scale: f64,
    },
    /// λ_j ≤ C j^{−α}: `exponent` = α > 1, `scale` = C > 0.
    Polynomial {
        /// α > 1.
        exponent: f64,
        /// C > 0.
        scale: f64,
    },
    /// s arbitrary eigenvalues, the others of total mass τ: `rank` = s ≥ 1, `tail` = τ ≥ 0.
    Spiked {
        /// s ≥ 1.
        rank: f64,
        /// τ ≥ 0.
        tail: f64,
    },
}

/// Lemma G.4 (`effective-dimension`): the bound on d_λ of a regime at `lambda` = λ > 0.
///
/// - (A) exponential: (1/c) log(C/λ) + 1/(1−e^{−c}) where λ ≤ C; beyond, (C/λ)/(e^c − 1), Eq. 149 at k = 0.
/// - (B) polynomial: (C/λ)^{1/α} (1 + 1/(α−1)) + 1.
/// - (C) spiked: s + τ/λ.
///
/// In (A) and (B) the intermediate `integral_bound` is ours and sharper: Σ_{j≥1} f(j) ≤ ∫_0^∞ f for the decreasing
/// f(u) = λ_u/(λ_u + λ), that is (1/c) log(1 + C/λ), and (C/λ)^{1/α} (π/α)/sin(π/α). It holds for every λ.
///
/// ```
/// use selfreward::theory::effective_dimension::{Regime, regime_bound};
///
/// let spiked = Regime::Spiked { rank: 3.0, tail: 0.1 };
/// assert_eq!(regime_bound(&spiked, 0.05)?.value(), 5.0);
/// # Ok::<(), selfreward::Error>(())
/// ```
pub fn regime_bound(regime: &Regime, lambda: f64) -> Result<Bound> {
    let lambda = check::positive("lambda", lambda)?;
    let bound = |value: f64| Bound::new("effective-dimension", value, false);
    Ok(match *regime {
        Regime::Exponential { rate, scale } => {
            let rate = check::positive("rate", rate)?;
            let ratio = check::positive("scale", scale)? / lambda;
            let value = if ratio >= 1.0 { ratio.ln() / rate - 1.0 / (-rate).exp_m1() } else { ratio / rate.exp_m1() };
            bound(value)
                .with("integral_bound", ratio.ln_1p() / rate)
                .assuming("eigenvalue j (from 1) is at most scale exp(-rate j)")
        }
        Regime::Polynomial { exponent, scale } => {
            if !(exponent.is_finite() && exponent > 1.0) {
                return Err(Error::argument("exponent", exponent, "a finite number above 1"));
            }
            let knee = (check::positive("scale", scale)? / lambda).powf(1.0 / exponent);
            bound(knee * (1.0 + 1.0 / (exponent - 1.0)) + 1.0)
                .with("knee", knee)
                .with("integral_bound", knee * (PI / exponent) / (PI / exponent).sin())
                .assuming("eigenvalue j (from 1) is at most scale j^(-exponent)")
        }
        Regime::Spiked { rank, tail } => {
            let rank = check::count("rank", rank)?;
            bound(rank + check::nonnegative("tail", tail)? / lambda)
                .assuming("all eigenvalues but the first rank sum to at most tail")
        }
    }
    .with("unit_feature_bound", 1.0 / lambda)
    .assuming("unit features: the trace is at most 1 (only for unit_feature_bound)"))
}
