//! One set of pairs in all rounds: each eigendirection of its Gram matrix has a multiplier of its own (Q1, Q2).

use crate::error::{Error, Result};
use crate::papers::bound::Bound;
use crate::papers::check;

/// Rounds that a crash is looked for in.
const MOST_ROUNDS: u32 = 100_000;

/// What a loop of the square loss repeats in every round: reference ∝ π_t^α π_0^{1−α}, reward η log π_t, β, ridge λ‖θ − θ_ref‖².
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Round {
    /// α, finite.
    pub alpha: f64,
    /// η, finite.
    pub eta: f64,
    /// β > 0.
    pub beta: f64,
    /// λ ≥ 0.
    pub ridge: f64,
}

impl Round {
    /// βg/(β²g + λ) along a direction of curvature g ≥ 0, the share of the target that a round adds to the reference: 1/β at λ = 0 along
    /// what was seen, 0 along what was not (Q2).
    ///
    /// # Errors
    /// [`Error::Argument`] for a number out of its range.
    pub fn gain(&self, curvature: f64) -> Result<f64> {
        let beta = check::positive("beta", self.beta)?;
        let ridge = check::nonnegative("lambda", self.ridge)?;
        let curvature = check::nonnegative("eigenvalues", curvature)?;
        if curvature == 0.0 || ridge == 0.0 {
            // β·g may lie below the least double.
            return Ok(if curvature == 0.0 { 0.0 } else { 1.0 / beta });
        }
        Ok(1.0 / (beta + ridge / (beta * curvature)))
    }

    /// Q1: m = α + ηβg/(β²g + λ), the multiplier of the component of θ_t along a direction of curvature g ≥ 0. With the same pairs in all
    /// rounds c_{t+1} = m c_t + (1 − α)c_0.
    ///
    /// # Errors
    /// [`Error::Argument`] for a number out of its range.
    ///
    /// ```
    /// use selfreward::papers::loops::theory::critic::Round;
    ///
    /// // Without a ridge and with the reference π_t it is that of the population, 1 + 1/β; what was not seen stays.
    /// let round = Round { alpha: 1.0, eta: 1.0, beta: 0.5, ridge: 0.0 };
    /// assert_eq!([round.multiplier(0.7)?, round.multiplier(0.0)?], [3.0, 1.0]);
    /// # Ok::<(), selfreward::Error>(())
    /// ```
    pub fn multiplier(&self, curvature: f64) -> Result<f64> {
        Ok(check::finite("alpha", self.alpha)? + check::finite("eta", self.eta)? * self.gain(curvature)?)
    }

    /// The components c_1, …, c_T of θ_t along a direction of this multiplier that starts at c_0.
    pub fn components(&self, multiplier: f64, start: f64, rounds: usize) -> Vec<f64> {
        let next = |c: &f64| Some(multiplier * c + (1.0 - self.alpha) * start);
        std::iter::successors(Some(start), next).skip(1).take(rounds).collect()
    }
}

/// max |m_j| over the directions in which θ_0 has a component, against 1: the order of growth.
pub fn growth(multipliers: &[f64], components: &[f64]) -> f64 {
    multipliers.iter().zip(components).filter(|(_, c)| **c != 0.0).fold(0.0, |most, (m, _)| f64::max(most, m.abs()))
}

/// How far ‖θ_{t+1}‖ may lie from max|m_j|·‖θ_t‖ in a round from components c_j, c_j(0) being those of θ_0: with m the multiplier of the largest
/// modulus, θ_{t+1} − mθ_t has the components (m_j − m)c_j + (1 − α)c_j(0). Along the leading direction (1 − α)c(0) is left, along others what
/// their multipliers lack.
pub fn growth_error(round: &Round, multipliers: &[f64], components: &[f64], first: &[f64]) -> f64 {
    let size = growth(multipliers, first);
    let leads = |&(m, c): &(&f64, &f64)| *c != 0.0 && m.abs() == size;
    let leading = multipliers.iter().zip(first).find(leads).map_or(0.0, |(m, _)| *m);
    let left = |((m, c), first): ((&f64, &f64), &f64)| (m - leading) * c + (1.0 - round.alpha) * first;
    multipliers.iter().zip(components).zip(first).map(left).fold(0.0, f64::hypot)
}

