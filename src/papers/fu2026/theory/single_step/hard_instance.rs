//! The hard instance of Theorem 4.1 and the exact law of its failure rate.
//!
//! One sentinel prompt has a single response and mass 1 − Δ. M informative prompts share the mass Δ; each has K
//! labels, of which the base policy gives q = 2/(K+1) to a hidden one and 1/(K+1) to every other (a logit bump of
//! log 2). A prompt stays unresolved, and unchanged, until its hidden label is drawn against another label.

use std::f64::consts::LN_2;

use crate::error::{Error, Result};
use crate::papers::bound::Bound;
use crate::papers::check;

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

/// The share (1 − 2q(1−q)p)^N of prompts that stay unresolved, and unchanged, after N = `pairs` ≥ 0 pairs drawn in all: a pair
/// falls on a given prompt with probability p = `weight` in (0, 1], and resolves it with 2q(1−q), the favoured response of
/// probability q = `favoured` in (0, 1) against another one. Exact for one-hot features whose other responses are equally likely.
///
/// Elsewhere it is a floor: an empirical minimiser nearest to the base parameter leaves the logit of a favoured response that was
/// not seen against another where it is, and stretches every component of seen pairs about its mean, which cannot lower the sum of
/// exponentials in it, so its probability does not rise. With q ≤ 1 − δ the base failure rate of one round is at least this share.
/// With p = 1/M, q = 1/κ₀ and N = κ₀ it tends to e^{−2/M}, the constant failure of Remark 4.2.
pub fn unresolved_share(favoured: f64, weight: f64, pairs: f64) -> Result<f64> {
    let q = check::open_unit("favoured", favoured)?;
    let weight = check::positive_unit("weight", weight)?;
    Ok((check::nonnegative("pairs", pairs)? * (-2.0 * q * (1.0 - q) * weight).ln_1p()).exp())
}

/// The process whose law this is.
const NEAREST: &str = "one-hot features, and the empirical minimiser nearest to the current parameter";

/// The hard instance: M informative prompts of total mass Δ with K labels each.
///
/// ```
/// use selfreward::theory::single_step::HardInstance;
///
/// // One informative prompt of mass 1/2 and three labels, q = 1/2: a pair resolves it with probability ½·½.
/// let law = HardInstance::new(1.0, 0.5, 3)?;
/// assert!((law.expected_failure(2.0, 1)?.value() - 0.5 * 0.75f64.powi(2)).abs() < 1e-15);
/// // T rounds of n pairs are worth one of nT.
/// assert_eq!(law.expected_failure(2.0, 3)?.value(), law.expected_failure(6.0, 1)?.value());
/// # Ok::<(), selfreward::Error>(())
/// ```
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

    /// Population loss ε² at an unresolved prompt that one round leaves as it is: u = −log 2 on the hidden label ℓ and 0 on the
    /// others, hence 2 Var u = 2 q(1−q) log²2 (nats²), whatever β.
    pub fn kept_loss(&self) -> f64 {
        self.resolving_probability() * LN_2.powi(2)
    }

    /// Population loss ε² at an unresolved prompt whose update favours another label ℓ' with the logit (1+1/β) log 2 that the
    /// hidden label ℓ should have got: u = (1+β) log 2 · ([y=ℓ'] − [y=ℓ]), hence with π(ℓ) = q, π(ℓ') = q/2
    /// 2 Var u = (1+β)² log²2 · q(3 − q/2) (nats²). `beta` = β > 0.
    pub fn misled_loss(&self, beta: f64) -> Result<f64> {
        let (size, q) = ((1.0 + check::positive("beta", beta)?) * LN_2, self.hidden_probability());
        Ok(size.powi(2) * q * (3.0 - 0.5 * q))
    }

    /// The exact law of the failure rate after T = `rounds` rounds of `n` pairs,
    /// E F_T = Δ (1 − 2q(1−q)Δ/M)^{nT}.
    ///
    /// It is E[Δ(1−2q(1−q))^N] with N ~ Bin(nT, Δ/M) the number of pairs at one informative prompt. Hypotheses:
    /// [`unresolved_fails`](Self::unresolved_fails), [`one_pair_resolves`](Self::one_pair_resolves), and few
    /// [`turn_backs`](Self::turn_backs).
    pub fn expected_failure(&self, n: f64, rounds: u32) -> Result<Bound> {
        let pairs = check::count("n", n)? * f64::from(check::rounds(rounds)?);
        let unresolved = unresolved_share(self.hidden_probability(), self.mass / self.prompts, pairs)?;
        Ok(self.law("hard-instance-law", unresolved))
    }

    /// The Poisson limit of the law, Δ exp(−2q(1−q) Δ nT/M): N ~ Poisson(nTΔ/M), so n large and Δ/M small.
    pub fn poisson_failure(&self, n: f64, rounds: u32) -> Result<Bound> {
        let pairs = check::count("n", n)? * f64::from(check::rounds(rounds)?);
        let unresolved = (-pairs * self.resolving_probability() * self.mass / self.prompts).exp();
        Ok(self.law("hard-instance-poisson", unresolved).assuming("mass / prompts is small and n large"))
    }

    /// Δ times the share of prompts that stay unresolved, under the law's hypotheses.
    fn law(&self, name: &'static str, unresolved: f64) -> Bound {
        Bound::new(name, self.mass * unresolved, false)
            .assuming(NEAREST)
            .assuming("an unresolved prompt fails (unresolved_fails)")
            .assuming("one pair resolves (one_pair_resolves)")
            .assuming("resolved prompts do not turn back (turn_backs is small)")
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

/// The informative mass Δ of a hard instance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Mass {
    /// That of [`worst_mass`] for the pairs of one round.
    Worst,
    /// Δ in (0, 1).
    Given(f64),
}

