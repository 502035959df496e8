//! One loop: the multiplier of its log-odds and what becomes of them (U1).

use super::laws::{check_log_odds, of_log_odds};
use crate::Result;
use crate::papers::Bound;
use crate::papers::check;

/// The map ℓ' = mℓ + k of every log-odds.
///
/// The reference is ∝ π_t^α π_0^{1−α}, the reward η log π_t + r°, the fit the square loss (or the logistic loss on Bradley–Terry labels
/// at temperature 1). Then β(ℓ' − ℓ_ref) = ηℓ + Δr° with ℓ_ref = αℓ + (1−α)ℓ_0, that is m = α + η/β and k = (1−α)ℓ_0 + Δr°/β (U1).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Affine {
    /// m.
    pub multiplier: f64,
    /// k, nats.
    pub constant: f64,
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
    /// [`crate::Error::Argument`] unless β > 0 and all are finite.
    ///
    /// ```
    /// use selfreward::papers::loops::theory::unified::{Affine, Regime};
    ///
    /// // Self-play against data whose log-odds are 3: r° = log p_data, m = 1 − 1/β.
    /// let spin = Affine::of(1.0, -1.0, 2.0, 0.5, 3.0)?;
    /// assert_eq!((spin.multiplier, spin.constant), (0.5, 1.5));
    /// assert_eq!((spin.fixed_point(), spin.regime()), (Some(3.0), Regime::Converges));
    /// assert_eq!(spin.after(0.5, 2), 0.5 * (0.5 * 0.5 + 1.5) + 1.5);
    /// # Ok::<(), selfreward::Error>(())
    /// ```
    pub fn of(alpha: f64, eta: f64, beta: f64, start: f64, external: f64) -> Result<Self> {
        let (alpha, eta) = (check::finite("alpha", alpha)?, check::finite("eta", eta)?);
        let (beta, start) = (check::positive("beta", beta)?, check_log_odds(start)?);
        let external = check::finite("external", external)?;
        Ok(Self { multiplier: alpha + eta / beta, constant: (1.0 - alpha) * start + external / beta })
    }

    /// One round.
    pub fn next(&self, log_odds: f64) -> f64 {
        self.multiplier * log_odds + self.constant
    }

    /// ℓ_t from ℓ_0, by m^tℓ_0 + k(m^t − 1)/(m − 1), and ℓ_0 + kt at m = 1.
    pub fn after(&self, start: f64, rounds: u32) -> f64 {
        let (m, k) = (self.multiplier, self.constant);
        let power = m.powi(rounds as i32);
        let sum = if (m - 1.0).abs() < 1e-6 {
            // The quotient loses its digits next to 1; the sum does not.
            (0..rounds).map(|s| m.powi(s as i32)).sum()
        } else {
            (power - 1.0) / (m - 1.0)
        };
        power * start + k * sum
    }

    /// k/(1 − m); `None` at m = 1.
    pub fn fixed_point(&self) -> Option<f64> {
        (self.multiplier != 1.0).then(|| self.constant / (1.0 - self.multiplier))
    }

    /// What becomes of log-odds that do not start at the fixed point.
    pub fn regime(&self) -> Regime {
        match self.multiplier {
            1.0 => Regime::Linear,
            -1.0 => Regime::TwoCycle,
            m if m > 1.0 => Regime::Grows,
            m if m < -1.0 => Regime::Alternates,
            _ => Regime::Converges,
        }
    }
}

/// The loop of α, η, β (`loop-map`, U1): the value is ℓ_T.
///
/// # Errors
/// As [`Affine::of`]; [`crate::Error::Argument`] unless 1 ≤ T ≤ 10^6.
///
/// ```
/// use selfreward::papers::loops::theory::unified::loop_map;
///
/// // A live reward with a frozen reference at β = 2: ℓ' = ℓ_0 + ℓ/2 tends to 2ℓ_0.
/// let bound = loop_map(0.0, 1.0, 2.0, 1.0, 0.0, 3)?;
/// assert_eq!(bound.value(), 1.875);
/// assert_eq!(bound.intermediate("fixed_point"), Some(2.0));
/// # Ok::<(), selfreward::Error>(())
/// ```
pub fn loop_map(alpha: f64, eta: f64, beta: f64, start: f64, external: f64, rounds: u32) -> Result<Bound> {
    let map = Affine::of(alpha, eta, beta, start, external)?;
    let rounds = check::rounds(rounds)?;
    let last = map.after(start, rounds);
    let mut bound = Bound::new("loop-map", last, false)
        .with("multiplier", map.multiplier)
        .with("constant", map.constant)
        .with("bounded", f64::from(u8::from(map.multiplier.abs() < 1.0 || map.multiplier == -1.0)));
    if let Some(point) = map.fixed_point() {
        // Without a sign where it is 0.
        bound = bound.with("fixed_point", point + 0.0).with("distance", (start - point).abs());
    }
    let [first, _] = of_log_odds(last);
    bound = bound.with("probability", first.exp());
    let stays = map.fixed_point() == Some(start) || (map.multiplier == 1.0 && map.constant == 0.0);
    let regime = if stays { "log-odds stay where they are: ℓ_0 is a fixed point" } else { map.regime().words() };
    Ok(bound
        .checked(format!("regime: {regime}"), true)
        .assuming(
            "population rounds of the square loss, or of the logistic loss on Bradley–Terry labels at temperature 1",
        )
        .assuming("one-hot features, or a linear class with a linear reward; no ball, no ridge, no memory"))
}