/// Whether ‖θ_t‖ is unbounded: along a direction in which θ_0 has a component |m| > 1, or m = 1 and α ≠ 1.
///
/// For m ≠ 1, c_t = m^t(c_0 − b) + b with the fixed point b = (1 − α)c_0/(1 − m), from which c_0 is away unless m = α. There g = 0 or η = 0, and
/// c stays at c_0 whatever m. At m = −1 it is on a 2-cycle; at m = 1, c_t = c_0 + t(1 − α)c_0.
pub fn grows(round: &Round, multipliers: &[f64], components: &[f64]) -> bool {
    let unbounded = |m: f64| m != round.alpha && (m.abs() > 1.0 || m == 1.0);
    multipliers.iter().zip(components).any(|(&m, &c)| c != 0.0 && unbounded(m))
}

/// t*, the least t with ‖θ_t‖ > B, from the components of θ_0 and their multipliers; `None` if it is above 100000.
///
/// `outside` is ‖(I − P)θ_0‖, of what no round moves.
///
/// # Errors
/// [`Error::Argument`] for a number out of its range.
pub fn crash_time(
    round: &Round,
    multipliers: &[f64],
    components: &[f64],
    outside: f64,
    radius: f64,
) -> Result<Option<u32>> {
    let radius = check::positive("radius", radius)?;
    let mut now = components.to_vec();
    for t in 0..=MOST_ROUNDS {
        // Squares may leave the doubles where the norm does not.
        if now.iter().fold(outside, |norm, c| norm.hypot(*c)) > radius {
            return Ok(Some(t));
        }
        for ((c, m), first) in now.iter_mut().zip(multipliers).zip(components) {
            *c = m * *c + (1.0 - round.alpha) * first;
        }
    }
    Ok(None)
}

/// Q1 (`excitation`): multipliers m_j = α + ηβg_j/(β²g_j + λ) of a loop that uses one set of pairs in all rounds, from the eigenvalues g_j
/// of its Gram matrix ΣΔφΔφᵀ/n. The value is the largest |m_j| over directions in which θ_0 has a component;
/// `grows` is 1 where ‖θ_t‖ is unbounded (see [`grows`]), else 0.
///
/// * `curvatures` = g_j ≥ 0, at least one;
/// * `components` = c_j, those of θ_0 along the same directions, and `radius` = B > 0: with both there is `crash_time`, the least t with
///   ‖θ_t‖ > B, unless there is none up to 100000 rounds.
///
/// # Errors
/// [`Error::Argument`] for a number out of its range, and for components of another number than eigenvalues.
///
/// ```
/// use selfreward::papers::loops::theory::critic::{Round, excitation};
///
/// // m = 0.3 + 1/0.5 = 2.3, c_1 = 2.3 + 0.7 = 3, c_2 = 7.6.
/// let round = Round { alpha: 0.3, eta: 1.0, beta: 0.5, ridge: 0.0 };
/// let bound = excitation(&round, &[1.0], Some(&[1.0]), Some(7.0))?;
/// assert!((bound.value() - 2.3).abs() < 1e-15);
/// assert_eq!(bound.intermediate("crash_time"), Some(2.0));
/// # Ok::<(), selfreward::Error>(())
/// ```
pub fn excitation(round: &Round, curvatures: &[f64], components: Option<&[f64]>, radius: Option<f64>) -> Result<Bound> {
    if curvatures.is_empty() {
        return Err(Error::argument("eigenvalues", "nothing", "one number or more"));
    }
    let multipliers = curvatures.iter().map(|&g| round.multiplier(g)).collect::<Result<Vec<f64>>>()?;
    let ones = vec![1.0; multipliers.len()];
    let start = components.unwrap_or(&ones);
    if start.len() != multipliers.len() {
        let expected = format!("{} numbers, one for each eigenvalue", multipliers.len());
        return Err(Error::argument("components", start.len(), expected));
    }
    start.iter().try_for_each(|&c| check::finite("components", c).map(drop))?;
    let value = growth(&multipliers, start);
    let mut bound =
        Bound::new("excitation", value, false).with("grows", f64::from(u8::from(grows(round, &multipliers, start))));
    if let (Some(components), Some(radius)) = (components, radius)
        && let Some(crash) = crash_time(round, &multipliers, components, 0.0, radius)?
    {
        bound = bound.with("crash_time", f64::from(crash));
    }
    Ok(bound
        .with_list("multipliers", multipliers)
        .assuming(
            "the square loss on one set of pairs, the same in all rounds, whose Gram matrix has these eigenvalues",
        )
        .assuming("no ball binds, and the class is linear: the reward is eta log pi_t and nothing else"))
}
