//! Corollary 5.7: how many rounds make the initial model's share negligible, and at how many triples given rounds do.
//!
//! In C18 the initial model enters by √κ₀ λ^{(T−1)/2}, beside the stable √κ_∞ (√κ̄_{T−1} is at most their sum).

use crate::error::Result;
use crate::papers::bound::Bound;
use crate::papers::check;
use crate::theory::iterative::{Rates, Setting};
use crate::theory::linear_softmax::assume_room;
use crate::theory::one_step::Regularisation;
use crate::theory::recurrence::{Contraction, assume_run};

/// Log of (initial term / stable term)², log κ₀ + (T−1) log λ − log κ_∞.
fn log_excess(kappa0: f64, rounds: u32, factor: f64, kappa_inf: f64) -> f64 {
    let decay = if rounds == 1 { 0.0 } else { f64::from(rounds - 1) * factor.ln() };
    kappa0.ln() + decay - kappa_inf.ln()
}

/// Whether the initial term is at most the stable one under this map and under every one of a smaller C, that is at this
/// n and at every larger one.
///
/// With C = √κ_∞ − 1/√κ_∞ the factor is λ = (1 − 1/κ_∞)/2, and the excess log κ₀ + (T−1) log λ − log κ_∞ has the
/// derivative ((T−1)/(κ_∞−1) − 1)/κ_∞: it rises in κ_∞ up to κ_∞ = T and falls beyond. As n grows κ_∞ falls to `limit`,
/// so that the largest excess from here on is at max(T, `limit`), or here if κ_∞ is below that already.
fn negligible_from_here(kappa0: f64, rounds: u32, map: &Contraction, limit: f64) -> bool {
    let peak = f64::from(rounds).max(limit);
    let excess = if map.fixed_point() < peak {
        log_excess(kappa0, rounds, map.factor(), map.fixed_point())
    } else {
        log_excess(kappa0, rounds, 0.5 * (1.0 - 1.0 / peak), peak)
    };
    excess <= 0.0
}

/// κ_∞ as n → ∞: the fixed point at ε = 0, which a fixed β keeps above 1.
fn limiting_fixed_point(setting: &Setting) -> Result<f64> {
    match setting.beta {
        Regularisation::OverSqrtN(_) => Ok(1.0),
        Regularisation::Fixed(beta) => {
            Ok(Contraction::new(setting.gamma, setting.mu, 0.0, beta, setting.excess)?.fixed_point())
        }
    }
}

/// The number of rounds (`rounds-to-forget`) from which on the initial model's part of κ̄_{T−1} is at most `tolerance`:
/// κ₀ λ^{T−1} ≤ τ once T ≥ 1 + log(κ₀/τ)/log(1/λ), never more than 1 + log₂(κ₀/τ) as λ < 1/2.
///
/// `kappa0` = κ₀ ≥ 1, `tolerance` = τ > 0 (at τ = 1 it is √κ₀ λ^{(T−1)/2} ≤ 1), `map` the contraction of Lemma C.4. Vacuous
/// where κ_∞ ≥ κ₀. At least 1: one round is governed by κ₀ itself.
///
/// ```
/// use selfreward::theory::iterations::rounds_to_forget;
/// use selfreward::theory::recurrence::Contraction;
///
/// // C = 2/√3·½ gives λ = C/(C + √(C² + 4)) = 1/3: a factor 9 is forgotten two rounds after the first.
/// let map = Contraction::new(1.0, 1.0, 0.0, 2.0 / 3f64.sqrt(), 1.0)?;
/// assert!((map.factor() - 1.0 / 3.0).abs() < 1e-15);
/// assert!((rounds_to_forget(9.0, 1.0, &map)?.value() - 3.0).abs() < 1e-12);
/// # Ok::<(), selfreward::Error>(())
/// ```
pub fn rounds_to_forget(kappa0: f64, tolerance: f64, map: &Contraction) -> Result<Bound> {
    let share = check::at_least_one("kappa0", kappa0)? / check::positive("tolerance", tolerance)?;
    let value = 1.0 + share.ln().max(0.0) / -map.factor().ln();
    Ok(Bound::new("rounds-to-forget", value, map.fixed_point() >= kappa0)
        .with("factor", map.factor())
        .with("kappa_inf", map.fixed_point())
        .with("cap", 1.0 + share.log2().max(0.0))
        .assuming("every round obeys the recurrence kappa -> 1 + C sqrt(kappa), with one C for all rounds"))
}

/// The corollary's own line log κ₀ / log(γμ√n), with constant 1; infinite where γμ√n ≤ 1.
///
/// `kappa0` = κ₀ ≥ 1, `gamma` = γ > 0, `mu` = μ in (0, 1], `n` ≥ 1.
pub fn corollary_rounds(kappa0: f64, gamma: f64, mu: f64, n: f64) -> Result<f64> {
    let kappa0 = check::at_least_one("kappa0", kappa0)?;
    let growth = check::positive("gamma", gamma)? * check::positive_unit("mu", mu)? * check::count("n", n)?.sqrt();
    Ok(if growth > 1.0 { kappa0.ln() / growth.ln() } else { f64::INFINITY })
}

