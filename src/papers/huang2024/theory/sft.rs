//! Supervised fine-tuning on the best of N over a finite class (claims S4, S5b; Theorems 4.1 and D.1 of the paper with constants).

use crate::error::{Error, Result};
use crate::papers::bound::Bound;
use crate::papers::check;

/// The squared Hellinger distance of (1−δ, δ) and (1−η, η), 2 − 2(√(δη) + √((1−δ)(1−η))): what a prompt costs at least at which the
/// learned policy has at most 1−δ and the target at least 1−η on the mode. `delta`, `eta` in [0, 1].
///
/// ```
/// use selfreward::papers::huang2024::theory::sft::hellinger;
///
/// assert_eq!(hellinger(0.5, 0.5), 0.0);
/// assert!((hellinger(0.5, 0.0) - (2.0 - 2f64.sqrt())).abs() < 1e-15);
/// ```
pub fn hellinger(delta: f64, eta: f64) -> f64 {
    // (√(1−η) − √(1−δ))² + (√δ − √η)²: no cancellation where they are near.
    let apart = |a: f64, b: f64| (a.sqrt() - b.sqrt()).powi(2);
    apart(1.0 - eta, 1.0 - delta) + apart(delta, eta)
}

/// 2 log(#Π/ρ)/(n h(δ,η)): with probability at least 1−ρ, at most that share of prompts has π̂(y*) ≤ 1−δ where the target has at least
/// 1−η on the mode. `log_class` = log #Π ≥ 0, `n` ≥ 1, `rho` in (0, 1), 0 ≤ η < δ < 1. It is S5b with η = e^{−μ}.
///
/// # Errors
/// [`Error::Argument`] for a number out of its range.
pub fn first_term(log_class: f64, n: f64, rho: f64, delta: f64, eta: f64) -> Result<f64> {
    let log_class = check::nonnegative("log_class_size", log_class)?;
    let (n, rho, delta) = (check::count("n", n)?, check::open_unit("rho", rho)?, check::open_unit("delta", delta)?);
    if !(0.0..delta).contains(&eta) {
        return Err(Error::argument("eta", eta, format!("a number above 0 and below delta = {delta}")));
    }
    Ok(2.0 * (log_class - rho.ln()) / (n * hellinger(delta, eta)))
}

/// A round of best-of-N fine-tuning over a finite class.
#[derive(Debug, Clone, PartialEq)]
pub struct Tuning {
    /// log #Π ≥ 0, nats.
    pub log_class: f64,
    /// n ≥ 1 picks.
    pub n: f64,
    /// N ≥ 1.
    pub best_of: f64,
    /// ρ in (0, 1).
    pub rho: f64,
    /// δ in (0, 1).
    pub delta: f64,
    /// π_0(y*|x) of each group of prompts, in (0, 1].
    pub modes: Vec<f64>,
    /// The probability of each group, > 0, with sum 1.
    pub weights: Vec<f64>,
}

impl Tuning {
    fn check(&self) -> Result<()> {
        check::count("best_of", self.best_of)?;
        if self.modes.len() != self.weights.len() {
            let expected = format!("{} numbers, one for each of --modes", self.modes.len());
            return Err(Error::argument("weights", format!("{} numbers", self.weights.len()), expected));
        }
        self.modes.iter().try_for_each(|&mode| check::positive_unit("modes", mode).map(drop))?;
        self.weights.iter().try_for_each(|&weight| check::positive("weights", weight).map(drop))?;
        let total: f64 = self.weights.iter().sum();
        if (total - 1.0).abs() > 1e-9 {
            let given: Vec<String> = self.weights.iter().map(f64::to_string).collect();
            return Err(Error::argument("weights", given.join(","), "numbers whose sum is 1"));
        }
        Ok(())
    }

    /// (1 − π_0(y*))^N of each group: what best-of-N leaves beside the mode.
    fn misses(&self) -> Vec<f64> {
        let miss = |&mode: &f64| if mode == 1.0 { 0.0 } else { (self.best_of * (-mode).ln_1p()).exp() };
        self.modes.iter().map(miss).collect()
    }

    /// P_x[(1 − π_0(y*))^N > η].
    fn tail(&self, misses: &[f64], eta: f64) -> f64 {
        // An empty sum is −0.
        misses.iter().zip(&self.weights).filter(|(miss, _)| **miss > eta).map(|(_, weight)| weight).sum::<f64>() + 0.0
    }

    /// 2 log(#Π/ρ)/(n h(δ,η)) + P_x[(1 − π_0(y*))^N > η].
    fn at(&self, misses: &[f64], eta: f64) -> Result<f64> {
        Ok(first_term(self.log_class, self.n, self.rho, self.delta, eta)? + self.tail(misses, eta))
    }

    /// The η at which the bound is least: the first term rises with η and the second falls at the misses alone, so it is one of those,
    /// or 0.
    fn best_eta(&self, misses: &[f64]) -> Result<f64> {
        let mut best = (self.at(misses, 0.0)?, 0.0);
        for &eta in misses.iter().filter(|miss| **miss < self.delta) {
            let value = self.at(misses, eta)?;
            if value < best.0 {
                best = (value, eta);
            }
        }
        Ok(best.1)
    }
}

/// S4 (`sft`): with probability at least 1−ρ, for every η in (0, δ) at once,
///
/// P_x[π̂(y*|x) ≤ 1−δ] ≤ 2 log(#Π/ρ)/(n h(δ,η)) + P_x[(1−π_0(y*|x))^N > η],
///
/// π̂ the likeliest member of a finite class that holds the law of best-of-N. `eta` `None` takes the best η (0 stands for η → 0).
///
/// # Errors
/// [`Error::Argument`] for a number out of its range, lists of unequal length, and weights that do not sum to 1.
///
/// ```
/// use selfreward::papers::huang2024::theory::sft::{Tuning, sft};
///
/// let round = Tuning {
///     log_class: 16.0 * 9f64.ln(), n: 800.0, best_of: 20.0, rho: 0.1, delta: 0.5, modes: vec![0.2, 1.0], weights: vec![0.6, 0.4],
/// };
/// let bound = sft(&round, None)?;
/// // The best η is the miss of the first group, 0.8²⁰; then no prompt is beyond it.
/// assert!((bound.intermediate("eta").expect("computed") - 0.8f64.powi(20)).abs() < 1e-15);
/// assert_eq!(bound.intermediate("tail_share"), Some(0.0));
/// # Ok::<(), selfreward::Error>(())
/// ```
pub fn sft(round: &Tuning, eta: Option<f64>) -> Result<Bound> {
    round.check()?;
    let misses = round.misses();
    let eta = match eta {
        Some(eta) => check::positive("eta", eta)?,
        None => round.best_eta(&misses)?,
    };
    let first = first_term(round.log_class, round.n, round.rho, round.delta, eta)?;
    let tail = round.tail(&misses, eta);
    Ok(Bound::new("sft", first + tail, first + tail >= 1.0)
        .with("h", hellinger(round.delta, eta))
        .with("eta", eta)
        .with("log_class_over_rho", round.log_class - round.rho.ln())
        .with("first_term", first)
        .with("tail_share", tail)
        .with_list("misses", misses)
        .assuming("the class is finite, fixed before the sample, and holds the law of best-of-N from the base policy")
        .assuming("the n picks are drawn anew in this round, and the fit is the likeliest member"))
}
