//! The statistical error of one round with explicit constants (Eqs. 32–38, Appendix F).
//!
//! For a fixed member of the class whose squared losses lie in [0, R²] with mean L, Bernstein's inequality for
//! non-negative variables gives P[L̂ ≤ L/2] ≤ exp(−nL/(8R²)); the empirical minimiser has L̂ = 0.

use crate::error::{Error, Result};
use crate::papers::bound::Bound;
use crate::papers::check;

/// The policy class Π, as far as the statistical error depends on it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Class {
    /// A finite class.
    Finite {
        /// log #Π in nats, ≥ 0.
        log_size: f64,
        /// R > 0: the supremum over the class of |Δ^{r̂} − Δ^{r_t}|, in nats.
        range: f64,
    },
    /// Linear softmax policies of ‖θ‖ ≤ B with unit features.
    Linear {
        /// d ≥ 1, or the rank of all feature differences.
        dim: f64,
        /// B > 0.
        radius: f64,
        /// An upper bound on ‖θ_t‖, ≥ 0; `None` is the largest that is realizable, βB/(1+β).
        theta_norm: Option<f64>,
        /// R > 0 in nats where it is known exactly, max over pairs of βB‖Δφ‖ + (1+β)|⟨θ_t, Δφ⟩|; `None` is what unit
        /// features allow, 2(βB + (1+β)‖θ_t‖).
        range: Option<f64>,
    },
}

/// How the regularisation β depends on the number n of triples.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Regularisation {
    /// One β > 0 for every n.
    Fixed(f64),
    /// β = c/√n, c > 0; the paper has c ≍ 1.
    OverSqrtN(f64),
}

impl Regularisation {
    /// β at `n`.
    pub fn at(&self, n: f64) -> f64 {
        match self {
            Self::Fixed(beta) => *beta,
            Self::OverSqrtN(scale) => scale / n.sqrt(),
        }
    }

    pub(crate) fn check(&self) -> Result<()> {
        match self {
            Self::Fixed(beta) => check::positive("beta", *beta),
            Self::OverSqrtN(scale) => check::positive("beta_over_sqrt_n", *scale),
        }
        .map(|_| ())
    }
}

impl Class {
    /// Refuses sizes, ranges, dimensions and radii outside their ranges.
    pub(crate) fn check(&self) -> Result<()> {
        match *self {
            Self::Finite { log_size, range } => {
                check::nonnegative("log_class_size", log_size)?;
                check::positive("range", range)?;
            }
            Self::Linear { dim, radius, theta_norm, range } => {
                check::count("dim", dim)?;
                check::positive("radius", radius)?;
                theta_norm.map(|norm| check::nonnegative("theta_norm", norm)).transpose()?;
                range.map(|range| check::positive("range", range)).transpose()?;
            }
        }
        Ok(())
    }

    /// The ‖θ_t‖ that the range allows for, βB/(1+β) where none is given; 0 for a finite class.
    pub(crate) fn theta_norm(&self, beta: f64) -> f64 {
        match *self {
            Self::Finite { .. } => 0.0,
            Self::Linear { radius, theta_norm, .. } => theta_norm.unwrap_or(radius * beta / (1.0 + beta)),
        }
    }

    /// R: given, or for the linear class 2(βB + (1+β)‖θ_t‖) by ‖Δφ‖ ≤ 2, at most 4βB where π_t^{1+1/β} is realizable.
    pub(crate) fn range(&self, beta: f64) -> f64 {
        match *self {
            Self::Finite { range, .. } => range,
            Self::Linear { radius, range, .. } => {
                range.unwrap_or_else(|| 2.0 * (beta * radius + (1.0 + beta) * self.theta_norm(beta)))
            }
        }
    }

    /// R where it is a finite number above 0; otherwise an error that names the argument it comes from.
    pub(crate) fn usable_range(&self, beta: f64) -> Result<f64> {
        let range = self.range(beta);
        match *self {
            Self::Linear { radius, range: None, .. } if !(range.is_finite() && range > 0.0) => {
                let expected = "a radius whose range 2(beta radius + (1 + beta) theta_norm) is a finite number above 0";
                Err(Error::argument("radius", format!("{radius:e} (range {range})"), expected))
            }
            _ => check::positive("range", range),
        }
    }

