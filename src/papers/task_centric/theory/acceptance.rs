//! What one round of a finite class on accepted answers leaves of the errors (T2). A reconstruction, ours: the full text of arXiv
//! 2602.10014 was not available.

use crate::error::Result;
use crate::papers::bound::Bound;
use crate::papers::check;

/// J_± = ½(1 ± √(1−4a)), the fixed points of J ↦ 1 − a/J; `None` where a > ¼, and there are none.
///
/// `acceptance` = a ≥ 0.
///
/// # Errors
/// [`crate::Error::Argument`] for a number out of its range.
pub fn fixed_points(acceptance: f64) -> Result<Option<(f64, f64)>> {
    let a = check::nonnegative("acceptance", acceptance)?;
    if a > 0.25 {
        return Ok(None);
    }
    let upper = 0.5 * (1.0 + (1.0 - 4.0 * a).sqrt());
    // Their product is a: no digit is lost where J_− is small.
    Ok(Some((a / upper, upper)))
}

/// T2 (`acceptance`): a = log(#Π/ρ)/n. With probability at least 1 − ρ over n proposals x ~ p, y ~ π_t of a round, of which the correct
/// ones are accepted, the likeliest member π_{t+1} of Π on these has E_x[ρ_t(1 − ρ_{t+1})] ≤ a, where ρ(x) = π(correct|x).
///
/// For a fixed π one proposal has E[(π/π_t⁺)1{accepted} + 1{rejected}] ≤ 1 − E_x[ρ_t(1 − ρ_π)], π_t⁺ ∝ π_t·1{correct}; Markov's
/// inequality for the product over proposals, and a union bound. Then J_{t+1} ≥ J_t − a, 1 − J_{t+1} ≤ √(a E_x[1/ρ_t]), and
/// 1 − J_{t+1} ≤ P_x[ρ_t ≤ τ] + a/τ for every τ.
///
/// * `log_class_size` = log #Π ≥ 0, nats;
/// * `n` ≥ 1, proposals of the round, accepted or not;
/// * `rho` = ρ in (0, 1), with which the guarantee may fail.
///
/// `below_a_quarter` is 1 where a < ¼, from `proposals_for_a_quarter` on: there rounds that accept alike at all prompts raise their own
/// guarantee between the fixed points J_±, which are intermediates where a ≤ ¼. Vacuous from 1 on.
///
/// # Errors
/// [`crate::Error::Argument`] for a number out of its range.
///
/// ```
/// use selfreward::papers::task_centric::theory::acceptance::acceptance;
///
/// // log(10/0.1) = log 100 over 100 proposals.
/// let bound = acceptance(10f64.ln(), 100.0, 0.1)?;
/// assert!((bound.value() - 0.01 * 100f64.ln()).abs() < 1e-15);
/// // J_− and J_+ have the sum 1 and the product a.
/// let [lower, upper] = ["lower_fixed_point", "upper_fixed_point"].map(|name| bound.intermediate(name).expect("a < ¼"));
/// assert!((lower + upper - 1.0).abs() < 1e-15 && (lower * upper - bound.value()).abs() < 1e-15);
/// # Ok::<(), selfreward::Error>(())
/// ```
pub fn acceptance(log_class_size: f64, n: f64, rho: f64) -> Result<Bound> {
    let log_class_size = check::nonnegative("log-class-size", log_class_size)?;
    let n = check::count("n", n)?;
    let rho = check::open_unit("rho", rho)?;
    let log_ratio = log_class_size - rho.ln();
    let value = log_ratio / n;
    let mut bound = Bound::new("acceptance", value, value >= 1.0)
        .with("log_class_over_rho", log_ratio)
        .with("below_a_quarter", f64::from(u8::from(value < 0.25)))
        .with("proposals_for_a_quarter", (4.0 * log_ratio).floor() + 1.0);
    if let Some((lower, upper)) = fixed_points(value)? {
        bound = bound.with("lower_fixed_point", lower).with("upper_fixed_point", upper);
    }
    Ok(bound
        .assuming("the class is finite and holds pi_t restricted to correct answers; it is fixed before the sample")
        .assuming("the n proposals are drawn from pi_t in this round, independently given pi_t")
        .assuming("pi_{t+1} is the likeliest member on the accepted ones")
        .assuming("a reconstruction: the full text of arXiv 2602.10014 was not available"))
}

/// 1 − J_{t+1} ≤ √(a E_x[1/ρ_t]), with the acceptance condition number E_x[1/ρ_t] ≥ 1 (may be infinite).
///
/// # Errors
/// [`crate::Error::Argument`] for a number out of its range.
///
/// ```
/// use selfreward::papers::task_centric::theory::acceptance::error_by_condition;
///
/// // a = 0.01 and ρ_t = ¼ everywhere: at most 0.2 is left wrong.
/// assert!((error_by_condition(0.01, 4.0)? - 0.2).abs() < 1e-15);
/// # Ok::<(), selfreward::Error>(())
/// ```
pub fn error_by_condition(acceptance: f64, condition: f64) -> Result<f64> {
    let a = check::nonnegative("acceptance", acceptance)?;
    let condition = check::nonnegative_or_infinite("condition", condition)?;
    Ok(if a == 0.0 && condition == f64::INFINITY { f64::INFINITY } else { (a * condition).sqrt() })
}

/// 1 − J_{t+1} ≤ inf_τ {P_x[ρ_t ≤ τ] + a/τ} over τ among the values of ρ_t just below which the share jumps, and τ = 1.
///
/// `weights` = p(x) and `rates` = ρ_t(x) in [0, 1], of one length.
///
/// # Errors
/// [`crate::Error::Argument`] for a number out of its range.
///
/// ```
/// use selfreward::papers::task_centric::theory::acceptance::error_by_threshold;
///
/// // Half of the prompts are hopeless: τ → 1 leaves them, and a.
/// assert!((error_by_threshold(0.03, &[0.5, 0.5], &[1.0, 1e-6])? - 0.53).abs() < 1e-15);
/// # Ok::<(), selfreward::Error>(())
/// ```
pub fn error_by_threshold(acceptance: f64, weights: &[f64], rates: &[f64]) -> Result<f64> {
    let a = check::nonnegative("acceptance", acceptance)?;
    // As τ rises to a value of ρ, P[ρ ≤ τ] stays that of the values below it: the infimum is a limit from the left.
    let below = |tau: f64| -> f64 { weights.iter().zip(rates).filter(|(_, rate)| **rate < tau).map(|(p, _)| p).sum() };
    let at = |tau: f64| below(tau) + a / tau;
    Ok(rates.iter().copied().chain([1.0]).filter(|tau| *tau > 0.0).map(at).fold(f64::INFINITY, f64::min))
}