/// The exact law E F_T of the hard instance (`hard-instance`) with condition number near `kappa0` > 1 after T =
/// `rounds` rounds of `n` ≥ 1 pairs at regularisation `beta` > 0, failure judged at `delta` in (0, 1).
///
/// Among the intermediates: the labels K, the mass Δ, the realised κ₀, the Poisson limit, and the asymptote
/// Δ exp(−2Δ²nT/(M(κ₀−1))) for K ≫ 1, Δ ≪ κ₀ − 1, which is √(M(κ₀−1)/(4n)) e^{−T/2} at the worst Δ below 0.9.
pub fn hard_instance(
    n: f64,
    rounds: u32,
    prompts: f64,
    kappa0: f64,
    mass: Mass,
    beta: f64,
    delta: f64,
) -> Result<Bound> {
    let mass = match mass {
        Mass::Worst => worst_mass(n, prompts, kappa0)?,
        Mass::Given(mass) => mass,
    };
    let responses = responses_for(kappa0, mass)?;
    let instance = HardInstance::new(prompts, mass, responses)?;
    let value = instance.expected_failure(n, rounds)?.value();
    let turn_backs = instance.turn_backs(n, rounds, beta)?;
    let asymptote = mass * (-2.0 * mass * mass * n * f64::from(rounds) / (prompts * (kappa0 - 1.0))).exp();
    Ok(Bound::new("hard-instance", value, false)
        .with("responses", responses as f64)
        .with("mass", mass)
        .with("realised_kappa0", realised_kappa0(mass, responses)?)
        .with("hidden_probability", instance.hidden_probability())
        .with("resolving_probability", instance.resolving_probability())
        .with("poisson_limit", instance.poisson_failure(n, rounds)?.value())
        .with("asymptote", asymptote)
        .with("turn_backs", turn_backs)
        .assuming(NEAREST)
        .checked("an unresolved prompt fails: q <= 1 - delta", instance.unresolved_fails(delta)?)
        .checked(
            "one pair resolves: delta 2^(1+1/(2 beta)) > (1-delta)(K - 2 + 2^(-1/(2 beta)))",
            instance.one_pair_resolves(beta, delta)?,
        )
        .checked(
            "resolved prompts do not turn back: turn_backs * mass / prompts is at most 1% of the value",
            turn_backs * mass / prompts <= 0.01 * value,
        ))
}
