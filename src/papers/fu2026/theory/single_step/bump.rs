//! The tabular bump: every prompt is informative, and the base policy favours one of K labels by any logit b.
//!
//! The argument of Theorem 4.1's instance, of which this is the informative part with b in place of log 2: a prompt stays
//! unresolved, and unchanged, until its favoured label is drawn against another one (a component of seen pairs without it
//! has equal logits, which the nearest minimiser leaves alone).

use crate::error::{Error, Result};
use crate::papers::check;

/// M equally likely prompts with K labels each, one of them favoured by b nats.
///
/// ```
/// use selfreward::theory::single_step::Bump;
///
/// // κ_0 = 1 + 3/3 = 2, so that a pair resolves a prompt with probability 2·½·½.
/// let bump = Bump::new(10.0, 4.0, 3f64.ln())?;
/// assert!((bump.kappa0() - 2.0).abs() < 1e-14 && (bump.resolving_probability() - 0.5).abs() < 1e-14);
/// # Ok::<(), selfreward::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bump {
    prompts: f64,
    responses: f64,
    bump: f64,
}

impl Bump {
    /// M = `prompts` ≥ 1, K = `responses` ≥ 2, b = `bump` > 0 nats.
    pub fn new(prompts: f64, responses: f64, bump: f64) -> Result<Self> {
        let responses = check::count("responses", responses)?;
        if responses < 2.0 {
            return Err(Error::argument("responses", responses, "a whole number, at least 2"));
        }
        Ok(Self { prompts: check::count("prompts", prompts)?, responses, bump: check::positive("bump", bump)? })
    }

    /// κ_0 = 1 + (K−1) e^{−b}.
    pub fn kappa0(&self) -> f64 {
        1.0 + (self.responses - 1.0) * (-self.bump).exp()
    }

    /// Probability that a pair drawn at a prompt resolves it, 2q(1−q) with q = 1/κ_0.
    pub fn resolving_probability(&self) -> f64 {
        let q = 1.0 / self.kappa0();
        2.0 * q * (1.0 - q)
    }

    /// The law of the failure rate after T = `rounds` ≥ 1 rounds of `n` ≥ 1 triples, E F_T = (1 − 2q(1−q)/M)^{nT}.
    ///
    /// Hypotheses: an unresolved prompt fails, 1/κ_0 ≤ 1 − δ; [`one_pair_resolves`](Self::one_pair_resolves); few
    /// [`turn_backs`](Self::turn_backs).
    pub fn expected_failure(&self, n: f64, rounds: u32) -> Result<f64> {
        let pairs = check::count("n", n)? * f64::from(check::rounds(rounds)?);
        Ok((pairs * (-self.resolving_probability() / self.prompts).ln_1p()).exp())
    }

    /// The n at which the law is 1/2 after T = `rounds` ≥ 1 rounds: about (log 2/2) M κ_0/T for κ_0 ≫ 1.
    pub fn half_life(&self, rounds: u32) -> Result<f64> {
        let rounds = f64::from(check::rounds(rounds)?);
        Ok(-std::f64::consts::LN_2 / (rounds * (-self.resolving_probability() / self.prompts).ln_1p()))
    }

    /// Whether one pair {favoured, other} resolves a prompt at β = `beta` > 0 and `delta` in (0, 1):
    /// δ e^{b(1+1/(2β))} > (1−δ)(K − 2 + e^{−b/(2β)}). Larger components of seen pairs resolve it all the more.
    pub fn one_pair_resolves(&self, beta: f64, delta: f64) -> Result<bool> {
        let half_step = 0.5 * self.bump / check::positive("beta", beta)?;
        let delta = check::open_unit("delta", delta)?;
        // Both sides divided by e^{b/(2β)}, so that a small β does not overflow them.
        let others = (self.responses - 2.0) * (-half_step).exp() + (-2.0 * half_step).exp();
        Ok(self.bump.exp() * delta > (1.0 - delta) * others)
    }

    /// Expected number of pairs, over all prompts and rounds after the first, that would turn a resolved prompt back: at
    /// most about n(T−1) 2K e^{−2b−3b/(2β)} (pairs of a seen and an unseen label without the favoured one).
    pub fn turn_backs(&self, n: f64, rounds: u32, beta: f64) -> Result<f64> {
        let later_pairs = check::count("n", n)? * f64::from(check::rounds(rounds)? - 1);
        let exponent = -self.bump * (2.0 + 1.5 / check::positive("beta", beta)?);
        Ok(later_pairs * 2.0 * self.responses * exponent.exp())
    }
}
