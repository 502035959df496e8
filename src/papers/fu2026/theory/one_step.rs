//! One round: from the performance gap to the failure rate (Lemmas C.1 and C.2, Eqs. 11–18 and 39–43), and what makes
//! the population loss small.

mod covering;
mod estimation;
mod recovery;
mod tail;

use crate::error::Result;
use crate::papers::bound::Bound;
use crate::papers::check;

pub use covering::{covering_number, loss_difference, net_radius};
pub use estimation::{Class, Regularisation, epsilon};
pub use recovery::{exact_recovery, zero_failure};
pub use tail::{fourth_moment, low_probability_mass, reward_tail, reward_tail_as_printed};

/// What turns a gap in performance into a probability (Definition 5.2).
pub(crate) const UNIQUE_MODE: &str = "modal responses of pi_t are unique, with margin at least gamma on every prompt";

/// Lemma C.1: E_x[1 − π_{t+1}(y*_t|x)] ≤ (J_t(π°_t) − J_t(π_{t+1})) / γ_t, for any policy π_{t+1}.
///
/// `gap` = J_t(π°_t) − J_t(π_{t+1}) ≥ 0 in nats, `gamma` = γ_t > 0 the margin of π_t in nats. Divided by δ it bounds the
/// comparator failure P_x[π_{t+1}(y*_t|x) ≤ 1 − δ] (Markov's inequality), hence the failure rate (Eq. 43).
///
/// ```
/// use selfreward::theory::one_step::suboptimality;
///
/// let bound = suboptimality(0.1, 0.5)?;
/// assert_eq!((bound.value(), bound.vacuous()), (0.2, false));
/// // A probability is at most 1 anyway.
/// assert!(suboptimality(0.6, 0.5)?.vacuous());
/// # Ok::<(), selfreward::Error>(())
/// ```
pub fn suboptimality(gap: f64, gamma: f64) -> Result<Bound> {
    let value = check::nonnegative("gap", gap)? / check::positive("gamma", gamma)?;
    Ok(Bound::new("suboptimality", value, value >= 1.0).assuming(UNIQUE_MODE))
}

/// Eq. 18: J_t(π°) − J_t(π) ≤ E_{π°,π_t}|Δ^{r_t}−Δ^{r̂}| + E_{π,π_t}|Δ^{r_t}−Δ^{r̂}| + β KL(π°‖π_t) − β KL(π‖π_t).
///
/// Unconditional. `comparator_deviation` and `learned_deviation` ≥ 0 are the two expectations (nats), `beta` = β > 0,
/// `comparator_kl` and `learned_kl` ≥ 0 the two divergences, averaged over prompts (nats).
pub fn gap_decomposition(
    comparator_deviation: f64,
    learned_deviation: f64,
    beta: f64,
    comparator_kl: f64,
    learned_kl: f64,
) -> Result<f64> {
    let deviations = check::nonnegative("comparator_deviation", comparator_deviation)?
        + check::nonnegative("learned_deviation", learned_deviation)?;
    let divergence =
        check::nonnegative("comparator_kl", comparator_kl)? - check::nonnegative("learned_kl", learned_kl)?;
    Ok(deviations + check::positive("beta", beta)? * divergence)
}

/// Lemma C.2: E_{π,π_t} h ≤ √(C_{π/π_t} · E_{π_t,π_t} h²) for h ≥ 0.
///
/// Unconditional. `concentrability` = C_{π/π_t} ≥ 1 (κ_t for the comparator π°_t), `second_moment` = E_{π_t,π_t} h² ≥ 0.
pub fn change_of_measure(concentrability: f64, second_moment: f64) -> Result<f64> {
    Ok((check::at_least_one("concentrability", concentrability)? * check::nonnegative("second_moment", second_moment)?)
        .sqrt())
}

/// K_t = [(√κ_t + √C_{π_{t+1}/π_t}) ε + β KL] / γ_t, the bound of Eqs. 39–41 on E_x[1 − π_{t+1}(y*_t|x)].
///
/// `kappa` = κ_t ≥ 1, `concentrability` = C_{π_{t+1}/π_t} ≥ 1, `epsilon` = ε ≥ 0, `beta` = β > 0, `kl` =
/// KL(π°_t‖π_t) ≥ 0 averaged over prompts (at most log κ_t), `gamma` = γ_t > 0.
pub fn comparator_gap(kappa: f64, concentrability: f64, epsilon: f64, beta: f64, kl: f64, gamma: f64) -> Result<Bound> {
    let roots =
        check::at_least_one("kappa", kappa)?.sqrt() + check::at_least_one("concentrability", concentrability)?.sqrt();
    let statistical = roots * check::nonnegative("epsilon", epsilon)?;
    let regularisation = check::positive("beta", beta)? * check::nonnegative("kl", kl)?;
    let value = (statistical + regularisation) / check::positive("gamma", gamma)?;
    Ok(Bound::new("comparator-gap", value, value >= 1.0)
        .assuming(UNIQUE_MODE)
        .assuming("C_{pi_{t+1}/pi_t} is at most the concentrability given"))
}

/// The oracle bound of Eqs. 39–42 (`one-step`): F(δ) ≤ F°(δ) ≤ [(√κ_t + √C_{π_{t+1}/π_t}) ε + β log κ_t] / (γ_t δ).
///
/// It holds for any learned policy with these measured quantities; the chance lies in ε alone. `kappa` = κ_t ≥ 1,
/// `gamma` = γ_t > 0, `epsilon` = ε ≥ 0, `beta` = β > 0, `delta` = δ in (0, 1), `concentrability` = C_{π_{t+1}/π_t} ≥ 1;
/// `None` takes κ_t, the paper's simplification, which is false in general.
pub fn one_step(
    kappa: f64,
    gamma: f64,
    epsilon: f64,
    beta: f64,
    delta: f64,
    concentrability: Option<f64>,
) -> Result<Bound> {
    let delta = check::open_unit("delta", delta)?;
    let kl = check::at_least_one("kappa", kappa)?.ln();
    let used = concentrability.unwrap_or(kappa);
    let gap = comparator_gap(kappa, used, epsilon, beta, kl, gamma)?.value();
    let bound = Bound::new("one-step", gap / delta, gap / delta >= 1.0)
        .with("statistical_term", (kappa.sqrt() + used.sqrt()) * epsilon / (gamma * delta))
        .with("regularisation_term", beta * kl / (gamma * delta))
        .with("concentrability", used)
        .with("comparator_gap", gap)
        .assuming(UNIQUE_MODE);
    Ok(assume_concentrability(bound, concentrability.is_some()))
}

/// Lists what is assumed of C_{π_{t+1}/π_t}: the given value, or the paper's simplification.
pub(crate) fn assume_concentrability(bound: Bound, given: bool) -> Bound {
    bound.assuming(if given {
        "C_{pi_{t+1}/pi_t} is at most the concentrability given"
    } else {
        "C_{pi_{t+1}/pi_t} <= kappa_t: the paper's simplification, false in general for a learned policy"
    })
}
