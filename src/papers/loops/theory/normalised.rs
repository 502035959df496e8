//! Rewards of correct answers that are standardised prompt by prompt: finite time (Q4a), and a frozen reference (Q4b). One prompt; ℓ is the
//! log-odds of the correct set, ρ = σ(ℓ).

use crate::error::Result;
use crate::papers::bound::Bound;
use crate::papers::check;

/// ω = arccos √ρ, the angle of a policy of log-odds ℓ: 0 where it is always right, π/2 where it never is.
pub fn angle(log_odds: f64) -> f64 {
    // tan ω = √((1−ρ)/ρ) keeps its digits at either end.
    (-0.5 * log_odds).exp().atan()
}

/// Q4a, the second-order law of grpo-mirror: ω_0 − t/(2β) + (4β)⁻¹ log(sin 2ω_0/sin 2ω_t), which ω_t follows to β⁻² where ρ_0 is in
/// [.05, .5], β ≥ 5, t ≤ .9·2βω_0.
///
/// Of a population round ℓ' = ℓ + (2/β)cosh(ℓ/2); with cosh(ℓ/2) = 1/sin 2ω and dℓ/dω = −4/sin 2ω the angle falls by 1/(2β) a round to first
/// order, and the second order adds up to the logarithm.
///
/// `start` = ω_0 and `angle` = ω_t in (0, π/2), `beta` = β > 0, `t` ≥ 0.
///
/// # Errors
/// [`crate::Error::Argument`] for a number out of its range.
pub fn angle_law(start: f64, angle: f64, beta: f64, t: f64) -> Result<f64> {
    let (beta, t) = (check::positive("beta", beta)?, check::nonnegative("t", t)?);
    let (start, angle) = (check::positive("start", start)?, check::positive("angle", angle)?);
    Ok(start - t / (2.0 * beta) + ((2.0 * start).sin() / (2.0 * angle).sin()).ln() / (4.0 * beta))
}

/// f(ℓ) = ℓ_0 + (2/β)cosh(ℓ/2), the population round of grpo-frozen-reference.
pub fn frozen_round(start: f64, beta: f64, log_odds: f64) -> f64 {
    start + 2.0 / beta * (0.5 * log_odds).cosh()
}

/// β_c(ℓ_0): the loop with a frozen reference has fixed points if and only if β ≥ β_c, where asinh β_c − √(1+β_c²)/β_c = ℓ_0/2.
///
/// There f touches the diagonal: f'(ℓ) = sinh(ℓ/2)/β = 1. By bisection; the left side rises from −∞ to ∞.
///
/// # Errors
/// [`crate::Error::Argument`] for a number out of its range.
///
/// ```
/// use selfreward::papers::loops::theory::normalised::critical_beta;
///
/// assert!((critical_beta(0.0)? - 1.509).abs() < 5e-4 && (critical_beta(-2.0)? - 0.738).abs() < 5e-4);
/// # Ok::<(), selfreward::Error>(())
/// ```
pub fn critical_beta(start: f64) -> Result<f64> {
    let start = check::finite("log-odds", start)?;
    // By log β: the root lies between e^{−40} and e^{700} for every double that a log-odds of a policy may be.
    let left = |log: f64| {
        let beta = log.exp();
        beta.asinh() - (1.0 + (-2.0 * log).exp()).sqrt()
    };
    Ok(bisected(-40.0, 700.0, |log| left(log) - 0.5 * start).exp())
}

/// ℓ_+, the upper fixed point of f; `None` for β < β_c.
///
/// # Errors
/// [`crate::Error::Argument`] for a number out of its range.
pub fn upper_fixed_point(start: f64, beta: f64) -> Result<Option<f64>> {
    let beta = check::positive("beta", beta)?;
    if beta < critical_beta(start)? {
        return Ok(None);
    }
    // Above 2 asinh β, where f has the slope 1, it rises faster than the diagonal.
    let low = 2.0 * beta.asinh();
    let above = |l: f64| frozen_round(start, beta, l) - l;
    let mut high = low + 1.0;
    while above(high) < 0.0 {
        high = 2.0 * high + 1.0;
    }
    Ok(Some(bisected(low, high, above)))
}

/// The other fixed point ℓ_− ≤ ℓ_+; `None` for β < β_c.
///
/// # Errors
/// [`crate::Error::Argument`] for a number out of its range.
pub fn lower_fixed_point(start: f64, beta: f64) -> Result<Option<f64>> {
    let beta = check::positive("beta", beta)?;
    if beta < critical_beta(start)? {
        return Ok(None);
    }
    // f lies above the diagonal at ℓ_0, and not above it at 2 asinh β.
    Ok(Some(bisected(start, 2.0 * beta.asinh(), |l| l - frozen_round(start, beta, l))))
}

