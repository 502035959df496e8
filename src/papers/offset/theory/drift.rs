//! How many modes one round can move (D1).

use crate::error::Result;
use crate::papers::bound::Bound;
use crate::papers::check;

/// The drift lemma (`drift`): P_x[the mode of π_{t+1} is another than that of π_t, and had π_t ≥ ω] ≤ ε²/(2(1+β)²γ²μω).
///
/// A mode that moves from ŷ to z has Δ log π_{t+1} ≤ 0 on the pair (ŷ, z), on which Δ log π_t ≥ γ. So the implicit reward misses the
/// self-reward by (1+β)γ at least, on a pair of weight 2π_t(ŷ)π_t(z) ≥ 2μω of the population loss ε².
///
/// * `epsilon` = ε ≥ 0, nats: root of the population loss of π_{t+1}, whatever class or update it comes from;
/// * `beta` = β > 0;
/// * `gamma` = γ > 0, nats: margin of π_t;
/// * `mu` = μ in (0, 1]: least confidence min_x max_y π_t(y|x);
/// * `omega` = ω in (0, 1]: least probability under π_t of the responses that count.
///
/// Vacuous from 1 on.
///
/// # Errors
/// [`crate::Error::Argument`] for a number out of its range.
///
/// ```
/// use selfreward::papers::offset::theory::drift::drift;
///
/// // ε² = 1/100, (1+β)² = 4, γ² = 1, 2μω = 1/4.
/// assert!((drift(0.1, 1.0, 1.0, 0.5, 0.25)?.value() - 0.01).abs() < 1e-17);
/// # Ok::<(), selfreward::Error>(())
/// ```
pub fn drift(epsilon: f64, beta: f64, gamma: f64, mu: f64, omega: f64) -> Result<Bound> {
    let epsilon = check::nonnegative("epsilon", epsilon)?;
    let beta = check::positive("beta", beta)?;
    let gamma = check::positive("gamma", gamma)?;
    let mu = check::positive_unit("mu", mu)?;
    let omega = check::positive_unit("omega", omega)?;
    let (gap, weight) = ((1.0 + beta) * gamma, 2.0 * mu * omega);
    // Quotients before squares: ε and γ may both be small.
    let value = (epsilon / gap).powi(2) / weight;
    Ok(Bound::new("drift", value, value >= 1.0)
        .with("population_loss", epsilon * epsilon)
        .with("least_residual", gap)
        .with("pair_weight", weight)
        .with("least_loss_of_a_flip", weight * gap * gap)
        .assuming("gamma and mu are margin and least confidence of pi_t, before the round")
        .assuming("epsilon is of pi_{t+1}: the root of the expected loss over pairs drawn from pi_t")
        .unless(
            mu + omega > 1.0,
            "a response beside a mode of probability mu has omega at least: mu + omega is at most 1",
        )
        .assuming("modes that move to responses below omega are not counted"))
}
