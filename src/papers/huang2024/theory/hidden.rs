//! The hard instance as the sharpening mechanism sees it: a hidden label of twice the probability of every other one.
//!
//! One sentinel prompt has a single response and mass 1 − Δ. M informative prompts share the mass Δ; each has K labels, of which the
//! base policy gives q = 2/(K+1) to the hidden one and q/2 to every other.

use crate::error::{Error, Result};
use crate::papers::check;

/// M, K and Δ.
///
/// ```
/// use selfreward::papers::huang2024::theory::hidden::Hidden;
///
/// // Three labels, the hidden one with probability 1/2: the best of two is another label where both draws are.
/// let instance = Hidden::new(16.0, 3.0, 0.6)?;
/// assert_eq!((instance.probability(), instance.best_of(2.0)?), (0.5, 0.75));
/// # Ok::<(), selfreward::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hidden {
    prompts: f64,
    responses: f64,
    mass: f64,
}

/// What the stopping rule N_μ makes of an informative prompt.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stopped {
    /// Probability that the hidden label is kept.
    pub hit: f64,
    /// E N_μ, draws for a candidate.
    pub draws: f64,
    /// Draws for a candidate of the sentinel, ⌈μ⌉.
    pub sentinel: f64,
}

impl Hidden {
    /// M = `prompts` ≥ 1 informative prompts of total mass Δ = `mass` in (0, 1), `responses` = K ≥ 2 labels each.
    ///
    /// # Errors
    /// [`Error::Argument`] for a number out of its range.
    pub fn new(prompts: f64, responses: f64, mass: f64) -> Result<Self> {
        let (prompts, mass) = (check::count("prompts", prompts)?, check::open_unit("mass", mass)?);
        if check::count("responses", responses)? < 2.0 {
            return Err(Error::argument("responses", responses, "a whole number, at least 2"));
        }
        Ok(Self { prompts, responses, mass })
    }

    /// The instance whose K = round(2(κ_0−1+Δ)/Δ) − 1 labels bring the condition number nearest to `kappa0` > 1 at mass Δ.
    ///
    /// # Errors
    /// [`Error::Argument`] for a number out of its range, and where K would be below 2.
    pub fn near_kappa0(prompts: f64, kappa0: f64, mass: f64) -> Result<Self> {
        let (kappa0, mass) = (check::at_least_one("kappa0", kappa0)?, check::open_unit("mass", mass)?);
        Self::new(prompts, (2.0 * (kappa0 - 1.0 + mass) / mass).round() - 1.0, mass)
    }

    /// M.
    pub fn prompts(&self) -> f64 {
        self.prompts
    }

    /// K.
    pub fn responses(&self) -> f64 {
        self.responses
    }

    /// Δ.
    pub fn mass(&self) -> f64 {
        self.mass
    }

    /// Δ/M, the probability of one informative prompt.
    pub fn weight(&self) -> f64 {
        self.mass / self.prompts
    }

    /// q = 2/(K+1), the base probability of the hidden label.
    pub fn probability(&self) -> f64 {
        2.0 / (self.responses + 1.0)
    }

    /// κ_0 = (1−Δ) + Δ(K+1)/2.
    pub fn kappa0(&self) -> f64 {
        (1.0 - self.mass) + self.mass / self.probability()
    }

    /// 1 − (1−q)^N: the hidden label is the best of N = `best_of` ≥ 1 draws where it is among them.
    ///
    /// # Errors
    /// [`Error::Argument`] for an N that is no whole number ≥ 1.
    pub fn best_of(&self, best_of: f64) -> Result<f64> {
        Ok(self.among(check::count("best_of", best_of)?))
    }

    /// Probability that the hidden label is among so many draws.
    fn among(&self, draws: f64) -> f64 {
        -(draws * (-self.probability()).ln_1p()).exp_m1()
    }

    /// The stopping rule N_μ = inf{k: 1/max π ≤ k/μ} at μ = `mu` > 0. The hidden label stops the draws from the ⌈μ/q⌉-th on, another
    /// label from the A-th on, A = ⌈2μ/q⌉; so the hidden label is kept where it is among A draws, and
    /// E N_μ = ⌈μ/q⌉ + Σ_{⌈μ/q⌉ ≤ k < A} (1−q)^k.
    ///
    /// # Errors
    /// [`Error::Argument`] for a μ that is not a finite number above 0.
    pub fn stopped(&self, mu: f64) -> Result<Stopped> {
        let mu = check::positive("mu", mu)?;
        let q = self.probability();
        // μ/q is a whole number up to rounding on many grids.
        let first = |stop: f64| (stop * (1.0 - 1e-12)).ceil().max(1.0);
        Ok(self.between(first(mu / q), first(2.0 * mu / q), first(mu)))
    }

    /// The rule by A alone: what depends on μ is the same for all μ with ⌈2μ/q⌉ = A = `last`, but for the sentinel's ⌈μ⌉, of which the
    /// least is taken.
    pub(super) fn stopped_at(&self, last: f64) -> Stopped {
        let sentinel = ((last - 1.0) * 0.5 * self.probability() * (1.0 + 1e-12)).floor() + 1.0;
        self.between((0.5 * last).ceil(), last, sentinel)
    }

    fn between(&self, first: f64, last: f64, sentinel: f64) -> Stopped {
        let q = self.probability();
        let going = (first * (-q).ln_1p()).exp();
        let draws = first + going * self.among(last - first) / q;
        Stopped { hit: self.among(last), draws, sentinel }
    }
}
