//! The single-step lower bound: Theorem 4.1 in budget and in risk form, its hard instance, Remark 4.2.
//!
//! Whatever one round does with n triples, on some instance of condition number κ₀ and some class Π it fails on a share
//! ε of the prompts unless n ≥ c κ₀ log#Π / (ε²(1 + log(κ₀/ε))).

mod bump;
mod hard_instance;
mod near_uniform;

use crate::error::{Error, Result};
use crate::papers::bound::Bound;
use crate::papers::check;

pub use bump::Bump;
pub use hard_instance::{
    HardInstance, LARGEST_MASS, Mass, hard_instance, realised_kappa0, responses_for, unresolved_share, worst_mass,
};
pub use near_uniform::near_uniform_kappa0;

/// Below e^{−690} ≈ 1e-300 an argument of Lambert's function is given by its logarithm.
const SMALLEST_LOG_ARGUMENT: f64 = -690.0;

/// The budget form of Theorem 4.1: the number of triples without which the failure rate `failure` = ε in (0, 1) cannot
/// be promised, n = c κ₀ log#Π / (ε²(1 + log(κ₀/ε))).
///
/// `kappa0` ≥ 1, `log_class` = log#Π > 0 (nats), `constant` = c > 0, the hidden constant of the theorem. Vacuous where a
/// single triple meets it.
pub fn budget(failure: f64, kappa0: f64, log_class: f64, constant: f64) -> Result<Bound> {
    let failure = check::open_unit("failure", failure)?;
    let kappa0 = check::at_least_one("kappa0", kappa0)?;
    let scale = check::positive("constant", constant)? * kappa0 * check::positive("log_class_size", log_class)?;
    let value = scale / (failure * failure * (1.0 + (kappa0 / failure).ln()));
    Ok(assume_theorem(Bound::new("single-step-budget", value, value <= 1.0), constant))
}

/// Lists what Theorem 4.1 assumes.
fn assume_theorem(bound: Bound, constant: f64) -> Bound {
    bound
        .assuming(format!("hidden constant of Theorem 4.1 taken as {constant}"))
        .assuming("worst instance of this condition number and class size: other instances may fail less")
}

/// The root ε of ε²(1 + log(κ₀/ε)) = v: ε = √(−2v / W₋₁(−2v/(eκ₀)²)), W₋₁ the lower branch of Lambert's function
/// (Eqs. 92–102). With ε = eκ₀ e^{w/2} the equation reads w e^w = −2v/(eκ₀)², w ≤ −1.
///
/// `v` > 0, `kappa0` ≥ 1; `None` where v > eκ₀²/2, beyond the largest value of the left side. The root is below 1 iff
/// v < 1 + log κ₀.
///
/// ```
/// use selfreward::theory::single_step::risk_root;
///
/// // ε = 1 solves ε²(1 + log(κ₀/ε)) = 1 + log κ₀.
/// let root = risk_root(1.0 + 5f64.ln(), 5.0)?.expect("within reach");
/// assert!((root - 1.0).abs() < 1e-12);
/// # Ok::<(), selfreward::Error>(())
/// ```
pub fn risk_root(v: f64, kappa0: f64) -> Result<Option<f64>> {
    let v = check::positive("v", v)?;
    let kappa0 = check::at_least_one("kappa0", kappa0)?;
    let log_argument = (2.0 * v).ln() - 2.0 - 2.0 * kappa0.ln();
    let branch = if log_argument > SMALLEST_LOG_ARGUMENT {
        lambert_w::lambert_wm1(-2.0 * (v / kappa0) / kappa0 * (-2f64).exp())
    } else {
        // The argument leaves the doubles: w = log(-x) - log(-w) contracts there by less than 1/690 a step.
        (0..8).fold(log_argument, |w, _| log_argument - (-w).ln())
    };
    Ok((!branch.is_nan()).then(|| (-2.0 * v / branch).sqrt()))
}

/// The large-n form √(2v / log((eκ₀)²/(2v))) of [`risk_root`], hence Ω̃(√(κ₀ log#Π / n)); infinite where the logarithm
/// is not positive. It lies above the root, by a factor that tends to 1 as v → 0.
pub fn risk_asymptote(v: f64, kappa0: f64) -> Result<f64> {
    let v = check::positive("v", v)?;
    let log_ratio = 2.0 + 2.0 * check::at_least_one("kappa0", kappa0)?.ln() - (2.0 * v).ln();
    Ok(if log_ratio > 0.0 { (2.0 * v / log_ratio).sqrt() } else { f64::INFINITY })
}

/// The risk form of Theorem 4.1 (`single-step`): the least failure rate that one round of `n` ≥ 1 triples can promise,
/// the root ε of ε²(1 + log(κ₀/ε)) = v with v = c κ₀ log#Π / n.
///
/// `kappa0` ≥ 1, `log_class` = log#Π > 0 (nats), `constant` = c > 0: the theorem hides it, so the value is a shape.
/// Where no root below 1 exists (v ≥ 1 + log κ₀) the value is 1 and vacuous: read constant failure.
pub fn single_step(n: f64, kappa0: f64, log_class: f64, constant: f64) -> Result<Bound> {
    let n = check::count("n", n)?;
    let v = check::positive("constant", constant)?
        * check::positive("log_class_size", log_class)?
        * check::at_least_one("kappa0", kappa0)?
        / n;
    if !(v.is_finite() && v > 0.0) {
        let expected = "a condition number at which v = c kappa0 log_class_size / n is a finite number above 0";
        return Err(Error::argument("kappa0", format!("{kappa0:e} (v = {v})"), expected));
    }
    let root = risk_root(v, kappa0)?;
    let below_one = root.filter(|root| *root < 1.0 && v < 1.0 + kappa0.ln());
    let bound = Bound::new("single-step", below_one.unwrap_or(1.0), below_one.is_none())
        .with("v", v)
        .with("root", root.unwrap_or(f64::INFINITY))
        .with("asymptote", risk_asymptote(v, kappa0)?)
        .with("constant", constant);
    Ok(assume_theorem(bound, constant)
        .checked("v = c kappa0 log_class / n < 1 + log kappa0: a root below 1 exists", below_one.is_some()))
}

/// Remark 4.2: the least condition number of an autoregressive base policy over sequences of `length` = L ≥ 1 tokens
/// whose every next-token probability is at most `alpha` = α in (0, 1], κ₀ ≥ α^{−L}.
///
/// A base policy near the uniform one over K responses has κ₀ ≈ K: [`near_uniform_kappa0`].
pub fn autoregressive_kappa0(alpha: f64, length: f64) -> Result<f64> {
    let alpha = check::positive_unit("alpha", alpha)?;
    Ok(alpha.powf(-check::count("length", length)?))
}

/// Remark 4.2: the next-token probability α = n^{−1/L} at which κ₀ ≥ n. It needs a vocabulary of at least n^{1/L}
/// tokens. With κ₀ ≥ n, v ≥ c log#Π does not fall with n; a *constant* failure rate needs log#Π of the order of
/// 1 + log κ₀ besides, true on the hard instance (log#Π = M log K, K ≥ 2κ₀ − 1), since otherwise the root falls as
/// 1/√log n.
pub fn critical_token_probability(n: f64, length: f64) -> Result<f64> {
    Ok(check::count("n", n)?.powf(-1.0 / check::count("length", length)?))
}
