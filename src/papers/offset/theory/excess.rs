//! How far a sampled step may lie from the population's where the class misses part of the self-reward (M5).

use crate::error::Result;
use crate::papers::bound::Bound;
use crate::papers::check;

/// What M5 reads off the policy of a round, with Z = G^{+½}Δφ, G = E ΔφΔφᵀ and ξ = Δ log π_t − ⟨ψ_t, Δφ⟩ what no step can follow.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scatter {
    /// D = E ξ²‖Z‖² ≥ 0, nats².
    pub trace: f64,
    /// L > 0, the largest ‖Z‖² of a pair of positive probability.
    pub leverage: f64,
    /// V ≥ 0, the largest |ξ|‖Z‖, nats.
    pub sup: f64,
    /// λ ≥ 0, the largest eigenvalue of E ξ²ZZᵀ, nats².
    pub spread: f64,
    /// r ≥ 1, the rank of G.
    pub rank: f64,
}

/// The event on which the bound stands, fixed before the sample is drawn; it may depend on the round's policy.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Event {
    /// s in (0, 1): the least eigenvalue of the whitened sampled Gram matrix is at least 1 − s.
    pub s: f64,
    /// x > 0: the deviation is exceeded with probability e^{−x} at most.
    pub x: f64,
}

/// s + (1−s) log(1−s) for s in [0, 1]: 0 at 0, 1 at 1, increasing; the exponent of the matrix Chernoff bound.
fn exponent(s: f64) -> f64 {
    if s < 0.01 {
        // Σ s^k/(k(k−1)): near 0 the closed form cancels to nothing.
        (2..=8).map(|k: i32| s.powi(k) / f64::from(k * (k - 1))).sum()
    } else if s == 1.0 {
        1.0
    } else {
        s + (1.0 - s) * (-s).ln_1p()
    }
}

impl Event {
    /// x = log(2/ρ) and the least s whose chance of failure is at most ρ/2; `None` where there is none, since n is too small.
    ///
    /// `n` ≥ 1, `leverage` = L > 0, `rank` = r ≥ 1, `rho` = ρ in (0, 1).
    ///
    /// # Errors
    /// [`crate::Error::Argument`] for a number out of its range.
    pub fn of(n: f64, leverage: f64, rank: f64, rho: f64) -> Result<Option<Self>> {
        let n = check::count("n", n)?;
        let leverage = check::positive("leverage", leverage)?;
        let rank = check::count("rank", rank)?;
        let rho = check::open_unit("rho", rho)?;
        let wanted = leverage / n * (2.0 * rank / rho).ln();
        if wanted >= 1.0 {
            return Ok(None);
        }
        let (mut low, mut high) = (0.0, 1.0);
        // To the spacing of the doubles: the upper end always suffices.
        for _ in 0..1100 {
            let middle = 0.5 * (low + high);
            if middle <= low || middle >= high {
                break;
            }
            if exponent(middle) >= wanted { high = middle } else { low = middle }
        }
        Ok((high < 1.0).then_some(Self { s: high, x: (2.0 / rho).ln() }))
    }
}

/// M5 (`misspecified-excess`): with probability at least 1 − r e^{−(n/L)(s+(1−s)log(1−s))} − e^{−x}, given π_t,
///
/// e_n ≤ (1−s)⁻¹ [√(D/n) + √(2x(λ + 2V√(D/n))/n) + Vx/(3n)],
///
/// e_n the distance of the sampled step from the population's in the metric of the loss. Matrix Chernoff bound for the whitened Gram
/// matrix, Bousquet's inequality for ‖(1/n)Σ ξ_iZ_i‖. With D = V = λ = 0 it is exact recovery as s → 1.
///
/// `n` ≥ 1; `event` `None` says nothing: the value is then infinite. Vacuous too where the chance of failure is 1 or more.
///
/// # Errors
/// [`crate::Error::Argument`] for a number out of its range.
///
/// ```
/// use selfreward::papers::offset::theory::excess::{Event, Scatter, misspecified_excess};
///
/// // Nothing is missed: the step is the population's.
/// let exact = Scatter { trace: 0.0, leverage: 10.0, sup: 0.0, spread: 0.0, rank: 4.0 };
/// let bound = misspecified_excess(1000.0, &exact, Event::of(1000.0, 10.0, 4.0, 0.1)?)?;
/// assert_eq!((bound.value(), bound.vacuous()), (0.0, false));
/// assert!((bound.intermediate("chance_of_failure").expect("computed") - 0.1).abs() < 1e-12);
/// # Ok::<(), selfreward::Error>(())
/// ```
pub fn misspecified_excess(n: f64, scatter: &Scatter, event: Option<Event>) -> Result<Bound> {
    const NAME: &str = "misspecified-excess";
    let n = check::count("n", n)?;
    let trace = check::nonnegative("trace", scatter.trace)?;
    let leverage = check::positive("leverage", scatter.leverage)?;
    let sup = check::nonnegative("sup", scatter.sup)?;
    let spread = check::nonnegative("spread", scatter.spread)?;
    let rank = check::count("rank", scatter.rank)?;
    let bound = match event {
        None => Bound::new(NAME, f64::INFINITY, true)
            .checked("some s in (0, 1) has a chance of failure of at most rho/2: n is large enough for L", false),
        Some(Event { s, x }) => {
            let (s, x) = (check::open_unit("s", s)?, check::positive("x", x)?);
            let incomplete = rank * (-n / leverage * exponent(s)).exp();
            let (beyond, factor) = ((-x).exp(), 1.0 / (1.0 - s));
            let mean = (trace / n).sqrt();
            let deviation = (2.0 * x * (spread + 2.0 * sup * mean) / n).sqrt();
            let range = sup * x / (3.0 * n);
            let chance = incomplete + beyond;
            let value = factor * (mean + deviation + range);
            Bound::new(NAME, value, chance >= 1.0)
                .with("s", s)
                .with("x", x)
                .with("exponent", exponent(s))
                .with("chance_of_incomplete_gram", incomplete)
                .with("chance_beyond_x", beyond)
                .with("chance_of_failure", chance)
                .with("factor", factor)
                .with("mean_term", mean)
                .with("deviation_term", deviation)
                .with("range_term", range)
        }
    };
    Ok(bound
        .assuming("the pairs of the round are drawn from pi_t, independently given pi_t, and s and x are fixed before")
        .assuming("ball inactive, no ridge, no noise of a judge")
        .checked("leverage is at least rank, the mean of the leverages", leverage >= rank * (1.0 - 1e-12))
        .checked(
            "spread <= trace <= rank * spread and trace <= sup^2, as of one law",
            within(spread, trace) && within(trace, rank * spread) && within(trace, sup * sup),
        ))
}

/// a ≤ b but for what rounding or a few printed digits leave.
fn within(a: f64, b: f64) -> bool {
    a <= b * (1.0 + 1e-9) + f64::MIN_POSITIVE
}
