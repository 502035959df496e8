//! Where Theorems 5.3 and 6.2 are false as printed (ours): two families of instances in n, and the printed right side with each
//! family's own constants. One round, T = 1, at β = 1/√n.
//!
//! * [`Unseen`]: the linear softmax class, K = 3, d = 2. The response that the sample does not show shares a coordinate with one
//!   that it shows a billion times, and that coordinate grows by 1 + √n.
//! * [`Tie`]: two policies over two responses. The sample shows one response alone, so that both have no empirical loss.
//!
//! Derivations and tables: `docs/counterexample.md`.

use crate::error::Result;
use crate::papers::check;
use crate::theory::iterative::{Rates, Setting};
use crate::theory::linear_softmax::realizable_radius;
use crate::theory::one_step::{Class, Regularisation};

/// a, the first coordinate of θ_0: the margin of π_0.
const MARGIN: f64 = 3.0;

/// b at n = 10^10: the logit of the unseen response is −b up to c.
const DEPTH: f64 = 30.0003;

/// n at which b is [`DEPTH`].
const REFERENCE: f64 = 1e10;

/// The logit of the unseen response after the round: π_1 = (0.6, 0, 0.4).
const RAISED: f64 = -0.405_465_108_108_164_4;

/// Expected number of times that [`Tie`]'s unlikely response is drawn, over 2.
const SHARE: f64 = 1e-3;

/// The member beside π̂_β where γ counts the margin of π_T, too.
pub const MIXED: [f64; 2] = [0.6, 0.4];

/// The linear family at n: φ = (0,0), (−1,0), (c, −√(1−c²)) and θ_0 = (3, b), b = 30.0003 + log(n/10^10), c such that one round on the
/// first two responses alone lifts the third to 0.4.
///
/// ```
/// use selfreward::theory::counterexample::Unseen;
///
/// let small = Unseen::at(1e10)?;
/// assert!((small.features[2][0] - 9.8648e-5).abs() < 1e-9 && small.unseen() > 0.998);
/// // θ_0 grows like log n, and the probability that response 3 is never drawn does not change.
/// let large = Unseen::at(1e16)?;
/// assert!((large.theta[1] - small.theta[1] - 1e6f64.ln()).abs() < 1e-12 && large.unseen() > 0.998);
/// assert!((large.learned()[0] - 0.6).abs() < 1e-6);
/// # Ok::<(), selfreward::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Unseen {
    /// n.
    pub n: f64,
    /// β = 1/√n.
    pub beta: f64,
    /// θ_0 = (3, b).
    pub theta: [f64; 2],
    /// φ, response by response.
    pub features: [[f64; 2]; 3],
}

impl Unseen {
    /// The instance at `n` ≥ 10^4.
    ///
    /// # Errors
    /// [`crate::Error::Argument`] for another n.
    pub fn at(n: f64) -> Result<Self> {
        let n = check::count("n", n)?;
        if n < 1e4 {
            return Err(crate::Error::argument("n", n, "10^4 or more: below, the third response is no rare one"));
        }
        let (beta, depth) = (1.0 / n.sqrt(), DEPTH + (n / REFERENCE).ln());
        // c solves A c − b√(1−c²) = log(2/3), A the first coordinate of θ_1: with c = sin φ, √(A²+b²) sin(φ − atan(b/A)) = log(2/3).
        let raised = MARGIN * (1.0 + 1.0 / beta);
        let angle = depth.atan2(raised) + (RAISED / raised.hypot(depth)).asin();
        let features = [[0.0, 0.0], [-1.0, 0.0], [angle.sin(), -angle.cos()]];
        Ok(Self { n, beta, theta: [MARGIN, depth], features })
    }

    /// The policy of a parameter.
    pub fn policy(&self, theta: [f64; 2]) -> [f64; 3] {
        softmax(self.features.map(|row| row[0] * theta[0] + row[1] * theta[1]))
    }

    /// π_0.
    pub fn base(&self) -> [f64; 3] {
        self.policy(self.theta)
    }

    /// π_1 where the sample shows responses 1 and 2 together, and never response 3: θ_1 = (3(1 + 1/β), b).
    pub fn learned(&self) -> [f64; 3] {
        self.policy([self.theta[0] * (1.0 + 1.0 / self.beta), self.theta[1]])
    }

    /// The probability that none of 2n draws is response 3.
    pub fn unseen(&self) -> f64 {
        (2.0 * self.n * (-self.base()[2]).ln_1p()).exp()
    }

    /// A lower bound on the probability that the sample spans e_1 and nothing else: [`Unseen::unseen`] less the probability that no
    /// pair shows responses 1 and 2.
    pub fn certain(&self) -> f64 {
        let base = self.base();
        self.unseen() - (self.n * (-2.0 * base[0] * base[1]).ln_1p()).exp()
    }

    /// C_{π_1/π_0}, which the printed form takes to be of the order of κ_0.
    pub fn concentrability(&self) -> f64 {
        self.learned().iter().zip(self.base()).map(|(new, old)| new * new / old).sum()
    }

