//! The hard instance of Theorem 4.1 and the exact law of its failure rate.
//!
//! One sentinel prompt has a single response and mass 1 − Δ. M informative prompts share the mass Δ; each has K
//! labels, of which the base policy gives q = 2/(K+1) to a hidden one and 1/(K+1) to every other (a logit bump of
//! log 2). A prompt stays unresolved, and unchanged, until its hidden label is drawn against another label.

use crate::error::{Error, Result};
use crate::theory::check;

/// The largest informative mass that [`worst_mass`] returns: the sentinel must keep some.
pub const LARGEST_MASS: f64 = 0.9;

/// The informative mass that makes the failure rate largest, Δ = min(0.9, √(M(κ₀−1)/(4n))) (Theorem 4.1).
///
/// For K ≫ 1 and Δ ≪ κ₀ − 1 the failure rate after `n` pairs is about Δ exp(−2Δ²n/(M(κ₀−1))), largest there, with
/// value Δ e^{−1/2}. `n` ≥ 1 is the number of pairs the instance is hardest for: those of one round, or nT of T
/// rounds, which the instance cannot tell from one round. `prompts` is M ≥ 1, `kappa0` is κ₀ > 1.
pub fn worst_mass(n: f64, prompts: f64, kappa0: f64) -> Result<f64> {
    let n = check::count("n", n)?;
    let prompts = check::count("prompts", prompts)?;
    let kappa0 = above_one(kappa0)?;
    Ok((prompts * (kappa0 - 1.0) / (4.0 * n)).sqrt().min(LARGEST_MASS))
}

/// The number of labels K = round(2(κ₀−1+Δ)/Δ) − 1 that brings the condition number nearest to `kappa0` > 1 at
/// informative mass Δ = `mass` in (0, 1).
///
/// An error where K < 2 (the instance cannot have so small a κ₀ at this mass) or K exceeds 2^53.
pub fn responses_for(kappa0: f64, mass: f64) -> Result<u64> {
    let kappa0 = above_one(kappa0)?;
    let mass = check::open_unit("mass", mass)?;
    let responses = (2.0 * (kappa0 - 1.0 + mass) / mass).round() - 1.0;
    if !(2.0..=9_007_199_254_740_992.0).contains(&responses) {
        let expected = format!(
            "a condition number that gives each informative prompt of total mass {mass} between 2 and 2^53 labels \
             (here round(2(kappa0 - 1 + mass)/mass) - 1 = {responses}); least: {}",
            1.0 + 0.25 * mass
        );
        return Err(Error::argument("kappa0", kappa0, expected));
    }
    Ok(responses as u64)
}

/// The condition number (1−Δ) + Δ(K+1)/2 of the instance with informative mass Δ = `mass` in (0, 1) and
/// `responses` = K ≥ 2 labels. It is within Δ/4 of the κ₀ that [`responses_for`] rounded.
pub fn realised_kappa0(mass: f64, responses: u64) -> Result<f64> {
    let mass = check::open_unit("mass", mass)?;
    Ok((1.0 - mass) + mass * (labels(responses)? + 1.0) / 2.0)
}

fn above_one(kappa0: f64) -> Result<f64> {
    if kappa0.is_finite() && kappa0 > 1.0 {
        Ok(kappa0)
    } else {
        Err(Error::argument("kappa0", kappa0, "a finite number above 1"))
    }
}

fn labels(responses: u64) -> Result<f64> {
    if responses >= 2 {
        Ok(responses as f64)
    } else {
        Err(Error::argument("responses", responses, "a whole number, at least 2"))
    }
}

/// The hard instance: M informative prompts of total mass Δ with K labels each.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HardInstance {
    prompts: f64,
    mass: f64,
    responses: f64,
}

impl HardInstance {
    /// M = `prompts` ≥ 1 informative prompts of total mass Δ = `mass` in (0, 1), `responses` = K ≥ 2 labels each.
    pub fn new(prompts: f64, mass: f64, responses: u64) -> Result<Self> {
        Ok(Self {
            prompts: check::count("prompts", prompts)?,
            mass: check::open_unit("mass", mass)?,
            responses: labels(responses)?,
        })
    }

    /// Base probability of the hidden label, q = 2/(K+1).
    pub fn hidden_probability(&self) -> f64 {
        2.0 / (self.responses + 1.0)
    }

    /// Probability that a pair drawn at an informative prompt resolves it: the hidden label against another one,
    /// 2q(1−q). A pair of two hidden labels teaches nothing.
    pub fn resolving_probability(&self) -> f64 {
        let q = self.hidden_probability();
        2.0 * q * (1.0 - q)
    }

    /// The exact law of the failure rate after T = `rounds` rounds of `n` pairs,
    /// E F_T = Δ (1 − 2q(1−q)Δ/M)^{nT}.
    ///
    /// It is E[Δ(1−2q(1−q))^N] with N ~ Bin(nT, Δ/M) the number of pairs at one informative prompt. Hypotheses:
    /// [`unresolved_fails`](Self::unresolved_fails), [`one_pair_resolves`](Self::one_pair_resolves), and few
    /// [`turn_backs`](Self::turn_backs).
    pub fn expected_failure(&self, n: f64, rounds: u32) -> Result<f64> {
        let pairs = check::count("n", n)? * f64::from(check::rounds(rounds)?);
        Ok(self.mass * (pairs * (-self.resolving_probability() * self.mass / self.prompts).ln_1p()).exp())
    }

    /// The Poisson limit of the law, Δ exp(−2q(1−q) Δ nT/M): N ~ Poisson(nTΔ/M).
    pub fn poisson_failure(&self, n: f64, rounds: u32) -> Result<f64> {
        let pairs = check::count("n", n)? * f64::from(check::rounds(rounds)?);
        Ok(self.mass * (-pairs * self.resolving_probability() * self.mass / self.prompts).exp())
    }

    /// Whether an unresolved prompt fails at `delta` in (0, 1): q ≤ 1 − δ.
    pub fn unresolved_fails(&self, delta: f64) -> Result<bool> {
        Ok(self.hidden_probability() <= 1.0 - check::open_unit("delta", delta)?)
    }

    /// Whether a single pair {hidden, other} resolves a prompt at regularisation β = `beta` > 0 and `delta` in (0, 1):
    /// δ 2^{1+1/(2β)} > (1−δ)(K − 2 + 2^{−1/(2β)}). Larger components of seen pairs resolve it all the more.
    pub fn one_pair_resolves(&self, beta: f64, delta: f64) -> Result<bool> {
        let half_step = 0.5 / check::positive("beta", beta)?;
        let delta = check::open_unit("delta", delta)?;
        // Both sides divided by 2^{1/(2β)}, so that a small β does not overflow them.
        let others = (self.responses - 2.0) * (-half_step).exp2() + (-2.0 * half_step).exp2();
        Ok(2.0 * delta > (1.0 - delta) * others)
    }

    /// Expected number of pairs, over all prompts and rounds after the first, that would turn a resolved prompt back:
    /// at most about n(T−1) Δ K 2^{−1−3/(2β)} (pairs of a seen and an unseen label without the hidden one).
    pub fn turn_backs(&self, n: f64, rounds: u32, beta: f64) -> Result<f64> {
        let later_pairs = check::count("n", n)? * f64::from(check::rounds(rounds)? - 1);
        let exponent = -1.0 - 1.5 / check::positive("beta", beta)?;
        Ok(later_pairs * self.mass * self.responses * exponent.exp2())
    }
}
