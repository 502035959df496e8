//! One loop: the multiplier of its log-odds and what becomes of them (U1).

use super::laws::{check_log_odds, of_log_odds};
use crate::papers::{Bound, check};
use crate::{Error, Result};

/// The map ℓ' = mℓ + k of every log-odds, and where it starts.
///
/// The reference is ∝ π_t^α π_0^{1−α}, the reward η log π_t + r°, the fit the square loss (or the logistic loss on Bradley–Terry labels
/// at temperature 1). Then β(ℓ' − ℓ_ref) = ηℓ + Δr° with ℓ_ref = αℓ + (1−α)ℓ_0, that is m = α + η/β and k = (1−α)ℓ_0 + Δr°/β (U1).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Affine {
    /// m.
    pub multiplier: f64,
    /// k, nats.
    pub constant: f64,
    /// ℓ_0, nats.
    start: f64,
    /// g = ℓ_1 − ℓ_0 = (ηℓ_0 + Δr°)/β, nats; 0 exactly where ℓ_0 stays put.
    step: f64,
    /// m − 1, with its digits where α = 1.
    excess: f64,
}

/// What becomes of log-odds under ℓ' = mℓ + k from a start that does not stay put.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Regime {
    /// |m| < 1: they tend to k/(1−m).
    Converges,
    /// m = 1: they grow by k a round.
    Linear,
    /// m = −1: they alternate between two values for ever.
    TwoCycle,
    /// m > 1: they grow like m^t.
    Grows,
    /// m < −1: they grow like |m|^t and change sides in every round.
    Alternates,
}

impl Regime {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Converges => "|m| < 1: log-odds tend to the fixed point k/(1−m)",
            Self::Linear => "m = 1: log-odds grow by k a round",
            Self::TwoCycle => "m = −1: log-odds alternate between two values",
            Self::Grows => "m > 1: log-odds go away from the fixed point like m^t",
            Self::Alternates => {
                "m < −1: log-odds go away from the fixed point like |m|^t, to the other side in every round"
            }
        }
    }
}

impl Affine {
    /// Of a loop: α, η, β, ℓ_0 and Δr°.
    ///
    /// # Errors
    /// [`crate::Error::Argument`] unless β > 0 and all are finite, m, k and ℓ_1 − ℓ_0 included.
    ///
    /// ```
    /// use selfreward::papers::loops::theory::unified::{Affine, Regime};
    ///
    /// // Self-play against data whose log-odds are 3: r° = log p_data, m = 1 − 1/β.
    /// let spin = Affine::of(1.0, -1.0, 2.0, 0.5, 3.0)?;
    /// assert_eq!((spin.multiplier, spin.constant), (0.5, 1.5));
    /// assert_eq!((spin.fixed_point(), spin.regime()), (Some(3.0), Regime::Converges));
    /// assert!((spin.after(2) - (0.5 * (0.5 * 0.5 + 1.5) + 1.5)).abs() < 1e-14);
    /// # Ok::<(), selfreward::Error>(())
    /// ```
    pub fn of(alpha: f64, eta: f64, beta: f64, start: f64, external: f64) -> Result<Self> {
        let (alpha, eta) = (check::finite("alpha", alpha)?, check::finite("eta", eta)?);
        let (beta, start) = (check::positive("beta", beta)?, check_log_odds(start)?);
        let external = check::finite("external", external)?;
        let (slope, outside) = (eta / beta, external / beta);
        let large =
            |what: &str| Error::argument("beta", check::shown(beta), format!("such that {what} stays in the doubles"));
        let stays = |value: f64, what: &str| if value.is_finite() { Ok(value) } else { Err(large(what)) };
        let multiplier = stays(alpha + stays(slope, "η/β")?, "α + η/β")?;
        let constant = stays((1.0 - alpha).mul_add(start, stays(outside, "Δr°/β")?), "(1−α)ℓ₀ + Δr°/β")?;
        let own = eta * start;
        // One rounding, so that a start at the fixed point has no increment; where products leave the doubles, quotients may not.
        let whole = if own.is_normal() || eta == 0.0 || start == 0.0 { eta.mul_add(start, external) } else { f64::NAN };
        let step = if whole.is_finite() { whole / beta } else { slope.mul_add(start, outside) };
        let step = stays(step, "(ηℓ₀ + Δr°)/β")?;
        let excess = if alpha == 1.0 { slope } else { multiplier - 1.0 };
        Ok(Self { multiplier, constant, start, step, excess })
    }

    /// One round.
    pub fn next(&self, log_odds: f64) -> f64 {
        self.multiplier * log_odds + self.constant
    }

    /// ℓ_t = ℓ_0 + g(m^t − 1)/(m − 1), and ℓ_0 + gt at m = 1: the fixed point plus m^t times the distance from it, without their
    /// cancellation. To rounding of the larger of |ℓ_0| and |ℓ_t|; ±∞ beyond the doubles, with the sign of ℓ_t.
    pub fn after(&self, rounds: u32) -> f64 {
        let sum = self.increments(rounds);
        // 0·∞ = 0.
        if self.step == 0.0 || sum == 0.0 {
            return self.start;
        }
        // A fixed point far below a large start keeps its digits.
        let below = |point: &f64| self.excess <= -0.5 && self.multiplier > -1.0 && point.abs() < self.start.abs();
        if let Some(point) = self.fixed_point().filter(below) {
            return point + self.multiplier.powi(rounds as i32) * (self.step / self.excess);
        }
        let moved = if sum.is_finite() || self.step.abs() >= 1.0 {
            self.step * sum
        } else {
            // A small increment may bring the product back.
            self.step.signum() * sum.signum() * self.log_moved(rounds).exp()
        };
        self.start + moved
    }