    /// Log of the number of policies in the union bound, in nats: log #Π, or d log(1 + 10βB√n/R), the size of a net of
    /// radius R/(5√n) in the ball of radius βB.
    pub(crate) fn log_complexity(&self, n: f64, beta: f64) -> f64 {
        match *self {
            Self::Finite { log_size, .. } => log_size,
            Self::Linear { dim, radius, .. } => dim * (10.0 * beta * radius * n.sqrt() / self.range(beta)).ln_1p(),
        }
    }

    /// ε_n at confidence 1 − ρ, the number alone; see [`epsilon`].
    pub(crate) fn epsilon(&self, n: f64, beta: f64, rho: f64) -> f64 {
        let range = self.range(beta);
        let deviation = range * (8.0 * (self.log_complexity(n, beta) - rho.ln()) / n).sqrt();
        match self {
            Self::Finite { .. } => deviation,
            Self::Linear { .. } => deviation + range / n.sqrt(),
        }
    }

    /// Lists what C10 assumes of this class; `beta` where there is one.
    ///
    /// Whether the ball is inactive is checked only where ‖θ_t‖ and β are given: the default ‖θ_t‖ is the largest at which
    /// it is, and so takes it for granted.
    pub(crate) fn assume(&self, bound: Bound, beta: Option<f64>) -> Bound {
        let bound = bound.assuming("the class does not depend on the round's sample");
        match *self {
            Self::Finite { .. } => bound
                .assuming("realizable: the normalised pi_t^(1+1/beta) lies in the class")
                .assuming("range is the supremum over the class and all pairs of |Delta r_hat - Delta r_t|"),
            Self::Linear { radius, theta_norm, .. } => {
                let bound = bound.assuming("unit features: |phi| <= 1");
                match (theta_norm, beta) {
                    (Some(norm), Some(beta)) => {
                        bound.assuming("the norm of theta_t is at most theta_norm in every round").checked(
                            "realizable, the ball inactive: (1 + 1/beta) theta_norm <= radius",
                            (1.0 + 1.0 / beta) * norm <= radius * (1.0 + 1e-12),
                        )
                    }
                    _ => bound.assuming("realizable, the ball inactive: (1 + 1/beta) |theta_t| <= radius"),
                }
            }
        }
    }
}

/// The explicit statistical error ε_n (`epsilon`): with probability at least 1 − ρ given π_t the empirical minimiser
/// has population loss at most ε_n².
///
/// - Finite class: ε_n² = 8R² log(#Π/ρ)/n.
/// - Linear softmax (Appendix F): ε_n = R √(8(d log(1 + 10βB√n/R) + log(1/ρ))/n) + R/√n, R = 2(βB + (1+β)‖θ_t‖).
///
/// `n` ≥ 1 triples, `beta` = β > 0, `rho` = ρ in (0, 1); the value is in nats, vacuous from R on, which no loss exceeds.
///
/// ```
/// use selfreward::theory::one_step::{Class, epsilon};
///
/// // ε² = 8R² log(#Π/ρ)/n.
/// let class = Class::Finite { log_size: 1000f64.ln(), range: 2.0 };
/// let bound = epsilon(&class, 32_000.0, 0.1, 0.001)?;
/// assert!((bound.value().powi(2) - 0.001 * 1e6f64.ln()).abs() < 1e-14);
/// # Ok::<(), selfreward::Error>(())
/// ```
pub fn epsilon(class: &Class, n: f64, beta: f64, rho: f64) -> Result<Bound> {
    class.check()?;
    let n = check::count("n", n)?;
    let beta = check::positive("beta", beta)?;
    let rho = check::open_unit("rho", rho)?;
    let range = class.usable_range(beta)?;
    let value = class.epsilon(n, beta, rho);
    let mut bound = Bound::new("epsilon", value, value >= range)
        .with("range", range)
        .with("log_complexity", class.log_complexity(n, beta));
    if let Class::Linear { .. } = class {
        bound = bound.with("theta_norm", class.theta_norm(beta)).with("net_radius", range / (5.0 * n.sqrt()));
    }
    Ok(class.assume(bound, Some(beta)))
}
