//! Offline sharpening by reinforcement over a finite class (claim S9; Theorem 4.2 of the paper with constants).

use crate::error::{Error, Result};
use crate::papers::bound::Bound;
use crate::papers::check;

/// What the bound is made of.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Offline {
    /// κ_0 = E_x[1/max π_0] ≥ 1.
    pub kappa0: f64,
    /// C_conc ≥ 1: every member has C_{π/π_0} ≤ C_conc.
    pub c_conc: f64,
    /// C_loss ≥ 1: every member has E_xE_{π_0}(π_0/π)^β ≤ C_loss.
    pub c_loss: f64,
    /// log #Π ≥ 0, nats.
    pub log_class: f64,
    /// n ≥ 1 pairs.
    pub n: f64,
    /// ρ in (0, 1).
    pub rho: f64,
    /// β in (0, 1].
    pub beta: f64,
}

impl Offline {
    fn check(&self) -> Result<()> {
        check::at_least_one("kappa0", self.kappa0)?;
        check::at_least_one("c_conc", self.c_conc)?;
        check::at_least_one("c_loss", self.c_loss)?;
        check::nonnegative("log_class_size", self.log_class)?;
        check::count("n", self.n)?;
        check::open_unit("rho", self.rho)?;
        if !(self.beta > 0.0 && self.beta <= 1.0) {
            return Err(Error::argument("beta", self.beta, "a number above 0 and at most 1"));
        }
        Ok(())
    }

    /// log(#Π/ρ)/n: what a member that the sample does not refute has at most of pairs on which it differs, with probability 1−ρ.
    fn unseen(&self) -> f64 {
        (self.log_class - self.rho.ln()) / self.n
    }

    /// P_η = min(1, 4 C_loss e^{−η}) bounds the chance that the implicit rewards differ by more than 2η.
    fn beyond(&self, eta: f64) -> f64 {
        (4.0 * self.c_loss * (-eta).exp()).min(1.0)
    }

    /// m_4 = k⁴ + 4(k³ + 3k² + 6k + 6), k = log(2C_loss).
    fn fourth_moment(&self) -> f64 {
        let k = (2.0 * self.c_loss).ln();
        k.powi(4) + 4.0 * (k.powi(3) + 3.0 * k * k + 6.0 * k + 6.0)
    }

    /// The population loss at most: 4η² log(#Π/ρ)/n + 4√(P_η m_4).
    pub fn loss(&self, eta: f64) -> f64 {
        4.0 * eta * eta * self.unseen() + 4.0 * (self.beyond(eta) * self.fourth_moment()).sqrt()
    }

    /// The η ≥ 0 at which the loss is least. Up to log 4C_loss, where P_η = 1, that is 0; beyond it the loss is convex, and its minimum
    /// solves η e^{η/2} = √(4C_loss m_4)·n/(4 log(#Π/ρ)).
    pub fn best_eta(&self) -> f64 {
        let edge = (4.0 * self.c_loss).ln();
        let wanted = (4.0 * self.c_loss * self.fourth_moment()).sqrt() / (4.0 * self.unseen());
        let rises = |eta: f64| eta.ln() + 0.5 * eta >= wanted.ln();
        let (mut low, mut high) = (edge, edge.max(1.0));
        while !rises(high) {
            high *= 2.0;
        }
        for _ in 0..200 {
            let middle = 0.5 * (low + high);
            if rises(middle) { high = middle } else { low = middle }
        }
        if self.loss(high) < self.loss(0.0) { high } else { 0.0 }
    }

    /// J_0(π°) − J_0(π̂) at most, at a given η: (√κ_0 + √C_conc)√loss + β log κ_0.
    pub fn regret(&self, eta: f64) -> f64 {
        (self.kappa0.sqrt() + self.c_conc.sqrt()) * self.loss(eta).sqrt() + self.beta * self.kappa0.ln()
    }
}

/// S9 (`offline-sharpening`): with probability at least 1−ρ a member π̂ of zero sampled square loss has
///
/// F°(δ) ≤ [(√κ_0 + √C_conc)·√(4η² log(#Π/ρ)/n + 4√(P_η m_4)) + β log κ_0]/(δ log(1+g)),
///
/// for all η > 0 at once; the bracket bounds J_0(π°) − J_0(π̂). The best η is taken (0 stands for η → 0). `margin` = g > 0:
/// max π_0 ≥ (1+g)π_0(y') off the mode; `delta` = δ in (0, 1).
///
/// # Errors
/// [`Error::Argument`] for a number out of its range.
///
/// ```
/// use selfreward::papers::huang2024::theory::offline::{Offline, offline_sharpening};
///
/// let of = |n: f64| Offline { kappa0: 1.5, c_conc: 3.0, c_loss: 4.0, log_class: 3.0, n, rho: 0.1, beta: 0.05 };
/// // With all samples in the world β log κ_0 is left.
/// let bound = offline_sharpening(&of(1e300), 0.5, 0.5)?;
/// assert!((bound.value() - 0.05 * 1.5f64.ln() / (0.5 * 1.5f64.ln())).abs() < 1e-12);
/// assert!(offline_sharpening(&of(1e6), 0.5, 0.5)?.value() > bound.value());
/// # Ok::<(), selfreward::Error>(())
/// ```
pub fn offline_sharpening(of: &Offline, margin: f64, delta: f64) -> Result<Bound> {
    of.check()?;
    let (margin, delta) = (check::positive("margin", margin)?, check::open_unit("delta", delta)?);
    let eta = of.best_eta();
    let (regret, log_margin) = (of.regret(eta), margin.ln_1p());
    let value = regret / (delta * log_margin);
    Ok(Bound::new("offline-sharpening", value, value >= 1.0)
        .with("eta", eta)
        .with("log_class_over_rho", of.log_class - of.rho.ln())
        .with("tail_probability", of.beyond(eta))
        .with("fourth_moment", of.fourth_moment())
        .with("loss", of.loss(eta))
        .with("bias", of.beta * of.kappa0.ln())
        .with("regret", regret)
        .with("log_margin", log_margin)
        .assuming("the class is finite, fixed before the sample, and holds the law proportional to pi_0^(1 + 1/beta)")
        .assuming("every member has C(pi/pi_0) <= c_conc and E (pi_0/pi)^beta <= c_loss")
        .assuming("the n pairs are drawn from pi_0 anew, and the fit has zero sampled square loss")
        .assuming("max pi_0 >= (1 + margin) pi_0(y') off the mode"))
}

/// min(1, e^{2C_loss − e^η}): what the *printed* Lemma J.1 makes of P(X > η). It is **false**; kept as a negative control.
/// `c_loss` ≥ 1, `eta` ≥ 0.
///
/// # Errors
/// [`Error::Argument`] for a number out of its range.
pub fn tail_as_printed(c_loss: f64, eta: f64) -> Result<f64> {
    Ok((2.0 * check::at_least_one("c_loss", c_loss)? - check::nonnegative("eta", eta)?.exp()).exp().min(1.0))
}
