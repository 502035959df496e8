//! The condition number from round to round: Lemma C.3 in integral and in linear form, the map of Lemma C.4.

use crate::error::Result;
use crate::papers::bound::Bound;
use crate::papers::check;
use crate::theory::one_step::{assume_concentrability, comparator_gap};

/// Definition 5.2, as the proof of Lemma C.3 uses it.
const CONFIDENCE: &str =
    "pi_{t+1} gives its modal response at least mu on every prompt (not every response, as printed)";

/// Lemma C.3, linear form: κ_{t+1} ≤ min(1/μ, 1 + K_t/μ), for every K_t ≥ 0.
///
/// It rests on Lemma C.1 before Markov's inequality, E_x[1 − max_y π_{t+1}] ≤ K_t, and on 1/m − 1 ≤ (1−m)/μ for m in
/// [μ, 1]; it does not follow from the integral form. `gap` = K_t (infinity included), `mu` = μ in (0, 1] the confidence of π_{t+1}.
pub fn linear_form(gap: f64, mu: f64) -> Result<Bound> {
    let gap = check::nonnegative_or_infinite("gap", gap)?;
    let mu = check::positive_unit("mu", mu)?;
    Ok(condition_number("linear-form", (1.0 + gap / mu).min(1.0 / mu), mu))
}

/// The linear form less 1, min(1/μ − 1, K_t/μ), without the cancellation near κ = 1; arguments already checked.
pub(crate) fn linear_surplus(gap: f64, mu: f64) -> f64 {
    (gap / mu).min((1.0 - mu) / mu)
}

/// Lemma C.3, integral form (Eq. 56): κ_{t+1} ≤ 1 + K_t/μ + K_t log((1−μ)(1−K_t)/(μK_t)) where K_t < 1 − μ, otherwise
/// 1/μ.
///
/// It rests on the tail alone: κ = 1 + ∫_1^{1/μ} P[1/max π_{t+1} > u] du and P[· > u] ≤ min(1, K_t u/(u−1)). `gap` =
/// K_t ≥ 0, `mu` = μ in (0, 1]. Never below the linear form, since its logarithm is positive throughout K_t < 1 − μ.
pub fn integral_form(gap: f64, mu: f64) -> Result<Bound> {
    let gap = check::nonnegative_or_infinite("gap", gap)?;
    let mu = check::positive_unit("mu", mu)?;
    let value = if gap >= 1.0 - mu {
        1.0 / mu
    } else if gap == 0.0 {
        1.0
    } else {
        let logarithm = (1.0 - mu).ln() + (-gap).ln_1p() - mu.ln() - gap.ln();
        (1.0 + gap / mu + gap * logarithm).min(1.0 / mu)
    };
    Ok(condition_number("integral-form", value, mu))
}

/// A bound on κ_{t+1}, with what both forms of Lemma C.3 rest on.
fn condition_number(name: &'static str, value: f64, mu: f64) -> Bound {
    Bound::new(name, value, value >= 1.0 / mu)
        .assuming("E_x[1 - pi_{t+1}(modal response of pi_t)] is at most the gap given")
        .assuming(CONFIDENCE)
}

/// Lemma C.3 (`recurrence`): the smaller of the linear and the integral bound on κ_{t+1}, with
/// K_t = [(√κ_t + √C_{π_{t+1}/π_t}) ε + β log κ_t]/γ_t. The linear form is always the smaller.
///
/// `kappa` = κ_t ≥ 1, `gamma` = γ_t > 0, `mu` = μ in (0, 1] the least max_y π_{t+1}(y|x), `epsilon` = ε ≥ 0, `beta` =
/// β > 0, `concentrability` = C_{π_{t+1}/π_t} ≥ 1 (`None`: κ_t, the paper's simplification). The paper's Lemma C.3 asks
/// μ of *every* response, which fails as a policy sharpens; the proof needs it of the modal one only (Definition 5.2).
pub fn recurrence(
    kappa: f64,
    gamma: f64,
    mu: f64,
    epsilon: f64,
    beta: f64,
    concentrability: Option<f64>,
) -> Result<Bound> {
    let kl = check::at_least_one("kappa", kappa)?.ln();
    let used = concentrability.unwrap_or(kappa);
    let gap = comparator_gap(kappa, used, epsilon, beta, kl, gamma)?.value();
    let (linear, integral) = (linear_form(gap, mu)?.value(), integral_form(gap, mu)?.value());
    let value = linear.min(integral);
    let bound = Bound::new("recurrence", value, value >= 1.0 / mu)
        .with("comparator_gap", gap)
        .with("linear", linear)
        .with("integral", integral)
        .with("ceiling", 1.0 / mu)
        .with("concentrability", used)
        .assuming("modal responses of pi_t are unique, with margin at least gamma on every prompt")
        .assuming(CONFIDENCE);
    Ok(assume_concentrability(bound, concentrability.is_some()))
}