    /// Σ_{s<t} m^s, the increments until round t in units of the first.
    fn increments(&self, rounds: u32) -> f64 {
        let (m, t) = (self.multiplier, f64::from(rounds));
        if self.excess == 0.0 || rounds <= 1 {
            return t;
        }
        if self.excess.abs() >= 0.5 && (m + 1.0).abs() >= 0.5 {
            return (m.powi(rounds as i32) - 1.0) / self.excess;
        }
        let log_power = t * self.log_multiplier();
        let less_one = if m < 0.0 && rounds % 2 == 1 { -(log_power.exp() + 1.0) } else { log_power.exp_m1() };
        less_one / self.excess
    }

    /// log|m|, with its digits next to |m| = 1.
    fn log_multiplier(&self) -> f64 {
        if self.multiplier > 0.0 && self.excess.abs() < 0.5 {
            self.excess.ln_1p()
        } else if (self.multiplier + 1.0).abs() < 0.5 {
            (-self.multiplier - 1.0).ln_1p()
        } else {
            self.multiplier.abs().ln()
        }
    }

    /// log|ℓ_t − ℓ_0| where |m|^t is beyond the doubles, or m = 1.
    fn log_moved(&self, rounds: u32) -> f64 {
        let t = f64::from(rounds);
        let sum = if self.excess == 0.0 { t.ln() } else { t * self.log_multiplier() - self.excess.abs().ln() };
        self.step.abs().ln() + sum
    }

    /// k/(1 − m); `None` at m = 1, and where it is beyond the doubles.
    pub fn fixed_point(&self) -> Option<f64> {
        match (self.step, self.excess) {
            (_, 0.0) => None,
            (0.0, _) => Some(self.start),
            _ => Some(-self.constant / self.excess).filter(|point| point.is_finite()),
        }
    }

    /// Whether ℓ_0 stays put.
    pub fn stays(&self) -> bool {
        self.step == 0.0
    }

    /// What becomes of log-odds that do not start at the fixed point.
    pub fn regime(&self) -> Regime {
        match (self.excess, self.multiplier) {
            (0.0, _) => Regime::Linear,
            (_, -1.0) => Regime::TwoCycle,
            (excess, _) if excess > 0.0 => Regime::Grows,
            (_, m) if m < -1.0 => Regime::Alternates,
            _ => Regime::Converges,
        }
    }
}

/// The loop of α, η, β (`loop-map`, U1): the value is ℓ_T, ±∞ beyond the doubles; `log_size` is log|ℓ_T| then.
///
/// # Errors
/// As [`Affine::of`]; [`crate::Error::Argument`] unless 1 ≤ T ≤ 10^6.
///
/// ```
/// use selfreward::papers::loops::theory::unified::loop_map;
///
/// // A live reward with a frozen reference at β = 2: ℓ' = ℓ_0 + ℓ/2 tends to 2ℓ_0.
/// let bound = loop_map(0.0, 1.0, 2.0, 1.0, 0.0, 3)?;
/// assert!((bound.value() - 1.875).abs() < 1e-14);
/// assert_eq!(bound.intermediate("fixed_point"), Some(2.0));
/// # Ok::<(), selfreward::Error>(())
/// ```
pub fn loop_map(alpha: f64, eta: f64, beta: f64, start: f64, external: f64, rounds: u32) -> Result<Bound> {
    let map = Affine::of(alpha, eta, beta, start, external)?;
    let rounds = check::rounds(rounds)?;
    let (last, regime) = (map.after(rounds), map.regime());
    let bounded = map.stays() || matches!(regime, Regime::Converges | Regime::TwoCycle);
    // Log-odds say where the policy is, beyond the doubles as well: at certainty.
    let mut bound = Bound::new("loop-map", last, false)
        .informative()
        .with("multiplier", map.multiplier)
        .with("constant", map.constant)
        .with("bounded", f64::from(u8::from(bounded)));
    if let Some(point) = map.fixed_point() {
        // Without a sign where it is 0.
        bound = bound.with("fixed_point", point + 0.0);
        let distance = (map.step / map.excess).abs();
        if distance.is_finite() {
            bound = bound.with("distance", distance);
        }
    }
    if last.is_infinite() {
        bound = bound.with("log_size", map.log_moved(rounds));
    }
    let [first, _] = of_log_odds(last);
    bound = bound.with("probability", first.exp());
    let words = if map.stays() { "log-odds stay where they are: ℓ_0 is a fixed point" } else { regime.words() };
    Ok(bound
        .checked(format!("regime: {words}"), true)
        .assuming(
            "population rounds of the square loss, or of the logistic loss on Bradley–Terry labels at temperature 1",
        )
        .assuming("one-hot features, or a linear class with a linear reward; no ball, no ridge, no memory"))
}