/// The corollary's own n for T rounds, with constant 1: (κ₀^{1/T}/(γμ))².
fn corollary_samples(setting: &Setting, rounds: u32) -> f64 {
    (setting.kappa0.powf(1.0 / f64::from(rounds)) / (setting.gamma * setting.mu)).powi(2)
}

/// What the least n means; refuted where there is none.
const FROM_HERE_ON: &str =
    "from some n on the initial term is at most the stable one, with kappa_inf < kappa0 unless kappa0 = 1";

fn report(setting: &Setting, n: f64, rounds: u32, value: f64) -> Result<Bound> {
    let Rates { beta, epsilon, contraction } = setting.rates(n, rounds)?;
    let kappa_inf = contraction.fixed_point();
    let growth = setting.gamma * setting.mu * n.sqrt();
    let bound = Bound::new("iterations", value, kappa_inf >= setting.kappa0)
        .with("beta", beta)
        .with("epsilon", epsilon)
        .with("contraction", contraction.coefficient())
        .with("factor", contraction.factor())
        .with("kappa_inf", kappa_inf)
        .with("initial_term", setting.kappa0.sqrt() * contraction.factor().powf(0.5 * f64::from(rounds - 1)))
        .with("stable_term", kappa_inf.sqrt())
        .with("rounds_to_one", rounds_to_forget(setting.kappa0, 1.0, &contraction)?.value())
        .with("corollary_rounds", corollary_rounds(setting.kappa0, setting.gamma, setting.mu, n)?)
        .with("corollary_samples", corollary_samples(setting, rounds))
        .checked("gamma mu sqrt(n) > 1 (the corollary's own line)", growth > 1.0);
    assume_room(setting.class.assume(assume_run(bound, setting.excess), Some(beta)), setting, beta, rounds)
}

/// The least T (`iterations`) at which √κ₀ λ^{(T−1)/2} ≤ √κ_∞ at `n` ≥ 1 triples a round. Never more than
/// 1 + ⌈log₂ κ₀⌉, as λ < 1/2 and κ_∞ ≥ 1.
///
/// Among the intermediates: `rounds_to_one` = 1 + log κ₀/log(1/λ), from which on the initial term is at most 1, and the
/// corollary's own line log κ₀/log(γμ√n), with constant 1 (infinite where γμ√n ≤ 1). Vacuous where κ_∞ ≥ κ₀.
pub fn least_rounds(setting: &Setting, n: f64) -> Result<Bound> {
    setting.check()?;
    let mut rounds = 1;
    // ε_n rises slowly with T through ρ/T, hence the search instead of the closed form.
    loop {
        let map = setting.rates(n, rounds)?.contraction;
        if log_excess(setting.kappa0, rounds, map.factor(), map.fixed_point()) <= 0.0 {
            return report(setting, n, rounds, f64::from(rounds));
        }
        rounds += 1;
    }
}

/// The least n (`iterations`) from which on √κ₀ λ^{(T−1)/2} ≤ √κ_∞ with κ_∞ < κ₀, at T = `rounds` ≥ 1 rounds.
///
/// "From which on", since both terms are large at a small n: near κ_∞ = κ₀ the initial term is below the stable one for
/// no good reason. Infinite, and vacuous, where there is none: T = 1 (one round cannot shed κ₀), or a fixed β too large
/// for κ_∞ < κ₀, or for the limit of κ_∞ to shed it. With κ₀ = 1 there is nothing to shed: n = 1.
pub fn least_samples(setting: &Setting, rounds: u32) -> Result<Bound> {
    setting.check()?;
    check::rounds(rounds)?;
    let limit = limiting_fixed_point(setting)?;
    let negligible = |n: f64| {
        setting.rates(n, rounds).is_ok_and(|rates| {
            let informative = rates.contraction.fixed_point() < setting.kappa0 || setting.kappa0 == 1.0;
            informative && negligible_from_here(setting.kappa0, rounds, &rates.contraction, limit)
        })
    };
    match check::least_count(negligible) {
        Some(n) => Ok(report(setting, n, rounds, n)?.checked(FROM_HERE_ON, true)),
        None => {
            let bound = Bound::new("iterations", f64::INFINITY, true)
                .with("rounds", f64::from(rounds))
                .with("kappa_inf_limit", limit)
                .with("corollary_samples", corollary_samples(setting, rounds));
            Ok(setting.class.assume(assume_run(bound, setting.excess), None).checked(FROM_HERE_ON, false))
        }
    }
}