    /// What the printed statement is given: the run's own γ, μ and κ_0, the least ball in which π̂_β lies, and r̄ = 1.
    ///
    /// # Errors
    /// As [`realizable_radius`].
    pub fn setting(&self, rho: f64) -> Result<Setting> {
        let norm = self.theta[0].hypot(self.theta[1]);
        let radius = realizable_radius(norm, self.beta, 1)?;
        let base = self.base();
        Ok(Setting {
            class: Class::Linear { dim: 2.0, radius, theta_norm: Some(norm), range: None },
            beta: Regularisation::Fixed(self.beta),
            kappa0: 1.0 / base[0],
            gamma: (base[0] / base[1]).ln(),
            mu: self.learned()[0],
            rho,
            excess: 1.0,
        })
    }

    /// The same with γ over the rounds 0, …, T: the margin of π_1, log 1.5, is the least.
    ///
    /// # Errors
    /// As [`Unseen::setting`].
    pub fn last_margin(&self, rho: f64) -> Result<Setting> {
        let learned = self.learned();
        Ok(Setting { gamma: (learned[0] / learned[2]).ln(), ..self.setting(rho)? })
    }

    /// The same with μ the least probability of any response, as Lemma C.3 is printed; of π_0 alone, and so too large.
    ///
    /// # Errors
    /// As [`Unseen::setting`].
    pub fn every_response(&self, rho: f64) -> Result<Setting> {
        Ok(Setting { mu: self.base()[2], ..self.setting(rho)? })
    }
}

/// The finite family at n: two responses, π_0(2) = 10^−3/n, and Π = {π̂_β, uniform}, or {π̂_β, [`MIXED`]}.
///
/// ```
/// use selfreward::theory::counterexample::Tie;
///
/// let tie = Tie::at(1e10)?;
/// assert!((tie.unlikely - 1e-13).abs() < 1e-27 && tie.unseen() > 0.998);
/// # Ok::<(), selfreward::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tie {
    /// n.
    pub n: f64,
    /// β = 1/√n.
    pub beta: f64,
    /// π_0(2).
    pub unlikely: f64,
}

impl Tie {
    /// The instance at `n` ≥ 1.
    ///
    /// # Errors
    /// [`crate::Error::Argument`] for another n.
    pub fn at(n: f64) -> Result<Self> {
        let n = check::count("n", n)?;
        Ok(Self { n, beta: 1.0 / n.sqrt(), unlikely: SHARE / n })
    }

    /// log(π_0(1)/π_0(2)): the margin γ.
    pub fn log_odds(&self) -> f64 {
        (-self.unlikely).ln_1p() - self.unlikely.ln()
    }

    /// The probability that all 2n draws are response 1, where every policy has no empirical loss.
    pub fn unseen(&self) -> f64 {
        (2.0 * self.n * (-self.unlikely).ln_1p()).exp()
    }

    /// What the printed statement is given: #Π = 2, R = (1+β)γ (that of the uniform policy; π̂_β has none), the run's own γ, κ_0 and
    /// μ = 1/2, and r̄ = 1.
    pub fn setting(&self, rho: f64) -> Setting {
        let gamma = self.log_odds();
        Setting {
            class: Class::Finite { log_size: 2f64.ln(), range: (1.0 + self.beta) * gamma },
            beta: Regularisation::Fixed(self.beta),
            kappa0: 1.0 / (1.0 - self.unlikely),
            gamma,
            mu: 0.5,
            rho,
            excess: 1.0,
        }
    }

    /// What the statement is given with γ over the rounds 0, …, T, where the class is {π̂_β, (0.6, 0.4)}: γ_1 = log 1.5, μ = 0.6, and
    /// R = (1+β)γ_0 − β log 1.5, that of (0.6, 0.4). The uniform policy has γ_1 = 0, with which the right side is infinite.
    ///
    /// ```
    /// use selfreward::theory::counterexample::Tie;
    ///
    /// assert!((Tie::at(1e10)?.last_margin(0.05).gamma - 1.5f64.ln()).abs() < 1e-15);
    /// # Ok::<(), selfreward::Error>(())
    /// ```
    pub fn last_margin(&self, rho: f64) -> Setting {
        let [modal, other] = MIXED;
        let gamma = (modal / other).ln();
        let range = (1.0 + self.beta) * self.log_odds() - self.beta * gamma;
        Setting { class: Class::Finite { log_size: 2f64.ln(), range }, gamma, mu: modal, ..self.setting(rho) }
    }
}

/// The right side with (1 + r̄)ε_n(√κ_∞ + √κ_0 λ^{(T−1)/2}) for (1 + r̄)ε_n√κ̄_{T−1}: larger, and the form in which Theorem 5.3 is
/// printed, but for its constant.
///
/// # Errors
/// As [`Setting::rates`].
pub fn in_two_terms(setting: &Setting, n: f64, rounds: u32, delta: f64) -> Result<f64> {
    let Rates { beta, epsilon, contraction } = setting.rates(n, rounds)?;
    let delta = check::open_unit("delta", delta)?;
    let initial = setting.kappa0.sqrt() * contraction.factor().powf(0.5 * f64::from(rounds - 1));
    let statistical = (1.0 + setting.excess) * epsilon * (contraction.fixed_point().sqrt() + initial);
    let regularisation = beta * contraction.after(setting.kappa0, rounds - 1).ln();
    Ok((statistical + regularisation) / (setting.gamma * delta))
}

fn softmax(logits: [f64; 3]) -> [f64; 3] {
    let most = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let masses = logits.map(|logit| (logit - most).exp());
    let total: f64 = masses.iter().sum();
    masses.map(|mass| mass / total)
}