/// The map κ ↦ 1 + C√κ of Lemma C.4, which bounds κ_{t+1} given κ_t.
///
/// C = B_c + D_c with B_c = (1 + r̄)ε/(γμ) for the statistical error and D_c = β/(γμ) for the regularisation
/// (log κ ≤ √κ for κ ≥ 1). The paper puts r̄ = 1.
///
/// ```
/// use selfreward::theory::recurrence::Contraction;
///
/// // C = 3/2: κ_∞ = ((3/2 + 5/2)/2)² = 4, which the map leaves where it is.
/// let map = Contraction::new(1.0, 1.0, 0.5, 0.5, 1.0)?;
/// assert_eq!(map.coefficient(), 1.5);
/// assert!((map.fixed_point() - 4.0).abs() < 1e-14 && (map.apply(4.0) - 4.0).abs() < 1e-14);
/// # Ok::<(), selfreward::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Contraction {
    statistical: f64,
    regularisation: f64,
}

impl Contraction {
    /// From `gamma` = γ > 0, `mu` = μ in (0, 1], `epsilon` = ε ≥ 0, `beta` = β > 0, `excess` = r̄ ≥ 0.
    pub fn new(gamma: f64, mu: f64, epsilon: f64, beta: f64, excess: f64) -> Result<Self> {
        let (gamma, mu) = (check::positive("gamma", gamma)?, check::positive_unit("mu", mu)?);
        let deviation = (1.0 + check::nonnegative("excess", excess)?) * check::nonnegative("epsilon", epsilon)?;
        // Divided in turn: the product γμ may underflow.
        let regularisation = check::positive("beta", beta)? / gamma / mu;
        Ok(Self { statistical: deviation / gamma / mu, regularisation })
    }

    /// B_c = (1 + r̄)ε/(γμ).
    pub fn statistical(&self) -> f64 {
        self.statistical
    }

    /// D_c = β/(γμ).
    pub fn regularisation(&self) -> f64 {
        self.regularisation
    }

    /// C = B_c + D_c.
    pub fn coefficient(&self) -> f64 {
        self.statistical + self.regularisation
    }

    /// κ ↦ 1 + C√κ.
    pub fn apply(&self, kappa: f64) -> f64 {
        1.0 + self.coefficient() * kappa.sqrt()
    }

    /// The fixed point κ_∞ = ((C + √(C²+4))/2)².
    pub fn fixed_point(&self) -> f64 {
        (0.5 * (self.coefficient() + self.coefficient().hypot(2.0))).powi(2)
    }

    /// The factor λ = C/(C + √(C²+4)) < 1/2, the slope of the map at its fixed point.
    pub fn factor(&self) -> f64 {
        1.0 / (1.0 + (2.0 / self.coefficient()).hypot(1.0))
    }

    /// The unrolled bound κ_t ≤ κ_∞ + λ^t (κ_0 − κ_∞) after t = `rounds` ≥ 0 rounds from `kappa0`: a concave map lies
    /// below its tangent. It holds from below κ_∞ as well.
    pub fn unrolled(&self, kappa0: f64, rounds: u32) -> Bound {
        Bound::new("unrolled", self.after(kappa0, rounds), self.fixed_point() >= kappa0)
            .assuming("every round obeys the recurrence kappa -> 1 + C sqrt(kappa), with one C for all rounds")
    }

    /// The number of [`Contraction::unrolled`] alone.
    pub(crate) fn after(&self, kappa0: f64, rounds: u32) -> f64 {
        if rounds == 0 {
            return kappa0;
        }
        let share = self.factor().powf(f64::from(rounds));
        // Not κ_∞ + λ^t (κ₀ − κ_∞): that is not a number where κ_∞ leaves the doubles.
        (1.0 - share) * self.fixed_point() + share * kappa0
    }
}

/// The fixed point of Lemma C.4 (`fixed-point`): κ_∞ = ((C + √(C²+4))/2)² with C = ((1 + r̄)ε + β)/(γμ).
///
/// Vacuous where it is not below κ₀ (`kappa0`, if given). `gamma` = γ > 0 and `mu` = μ in (0, 1] of the whole run,
/// `epsilon` = ε ≥ 0, `beta` = β > 0, `excess` = r̄ ≥ 0. It is not free of the initial model: it carries μ and γ.
pub fn fixed_point(gamma: f64, mu: f64, epsilon: f64, beta: f64, excess: f64, kappa0: Option<f64>) -> Result<Bound> {
    let map = Contraction::new(gamma, mu, epsilon, beta, excess)?;
    let kappa0 = kappa0.map(|kappa0| check::at_least_one("kappa0", kappa0)).transpose()?;
    let value = map.fixed_point();
    let bound = Bound::new("fixed-point", value, kappa0.is_some_and(|kappa0| value >= kappa0))
        .with("contraction", map.coefficient())
        .with("statistical_part", map.statistical())
        .with("regularisation_part", map.regularisation())
        .with("factor", map.factor());
    Ok(assume_run(bound, excess))
}

/// Lists what the results on whole runs assume of every round.
pub(crate) fn assume_run(bound: Bound, excess: f64) -> Bound {
    bound
        .assuming("margin at least gamma in rounds 0..T-1, with unique modal responses")
        .assuming("confidence at least mu in rounds 1..T (of the modal response)")
        .assuming(if excess == 1.0 {
            "excess concentrability at most 1: the paper's C_{pi_{t+1}/pi_t} of the order of kappa_t, false in general"
                .to_string()
        } else {
            format!("excess concentrability at most {excess}")
        })
}