/// Q4b: whether the loop from ℓ_0 stays bounded: fixed points exist, and |ℓ_0| ≤ ℓ_+. (f is even, and maps [−ℓ_+, ℓ_+] into itself.)
/// Bounded need not be at rest: where the slope at the lower fixed point is below −1 there are cycles, of 4 points from ℓ_0 = −7 at 2 % above
/// the threshold, and loops without a period (−8).
///
/// # Errors
/// [`crate::Error::Argument`] for a number out of its range.
pub fn bounded(start: f64, beta: f64) -> Result<bool> {
    Ok(upper_fixed_point(start, beta)?.is_some_and(|upper| start.abs() <= upper))
}

/// The least β from which on the loop from ℓ_0 stays bounded: β_c, or cosh(ℓ_0/2)/|ℓ_0| where |ℓ_0| is above the point at which f touches
/// the diagonal at β_c (ℓ_0 < −1.54).
///
/// # Errors
/// [`crate::Error::Argument`] for a number out of its range.
///
/// ```
/// use selfreward::papers::loops::theory::normalised::threshold;
///
/// assert!((threshold(-3.0)? - 0.784).abs() < 5e-4 && (threshold(-5.0)? - 1.226).abs() < 5e-4);
/// # Ok::<(), selfreward::Error>(())
/// ```
pub fn threshold(start: f64) -> Result<f64> {
    let critical = critical_beta(start)?;
    Ok(if start.abs() <= 2.0 * critical.asinh() { critical } else { (0.5 * start).cosh() / start.abs() })
}

/// Q4a, Q4b (`grpo-time`): t* = 2βω_0 rounds until a population loop with standardised rewards of correct answers is always right at a
/// prompt that starts at ρ_0; and what a frozen reference makes of it.
///
/// * `start` = ρ_0 in (0, 1);
/// * `beta` = β > 0.
///
/// Intermediates: ω_0 and ℓ_0; of the loop with the reference π_0 its `frozen_critical_beta` = β_c, from which on it has fixed points, the
/// `frozen_threshold` of β from which on it stays bounded, `frozen_bounded` (1 or 0) at this β, and its fixed points where there are any.
///
/// # Errors
/// [`crate::Error::Argument`] for a number out of its range.
///
/// ```
/// use selfreward::papers::loops::theory::normalised::grpo_time;
///
/// // From ρ_0 = ½ an eighth of the circle is left: t* = 2·10·π/4.
/// let bound = grpo_time(0.5, 10.0)?;
/// assert!((bound.value() - 5.0 * std::f64::consts::PI).abs() < 1e-12);
/// assert_eq!(bound.intermediate("frozen_bounded"), Some(1.0));
/// # Ok::<(), selfreward::Error>(())
/// ```
pub fn grpo_time(start: f64, beta: f64) -> Result<Bound> {
    let (start, beta) = (check::open_unit("start", start)?, check::positive("beta", beta)?);
    let log_odds = start.ln() - (-start).ln_1p();
    let omega = angle(log_odds);
    let mut bound = Bound::new("grpo-time", 2.0 * beta * omega, false)
        .with("omega_0", omega)
        .with("log_odds_0", log_odds)
        .with("frozen_critical_beta", critical_beta(log_odds)?)
        .with("frozen_threshold", threshold(log_odds)?)
        .with("frozen_bounded", f64::from(u8::from(bounded(log_odds, beta)?)));
    if let (Some(lower), Some(upper)) = (lower_fixed_point(log_odds, beta)?, upper_fixed_point(log_odds, beta)?) {
        bound = bound.with("frozen_lower_fixed_point", lower).with("frozen_upper_fixed_point", upper);
    }
    Ok(bound
        .unless(!(0.05..=0.5).contains(&start) || beta < 5.0, "rho_0 in [.05, .5] and beta >= 5: there omega_t lies within 1/beta^2 of its law up to .9 t*")
        .assuming("the population's rounds on one-hot features: rewards 1 and 0, less their mean and over their deviation under pi_t")
        .assuming("a frozen reference is pi_0, in place of pi_t"))
}

/// The root of an increasing function between two points of different sign; an end where it has none between them.
pub(super) fn bisected(mut low: f64, mut high: f64, f: impl Fn(f64) -> f64) -> f64 {
    for _ in 0..200 {
        let middle = 0.5 * (low + high);
        if middle <= low || middle >= high {
            break;
        }
        if f(middle) < 0.0 { low = middle } else { high = middle }
    }
    0.5 * (low + high)
}
