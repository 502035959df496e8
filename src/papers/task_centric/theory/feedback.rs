//! The guarantee of round after round where all prompts accept alike (T3). A reconstruction, ours: the full text of arXiv 2602.10014 was
//! not available.

use super::acceptance::fixed_points;
use crate::error::Result;
use crate::papers::bound::Bound;
use crate::papers::check;

/// One round of the guarantee: max(0, 1 − a/J), 0 at J = 0.
fn next(acceptance: f64, guarantee: f64) -> f64 {
    if guarantee > 0.0 { (1.0 - acceptance / guarantee).max(0.0) } else { 0.0 }
}

/// T3 (`feedback-map`): J_{t+1} ≥ 1 − a/J_t in every round, where ρ_s(x) = J_s at all prompts, with T2 at ρ/T a round; so J_t is at least
/// the t-th iterate g_t of J ↦ max(0, 1 − a/J) from g_0 = J_0.
///
/// The guarantee rises if and only if a < ¼ and J_− < g < J_+, and from g_0 > J_− it converges to J_+. From below J_−, or at a > ¼, it falls
/// to 0, where it says nothing.
///
/// * `acceptance` = a > 0, the same in all rounds: log(#Π T/ρ)/n;
/// * `start` = J_0 in [0, 1];
/// * `rounds` = T, from 1 to 10⁶.
///
/// The value is g_T; the list `guarantees` has g_0, …, g_T. `rises` is 1 where g_1 > g_0, `converges` where the limit is J_+; the fixed
/// points are intermediates where a ≤ ¼. Vacuous at 0.
///
/// # Errors
/// [`crate::Error::Argument`] for a number out of its range.
///
/// ```
/// use selfreward::papers::task_centric::theory::feedback::feedback_map;
///
/// // One round from J_0 = ½ at a = 0.1.
/// assert!((feedback_map(0.1, 0.5, 1)?.value() - 0.8).abs() < 1e-15);
/// // J_− = 0.1127: from 0.12 the loop gets away, from 0.11 it does not.
/// assert!((feedback_map(0.1, 0.12, 50)?.value() - 0.887_298).abs() < 1e-6);
/// assert_eq!(feedback_map(0.1, 0.11, 50)?.value(), 0.0);
/// # Ok::<(), selfreward::Error>(())
/// ```
pub fn feedback_map(acceptance: f64, start: f64, rounds: u32) -> Result<Bound> {
    let a = check::positive("acceptance", acceptance)?;
    let start = check::unit("start", start)?;
    let rounds = check::rounds(rounds)?;
    let mut guarantees = vec![start];
    for t in 0..rounds as usize {
        guarantees.push(next(a, guarantees[t]));
    }
    let value = guarantees[rounds as usize];
    let points = fixed_points(a)?;
    let above = points.is_some_and(|(lower, _)| start > lower);
    let rises = a < 0.25 && points.is_some_and(|(lower, upper)| lower < start && start < upper);
    let indicator = |is: bool| f64::from(u8::from(is));
    let mut bound = Bound::new("feedback-map", value, value <= 0.0)
        .with("acceptance", a)
        .with("start", start)
        .with("after_one_round", guarantees[1])
        .with("rises", indicator(rises))
        .with("converges", indicator(above));
    if let Some((lower, upper)) = points {
        bound = bound.with("lower_fixed_point", lower).with("upper_fixed_point", upper);
    }
    Ok(bound
        .with_list("guarantees", guarantees)
        .assuming("every prompt accepts alike in every round: rho_s(x) = J_s")
        .assuming("T2 in every round at rho/T: acceptance is log(#Pi T/rho)/n")
        .assuming("a reconstruction: the full text of arXiv 2602.10014 was not available"))
}
